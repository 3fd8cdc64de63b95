"""Turns the coded documents of a batch into the tables of the warehouse, column by column."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from transforms.document import CodedDocument, Document, Event
from warehouse.schema.tables import CODED_TABLES, TABLES
from warehouse.schema.vocabulary import EVENT_TYPES

Row = dict[str, Any]


def to_tables(
    coded: Sequence[CodedDocument], sources: Mapping[str, tuple[str, str]], batch_id: str, fingerprint: str
) -> dict[str, pl.DataFrame]:
    """Tables of the batch, with the columns and types of `warehouse.schema.tables`, for each of CODED_TABLES.

    `sources` gives, for each document_id, the source_uri and record_id that brought it.
    """
    rows: dict[str, list[Row]] = {name: [] for name in CODED_TABLES}
    for one in coded:
        document = one.document
        published = document.published_date
        shared = {
            "document_id": document.document_id,
            "batch_id": batch_id,
            "published_date": published,
            "year": published.year if published else 0,
            "month": published.month if published else 0,
        }
        rows["documents"].append(shared | _document(one, sources[document.document_id], fingerprint))
        for name, parts in (("paragraphs", one.paragraphs), ("sentences", one.sentences), ("mentions", one.mentions)):
            rows[name] += [shared | _fields(part) | _text(document, part.start_char, part.end_char) for part in parts]
        rows["affiliations"] += [shared | _fields(part) for part in one.affiliations]
        for event in one.events:
            rows["events"].append(shared | _event(document, event, fingerprint))
            rows["participants"] += [shared | row for row in _participants(document, event)]
            rows["casualties"] += [
                shared | {"event_id": event.event_id, "casualty_index": index} | _fields(casualty)
                for index, casualty in enumerate(event.casualties)
            ]
    return {name: _frame(name, rows[name]) for name in CODED_TABLES}


def quad_class_and_score(event_type: str, modes: Iterable[str]) -> tuple[str, float]:
    """PLOVER's quad class of the type, and the score of the mode furthest from 0 (of the type, without a mode)."""
    kind = EVENT_TYPES[event_type]
    scores = [kind.modes[mode] for mode in modes]
    return kind.quad_class, max(scores, key=abs) if scores else kind.score


def _document(one: CodedDocument, source: tuple[str, str], fingerprint: str) -> Row:
    document = one.document
    return _fields(document) | {
        "source_uri": source[0],
        "record_id": source[1],
        "char_count": len(document.text),
        "word_count": len(document.text.split()),
        "paragraph_count": len(one.paragraphs),
        "sentence_count": len(one.sentences),
        "fingerprint": fingerprint,
        "supersedes": None,  # known only beside what the warehouse holds
    }


def _event(document: Document, event: Event, fingerprint: str) -> Row:
    quad_class, score = quad_class_and_score(event.event_type, event.modes)
    return _fields(event) | {
        "quad_class": quad_class,
        "score": score,
        "trigger_text": document.text[event.trigger_start : event.trigger_end],
        "fingerprint": fingerprint,
    }


def _participants(document: Document, event: Event) -> Iterable[Row]:
    counts = {"actor": 0, "recipient": 0}
    for participant in event.participants:
        yield (
            {"event_id": event.event_id, "participant_index": counts[participant.role]}
            | _fields(participant)
            | _text(document, participant.start_char, participant.end_char)
        )
        counts[participant.role] += 1


def _fields(row: Any) -> Row:
    return {name: getattr(row, name) for name in row.__slots__}


def _text(document: Document, start: int, end: int) -> Row:
    return {"text": document.text[start:end]}


def _frame(name: str, rows: Sequence[Row]) -> pl.DataFrame:
    empty = TABLES[name].create_empty()
    return pl.DataFrame({column: [row[column] for row in rows] for column in empty.columns}, schema=empty.schema)
