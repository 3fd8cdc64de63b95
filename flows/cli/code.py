"""`newsmill code`: codes a text at once, without a warehouse - what a person who writes a rule of the lexicon needs.

The text goes through the very functions that a run uses, so what is seen here is what a run would store.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.app import ActorsOption, LexiconOption, ModelOption, app
from flows.cli.diff import compare, read_inputs, read_warehouse
from flows.cli.marked import print_entities, print_events, print_text
from flows.cli.terminal import one_line, output
from transforms.document import CodedDocument, Document, RawRecord, Rejected
from warehouse.schema.errors import UsageError

if TYPE_CHECKING:
    from transforms.events import Trace
    from transforms.lexicon import Lexicon

STDIN = "<stdin>"


@app.command()
def code(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What to code. Default: what comes on stdin.", show_default=False)
    ] = None,
    published: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="Day of publication, that 'yesterday' counts from.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write everything that was found as one JSON object.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why: the tree, the rule and the parties of each event, and what gave none.")
    ] = False,
    lexicon: LexiconOption = None,
    diff: Annotated[
        Path | None,
        typer.Option(
            "--diff", metavar="DIR", help="List what differs from coding by the rules in this folder.", show_default=False
        ),
    ] = None,
    inputs: Annotated[
        list[Path] | None,
        typer.Option(
            "--input", metavar="PATH", help="With --diff: files, folders or globs, as `run` reads them.", show_default=False
        ),
    ] = None,
    warehouse: Annotated[
        Path | None,
        typer.Option("--warehouse", "-w", metavar="DIR", help="With --diff: the documents of a warehouse.", show_default=False),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option("--sample", metavar="N", min=1, help="With --warehouse: only so many documents.", show_default=False),
    ] = None,
    model: ModelOption = None,
    actors: ActorsOption = None,
) -> None:
    """Code a sentence or a whole text at once: its sentences, entities and events, with the rule behind each event.

    With --explain it says why, with --diff what another lexicon makes of the same texts.

    Example: `newsmill code --date 2024-03-19 "France condemned the attack on Odesa yesterday."`
    """
    from flows.cli.actors import checked_actors
    from flows.own_lexicon import coder_with, read_own_lexicon
    from flows.settings import load_settings
    from transforms.events.trace import Trace
    from transforms.lexicon import read_lexicon

    several = {"--input": bool(inputs), "--warehouse": warehouse is not None, "--sample": sample is not None}
    _check_options(text, [name for name, given in several.items() if given], diff=diff is not None, explain=explain)
    settings = load_settings(model=model, actors=actors or None, lexicon=lexicon)
    own_names = checked_actors(settings)
    own_lexicon = read_own_lexicon(settings.lexicon)
    old_lexicon = read_lexicon(diff) if diff else None
    documents: Iterator[Document | None]
    total: int | None
    if inputs:
        total, documents = None, read_inputs(inputs, settings.reading, settings.language)
    elif warehouse is not None:
        total, documents = read_warehouse(warehouse, sample)
    else:
        total, documents = 1, iter([_cleaned(text, _day(published), settings.language)])
    coder = coder_with(settings.model, own_names, own_lexicon, settings.language)
    if old_lexicon is not None:
        console = None if as_json else output()
        tally, rows = compare(coder, old_lexicon, documents, total, console)
        if console is None:
            print_json(tally.as_plain() | {"differences": rows})
        else:
            tally.print(console)
        return
    [document] = documents
    assert document is not None
    trace = Trace() if explain else None
    try:
        coded = coder.code(document, trace)
    except Rejected as rejected:
        raise UsageError(f"{rejected.message}. Nothing was coded.") from rejected
    if trace is not None:
        _explain(trace, coder.lexicon, as_json=as_json)
    elif as_json:
        print_json(as_plain(coded))
    else:
        _print(coded)


def _check_options(text: str | None, several: Sequence[str], *, diff: bool, explain: bool) -> None:
    """Raise UsageError for options that say nothing together."""
    if several and not diff:
        raise UsageError(f"{several[0]} goes with --diff DIR, which compares two lexicons. To build a warehouse: newsmill run.")
    if diff and explain:
        raise UsageError("--diff compares and --explain explains: leave one out.")
    sources = [name for name in several if name != "--sample"] + (["TEXT"] if text is not None else [])
    if len(sources) > 1:
        raise UsageError(f"{sources[0]} and {sources[1]} both say what to code: leave one out.")
    if "--sample" in several and "--warehouse" not in several:
        raise UsageError("--sample takes some of the documents of a warehouse: add --warehouse DIR, or leave it out.")


def _cleaned(text: str | None, published: str | None, language: str) -> Document:
    """The document of a text, or of what comes on stdin; it is taken to be in `language`, for somebody wants it coded."""
    from transforms.clean import clean

    if text is None and sys.stdin.isatty():
        typer.echo("Type or paste the text, then Ctrl-D on a line of its own.", err=True)
    body = text if text is not None else sys.stdin.buffer.read()
    try:
        return clean(RawRecord(STDIN, 0, 0, "0", body, published=published, language=language))
    except Rejected as rejected:
        if rejected.reason in ("empty", "no_text"):
            raise UsageError("There is no text. Nothing was coded; give the text in quotes, or on stdin.") from rejected
        raise UsageError(f"{rejected.message}. Nothing was coded.") from rejected


def as_plain(coded: CodedDocument) -> dict[str, Any]:
    """`coded` as JSON can hold it: the rows of every table, each with the words that its offsets stand for."""
    from transforms.tables import quad_class_and_score  # polars, which only --json needs

    text = coded.document.text
    plain = asdict(coded)
    for table in ("paragraphs", "sentences", "mentions", "affiliations"):
        plain[table] = [_with_text(row, text) for row in plain[table]]
    for event in plain["events"]:
        event["quad_class"], event["score"] = quad_class_and_score(event["event_type"], event["modes"])
        event["trigger_text"] = text[event["trigger_start"] : event["trigger_end"]]
        for part in ("participants", "casualties"):
            event[part] = [_with_text(row, text) for row in event[part]]
    return {name: _iso(value) for name, value in plain.items()}


def _with_text(row: dict[str, Any], text: str) -> dict[str, Any]:
    return row | {"text": text[row["start_char"] : row["end_char"]]}


def _iso(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case dict():
            return {key: _iso(item) for key, item in value.items()}
        case list() | tuple():
            return [_iso(item) for item in value]
        case _:
            return value


def _day(written: str | None) -> str | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise UsageError(f"{written!r} is no day: --date takes YYYY-MM-DD, such as 2024-03-19.") from error


def _explain(trace: "Trace", lexicon: "Lexicon", *, as_json: bool) -> None:
    from flows.cli import explained
    from transforms.events.explain import explain

    reasons = explain(trace, lexicon)
    if as_json:
        print_json([explained.as_plain(one) for one in reasons])
        return
    console = output()
    for one in reasons:
        explained.print_explanation(console, one)


def print_json(value: Any) -> None:
    """Write `value` to stdout; on a terminal in ASCII, which no character of a text can act on."""
    json.dump(value, sys.stdout, ensure_ascii=sys.stdout.isatty(), indent=2)
    sys.stdout.write("\n")


def _print(coded: CodedDocument) -> None:
    console = output()
    text = coded.document.text
    for sentence in coded.sentences:
        words = one_line(text[sentence.start_char : sentence.end_char])
        console.print(f"sentence {sentence.sentence_index}: {words}", style="dim", soft_wrap=True)
    console.print()
    print_text(console, coded)
    print_entities(console, coded)
    print_events(console, coded)
