"""`newsmill query` and `newsmill tables`: reads the published warehouse with SQL, and tells what there is to read."""

import difflib
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import WarehouseOption, app
from flows.cli.opened import opened
from flows.cli.rows import Format, print_rows
from warehouse.schema.errors import UsageError

if TYPE_CHECKING:
    import duckdb

FormatOption = Annotated[
    Format,
    typer.Option("--format", "-f", help="A table to look at, CSV, or JSON (an array with one object a row)."),
]

RawCsvOption = Annotated[
    bool,
    typer.Option("--raw-csv", help="CSV without the apostrophe before text that a spreadsheet would take for a formula."),
]


@app.command()
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="What to ask, in DuckDB's SQL; `-` reads it from stdin.")],
    form: FormatOption = Format.TABLE,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="SNAPSHOT|TIMESTAMP",
            help="Ask the warehouse as it was: a number of `newsmill snapshots`, or a moment (UTC unless it says otherwise; a day "
            "counts with all of it).",
            show_default=False,
        ),
    ] = None,
    raw_csv: RawCsvOption = False,
    unsafe: Annotated[
        bool,
        typer.Option("--unsafe", help="Let the SQL read and write other files, attach databases and load extensions."),
    ] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """Ask the warehouse with SQL; it is opened read-only, also while a run is writing, and the SQL reaches no other file.

    Example: `newsmill query "SELECT event_type, count(*) FROM event_facts GROUP BY ALL ORDER BY 2 DESC"`
    """
    from warehouse.query import refuse_writing

    statement = sys.stdin.read() if sql == "-" else sql
    if not statement.strip():
        raise UsageError("There is no SQL to run. Example: newsmill query 'SELECT * FROM event_facts LIMIT 5'")
    with opened(warehouse, unsafe=unsafe, as_of=as_of) as connection:
        if not unsafe:
            refuse_writing(connection, statement)
        print_rows(connection.execute(statement), form, raw_csv=raw_csv)


@app.command()
def tables(
    table: Annotated[
        str | None, typer.Argument(metavar="TABLE", help="Show the columns of this table.", show_default=False)
    ] = None,
    form: FormatOption = Format.TABLE,
    warehouse: WarehouseOption = None,
) -> None:
    """List the tables and marts of the warehouse with their rows, or the columns of one TABLE."""
    with opened(warehouse) as connection:
        names = _table_names(connection)
        if table is None:
            print_rows(connection.execute(_listing(names)), form)
            return
        if table not in names:
            near = difflib.get_close_matches(table, names, n=1)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise UsageError(f"There is no table {table!r}. {hint}There are: {', '.join(names)}.")
        columns = connection.execute(
            "SELECT column_name AS column, data_type AS type, comment AS description FROM duckdb_columns() "
            "WHERE table_name = ? AND NOT internal ORDER BY column_index",
            [table],
        )
        print_rows(columns, form)


def _table_names(connection: "duckdb.DuckDBPyConnection") -> list[str]:
    """The tables in the order of the data dictionary, then the marts by name."""
    from warehouse.schema.tables import TABLES

    found = {name for (name,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    return [name for name in TABLES if name in found] + sorted(found - TABLES.keys())


def _listing(names: list[str]) -> str:
    from warehouse.schema.tables import TABLES

    counts = " UNION ALL ".join(
        f"SELECT {number} AS place, {_quoted(name)} AS name, {_quoted('table' if name in TABLES else 'mart')} AS kind, "  # noqa: S608
        f'(SELECT count(*) FROM "{name}") AS rows'
        for number, name in enumerate(names)
    )
    return (
        'SELECT name AS "table", kind, rows, comment AS description '  # noqa: S608 - the catalog's own names
        f"FROM ({counts}) JOIN duckdb_views() ON view_name = name AND NOT internal ORDER BY place"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
