"""Copy-on-write: the files of a table without the rows that leave, as new files beside the old ones.

No file is ever edited and no row ever masked: a DuckLake delete file would break every reader that is given a plain list of files.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import duckdb
import polars as pl

from warehouse.columns import polars_schema
from warehouse.files import DataFile, read_file, write_file
from warehouse.layout import Layout, data_file, fresh_stem
from warehouse.merge import Merge
from warehouse.schema.tables import TABLES, TEXT_TABLES
from warehouse.write import BatchFiles

SMALL_FILE_ROWS = 100_000
"""An operational table's files below this are merged by the next commit that adds to it, so their number stays small."""


@dataclass(slots=True)
class Change:
    """Files that a commit adds to the lake and files that it drops from it."""

    added: list[DataFile] = field(default_factory=list)
    dropped: list[DataFile] = field(default_factory=list)


def stored_text_change(
    connection: duckdb.DuckDBPyConnection, place: Layout, live: dict[str, list[DataFile]], merge: Merge, run_id: str
) -> Change:
    """Rewrite the lake's files of text tables that hold documents which leave, must name another source or supersede another.

    Raises:
        GiveUp: a file of the lake is missing or damaged, or a new one cannot be written.
    """
    change = Change()
    if not merge.leaving and not merge.misstated:
        return change
    for table in TEXT_TABLES:
        ids = merge.leaving | merge.misstated if table == "documents" else merge.leaving
        known = {file.path: file for file in live[table]}
        for path in _files_with(connection, place, table, ids):
            rewritten = _without(place, known[path], merge.leaving, merge.stated, run_id)
            change.dropped.append(known[path])
            change.added += rewritten
    return change


def batch_change(place: Layout, batches: Sequence[BatchFiles], merge: Merge, run_id: str) -> tuple[Change, list[DataFile]]:
    """The files of the batches, less the documents that are not added; second, files that were written in vain.

    Raises:
        GiveUp: a file of a batch is missing or damaged, or a new one cannot be written.
    """
    change, useless = Change(), []
    for batch, dropped in zip(batches, merge.dropped, strict=True):
        for file in batch.files:
            if not dropped and not (file.table == "documents" and _needs_change(place, file, merge)):
                change.added.append(file)
                continue
            change.added += _without(place, file, dropped, merge.stated, run_id)
            useless.append(file)
    return change, useless


def operational_change(
    place: Layout, table: str, live: Sequence[DataFile], doomed: pl.Expr, rows: pl.DataFrame, run_id: str
) -> Change:
    """Replace the rows of an operational table that `doomed` selects by `rows`, merging its small files on the way.

    Where a row of `rows` has the key of a row that stays, the latter stays.

    Raises:
        GiveUp: a file of the lake is missing or damaged, or the new one cannot be written.
    """
    asked = list(dict.fromkeys(doomed.meta.root_names())) or TABLES[table].primary_key()
    hit = {file.path for file in live if read_file(place, file, asked).filter(doomed).height}
    if not hit and not rows.height:
        return Change()
    dropped = [file for file in live if file.path in hit or file.rows < SMALL_FILE_ROWS]
    frames = [read_file(place, file).filter(~doomed) for file in dropped]
    merged = pl.concat([*frames, rows.select(list(polars_schema(table)))]).unique(
        TABLES[table].primary_key(), keep="first", maintain_order=True
    )
    change = Change(dropped=dropped)
    if merged.height:
        path = data_file(table, fresh_stem(table, run_id), 0, 0)
        change.added.append(write_file(merged, table, place, path))
    return change


def appended(place: Layout, table: str, live: Sequence[DataFile], rows: pl.DataFrame, run_id: str) -> Change:
    """Add rows to a table that only grows, merging its small files on the way; files of SMALL_FILE_ROWS are not even read.

    Raises:
        GiveUp: a file of the lake is missing or damaged, or the new one cannot be written.
    """
    if not rows.height:
        return Change()
    dropped = [file for file in live if file.rows < SMALL_FILE_ROWS]
    merged = pl.concat([*(read_file(place, file) for file in dropped), rows.select(list(polars_schema(table)))])
    return Change([write_file(merged, table, place, data_file(table, fresh_stem(table, run_id), 0, 0))], dropped)


def _files_with(connection: duckdb.DuckDBPyConnection, place: Layout, table: str, ids: Iterable[str]) -> list[str]:
    given = pl.DataFrame({"document_id": sorted(ids)}, schema={"document_id": pl.String})
    connection.register("given", given.to_arrow())
    rows = connection.execute(f"SELECT DISTINCT filename FROM lake.{table} SEMI JOIN given USING (document_id)").fetchall()  # noqa: S608
    connection.unregister("given")
    return sorted(place.relative(row[0]) for row in rows)


def _needs_change(place: Layout, file: DataFile, merge: Merge) -> bool:
    named = read_file(place, file, merge.stated.columns)
    return named.join(merge.stated, on=merge.stated.columns, how="anti", nulls_equal=True).height > 0


def _without(place: Layout, file: DataFile, ids: frozenset[str], stated: pl.DataFrame, run_id: str) -> list[DataFile]:
    rows = read_file(place, file).filter(~pl.col("document_id").is_in(list(ids)))
    if file.table == "documents":
        rows = rows.update(stated, on="document_id", how="left", include_nulls=True)
    if not rows.height:
        return []
    path = PurePosixPath(file.path)
    stem = fresh_stem(path.name.split("-", 1)[0], run_id)
    return [write_file(rows, file.table, place, str(path.with_name(f"{stem}.parquet")))]
