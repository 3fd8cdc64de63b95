"""What the names of a document tell of each other's place: the country or region that they name, and how near cities lie.

Evidence is measured on the scale of a reading's rank (transforms.places), where 1 is ten times as many inhabitants.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from transforms.countries import countries
from transforms.place_cues import Neighbourhood, area_of
from transforms.places import Place, places
from transforms.spans import Draft

BESIDE, NEAR, AROUND = 60, 200, 500
"""Kilometres between a city and its suburbs, within a region, within a part of a country."""
_FIRM = 1.0
"""By how much the rank of the first reading must exceed the second's for the name to tell of others."""
_UNSURE, _MOVED = 0.5, 0.5
_IN_REGION, _IN_REGION_AFAR = 3.3, 2.5
"""For a city whose region is named in the same sentence, elsewhere in the document."""
_IN_COUNTRY, _IN_COUNTRY_AFAR = 1.5, 1.0
_OWN_CAPITAL = 1.5
"""For the capital of a country that is named: it need not be large."""
_CITY_OF_REGION, _CITY_OF_REGION_AFAR = 2.4, 2.0
"""For a region of which a city is named."""
_SISTER_REGION, _SAME_COUNTRY = 1.8, 0.9


class Evidence(NamedTuple):
    """What a name tells: a country, a region or a city, in which sentences it stands, and how sure it is.

    `source` is country for a people or body too; `weight` is less than 1 where its own reading is not sure, or where things
    only go to it or come from it.
    """

    text: str
    sentences: frozenset[int]
    source: str
    country: str | None
    admin1: str | None
    latitude: float | None
    longitude: float | None
    capital: bool
    weight: float


def gather(
    drafts: Sequence[Draft], around: Neighbourhood, readings: Mapping[str, tuple[Place, ...]], told: Mapping[str, Place]
) -> list[Evidence]:
    """Give what the names of a document tell, one for each name; `told` are those that the words beside them decided."""
    same: dict[tuple[str, str, str | None], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.source in ("region", "people") or (draft.country and (draft.source or draft.entity_type in ("ORG", "FAC"))):
            same[draft.text, draft.source, draft.entity_id].append(draft)
    found = []
    for mentions in same.values():
        draft = mentions[0]
        known = readings.get(draft.text, ())
        open_ones = [place for place in known if not place.cue]
        sure = draft.text in told or len(open_ones) < 2 or open_ones[0].rank - open_ones[1].rank >= _FIRM
        weight = 1.0 if sure else _UNSURE
        if draft.source in ("region", "country") and all(around.moved(mention) for mention in mentions):
            weight *= _MOVED
        sentences = frozenset(mention.sentence for mention in mentions)
        found.append(_of_name(draft, known, sentences, weight))
    return found


def _of_name(draft: Draft, known: Sequence[Place], sentences: frozenset[int], weight: float) -> Evidence:
    region = _of_university(draft.text) if draft.entity_type == "ORG" else None
    if region is not None:
        place = region
        return Evidence(
            draft.text, sentences, "region", place.country, place.admin1, place.latitude, place.longitude, False, weight
        )
    if draft.source == "city":
        city = next((place for place in known if place.entity_id == draft.entity_id), None)
        admin1, capital = (city.admin1, city.capital) if city else (None, False)
        return Evidence(draft.text, sentences, "city", draft.country, admin1, draft.latitude, draft.longitude, capital, weight)
    area = area_of(draft)
    if area is None or draft.source in ("country", "demonym"):
        return Evidence(draft.text, sentences, "country", draft.country, None, None, None, False, weight)
    return Evidence(draft.text, sentences, "region", area.country, area.admin1, area.latitude, area.longitude, False, weight)


def _of_university(name: str) -> Place | None:
    """Give the first-level region after which a university is named."""
    _, found, owner = name.partition("University of ")
    return next((place for place in places().get(owner, ()) if place.source == "region" and place.admin1), None) if found else None


def support(one: Evidence, place: Place, together: bool) -> float:
    """Tell how much a name speaks for a reading of another; `together` when they share a sentence."""
    if one.country is None:
        return one.weight * _by_distance(one, place)
    if one.country != place.country:
        return one.weight * _by_border(one.country, place) if one.source == "country" else 0.0
    home = _IN_COUNTRY if together else _IN_COUNTRY_AFAR
    inside = one.admin1 is not None and one.admin1 == place.admin1
    if one.source == "country":
        found = home + _OWN_CAPITAL if place.capital else home
    elif one.source == "region" and inside and place.source == "city":
        found = _IN_REGION if together else _IN_REGION_AFAR
    elif one.source == "region":
        found = max(home, _SISTER_REGION if place.source == "region" else 0.0, _by_distance(one, place))
    elif place.source == "country":
        found = _IN_COUNTRY
    elif place.source == "region" and inside:
        found = _CITY_OF_REGION if together else _CITY_OF_REGION_AFAR
    else:
        found = max(home if one.capital else _SAME_COUNTRY, _by_distance(one, place))
    return one.weight * found


def _by_distance(one: Evidence, place: Place) -> float:
    if one.latitude is None or one.longitude is None:
        return 0.0
    distance = kilometres(place, one.latitude, one.longitude)
    if distance < BESIDE:
        return 2.2
    return 1.7 if distance < NEAR else 1.2 if distance < AROUND else 0.0


def _by_border(country: str, place: Place) -> float:
    """Give what a small country tells of a place beside it: Israel of Bethlehem."""
    known = countries().get(country)
    if known is None:
        return 0.0
    distance = kilometres(place, known.latitude, known.longitude)
    return 1.2 if distance < NEAR else 0.6 if distance < AROUND else 0.0


def kilometres(place: Place, latitude: float, longitude: float) -> float:
    """Give the distance on a flat map, good enough within a few hundred kilometres."""
    north = (place.latitude - latitude) * 111
    east = (place.longitude - longitude) * 111 * math.cos(math.radians(latitude))
    return math.hypot(north, east)
