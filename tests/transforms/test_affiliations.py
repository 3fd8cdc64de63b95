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
        ("Former Prime Minister Petr Novak was jailed.", "petr-novak", "Former Prime Minister", None, None, "ELI"),
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


def test_a_person_has_country_and_sector_from_the_first_sentence_to_the_last(coder: Coder) -> None:
    found = tagged(coder.nlp, "Rossi spoke. Italian Defence Minister Paolo Rossi was in Rome. Later Rossi left.")
    assert {(mention.entity_id, mention.country, mention.sector) for mention in found.of("Rossi")} == {
        ("person:paolo-rossi", "ITA", "GOV")
    }


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
