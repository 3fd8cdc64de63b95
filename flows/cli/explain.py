"""`newsmill explain`: why an event of the warehouse is there.

The warehouse holds what was decided, not why; so the event's document is coded again by the code, lexicon and model of today, and
what was decided is taken down on the way. If today's differ from what made the row, the command says so.
"""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flows.cli import explained
from flows.cli.app import ActorsOption, LexiconOption, ModelOption, WarehouseOption, app
from flows.cli.code import print_json
from flows.cli.marked import sides
from flows.cli.opened import opened
from flows.cli.show import read_coded
from flows.cli.terminal import one_line, output
from warehouse.schema.errors import UsageError

if TYPE_CHECKING:
    import duckdb

    from transforms.document import CodedDocument, Event
    from transforms.events.explain import Explanation

_LISTED: Final = 10
_WHERE_TO_LOOK: Final = (
    "newsmill query 'SELECT event_id, event_type, rule_id, document_id FROM events' lists them, and so does "
    "`newsmill code --explain`."
)


@app.command()
def explain(
    event_id: Annotated[str, typer.Argument(metavar="EVENT_ID", help="An event_id, or its first 6 or more digits.")],
    warehouse: WarehouseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write everything as one JSON object.")] = False,
    model: ModelOption = None,
    actors: ActorsOption = None,
    lexicon: LexiconOption = None,
) -> None:
    """Say why an event is there: its sentence and tree, the rule, why each role was filled, and which rules lost.

    Its document is coded again; if the lexicon of today makes the event no longer, or another, you see what it makes there.

    Example: `newsmill explain 5a5c1f70a3e0f4c2`
    """
    from flows.cli.actors import checked_actors
    from flows.own_lexicon import coder_with, read_own_lexicon
    from flows.settings import load_settings
    from transforms.events import Trace
    from transforms.events.changes import what_differs
    from transforms.events.explain import explain as reasons_of

    settings = load_settings(model=model, actors=actors or None, lexicon=lexicon)
    own_names, own_lexicon = checked_actors(settings), read_own_lexicon(settings.lexicon)
    with opened(warehouse) as connection:
        event_id, document_id, fingerprint = _find(connection, event_id)
        stored = read_coded(connection, document_id)
    before = next(event for event in stored.events if event.event_id == event_id)
    coder = coder_with(settings.model, own_names, own_lexicon, stored.document.language or settings.language)
    trace = Trace()
    coder.code(stored.document, trace)
    sentence = next(one for one in reasons_of(trace, coder.lexicon) if _holds(one, before))
    shown = _at(sentence, before)
    after = next((one.event for one in shown.events if one.event.event_id == event_id), None)
    changed = what_differs(before, after) if after else ()
    if as_json:
        print_json(
            {
                "event_id": event_id,
                "document_id": document_id,
                "stored": explained.event_as_plain(before),
                "fingerprint": {"stored": fingerprint, "current": coder.fingerprint},
                "made": after is not None,
                "changed": changed,
                "explanation": explained.as_plain(shown),
            }
        )
        return
    console = output()
    console.print(f"event {event_id} of document {document_id}", style="dim", soft_wrap=True)
    for line in _news(stored, before, after, changed, (fingerprint, coder.fingerprint)):
        console.print(one_line(line), soft_wrap=True)
    console.print()
    explained.print_explanation(console, shown)


def _find(connection: "duckdb.DuckDBPyConnection", wanted: str) -> tuple[str, str, str]:
    """event_id, document_id and fingerprint; raises UsageError when nothing fits, or several events do."""
    if not re.fullmatch("[0-9a-fA-F]{6,16}", wanted):
        raise UsageError(f"{wanted!r} is no event_id, which has 16 hexadecimal digits. {_WHERE_TO_LOOK}")
    rows = connection.execute(
        "SELECT event_id, document_id, fingerprint, event_type FROM events "
        "WHERE starts_with(event_id, ?) ORDER BY event_id LIMIT ?",
        [wanted.lower(), _LISTED + 1],
    ).fetchall()
    if not rows:
        raise UsageError(f"No event is called {wanted!r}. {_WHERE_TO_LOOK}")
    if len(rows) > 1:
        listed = "\n".join(f"  {row[0]}  {row[3]}" for row in rows[:_LISTED])
        more = "\n  and more" if len(rows) > _LISTED else ""
        raise UsageError(f"{wanted!r} fits several events; give more digits:\n{listed}{more}")
    return rows[0][:3]


def _holds(sentence: "Explanation", event: "Event") -> bool:
    return sentence.start_char <= event.trigger_start < sentence.end_char


def _at(sentence: "Explanation", event: "Event") -> "Explanation":
    """The sentence with the event alone; where it is not made any more, with what stands at its trigger now."""
    own = tuple(one for one in sentence.events if one.event.event_id == event.event_id)
    at = tuple(
        one
        for one in sentence.events
        if one.event.trigger_start < event.trigger_end and event.trigger_start < one.event.trigger_end
    )
    return replace(sentence, events=own or at)


def _news(
    stored: "CodedDocument", before: "Event", after: "Event | None", changed: tuple[str, ...], fingerprints: tuple[str, str]
) -> list[str]:
    """What has changed since the row was made; nothing when nothing has."""
    lines = []
    if fingerprints[0] != fingerprints[1]:
        lines.append(
            f"coded by version {fingerprints[0]}; this is {fingerprints[1]}: code, lexicon, model or --actors differ. "
            "What follows is by this version."
        )
    if after is None or changed:
        trigger = stored.document.text[before.trigger_start : before.trigger_end]
        was = f'{explained.headline(before)}  {sides(stored, before)}  "{trigger}" · rule {before.rule_id}'
        lines.append(f"the warehouse has: {was}")
    if after is None:
        lines.append("This version makes it no longer; below is what it finds there.")
    elif changed:
        lines.append(f"This version tells it otherwise: {', '.join(changed)}.")
    return lines
