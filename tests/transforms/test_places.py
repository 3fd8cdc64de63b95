"""Which of several places of one name is meant: what decides it, one test for each kind of evidence."""

import pytest

from tests.transforms.tagged import tagged
from transforms.gazetteer import gazetteer
from transforms.pipeline import Coder
from transforms.places import cities, places, regions


def _id_of(coder: Coder, text: str, name: str) -> str | None:
    return tagged(coder.nlp, text).one(name).entity_id


def test_regions_of_large_countries_hold_their_cities() -> None:
    by_region = {(row.get("country"), row.get("admin1")): entity_id for entity_id, row in regions().items() if row.get("admin1")}
    for city, region in (
        ("Houston", "place:texas-us"),
        ("Toronto", "place:ontario-ca"),
        ("Lucknow", "place:uttar-pradesh-in"),
        ("Jaipur", "place:rajasthan-in"),
        ("Geelong", "place:victoria-au"),
        ("Munich", "place:bavaria-de"),
        ("Recife", "place:pernambuco-br"),
        ("Monterrey", "place:nuevo-leon-mx"),
        ("Quetta", "place:balochistan-pk"),
        ("Maiduguri", "place:borno-ng"),
        ("Palermo", "place:sicily-it"),
        ("Chengdu", "place:sichuan-cn"),
        ("Ufa", "place:bashkortostan-ru"),
    ):
        place = cities()[city][0]
        assert by_region[place.country, place.admin1] == region


def test_regions_have_points_on_the_globe_and_one_region_for_each_code() -> None:
    seen: dict[tuple[str, str], str] = {}
    for entity_id, row in regions().items():
        assert -90 <= row["lat"] <= 90, entity_id
        assert -180 <= row["lon"] <= 180, entity_id
        if row.get("admin1") and row.get("type", "GPE") == "GPE":
            assert seen.setdefault((row["country"], row["admin1"]), entity_id) == entity_id


def test_cities_of_one_name_and_country_have_ids_of_their_own() -> None:
    springfields = [place.entity_id for place in cities()["Springfield"] if place.country == "USA"]
    assert len(springfields) > 5
    assert len(set(springfields)) == len(springfields)


@pytest.mark.parametrize(
    ("text", "name", "entity_id"),
    [
        ("Two men were held in Hamilton, Ontario.", "Hamilton", "place:hamilton-ca"),
        ("A jury in Athens, Ga., freed the farmer.", "Athens", "place:athens-us"),
        ("The ship left Tripoli, in northern Lebanon, at noon.", "Tripoli", "place:tripoli-lb"),
        ("Crowds met in Valencia (Venezuela) on Sunday.", "Valencia", "place:valencia-ve"),
        ("Maine's Portland will rebuild its pier.", "Portland", "place:portland-us-me"),
        ("He moved from Rome, Georgia, to Boston.", "Rome", "place:rome-us"),
        ("He moved from Rome, Georgia, to Boston.", "Georgia", "place:georgia-us"),
    ],
)
def test_a_region_or_country_beside_a_city_decides(coder: Coder, text: str, name: str, entity_id: str) -> None:
    assert _id_of(coder, text, name) == entity_id


@pytest.mark.parametrize(
    ("text", "name", "entity_id"),
    [
        ("The governor of Kano closed the markets.", "Kano", "place:kano-state-ng"),
        ("A bomb went off in the city of Kano.", "Kano", "place:kano-ng"),
        ("New York's governor signed the bill.", "New York", "place:new-york-state-us"),
        ("New York's mayor signed the bill.", "New York", "place:new-york-city-us"),
        ("The storm will hit Oregon, Washington and Idaho.", "Washington", "place:washington-state-us"),
        ("Barges sank on the Niger after the rains.", "Niger", "place:niger-river"),
    ],
)
def test_type_words_offices_and_lists_tell_the_kind_of_place(coder: Coder, text: str, name: str, entity_id: str) -> None:
    assert _id_of(coder, text, name) == entity_id


@pytest.mark.parametrize(
    ("text", "name", "entity_id"),
    [
        ("Tamil Nadu's chief minister opened a mill in Salem.", "Salem", "place:salem-in"),
        ("Floods hit Tampa. Roads in St. Petersburg were closed.", "St. Petersburg", "place:st-petersburg-us"),
        ("Lahore was covered in smog. All of Punjab closed its schools.", "Punjab", "place:punjab-pk"),
        ("The premier of Bermuda spoke in Hamilton.", "Hamilton", "place:hamilton-bm"),
        ("Wildfires near Melbourne spread across Victoria.", "Victoria", "place:victoria-au"),
        ("The Texas governor met investors in London and Paris.", "Paris", "place:paris-fr"),
        ("A US envoy flew to Athens.", "Athens", "place:athens-gr"),
        ("Ministers met in Birmingham.", "Birmingham", "place:birmingham-gb"),
    ],
)
def test_other_places_of_the_document_are_weighed_against_population(coder: Coder, text: str, name: str, entity_id: str) -> None:
    assert _id_of(coder, text, name) == entity_id


def test_one_name_is_one_place_throughout_a_document(coder: Coder) -> None:
    found = tagged(coder.nlp, "A fire broke out in London, Ontario, on Monday. Schools in London were closed.").of("London")
    assert [mention.entity_id for mention in found] == ["place:london-ca", "place:london-ca"]


def test_an_unknown_town_lies_in_the_region_that_is_named_behind_it(coder: Coder) -> None:
    mention = tagged(coder.nlp, "He was shot in Zebulonville, Ohio, on Friday.").one("Zebulonville")
    assert (mention.country, mention.geo_precision) == ("USA", "region")


def test_a_building_lies_in_the_city_behind_it(coder: Coder) -> None:
    mention = tagged(coder.nlp, "Thousands gathered in Dizengoff Square in Tel Aviv.").one("Dizengoff Square")
    assert (mention.country, mention.geo_precision) == ("ISR", "city")


def test_a_city_that_wins_a_match_is_its_club(coder: Coder) -> None:
    found = tagged(coder.nlp, "Barcelona beat Sevilla 3-1 on Sunday.")
    assert found.one("Barcelona").entity_type == "ORG"
    assert found.one("Barcelona").latitude is None


@pytest.mark.parametrize(
    ("name", "entity_id", "precision"),
    [
        ("Kosovo", "country:XKX", "country"),
        ("Taiwan", "country:TWN", "country"),
        ("Palestine", "country:PSE", "country"),
        ("Hong Kong", "country:HKG", "city"),
        ("Western Sahara", "country:ESH", "country"),
        ("Soviet Union", "country:SUN", "country"),
        ("Crimea", "place:crimea-ua", "region"),
        ("Gaza", "place:gaza-ps", "region"),
        ("Abkhazia", "place:abkhazia-ge", "region"),
        ("Kashmir", "place:kashmir", "region"),
    ],
)
def test_what_a_disputed_or_former_territory_is(name: str, entity_id: str, precision: str) -> None:
    entry = gazetteer().get(name)
    assert entry is not None
    assert (entry.entity_id, entry.geo_precision) == (entity_id, precision)


def test_a_country_comes_before_its_namesakes() -> None:
    for name in ("Georgia", "Jordan", "Lebanon", "Luxembourg", "Niger", "Singapore", "Mexico"):
        assert places()[name][0].source == "country", name
