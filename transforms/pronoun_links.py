"""Links pronouns of the third person to the likeliest entity before them, relative ones to the name that they follow.

Conservative on purpose: where "none of them" is likelier, or nothing is likely enough, a pronoun stays open.
"""

from transforms.antecedents import SUBJECTS, History, copy_link, give_members, take
from transforms.candidates import find_candidates, group_of
from transforms.clusters import Cluster, kind_of
from transforms.plural_links import plural_before, subject_pair
from transforms.spans import Draft, SentenceParse

_REFLEXIVE = frozenset({"himself", "herself", "itself", "themselves"})


def link_pronoun(history: History, draft: Draft, parse: SentenceParse) -> None:
    """Set what a pronoun of the third person stands for, if the mentions before it (or its own clause) tell it."""
    if draft.base == "relative":
        named = _relative(history, draft, parse)
        if named is not None:
            copy_link(named, draft)
            draft.entity_type = named.entity_type
        return
    later = _named_later(history, draft, parse)
    if later is not None:
        copy_link(later, draft)
        draft.entity_type = later.entity_type
        return
    own = _reflexive(history, draft, parse) if parse.lower[draft.first] in _REFLEXIVE else None
    if own is None and draft.base == "plural":
        _link_plural(history, draft, parse)
        return
    found = history.choose(draft, group_of(draft), find_candidates(history, draft, parse)) if own is None else own
    if found is not None:
        take(found, draft)


def _link_plural(history: History, draft: Draft, parse: SentenceParse) -> None:
    """Let "they" stand for the plural subject or the pair that is nearest before it."""
    found, pair = plural_before(history, draft, parse), subject_pair(history, draft)
    if pair is not None and (found is None or pair[0].start > found.start):
        give_members(draft, pair)
        draft.entity_type = pair[0].entity_type
    elif found is not None:
        copy_link(found, draft)
        draft.entity_type, draft.member_ids, draft.key = found.entity_type, found.member_ids, found.key


def _reflexive(history: History, draft: Draft, parse: SentenceParse) -> Cluster | None:
    """Give the subject of the clause of "himself" (the object of the verb above in "asked Al Shaw to turn himself in")."""
    for above in parse.doc[draft.root].ancestors:
        if above.pos_ not in ("VERB", "AUX"):
            continue
        subject = next((child for child in above.children if child.dep_ in SUBJECTS), None)
        if subject is None and above.dep_ in ("xcomp", "ccomp") and above.head.lemma_ != "promise":
            subject = next((child for child in above.head.children if child.dep_ == "dobj"), None)
        if subject is not None:
            found = history.clusters.get(history.owners.get((draft.sentence, subject.i)))
            return found if found is not None and _can_be(draft, found) else None
    return None


def _can_be(draft: Draft, cluster: Cluster) -> bool:
    if draft.base == "plural":
        return cluster.plural or cluster.kind != "person"
    return (cluster.kind == "person") == (draft.base != "thing") and not cluster.plural


def _relative(history: History, draft: Draft, parse: SentenceParse) -> Draft | None:
    """Give the name that a relative clause belongs to ("Laos, whose debts doubled")."""
    before = draft.first - 1
    if before >= 0 and parse.words[before] == ",":
        before -= 1
    word = parse.lower[draft.first]
    for name in history.names.get(draft.sentence, ()):
        if not name.entity_id or name.last != before + 1 or (word != "whose" and (word == "which") == (kind_of(name) == "person")):
            continue
        owner = parse.lower[name.first - 1 : name.first] == ["of"]  # "the widow of Juan Sol, whose children"
        return None if owner else name
    return None


def _named_later(history: History, draft: Draft, parse: SentenceParse) -> Draft | None:
    """Give the subject that a pronoun in the clause or phrase before it means ("In his speech, X ...", "When she came, X ...")."""
    if draft.base == "plural":
        return None
    token = parse.doc[draft.root]
    path = [token, *token.ancestors]
    if len(path) < 2 or path[-1].dep_ != "ROOT":
        return None
    main, top = path[-1], path[-2]
    if top.dep_ not in ("prep", "advcl", "npadvmod"):
        return None
    for name in history.names.get(draft.sentence, ()):
        if not name.entity_id or name.first <= draft.first or parse.doc[name.root].head.i != main.i:
            continue
        if parse.doc[name.root].dep_ not in SUBJECTS or top.i > name.first or parse.words[name.first - 1 : name.first] != [","]:
            continue
        if history.quotations.around(draft.start) is not history.quotations.around(name.start):
            continue
        person = kind_of(name) == "person"
        if (
            person == (draft.base in ("male", "female"))
            and (name.feminine in (None, draft.feminine) or not person)
            and not name.plural
        ):
            return name if name.source not in ("demonym", "people") else None
    return None
