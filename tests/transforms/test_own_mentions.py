"""A user's own names in texts: what is found, what is not, and that their id, country and sector hold."""

from datetime import date

import pytest

from transforms.clean import clean
from transforms.document import CodedDocument, RawRecord
from transforms.own_csv import read_csv_names
from transforms.own_names import OwnNames
from transforms.own_table import compile_names
from transforms.petrarch import read_dictionary
from transforms.pipeline import Coder

CSV = """\
name,type,entity_id,country,sector,aliases,start,end
Delta Lions,organisation,org:lions,NGA,REB,Lions of the Delta,,
Sahel Relief Network,organisation,,BFA,NGO,SRN;Réseau d’Aide,,
Grace Okafor,person,person:okafor-g,NGA,GOV,,2015-06-01,2019-05-29
Grace Okafor,person,person:okafor-g,NGA,ELI,,2019-05-30,
Juan Carlos,person,person:king,ESP,ELI,,,
Ade Bello,person,person:bello,,,Bello,,
Georgia,person,person:georgia,NGA,CVL,,,
Paris,organisation,org:paris-club,FRA,BUS,,,
Strike,organisation,,MLI,PTY,,,
Ambazon people,group,,CMR,CVL,,,
Tinza,place,,NGA,,,,
al-Wadi,organisation,,SDN,REB,,,
İzmir Öğretmen,organisation,org:iz,TUR,LAB,,,
"""
DICTIONARY = """\
RIVER_GUARDS_ [NGAREB]
BAN_KI-TO_ [KORGOV]
WHO_ [NGAOPP]
WATER_COMMITTEE [NGO~]
CATTLE_THIEF {CATTLE_THIEVES} [~CRM]
POLICE {} [~MIL]
SPOKESMAN [~MED]
CHIEF_TAX_INSPECTOR_OF_THE_TOWN [~GOV]
CHAMBER_OF_COMMERCE {CHAMBERS_OF_COMMERCE} [~BUS]
"""


@pytest.fixture(scope="module")
def own() -> OwnNames:
    return compile_names([read_csv_names(CSV, "own.csv"), read_dictionary(DICTIONARY, "own.txt")])[0]


@pytest.fixture
def own_coder(coder: Coder, own: OwnNames) -> Coder:
    return Coder(coder.nlp, coder.lexicon, coder.model, coder.fingerprint, own)


def code(coder: Coder, text: str, day: date | None = date(2018, 3, 4)) -> CodedDocument:
    return coder.code(clean(RawRecord("x", 0, 0, "0", text, published=day.isoformat() if day else None)))


def found(coder: Coder, text: str, day: date | None = date(2018, 3, 4)) -> list[tuple[str, str | None, str | None, str | None]]:
    document = code(coder, text, day)
    return [(document.document.text[m.start_char : m.end_char], m.entity_id, m.country, m.sector) for m in document.mentions]


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("Mali condemned the Delta Lions on Monday.", ("Delta Lions", "org:lions", "NGA", "REB")),
        ("Mali condemned the Lions of the Delta.", ("Lions of the Delta", "org:lions", "NGA", "REB")),
        ("MALI CONDEMNS DELTA LIONS", ("DELTA LIONS", "org:lions", "NGA", "REB")),
        ("Mali condemned the Delta  Lions.", ("Delta  Lions", "org:lions", "NGA", "REB")),
        ("SRN rejected it.", ("SRN", "org:sahel-relief-network", "BFA", "NGO")),
        ("Mali thanked the Réseau d'Aide.", ("Réseau d'Aide", "org:sahel-relief-network", "BFA", "NGO")),
        ("Minister Grace Okafor left.", ("Grace Okafor", "person:okafor-g", "NGA", "GOV")),
        ("Mali thanked İzmir Öğretmen.", ("İzmir Öğretmen", "org:iz", "TUR", "LAB")),
        ("They met in Tinza.", ("Tinza", "place:tinza", "NGA", None)),
        ("Mali helped the Ambazon people.", ("Ambazon people", "group:ambazon-people", "CMR", "CVL")),
        ("Al-Wadi attacked the town.", ("Al-Wadi", "org:al-wadi", "SDN", "REB")),
        ("Mali condemned Strike.", ("Strike", "org:strike", "MLI", "PTY")),
        ("Mali condemned Paris.", ("Paris", "org:paris-club", "FRA", "BUS")),
        ("Mali condemned the River Guards.", ("River Guards", "org:river-guards", "NGA", "REB")),
        ("Mali thanked Ban Ki-to.", ("Ban Ki-to", "person:ban-ki-to", "KOR", "GOV")),
    ],
)
def test_a_name_has_the_users_id_country_and_sector(
    own_coder: Coder, text: str, mention: tuple[str, str | None, str | None, str | None]
) -> None:
    assert mention in found(own_coder, text)
    rows = code(own_coder, text)
    [row] = [one for one in rows.mentions if one.entity_id == mention[1]]
    assert (row.annotator, row.mention_kind) == ("gazetteer", "name")


@pytest.mark.parametrize(
    ("text", "entity_id"),
    [
        ("Two delta lions were seen.", "org:lions"),
        ("The Delta Lions Foundation thanked Mali.", "org:lions"),
        ("Juan Carlos Varela visited Mali.", "person:king"),
        ("Strike leaders met.", "org:strike"),
        ("Who attacked Mali?", "org:who"),
        ("The river guards left.", "org:river-guards"),
        ("The state of Georgia sued Mali.", "person:georgia"),
    ],
)
def test_what_only_looks_like_it_is_left_to_the_usual_reading(own_coder: Coder, text: str, entity_id: str) -> None:
    assert entity_id not in {mention[1] for mention in found(own_coder, text)}


def test_a_surname_is_the_users_person_where_the_full_name_stands(own_coder: Coder) -> None:
    text = "Grace Okafor visited Mali. Okafor said she would return. Mr Okafor's car broke down."
    assert [mention[0] for mention in found(own_coder, text) if mention[1] == "person:okafor-g"][:2] == ["Grace Okafor", "Okafor"]
    assert ("she", "person:okafor-g", "NGA", "GOV") in found(own_coder, text)


def test_a_surname_alone_yields_to_a_person_whom_the_document_names_in_full(own_coder: Coder) -> None:
    assert ("Bello", "person:bello", None, "GOV") in found(own_coder, "President Bello condemned Mali.", None)
    text = "President Ahmadu Bello visited Mali. Bello condemned the attack."
    assert "person:bello" not in {mention[1] for mention in found(own_coder, text)}


def test_an_acronym_in_brackets_is_the_users_organisation(own_coder: Coder) -> None:
    text = "Mali accused the Delta Lions (DLI) of murder. The DLI denied it."
    assert found(own_coder, text).count(("DLI", "org:lions", "NGA", "REB")) == 2


@pytest.mark.parametrize(("day", "sector"), [(date(2019, 5, 29), "GOV"), (date(2019, 5, 30), "ELI"), (date(2001, 1, 1), None)])
def test_the_day_of_publication_decides_on_the_office(own_coder: Coder, day: date, sector: str | None) -> None:
    text = "Grace Okafor condemned the attack."
    assert found(own_coder, text, day)[0] == ("Grace Okafor", "person:okafor-g", "NGA", sector)


def test_what_the_user_leaves_open_is_what_the_text_says(own_coder: Coder) -> None:
    assert ("Ade Bello", "person:bello", "GHA", "GOV") in found(own_coder, "Ghana's Foreign Minister Ade Bello visited Mali.")


def test_participants_and_affiliations_carry_the_users_ids(own_coder: Coder) -> None:
    rows = code(own_coder, "Sahel Relief Network director Grace Okafor condemned the Delta Lions.")
    [event] = rows.events
    assert [(one.role, one.entity_id, one.country, one.sector) for one in event.participants] == [
        ("actor", "person:okafor-g", "NGA", "GOV"),
        ("recipient", "org:lions", "NGA", "REB"),
    ]
    [held] = rows.affiliations
    assert (held.person_id, held.organisation_id) == ("person:okafor-g", "org:sahel-relief-network")


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("The water committee of Ghana condemned the attack.", "NGO"),
        ("Ghana arrested cattle thieves.", "CRM"),
        ("The Ghanaian police arrested him.", "MIL"),
        ("A spokesman condemned Mali.", "MED"),
        ("The chief tax inspectors of the town condemned Mali.", "GOV"),
        ("The River Chamber of Commerce condemned the chamber of commerce of Ghana.", "BUS"),
    ],
)
def test_a_users_nouns_are_read_with_their_sector(own_coder: Coder, text: str, sector: str | None) -> None:
    kinds = {one.sector for one in code(own_coder, text).mentions if one.mention_kind == "nominal"}
    assert sector in kinds


def test_without_own_names_nothing_changes(coder: Coder, own_coder: Coder) -> None:
    text = "France condemned Russia yesterday. The Ghanaian army left Lagos, a minister said."
    assert code(coder, text).mentions == code(own_coder, text).mentions
