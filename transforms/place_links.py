"""Decides which place each name of a document means.

What stands beside a name decides first (transforms.place_cues). Else each reading's rank is raised by what the document names:
the region or country that it lies in, more so in the same sentence, and cities near it. A name is read in one way throughout a
document unless the words beside it say otherwise. All is a pure function of the document.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from transforms.gazetteer import gazetteer, place_entry, use_entry
from transforms.organisations import organisation_id, organisation_sector
from transforms.package_data import read_toml, slug
from transforms.place_cues import Area, Cue, Neighbourhood, without_type_word
from transforms.place_evidence import NEAR, Evidence, gather, kilometres, support
from transforms.places import Place, locatives, places
from transforms.spans import Draft, SentenceParse

_SCORE = re.compile(r"\b\d{1,3}[-–]\d{1,3}\b")
_SOURCES = frozenset({"country", "region", "city"})
_OUT_OF_REACH = 5.0
_SECOND = 0.4
"""What the second best evidence counts beside the best."""
_ASKED = 1.5
"""What a reading gains when the words beside another mention of the name ask for its kind."""


def link_places(drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> None:
    """Give every name of a place the one that is meant (`drafts` by place in the text)."""
    _persons_that_are_places(drafts, parses)
    around = Neighbourhood(drafts, parses)
    named: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        unknown = not draft.source and draft.entity_type in ("GPE", "LOC")
        if draft.source in _SOURCES or (unknown and _readings(draft.text)):
            named[draft.text].append(draft)
    readings = {text: _readings(text) for text in named}
    cues = {
        id(draft): around.cue(draft)
        for text, same in named.items()
        if len(readings[text]) > 1 or not same[0].source
        for draft in same
    }
    told: dict[str, Place] = {}
    for text, same in named.items():
        for draft in same:
            cue = cues.get(id(draft))
            inside = _within(readings[text], cue.area) if cue is not None and cue.area is not None else []
            if cue is not None and inside:
                told.setdefault(text, next(iter(_of_kind(inside, cue.kind)), inside[0]))
            elif cue is not None and cue.area is not None:
                _tell_both(draft, around, readings, told)
    for text, place in told.items():
        for draft in named[text]:
            use_entry(draft, place_entry(place))
    evidence = gather(drafts, around, readings, told)
    for text, same in named.items():
        if text not in told and id(same[0]) in cues:
            _weigh_all(text, readings[text], same, cues, evidence)
    _small_places(drafts, around)
    _facilities(drafts, around)
    _clubs(drafts, parses)


def _tell_both(draft: Draft, around: Neighbourhood, readings: dict[str, tuple[Place, ...]], told: dict[str, Place]) -> None:
    """Decide a city and the ambiguous region behind it together: "Rome, Georgia" is in the one that has a Rome."""
    behind = around.following_name(draft)
    for place in readings.get(behind.text, ())[1:] if behind is not None else ():
        if behind is None or place.source != "region" or place.cue:
            continue
        area = Area(place.country, place.admin1, place.entity_id, place.latitude, place.longitude)
        inside = _within(readings[draft.text], area)
        if inside:
            told.setdefault(draft.text, inside[0])
            told.setdefault(behind.text, place)
            return


def _readings(text: str) -> tuple[Place, ...]:
    """Give all that a name may mean, in capitals too; with a type word ("Kandahar province") the regions only."""
    known = places().get(text) or places().get(text.title()) or ()
    if known or " " not in text:
        return known
    return tuple(place for place in places().get(without_type_word(text), ()) if place.source == "region")


def _of_kind(readings: Sequence[Place], kind: str) -> list[Place]:
    """Give the readings of the kind that the words beside the name ask for; without such words those that need none."""
    if kind == "article":
        return [place for place in readings if place.cue == "article"]
    if kind:
        return [place for place in readings if place.source == kind and place.cue != "article"]
    return [place for place in readings if not place.cue]


def _within(readings: Iterable[Place], area: Area) -> list[Place]:
    """Give the readings that lie in an area and are not that area itself; none for an area of several countries."""
    if area.country is None:
        return []
    inside = [
        place
        for place in readings
        if place.country == area.country and place.entity_id != area.entity_id and place.source != "country"
    ]
    if area.admin1 is not None:
        return [place for place in inside if place.admin1 == area.admin1]
    if area.precision == "country":
        return inside
    near = [(kilometres(place, area.latitude, area.longitude), place) for place in inside]
    return [place for distance, place in sorted(near, key=lambda pair: pair[0]) if distance < NEAR / 2]


def _weigh_all(
    text: str, readings: Sequence[Place], same: Sequence[Draft], cues: dict[int, Cue], evidence: Sequence[Evidence]
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


def _likeliest(readings: Sequence[Place], kinds: set[str], sentences: frozenset[int], others: Sequence[Evidence]) -> Place:
    """Give the reading for which rank and evidence together are highest, the first of equals."""
    floor = readings[0].rank - _OUT_OF_REACH
    best, highest = readings[0], -1.0
    for place in readings:
        if place.rank < floor:
            continue
        told = sorted((support(one, place, not sentences.isdisjoint(one.sentences)) for one in others), reverse=True)
        score = place.rank + sum(told[:1]) + _SECOND * sum(told[1:2]) + (_ASKED if place.source in kinds else 0)
        if score > highest:
            best, highest = place, score
    return best


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


def _small_places(drafts: Sequence[Draft], around: Neighbourhood) -> None:
    """Put a place that is not known where its name says: "Pinewood, Ohio" is somewhere in Ohio, and no other Pinewood."""
    for draft in drafts:
        if draft.entity_type != "GPE" or draft.source not in ("", "city") or not slug(draft.text):
            continue
        area = around.apposed_area(draft)
        if area is None or area.country is None or (draft.source == "city" and not _elsewhere(draft, area)):
            continue
        draft.country = area.country
        draft.latitude, draft.longitude, draft.geo_precision = area.latitude, area.longitude, area.precision
        draft.entity_id = f"place:{slug(draft.text)}-{area.entity_id.partition(':')[2].lower()}"


def _elsewhere(draft: Draft, area: Area) -> bool:
    """Tell whether the city that was chosen lies outside the region that its name gives."""
    readings = _readings(draft.text)
    return area.precision == "region" and bool(readings) and not _within(readings, area)


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
        if _sport("club_words").isdisjoint(lower) and not _SCORE.search(parses[draft.sentence].text):
            continue
        draft.entity_type, draft.source, draft.base = "ORG", "", draft.text.lower()
        draft.latitude = draft.longitude = draft.geo_precision = None
        draft.sector, draft.entity_id = organisation_sector(draft.base), organisation_id(draft.base, None)
