"""Parquet files of the lake: writing one, and listing those that are live.

A file is written under a temporary name, flushed to disk and renamed, so that a name without `.tmp` always means a whole file; it
becomes visible only by a commit. The same rows give the same bytes.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from warehouse.columns import columns, file_columns, polars_schema, select_files
from warehouse.fault import fault_point
from warehouse.layout import Layout
from warehouse.schema.errors import GiveUp
from warehouse.schema.tables import TABLES

METADATA = "__ducklake_metadata_lake"
"""The catalog's own tables, as DuckLake attaches them (their columns are specified by DuckLake 1.0)."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file of the lake: its table, its path relative to the data folder and its number of rows.

    `lacking` are the columns that it does not have, for it was written before they were declared.
    """

    table: str
    path: str
    rows: int
    lacking: tuple[str, ...] = ()


def sort_keys(table: str) -> list[str]:
    """The columns that the rows of a file are sorted by: date first, then the document, then the place within it."""
    leading = [name for name in ("published_date", "document_id") if name in columns(table)]
    keys = TABLES[table].primary_key()
    inner = {"events": ["sentence_index", "trigger_start", "trigger_end", "event_id"]}.get(table, keys)
    return [*leading, *(key for key in inner if key not in leading)]


def write_file(rows: pl.DataFrame, table: str, place: Layout, path: str) -> DataFile:
    """Write rows (all declared columns, of one partition) as the Parquet file `path`, relative to the data folder.

    Raises:
        GiveUp: the file cannot be written (no space, no permission).
    """
    target = place.file(path)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        ordered = rows.select(file_columns(table)).sort(sort_keys(table))
        with unfinished.open("wb") as stream:
            ordered.write_parquet(stream, compression="zstd", statistics=True)
            stream.flush()
            os.fsync(stream.fileno())
        fault_point("before-rename")
        unfinished.replace(target)
    except (OSError, pl.exceptions.PolarsError) as error:  # polars says in its own way that a disk is full
        what = getattr(error, "strerror", None) or error
        message = f"{target} cannot be written ({what}). Free space or change the folder's permissions, and run again."
        raise GiveUp(message) from error
    return DataFile(table, path, rows.height)


def read_file(place: Layout, file: DataFile, names: Sequence[str] | None = None) -> pl.DataFrame:
    """The declared columns of a data file, or those in `names`; the partition columns come from its path.

    Raises:
        GiveUp: the file is missing or damaged.
    """
    schema = polars_schema(file.table)
    partition = {key: int(value) for key, _, value in (part.partition("=") for part in file.path.split("/")) if value}
    wanted = list(names or schema)
    try:
        inside = [name for name in wanted if name not in partition and name not in file.lacking]
        frame = pl.read_parquet(place.file(file.path), columns=inside, hive_partitioning=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{place.file(file.path)} cannot be read ({error}). Restore it from a backup; `newsmill verify` names all damage."
        raise GiveUp(message) from error
    outside = (pl.lit(value, schema[name]).alias(name) for name, value in partition.items() if name in wanted)
    lacking = (pl.lit(None, schema[name]).alias(name) for name in file.lacking if name in wanted)
    return frame.with_columns(*outside, *lacking).select(wanted)


LIVE_FILES = """
SELECT t.table_name,
       s.path || t.path || f.path AS path,
       f.record_count,
       f.mapping_id
FROM {m}.ducklake_data_file f
JOIN {m}.ducklake_table t USING (table_id)
JOIN {m}.ducklake_schema s USING (schema_id)
WHERE {live} AND t.end_snapshot IS NULL AND s.end_snapshot IS NULL
ORDER BY t.table_name, path
"""
LATER_COLUMNS = """
SELECT t.table_name, c.column_id, c.column_name
FROM {m}.ducklake_column c JOIN {m}.ducklake_table t USING (table_id)
WHERE c.begin_snapshot > t.begin_snapshot AND c.end_snapshot IS NULL AND c.parent_column IS NULL AND t.end_snapshot IS NULL
ORDER BY c.column_order
"""


def live_files(connection: duckdb.DuckDBPyConnection, snapshot_id: int | None = None) -> dict[str, list[DataFile]]:
    """The files of the newest snapshot, or of the one given, by table, for every declared table, in order of their paths."""
    live = "f.end_snapshot IS NULL"
    if snapshot_id is not None:
        live = f"f.begin_snapshot <= {int(snapshot_id)} AND (f.end_snapshot IS NULL OR f.end_snapshot > {int(snapshot_id)})"
    listed: dict[str, list[DataFile]] = {table: [] for table in TABLES}
    lacking = _lacking_columns(connection)
    for table, path, rows, mapping in connection.execute(LIVE_FILES.format(m=METADATA, live=live)).fetchall():
        listed.setdefault(table, []).append(DataFile(table, path, rows, lacking(table, mapping)))
    return listed


def _lacking_columns(connection: duckdb.DuckDBPyConnection) -> Callable[[str, int], tuple[str, ...]]:
    """Which columns a file lacks, by its table and the mapping of its columns, which the lake notes when a file is added."""
    later = connection.execute(LATER_COLUMNS.format(m=METADATA)).fetchall()
    if not later:
        return lambda _table, _mapping: ()
    query = f"SELECT mapping_id, target_field_id FROM {METADATA}.ducklake_name_mapping WHERE parent_column IS NULL"  # noqa: S608
    mapped = set(connection.execute(query).fetchall())

    def lacking(table: str, mapping: int) -> tuple[str, ...]:
        return tuple(name for of, column, name in later if of == table and (mapping, column) not in mapped)

    return lacking


def select_live(place: Layout, table: str, files: Iterable[DataFile]) -> str:
    """A SELECT of all declared columns over data files of a table, also of those that an older schema wrote."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for file in files:
        groups.setdefault(file.lacking, []).append(str(place.file(file.path)))
    parts = [select_files(table, paths, lacking) for lacking, paths in sorted(groups.items())]
    return " UNION ALL ".join(parts) or select_files(table, ())


def newest_snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    """Number of the newest committed snapshot."""
    row = connection.execute(f"SELECT max(snapshot_id) FROM {METADATA}.ducklake_snapshot").fetchone()  # noqa: S608
    assert row is not None  # a catalog always has snapshot 0
    return int(row[0])


def file_bytes(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The size of every live file in bytes, by its path, as the catalog has it."""
    query = (
        "SELECT s.path || t.path || f.path, f.file_size_bytes "  # noqa: S608
        f"FROM {METADATA}.ducklake_data_file f JOIN {METADATA}.ducklake_table t USING (table_id) "
        f"JOIN {METADATA}.ducklake_schema s USING (schema_id) WHERE f.end_snapshot IS NULL"
    )
    return dict(connection.execute(query).fetchall())
