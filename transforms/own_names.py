"""A user's own people, organisations, places and groups: what a name stands for, and the table that sentences are read with.

Readers of files (`own_csv`, `petrarch`) give Entries, `own_table` compiles them into OwnNames, `own_mentions` finds them in a
text. A worker gets the table with its orders: nothing of it stands in a module. What there are many of are named
tuples, which load faster than dataclasses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

_SOURCES = {"PERSON": "person", "ORG": "organisation", "GPE": "region", "NORP": "people"}


class Held(NamedTuple):
    """A country and a sector, with the first and last day on which they hold (None: without end)."""

    country: str | None
    sector: str | None
    start: date | None = None
    end: date | None = None

    def holds_on(self, day: date | None) -> bool:
        """Whether it holds on `day`; without a day only what holds always does."""
        if day is None:
            return self.start is None and self.end is None
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class OwnEntity(NamedTuple):
    """Who or what a name stands for. Dates decide on country and sector, never on who it is."""

    entity_id: str
    entity_type: str
    held: tuple[Held, ...]

    @property
    def source(self) -> str:
        """What kind of gazetteer name it is, as in `gazetteer.Entry`."""
        return _SOURCES[self.entity_type]

    def on(self, day: date | None) -> Held:
        """Give country and sector on the day of publication: those with dates before those without.

        Where none holds, a country that all share stays.
        """
        dated = (held for held in self.held if (held.start or held.end) and held.holds_on(day))
        always = (held for held in self.held if not (held.start or held.end))
        found = next(dated, None) or next(always, None)
        if found is not None:
            return found
        countries = {held.country for held in self.held}
        return Held(countries.pop() if len(countries) == 1 else None, None)


class OwnName(NamedTuple):
    """One name of an entity; `written` is None where its case is not known (dictionaries in capitals).

    A `weak` one is a common word too, and counts only with support from the text around it.
    """

    entity: OwnEntity
    written: str | None
    weak: bool = False


@dataclass(frozen=True, slots=True)
class NameEntry:
    """A name as a file gives it; `place` is file and line."""

    place: str
    name: str
    entity: OwnEntity
    exact_case: bool


@dataclass(frozen=True, slots=True)
class NounEntry:
    """A common noun as a file gives it (small letters), with the sector of the actor that it names."""

    place: str
    noun: str
    sector: str


@dataclass(frozen=True, slots=True)
class Entries:
    """What a file holds, in its order, and what is to be told about it."""

    names: tuple[NameEntry, ...] = ()
    nouns: tuple[NounEntry, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnNames:
    """The compiled table. `names` is by words in small letters with a blank between them, `lengths` by first word.

    `nouns` gives entity type and sector of common nouns, those that ship with Newsmill among them, or is empty where the user
    has none; `sectors` those of the user alone. `tails` has the user's nouns that go on behind their head ("chamber of commerce"),
    by what comes before: the words behind it, entity type and sector. `digest` changes with anything in it.
    """

    names: Mapping[str, OwnName]
    lengths: Mapping[str, tuple[int, ...]]
    nouns: Mapping[str, tuple[str, str | None]]
    sectors: Mapping[str, str]
    tails: Mapping[str, tuple[tuple[tuple[str, ...], str, str], ...]]
    longest_noun: int
    digest: str
