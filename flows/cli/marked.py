"""Prints a coded document for a person: the text with its mentions and triggers marked, its entities, its events.

On a terminal the marks are colours, which may overlap; without colour they are brackets, [a mention] and <a trigger>. A trigger
carries the number of its event in the list below the text in both.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from rich.console import Console
from rich.text import Text

from flows.cli.terminal import isolated, one_line, visible
from transforms.document import CodedDocument, Event, Mention, Participant

_STYLES: Final = {
    "PERSON": "cyan",
    "ORG": "magenta",
    "GPE": "green",
    "NORP": "green",
    "LOC": "green",
    "FAC": "green",
    "DATE": "yellow",
    "TIME": "yellow",
}
_OTHER_STYLE: Final = "blue"
_TRIGGER_STYLE: Final = "bold reverse"
_NUMBER_STYLE: Final = "bold red"


def print_text(console: Console, coded: CodedDocument) -> None:
    """The text with its mentions and triggers marked."""
    text = visible(coded.document.text)
    coloured = console.is_terminal and console.color_system is not None
    marked = Text()
    if coloured:
        marked.append(text)
        for mention in coded.mentions:
            marked.stylize(_STYLES.get(mention.entity_type, _OTHER_STYLE), mention.start_char, mention.end_char)
        for event in coded.events:
            marked.stylize(_TRIGGER_STYLE, event.trigger_start, event.trigger_end)
    else:
        marked.append(text)
    console.print(_with_insertions(marked, _insertions(coded, brackets=not coloured)), soft_wrap=not console.is_terminal)
    if coloured and coded.mentions:
        console.print(_legend(coded.mentions))


def print_entities(console: Console, coded: CodedDocument) -> None:
    """Every entity that the mentions name, the most frequent first, with the names that it bears in the text."""
    counts: Counter[str] = Counter(mention.entity_id for mention in coded.mentions if mention.entity_id)
    if not counts:
        return
    _heading(console, "Entities")
    for entity_id, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        mentions = [mention for mention in coded.mentions if mention.entity_id == entity_id]
        names = dict.fromkeys(_quote(coded, m.start_char, m.end_char) for m in mentions if m.mention_kind != "pronoun")
        known = _known(entity_id, _first(m.country for m in mentions), _first(m.sector for m in mentions))[1:]
        line = Text("  ").append(one_line(entity_id), _STYLES.get(mentions[0].entity_type, _OTHER_STYLE)).append(f"  {count}x")
        if known:
            line.append(f"  {' '.join(known)}")
        console.print(line.append(f"  {', '.join(names)}", "dim"), soft_wrap=not console.is_terminal)


def print_events(console: Console, coded: CodedDocument) -> None:
    """The events, in the order of the text: what, who to whom, when, where, and the rule that found it."""
    _heading(console, "Events")
    if not coded.events:
        console.print("  none: no rule of the lexicon matched")
    for number, event in enumerate(_in_order(coded.events), 1):
        head = Text().append(f"{number:>3} ", _NUMBER_STYLE).append(event.event_type, "bold")
        if event.modes:
            head.append(f" {', '.join(event.modes)}", "bold")
        if flags := _flags(event):
            head.append(f" ({', '.join(flags)})", "red")
        head.append("  ").append(sides(coded, event))
        console.print(head, soft_wrap=not console.is_terminal)
        for line in _details(coded, event):
            console.print(Text(f"    {line}"), soft_wrap=not console.is_terminal)


def _in_order(events: Sequence[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.trigger_start, event.trigger_end, event.event_id))


def _insertions(coded: CodedDocument, *, brackets: bool) -> list[tuple[int, int, str]]:
    """(offset, order at the offset, what to insert there); ends before starts, outer spans around inner ones."""
    insertions: list[tuple[int, int, str]] = []
    spans = [(m.start_char, m.end_char, "[", "]") for m in coded.mentions] if brackets else []
    numbers: dict[tuple[int, int], list[int]] = {}
    for number, event in enumerate(_in_order(coded.events), 1):
        numbers.setdefault((event.trigger_start, event.trigger_end), []).append(number)
    for (start, end), at in numbers.items():
        label = ",".join(map(str, at))
        spans.append((start, end, "<" if brackets else "", f" {label}>" if brackets else f" {label}"))
    for start, end, opening, closing in spans:
        insertions.append((start, 1_000_000 - (end - start), opening))
        insertions.append((end, end - start - 1_000_000, closing))
    return sorted(insertions)


def _with_insertions(text: Text, insertions: Sequence[tuple[int, int, str]]) -> Text:
    marked = Text()
    at = 0
    for offset, _, inserted in insertions:
        marked.append_text(text[at:offset]) if offset > at else marked
        at = max(at, offset)
        marked.append(inserted, _NUMBER_STYLE)
    return marked.append_text(text[at:]) if at < len(text) else marked


def _legend(mentions: Iterable[Mention]) -> Text:
    legend = Text("\n")
    for entity_type in dict.fromkeys(mention.entity_type for mention in mentions):
        legend.append(entity_type, _STYLES.get(entity_type, _OTHER_STYLE)).append("  ")
    return legend.append("trigger", _TRIGGER_STYLE).append(" 1", _NUMBER_STYLE).append(" its event below")


def _heading(console: Console, title: str) -> None:
    console.print(Text(f"\n{title}", "bold"))


def _quote(coded: CodedDocument, start: int, end: int) -> str:
    return isolated(one_line(coded.document.text[start:end]))


def _flags(event: Event) -> list[str]:
    flags = ("negated", "future", "hypothetical", "historical")
    return [flag for flag in flags if getattr(event, flag)]


def sides(coded: CodedDocument, event: Event) -> Text:
    """Who does it to whom."""
    actors = [_party(coded, p) for p in event.participants if p.role == "actor"]
    recipients = [_party(coded, p) for p in event.participants if p.role == "recipient"]
    both = Text(", ".join(actors) or "(nobody named)")
    return both.append(" -> ").append(", ".join(recipients)) if recipients else both


def _party(coded: CodedDocument, participant: Participant) -> str:
    words = _quote(coded, participant.start_char, participant.end_char)
    known = " ".join(_known(participant.entity_id, participant.country, participant.sector))
    return f'{one_line(known)} "{words}"' if known else f'"{words}"'


def _known(entity_id: str | None, country: str | None, sector: str | None) -> list[str]:
    """What is known of a party; the country is left out where the entity_id says it."""
    return [value for value in (entity_id, country if entity_id != f"country:{country}" else None, sector) if value]


def _details(coded: CodedDocument, event: Event) -> list[str]:
    trigger = f'"{_quote(coded, event.trigger_start, event.trigger_end)}"'
    parts = [trigger, f"rule {event.rule_id}", f"confidence {event.confidence:.2f}"]
    lines = [" · ".join(parts)]
    where_when = []
    if event.event_start:
        where_when.append(f"{_days(event.event_start, event.event_end)} ({event.date_precision}, from {event.date_basis})")
    if event.place or event.place_country:
        where_when.append(f"in {event.place or event.place_country}")
    if event.contexts:
        where_when.append(f"about {', '.join(event.contexts)}")
    if event.attributed_start is not None and event.attributed_end is not None:
        who = event.attributed_to or _quote(coded, event.attributed_start, event.attributed_end)
        where_when.append(f"according to {one_line(who)}")
    for casualty in event.casualties:
        low, high = casualty.count_min, casualty.count_max
        count = f"{low}" if low == high else f"{'' if low is None else low}-{'' if high is None else high}"
        where_when.append(f"{casualty.kind}: {count}")
    if where_when:
        lines.append(" · ".join(where_when))
    return lines


def _days(start: date, end: date | None) -> str:
    return start.isoformat() if end in (None, start) else f"{start.isoformat()} to {end.isoformat()}"


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
