"""What `newsmill run --dry-run` prints: the plan of a run."""

import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.cli.terminal import one_line, visible

if TYPE_CHECKING:
    from rich.console import Console

    from flows.dry_run import DryRun

SHOWN_CHARACTERS = 600
SHOWN_REJECTS = 10


def print_dry_run(dry: "DryRun", console: "Console") -> None:
    """Print what would be read, how it is understood and how long it may take. What texts hold cannot act on the terminal."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for label, value in _lines(dry):
        table.add_row(label, value)
    console.print(table)
    for report in dry.fields:
        console.print(f"\nFields of {one_line(report.source_uri)} (the first {report.format})", soft_wrap=True)
        fields = Table.grid(padding=(0, 2))
        for target, name in report.found.items():
            fields.add_row(f"  {target}", one_line(name))
        console.print(fields)
        others = [name for name in report.names if name not in report.found.values()]
        if others:
            console.print(f"  not used: {one_line(', '.join(others))[:SHOWN_CHARACTERS]}", soft_wrap=True)
        for warning in report.warnings():
            console.print(f"  {one_line(warning)}", style="bold", soft_wrap=True)
    _print_first(dry, console)
    console.print("\nNothing was written. Without --dry-run this is done.", soft_wrap=True)


def _lines(dry: "DryRun") -> Iterator[tuple[str, str]]:
    plan = dry.plan
    by_format: Counter[str] = Counter()
    bytes_of: Counter[str] = Counter()
    for planned in plan.inputs:
        one = planned.input
        name = one.format + (f".{one.compression}" if one.compression else "")
        by_format[name] += 1
        bytes_of[name] += one.byte_count
    read = ", ".join(f"{count:,} {name} ({_size(bytes_of[name])})" for name, count in sorted(by_format.items()))
    yield "To read", read or "nothing"
    standings = Counter(planned.standing.value for planned in plan.inputs)
    if standings:
        yield "Of these", ", ".join(f"{count:,} {_STANDINGS[standing]}" for standing, count in sorted(standings.items()))
    yield "Unchanged", f"{plan.unchanged:,}"
    for reject in plan.rejects[:SHOWN_REJECTS]:
        yield "Rejected", f"{reject.reason}: {one_line(reject.message)}"
    if len(plan.rejects) > SHOWN_REJECTS:
        yield "", f"and {len(plan.rejects) - SHOWN_REJECTS:,} more"
    if plan.removal.source_uris:
        yield "To remove", f"{len(plan.removal.source_uris):,} inputs that are gone"
    if plan.removal.refusal:
        yield "To remove", one_line(plan.removal.refusal)
    yield "Batches", f"{len(plan.batches):,}"
    if dry.speed:
        yield "Time", f"about {_duration(dry.seconds)} for some {dry.words:,} words ({dry.speed:,.0f} words/s, {dry.basis})"


_STANDINGS = {"new": "new", "changed": "changed", "same": "read before, to be read again"}


def _print_first(dry: "DryRun", console: "Console") -> None:
    from transforms.document import Document

    if isinstance(dry.first, Document):
        document = dry.first
        said = (
            ("title", document.title),
            ("published", document.published_at or document.published_date),
            ("publisher", document.publisher),
            ("language", document.language),
        )
        console.print("\nThe first document")
        for label, value in said:
            console.print(f"  {label}: {one_line(str(value)) if value is not None else 'none'}", soft_wrap=True)
        shown = visible(document.text[:SHOWN_CHARACTERS]) + (" …" if len(document.text) > SHOWN_CHARACTERS else "")
        console.print(textwrap.indent(shown, "  | ", lambda _: True), soft_wrap=True)
    elif dry.first is not None:
        console.print(f"\nThe first record would be rejected as {dry.first.reason}: {one_line(dry.first.message)}", soft_wrap=True)


def _size(byte_count: int) -> str:
    size = float(byte_count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:,.0f} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60):,} min" if seconds < 5400 else f"{seconds / 3600:,.1f} h"
