"""Runs the pipeline over the cases of a table and tells which it gets right.

A case is a JSON line with a `group`, a `text` and what is expected of it; each case is coded as a document of its own.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from transforms.clean import clean
from transforms.document import CodedDocument, Mention, RawRecord
from transforms.pipeline import Coder

FOLDER = Path(__file__).parent
Case = dict[str, Any]


def read_cases(table: str) -> list[Case]:
    """The cases of a table, in the order of its file."""
    return [json.loads(line) for line in (FOLDER / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()]


def span_of(case: Case, key: str, coded: CodedDocument) -> tuple[int, int]:
    """Where the words of a case's field stand in the document; `occurrence` tells which of several."""
    text, words = coded.document.text, case[key]
    start = text.index(words)
    for _ in range(case.get("occurrence", 0)):
        start = text.index(words, start + 1)
    return start, start + len(words)


def date_is_right(case: Case, coded: CodedDocument) -> bool:
    """Whether the expression has exactly the days and the precision expected, or none where none are."""
    start, end = span_of(case, "expression", coded)
    values = {
        (str(mention.value_start), str(mention.value_end), mention.value_precision)
        for mention in coded.mentions
        if mention.value_start and mention.start_char < end and start < mention.end_char
    }
    return values == ({(case["start"], case["end"], case["precision"])} if case["start"] else set())


NUMBERS = frozenset({"MONEY", "PERCENT", "QUANTITY", "CARDINAL"})


def number_is_right(case: Case, coded: CodedDocument) -> bool:
    """Whether one amount stands at the expression, of the type expected and with its value (or none) and unit."""
    start, end = span_of(case, "expression", coded)
    found = [one for one in coded.mentions if one.entity_type in NUMBERS and one.start_char < end and start < one.end_char]
    if len(found) != 1 or (found[0].entity_type, found[0].unit) != (case["type"], case["unit"]):
        return False
    value, expected = found[0].value_number, case["value"]
    return value is expected if value is None or expected is None else abs(value - expected) <= 1e-9 * abs(expected)


def sentences_are_right(case: Case, coded: CodedDocument) -> bool:
    """Whether the text is split into exactly the sentences expected; white space inside them doesn't count."""
    found = [coded.document.text[sentence.start_char : sentence.end_char] for sentence in coded.sentences]
    return [" ".join(sentence.split()) for sentence in found] == [" ".join(sentence.split()) for sentence in case["sentences"]]


def title_is_right(case: Case, coded: CodedDocument) -> bool:
    """Whether one affiliation of the person has the title, country, sector and organisation expected; none where none is.

    Without organisation it may have one that a title implies, but none that the text names; a common noun ("the central bank")
    is an organisation too.
    """
    person = name_at(coded, *span_of(case, "person", coded))
    if person is None or person.entity_type != "PERSON":
        return False
    held = [one for one in coded.affiliations if one.person_id == person.entity_id]
    if not (case["title"] or case["organisation"] or case["country"]):
        return not held
    expected = ((case["title"] or "").lower(), case["country"], case["sector"])
    found = [one for one in held if ((one.title or "").lower(), one.country, one.sector) == expected]
    if case["organisation"] is None:
        named = {mention.entity_id for mention in coded.mentions if mention.mention_kind == "name"}
        return any(one.organisation_id is None or one.organisation_id not in named for one in found)
    end = span_of(case, "organisation", coded)[1]
    bodies = {mention.entity_id for mention in coded.mentions if mention.end_char == end and mention.entity_id}
    return any(one.organisation_id in bodies for one in found)


def place_is_right(case: Case, coded: CodedDocument) -> bool:
    """Whether the name has the type expected, and where that is a place, its country, precision and about its coordinates.

    A name of no place is right as a person or organisation, or as a part of its name.
    """
    start, end = span_of(case, "place", coded)
    if case["type"] in ("PERSON", "ORG"):
        covering = [mention for mention in coded.mentions if mention.start_char <= start and end <= mention.end_char]
        return any(mention.entity_type == case["type"] and mention.mention_kind == "name" for mention in covering)
    name = name_at(coded, start, end)
    if name is None or name.entity_type != case["type"]:
        return False
    if (name.country, name.geo_precision) != (case["country"], case["geo_precision"]):
        return False
    if name.latitude is None or name.longitude is None:
        return False
    reach = CITY_DEGREES if case["geo_precision"] == "city" else AREA_DEGREES
    east = abs(name.longitude - case["longitude"])
    return abs(name.latitude - case["latitude"]) <= reach and min(east, 360 - east) <= reach


def reference_is_right(case: Case, coded: CodedDocument) -> bool:
    """Whether the nominal, pronoun or short name has the id of its antecedent, or those of several, or of none of the names."""
    end = span_of(case, "anaphor", coded)[1]
    ends = [mention for mention in coded.mentions if mention.end_char == end]
    if case["antecedent"] is None:
        names = {mention.entity_id for mention in coded.mentions if mention.mention_kind == "name"}
        return not any(mention.entity_id in names or mention.member_ids for mention in ends if mention.mention_kind != "name")
    wanted = case["antecedent"] if isinstance(case["antecedent"], list) else [case["antecedent"]]
    named = [name_at(coded, *span_of({"name": name}, "name", coded)) for name in wanted]
    ids = {name.entity_id for name in named if name is not None}
    if None in ids or len(ids) < len(wanted):
        return False
    if len(wanted) > 1:
        return any(set(mention.member_ids) == ids for mention in ends)
    return any(mention.entity_id in ids for mention in ends)


def name_at(coded: CodedDocument, start: int, end: int) -> Mention | None:
    """The name with exactly these characters; a leading article counts for neither side."""
    start += 4 if coded.document.text[start:end].lower().startswith("the ") else 0
    for mention in coded.mentions:
        own = coded.document.text[mention.start_char : mention.end_char]
        first = mention.start_char + (4 if own.lower().startswith("the ") else 0)
        if mention.mention_kind == "name" and (first, mention.end_char) == (start, end):
            return mention
    return None


CITY_DEGREES, AREA_DEGREES = 0.5, 6.0
"""How far coordinates may lie from those of a case: a town is a point, a country's middle is a matter of taste."""
RIGHT: dict[str, Callable[[Case, CodedDocument], bool]] = {
    "dates": date_is_right,
    "numbers": number_is_right,
    "sentences": sentences_are_right,
    "titles": title_is_right,
    "places": place_is_right,
    "coreference": reference_is_right,
}
"""The tables, and what makes a case of each right."""


def results(coder: Coder, table: str) -> Iterator[tuple[Case, bool]]:
    """Each case of a table, and whether the pipeline gets it right."""
    for number, case in enumerate(read_cases(table)):
        record = RawRecord("tables", number, 0, str(number), case["text"], published=case.get("published", "2024-03-19"))
        yield case, RIGHT[table](case, coder.code(clean(record)))


def scores(found: Iterator[tuple[Case, bool]]) -> dict[str, tuple[int, int]]:
    """Right cases and all cases of each group, and of "all"."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for case, is_right in found:
        for group in ("all", case["group"]):
            right[group] += is_right
            total[group] += 1
    return {group: (right[group], total[group]) for group in total}
