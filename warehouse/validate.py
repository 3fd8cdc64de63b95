"""Checks the tables of a batch before they are written: types, ranges, keys, references between them, and spans.

A fault found here names the table, the rule and the number of rows, and costs one batch; found later it would cost the warehouse.
"""

from collections.abc import Mapping

import polars as pl

from warehouse.columns import polars_schema
from warehouse.schema.errors import GiveUp
from warehouse.schema.tables import CODED_TABLES, REFERENCES, SPANS, TABLES, TEXT_TABLES, Reference, Span
from warehouse.signatures import signature_rows

INHERITED = ("batch_id", "published_date", "year", "month")
"""Columns that every row about a document repeats from its row in documents."""


def validate_table(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Check one table by its declaration; gives the frame with the declared columns in the declared order.

    Raises:
        GiveUp: a column is missing, has another type, or rows break a rule.
    """
    declared = polars_schema(table)
    missing = [name for name in declared if name not in frame.columns]
    if missing:
        raise GiveUp(f"Table {table}: column {', '.join(missing)} is missing. This is a fault of Newsmill; please report it.")
    wrong = [f"{name} is {frame.schema[name]}, not {kind}" for name, kind in declared.items() if frame.schema[name] != kind]
    if wrong:
        raise GiveUp(f"Table {table}: column {'; '.join(wrong)}. This is a fault of Newsmill; please report it.")
    ordered = frame.select(list(declared))
    _, failures = TABLES[table].filter(ordered)
    if len(failures):
        keys = [name for name in TABLES[table].primary_key() if name in declared]
        first = failures.invalid().select(keys).row(0, named=True)
        _refuse(table, failures.counts(), first)
    return ordered


def validate_batch(tables: Mapping[str, pl.DataFrame], batch_id: str) -> dict[str, pl.DataFrame]:
    """Check the coded tables of a batch, each by itself and against one another, and make its signatures.

    Gives all of TEXT_TABLES with columns in declared order.

    Raises:
        GiveUp: as `validate_table`, or a key, reference, span, count, date or batch_id disagrees between tables.
    """
    if set(tables) != set(CODED_TABLES):
        odd = ", ".join(sorted(set(tables) ^ set(CODED_TABLES)))
        raise GiveUp(f"A batch has exactly the tables {', '.join(CODED_TABLES)}; missing or unknown: {odd}.")
    checked = {table: validate_table(table, tables[table]) for table in CODED_TABLES}
    documents = checked["documents"]
    checked["signatures"] = validate_table("signatures", signature_rows(documents))
    _refuse("documents", {"batch_id of this batch": documents.filter(pl.col("batch_id") != batch_id).height}, {})
    _refuse("documents", {"year and month of published_date": documents.filter(~partition_agrees()).height}, {})
    for reference in REFERENCES:
        if reference.table in TEXT_TABLES and reference.parent in TEXT_TABLES:
            _check_reference(reference, checked)
    for table in TEXT_TABLES[1:]:
        _check_inherited(table, checked[table], documents)
    for span in SPANS:
        _check_span(span, checked[span.table], documents)
    for counted in ("paragraph", "sentence"):
        _check_count(counted, documents, checked[f"{counted}s"])
    lengths = documents.filter(pl.col("text").str.len_chars() != pl.col("char_count"))
    _refuse("documents", {"char_count is the length of text": lengths.height}, {})
    return checked


def partition_agrees() -> pl.Expr:
    """Whether year and month are those of published_date, 0 when it is NULL."""
    year, month = pl.col("published_date").dt.year().fill_null(0), pl.col("published_date").dt.month().fill_null(0)
    return (pl.col("year") == year) & (pl.col("month") == month)


def _refuse(table: str, counts: Mapping[str, int], first: Mapping[str, object]) -> None:
    broken = [f"{rule} ({count} rows)" for rule, count in counts.items() if count]
    if broken:
        where = " The first is " + ", ".join(f"{key}={value!r}" for key, value in first.items()) + "." if first else ""
        raise GiveUp(
            f"Table {table}: rows break the rule {'; '.join(broken)}.{where} This is a fault of Newsmill; please report it."
        )


def _check_reference(reference: Reference, tables: Mapping[str, pl.DataFrame]) -> None:
    child = tables[reference.table].select(reference.columns).drop_nulls()
    parent = tables[reference.parent].select(reference.parent_columns)
    orphans = child.join(parent, left_on=reference.columns, right_on=reference.parent_columns, how="anti")
    rule = f"{', '.join(reference.columns)} stands in {reference.parent}"
    _refuse(reference.table, {rule: orphans.height}, orphans.row(0, named=True) if orphans.height else {})


def _check_inherited(table: str, frame: pl.DataFrame, documents: pl.DataFrame) -> None:
    own = frame.select("document_id", *INHERITED)
    odd = own.join(documents.select("document_id", *INHERITED), on=["document_id", *INHERITED], how="anti", nulls_equal=True)
    _refuse(table, {f"{', '.join(INHERITED)} are those of the document": odd.height}, odd.row(0, named=True) if odd.height else {})


def _check_span(span: Span, frame: pl.DataFrame, documents: pl.DataFrame) -> None:
    own = [name for name in (span.text_column,) if name]
    start, end = pl.col(span.start), pl.col(span.end)
    rows = (
        frame.select("document_id", span.start, span.end, *own)
        .rename(dict.fromkeys(own, "words"))
        .filter(start.is_not_null() | end.is_not_null())
        .join(documents.select("document_id", "text", "char_count"), on="document_id")
    )
    inside = (start < end) & (end <= pl.col("char_count"))
    agrees = pl.col("text").str.slice(start, end - start) == pl.col("words") if own else pl.lit(True)
    odd = rows.filter(~(inside & agrees).fill_null(False)).select("document_id", span.start, span.end)
    rule = f"{span.start}, {span.end} lie in the document's text" + (f" and give {span.text_column}" if own else "")
    _refuse(span.table, {rule: odd.height}, odd.row(0, named=True) if odd.height else {})


def _check_count(counted: str, documents: pl.DataFrame, rows: pl.DataFrame) -> None:
    column, index = f"{counted}_count", f"{counted}_index"
    found = rows.group_by("document_id").agg(pl.len().alias("found"), pl.col(index).max().alias("last"))
    joined = documents.select("document_id", column).join(found, on="document_id", how="left").fill_null(0)
    odd = joined.filter((pl.col("found") != pl.col(column)) | ((pl.col("found") > 0) & (pl.col("last") + 1 != pl.col("found"))))
    rule = f"{column} is the number of rows, and {index} counts them from 0"
    _refuse("documents", {rule: odd.height}, odd.row(0, named=True) if odd.height else {})
