"""Brings a warehouse that an older Newsmill wrote to the schema of this one, in one transaction and without rewriting a file.

A schema only ever grows: tables and nullable columns are added. Files that were written before keep their columns, and views and
readers give NULL for the others (`warehouse.files.select_live`), so an upgrade costs the same for any amount of data.
"""

from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import duckdb
import polars as pl

from warehouse.columns import columns, create_table, identifier, polars_schema, since, sql_type
from warehouse.files import DataFile, write_file
from warehouse.layout import Layout, data_file
from warehouse.schema.tables import SCHEMA_VERSION, TABLES


def newsmill_version() -> str:
    """The installed version of Newsmill."""
    try:
        return version("newsmill")
    except PackageNotFoundError:
        return "unknown"


def schema_statements(found: int) -> list[str]:
    """The SQL that brings an attached lake of schema version `found` to the present one; from 0, that makes all tables."""
    statements = []
    for table in TABLES:
        if since(table) > found:
            statements += create_table(table, "lake")
            continue
        later = {name: column for name, column in columns(table).items() if since(table, name) > found}
        statements += [
            f"ALTER TABLE lake.{table} ADD COLUMN {identifier(name)} {sql_type(column)}" for name, column in later.items()
        ]
    return statements


def write_versions(place: Layout, found: int) -> DataFile:
    """Write the rows of schema_versions that lead from version `found` to the present one, as a file not yet added."""
    reached = range(found + 1, SCHEMA_VERSION + 1) if found else [SCHEMA_VERSION]
    rows = pl.DataFrame(
        {"version": list(reached), "newsmill_version": newsmill_version(), "applied_at": datetime.now(UTC)},
        schema=polars_schema("schema_versions"),
    )
    return write_file(rows, "schema_versions", place, data_file("schema_versions", f"version-{SCHEMA_VERSION}", 0, 0))


def found_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The schema version of the attached lake; duckdb.Error when it is no warehouse of Newsmill."""
    row = connection.execute("SELECT max(version) FROM lake.schema_versions").fetchone()
    return int(row[0]) if row and row[0] is not None else 1
