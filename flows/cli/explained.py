"""Prints why events are there: the sentence, its tree, the rule and the parties of each event, and what lost.

The tree is drawn as folders are: each word below the one that governs it, in the order of the text. Punctuation is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.text import Text

from flows.cli.terminal import isolated, one_line

if TYPE_CHECKING:
    from transforms.document import Event
    from transforms.events.explain import EventReason, Explanation, Node, RoleReason, RuleReason, TriggerReason

_SHOWN_RULES: Final = 3
"""So many rules are named that lost; --json has all."""
_FLAGS: Final = ("negated", "future", "hypothetical", "historical")


def as_plain(explanation: "Explanation") -> dict[str, Any]:
    """The explanation as JSON can hold it."""
    plain = asdict(explanation)
    for reason in plain["events"]:
        reason["event"] = _iso(reason["event"])
    return plain


def event_as_plain(event: "Event") -> dict[str, Any]:
    """The event as JSON can hold it."""
    return _iso(asdict(event))


def _iso(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}


def print_explanation(console: Console, explanation: "Explanation") -> None:
    """One sentence with everything that was decided in it."""
    wrap = not console.is_terminal

    def line(text: str | Text, style: str = "") -> None:
        console.print(text, style=style or None, soft_wrap=wrap)

    line(f"sentence {explanation.sentence_index}: {one_line(explanation.text)}", "bold")
    line("")
    for drawn in _tree(explanation):
        line(drawn)
    for number, reason in enumerate(_in_order(explanation), 1):
        line("")
        line(Text(f"{number:>3} ", "bold red").append(headline(reason.event), "bold"))
        for told in _event(reason):
            line(f"    {told}")
    if explanation.no_events:
        line("")
        line("No event from", "bold")
        for other in explanation.no_events:
            for told in _no_event(other):
                line(f"    {told}")
    line("")


def headline(event: "Event") -> str:
    """Type, modes and flags of an event."""
    flags = [flag for flag in _FLAGS if getattr(event, flag)]
    modes = f" {', '.join(event.modes)}" if event.modes else ""
    return f"{event.event_type}{modes}" + (f" ({', '.join(flags)})" if flags else "")


def _in_order(explanation: "Explanation") -> "list[EventReason]":
    return sorted(explanation.events, key=lambda reason: reason.index)


def _tree(explanation: "Explanation") -> Iterator[Text]:
    """The lines of the tree, drawn without recursion: a sentence may have a thousand nested clauses."""
    children: dict[int, list[Node]] = {}
    numbers = {reason.index: number for number, reason in enumerate(_in_order(explanation), 1)}
    waiting = {reason.index for reason in explanation.no_events}
    shown = [
        node
        for node in explanation.tree
        if node.relation != "punct" or any(n.head == node.index != n.index for n in explanation.tree)
    ]
    for node in shown:
        if node.head != node.index:
            children.setdefault(node.head, []).append(node)
    stack = [(node, "", "") for node in reversed(shown) if node.head == node.index]
    while stack:
        node, before, below = stack.pop()
        text = Text(before, "dim").append(isolated(one_line(node.word)), "bold" if node.index in numbers else "")
        text.append(f"  {node.relation} {node.tag}", "dim")
        if node.entity:
            text.append(f"  [{one_line(node.entity)}]", "cyan")
        if node.index in numbers:
            text.append(f"  <event {numbers[node.index]}>", "bold red")
        elif node.index in waiting:
            text.append("  <no event>", "dim red")
        yield text
        inner = children.get(node.index, [])
        for place, child in reversed(list(enumerate(inner, 1))):
            last = place == len(inner)
            stack.append((child, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  ")))


def _event(reason: "EventReason") -> Iterator[str]:
    event = reason.event
    if reason.note:
        yield reason.note
    yield f"event {event.event_id} · confidence {event.confidence:.2f}" if event.event_id else f"confidence {event.confidence:.2f}"
    yield f"rule {event.rule_id} ({reason.file}, line {reason.line}) matched {_quoted(reason.matched)}"
    for entry in reason.entry.splitlines():
        yield f"  | {one_line(entry)}"
    for role in reason.roles:
        yield from _role(role)
    for name in ("actor", "recipient"):
        if not any(role.role == name for role in reason.roles):
            yield f"{name:<9}  nobody"
    if reason.type_from:
        yield f"{'type':<9}  {reason.type_from}"
    yield (
        f"{'modes':<9}  {', '.join(event.modes)}, from {reason.modes_from}" if event.modes else f"{'modes':<9}  {reason.modes_from}"
    )
    for flag, words in reason.flags.items():
        unset = "" if getattr(event, flag) else ", told by the type"
        yield f"{flag:<9}  by {_quoted(words)}{unset}"
    if reason.others:
        yield "rules that matched and lost"
        yield from _rules(reason.others)


def _role(role: "RoleReason") -> Iterator[str]:
    known = [
        value
        for value in (role.entity_id, role.country if role.entity_id != f"country:{role.country}" else None, role.sector)
        if value
    ]
    yield f"{role.role:<9}  {' '.join([*map(one_line, known), _quoted([role.text])])}"
    yield f"{'':<9}  {role.source}: {one_line(role.path)}"
    if role.country_from:
        yield f"{'':<9}  at home: {role.country_from}"


def _no_event(other: "TriggerReason") -> Iterator[str]:
    yield f"{_quoted([other.trigger])}: {one_line(other.reason)}"
    yield from _rules(other.others)


def _rules(rules: "Sequence[RuleReason]") -> Iterator[str]:
    for rule in rules[:_SHOWN_RULES]:
        yield f"  {rule.rule_id} ({rule.file}, line {rule.line}): {one_line(rule.reason)}"
    if len(rules) > _SHOWN_RULES:
        yield f"  and {len(rules) - _SHOWN_RULES} more rules; --json has all"


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f'"{isolated(one_line(word))}"' for word in words)
