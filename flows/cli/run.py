"""`newsmill run`: the flow from the command line, with a progress bar and a closing summary.

Everything that takes long to import is imported while the Prefect server starts, so that neither waits for the other.
"""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import ActorsOption, LexiconOption, ModelOption, WarehouseOption, app
from warehouse.schema.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from flows.progress import Progress
    from flows.summary import Summary

SHOWN_FAILURES = 10
LINE_SECONDS = 10.0
"""How often a line of progress is written where there is no terminal."""


class Stage(Enum):
    """What --stop-after takes: `transforms.pipeline.STOPS`, without the time that its import takes."""

    SEGMENT = "segment"
    ENTITIES = "entities"


@app.command()
def run(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Files, folders, globs, s3://BUCKET/PREFIX, or - for standard input."),
    ],
    warehouse: WarehouseOption = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=0, help="Worker processes. Default: one a core.", show_default=False)
    ] = None,
    model: ModelOption = None,
    recode: Annotated[bool, typer.Option("--recode", help="Code the inputs' documents anew, also known ones.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the rows of files beneath INPUT that are gone.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Let --prune remove more than a fifth of the documents.")] = False,
    aliases: Annotated[
        Path | None,
        typer.Option(
            "--aliases",
            metavar="FILE",
            help="CSV (seed_id, canonical_id): entities that marts show as another.",
            show_default=False,
        ),
    ] = None,
    actors: ActorsOption = None,
    stop_after: Annotated[
        Stage | None,
        typer.Option(
            "--stop-after",
            help="Make documents, paragraphs and sentences only (no model is loaded), or mentions and affiliations too.",
            show_default=False,
        ),
    ] = None,
    input_format: Annotated[
        str | None,
        typer.Option(
            "--input-format",
            metavar="FORMAT",
            help="What - holds: txt, md, html, jsonl, json, csv, tsv or parquet. Default: guessed.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan, the fields found and the first document; write nothing.")
    ] = False,
    lexicon: LexiconOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what went wrong.")] = False,
    batch_documents: Annotated[
        int | None,
        typer.Option("--batch-documents", metavar="N", help="At most so many documents in a batch.", show_default=False),
    ] = None,
    commit_seconds: Annotated[
        float | None,
        typer.Option("--commit-seconds", metavar="S", help="Time between commits: what a kill can cost.", show_default=False),
    ] = None,
) -> None:
    """Build the warehouse, or bring it up to date: read INPUT, code who did what to whom, publish tables for DuckDB.

    A second run reads only what is new or changed. Exit code 0: done; 1: something failed, everything else is committed; 2: wrong
    usage or settings; 75: another run held the warehouse too long, try again later; 130 or 143: interrupted by Ctrl-C or SIGTERM.
    """
    from flows.cli.actors import checked_actors
    from flows.cli.terminal import messages, output
    from flows.interrupts import stoppable
    from flows.local_server import local_server
    from flows.own_lexicon import read_own_lexicon
    from flows.settings import load_settings

    if yes and not prune:
        raise UsageError("--yes lets --prune remove much, and does nothing without it: add --prune, or leave --yes out.")
    settings = load_settings(
        warehouse=warehouse,
        workers=workers,
        model=model,
        batch_documents=batch_documents,
        commit_seconds=commit_seconds,
        actors=actors or None,
        lexicon=lexicon,
    )
    own_names = checked_actors(settings)
    own_lexicon = read_own_lexicon(settings.lexicon)
    stage = stop_after.value if stop_after else None
    if dry_run:
        from flows.cli.plan import print_dry_run
        from flows.dry_run import dry_run as plan_only

        print_dry_run(
            plan_only(
                list(inputs),
                settings,
                own_names,
                own_lexicon,
                stop_after=stage,
                input_format=input_format,
                recode=recode,
                prune=prune,
                yes=yes,
            ),
            output(),
        )
        return
    failed = None
    with ExitStack() as until_told:  # the server's end is not waited for before the summary is printed
        until_told.enter_context(stoppable())
        with _shown(quiet=quiet) as watcher:
            until_told.enter_context(local_server())
            from flows.build import build_warehouse
            from flows.progress import watched_by
            from flows.summary import RunFailed

            with watched_by(watcher):
                try:
                    summary = build_warehouse(
                        inputs=list(inputs),
                        warehouse=str(settings.warehouse),
                        workers=settings.workers,
                        model=settings.model,
                        recode=recode,
                        prune=prune,
                        yes=yes,
                        batch_documents=settings.batch_documents,
                        batch_bytes=settings.batch_bytes,
                        commit_seconds=settings.commit_seconds,
                        retries=settings.retries,
                        aliases=str(aliases) if aliases is not None else None,
                        actors=[str(path) for path in settings.actors],
                        stop_after=stage,
                        input_format=input_format,
                        lexicon=str(settings.lexicon) if settings.lexicon is not None else None,
                    )
                except RunFailed as error:
                    failed, summary = error, error.summary
        if quiet:
            print_troubles(summary, messages())
        else:
            print_summary(summary, output())
        if failed is not None:
            raise failed


def print_summary(summary: "Summary", console: "Console") -> None:
    """Print what a run did, where the warehouse is and what to type next."""
    from rich.table import Table

    print_troubles(summary, console)
    if summary.did_nothing:
        what = f"{summary.unchanged:,} inputs are unchanged" if summary.unchanged else "no input was found"
        console.print(f"Nothing to do: {what}. {summary.total_documents:,} documents in {summary.warehouse}", soft_wrap=True)
    else:
        table = Table.grid(padding=(0, 2))
        for label, value in _lines(summary):
            table.add_row(label, value)
        console.print(table)
    if summary.older_documents and not summary.replaced:
        console.print(
            f"{summary.older_documents:,} documents were coded by another version of the code, lexicon, model or --actors, or "
            "another --stop-after; --recode codes them anew.",
            soft_wrap=True,
        )
    if not summary.did_nothing:
        path = summary.warehouse / "newsmill.duckdb"
        console.print(f"Warehouse: {path}", soft_wrap=True)
        option = "" if summary.warehouse == Path("data").resolve() else f" --warehouse {shlex.quote(str(summary.warehouse))}"
        sql = "SELECT event_type, count(*) AS events FROM events GROUP BY ALL ORDER BY events DESC"
        console.print(f'Next: newsmill query "{sql}"{option}', soft_wrap=True)


def print_troubles(summary: "Summary", console: "Console") -> None:
    """Print what went wrong in a run; nothing when nothing did."""
    from flows.cli.terminal import one_line

    for reason, count in sorted(summary.rejects.items()):
        console.print(f"{count:,} rejected as {reason}", style="bold")
        for message in summary.reject_messages[reason]:
            console.print(f"  {one_line(message)}", soft_wrap=True)
        if count > len(summary.reject_messages[reason]):
            console.print(f"  and {count - len(summary.reject_messages[reason]):,} more: see the table rejects")
    for uri, reason in list(summary.failures.items())[:SHOWN_FAILURES]:
        console.print(f"failed: {one_line(uri)}: {one_line(reason)}", style="bold red", soft_wrap=True)
    if len(summary.failures) > SHOWN_FAILURES:
        console.print(f"and {len(summary.failures) - SHOWN_FAILURES:,} more inputs failed", style="bold red")
    if summary.unpruned:
        console.print(f"--prune removed none of the {summary.unpruned:,} inputs that are gone, because inputs failed", style="bold")
    for warning in summary.warnings:
        console.print(f"warning: {one_line(warning)}", style="bold yellow", soft_wrap=True)
    if summary.languages:
        ranked = sorted(summary.languages.items(), key=lambda one: (-one[1], one[0]))
        named = ", ".join(f"{language} {count:,}" for language, count in ranked)
        console.print(f"{summary.languages.total():,} documents in other languages: {named} (no events)", soft_wrap=True)
    if summary.undated:
        console.print(f"{summary.undated:,} documents have a date that cannot be read: they are undated", style="bold")


def _lines(summary: "Summary") -> Iterator[tuple[str, str]]:
    inputs = f"{summary.inputs:,} read"
    inputs += f", {summary.unchanged:,} unchanged" if summary.unchanged else ""
    inputs += f", {summary.removed_inputs:,} removed" if summary.removed_inputs else ""
    yield "Inputs", inputs
    parts = {
        "new": summary.documents - summary.replaced,
        "coded anew": summary.replaced,
        "known": summary.known,
        "removed": summary.removed,
    }
    named = ", ".join(f"{count:,} {what}" for what, count in parts.items() if count or what == "new")
    yield "Documents", f"{named}; {summary.total_documents:,} in the warehouse"
    yield "Sentences", f"{summary.sentences:,}"
    yield "Mentions", f"{summary.mentions:,}"
    ranked = sorted(summary.event_types.items(), key=lambda one: (-one[1], one[0]))
    top = ", ".join(f"{kind} {count:,}" for kind, count in ranked[:6])
    yield "Events", f"{summary.events:,}" + (f" ({top}{', …' if len(summary.event_types) > 6 else ''})" if top else "")
    if summary.aliases is not None:
        yield "Aliases", f"{summary.aliases:,} entities shown as another"
    if summary.rejects:
        yield "Rejects", f"{summary.rejects.total():,}"
    if summary.failures:
        yield "Failed", f"{len(summary.failures):,} inputs, tried again by the next run"
    rate = f", {summary.words_per_second:,.0f} words/s" if summary.words else ""
    yield "Time", f"{summary.seconds:,.1f} s{rate}"


@contextmanager
def _shown(*, quiet: bool) -> Iterator[Callable[["Progress"], None]]:
    """Give the function that shows progress: a bar on a terminal, a line now and then elsewhere, nothing when quiet."""
    if quiet:
        yield lambda progress: None
    elif not sys.stderr.isatty():
        yield _Lines()
    else:
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

        from flows.cli.terminal import messages

        columns = (BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TextColumn("{task.description}"))
        with Bar(*columns, console=messages(), transient=True) as bar:
            task = bar.add_task("starting", total=None)

            def show(progress: "Progress") -> None:
                total, done = progress.bytes_total, progress.bytes_done
                bar.update(task, total=total, completed=done, description=progress_line(progress))

            yield show


class _Lines:
    def __init__(self) -> None:
        self.written = 0.0

    def __call__(self, progress: "Progress") -> None:
        if progress.seconds - self.written >= LINE_SECONDS:
            self.written = progress.seconds
            typer.echo(progress_line(progress), err=True)


def progress_line(progress: "Progress") -> str:
    """Documents, words a second and the time left, if what is left takes as long as what is done."""
    rate = progress.words / progress.seconds if progress.seconds else 0.0
    return f"{progress.documents:,} documents, {rate:,.0f} words/s{_left(progress)}"


def _left(progress: "Progress") -> str:
    if not progress.bytes_done or progress.bytes_done >= progress.bytes_total:
        return ""
    seconds = round(progress.seconds / progress.bytes_done * (progress.bytes_total - progress.bytes_done))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f", {hours}:{minutes:02}:{seconds:02} left" if hours else f", {minutes}:{seconds:02} left"
