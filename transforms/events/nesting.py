"""Decides which of the events found in a sentence stand: one event per happening, nested ones by PLOVER's rules.

What somebody agrees to, asks for, refuses or threatens is part of that event and tells its mode; words that one rule used
up trigger no second event; and verbs joined by "and" that say the same of the same parties are one event.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spacy.tokens import Token

from transforms.events.force import combined, means, tells_outcome
from transforms.events.match import Candidate
from transforms.events.modality import Modality
from transforms.events.parties import Party
from transforms.events.syntax import coordinated, phrases
from transforms.lexicon import Lexicon
from warehouse.schema.vocabulary import EVENT_TYPES

if TYPE_CHECKING:
    from transforms.events.trace import SentenceTrace

_TO_AGREE = frozenset({"CONSULT", "SUPPORT", "COOPERATE", "AID"})
_PURPOSE_TYPES = frozenset({"REQUEST", "ACCUSE", "REJECT"})
_CONFLICT = frozenset({"SANCTION", "COERCE", "ASSAULT", "MOBILIZE", "PROTEST"})
_CONDITIONS = frozenset({"if", "unless"})
_GOES_WITH = frozenset({"dobj", "obj", "nsubjpass", "prt", "prep", "advmod", "acomp", "oprd", "attr"})
_OF_WHAT = frozenset({"for", "of", "to"})
_PAST_MARKERS = frozenset({"after", "since", "following", "because", "as", "while", "despite", "although", "though"})


@dataclass(frozen=True, slots=True)
class Draft:
    """An event in the making: the rule that matched, its parties, and how the text asserts it."""

    candidate: Candidate
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    modality: Modality
    event_type: str
    modes: tuple[str, ...]
    is_event: bool = True
    """False when nobody was found for its roles: it can still tell the mode of the event it is part of."""


def settle(drafts: Sequence[Draft], lexicon: Lexicon, trace: "SentenceTrace | None" = None) -> list[Draft]:
    """The drafts that stand, with modes taken from nested events and PLOVER's shift of future types applied."""
    drafts = _as_happenings(_without_consumed(drafts, trace), lexicon, trace)
    standing: list[Draft] = []
    regions = {draft.candidate.head.i: _region(draft) for draft in drafts}
    for draft in drafts:
        if not draft.is_event:
            continue
        position = draft.candidate.head.i
        swallowed_by = [
            other
            for other in drafts
            if other is not draft
            and position in regions[other.candidate.head.i]
            and other.candidate.head.i not in regions[position]
        ]
        outer = next((other for other in swallowed_by if _swallows(other, draft)), None)
        if outer is not None:
            if trace:
                trace.dropped(draft, "part of", outer.candidate)
            continue
        nested = [other for other in drafts if other is not draft and other.candidate.head.i in regions[position]]
        standing.append(_with_nested_mode(draft, nested, lexicon, trace))
    return [_shifted(draft, lexicon) for draft in _merged(standing, trace)]


def _as_happenings(drafts: Sequence[Draft], lexicon: Lexicon, trace: "SentenceTrace | None") -> list[Draft]:
    """The drafts with the means of force that their clauses tell; those that only tell what came of another are joined to it."""
    found = [replace(one, modes=means(one.candidate, one.modes, lexicon)) if one.event_type == "ASSAULT" else one for one in drafts]
    position = 0
    while position < len(found):
        outcome = found[position]
        act = next((n for n, one in enumerate(found) if _same_happening(one, outcome, lexicon)), None)
        if act is None:
            position += 1
        else:
            joined = _joined_with(found[act], outcome, lexicon)
            if trace:
                gone = outcome if joined.candidate is found[act].candidate else found[act]
                trace.dropped(gone, "told by", joined.candidate)
            found[act] = joined
            del found[position]
            position = 0
    return found


def _same_happening(act: Draft, outcome: Draft, lexicon: Lexicon) -> bool:
    return (
        act is not outcome
        and act.event_type == outcome.event_type == "ASSAULT"
        and (act.is_event or outcome.is_event)
        and act.modality.negated == outcome.modality.negated
        and tells_outcome(act.candidate, outcome.candidate, lexicon)
    )


def _joined_with(act: Draft, outcome: Draft, lexicon: Lexicon) -> Draft:
    """One event of an act of force and its outcome, with the parties and modes of both.

    Where the act itself is the subject ("the raid on Goma killed nine") the outcome knows no other actor than what the act names.
    """
    is_subject = act.candidate.head in outcome.candidate.frame.subjects
    actors = act.actors or (() if is_subject and act.is_event else outcome.actors)
    keys = {party.key for party in (*actors, *act.recipients)}
    more = tuple(party for party in outcome.recipients if party.key not in keys)
    told = act if act.is_event and (not outcome.is_event or is_subject or act.candidate.rule.trigger == "verb") else outcome
    modes = combined(act.modes, outcome.modes, lexicon.refines)
    return replace(told, actors=actors, recipients=(*act.recipients, *more), modes=modes)


def _swallows(outer: Draft, inner: Draft) -> bool:
    return outer.candidate.rule.swallow or (outer.event_type == "PROTEST" and inner.event_type in _PURPOSE_TYPES)


def _region(draft: Draft) -> frozenset[int]:
    """Token indexes of what the event is about: its complement clauses, its object and its phrases, without adverbial clauses."""
    frame = draft.candidate.frame
    roots = [*frame.clauses, *frame.objects, *(noun for _, noun in frame.phrases)]
    roots += [noun for clause in frame.clauses for _, noun in phrases(clause)]
    if draft.event_type == "PROTEST" and frame.verb is not None:
        roots += [c for c in frame.verb.children if c.dep_ in ("advcl", "xcomp") and c.tag_ in ("VB", "VBG")]
        roots += [c for noun in [*frame.subjects, draft.candidate.head] for c in noun.children if c.dep_ in ("acl", "prep")]
    found: set[int] = set()
    for root in roots:
        if root.i not in found and root is not draft.candidate.head:
            found |= _subtree(root)
    found -= {draft.candidate.head.i}
    return frozenset(found - ({frame.verb.i} if frame.verb is not None else set()))


def _subtree(root: Token) -> set[int]:
    found, queue = set(), [root]
    while queue:
        token = queue.pop()
        found.add(token.i)
        for child in token.children:
            past = child.dep_ == "relcl" or (
                child.dep_ == "advcl"
                and any(mark.lower_ in _PAST_MARKERS for mark in child.children if mark.dep_ in ("mark", "prep"))
            )
            if not past and not (child.dep_ == "prep" and child.lower_ in _PAST_MARKERS):
                queue.append(child)
    return found


def _without_consumed(drafts: Sequence[Draft], trace: "SentenceTrace | None") -> list[Draft]:
    """Drafts whose trigger no other rule has used up as its object, particle or compound; of two that use each other the first."""
    used: dict[int, Candidate] = {}
    for draft in drafts:
        candidate = draft.candidate
        for word in candidate.words if draft.is_event else ():
            user = used.get(candidate.head.i)
            if word.i != candidate.head.i and not (user is not None and user.head == word):
                used.setdefault(word.i, candidate)
    if trace:
        for draft in drafts:
            if draft.candidate.head.i in used:
                trace.dropped(draft, "a word of", used[draft.candidate.head.i])
    return [draft for draft in drafts if draft.candidate.head.i not in used]


def _with_nested_mode(draft: Draft, nested: Sequence[Draft], lexicon: Lexicon, trace: "SentenceTrace | None") -> Draft:
    """The draft with the mode that its complement tells, by the words of the clause, else by the events in it."""
    table = lexicon.complement_modes.get(draft.event_type)
    is_threat = draft.event_type == "THREATEN"  # a rule that lists many verbs says less than verb and object: "cut ties"
    if (draft.modes and not is_threat) or not table or not draft.candidate.rule.swallow:
        return draft
    frame, words = draft.candidate.frame, lexicon.complement_words.get(draft.event_type, {})
    told = next((mode for clause in frame.clauses for mode in _modes_of_clause(clause, words)), None)
    if told is not None:
        return replace(draft, modes=(told,))
    if draft.modes:
        return draft
    nouns = lexicon.complement_nouns.get(draft.event_type, {})
    if named := next((nouns[lemma] for lemma in _asked_for(draft.candidate) if lemma in nouns), None):
        return replace(draft, modes=(named,))
    for other in sorted(nested, key=lambda one: abs(one.candidate.head.i - draft.candidate.head.i)):
        mode = table.get(other.candidate.rule.rule_id) or table.get(other.event_type)
        if mode and mode in EVENT_TYPES[draft.event_type].modes:
            if trace:
                trace.took_mode(draft, other)
            recipients = draft.recipients or tuple(p for p in (*other.actors, *other.recipients) if p not in draft.actors)
            return replace(draft, modes=(mode,), recipients=recipients)
    return draft


def _asked_for(candidate: Candidate) -> Iterator[str]:
    """The nouns that say what is asked for or refused: the object, what stands before it, and what follows "for", "of" or "to"."""
    frame = candidate.frame
    things = [*frame.objects, *(noun for word, noun in frame.phrases if word in _OF_WHAT)]
    for noun in (other for first in things for other in coordinated(first)):
        yield noun.lemma_.lower()
        yield from (child.lemma_.lower() for child in noun.children if child.dep_ in ("compound", "amod", "nmod"))


def _modes_of_clause(clause: Token, words: Mapping[str, str]) -> Iterator[str]:
    """The modes of the verbs of a complement clause: the verb with its object, particle or preposition first, then alone."""
    for verb in (clause, *(child for child in clause.children if child.dep_ == "conj")):
        if "not" in words and any(child.dep_ == "neg" for child in verb.children):
            yield words["not"]
        lemma = verb.lemma_.lower()
        phrases_of = (f"{lemma} {child.lemma_.lower()}" for child in verb.children if child.dep_ in _GOES_WITH)
        yield from (words[one] for one in (*phrases_of, lemma) if one in words)


def _merged(drafts: Sequence[Draft], trace: "SentenceTrace | None") -> list[Draft]:
    """Of drafts of one type in a sentence, those that say no more than another are dropped."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda one: (-len(one.actors) - len(one.recipients), not one.modes, one.candidate.head.i)):
        same = next((other for other in kept if _says_no_more(draft, other)), None)
        if same is None:
            kept.append(draft)
        elif trace:
            trace.dropped(draft, "told by", same.candidate)
    return sorted(kept, key=lambda one: one.candidate.head.i)


def _says_no_more(draft: Draft, other: Draft) -> bool:
    same = draft.event_type == other.event_type and set(draft.modes) <= set(other.modes)
    if not same or draft.modality.asserted != other.modality.asserted:
        return False
    mine = {p.key for p in draft.actors}, {p.key for p in draft.recipients}
    theirs = {p.key for p in other.actors}, {p.key for p in other.recipients}
    if not (mine[0] <= theirs[0] and mine[1] <= theirs[1]):
        return (mine[0] | mine[1]) <= (theirs[0] | theirs[1]) and len(mine[0] | mine[1]) < len(theirs[0] | theirs[1])
    return _joined(draft.candidate.head, other.candidate.head) or mine != theirs


def _joined(one: Token, other: Token) -> bool:
    """Whether two triggers are coordinated or one stands in the other's clause."""
    if other in one.conjuncts:
        return True
    ancestors = {token.i for token in one.ancestors}
    return other.i in ancestors or one.i in {token.i for token in other.ancestors}


def _shifted(draft: Draft, lexicon: Lexicon) -> Draft:
    """The type that tense and mood make of an event.

    PLOVER: future CONSULT, SUPPORT, COOPERATE and AID are AGREE, a future RETREAT is CONCEDE; the tense became the type. Material
    conflict that is announced under a condition ("will boycott the vote unless") is a threat.
    """
    modality = draft.modality
    if draft.event_type == "CONSULT" and not draft.modes and _of_several(draft):
        draft = replace(draft, modes=("multilateral",))
    if modality.negated:
        return draft
    if modality.future and draft.event_type in _TO_AGREE:
        return replace(draft, event_type="AGREE", modes=(), modality=replace(modality, future=False))
    if modality.future and draft.event_type == "RETREAT":
        return replace(draft, event_type="CONCEDE", modes=(), modality=replace(modality, future=False))
    if draft.event_type in _CONFLICT and draft.actors and not modality.asserted and _under_condition(draft):
        mode = lexicon.complement_modes.get("THREATEN", {}).get(draft.event_type)
        modes = (mode,) if mode else ()
        return replace(draft, event_type="THREATEN", modes=modes, modality=replace(modality, future=False, hypothetical=False))
    return draft


def _under_condition(draft: Draft) -> bool:
    """Whether an "if" or "unless" clause hangs on the verb of the event (it is not such a clause itself)."""
    verb = draft.candidate.frame.verb
    return verb is not None and any(
        child.dep_ == "advcl" and any(mark.dep_ == "mark" and mark.lower_ in _CONDITIONS for mark in child.children)
        for child in verb.children
    )


def _of_several(draft: Draft) -> bool:
    """Whether three countries or more take part, or the members of an organisation of states meet."""
    parties = (*draft.actors, *draft.recipients)
    if len({party.country for party in parties if party.country}) > 2:
        return True
    return draft.candidate.rule.mutual and len(parties) == 1 and parties[0].sector == "IGO"
