"""Links pronouns to the subject before them, and "I" in a quotation to its speaker.

Conservative on purpose: several candidates of one rank, or another noun of the right number standing nearer, leave the pronoun
open.
"""

from collections.abc import Callable
from functools import cache
from itertools import pairwise

from transforms.antecedents import SUBJECTS, History, are_joined, copy_link, give_members
from transforms.package_data import read_toml
from transforms.spans import Draft, SentenceParse

_PERSON_REACH = 3
_REACH = 1


def link_pronoun(history: History, draft: Draft, parse: SentenceParse) -> None:
    """Set what a pronoun stands for, if the mentions before it leave one reading."""
    if draft.base == "speaker":
        speaker = _speaker(history, draft, parse)
        if speaker is not None:
            copy_link(speaker, draft)
        return
    if draft.base in ("male", "female"):
        found = _person_before(history, draft, parse)
    elif draft.base == "plural":
        found = _plural_before(history, draft, parse)
        pair = _subject_pair(history, draft)
        if pair is not None and (found is None or pair[0].start > found.start):
            give_members(draft, pair)
            draft.entity_type = pair[0].entity_type
            return
    else:
        found = _subject_before(history, draft, parse, _REACH, _is_thing)
    if found is None or (draft.base in ("plural", "thing") and _is_shadowed(history, draft, found, parse)):
        return
    copy_link(found, draft)
    draft.entity_type, draft.member_ids = found.entity_type, found.member_ids
    if draft.base in ("male", "female") and found.entity_id:
        for other in history.back(draft.sentence):
            if other.entity_id == found.entity_id and other.feminine is None:
                other.feminine = draft.feminine


def _person_before(history: History, draft: Draft, parse: SentenceParse) -> Draft | None:
    def fits(other: Draft) -> bool:
        single = (
            other.entity_type == "PERSON" and not other.plural and not other.member_ids and not other.text.lower().startswith("no ")
        )
        return single and other.feminine in (None, draft.feminine)

    return _subject_before(history, draft, parse, _PERSON_REACH, fits)


def _plural_before(history: History, draft: Draft, parse: SentenceParse) -> Draft | None:
    return _subject_before(history, draft, parse, _REACH, _is_plural)


def _is_plural(other: Draft) -> bool:
    if other.kind == "pronoun":
        return other.plural and bool(other.entity_id or other.member_ids or other.sector)
    return other.plural or bool(other.member_ids) or (other.entity_type == "ORG" and bool(other.entity_id))


def _is_thing(other: Draft) -> bool:
    if other.plural or other.member_ids or not other.entity_id:
        return False
    return other.entity_type == "ORG" or (other.entity_type == "GPE" and other.source != "demonym")


def _subject_before(
    history: History, draft: Draft, parse: SentenceParse, reach: int, fits: Callable[[Draft], bool]
) -> Draft | None:
    """Give the subject nearest before, sentence by sentence; a mention that is no subject only where it is the only one."""
    own = _clause_subject(draft, parse)
    for sentence, found in history.back_by_sentence(draft.sentence, fits, reach):
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
        return best if best.entity_id or best.member_ids or best.country or best.sector else None
    return None


def _is_shadowed(history: History, draft: Draft, found: Draft, parse: SentenceParse) -> bool:
    """Tell whether another subject of the right number stands nearer to "they" or "it" than what was found."""
    tags = ("NNS", "NNPS") if draft.base == "plural" else ("NN", "NNP")
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
            if token.dep_ in SUBJECTS and token.tag_ in tags and (sentence, token.i) not in roots:
                return True
    return False


def _subject_pair(history: History, draft: Draft) -> tuple[Draft, Draft] | None:
    """Give two names joined as the subject of this or the last sentence ("Scholz and Sanchez met. They ...")."""
    for sentence in (draft.sentence, draft.sentence - 1):
        names = [name for name in history.names.get(sentence, ()) if name.entity_id and name.start < draft.start]
        for first, second in pairwise(names):
            same = first.entity_type == second.entity_type and first.entity_id != second.entity_id
            actors = same and first.entity_type in ("PERSON", "ORG", "GPE") and history.subjects.get(id(first), False)
            if actors and are_joined(first, second, history.parses[sentence]):
                return first, second
    return None


def _clause_subject(draft: Draft, parse: SentenceParse) -> int:
    """Give the subject token of the clause in which a pronoun is object: it cannot be the pronoun's antecedent; -1 if none."""
    token = parse.doc[draft.root]
    if token.dep_ in SUBJECTS:
        return -1
    for above in token.ancestors:
        if above.pos_ not in ("VERB", "AUX"):
            continue
        subject = next((child for child in above.children if child.dep_ in SUBJECTS), None)
        if subject is not None:
            return above.head.i if subject.tag_ == "WP" and above.dep_ == "relcl" else subject.i
        if above.dep_ not in ("xcomp", "conj", "advcl"):
            return -1
    return -1


@cache
def _reporting_verbs() -> frozenset[str]:
    return frozenset(read_toml("nominals.toml")["pronouns"]["reporting_verbs"])


def _speaker(history: History, draft: Draft, parse: SentenceParse) -> Draft | None:
    """Give the person who says the quotation around "I": the subject of a reporting verb in this sentence, else in the last
    one."""
    if not _is_quoted(history, draft):
        return None
    previous = history.parses.get(draft.sentence - 1)
    views = [parse] if previous is None or previous.paragraph != parse.paragraph else [parse, previous]
    for view in views:
        for name in history.names.get(view.index, ()):
            token = view.doc[name.root]
            if name.entity_type == "PERSON" and token.dep_ in SUBJECTS and token.head.lemma_.lower() in _reporting_verbs():
                return name
    return None


def _is_quoted(history: History, draft: Draft) -> bool:
    paragraph = history.text.rfind("\n\n", 0, draft.start) + 1
    before = history.text[paragraph : draft.start]
    return before.count('"') % 2 == 1 or before.count("“") > before.count("”")
