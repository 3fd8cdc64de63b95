"""What the words beside a place's name say of it: a region or country that it lies in, or the kind of place that is meant.

"Paris, Texas", "Salta in northern Argentina", "Maine's Portland" name the area; "the province of Limburg", "Niger State",
"Georgia's governor", "the mayor of Victoria" the kind; "on the Niger" is the river.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from transforms.countries import countries
from transforms.package_data import read_toml
from transforms.places import places, regions
from transforms.spans import Draft, SentenceParse

POSSESSIVE = frozenset({"'s", "’s", "'", "’"})
_REACH = 8
_AREAS = frozenset({"country", "region", "demonym", "people"})
_AFTER_RIVER = frozenset({"ADP", "VERB", "AUX", "PUNCT", "CCONJ", "SCONJ", "ADV"})


@dataclass(frozen=True, slots=True)
class Area:
    """A country, or a region: code, first-level region if it is one, entity_id, the point in its middle.

    `country` is None for a region of several (the Alps).
    """

    country: str | None
    admin1: str | None
    entity_id: str
    latitude: float
    longitude: float
    precision: str = "region"


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said beside a name; `kind` is country, region, city, article ("the Niger") or empty."""

    area: Area | None = None
    kind: str = ""


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(read_toml("ambiguous.toml")[key])


@cache
def _abbreviations() -> dict[str, Area]:
    """Give the regions by their abbreviations after a comma: "Calif.", "Ont.", "TX"."""
    return {
        short: Area(row["country"], row["admin1"], entity_id, row["lat"], row["lon"])
        for entity_id, row in regions().items()
        for short in row.get("abbreviations", ())
    }


def area_of(draft: Draft) -> Area | None:
    """Give the country or region that a name stands for, its people too."""
    if draft.source not in _AREAS or draft.entity_id is None:
        return None
    row = regions().get(draft.entity_id)
    if row is None:
        country = countries().get(draft.country or "")
        return Area(country.code, None, country.entity_id, country.latitude, country.longitude, "country") if country else None
    return Area(draft.country, row.get("admin1"), draft.entity_id, row["lat"], row["lon"])


class Neighbourhood:
    """The names of a document by where they begin and end; `cue` reads the words beside one."""

    def __init__(self, drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> None:
        self.parses = parses
        self.starting: Mapping[tuple[int, int], Draft] = {(draft.sentence, draft.first): draft for draft in drafts}
        self.ending: Mapping[tuple[int, int], Draft] = {(draft.sentence, draft.last): draft for draft in drafts}

    def cue(self, draft: Draft) -> Cue:
        """Give what is said beside a name, both parts empty where nothing is."""
        area = self._following(draft) or self._before(draft) or self._of_locals(draft)
        return Cue(area, self._kind(draft) or self._listed_kind(draft))

    def _listed_kind(self, draft: Draft) -> str:
        """Give the kind of the names that a name stands in a list with ("Oregon, Washington and Idaho"), if it is one kind."""
        words, kinds = self.parses[draft.sentence].words, set()
        if words[draft.last : draft.last + 1] in ([","], ["and"], ["or"]):
            kinds.add(_sole_source(self.starting.get((draft.sentence, draft.last + 1))))
        if draft.first and words[draft.first - 1] in (",", "and", "or"):
            kinds.add(_sole_source(self.ending.get((draft.sentence, draft.first - 1))))
        kinds.discard("")
        return kinds.pop() if len(kinds) == 1 else ""

    def moved(self, draft: Draft) -> bool:
        """Tell whether something goes to or comes from a place: then the rest of the sentence is elsewhere."""
        return draft.first > 0 and self.parses[draft.sentence].lower[draft.first - 1] in ("to", "from")

    def following_name(self, draft: Draft) -> Draft | None:
        """Give the place named behind a name: "in Tehran", ", northern Greece", "(Texas)"."""
        lower = self.parses[draft.sentence].lower
        if lower[draft.last : draft.last + 1] not in ([","], ["("], ["in"], ["at"], ["near"]):
            return None
        for index in range(draft.last + 1, min(draft.last + 1 + _REACH, len(lower))):
            other = self.starting.get((draft.sentence, index))
            if other is not None:
                return other
            if lower[index] not in _words("between"):
                return None
        return None

    def _following(self, draft: Draft) -> Area | None:
        parse = self.parses[draft.sentence]
        if parse.words[draft.last : draft.last + 1] == [","] and draft.last + 1 < len(parse.words):
            short = parse.words[draft.last + 1]
            dotted = short + "." if parse.words[draft.last + 2 : draft.last + 3] == ["."] else short
            area = _abbreviations().get(short) or _abbreviations().get(dotted)
            if area is not None:
                return area
        other = self.following_name(draft)
        if other is None or other.source in ("demonym", "people") or self._is_listed(draft, other):
            return None
        return area_of(other)

    def apposed_area(self, draft: Draft) -> Area | None:
        """Give the region or country right behind a comma, with nothing listed behind it: "Pinewood, Ohio"."""
        if self.parses[draft.sentence].words[draft.last : draft.last + 1] != [","]:
            return None
        other = self.starting.get((draft.sentence, draft.last + 1))
        if other is None or other.source not in ("country", "region"):
            return None
        after = self.parses[draft.sentence].words[other.last : other.last + 2]
        listed = (
            after[:1] in (["and"], ["or"]) or after[1:] in (["and"], ["or"]) or (draft.sentence, other.last + 1) in self.starting
        )
        return None if listed else area_of(other)

    def _is_listed(self, draft: Draft, other: Draft) -> bool:
        """Tell whether two names of one kind stand in a list: "Oregon, Washington and Idaho"."""
        words = self.parses[draft.sentence].words
        if draft.source != other.source or words[draft.last] != ",":
            return False
        index = other.last
        while words[index : index + 1] in ([","], ["and"], ["or"]):
            index += 1
        third = self.starting.get((draft.sentence, index)) if index > other.last else None
        return third is not None and third.source == other.source

    def _before(self, draft: Draft) -> Area | None:
        """Give the owner of "Maine's Portland", the country of "the Dutch province of Limburg"."""
        parse = self.parses[draft.sentence]
        first = draft.first
        if first and parse.words[first - 1] in POSSESSIVE:
            owner = self.ending.get((draft.sentence, first - 1))
        elif (
            first > 1 and parse.lower[first - 1] == "of" and parse.lower[first - 2] in _words("region_words") | _words("city_words")
        ):
            owner = self.ending.get((draft.sentence, first - 2))
        else:
            owner = None
        return area_of(owner) if owner is not None else None

    def _of_locals(self, draft: Draft) -> Area | None:
        """Give the country of "Dominican police in Santiago": who is at home where they are."""
        lower, first = self.parses[draft.sentence].lower, draft.first
        if first < 3 or lower[first - 1] not in ("in", "at", "near", "from") or lower[first - 2] not in _words("locals"):
            return None
        people = self.ending.get((draft.sentence, first - 2))
        return area_of(people) if people is not None else None

    def _kind(self, draft: Draft) -> str:
        parse = self.parses[draft.sentence]
        lower, first, last = parse.lower, draft.first, draft.last
        if first > 1 and lower[first - 1] == "of":
            kind = _kind_of(lower[first - 2])
            if kind:
                return kind
        after = last + 1 if last < len(lower) and lower[last] in POSSESSIVE else last
        if after < len(lower):
            kind = _kind_of(lower[after])
            if kind and not (after > last and lower[after] in _words("region_words") | _words("city_words")):
                return kind
        the = first > 0 and lower[first - 1] == "the"
        if the and (last == len(lower) or (parse.tags[last] in _AFTER_RIVER and lower[last] not in POSSESSIVE)):
            return "article"
        return ""


def _sole_source(draft: Draft | None) -> str:
    """Give country or region for a name that can be nothing else."""
    if draft is None or draft.source not in ("country", "region"):
        return ""
    sources = {place.source for place in places().get(draft.text, ()) if not place.cue}
    return draft.source if len(sources) == 1 else ""


def without_type_word(name: str) -> str:
    """Give what is left of "Kandahar province" or "province of Limburg" without the type word, empty where there is none."""
    words = name.split()
    if len(words) > 1 and words[-1].lower() in _words("region_words"):
        return " ".join(words[:-1])
    if len(words) > 2 and words[1] == "of" and words[0].lower() in _words("region_words"):
        return " ".join(words[2:])
    return ""


def _kind_of(word: str) -> str:
    if word in _words("region_words") or word in _words("region_offices"):
        return "region"
    if word in _words("city_words") or word in _words("city_offices"):
        return "city"
    return "country" if word in _words("country_offices") else ""
