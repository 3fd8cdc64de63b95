"""What the warehouse lists of some inputs: their documents and their rejects, for a run that goes on where another was stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from warehouse.columns import in_declared_types
from warehouse.lake import exists, open_lake
from warehouse.schema.tables import DocumentSources, Rejects


@dataclass(frozen=True, slots=True)
class KnownRecords:
    """Rows of document_sources and of rejects."""

    sources: pl.DataFrame
    rejects: pl.DataFrame


def known_records(warehouse: Path, source_uris: Sequence[str]) -> KnownRecords:
    """The rows of document_sources and rejects of the inputs `source_uris`; none when there is no warehouse.

    Raises:
        GiveUp: the warehouse is damaged or of a newer schema.
        RetryLater: its catalog is locked.
    """
    if not source_uris or not exists(warehouse):
        return KnownRecords(DocumentSources.create_empty(), Rejects.create_empty())
    with open_lake(warehouse, create=False, read_only=True) as connection:
        connection.register("given", pl.DataFrame({"source_uri": list(source_uris)}).to_arrow())
        return KnownRecords(_rows(connection, "document_sources"), _rows(connection, "rejects"))


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> pl.DataFrame:
    return in_declared_types(connection.execute(f"SELECT t.* FROM lake.{table} t SEMI JOIN given USING (source_uri)").pl(), table)  # noqa: S608
