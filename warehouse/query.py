"""Opens newsmill.duckdb for reading."""

from pathlib import Path

import duckdb

from warehouse.layout import layout
from warehouse.schema.errors import GiveUp


def connect(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """A read-only DuckDB connection on the warehouse's newsmill.duckdb; the caller closes it.

    It shows the snapshot that was published when it was opened, however long it stays open.

    Raises:
        GiveUp: the file is missing or damaged.
    """
    path = layout(warehouse).published
    if not path.exists():
        raise GiveUp(f"{path} does not exist. Make it with `newsmill run INPUT --warehouse {path.parent}`.")
    try:
        return duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise GiveUp(f"{path} cannot be opened: {error}. `newsmill publish --warehouse {path.parent}` writes it anew.") from error
