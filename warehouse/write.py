"""Writes the tables of a batch as Parquet files, one per table, year and month, after checking them.

Runs in the worker process that milled the batch, so that only file names travel back. The files are invisible until `commit`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from warehouse.files import DataFile, write_file
from warehouse.layout import data_file, layout
from warehouse.schema.tables import TEXT_TABLES
from warehouse.validate import validate_batch


@dataclass(frozen=True, slots=True)
class BatchFiles:
    """What a batch has written and not yet committed.

    `files` lie beneath the data folder; `counts` are rows per text table; `word_count` is of all documents of the batch.
    """

    batch_id: str
    run_id: str
    files: tuple[DataFile, ...]
    document_ids: tuple[str, ...]
    counts: dict[str, int]
    word_count: int


def write_batch(tables: Mapping[str, pl.DataFrame], warehouse: Path, batch_id: str, run_id: str) -> BatchFiles:
    """Check the coded tables of a batch, make its signatures, and write all; a table or month without rows gets no file.

    `tables` has every name of CODED_TABLES, with the declared columns and types, year and month included.

    Raises:
        GiveUp: the tables break a rule (the message names table, rule and count), or a file cannot be written.
    """
    place = layout(warehouse)
    checked = validate_batch(tables, batch_id)
    files = [
        write_file(rows, table, place, data_file(table, f"{batch_id}-{run_id}", int(year), int(month)))
        for table in TEXT_TABLES
        for (year, month), rows in sorted(checked[table].partition_by("year", "month", as_dict=True).items())
    ]
    return BatchFiles(
        batch_id=batch_id,
        run_id=run_id,
        files=tuple(files),
        document_ids=tuple(checked["documents"]["document_id"].sort()),
        counts={table: frame.height for table, frame in checked.items()},
        word_count=int(checked["documents"]["word_count"].sum()),
    )
