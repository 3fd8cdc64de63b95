"""Checks everything that must hold in a warehouse, by SQL over its files: what `newsmill verify` prints.

The files are read as every reader reads them, past the lake, so that damage on disk is found and not only damage in the catalog.
A file that cannot be read fails its own check and is left out of the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from warehouse.checks import checks, vocabulary_relations
from warehouse.columns import columns, sql_type
from warehouse.files import METADATA, DataFile, file_bytes, live_files, select_live
from warehouse.lake import open_lake
from warehouse.layout import Layout, layout, written_by
from warehouse.publish import unpublished
from warehouse.query import connect
from warehouse.removals import read_removals
from warehouse.schema.errors import GiveUp
from warehouse.schema.tables import TABLES, TEXT_TABLES


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check: `found` counts what breaks the rule, `detail` shows the first of it ("" when it passed)."""

    name: str
    passed: bool
    found: int
    detail: str


def verify(warehouse: Path) -> list[Check]:
    """Run all checks; an intact warehouse passes every one.

    Raises:
        GiveUp: there is no warehouse, its catalog cannot be opened, or it is of a newer schema.
        RetryLater: the catalog is locked.
    """
    return list(each_check(warehouse))


def each_check(warehouse: Path) -> Iterator[Check]:
    """The checks of `verify`, one after the other as they are done.

    Raises:
        GiveUp, RetryLater: as `verify`.
    """
    place = layout(warehouse)
    with open_lake(warehouse, create=False, read_only=True) as connection:
        live = live_files(connection)
        yield _rows_check("lake: no delete files", connection, _delete_files())
        yield _check("lake: every table has its declared columns", _odd_columns(connection))
        yield _check("files: none is listed twice", _listed_twice(connection))
        yield _check("files: every live file exists", _missing(place, live))
        yield _check("files: every live file has the size that the catalog gives", _wrong_sizes(connection, place))
        broken, miscounted = _footers(connection, place, live)
        yield _check("files: every live file is whole Parquet with its declared columns", list(broken.values()))
        yield _check("files: every live file has as many rows as the catalog says", miscounted)
        readable = {table: [file for file in files if file.path not in broken] for table, files in live.items()}
        _make_relations(connection, place, readable)
        for name, query in checks():
            yield _rows_check(name, connection, query)
        condition = read_removals(place).condition("document_sources")
        yield _rows_check("removals: nothing that was taken down is in the tables", connection, _taken_down(condition))
        yield _check("newsmill.duckdb: shows the newest snapshot from this folder", _stale(warehouse, place))
        yield _check("newsmill.duckdb: every view has the rows of the lake", _differing_views(warehouse, live))


def _check(name: str, found: list[str]) -> Check:
    return Check(name, passed=not found, found=len(found), detail=found[0] if found else "")


def _rows_check(name: str, connection: duckdb.DuckDBPyConnection, query: str) -> Check:
    try:
        row = connection.execute(f"SELECT count(*), any_value(broken) FROM ({query}) AS broken").fetchone()  # noqa: S608
    except duckdb.Error as error:
        return Check(name, passed=False, found=1, detail=f"cannot be checked: {str(error).splitlines()[0]}")
    assert row is not None  # an aggregate without groups gives one row
    count, first = row
    detail = "the first: " + ", ".join(f"{key}={value}" for key, value in first.items()) if count else ""
    return Check(name, passed=not count, found=count, detail=detail)


def _taken_down(condition: str) -> str:
    return f"SELECT document_id, source_uri, url FROM document_sources WHERE NOT ({condition})"  # noqa: S608


def _delete_files() -> str:
    return f"SELECT path FROM {METADATA}.ducklake_delete_file WHERE end_snapshot IS NULL"  # noqa: S608


def _odd_columns(connection: duckdb.DuckDBPyConnection) -> list[str]:
    odd = []
    for table in TABLES:
        declared = [
            (name, sql_type(column).replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE")) for name, column in columns(table).items()
        ]
        try:
            found = [(row[0], row[1]) for row in connection.execute(f"DESCRIBE lake.{table}").fetchall()]
        except duckdb.Error as error:
            odd.append(f"{table}: {str(error).splitlines()[0]}")
            continue
        # Columns that a later schema brought stand last in the lake, whatever their declared place.
        odd += [f"{table}: {name} {kind} is declared, and not in the lake" for name, kind in declared if (name, kind) not in found]
        odd += [f"{table}: {name} {kind} is in the lake, and not declared" for name, kind in found if (name, kind) not in declared]
    return odd


def _listed_twice(connection: duckdb.DuckDBPyConnection) -> list[str]:
    query = f"SELECT path FROM {METADATA}.ducklake_data_file WHERE end_snapshot IS NULL GROUP BY table_id, path HAVING count(*) > 1"  # noqa: S608
    return [row[0] for row in connection.execute(query).fetchall()]


def _missing(place: Layout, live: dict[str, list[DataFile]]) -> list[str]:
    paths = (place.file(file.path) for files in live.values() for file in files)
    return [f"{path} does not exist" for path in paths if not path.exists()]


def _wrong_sizes(connection: duckdb.DuckDBPyConnection, place: Layout) -> list[str]:
    wrong = []
    for relative, size in file_bytes(connection).items():
        path = place.file(relative)
        if path.exists() and path.stat().st_size != size:
            wrong.append(f"{path} has {path.stat().st_size} bytes, the catalog says {size}")
    return wrong


def _footers(
    connection: duckdb.DuckDBPyConnection, place: Layout, live: dict[str, list[DataFile]]
) -> tuple[dict[str, str], list[str]]:
    """What is wrong with files, by path (missing, damaged, odd columns), and files whose number of rows is not the catalog's."""
    broken: dict[str, str] = {}
    miscounted = []
    for file in (file for files in live.values() for file in files):
        path = place.file(file.path)
        try:
            # Reads every page: a footer alone may be intact in a damaged file.
            query = f"SELECT count(*), max(hash(COLUMNS(*))) FROM ({select_live(place, file.table, [file])})"  # noqa: S608
            row = connection.execute(query).fetchone()
        except duckdb.Error as error:
            broken[file.path] = f"{path}: {str(error).splitlines()[0]}"
            continue
        if row is not None and row[0] != file.rows:
            miscounted.append(f"{path} has {row[0]} rows, the catalog says {file.rows}")
    return broken, miscounted


def _make_relations(connection: duckdb.DuckDBPyConnection, place: Layout, readable: dict[str, list[DataFile]]) -> None:
    for table in TABLES:
        query = select_live(place, table, readable[table])
        connection.execute(f"CREATE TEMP VIEW {table} AS {query}")
    _make_run_files(connection, readable)
    for statement in vocabulary_relations():
        connection.execute(statement)


def _make_run_files(connection: duckdb.DuckDBPyConnection, readable: dict[str, list[DataFile]]) -> None:
    rows = [(written_by(file.path), table, file.rows) for table in TEXT_TABLES for file in readable[table]]
    schema = {"run_id": pl.String, "table_name": pl.String, "rows": pl.Int64}
    connection.register("run_files", pl.DataFrame(rows, schema=schema, orient="row").to_arrow())


def _stale(warehouse: Path, place: Layout) -> list[str]:
    lacking = unpublished(warehouse)
    return [f"{place.published}: {what}; `newsmill publish` writes it anew" for what in lacking]


def _differing_views(warehouse: Path, live: dict[str, list[DataFile]]) -> list[str]:
    try:
        with connect(warehouse) as published:
            differing = []
            for table, files in live.items():
                row = published.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
                wanted = sum(file.rows for file in files)
                if row is None or row[0] != wanted:
                    differing.append(f"view {table} has {row[0] if row else 0} rows, the lake {wanted}")
            return differing
    except (duckdb.Error, GiveUp) as error:
        return [str(error).splitlines()[0]]
