"""`newsmill snapshots` and `newsmill rollback`: the history of a warehouse, and the way back to an earlier state of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import WarehouseOption, app
from flows.cli.query import FormatOption
from flows.cli.rows import Format, print_rows
from flows.cli.terminal import output

if TYPE_CHECKING:
    from collections.abc import Mapping


@app.command()
def snapshots(form: FormatOption = Format.TABLE, warehouse: WarehouseOption = None) -> None:
    """List the snapshots that are kept: when each was made, by what, and the rows that every table gained or lost by it.

    `newsmill query --as-of SNAPSHOT` reads one, `newsmill rollback SNAPSHOT` goes back to it.
    """
    import duckdb
    import polars as pl

    from flows.settings import load_settings
    from warehouse.snapshots import snapshots as listed

    rows = [
        {
            "snapshot_id": one.snapshot_id,
            "taken_at": one.taken_at,
            "made_by": one.made_by,
            "changes": "(the one before is gone)" if one.rows is None else in_words(one.rows),
            "files_added": one.files_added,
            "files_dropped": one.files_dropped,
        }
        for one in listed(load_settings(warehouse=warehouse).warehouse)
    ]
    frame = pl.DataFrame(rows).to_arrow()
    with duckdb.connect() as connection:
        print_rows(connection.register("snapshots", frame).execute("FROM snapshots"), form)


@app.command()
def rollback(
    snapshot: Annotated[int, typer.Argument(metavar="SNAPSHOT", min=0, help="Its number; `newsmill snapshots` lists them.")],
    warehouse: WarehouseOption = None,
) -> None:
    """Make all tables what they were in SNAPSHOT, as a new snapshot: nothing is lost, and it can be undone in the same way."""
    from flows.settings import load_settings
    from warehouse.snapshots import rollback as roll_back

    done = roll_back(load_settings(warehouse=warehouse).warehouse, snapshot)
    console = output()
    changes = in_words(done.rows) or "nothing changed, the tables were the same"
    console.print(f"The tables are those of snapshot {snapshot} again: {changes}.", soft_wrap=True)
    console.print(f"It is snapshot {done.snapshot_id}; `newsmill rollback {done.snapshot_id - 1}` undoes it.", soft_wrap=True)
    if done.forgotten:
        console.print(
            f"{len(done.forgotten):,} inputs were loaded or changed since: the next `newsmill run` over their folders reads them "
            "again.",
            soft_wrap=True,
        )


def in_words(rows: "Mapping[str, int]") -> str:
    """Rows gained and lost by table: `documents +4, sentences -12`."""
    return ", ".join(f"{table} {count:+,}" for table, count in rows.items())
