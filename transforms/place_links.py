"""Decides which place each name of a document means.

What stands beside a name decides first (transforms.place_cues). Else each reading's rank is raised by what the document names:
the region or country that it lies in, more so in the same sentence, and cities near it. A name is read in one way throughout a
document unless the words beside it say otherwise. All is a pure function of the document.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from transforms.gazetteer import gazetteer, place_entry, use_entry
from transforms.organisations import organisation_id, organisation_sector
from transforms.package_data import read_toml
from transforms.place_cues import Area, Cue, Neighbourhood, area_of
from transforms.places import Place, locatives, places
from transforms.spans import Draft, SentenceParse

_SOURCES = frozenset({"country", "region", "city"})
_FIRM = 1.0
"""By how much the rank of the first reading must exceed the second's for the name to tell of others: ten times as many people."""
_OUT_OF_REACH = 5.0
_BESIDE_KILOMETRES, _NEAR_KILOMETRES, _AROUND_KILOMETRES = 60, 200, 500
_SECOND = 0.4
"""What the second best evidence counts beside the best."""
_ASKED = 1.5
"""What a reading gains when the words beside another mention of the name ask for its kind."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a name of the document tells of the others; `source` as in Place, `weight` 1 where its own reading is sure."""

    text: str
    sentences: frozenset[int]
    source: str
    country: str
    admin1: str | None
    latitude: float | None
    longitude: float | None
    capital: bool
    weight: float


def link_places(drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> None:
    """Give every name of a place the one that is meant (`drafts` by place in the text)."""
    _persons_that_are_places(drafts, parses)
    around = Neighbourhood(drafts, parses)
    named: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.source in _SOURCES:
            named[draft.text].append(draft)
    readings = {text: _readings(text) for text in named}
    cues = {id(draft): around.cue(draft) for text, same in named.items() if len(readings[text]) > 1 for draft in same}
    told: dict[str, Place] = {}
    for text, same in named.items():
        for draft in same:
            cue = cues.get(id(draft))
            inside = _within(readings[text], cue.area) if cue is not None and cue.area is not None else []
            if cue is not None and inside:
                told.setdefault(text, next(iter(_of_kind(inside, cue.kind)), inside[0]))
    for text, place in told.items():
        for draft in named[text]:
            use_entry(draft, place_entry(place))
    evidence = _gather(drafts, readings, told)
    for text, same in named.items():
        if text not in told and len(readings[text]) > 1:
            _weigh_all(text, readings[text], same, cues, evidence)
    _facilities(drafts, around)
    _clubs(drafts, parses)


def _readings(text: str) -> tuple[Place, ...]:
    """Give all that a name may mean, in capitals too."""
    return places().get(text) or places().get(text.title()) or ()


def _of_kind(readings: Sequence[Place], kind: str) -> list[Place]:
    """Give the readings of the kind that the words beside the name ask for; without such words those that need none."""
    if kind == "article":
        return [place for place in readings if place.cue == "article"]
    if kind:
        return [place for place in readings if place.source == kind and place.cue != "article"]
    return [place for place in readings if not place.cue]


def _within(readings: Iterable[Place], area: Area) -> list[Place]:
    """Give the readings that lie in an area and are not that area itself."""
    inside = [
        place
        for place in readings
        if place.country == area.country and place.entity_id != area.entity_id and place.source != "country"
    ]
    if area.admin1 is not None:
        return [place for place in inside if place.admin1 == area.admin1]
    if area.latitude is None or area.longitude is None:
        return inside
    near = [(_kilometres(place, area.latitude, area.longitude), place) for place in inside]
    return [place for distance, place in sorted(near, key=lambda pair: pair[0]) if distance < _NEAR_KILOMETRES]


def _gather(drafts: Sequence[Draft], readings: dict[str, tuple[Place, ...]], told: dict[str, Place]) -> list[_Evidence]:
    sentences: dict[tuple[str, str, str | None], set[int]] = defaultdict(set)
    first: dict[tuple[str, str, str | None], Draft] = {}
    for draft in drafts:
        if draft.country is not None and (draft.source or draft.entity_type in ("ORG", "FAC")):
            key = (draft.text, draft.source, draft.entity_id)
            first.setdefault(key, draft)
            sentences[key].add(draft.sentence)
    found = []
    for key, draft in first.items():
        known = readings.get(draft.text, ())
        open_ones = [place for place in known if not place.cue]
        sure = draft.text in told or len(open_ones) < 2 or open_ones[0].rank - open_ones[1].rank >= _FIRM
        area = area_of(draft)
        source, admin1, capital = draft.source, area.admin1 if area else None, False
        latitude, longitude = draft.latitude, draft.longitude
        if area is not None:
            source = "region" if draft.source in ("region", "people") else "country"
            latitude, longitude = area.latitude, area.longitude
        elif draft.source == "city":
            city = next((place for place in known if place.entity_id == draft.entity_id), None)
            admin1, capital = (city.admin1, city.capital) if city else (None, False)
        else:
            source = "country"
        of_region = _of_university(draft.text) if draft.entity_type == "ORG" else None
        if of_region is not None:
            source, admin1 = "region", of_region.admin1
            latitude, longitude = of_region.latitude, of_region.longitude
        country = of_region.country if of_region is not None else draft.country
        if country is not None:
            found.append(
                _Evidence(
                    draft.text,
                    frozenset(sentences[key]),
                    source,
                    country,
                    admin1,
                    latitude,
                    longitude,
                    capital,
                    1.0 if sure else 0.5,
                )
            )
    return found


def _of_university(name: str) -> Place | None:
    """Give the first-level region after which a university is named."""
    _, found, owner = name.partition("University of ")
    return next((place for place in places().get(owner, ()) if place.source == "region" and place.admin1), None) if found else None


def _weigh_all(
    text: str, readings: Sequence[Place], same: Sequence[Draft], cues: dict[int, Cue], evidence: Sequence[_Evidence]
) -> None:
    """Give each mention of a name its likeliest reading of the kind that is asked for beside it, or of any."""
    sentences = frozenset(draft.sentence for draft in same)
    kinds = {cues[id(draft)].kind for draft in same}
    others = [one for one in evidence if one.text != text]
    best: dict[str, Place] = {}
    for draft in same:
        kind = cues[id(draft)].kind
        if kind not in best:
            asked = _of_kind(readings, kind) or _of_kind(readings, "")
            if not asked:
                return
            best[kind] = _likeliest(asked, kinds, sentences, others)
        use_entry(draft, place_entry(best[kind]))


def _likeliest(readings: Sequence[Place], kinds: set[str], sentences: frozenset[int], others: Sequence[_Evidence]) -> Place:
    """Give the reading for which rank and evidence together are highest, the first of equals."""
    floor = readings[0].rank - _OUT_OF_REACH
    best, highest = readings[0], -1.0
    for place in readings:
        if place.rank < floor:
            continue
        support = sorted((_support(one, place, not sentences.isdisjoint(one.sentences)) for one in others), reverse=True)
        score = place.rank + sum(support[:1]) + _SECOND * sum(support[1:2]) + (_ASKED if place.source in kinds else 0)
        if score > highest:
            best, highest = place, score
    return best


def _support(one: _Evidence, place: Place, together: bool) -> float:
    """Tell how much a name speaks for a reading of another; `together` when they share a sentence."""
    if one.country != place.country:
        if one.source == place.source == "region" and one.admin1 is None:
            return one.weight * _by_distance(one, place)
        return 0.0
    home = 1.5 if together else 1.0
    if one.source == "country":
        return one.weight * (home + 1.5 if place.capital else home)
    inside = one.admin1 is not None and one.admin1 == place.admin1
    if one.source == "region":
        if inside and place.source == "city":
            return one.weight * (3.3 if together else 2.5)
        return one.weight * max(home, 1.8 if place.source == "region" else 0.0, _by_distance(one, place))
    if place.source == "country":
        return one.weight * 1.5
    if place.source == "region" and inside:
        return one.weight * (2.4 if together else 2.0)
    return one.weight * max(home if one.capital else 0.9, _by_distance(one, place))


def _by_distance(one: _Evidence, place: Place) -> float:
    if one.latitude is None or one.longitude is None:
        return 0.0
    distance = _kilometres(place, one.latitude, one.longitude)
    if distance < _BESIDE_KILOMETRES:
        return 2.2
    return 1.7 if distance < _NEAR_KILOMETRES else 1.2 if distance < _AROUND_KILOMETRES else 0.0


def _kilometres(place: Place, latitude: float, longitude: float) -> float:
    """Give the distance on a flat map, good enough within a few hundred kilometres."""
    north = (place.latitude - latitude) * 111
    east = (place.longitude - longitude) * 111 * math.cos(math.radians(latitude))
    return math.hypot(north, east)


def _persons_that_are_places(drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> None:
    """Read a place that the model takes for a person as the place, where no person of the document has that name."""
    full = {word for draft in drafts if draft.entity_type == "PERSON" and " " in draft.text for word in draft.text.split()}
    countries = {draft.country for draft in drafts if draft.country and draft.entity_type != "PERSON"}
    for draft in drafts:
        if draft.entity_type != "PERSON" or draft.role or draft.annotator != "model" or " " in draft.text or draft.text in full:
            continue
        entry = gazetteer().get(draft.text)
        if entry is None or entry.source not in _SOURCES:
            continue
        located = draft.first > 0 and parses[draft.sentence].lower[draft.first - 1] in locatives()
        supported = any(place.country in countries for place in entry.candidates if not place.cue and place.rank >= 5)
        if (located and not entry.small) or not entry.weak or supported:
            use_entry(draft, entry)
            draft.annotator = "gazetteer"


def _facilities(drafts: Sequence[Draft], around: Neighbourhood) -> None:
    """Put a building or square where the text puts it: in the city behind it ("Evin prison in Tehran") or in its name."""
    for draft in drafts:
        if draft.entity_type != "FAC" or draft.latitude is not None:
            continue
        city = around.following_name(draft)
        if city is not None and city.source == "city":
            draft.latitude, draft.longitude, draft.geo_precision = city.latitude, city.longitude, "city"
            draft.country = city.country
            continue
        for hit in gazetteer().find(draft.text):
            if hit.entry.source == "city" and not hit.entry.weak:
                draft.latitude, draft.longitude, draft.geo_precision = hit.entry.latitude, hit.entry.longitude, "city"
                draft.country = hit.entry.country
                break


@cache
def _sport(key: str) -> frozenset[str]:
    return frozenset(read_toml("ambiguous.toml")[key])


def _clubs(drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> None:
    """Read a city that beats another, or is beaten, in a sentence with a score or a word of sport as its club."""
    for draft in drafts:
        lower = parses[draft.sentence].lower
        follows, precedes = lower[draft.last : draft.last + 1], lower[max(draft.first - 1, 0) : draft.first]
        if draft.source != "city" or _sport("club_verbs").isdisjoint((*follows, *precedes)):
            continue
        if _sport("club_words").isdisjoint(lower) and not any(_is_score(word) for word in lower):
            continue
        draft.entity_type, draft.source, draft.base = "ORG", "", draft.text.lower()
        draft.latitude = draft.longitude = draft.geo_precision = None
        draft.sector, draft.entity_id = organisation_sector(draft.base), organisation_id(draft.base, None)


def _is_score(word: str) -> bool:
    home, dash, away = word.replace("–", "-").partition("-")
    return bool(dash) and home.isdigit() and away.isdigit() and len(home) < 4 and len(away) < 4
