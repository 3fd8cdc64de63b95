"""All rows of a warehouse, to compare two states of it, and of two warehouses."""

from pathlib import Path
from typing import Any

import duckdb

from warehouse.query import connect
from warehouse.schema.tables import TABLES


def contents(of: Path | duckdb.DuckDBPyConnection, without: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """The rows of every table, sorted, as a reader sees them; `of` is a warehouse or a connection to one."""
    if isinstance(of, Path):
        with connect(of) as connection:
            return contents(connection, without)
    return {table: of.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in TABLES if table not in without}
