"""The published warehouse, opened for a command that reads it; what DuckDB finds wrong becomes an error that says what to do."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.schema.errors import GiveUp, UsageError

if TYPE_CHECKING:
    import duckdb


@contextmanager
def opened(warehouse: Path | None, *, unsafe: bool = False, as_of: str | None = None) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A read-only connection on the warehouse that the option or the settings name, for as long as the block lasts.

    It reaches the warehouse's files and nothing else, unless `unsafe`. `as_of` names an earlier snapshot or a moment.

    Raises GiveUp when it is missing, damaged or was moved, UsageError for SQL of the block that is wrong or not allowed.
    """
    import duckdb

    from flows.settings import load_settings
    from warehouse.query import WAY_OUT, connect
    from warehouse.snapshots import connect_as_of

    folder = load_settings(warehouse=warehouse).warehouse
    try:
        with (
            connect(folder, confined=not unsafe) if as_of is None else connect_as_of(folder, as_of, confined=not unsafe)
        ) as connection:
            yield connection
    except duckdb.PermissionException as error:
        raise UsageError(f"{error}\n{WAY_OUT}") from error
    except duckdb.CatalogException as error:
        raise UsageError(f"{error}\n`newsmill tables` lists what there is.") from error
    except (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError) as error:
        raise UsageError(str(error)) from error
    except duckdb.Error as error:
        command = f"newsmill publish --warehouse {shlex.quote(str(folder))}"
        raise GiveUp(f"{error}\nIf a file of the warehouse is missing or was moved, `{command}` writes the views anew.") from error
