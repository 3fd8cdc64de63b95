"""`newsmill code --diff`: what another lexicon made of the same texts.

Each text is parsed once and coded by both lexicons. Events are printed as they are found to differ, then counted by rule.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.cli.explained import event_as_plain, headline
from flows.cli.marked import sides
from flows.cli.terminal import one_line
from warehouse.schema.errors import UsageError

if TYPE_CHECKING:
    from flows.fields import Reading
    from transforms.document import CodedDocument, Document, Event
    from transforms.events.changes import Changes
    from transforms.lexicon import Lexicon
    from transforms.pipeline import Coder

_SHOWN: Final = 200
"""So many events that differ are printed; all are counted, and --json has all."""
_LINE_SECONDS: Final = 10.0
_ALL: Final = 1 << 62
_COUNTED: Final = ("added", "lost", "changed", "rule_only")
_TITLES: Final = {"added": "added", "lost": "lost", "changed": "changed", "rule_only": "by another rule"}


@dataclass
class Tally:
    """What two lexicons made of many documents."""

    documents: int = 0
    skipped: int = 0
    before: int = 0
    after: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, old: "CodedDocument", new: "CodedDocument", changes: "Changes") -> None:
        """Count one document."""
        self.documents += 1
        self.before += len(old.events)
        self.after += len(new.events)
        for kind in _COUNTED:
            for one in getattr(changes, kind):
                self.counts[kind] += 1
                for rule_id in {one.rule_id} if kind in ("added", "lost") else {one.before.rule_id, one.after.rule_id}:
                    self.rules.setdefault(rule_id, Counter())[kind] += 1

    def as_plain(self) -> dict[str, Any]:
        """The counts as JSON can hold them."""
        rules = {rule_id: {kind: counts[kind] for kind in _COUNTED} for rule_id, counts in self._ranked()}
        counts = {kind: self.counts[kind] for kind in _COUNTED}
        return {"documents": self.documents, "skipped": self.skipped, "events": {"before": self.before, "after": self.after}} | {
            "counts": counts,
            "rules": rules,
        }

    def print(self, console: Console) -> None:
        """The counts, and those of each rule with a difference, the largest first."""
        skipped = f", {self.skipped:,} that are no text" if self.skipped else ""
        told = ", ".join(f"{self.counts[kind]:,} {_TITLES[kind]}" for kind in _COUNTED) if self.counts else "no difference"
        documents = f"{self.documents:,} document{'' if self.documents == 1 else 's'}{skipped}"
        console.print(f"{documents}; events: {self.before:,} before, {self.after:,} after; {told}", soft_wrap=True)
        if not self.rules:
            return
        table = Table(box=None, pad_edge=False)
        table.add_column("rule")
        for kind in _COUNTED:
            table.add_column(_TITLES[kind], justify="right")
        for rule_id, counts in self._ranked():
            table.add_row(rule_id, *(f"{counts[kind]:,}" for kind in _COUNTED))
        console.width = min(console.width, 100)
        console.print(table)

    def _ranked(self) -> list[tuple[str, Counter[str]]]:
        return sorted(self.rules.items(), key=lambda item: (-item[1].total(), item[0]))


def compare(
    coder: "Coder", old: "Lexicon", documents: "Iterator[Document | None]", total: int | None, console: Console | None
) -> tuple[Tally, list[dict[str, Any]]]:
    """Code the documents by `old` and by the coder's own lexicon; None stands for what is no text.

    Differences are printed on `console`; without one they are given back as JSON can hold them.
    """
    from transforms.events.changes import differences

    tally = Tally()
    rows: list[dict[str, Any]] = []
    shown = 0
    with _progress(total) as tell:
        for document in documents:
            both = _coded(coder, old, document) if document is not None else None
            if both is None:
                tally.skipped += 1
                continue
            before, after = both
            changes = differences(before.events, after.events)
            tally.add(before, after, changes)
            tell(tally.documents)
            if not changes:
                continue
            if console is None:
                rows += _rows(before, after, changes)
            elif shown < _SHOWN:
                shown += _print(console, before, after, changes)
    if console is not None and shown:
        more = sum(tally.counts.values()) - shown
        console.print(f"and {more:,} more; --json has all\n" if more > 0 else "", soft_wrap=True)
    return tally, rows


def _coded(coder: "Coder", old: "Lexicon", document: "Document") -> "tuple[CodedDocument, CodedDocument] | None":
    from transforms.document import Rejected

    try:
        before, after = coder.code_with(document, [old, coder.lexicon])
    except Rejected:
        return None
    return before, after


def read_inputs(paths: Sequence[Path], reading: "Reading", language: str) -> "Iterator[Document | None]":
    """The documents of files, folders and globs, as a run reads them; None for a record that is no text.

    Raises UsageError when a path is no input.
    """
    from flows.inputs import find_inputs
    from flows.records import read_records
    from transforms.clean import clean
    from transforms.document import RawRecord, Rejected

    found = find_inputs([str(path) for path in paths])
    if refusals := [root.refusal for root in found.roots if root.refusal]:
        raise UsageError(f"{'. '.join(refusals)}.")

    def documents() -> "Iterator[Document | None]":
        for one in found.inputs:
            for record in read_records(one, reading):
                try:
                    yield clean(record, default_language=language) if isinstance(record, RawRecord) else None
                except Rejected:
                    yield None

    return documents()


def read_warehouse(warehouse: Path, sample: int | None) -> "tuple[int, Iterator[Document]]":
    """The documents of a warehouse, or so many of them, always the same: how many, and each in turn."""
    from flows.cli.opened import opened
    from flows.cli.show import read_document

    with opened(warehouse) as connection:  # ids are hashes, so the first are as good as drawn by lot
        query = "SELECT document_id FROM documents ORDER BY document_id LIMIT ?"
        ids = [str(row[0]) for row in connection.execute(query, [sample or _ALL]).fetchall()]

    def documents() -> "Iterator[Document]":
        with opened(warehouse) as connection:
            for document_id in ids:
                yield read_document(connection, document_id)

    return len(ids), documents()


def _print(console: Console, before: "CodedDocument", after: "CodedDocument", changes: "Changes") -> int:
    """The differences of one document, sentence by sentence; how many were printed."""
    lines: list[tuple[int, str, Text]] = []
    for sign, style, coded, events in (("-", "red", before, changes.lost), ("+", "green", after, changes.added)):
        lines += [(event.trigger_start, sign, _line(sign, style, coded, event)) for event in events]
    for one in (*changes.changed, *changes.rule_only):
        lines.append((one.after.trigger_start, "~1", _line("~", "yellow", before, one.before)))
        lines.append(
            (one.after.trigger_start, "~2", _line("→", "yellow", after, one.after).append(f"  ({', '.join(one.what)})", "dim"))
        )
    document = after.document
    name = f"document {document.document_id}"
    console.print(f"{name}  {one_line(document.title)}" if document.title else name, style="dim", soft_wrap=True)
    at = None
    for start, _, line in sorted(lines, key=lambda item: item[:2]):
        sentence = next(one for one in after.sentences if one.start_char <= start < one.end_char)
        if sentence is not at:
            console.print(one_line(document.text[sentence.start_char : sentence.end_char]), soft_wrap=True)
            at = sentence
        console.print(line, soft_wrap=not console.is_terminal)
    return sum(len(getattr(changes, kind)) for kind in _COUNTED)


def _line(sign: str, style: str, coded: "CodedDocument", event: "Event") -> Text:
    trigger = one_line(coded.document.text[event.trigger_start : event.trigger_end])
    line = Text(f"  {sign} ", style).append(headline(event), style).append("  ").append(sides(coded, event))
    return line.append(f'  "{trigger}" · {event.rule_id}', "dim")


def _rows(before: "CodedDocument", after: "CodedDocument", changes: "Changes") -> Iterator[dict[str, Any]]:
    text = after.document.text

    def row(change: str, old: "Event | None", new: "Event | None", what: Sequence[str] = ()) -> dict[str, Any]:
        event = new or old
        assert event is not None
        sentence = next(one for one in after.sentences if one.sentence_index == event.sentence_index)
        return {
            "change": change,
            "what": list(what),
            "document_id": after.document.document_id,
            "sentence": text[sentence.start_char : sentence.end_char],
            "before": event_as_plain(old) if old else None,
            "after": event_as_plain(new) if new else None,
        }

    yield from (row("lost", event, None) for event in changes.lost)
    yield from (row("added", None, event) for event in changes.added)
    yield from (row("changed", one.before, one.after, one.what) for one in changes.changed)
    yield from (row("rule_only", one.before, one.after, one.what) for one in changes.rule_only)


@contextmanager
def _progress(total: int | None) -> Iterator[Callable[[int], None]]:
    """Give the function that tells how many documents are done: a bar on a terminal, a line now and then elsewhere."""
    if sys.stderr.isatty():
        from rich.progress import Progress

        from flows.cli.terminal import messages

        with Progress(console=messages(), transient=True) as bar:
            task = bar.add_task("documents", total=total)
            yield lambda done: bar.update(task, completed=done)
        return
    began = told = monotonic()

    def tell(done: int) -> None:
        nonlocal told
        if monotonic() - told >= _LINE_SECONDS:
            told = monotonic()
            of = f" of {total:,}" if total is not None else ""
            typer.echo(f"{done:,}{of} documents, {done / (told - began):,.1f} a second", err=True)

    yield tell
