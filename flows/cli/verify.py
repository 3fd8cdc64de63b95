"""`newsmill verify` and `newsmill publish`: checks a warehouse by SQL, and writes the file that people open."""

import typer

from flows.cli.app import WarehouseOption, app
from flows.cli.terminal import one_line, output


@app.command()
def verify(warehouse: WarehouseOption = None) -> None:
    """Check every key, reference, span, partition and count of the warehouse; ends with 1 if any check fails."""
    from flows.settings import load_settings
    from warehouse.verify import each_check

    console = output()
    checked = failed = 0
    for check in each_check(load_settings(warehouse=warehouse).warehouse):  # printed as it is done: a check may take minutes
        checked += 1
        if check.passed:
            console.print("ok      ", style="green", end="")
            console.print(check.name, soft_wrap=True)
        else:
            failed += 1
            console.print("FAILED  ", style="bold red", end="")
            console.print(f"{check.name}: {check.found:,} found. {one_line(check.detail)}".rstrip(), soft_wrap=True)
    if failed:
        console.print(f"{failed} of {checked} checks failed")
        raise typer.Exit(1)
    console.print(f"all {checked} checks passed")


@app.command()
def publish(warehouse: WarehouseOption = None) -> None:
    """Write newsmill.duckdb anew from the lake: after the warehouse was moved, or if the file was lost."""
    from flows.settings import load_settings
    from warehouse.publish import publish as write

    published = write(load_settings(warehouse=warehouse).warehouse)
    output().print(
        f"{published.path} shows snapshot {published.snapshot_id}: {len(published.tables)} tables and marts", soft_wrap=True
    )
