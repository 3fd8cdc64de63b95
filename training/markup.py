"""Reads the annotated texts: documents after a line `=== ID | STYLE | DATE`, names as {X name}, coreference as {X:1 name} and
{:1 she} (0 where it stands for nothing with a name)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LABELS = {
    "P": "PERSON", "O": "ORG", "G": "GPE", "L": "LOC", "F": "FAC", "N": "NORP", "E": "EVENT", "W": "WORK_OF_ART", "D": "PRODUCT",
    "A": "LAW",
}  # fmt: skip
"""The letters of the markup, and the entity types they mean."""
_HEAD = re.compile(r"=== (\S+) \| (\S[^|]*?) \| (\d{4}-\d\d-\d\d)")
_MARK = re.compile(r"\{([PGOLFNEWDA])?(?::(\d+))? ([^{}\n]+)\}")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked span of a text: `label` is None for a nominal or pronoun, `entity` None where coreference is not marked."""

    start: int
    end: int
    label: str | None
    entity: int | None


@dataclass(frozen=True, slots=True)
class AnnotatedText:
    """One annotated document; `date` is its day of publication, yyyy-mm-dd."""

    name: str
    style: str
    date: str
    text: str
    marks: tuple[Mark, ...]


def read_texts(paths: Iterable[Path]) -> Iterator[AnnotatedText]:
    """Give the documents of some files; ValueError with file and document where the markup is broken."""
    for path in paths:
        for block in re.split(r"(?m)^(?==== )", path.read_text(encoding="utf-8")):
            if not block.strip():
                continue
            head, _, body = block.partition("\n")
            described = _HEAD.fullmatch(head.strip())
            if described is None:
                raise ValueError(f"{path}: no header of a document: {head!r}")
            text, marks = unmark(body.strip())
            if "{" in text or "}" in text:
                raise ValueError(f"{path}: {described[1]}: a brace that marks nothing")
            yield AnnotatedText(described[1], described[2], described[3], text, marks)


def unmark(body: str) -> tuple[str, tuple[Mark, ...]]:
    """Give a text without its markup, and the marks with their offsets in it."""
    pieces: list[str] = []
    marks: list[Mark] = []
    length = position = 0
    for found in _MARK.finditer(body):
        before = body[position : found.start()]
        start = length + len(before)
        label, entity, name = found[1], found[2], found[3]
        marks.append(Mark(start, start + len(name), LABELS[label] if label else None, int(entity) if entity else None))
        pieces += [before, name]
        length, position = start + len(name), found.end()
    return "".join([*pieces, body[position:]]), tuple(marks)
