"""Puts into words what a trace took down: which rule made an event and why its roles were filled, and why other triggers gave none.

Everything is plain data, so that it can be printed or written as JSON alike. A path leads through the tree from the trigger to a
party: `attacked ↑acl rebels ↓poss whose` goes up to the noun of which "attacked" is the `acl`, then down to its `poss`.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from spacy.tokens import Token

from transforms.document import Event
from transforms.events.match import Candidate, constraints
from transforms.events.nesting import Draft
from transforms.events.parties import Party, SentenceMentions
from transforms.events.trace import Fate, Missed, SentenceTrace, Trace, Trial
from transforms.lexicon import Lexicon, Rule

_SHOWN_WORDS: Final = 6
"""So many words of a constraint are named."""
_CONTENT: Final = frozenset({"NOUN", "PROPN", "VERB", "ADJ", "ADV"})
_NEEDED: Final = {
    "actor": "an actor",
    "recipient": "a recipient",
    "both": "an actor and a recipient",
    "either": "an actor or a recipient",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A token in the tree; `head` is the index of its governor, its own for the root; `entity` what it is the head of."""

    index: int
    word: str
    lemma: str
    tag: str
    relation: str
    head: int
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class RuleReason:
    """A rule that gave no event, and why."""

    rule_id: str
    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class RoleReason:
    """A participant: the words that name it, the place of the rule where it stood, the path there from the trigger."""

    role: str
    text: str
    entity_id: str | None
    country: str | None
    sector: str | None
    source: str
    path: str
    country_from: str | None = None
    """Where a party got its country that has none of its own."""


@dataclass(frozen=True, slots=True)
class EventReason:
    """Why an event is there. `note` is empty unless the event was not kept."""

    event: Event
    index: int
    trigger: str
    file: str
    line: int
    entry: str
    matched: tuple[str, ...]
    """The words that the rule matched."""
    roles: tuple[RoleReason, ...]
    modes_from: str
    type_from: str | None
    """Why the event has another type than the rule's."""
    flags: Mapping[str, tuple[str, ...]]
    """The words that set each flag."""
    others: tuple[RuleReason, ...]
    """The rules that matched at the trigger and lost."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TriggerReason:
    """A word that the lexicon knows and that gave no event."""

    index: int
    trigger: str
    start_char: int
    end_char: int
    reason: str
    others: tuple[RuleReason, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A sentence with its tree, its events and its other triggers."""

    sentence_index: int
    start_char: int
    end_char: int
    text: str
    tree: tuple[Node, ...]
    events: tuple[EventReason, ...]
    no_events: tuple[TriggerReason, ...]


def explain(trace: Trace, lexicon: Lexicon) -> tuple[Explanation, ...]:
    """What the trace has of each sentence, in order."""
    kept = {(event.sentence_index, event.trigger_start, event.trigger_end, event.rule_id): event for event in trace.events}
    return tuple(_sentence(one, kept, lexicon) for one in trace.sentences)


def _sentence(trace: SentenceTrace, kept: Mapping[tuple[int, int, int, str], Event], lexicon: Lexicon) -> Explanation:
    doc = trace.mentions.doc
    events = []
    for index, event in trace.events.items():
        named = kept.get((event.sentence_index, event.trigger_start, event.trigger_end, event.rule_id))
        reason = _event(trace, index, named or event)
        events.append(reason if named else replace(reason, note="dropped: the headline's event, which the body tells again"))
    others = [_no_event(trace, doc[index], lexicon) for index in _triggers(trace, lexicon) if index not in trace.events]
    sentence = trace.sentence
    where = sentence.sentence_index, sentence.start_char, sentence.end_char
    return Explanation(*where, doc.text, _tree(trace.mentions), tuple(events), tuple(others))


def _tree(mentions: SentenceMentions) -> tuple[Node, ...]:
    def entity(token: Token) -> str | None:
        mention = mentions.by_head.get(token.i)
        return (mention.entity_id or mention.entity_type) if mention else None

    return tuple(Node(t.i, t.text, t.lemma_, t.tag_, t.dep_, t.head.i, entity(t)) for t in mentions.doc)


def _triggers(trace: SentenceTrace, lexicon: Lexicon) -> list[int]:
    """The words that rules match, and those that could: no auxiliaries and prepositions, which many rules begin or end with."""
    tables = (lexicon.verbs, lexicon.nouns, lexicon.adjectives)
    known = (token for token in trace.mentions.doc if any(token.lemma_.lower().replace("-", "") in table for table in tables))
    return [token.i for token in known if token.i in trace.matches or token.pos_ in _CONTENT]


def _event(trace: SentenceTrace, index: int, event: Event) -> EventReason:
    draft = trace.drafts[index]
    candidate, rule = draft.candidate, draft.candidate.rule
    trial = next(one for one in trace.trials[index] if one.candidate is candidate)
    sides = [("actor", party) for party in draft.actors] + [("recipient", party) for party in draft.recipients]
    return EventReason(
        event=event,
        index=index,
        trigger=candidate.head.text,
        file=rule.file,
        line=rule.line,
        entry=rule.entry,
        matched=tuple(token.text for token in sorted(set(candidate.words), key=lambda token: token.i)),
        roles=tuple(_role(trace, draft, trial, role, party) for role, party in sides),
        modes_from=_modes_from(trace, draft),
        type_from=_type_from(draft),
        flags={flag: tuple(words) for flag, words in trial.signs.items()},
        others=tuple(_lost(trace, index, candidate)),
    )


def _role(trace: SentenceTrace, draft: Draft, trial: Trial, role: str, party: Party) -> RoleReason:
    mentions = trace.mentions
    span = party.start_char, party.end_char
    order = trial.filled if role == "actor" else reversed(trial.filled)
    source = next((place for place, found in order if any((p.start_char, p.end_char) == span for p in found)), None)
    if source is None:
        nested = trace.mode_from.get(draft.candidate.head.i)
        source = f'of "{nested.candidate.head.text}", which is part of it' if nested else "between"
    words = mentions.doc.text[party.start_char - mentions.offset : party.end_char - mentions.offset]
    home = trial.home.get(span) if party.country else None
    path = _path(draft.candidate.head, _token_of(mentions, party))
    return RoleReason(role, words, party.entity_id, party.country, party.sector, source, path, home)


def _token_of(mentions: SentenceMentions, party: Party) -> Token:
    """The head word of the party's mention."""
    for index, mention in mentions.by_head.items():
        if party.mention_index is not None and mention.mention_index == party.mention_index:
            return mentions.doc[index]
    start, end = party.start_char - mentions.offset, party.end_char - mentions.offset
    inside = [token for token in mentions.doc if token.idx < end and token.idx + len(token) > start]
    return next((token for token in inside if token.head not in inside or token.head is token), inside[-1])


def _path(start: Token, end: Token) -> str:
    """The way through the tree, up and down."""
    above = [start, *start.ancestors]
    below = [end, *end.ancestors]
    indexes = {token.i for token in above}
    meeting = next((token for token in below if token.i in indexes), below[-1])
    steps = [start.text]
    for token in above:
        if token.i == meeting.i:
            break
        steps.append(f"↑{token.dep_} {token.head.text}")
    down: list[str] = []
    for token in below:
        if token.i == meeting.i:
            break
        down.append(f"↓{token.dep_} {token.text}")
    return " ".join(steps + down[::-1])


def _modes_from(trace: SentenceTrace, draft: Draft) -> str:
    rule = draft.candidate.rule
    nested = trace.mode_from.get(draft.candidate.head.i)
    if draft.event_type != rule.event_type and draft.modes:
        return f"a {draft.event_type} with {rule.event_type}"
    if nested is not None and draft.modes:
        return f'{nested.event_type} of "{nested.candidate.head.text}" ({nested.candidate.rule.rule_id}), which is part of it'
    if told := [mode for mode in draft.modes if mode not in rule.modes]:
        return f"{'the rule and ' if set(draft.modes) & set(rule.modes) else ''}words around the trigger ({', '.join(told)})"
    if draft.modes:
        return "the rule"
    return f"none: {draft.event_type} keeps none of {rule.event_type}" if rule.modes else "none: the rule gives none"


def _type_from(draft: Draft) -> str | None:
    before = draft.candidate.rule.event_type
    if draft.event_type == before:
        return None
    if draft.event_type == "THREATEN":
        return f"{before} announced under a condition is THREATEN"
    return f"{before} in the future is {draft.event_type}: the tense has become the type"


def _lost(trace: SentenceTrace, index: int, winner: Candidate | None = None) -> Iterator[RuleReason]:
    """The rules that matched at a trigger, without the one that won."""
    tried = {id(trial.candidate): trial for trial in trace.trials.get(index, ())}
    for candidate in trace.matches.get(index, ()):
        if candidate is winner:
            continue
        trial = tried.get(id(candidate))
        if trial is not None and trial.lacks is not None:
            yield _reason(candidate.rule, _lacking(candidate.rule, trial.lacks))
        elif winner is not None:
            yield _reason(candidate.rule, _outranked(candidate, winner))


def _reason(rule: Rule, reason: str) -> RuleReason:
    return RuleReason(rule.rule_id, rule.file, rule.line, reason)


def _lacking(rule: Rule, found: tuple[Sequence[Party], Sequence[Party]]) -> str:
    missing = [
        f"no {role} at {', '.join(places)}"
        for role, places, parties in (("actor", rule.actor, found[0]), ("recipient", rule.recipient, found[1]))
        if not parties and rule.needs in (role, "both", "either")
    ]
    return f"needs {_NEEDED[rule.needs]}: {' and '.join(missing)}"


def _outranked(candidate: Candidate, winner: Candidate) -> str:
    if candidate.specificity != winner.specificity:
        return f"asks for less ({candidate.specificity} against {winner.specificity})"
    if len(candidate.words) != len(winner.words):
        return f"matches fewer words ({len(candidate.words)} against {len(winner.words)})"
    if len(candidate.rule.modes) != len(winner.rule.modes):
        return "says less: no mode" if not candidate.rule.modes else "says less: fewer modes"
    return "asks for as much; the first by name is taken"


def _no_event(trace: SentenceTrace, token: Token, lexicon: Lexicon) -> TriggerReason:
    """Why a word that the lexicon knows gave no event."""
    start = trace.sentence.start_char + token.idx
    others: tuple[RuleReason, ...] = ()
    fate = trace.fates.get(token.i)
    if token.i in trace.mentions.covering:
        name = trace.mentions.covering[token.i]
        reason = f'part of the name "{_text(trace.mentions, name.start_char, name.end_char)}"'
    elif fate is not None:
        others = tuple(_lost(trace, token.i, trace.matches[token.i][0])) if token.i in trace.trials else ()
        reason = _fate(trace, token.i, fate)
    elif token.i in trace.matches:
        others = tuple(_lost(trace, token.i))
        reason = "nobody was found for the roles"
    elif token.i in trace.misses:
        unmet = [(list(_unmet(one, trace.mentions, lexicon)), one.rule) for one in trace.misses[token.i]]
        unmet.sort(key=lambda pair: (len(pair[0]), pair[1].rule_id))
        others = tuple(_reason(rule, "; ".join(reasons)) for reasons, rule in unmet)
        reason = "no rule found what it asks for"
    else:
        reason = f"the rules with it are for another word class; here it is tagged {token.tag_}, {token.dep_}"
    return TriggerReason(token.i, token.text, start, start + len(token.text), reason, others)


def _fate(trace: SentenceTrace, index: int, fate: Fate) -> str:
    other, rule = fate.other, fate.other.rule
    trial = next((one for one in trace.trials.get(index, ()) if one.lacks is None), None)
    own = f"{trial.candidate.rule.rule_id} gave way: " if trial else ""
    match fate.relation:
        case "of another world":
            return "its parties and the words around speak of sport, business or private life rather than politics"
        case "part of":
            return f'{own}what it tells is part of "{other.head.text}" ({rule.rule_id}), which takes in what is nested in it'
        case "a word of":
            return f'{own}"{other.head.text}" ({rule.rule_id}) has used this word up'
        case _:
            return f'{own}"{other.head.text}" ({rule.rule_id}) tells the same of the same parties'


def _unmet(missed: Missed, mentions: SentenceMentions, lexicon: Lexicon) -> Iterator[str]:
    """What a rule asks for and did not find, one constraint at a time."""
    rule, frame = missed.rule, missed.frame
    if missed.rest is not None:
        yield f'asks for "{_phrase(rule, missed.rest, frame.head)}"' if missed.rest else "its particle makes it another verb"
        return
    written = tomllib.loads(rule.entry)["rule"][0] if rule.entry else {}
    bare = replace(rule, voice=None, slots={}, prepositions={}, not_prepositions={})

    def fails(**one: Any) -> bool:
        return constraints(replace(bare, **one), frame, mentions, lexicon) is None

    if fails(voice=rule.voice):
        yield f"asks for the {rule.voice}"
    for slot, words in rule.slots.items():
        if fails(slots={slot: words}):
            asked = _listed(written.get(slot, sorted(words)))
            yield f"{slot.removeprefix('not_')} must not be {asked}" if slot.startswith("not_") else f"{slot} must be {asked}"
    for preposition, words in rule.prepositions.items():
        if fails(prepositions={preposition: words}):
            yield f'asks for "{preposition}" with {_listed(written.get("preposition", {}).get(preposition, sorted(words)))}'
    for preposition, words in rule.not_prepositions.items():
        if fails(not_prepositions={preposition: words}):
            yield f'forbids "{preposition}" with {_listed(written.get("not_preposition", {}).get(preposition, sorted(words)))}'


def _phrase(rule: Rule, rest: str, head: Token) -> str:
    lemma = head.lemma_.lower()
    return f"{lemma} {rest}" if rule.trigger == "verb" else f"{rest} {lemma}"


def _listed(words: Sequence[str]) -> str:
    more = f", … ({len(words)} in all)" if len(words) > _SHOWN_WORDS else ""
    return ", ".join(words[:_SHOWN_WORDS]) + more


def _text(mentions: SentenceMentions, start: int, end: int) -> str:
    return mentions.doc.text[start - mentions.offset : end - mentions.offset]
