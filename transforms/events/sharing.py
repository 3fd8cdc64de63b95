"""Verbs joined by "and" share more than their subject: "met the Polish premier and signed a treaty" is signed with Poland."""

from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Token

from transforms.events.nesting import Draft

_SHARING = frozenset({"AGREE", "SUPPORT", "AID", "CONSULT", "COOPERATE", "SANCTION"})
"""Types whose other side, once told, goes for the next verb too; what somebody demands or condemns next may be anybody's."""


def with_shared_recipients(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, those without a recipient with that of the verb to which theirs is joined, if the same parties act."""
    by_verb = {draft.candidate.frame.verb.i: draft for draft in drafts if draft.candidate.frame.verb is not None}
    return [_with_shared(draft, by_verb) for draft in drafts]


def _with_shared(draft: Draft, by_verb: dict[int, Draft]) -> Draft:
    verb = draft.candidate.frame.verb
    alone = draft.is_event and draft.actors and not draft.recipients and len(draft.actors) == 1
    if verb is None or not alone or draft.event_type not in _SHARING:
        return draft
    for joined in _joined(verb, forward=draft.event_type == "SANCTION"):
        other = by_verb.get(joined.i)
        if other is None or other is draft or not other.recipients or other.event_type == "REJECT":
            continue
        if {party.key for party in other.actors} == {party.key for party in draft.actors}:
            return replace(draft, recipients=other.recipients)
    return draft


def _joined(verb: Token, *, forward: bool) -> list[Token]:
    """The verb before it in the coordination, and, `forward`, the one after it."""
    before = [verb.head] if verb.dep_ == "conj" else []
    return before + ([child for child in verb.children if child.dep_ == "conj"] if forward else [])
