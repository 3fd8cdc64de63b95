"""What the words beside a place's name say of it: a region or country that it lies in, or the kind of place that is meant.

"Paris, Texas", "Salta in northern Argentina", "Maine's Portland" name the area; "the province of Limburg", "Niger State",
"Georgia's governor", "the mayor of Victoria" the kind; "on the Niger" is the river.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from transforms.package_data import read_toml
from transforms.places import regions
from transforms.spans import Draft, SentenceParse

POSSESSIVE = frozenset({"'s", "’s", "'", "’"})
_REACH = 8
_AREAS = frozenset({"country", "region", "demonym", "people"})
_AFTER_RIVER = frozenset({"ADP", "VERB", "AUX", "PUNCT", "CCONJ", "SCONJ", "ADV"})


@dataclass(frozen=True, slots=True)
class Area:
    """A country, or a region of one: code, first-level region if it is one, entity_id, the point in its middle."""

    country: str
    admin1: str | None
    entity_id: str
    latitude: float | None = None
    longitude: float | None = None


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
    if draft.source not in _AREAS or draft.country is None or draft.entity_id is None:
        return None
    row = regions().get(draft.entity_id)
    if row is None:
        return Area(draft.country, None, draft.entity_id)
    return Area(draft.country, row.get("admin1"), draft.entity_id, row["lat"], row["lon"])


class Neighbourhood:
    """The names of a document by where they begin and end; `cue` reads the words beside one."""

    def __init__(self, drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> None:
        self.parses = parses
        self.starting: Mapping[tuple[int, int], Draft] = {(draft.sentence, draft.first): draft for draft in drafts}
        self.ending: Mapping[tuple[int, int], Draft] = {(draft.sentence, draft.last): draft for draft in drafts}

    def cue(self, draft: Draft) -> Cue:
        """Give what is said beside a name, both parts empty where nothing is."""
        return Cue(self._following(draft) or self._before(draft) or self._of_locals(draft), self._kind(draft))

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


def _kind_of(word: str) -> str:
    if word in _words("region_words") or word in _words("region_offices"):
        return "region"
    if word in _words("city_words") or word in _words("city_offices"):
        return "city"
    return "country" if word in _words("country_offices") else ""
