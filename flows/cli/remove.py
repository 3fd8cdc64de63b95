"""`newsmill remove`: a takedown, which leaves the tables at once and which no later run undoes."""

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import WarehouseOption, app
from flows.cli.terminal import one_line, output
from warehouse.schema.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from warehouse.remove import Takedown

_SHOWN = 10


@app.command()
def remove(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE...", help="Inputs (paths, folders, globs, s3:// URIs) or URLs of articles.", show_default=False
        ),
    ] = None,
    documents: Annotated[
        list[str] | None,
        typer.Option(
            "--document", metavar="ID", help="A document, by its document_id, whatever inputs it stands in.", show_default=False
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Without, it is only told what would go.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Forget the removal of SOURCE, so that a run may load it again.")] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """Take down texts: their rows leave all tables and marts at once, and no later run loads them again.

    Of an input, its records go, and the documents that stand in no other input; of a URL or a document, all its sources. Files that
    hold the rows are deleted by `newsmill maintain`, after the retention.

    Example: `newsmill remove https://example.org/an-article --yes`
    """
    from flows.settings import load_settings
    from warehouse.remove import allow_again, plan_takedown, take_down

    if not sources and not documents:
        raise UsageError("Name what is to go: inputs, URLs of articles, or --document ID.")
    folder = load_settings(warehouse=warehouse).warehouse
    console = output()
    if undo:
        for value in allow_again(folder, [*(sources or ()), *(documents or ())]):
            console.print(f"forgotten: the removal of {one_line(value)}", soft_wrap=True)
        console.print("`newsmill run INPUT... --recode` loads it again.")
        return
    if not yes:
        _tell(console, plan_takedown(folder, sources or (), documents or ()), "would remove")
        console.print("Nothing was removed. If it is meant, add --yes.")
        raise typer.Exit(1)
    done = take_down(folder, sources or (), documents or ())
    _tell(console, done, "removed")
    console.print(
        "It is gone from all tables and marts, and no run loads it again. Earlier snapshots still have its files: "
        "`newsmill maintain` deletes them after the retention, `newsmill maintain --retention 0` at once.",
        soft_wrap=True,
    )


def _tell(console: "Console", takedown: "Takedown", what: str) -> None:
    for kind, value in takedown.targets[:_SHOWN]:
        console.print(f"{what}: {kind} {one_line(value)}", soft_wrap=True)
    if len(takedown.targets) > _SHOWN:
        console.print(f"and {len(takedown.targets) - _SHOWN:,} more")
    console.print(
        f"{len(takedown.documents):,} documents, {takedown.records:,} records of {len(takedown.source_uris):,} inputs, the bytes "
        f"of {takedown.rejects:,} rejects, {len(takedown.quarantined):,} files in quarantine",
        soft_wrap=True,
    )
    for export in takedown.exports:
        console.print(
            f"a copy may still have it: {one_line(export.path)} ({export.kind} of snapshot {export.snapshot_id}, {export.made_at})",
            style="bold",
            soft_wrap=True,
        )
