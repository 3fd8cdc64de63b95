"""`newsmill show`: one document as the warehouse has it, with its entities and events marked in the text."""

import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import typer

from flows.cli.app import WarehouseOption, app
from flows.cli.marked import print_entities, print_events, print_text
from flows.cli.opened import opened
from flows.cli.terminal import one_line, output
from transforms.clean import with_dateline
from transforms.document import Affiliation, Casualty, CodedDocument, Document, Event, Mention, Paragraph, Participant, Sentence
from warehouse.schema.errors import UsageError

if TYPE_CHECKING:
    import duckdb

Row = TypeVar("Row", Document, Paragraph, Sentence, Mention, Affiliation, Event, Participant, Casualty)

_LISTED: Final = 10
"""So many documents are named when what was asked for fits several."""

_CANDIDATES: Final = """
    SELECT DISTINCT d.document_id, s.source_uri, s.record_id, d.published_date, d.title
    FROM documents d JOIN document_sources s USING (document_id)
    WHERE {condition}
    ORDER BY s.source_uri, s.record_id, d.document_id
    LIMIT 1000
"""

_WHERE_TO_LOOK: Final = (
    "Give a document_id, the path of a file or a record's id; "
    "newsmill query 'SELECT document_id, source_uri, record_id, title FROM documents' lists them."
)


@app.command()
def show(
    document: Annotated[
        str,
        typer.Argument(
            metavar="DOCUMENT",
            help="A document_id, a file's path or name, a record's id, FILE:RECORD where a file has many, or the first 6 "
            "or more digits of a document_id.",
        ),
    ],
    warehouse: WarehouseOption = None,
) -> None:
    """Show one document: its text with entities and events marked, in colour on a terminal, then its events.

    Example: `newsmill show 000_e4c073b4cb4d64d8.txt`
    """
    with opened(warehouse) as connection:
        document_id = find_document(connection, document)
        coded = read_coded(connection, document_id)
        sources = _rows(connection, "SELECT * FROM document_sources WHERE document_id = ? ORDER BY source_uri", document_id)
    console = output()
    for source in sources:
        console.print(f"{one_line(source['source_uri'])} record {one_line(source['record_id'])}", style="dim", soft_wrap=True)
    console.print(_published(coded.document), style="dim", soft_wrap=True)
    console.print()
    print_text(console, coded)
    print_entities(console, coded)
    print_events(console, coded)


def find_document(connection: "duckdb.DuckDBPyConnection", wanted: str) -> str:
    """The document_id that `wanted` names: an id, a source's path or name, a record's id, SOURCE:RECORD, or the start of an id.

    What names a document exactly goes before the start of an id, which is taken for one from 6 digits on: `a` is a record's id.

    Raises UsageError when nothing fits, or several documents do (it lists them).
    """
    path = Path(wanted).expanduser()
    source, _, record = wanted.rpartition(":")
    attempts: list[tuple[str, list[str]]] = [
        ("d.document_id = ?", [wanted.lower()]),
        ("s.source_uri IN (?, ?) OR ends_with(s.source_uri, '/' || ?)", [wanted, str(path.resolve()), wanted]),
        ("s.record_id = ?", [wanted]),
    ]
    if source:
        attempts.append(
            (
                "(s.source_uri IN (?, ?) OR ends_with(s.source_uri, '/' || ?)) AND s.record_id = ?",
                [source, str(Path(source).expanduser().resolve()), source, record],
            )
        )
    if re.fullmatch("[0-9a-fA-F]{6,32}", wanted):
        attempts.append(("starts_with(d.document_id, ?)", [wanted.lower()]))
    for condition, values in attempts:
        rows = connection.execute(_CANDIDATES.format(condition=condition), values).fetchall()
        found = {row[0]: row for row in rows}
        if len(found) == 1:
            return str(next(iter(found)))
        if found:
            raise UsageError(_ambiguous(wanted, list(found.values())))
    raise UsageError(f"No document is called {wanted!r}. {_WHERE_TO_LOOK}")


def read_coded(connection: "duckdb.DuckDBPyConnection", document_id: str) -> CodedDocument:
    """All rows that the warehouse has of one document, as the stages made them."""

    def of(table: str, order: str) -> list[dict[str, Any]]:
        return _rows(connection, f'SELECT * FROM "{table}" WHERE document_id = ? ORDER BY {order}', document_id)  # noqa: S608 - our names

    participants = of("participants", "event_id, role, participant_index")
    casualties = of("casualties", "event_id, casualty_index")
    events = tuple(
        _build(
            Event,
            row,
            participants=tuple(_build(Participant, p) for p in participants if p["event_id"] == row["event_id"]),
            casualties=tuple(_build(Casualty, c) for c in casualties if c["event_id"] == row["event_id"]),
        )
        for row in of("events", "trigger_start, trigger_end, event_id")
    )
    return CodedDocument(
        document=read_document(connection, document_id),
        paragraphs=tuple(_build(Paragraph, row) for row in of("paragraphs", "paragraph_index")),
        sentences=tuple(_build(Sentence, row) for row in of("sentences", "sentence_index")),
        mentions=tuple(_build(Mention, row) for row in of("mentions", "mention_index")),
        affiliations=tuple(_build(Affiliation, row) for row in of("affiliations", "affiliation_index")),
        events=events,
    )


def read_document(connection: "duckdb.DuckDBPyConnection", document_id: str) -> Document:
    """One document as it was cleaned."""
    [row] = _rows(connection, "SELECT * FROM documents WHERE document_id = ?", document_id)
    return with_dateline(_build(Document, row))


def _rows(connection: "duckdb.DuckDBPyConnection", sql: str, document_id: str) -> list[dict[str, Any]]:
    result = connection.execute(sql, [document_id])
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _build(kind: type[Row], row: dict[str, Any], **other: Any) -> Row:
    """A row of a table as the dataclass of its stage; lists become tuples, columns that the class has not are left out."""
    values = {field.name: row[field.name] for field in fields(kind) if field.name in row}
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return kind(**values, **other)


def _published(document: Document) -> str:
    when = document.published_at.isoformat() if document.published_at else document.published_date or "no date"
    publisher = f", {one_line(document.publisher)}" if document.publisher else ""
    return f"document {document.document_id}, published {when}{publisher}"


def _ambiguous(wanted: str, rows: list[Any]) -> str:
    listed = [
        f"  {row[0]}  {one_line(row[1])} record {one_line(row[2])}  {one_line(row[4] or '')}".rstrip() for row in rows[:_LISTED]
    ]
    more = [f"  and {len(rows) - _LISTED} more"] if len(rows) > _LISTED else []
    return "\n".join([f"{wanted!r} fits {len(rows)} documents; give the document_id of one:", *listed, *more])
