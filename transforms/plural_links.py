"""Finds what "they" means: a plural subject before it, an organisation, or two that are named together.

Few of the annotated texts have a "they" with a name, too few to fit weights to: here the nearest subject of the right number
counts, unless another noun stands nearer.
"""

from itertools import pairwise

from transforms.antecedents import SUBJECTS, History
from transforms.candidates import clause_subject
from transforms.clusters import are_joined
from transforms.spans import Draft, SentenceParse

_REACH = 1
_PLURAL_TAGS = ("NNS", "NNPS")


def plural_before(history: History, draft: Draft, parse: SentenceParse) -> Draft | None:
    """Give the subject nearest before, sentence by sentence; a mention that is no subject only where it is the only one."""
    own = clause_subject(draft, parse)
    for sentence, found in history.back_by_sentence(draft.sentence, _is_plural, _REACH):
        candidates = found
        if sentence == draft.sentence:
            candidates = [
                other
                for other in found
                if (other.root != own or parse.doc[draft.root].dep_ == "poss")
                and (other.kind == "name" or not other.first <= draft.first < other.last)
            ]
        if not candidates:
            continue
        subjects = [other for other in candidates if history.subjects[id(other)]]
        pool = subjects or candidates
        if not subjects and len({other.entity_id or str(id(other)) for other in pool}) > 1:
            return None
        named = [other for other in pool if other.kind == "name"]
        best = pool[-1] if sentence == draft.sentence else (named or pool)[0]
        if not (best.entity_id or best.member_ids or best.country or best.sector):
            return None
        return None if _is_shadowed(history, draft, best, parse) else best
    return None


def _is_plural(other: Draft) -> bool:
    if other.kind == "pronoun":
        return other.plural and bool(other.entity_id or other.member_ids or other.sector)
    return other.plural or bool(other.member_ids) or (other.entity_type == "ORG" and bool(other.entity_id))


def _is_shadowed(history: History, draft: Draft, found: Draft, parse: SentenceParse) -> bool:
    """Tell whether another plural subject stands nearer to "they" than what was found; to one organisation, any plural noun."""
    single = not (found.plural or found.member_ids)
    roots = {
        (other.sentence, other.root)
        for other in history.back(draft.sentence, _REACH)
        if other.entity_id == found.entity_id and other.member_ids == found.member_ids
    }
    for sentence in range(found.sentence, draft.sentence + 1):
        view = parse if sentence == draft.sentence else history.parses.get(sentence)
        if view is None:
            continue
        first = found.last if sentence == found.sentence else 0
        last = draft.first if sentence == draft.sentence else len(view.words)
        for token in view.doc[first:last]:
            if (single or token.dep_ in SUBJECTS) and token.tag_ in _PLURAL_TAGS and (sentence, token.i) not in roots:
                return True
    return False


def subject_pair(history: History, draft: Draft) -> tuple[Draft, Draft] | None:
    """Give two names joined as the subject of this or the last sentence ("Scholz and Sanchez met. They ...")."""
    for sentence in (draft.sentence, draft.sentence - 1):
        names = [name for name in history.names.get(sentence, ()) if name.entity_id and name.start < draft.start]
        for first, second in pairwise(names):
            same = first.entity_type == second.entity_type and first.entity_id != second.entity_id
            actors = same and first.entity_type in ("PERSON", "ORG", "GPE") and history.subjects.get(id(first), False)
            if actors and are_joined(first, second, history.parses[sentence]):
                return first, second
    return None
