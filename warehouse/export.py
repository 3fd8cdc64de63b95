"""Copies a warehouse, or some of its tables and marts, to hand to somebody: plain Parquet, CSV, or one DuckDB file.

All is read from one snapshot, while runs commit. A copy is written beside its place and renamed into it, so it is there whole or
not at all, and it is entered in the list of exports, so that a takedown can name it.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb

from warehouse.columns import columns, identifier, is_partitioned, literal
from warehouse.exports import Export, register_export
from warehouse.files import sort_keys
from warehouse.lake import LOCK_SECONDS, held
from warehouse.layout import Layout, layout
from warehouse.marts import marts
from warehouse.publish import SPAN_COMMENT, SPAN_MACRO
from warehouse.schema.errors import GiveUp, UsageError
from warehouse.schema.tables import SCHEMA_VERSION, TABLES
from warehouse.schema.vocabulary import ExportFormat
from warehouse.snapshots import connect_as_of, newest
from warehouse.upgrade import newsmill_version

MANIFEST: Final = "newsmill-export.json"
"""Stands in every folder that was exported: what it holds. Only a folder that has it is ever replaced."""
_FORMULA: Final = r"^[=+\-@\t\r\n]"


@dataclass(frozen=True, slots=True)
class Exported:
    """A copy: its path, the snapshot it shows, rows by table, and bytes."""

    path: Path
    form: ExportFormat
    snapshot_id: int
    rows: dict[str, int]
    byte_count: int


def export(
    warehouse: Path,
    target: Path,
    form: ExportFormat = ExportFormat.PARQUET,
    *,
    tables: Sequence[str] = (),
    force: bool = False,
    raw_csv: bool = False,
) -> Exported:
    """Copy `tables` (all tables and marts by default) to the folder `target`, or to the file `target` for DuckDB.

    Parquet of the tables of text lies in folders year=/month=. CSV gets an apostrophe before texts that a spreadsheet
    would run as a formula, unless `raw_csv`. The DuckDB file has tables, no views, with all comments and the macro span.

    Raises:
        UsageError: there is no such table, or `target` exists (`force` replaces an earlier export, and nothing else).
        GiveUp: there is no warehouse, it is damaged, or the copy cannot be written.
        RetryLater: the catalog is locked.
    """
    place = layout(warehouse)
    target = _place(target, form)
    chosen = _chosen(tables)
    _refuse_target(place, target, force=force)
    snapshot = newest(warehouse)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _discard(unfinished)
        with connect_as_of(warehouse, str(snapshot), confined=False) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"SET temp_directory = {literal(f'{unfinished}.spill')}")
            match form:
                case ExportFormat.PARQUET:
                    rows = _write_parquet(connection, unfinished, chosen)
                case ExportFormat.CSV:
                    rows = _write_csv(connection, unfinished, chosen, raw=raw_csv)
                case ExportFormat.DUCKDB:
                    rows = _write_duckdb(connection, unfinished, chosen, snapshot)
        if form is not ExportFormat.DUCKDB:
            manifest = {
                "format": form,
                "snapshot_id": snapshot,
                "schema_version": SCHEMA_VERSION,
                "newsmill_version": newsmill_version(),
                "rows": rows,
            }
            (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        when = datetime.now(UTC).isoformat(timespec="seconds")
        with held(place.publish_lock, LOCK_SECONDS, "exporting"):
            register_export(place, Export(form, str(target), snapshot, when))
        _put_in_place(unfinished, target)
    except OSError as error:
        raise GiveUp(
            f"{error.filename or target} cannot be written ({error.strerror or error}). Free space or choose a place."
        ) from error
    except duckdb.Error as error:
        raise GiveUp(f"{target} cannot be written: {error}. `newsmill verify` names damaged files.") from error
    finally:
        for left_over in (unfinished, Path(f"{unfinished}.spill")):
            with suppress(OSError):
                _discard(left_over)
    return Exported(target, form, snapshot, rows, _size(target))


def _place(target: Path, form: ExportFormat) -> Path:
    path = Path(target).expanduser().absolute()
    wrong = path.suffix == ".duckdb" and form is not ExportFormat.DUCKDB
    if wrong:
        raise UsageError(f"{target} names a DuckDB file; add --format duckdb, or name a folder.")
    return path.with_name(f"{path.name}.duckdb") if form is ExportFormat.DUCKDB and path.suffix != ".duckdb" else path


def _chosen(tables: Sequence[str]) -> tuple[str, ...]:
    known = (*TABLES, *(mart.name for mart in marts()))
    unknown = [name for name in tables if name not in known]
    if unknown:
        raise UsageError(f"There is no table {unknown[0]!r}. There are: {', '.join(known)}.")
    return tuple(name for name in known if name in tables or not tables)


def _refuse_target(place: Layout, target: Path, *, force: bool) -> None:
    real = target.resolve()
    if real == place.root or real.is_relative_to(place.root) or place.root.is_relative_to(real):
        raise UsageError(f"{target} holds the warehouse, or lies in it. Choose another place.")
    if not os.path.lexists(target):
        return
    ours = _is_ours(target)
    if not ours:
        raise UsageError(f"{target} exists and is no export of Newsmill. Choose another place, or remove it yourself.")
    if not force:
        raise UsageError(f"{target} exists. Add --force to replace it, or choose another place.")


def _is_ours(target: Path) -> bool:
    if target.is_symlink():
        return False
    if target.is_dir():
        return (target / MANIFEST).exists() or not any(target.iterdir())
    try:
        with duckdb.connect(str(target), read_only=True) as connection:
            return bool(connection.execute("SELECT 1 FROM newsmill_info").fetchone())
    except duckdb.Error:
        return False


def _write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, chosen: Sequence[str]) -> dict[str, int]:
    rows = {}
    for name in chosen:
        files = list(_parts(connection, name))
        rows[name] = 0
        for relative, query in files:
            path = folder / f"{relative}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows[name] += _copy(connection, query, path, "FORMAT parquet, COMPRESSION zstd")
    return rows


def _parts(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[tuple[str, str]]:
    """Of a table: the paths of its files without extension, and the query that gives the rows of each."""
    if not is_partitioned(name):  # a mart may have a month that is NULL
        yield name, _ordered(name)
        return
    months = connection.execute(f"SELECT DISTINCT year, month FROM {name} ORDER BY ALL").fetchall()  # noqa: S608
    for year, month in months:
        inside = f"SELECT * EXCLUDE (year, month) FROM ({_ordered(name, f'year = {year} AND month = {month}')})"  # noqa: S608
        yield f"{name}/year={year}/month={month}/{name}", inside
    if not months:  # a table without rows still has its columns
        yield f"{name}/{name}", f"FROM {name}"


def _write_csv(connection: duckdb.DuckDBPyConnection, folder: Path, chosen: Sequence[str], *, raw: bool) -> dict[str, int]:
    folder.mkdir()
    rows = {}
    for name in chosen:
        described = connection.execute(f"DESCRIBE {name}").fetchall()
        cells = ", ".join(_cell(row[0], row[1], raw=raw) for row in described)
        query = f"SELECT {cells} FROM ({_ordered(name)})"  # noqa: S608
        rows[name] = _copy(connection, query, folder / f"{name}.csv", "FORMAT csv, HEADER")
    return rows


def _cell(name: str, kind: str, *, raw: bool) -> str:
    column = identifier(name)
    if kind.endswith("[]"):
        return f"to_json({column}) AS {column}"
    if raw or kind not in ("VARCHAR", "BLOB"):
        return column
    text = f"CAST({column} AS VARCHAR)"
    return f"CASE WHEN regexp_matches({text}, {literal(_FORMULA)}) THEN '''' || {text} ELSE {text} END AS {column}"


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str) -> int:
    row = connection.execute(f"COPY ({query}) TO {literal(str(path))} ({options})").fetchone()
    return int(row[0]) if row else 0


def _ordered(name: str, condition: str = "true") -> str:
    order = ", ".join(sort_keys(name)) if name in TABLES else "ALL"
    return f"SELECT * FROM {name} WHERE {condition} ORDER BY {order}"  # noqa: S608


def _write_duckdb(connection: duckdb.DuckDBPyConnection, path: Path, chosen: Sequence[str], snapshot: int) -> dict[str, int]:
    # The oldest storage format: clients from DuckDB 1.0 on open it.
    connection.execute(f"ATTACH {literal(str(path))} AS copy (STORAGE_VERSION 'v1.0.0')")
    described = {table: ((schema.__doc__ or "").strip(), _descriptions(table)) for table, schema in TABLES.items()}
    described |= {mart.name: (mart.description, mart.columns) for mart in marts()}
    rows = {}
    for name in chosen:
        connection.execute(f"CREATE TABLE copy.{name} AS {_ordered(name)}")
        comment, column_comments = described[name]
        connection.execute(f"COMMENT ON TABLE copy.{name} IS {literal(comment)}")
        for column, text in column_comments.items():
            connection.execute(f"COMMENT ON COLUMN copy.{name}.{identifier(column)} IS {literal(text)}")
        found = connection.execute(f"SELECT count(*) FROM copy.{name}").fetchone()  # noqa: S608
        rows[name] = int(found[0]) if found else 0
    connection.execute("USE copy")
    connection.execute(SPAN_MACRO)
    connection.execute(f"COMMENT ON MACRO span IS {literal(SPAN_COMMENT)}")
    version = literal(newsmill_version())
    connection.execute(
        f"CREATE TABLE newsmill_info AS SELECT {snapshot}::BIGINT AS snapshot_id, {SCHEMA_VERSION} AS schema_version, "
        f"{version} AS newsmill_version"
    )
    connection.execute("USE memory")
    connection.execute("DETACH copy")
    return rows


def _descriptions(table: str) -> dict[str, str]:
    return {name: column.description or "" for name, column in columns(table).items()}


def _put_in_place(unfinished: Path, target: Path) -> None:
    if target.is_dir():
        old = target.with_name(f".{target.name}.{os.getpid()}.old")
        target.rename(old)
        unfinished.rename(target)
        _discard(old)
    else:
        unfinished.replace(target)


def _discard(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _size(target: Path) -> int:
    files = [target] if target.is_file() else [path for path in target.rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files)
