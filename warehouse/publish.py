"""Writes newsmill.duckdb, the file that people open: views over the live Parquet files, marts, a macro, and comments on everything.

The file is made beside itself and put in place by one rename, so a reader sees the old one or the new one, whole, and nobody ever
waits for a writer. Paths in it are absolute, for DuckDB resolves relative ones against the reader's own folder.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import duckdb

from warehouse.columns import columns, identifier, literal
from warehouse.fault import fault_point
from warehouse.files import DataFile, live_files, newest_snapshot, select_live
from warehouse.lake import LOCK_SECONDS, adopt_folder, held, open_lake, upgrade_lake
from warehouse.layout import Layout, layout
from warehouse.marts import marts
from warehouse.schema.errors import REMEDY, GiveUp
from warehouse.schema.tables import SCHEMA_VERSION, TABLES
from warehouse.upgrade import newsmill_version

INFO_COLUMNS = {
    "snapshot_id": ("BIGINT", "Snapshot of the lake that the views show."),
    "schema_version": ("INTEGER", "Version of the tables."),
    "newsmill_version": ("VARCHAR", "Newsmill that wrote this file."),
    "root": ("VARCHAR", "The warehouse's folder; after a move, `newsmill publish` writes the file anew."),
    "definition": ("VARCHAR", "Hash of all views: a file with the same one shows the same."),
}
INFO_COMMENT = "What this file shows: one row."
SPAN_MACRO = "CREATE MACRO span(text, start_char, end_char) AS substring(text, start_char + 1, end_char - start_char)"
SPAN_COMMENT = "The characters of text from start_char to end_char, exclusive: span(documents.text, start_char, end_char)."


@dataclass(frozen=True, slots=True)
class Published:
    """A published newsmill.duckdb: the snapshot it shows, its path, its views; `written` is False when it was up to date."""

    snapshot_id: int
    path: Path
    tables: tuple[str, ...]
    written: bool


def publish(warehouse: Path, *, timeout: float = LOCK_SECONDS) -> Published:
    """Make newsmill.duckdb show the newest snapshot of the lake; writes nothing when it does already.

    Raises:
        GiveUp: there is no warehouse, a live file is missing (even if newsmill.duckdb is up to date: it cannot be read then), or
            the folder cannot be written.
        RetryLater: another process has been publishing for `timeout` seconds.
    """
    place = layout(warehouse)
    upgrade_lake(warehouse, timeout=timeout)
    with open_lake(warehouse, create=False, read_only=True) as connection, held(place.publish_lock, timeout, "publishing"):
        # Read within the lock: whoever comes later reads a snapshot at least as new, so the file never goes back.
        wanted = _wanted(connection, place)
        _refuse_missing(wanted.missing(place))
        if _shown(place) == wanted.info:
            return Published(wanted.snapshot_id, place.published, wanted.names, written=False)
        _write(place, wanted)
        adopt_folder(place, timeout=timeout)
        return Published(wanted.snapshot_id, place.published, wanted.names, written=True)


def is_published(warehouse: Path) -> bool:
    """Whether newsmill.duckdb shows the newest snapshot, from where the warehouse now is, and all its files exist.

    Raises:
        GiveUp: there is no warehouse, or it is damaged or of a newer schema.
    """
    return not unpublished(warehouse)


def unpublished(warehouse: Path) -> list[str]:
    """What newsmill.duckdb lacks to show the newest snapshot from where the warehouse now is; nothing when it does.

    Raises:
        GiveUp: there is no warehouse, or it is damaged or of a newer schema.
    """
    place = layout(warehouse)
    with open_lake(warehouse, create=False, read_only=True) as connection:
        wanted = _wanted(connection, place)
    try:
        shown = _read_info(place)
    except duckdb.Error as error:
        return [f"cannot be read: {str(error).splitlines()[0]}"]
    if shown is None:
        return ["is missing or empty"]
    lacking = [f"{key} is {shown[key]}, not {value}" for key, value in wanted.info.items() if shown[key] != value]
    return [*lacking, *(f"{path} is missing" for path in wanted.missing(place))]


@dataclass(frozen=True, slots=True)
class _Wanted:
    snapshot_id: int
    info: dict[str, object]
    files: dict[str, list[DataFile]]
    names: tuple[str, ...]
    statements: tuple[str, ...]

    def missing(self, place: Layout) -> list[Path]:
        paths = (place.file(file.path) for files in self.files.values() for file in files)
        return [path for path in paths if not path.exists()]


def _wanted(connection: duckdb.DuckDBPyConnection, place: Layout) -> _Wanted:
    connection.execute("BEGIN")  # one view of the catalog for both questions
    snapshot, files = newest_snapshot(connection), live_files(connection)
    connection.execute("COMMIT")
    statements = tuple(view_statements(place, files))
    info: dict[str, object] = {
        "snapshot_id": snapshot,
        "schema_version": SCHEMA_VERSION,
        "newsmill_version": newsmill_version(),
        "root": str(place.root),
        "definition": blake2b("\n".join(statements).encode(), digest_size=16).hexdigest(),
    }
    names = (*TABLES, *(mart.name for mart in marts()))
    return _Wanted(snapshot, info, files, names, statements)


def _refuse_missing(missing: list[Path]) -> None:
    if not missing:
        return
    # No run repairs this, --recode neither: a commit must read the file to know which rows leave with it.
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    message = f"{missing[0]}{more} is missing from the warehouse. Copy it back from a backup, to that very path, and run"
    message += " `newsmill publish`; without a backup, build the warehouse anew in another folder:"
    raise GiveUp(f"{message} `newsmill run INPUT... --warehouse NEW`. `newsmill verify` names all damage.")


def view_statements(
    place: Layout, files: dict[str, list[DataFile]], condition: Callable[[str], str] = lambda table: "true"
) -> Iterator[str]:
    """SQL that makes the macro, a view of every table over `files` and the marts, with comments on all.

    Of a table, the rows are shown for which the SQL `condition(table)` holds; it may name document_sources.
    """
    yield SPAN_MACRO
    yield f"COMMENT ON MACRO span IS {literal(SPAN_COMMENT)}"
    for table, schema in sorted(TABLES.items(), key=lambda one: one[0] != "document_sources"):
        query = select_live(place, table, files[table])
        if condition(table) != "true":
            query = f"SELECT * FROM ({query}) WHERE {condition(table)}"  # noqa: S608
        described = {name: column.description or "" for name, column in columns(table).items()}
        yield from _view(table, query, (schema.__doc__ or "").strip(), described)
    for mart in marts():
        yield from _view(mart.name, mart.query, mart.description, mart.columns)


def _view(name: str, query: str, comment: str, described: dict[str, str]) -> Iterator[str]:
    yield f"CREATE VIEW {name} AS {query}"
    yield f"COMMENT ON VIEW {name} IS {literal(comment)}"
    for column, description in described.items():
        yield f"COMMENT ON COLUMN {name}.{identifier(column)} IS {literal(description)}"


def _shown(place: Layout) -> dict[str, object] | None:
    try:
        return _read_info(place)
    except duckdb.Error:
        return None  # damaged, not ours, or held open for writing: it is written anew


def _read_info(place: Layout) -> dict[str, object] | None:
    if not place.published.exists():
        return None
    with duckdb.connect(str(place.published), read_only=True) as connection:
        found = connection.execute(f"SELECT {', '.join(INFO_COLUMNS)} FROM newsmill_info").fetchone()  # noqa: S608
    return dict(zip(INFO_COLUMNS, found, strict=True)) if found else None


def _write(place: Layout, wanted: _Wanted) -> None:
    unfinished = place.root / f".newsmill-{os.getpid()}.duckdb"
    try:
        for left_behind in place.root.glob(".newsmill-*.duckdb*"):  # by a kill: we hold the lock, so nobody writes to it
            left_behind.unlink()
        with duckdb.connect() as connection:
            # The oldest storage format: clients from DuckDB 1.0 on open it.
            connection.execute(f"ATTACH {literal(str(unfinished))} AS newsmill (STORAGE_VERSION 'v1.0.0')")
            connection.execute("USE newsmill")
            connection.execute("BEGIN")
            for statement in (*wanted.statements, *_info_statements(wanted.info)):
                connection.execute(statement)
            connection.execute("COMMIT")
            connection.execute("USE memory")
            connection.execute("DETACH newsmill")
        fault_point("before-publish")
        unfinished.replace(place.published)
        fault_point("after-publish")
    except OSError as error:
        message = f"{place.published} cannot be written ({error.strerror or error}). Free space or change the folder's permissions."
        raise GiveUp(message) from error
    except duckdb.Error as error:
        message = f"{place.published} cannot be written: {error}. {REMEDY} `newsmill verify` names damaged files."
        raise GiveUp(message) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _info_statements(info: dict[str, object]) -> Iterator[str]:
    yield f"CREATE TABLE newsmill_info ({', '.join(f'{name} {kind}' for name, (kind, _) in INFO_COLUMNS.items())})"
    values = (literal(value) if isinstance(value, str) else str(value) for value in info.values())
    yield f"INSERT INTO newsmill_info VALUES ({', '.join(values)})"  # noqa: S608
    yield f"COMMENT ON TABLE newsmill_info IS {literal(INFO_COMMENT)}"
    for name, (_, description) in INFO_COLUMNS.items():
        yield f"COMMENT ON COLUMN newsmill_info.{name} IS {literal(description)}"
