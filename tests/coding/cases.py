"""Runs the pipeline over texts annotated with all their events, and pairs the events it finds with those expected.

A case is a JSON line; each is coded as a document of its own, headlines as text without title. An expected event that is `optional`
counts neither as missed nor as wrong, and so does the event found in its place.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transforms.clean import clean
from transforms.document import CodedDocument, Event, RawRecord
from transforms.pipeline import Coder

FOLDER = Path(__file__).parent
SCORES = FOLDER / "scores.json"
FILES = ("challenge", "sentences", "headlines", "twins")
FLAGS = ("negated", "future", "hypothetical", "historical")
ROLES = {"actor": "actors", "recipient": "recipients"}

Case = dict[str, Any]
Expected = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of one case: `pairs` hold each expected event that was met and the event that meets it."""

    case: Case
    pairs: tuple[tuple[Expected, Event], ...]
    missed: tuple[Expected, ...]
    wrong: tuple[Event, ...]

    @property
    def required(self) -> tuple[tuple[Expected, Event], ...]:
        """The pairs whose expected event is not optional."""
        return tuple(pair for pair in self.pairs if not pair[0].get("optional"))


def path_of(name: str) -> Path:
    """The file of annotated texts called `name`: one of this folder without its ending, or any path."""
    return FOLDER / f"{name}.jsonl" if name in FILES else Path(name)


def read_cases(path: Path) -> list[Case]:
    """The cases of a file, in its order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def outcomes(coder: Coder, cases: Iterable[Case]) -> Iterator[Outcome]:
    """What the pipeline makes of each case."""
    for number, case in enumerate(cases):
        published = case.get("published", "2026-03-12")
        record = RawRecord("coding", number, 0, case["id"], case["text"], publisher="test", published=published)
        yield paired(case, coder.code(clean(record)))


def paired(case: Case, coded: CodedDocument) -> Outcome:
    """Pairs expected and found events one to one: where triggers overlap, else by type within the text."""
    ranked = sorted(
        (rank, number, index)
        for number, expected in enumerate(case["events"])
        for index, found in enumerate(coded.events)
        if (rank := _rank(expected, found, coded.document.text)) is not None
    )
    met: dict[int, int] = {}
    for _, number, index in ranked:
        if number not in met and index not in met.values():
            met[number] = index
    return Outcome(
        case,
        tuple((case["events"][number], coded.events[index]) for number, index in sorted(met.items())),
        tuple(one for number, one in enumerate(case["events"]) if number not in met and not one.get("optional")),
        tuple(one for index, one in enumerate(coded.events) if index not in met.values()),
    )


def _rank(expected: Expected, found: Event, text: str) -> int | None:
    """How good a pair the two are, 0 the best; None if they are none. Only of its own type does an event meet an optional one."""
    overlap = any(found.trigger_start < end and start < found.trigger_end for start, end in _triggers(expected, text))
    same, optional = found.event_type == expected["type"], bool(expected.get("optional"))
    if overlap and same:
        return 1 if optional else 0
    if overlap and not optional:
        return 2
    if same:
        return 4 if optional else 3
    return None


def _triggers(expected: Expected, text: str) -> Iterator[tuple[int, int]]:
    """Where the words stand that carry the event, and those of `also`."""
    start = -1
    for _ in range(expected.get("occurrence", 0) + 1):
        start = text.index(expected["trigger"], start + 1)
    yield start, start + len(expected["trigger"])
    for words in expected.get("also", ()):
        for match in re.finditer(rf"\b{re.escape(words)}\b", text):
            yield match.span()


def countries_expected(event: Expected, role: str) -> set[str]:
    """The countries of the expected event's side."""
    return {party["country"] for party in event[ROLES[role]] if party["country"]}


def countries_found(event: Event, role: str) -> set[str]:
    """The countries of the found event's side."""
    return {party.country for party in event.participants if party.role == role and party.country}


def is_right(outcome: Outcome) -> bool:
    """Whether the events found are those expected: types, modes and flags that are given, countries of both sides."""
    return not outcome.missed and not outcome.wrong and all(event_is_right(*pair) for pair in outcome.required)


def event_is_right(expected: Expected, found: Event) -> bool:
    """Whether the event found has the type and countries expected, and at least the modes and flags."""
    return (
        is_whole(expected, found)
        and set(expected["modes"]) <= set(found.modes)
        and all(getattr(found, flag) for flag in FLAGS if expected.get(flag))
    )


def is_whole(expected: Expected, found: Event) -> bool:
    """Whether type and the countries of both sides are those expected."""
    same = all(countries_expected(expected, role) == countries_found(found, role) for role in ROLES)
    return same and expected["type"] == found.event_type


def scores(found: Iterable[Outcome]) -> dict[str, tuple[int, int]]:
    """Right cases and all cases of each group, and of "all"."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for outcome in found:
        for group in ("all", outcome.case["group"]):
            right[group] += is_right(outcome)
            total[group] += 1
    return {group: (right[group], total[group]) for group in total}
