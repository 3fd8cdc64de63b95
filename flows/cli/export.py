"""`newsmill export`: a copy of the warehouse, or of some tables and marts, to hand to somebody."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import WarehouseOption, app
from flows.cli.query import RawCsvOption
from flows.cli.terminal import one_line, output
from warehouse.schema.vocabulary import ExportFormat

if TYPE_CHECKING:
    from warehouse.export import Exported


@app.command()
def export(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write (must not exist); with --format duckdb, a file.")],
    tables: Annotated[
        list[str] | None,
        typer.Option(
            "--tables",
            metavar="NAMES",
            help="Tables and marts, with commas between them or the option given more than once. Default: all.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        ExportFormat, typer.Option("--format", "-f", help="Parquet by month, CSV, or one self-contained DuckDB file.")
    ] = ExportFormat.PARQUET,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export of the same name.")] = False,
    raw_csv: RawCsvOption = False,
    warehouse: WarehouseOption = None,
) -> None:
    """Copy the warehouse to hand to somebody who has neither Newsmill nor this folder; all of one snapshot, while runs go on.

    Example: `newsmill export for-anna --format duckdb --tables events,event_facts`
    """
    from flows.settings import load_settings
    from warehouse.export import export as write

    names = [name.strip() for given in tables or () for name in given.split(",") if name.strip()]
    folder = load_settings(warehouse=warehouse).warehouse
    done = write(folder, target, form, tables=names, force=force, raw_csv=raw_csv)
    console = output()
    for name, count in done.rows.items():
        console.print(f"{name}: {count:,} rows", soft_wrap=True)
    size = f"{done.byte_count / 1e6:,.1f} MB"
    console.print(f"{one_line(str(done.path))}: {len(done.rows)} tables of snapshot {done.snapshot_id}, {size}", soft_wrap=True)
    console.print(f"Open it: {_opening(done)}", soft_wrap=True)


def _opening(done: "Exported") -> str:
    from warehouse.columns import literal

    name = next((name for name in ("event_facts", "events") if name in done.rows), next(iter(done.rows), "events"))
    if done.form is ExportFormat.DUCKDB:
        return f'duckdb -readonly {shlex.quote(str(done.path))} "FROM {name} LIMIT 10"'
    if done.form is ExportFormat.CSV:
        return f'duckdb -c "FROM {literal(f"{done.path}/{name}.csv")} LIMIT 10", or any spreadsheet'
    if (done.path / f"{name}.parquet").exists():
        return f'duckdb -c "FROM {literal(f"{done.path}/{name}.parquet")} LIMIT 10"'
    return f'duckdb -c "FROM read_parquet({literal(f"{done.path}/{name}/**/*.parquet")}, hive_partitioning => true) LIMIT 10"'
