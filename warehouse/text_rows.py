"""Reads rows of text tables for some documents: from the files of batches, or from the lake within some days of publication.

The days are what keeps the cost down: files and row groups of other days are left out unread.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import duckdb
import polars as pl

from warehouse.columns import in_declared_types, polars_schema
from warehouse.files import read_file
from warehouse.layout import Layout
from warehouse.write import BatchFiles

Days = tuple[date, date] | None
"""First and last day, inclusive; None stands for documents without a date."""


def spans(days: pl.Series, reach: int) -> list[Days]:
    """The stretches of days that lie at most `reach` days from one of `days`, and None if one of those is NULL."""
    found: list[Days] = [None] if days.null_count() else []
    merged: list[tuple[date, date]] = []
    for day in days.drop_nulls().unique().sort():
        first, last = _shifted(day, -reach), _shifted(day, reach)
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return found + merged


def stored_rows(
    connection: duckdb.DuckDBPyConnection, table: str, names: Sequence[str], ids: Sequence[str], days: Days
) -> pl.DataFrame:
    """Columns `names` of the rows of a text table for the documents `ids`, of those published in `days`."""
    where, values = published_in(days)
    connection.register("given", pl.DataFrame({"document_id": list(ids)}, schema={"document_id": pl.String}).to_arrow())
    try:
        sql = f"SELECT {', '.join(names)} FROM lake.{table} SEMI JOIN given USING (document_id) WHERE {where}"  # noqa: S608
        return in_declared_types(connection.execute(sql, values).pl(), table)
    finally:
        connection.unregister("given")


def published_in(days: Days) -> tuple[str, list[date]]:
    """A condition on published_date as SQL, with the values of its parameters."""
    return ("year = 0 AND published_date IS NULL", []) if days is None else ("published_date BETWEEN ? AND ?", list(days))


def batch_rows(place: Layout, batches: Sequence[BatchFiles], table: str, names: Sequence[str], ids: pl.Series) -> pl.DataFrame:
    """Columns `names` (document_id among them) of the rows of a text table with a row a document, for the documents `ids`.

    Raises:
        GiveUp: a file of a batch is missing or damaged.
    """
    schema = polars_schema(table)
    frames = [pl.DataFrame(schema={name: schema[name] for name in names})]
    files = (file for batch in batches for file in batch.files if file.table == table)
    frames += [read_file(place, file, names).filter(pl.col("document_id").is_in(ids.implode())) for file in files]
    return pl.concat(frames).unique("document_id", keep="first", maintain_order=True)


def _shifted(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
