from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transforms.tagged import PUBLISHED, Tagged, tagged
from transforms.pipeline import Coder
from warehouse.schema.vocabulary import DATE_PRECISIONS, ENTITY_TYPES, SECTORS

SEED = Path(__file__).parents[2] / "seeds" / "000_e4c073b4cb4d64d8.txt"


@pytest.fixture(scope="module")
def seed(coder: Coder) -> Tagged:
    return tagged(coder.nlp, SEED.read_text("utf-8").split("\n", 2)[2])


def test_the_six_persons_of_the_founding_article_are_six_entities(seed: Tagged) -> None:
    persons = {
        mention.entity_id
        for mention in seed.entities.mentions
        if mention.entity_type == "PERSON" and mention.mention_kind == "name"
    }
    assert persons == {
        "person:alexander-bastrykin",
        "person:kamran-aliyev",
        "person:heydar-aliyev",
        "person:zarifa-aliyeva",
        "person:ilham-aliyev",
        "person:vladimir-putin",
    }


def test_a_country_is_the_same_entity_everywhere(seed: Tagged) -> None:
    assert {(mention.entity_id, mention.entity_type, mention.country) for mention in seed.of("Azerbaijan")} == {
        ("country:AZE", "GPE", "AZE")
    }
    assert len(seed.of("Azerbaijan")) >= 5


def test_wordings_of_one_office_are_one_organisation(seed: Tagged) -> None:
    offices = [
        "Prosecutor General's Office of Azerbaijan",
        "General Prosecutor's Office of Azerbaijan",
        "Azerbaijani Prosecutor General's Office",
    ]
    assert {seed.one(office).entity_id for office in offices} == {"org:prosecutor-generals-office-of-azerbaijan"}
    committees = ["Russian Investigative Committee", "Investigative Committee of the Russian Federation"]
    assert {seed.one(name).entity_id for name in committees} == {"org:investigative-committee-of-russia"}
    assert seed.one("Russian Investigative Committee").country == "RUS"


def test_persons_have_the_country_and_sector_of_their_office(seed: Tagged) -> None:
    assert {mention.country for mention in seed.of("Alexander Bastrykin")} == {"RUS"}
    assert {(mention.country, mention.sector) for mention in seed.of("Kamran Aliyev")} == {("AZE", "JUD")}


def test_capital_has_coordinates(seed: Tagged) -> None:
    baku = seed.one("Baku")
    assert (baku.entity_id, baku.country, baku.geo_precision) == ("place:baku-az", "AZE", "city")
    assert baku.latitude == pytest.approx(40.4, abs=0.2)
    assert baku.longitude == pytest.approx(49.9, abs=0.2)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The grave of the leader of Azerbaijan Heydar Aliyev is here.", [("Azerbaijan", "GPE"), ("Heydar Aliyev", "PERSON")]),
        (
            "Russian President Vladimir Putin met French officials.",
            [("Russian", "NORP"), ("Vladimir Putin", "PERSON"), ("French", "NORP")],
        ),
        (
            "Minister of Defence Anna Berg spoke at the Ministry of Trade and Industry of Norway.",
            [("Anna Berg", "PERSON"), ("Ministry of Trade and Industry of Norway", "ORG")],
        ),
        ("Norway's Ministry of Finance cut rates.", [("Norway", "GPE"), ("Ministry of Finance", "ORG")]),
        ("Jordan Peterson flew to Jordan.", [("Jordan Peterson", "PERSON"), ("Jordan", "GPE")]),
        ("Trade Minister Anna Berg met Congressman Wilmer Salcedo.", [("Anna Berg", "PERSON"), ("Wilmer Salcedo", "PERSON")]),
        ("Student leader Nélida Ovelar, 22, spoke.", [("Nélida Ovelar", "PERSON")]),
        ("Two men fired at Wilfredo Matute, 51, and fled.", [("Wilfredo Matute", "PERSON")]),
        ("A sari was woven in Kraków and sold from Manchester.", [("Kraków", "GPE"), ("Manchester", "GPE")]),
        ("They told us that turkey was served in the reading room.", []),
        (
            "The University of Warsaw and the Polish Bar Association agreed.",
            [("University of Warsaw", "ORG"), ("Polish Bar Association", "ORG")],
        ),
        (
            "The head of the Refugee Council Zuko Abara spoke in Accra.",
            [("Refugee Council", "ORG"), ("Zuko Abara", "PERSON"), ("Accra", "GPE")],
        ),
        (
            "The secretary of the Teachers Union Mohamed Diallo called a strike.",
            [("Teachers Union", "ORG"), ("Mohamed Diallo", "PERSON")],
        ),
        ("She left the Bank of New York Mellon.", [("Bank of New York Mellon", "ORG")]),
    ],
)
def test_names_have_their_right_edges_and_types(coder: Coder, text: str, names: list[tuple[str, str]]) -> None:
    assert tagged(coder.nlp, text).names() == names


def test_a_surname_means_the_full_name_of_the_document(coder: Coder) -> None:
    found = tagged(coder.nlp, "Kofi Mensah spoke first. Then Mensah left. Later Okafor arrived.")
    assert found.one("Mensah").entity_id == "person:kofi-mensah"
    assert found.one("Okafor").entity_id == "surname:okafor"


def test_of_two_of_one_surname_the_title_then_the_count_decides(coder: Coder) -> None:
    found = tagged(
        coder.nlp,
        "President Ilham Aliyev received Prosecutor General Kamran Aliyev. Kamran Aliyev reported on crime. A meeting "
        "between Ivanov and Aliyev was held. President Aliyev thanked him.",
    )
    first, second = found.of("Aliyev")
    assert first.entity_id == "person:kamran-aliyev"
    assert second.entity_id == "person:ilham-aliyev"


def test_an_acronym_is_the_organisation_before_it(coder: Coder) -> None:
    found = tagged(coder.nlp, "The Northern Farmers Association (NFA) protested in Oslo. The NFA said prices were low.")
    assert {mention.entity_id for mention in found.of("NFA")} == {found.one("Northern Farmers Association").entity_id}


def test_an_organisation_named_once_with_its_country_keeps_it(coder: Coder) -> None:
    found = tagged(coder.nlp, "The Defence Ministry denied it. The Polish Ministry of Defence later agreed.")
    assert {found.one("Defence Ministry").entity_id, found.one("Polish Ministry of Defence").entity_id} == {
        "org:ministry-of-defence-of-poland"
    }


def test_a_place_of_several_is_chosen_by_what_stands_beside_it(coder: Coder) -> None:
    found = tagged(coder.nlp, "Fans met in Birmingham, Alabama. Others stayed in Liverpool.")
    assert found.one("Birmingham").country == "USA"
    assert found.one("Liverpool").country == "GBR"


def test_georgia_is_the_state_among_american_places(coder: Coder) -> None:
    assert tagged(coder.nlp, "Voters in Atlanta, Georgia, and in Texas went to the polls.").one("Georgia").country == "USA"
    assert tagged(coder.nlp, "Georgia and Armenia signed a treaty.").one("Georgia").entity_id == "country:GEO"


def test_dates_and_numbers_have_values(coder: Coder) -> None:
    found = tagged(coder.nlp, "On Monday the bank lent $2.5 billion. It will pay 40 percent by Friday. The 1990s were hard.")
    assert found.one("Monday").value_start == found.one("Monday").value_end
    assert str(found.one("Monday").value_start) == "2024-03-18"
    assert str(found.one("Friday").value_start) == "2024-03-22"
    assert (found.one("$2.5 billion").value_number, found.one("$2.5 billion").unit) == (2.5e9, "USD")
    assert (found.one("40 percent").value_number, found.one("40 percent").unit) == (40, "%")
    assert found.one("The 1990s").value_precision == "decade"


PIECES = (
    "President Anna Berg of Norway met Kim.",
    "🙂 Überraschung in Zürich!",
    "قال محمد بن سلمان في الرياض.",
    "São Tomé’s police (SP) arrested two men on 5 May.",
    "“We agree,” he said.",
    "U.S.-led forces, the U.N. and the EU…",
    "BAKU, IRAN AND THE US",
    "e\u0301tat d'urgence",
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6), st.sampled_from([" ", "\n\n"]))
def test_every_mention_keeps_the_rules_of_its_table(coder: Coder, pieces: list[str], between: str) -> None:
    found = tagged(coder.nlp, between.join(pieces))
    mentions = found.entities.mentions
    spans = {sentence.sentence_index: (sentence.start_char, sentence.end_char) for sentence in found.sentences}
    assert [mention.mention_index for mention in mentions] == list(range(len(mentions)))
    assert [(m.start_char, m.end_char) for m in mentions] == sorted((m.start_char, m.end_char) for m in mentions)
    end = 0
    for mention in mentions:
        start, stop = spans[mention.sentence_index]
        assert start <= mention.start_char < mention.end_char <= stop
        assert mention.entity_type in ENTITY_TYPES
        assert mention.sector is None or mention.sector in SECTORS
        assert mention.value_precision is None or mention.value_precision in DATE_PRECISIONS
        assert (mention.value_start is None) == (mention.value_precision is None)
        if mention.mention_kind == "name":
            assert mention.start_char >= end
            end = mention.end_char


def test_the_same_text_gives_the_same_rows_again(coder: Coder) -> None:
    text = "\n\n".join(PIECES)
    assert tagged(coder.nlp, text).entities == tagged(coder.nlp, text).entities


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Photo: Fans celebrate in the streets of Accra on Saturday.", "2024-03-16"),
        ("Rescuers search the rubble in Quito on Friday. (Photo: Jane Doe)", "2024-03-15"),
        ("Photo: Workers are clearing snow from a road in Oslo on Saturday.", "2024-03-16"),
        ("Photo: The stadium in Lima, which will open on Saturday.", "2024-03-23"),
        ("Photo: Paintings that hang in Riga until Saturday.", "2024-03-23"),
        ("Fans celebrate in the streets of Accra on Saturday.", "2024-03-23"),
    ],
)
def test_the_present_of_a_caption_is_what_the_picture_shows(coder: Coder, text: str, day: str) -> None:
    found = tagged(coder.nlp, f"Talks were held in Riga.\n\n{text}")
    [days] = [mention for mention in found.entities.mentions if mention.value_precision == "day"]
    assert str(days.value_start) == day


def test_without_a_publication_day_only_absolute_dates_have_values(coder: Coder) -> None:
    found = tagged(coder.nlp, "On Monday, 4 March 2024 they met. On Tuesday they left.", published=None)
    assert found.one("Tuesday").value_start is None
    assert any(str(mention.value_start) == "2024-03-04" for mention in found.entities.mentions)
    assert PUBLISHED.year == 2024
