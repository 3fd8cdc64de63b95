import pytest

from tests.transforms.tagged import tagged
from transforms.pipeline import Coder
from transforms.titles import role_sector, title_start


@pytest.mark.parametrize(
    ("text", "person", "title", "organisation", "country", "sector"),
    [
        ("French President Marie Blanc resigned.", "marie-blanc", "President", None, "FRA", "GOV"),
        (
            "Kenya's Foreign Minister Daniel Otieno spoke.",
            "daniel-otieno",
            "Foreign Minister",
            "org:ministry-of-foreign-affairs-of-kenya",
            "KEN",
            "GOV",
        ),
        (
            "The chairman of the Polish Investigative Bureau, Jan Nowak, paid a visit to Riga.",
            "jan-nowak",
            "chairman",
            "org:investigative-bureau-of-poland",
            "POL",
            None,
        ),
        ("Maria Lopez, governor of Jalisco, denied it.", "maria-lopez", "governor", None, "MEX", "GOV"),
        ("NATO Secretary General Karl Holm arrived.", "karl-holm", "Secretary General", "igo:nato", None, "IGO"),
        ("Army spokesman Peter Odhiambo said so.", "peter-odhiambo", "Army spokesman", None, None, "MIL"),
        ("Former Prime Minister Petr Novak was jailed.", "petr-novak", "Prime Minister", None, None, "ELI"),
        ("Rebel leader Joseph Banda surrendered.", "joseph-banda", "Rebel leader", None, None, "REB"),
        ("Opposition leader Grace Moyo was arrested.", "grace-moyo", "Opposition leader", None, None, "OPP"),
        ("Syria's Bashar Haddad left.", "bashar-haddad", None, None, "SYR", None),
    ],
)
def test_an_office_is_read_with_its_holder(
    coder: Coder, text: str, person: str, title: str | None, organisation: str | None, country: str | None, sector: str | None
) -> None:
    found = tagged(coder.nlp, text).entities.affiliations
    held = [row for row in found if row.person_id == f"person:{person}"]
    assert held, found
    row = held[0]
    assert (row.title, row.organisation_id, row.country, row.sector) == (title, organisation, country, sector)
    assert text[row.start_char : row.end_char].strip()


def test_an_office_without_country_takes_the_only_one_in_the_document(coder: Coder) -> None:
    found = tagged(
        coder.nlp,
        "The Prosecutor General's Office of Latvia opened a case. It was announced by Prosecutor General Juris Ozols on Monday.",
    )
    (row,) = found.entities.affiliations
    assert (row.organisation_id, row.country, row.sector) == ("org:prosecutor-generals-office-of-latvia", "LVA", "JUD")


def test_an_office_is_in_force_from_its_sentence_on(coder: Coder) -> None:
    found = tagged(coder.nlp, "Rossi spoke. Italian Defence Minister Paolo Rossi was in Rome. Later Rossi said he would stay.")
    known = [(mention.entity_id, mention.country, mention.sector) for mention in found.of("Rossi")]
    assert known == [("person:paolo-rossi", None, None), ("person:paolo-rossi", "ITA", "GOV")]
    assert (found.one("he").country, found.one("he").sector) == ("ITA", "GOV")


def test_an_occupation_holds_only_until_an_office_is_said(coder: Coder) -> None:
    found = tagged(coder.nlp, "Anna Berg, a singer, spoke first. Norwegian Culture Minister Anna Berg smiled. Berg left.")
    assert [mention.sector for mention in found.of("Berg")] == ["GOV"]
    assert [row.sector for row in found.entities.affiliations] == [None, "GOV"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Vice President Dr. Anita Rao resigned.", [("Vice President", None, "GOV")]),
        ("Minister of Foreign Affairs Carla Rojas left for Lima.", [("Minister of Foreign Affairs", None, "GOV")]),
        ("The Chilean minister for industry and trade, Ana Silva, resigned.", [("minister for industry and trade", "CHL", "GOV")]),
        ("Ousted Malian president Seydou Keita was freed.", [("president", "MLI", "ELI")]),
        ("Jonas Holt, who was Norway's oil minister until 2012, sued.", [("oil minister", "NOR", "ELI")]),
        ("Founder and chief executive Joyce Adams sold her shares.", [("Founder and chief executive", None, "BUS")]),
        ("Toyota president Kenji Mori apologised.", [("president", "JPN", "BUS")]),
        ("Thai army chief Gen. Prayut Chan spoke.", [("army chief", "THA", "MIL"), ("Gen.", "THA", "MIL")]),
        ("Joe Flint, a 34-year-old miner, was hurt.", [("miner", None, "LAB")]),
        ("Greg Stone took over as chief executive of Boeing in May.", [("chief executive", "USA", "BUS")]),
        ("Anna Lind was sworn in as president of Iceland.", [("president", "ISL", "GOV")]),
        ("Roberto Diaz resigned as defence minister of Chile.", [("defence minister", "CHL", "GOV")]),
        ("Paul Weir, who heads the Brazilian Senate, fell ill.", [(None, "BRA", "LEG")]),
        ("Judge Rosa Diaz of the Supreme Court of Spain agreed.", [("Judge", "ESP", "JUD")]),
        ("Ukraine's ambassador in Berlin, Oleh Bondar, was summoned.", [("ambassador", "UKR", "GOV")]),
        ("Juan Diaz, president of the Mexican Football Federation, resigned.", [("president", "MEX", None)]),
    ],
)
def test_titles_are_read_whole_with_their_owners(
    coder: Coder, text: str, rows: list[tuple[str | None, str | None, str | None]]
) -> None:
    assert [(row.title, row.country, row.sector) for row in tagged(coder.nlp, text).entities.affiliations] == rows


def test_a_plural_title_is_everybodys_with_a_country_each(coder: Coder) -> None:
    found = tagged(
        coder.nlp,
        "The presidents of Kenya and Ghana, Peter Otieno and Kofi Mensah, met. Senators Roy Blaine and Carla Munson left.",
    )
    rows = [(row.person_id, row.country, row.sector) for row in found.entities.affiliations]
    assert rows == [
        ("person:peter-otieno", "KEN", "GOV"),
        ("person:kofi-mensah", "GHA", "GOV"),
        ("person:roy-blaine", None, "LEG"),
        ("person:carla-munson", None, "LEG"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The wife of the president, Angela Brandt, opened the clinic.",
        "President Edgar Smith met John Smith's brother, Paul Adams.",
        "After meeting the president of France, Paul Adams said the deal was close.",
        "Officials said Paul Adams had spoken to the minister.",
        "The governor asked Paul Adams to stay.",
    ],
)
def test_who_has_no_title_gets_none(coder: Coder, text: str) -> None:
    found = tagged(coder.nlp, text).entities
    assert not [row for row in found.affiliations if row.person_id in ("person:paul-adams", "person:angela-brandt")]


def test_a_body_without_name_is_the_organisation(coder: Coder) -> None:
    found = tagged(coder.nlp, "Halima Yusuf was named governor of the central bank of Somalia on Sunday.")
    (row,) = found.entities.affiliations
    assert (row.organisation_id, row.country, row.sector) == ("org:central-bank-of-somalia", "SOM", "GOV")


@pytest.mark.parametrize(
    ("role", "sector"),
    [
        ("deputy foreign minister", "GOV"),
        ("prosecutor general", "JUD"),
        ("major general", "MIL"),
        ("police spokesman", "COP"),
        ("government spokeswoman", "GOV"),
        ("church leader", "REL"),
        ("union leader", "LAB"),
        ("former minister", "ELI"),
        ("ministers", "GOV"),
        ("rights activist", "NGO"),
        ("spokesman", None),
        ("windmill", None),
    ],
)
def test_the_words_of_a_role_tell_its_sector(role: str, sector: str | None) -> None:
    assert role_sector(role.split()) == sector


def test_a_title_does_not_swallow_the_verb_before_it() -> None:
    words = ["he", "met", "opposition", "leader"]
    assert title_start(words, ["PRON", "VERB", "NOUN", "NOUN"], 4) == 2
