"""How sure the coder is that an event of this type is told: a chance, fitted to texts annotated with all their events.

Each thing that is true of the event (its type, what its rule asks for, which sides it has) adds its weight; the sum is the chance's
log odds. `python -m training.confidence` fits the weights and shows how well they hold on texts that they were not fitted to.
"""

from collections.abc import Iterator
from functools import cache
from math import exp

from transforms.document import Event
from transforms.lexicon import Rule
from transforms.package_data import read_toml
from warehouse.schema.vocabulary import EVENT_TYPES

_MUCH = 4  # from here on more that a rule asks for tells no more
_SURE = 0.7  # what a rule has that says nothing of its own confidence


@cache
def _weights() -> dict[str, float]:
    return {name: float(weight) for name, weight in read_toml("confidence.toml")["weights"].items()}


def features(event: Event, rule: Rule) -> Iterator[str]:
    """Give the names of what is true of an event and of the rule that made it."""
    sides = {role: [one for one in event.participants if one.role == role] for role in ("actor", "recipient")}
    yield "any"
    yield f"type {event.event_type}"
    yield f"trigger {rule.trigger}"
    yield f"asks {min(rule.specificity, _MUCH)}"
    if " " in event.trigger_lemma:
        yield "phrase"
    if rule.confidence != _SURE:
        yield "sure rule" if rule.confidence > _SURE else "unsure rule"
    if event.modes:
        yield "has mode"
    if event.event_type != rule.event_type:
        yield "type shifted"
    for role, side in sides.items():
        if not side:
            yield f"no {role}"
        elif any(one.country or one.sector == "IGO" for one in side):
            yield f"{role} with country"
        elif any(one.sector for one in side):
            yield f"{role} with sector"
    if len(sides["actor"]) > 1 and not sides["recipient"]:
        yield "mutual"
    elif not sides["recipient"] and EVENT_TYPES[event.event_type].recipient_required:
        yield "lacks recipient"
    for flag in ("negated", "future", "hypothetical", "historical"):
        if getattr(event, flag):
            yield flag


def confidence(event: Event, rule: Rule) -> float:
    """Give the chance that an event of this type is told at this place, between 0.01 and 0.99."""
    weights = _weights()
    odds = sum(weights.get(name, 0.0) for name in features(event, rule))
    return round(min(max(1 / (1 + exp(-odds)), 0.01), 0.99), 3)
