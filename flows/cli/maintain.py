"""`newsmill maintain`: keeps a warehouse small and quick, and tells beforehand what it would do."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import WarehouseOption, app
from flows.cli.terminal import one_line, output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.maintain import Maintained


@app.command()
def maintain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be done; write nothing.")] = False,
    retention: Annotated[
        float | None,
        typer.Option(
            "--retention",
            metavar="DAYS",
            min=0,
            help="Expire snapshots that were superseded so long ago, with the files that only they have. Default: 7.",
            show_default=False,
        ),
    ] = None,
    orphans: Annotated[
        float | None,
        typer.Option(
            "--orphans",
            metavar="DAYS",
            min=0,
            help="Delete files of killed runs when they are so old; no run may last longer. Default: 7.",
            show_default=False,
        ),
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Merge small files, expire old snapshots, delete files that nothing needs, and check the warehouse.

    Meant for now and then, or cron. Runs may go on meanwhile, and readers keep what they opened for as long as the retention.
    """
    from flows.settings import load_settings
    from warehouse.maintain import maintain as do
    from warehouse.maintain import planned

    settings = load_settings(warehouse=warehouse, retention_days=retention, orphan_days=orphans)
    kept, age = timedelta(days=settings.retention_days), timedelta(days=settings.orphan_days)
    console = output()
    if dry_run:
        for line in _lines(planned(settings.warehouse, retention=kept, orphan_age=age)):
            console.print(f"would: {line}", soft_wrap=True)
        console.print("Nothing was written.")
        return
    done = do(settings.warehouse, retention=kept, orphan_age=age)
    for line in _lines(done):
        console.print(line, soft_wrap=True)
    for check in done.failed:
        console.print(f"FAILED  {check.name}: {check.found:,} found. {one_line(check.detail)}", style="bold red", soft_wrap=True)
    if done.failed:
        console.print("Maintenance changes no row: the damage was there before. `newsmill verify` names all of it.", soft_wrap=True)
        raise typer.Exit(1)
    console.print("all checks passed")


def _lines(done: "Maintained") -> "Iterator[str]":
    if done.did_nothing:
        yield "nothing to merge, expire or delete"
    if done.merged:
        files = sum(len(one.files) for one in done.merged)
        yield f"merge {files:,} small files ({_size(sum(one.byte_count for one in done.merged))}) into {len(done.merged):,}"
    if done.snapshots_expired:
        first, last = done.snapshots_expired[0], done.snapshots_expired[-1]
        yield f"expire {len(done.snapshots_expired):,} snapshots, {first} to {last}"
    if done.files_deleted:
        yield f"delete {done.files_deleted:,} files that no snapshot has any more ({_size(done.bytes_deleted)})"
    if done.orphans_deleted:
        yield f"delete {done.orphans_deleted:,} files of killed runs ({_size(done.orphan_bytes)})"


def _size(byte_count: int) -> str:
    return f"{byte_count / 1e6:,.1f} MB" if byte_count >= 100_000 else f"{byte_count / 1e3:,.1f} kB"
