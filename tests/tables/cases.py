"""Runs the pipeline over the cases of a table and tells which it gets right.

A case is a JSON line with a `group`, a `text` and what is expected of it; each case is coded as a document of its own.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from transforms.clean import clean
from transforms.document import CodedDocument, RawRecord
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


def sentences_are_right(case: Case, coded: CodedDocument) -> bool:
    """Whether the text is split into exactly the sentences expected; white space inside them doesn't count."""
    found = [coded.document.text[sentence.start_char : sentence.end_char] for sentence in coded.sentences]
    return [" ".join(sentence.split()) for sentence in found] == [" ".join(sentence.split()) for sentence in case["sentences"]]


RIGHT: dict[str, Callable[[Case, CodedDocument], bool]] = {"dates": date_is_right, "sentences": sentences_are_right}
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
