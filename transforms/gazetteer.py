"""Names that are known beforehand, found in a text by one walk over its words.

Names are split into words and punctuation and kept in one table by their words; a sentence is read once and each word starts a
look-up only if some name begins with it, so the time does not depend on how many names there are. The longest name wins.
"""

import gc
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from transforms.countries import countries
from transforms.package_data import read_toml
from transforms.places import SMALL, WELL_KNOWN, Place, is_weak, places, regions
from transforms.spans import Draft

WORD = re.compile(r"\w+|[^\w\s]")
"""A word, or a sign: what names and texts are split into."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a known name stands for. A `weak` one counts only with support from the model or the words around it.

    `source` is country, demonym, region, people (of a region), organisation or city; a place has its `candidates`, the
    likeliest first.
    """

    source: str
    entity_type: str
    entity_id: str | None
    country: str | None = None
    sector: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geo_precision: str | None = None
    weak: bool = False
    candidates: tuple[Place, ...] = ()

    @property
    def small(self) -> bool:
        """Tell whether this is the name of small towns only."""
        return self.source == "city" and all(place.population < SMALL for place in self.candidates)


@dataclass(frozen=True, slots=True)
class Hit:
    """A known name in a text: offsets into that text, end exclusive."""

    start: int
    end: int
    text: str
    entry: Entry


def place_entry(place: Place, candidates: tuple[Place, ...] = (), weak: bool = False) -> Entry:
    """Give the entry of a place, once it is decided which one."""
    return Entry(
        place.source, place.entity_type, place.entity_id, place.country, None, place.latitude, place.longitude, place.precision,
        weak, candidates,
    )  # fmt: skip


def use_entry(draft: Draft, entry: Entry) -> None:
    """Give a draft what the gazetteer knows of its name."""
    draft.entity_type, draft.source = entry.entity_type, entry.source
    draft.entity_id, draft.country, draft.sector = entry.entity_id, entry.country, entry.sector
    draft.latitude, draft.longitude, draft.geo_precision = entry.latitude, entry.longitude, entry.geo_precision


class Gazetteer:
    """A table of names; `find` gives those that a text holds, from left to right, the longest where several begin or
    overlap."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, ...], Entry] = {}
        self._places: dict[tuple[str, ...], tuple[str, tuple[Place, ...]]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}

    def add(self, name: str, entry: Entry) -> None:
        """Add a name unless it is already there: what is added first wins."""
        words = tuple(WORD.findall(name))
        if words and words not in self._entries and words not in self._places:
            self._entries[words] = replace(entry, weak=True) if is_weak(name) else entry
            self._keep_length(words)

    def add_place(self, name: str, candidates: tuple[Place, ...]) -> None:
        """Add the name of a place with all that it may mean, the likeliest first; its entry is made when a text first has it."""
        words = (name,) if name.isalpha() else tuple(WORD.findall(name))
        if words and words not in self._entries and words not in self._places:
            self._places[words] = name, candidates
            self._keep_length(words)

    def _keep_length(self, words: tuple[str, ...]) -> None:
        known = self._lengths.get(words[0], ())
        if len(words) not in known:
            self._lengths[words[0]] = tuple(sorted({*known, len(words)}, reverse=True))

    def get(self, name: str) -> Entry | None:
        """Give the entry of exactly this name."""
        return self._entry(tuple(WORD.findall(name)))

    def _entry(self, words: tuple[str, ...]) -> Entry | None:
        entry = self._entries.get(words)
        if entry is None and words in self._places:
            name, candidates = self._places[words]
            first = candidates[0]
            small = first.source == "city" and not first.capital and (first.population < WELL_KNOWN or len(name) < 4)
            entry = self._entries[words] = place_entry(first, candidates, small or is_weak(name))
        return entry

    def find(self, text: str) -> list[Hit]:
        """Give the known names in `text`, none overlapping another.

        Case counts ("turkey", "us"); a word in capitals of five and more letters also matches a name in ordinary case ("BAKU";
        four in a text that is all capitals, where shorter acronyms are not trusted instead).
        """
        matches = list(WORD.finditer(text))
        words = [match.group() for match in matches]
        shouted = is_shouted(words)
        plain = [word.capitalize() if word.isupper() and len(word) > (2 if shouted else 3) else word for word in words]
        hits = []
        position = 0
        while position < len(words):
            found = self._longest(words, position)
            if found and shouted and found[0] == 1 and len(words[position]) < 4 and words[position] not in ("US", "UN", "EU", "UK"):
                found = None
            if not found and plain[position] is not words[position]:
                found = self._longest(plain, position)
            if not found:
                position += 1
                continue
            count, entry = found
            start, end = matches[position].start(), matches[position + count - 1].end()
            hits.append(Hit(start, end, text[start:end], entry))
            position += count
        return hits

    def _longest(self, words: list[str], position: int) -> tuple[int, Entry] | None:
        for count in self._lengths.get(words[position], ()):
            key = tuple(words[position : position + count])
            entry = self._entry(key)
            if entry is not None:
                return len(key), entry
        return None


def is_shouted(words: list[str]) -> bool:
    """Tell whether most words of a sentence are in capitals."""
    letters = [word for word in words if len(word) > 1 and word[0].isalpha()]
    return len(letters) > 2 and sum(word.isupper() for word in letters) * 2 > len(letters)


def _people_names() -> Iterator[tuple[str, Entry]]:
    for country in countries().values():
        people = Entry("demonym", "NORP", country.entity_id, country.code)
        for name in (*country.adjectives, *country.people):
            yield name, people
    for entity_id, row in regions().items():
        people = Entry("people", "NORP", entity_id, row.get("country"))
        for name in row.get("adjectives", ()):
            yield name, people


def _organisation_names() -> Iterator[tuple[str, Entry]]:
    for entity_id, row in read_toml("organisations.toml").items():
        entry = Entry("organisation", "ORG", entity_id, row.get("country"), row["sector"])
        for name in row["names"]:
            yield name, entry


@cache
def gazetteer() -> Gazetteer:
    """Give the table of all names that ship with Newsmill; made once a process.

    Of one name a country comes first, then a people, an organisation, a region and a city.
    """
    collecting = gc.isenabled()
    gc.disable()  # nothing made here is garbage, and the collector would walk all of it again and again
    try:
        table = Gazetteer()
        named = [(name, same) for name, same in places().items() if not same[0].cue]
        for name, same in named:
            if same[0].source == "country":
                table.add_place(name, same)
        for name, entry in (*_people_names(), *_organisation_names()):
            table.add(name, entry)
        for source in ("region", "city"):
            for name, same in named:
                if same[0].source == source:
                    table.add_place(name, same)
        return table
    finally:
        if collecting:
            gc.enable()
