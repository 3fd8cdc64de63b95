"""What differs between two codings of a document: events that only one has, and events of one trigger that it tells otherwise.

Two events are the same when their triggers are, or overlap where nothing matches exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from transforms.document import Event

_FLAGS: Final = ("negated", "future", "hypothetical", "historical")


@dataclass(frozen=True, slots=True)
class Changed:
    """An event that is told otherwise: before, after, and what differs (type, modes, actors, recipients, flags, rule)."""

    before: Event
    after: Event
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """The differences between two codings, each in the order of the text; `rule_only` are changed in nothing but their rule."""

    added: tuple[Event, ...]
    lost: tuple[Event, ...]
    changed: tuple[Changed, ...]
    rule_only: tuple[Changed, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.lost or self.changed or self.rule_only)


def differences(before: Sequence[Event], after: Sequence[Event]) -> Changes:
    """What `after` adds, loses and tells otherwise."""
    left = list(after)
    pairs: list[tuple[Event, Event]] = []
    lost: list[Event] = []
    for exactly in (True, False):
        waiting = before if exactly else lost
        lost = []
        for event in waiting:
            found = next((other for other in left if _same_place(event, other, exactly=exactly)), None)
            if found is None:
                lost.append(event)
            else:
                left.remove(found)
                pairs.append((event, found))
    told = [Changed(one, other, what) for one, other in pairs if (what := what_differs(one, other))]
    told.sort(key=lambda change: (change.after.trigger_start, change.after.trigger_end, change.after.rule_id))
    changed = tuple(change for change in told if change.what != ("rule",))
    return Changes(tuple(left), tuple(lost), changed, tuple(change for change in told if change.what == ("rule",)))


def what_differs(one: Event, other: Event) -> tuple[str, ...]:
    """The names of what two events of one trigger tell differently."""
    sides = [
        [
            {
                (p.entity_id, p.country, p.sector) if p.entity_id or p.country else (p.start_char,)
                for p in e.participants
                if p.role == role
            }
        ]
        for e in (one, other)
        for role in ("actor", "recipient")
    ]
    found = {
        "type": one.event_type != other.event_type,
        "modes": set(one.modes) != set(other.modes),
        "actors": sides[0] != sides[2],
        "recipients": sides[1] != sides[3],
        "flags": any(getattr(one, flag) != getattr(other, flag) for flag in _FLAGS),
        "rule": one.rule_id != other.rule_id,
    }
    return tuple(name for name, differs in found.items() if differs)


def _same_place(one: Event, other: Event, *, exactly: bool) -> bool:
    if exactly:
        return (one.trigger_start, one.trigger_end) == (other.trigger_start, other.trigger_end)
    return one.trigger_start < other.trigger_end and other.trigger_start < one.trigger_end
