"""Roles, groups, plural references and pronouns, and what each refers to within the document.

A wrong link costs more than none. What syntax settles (appositions, "X is a lawyer", "both sides", who speaks a quotation) is a
rule; of several that can be meant, weighed features choose, or choose none.
"""

from collections.abc import Mapping, Sequence

from transforms.affiliations import Holding
from transforms.antecedents import Choose, History
from transforms.candidates import best_of
from transforms.definite_nouns import SOURCE, find_definite_nouns, find_ordered
from transforms.document import Document
from transforms.nominal_links import link_lead, link_nominal
from transforms.nominals import NominalReader
from transforms.own_names import OwnNames
from transforms.pronoun_links import link_pronoun
from transforms.pronouns import find_pronouns
from transforms.spans import Draft, SentenceParse
from transforms.speech import SPOKEN, link_spoken


def find_references(
    document: Document,
    parses: Sequence[SentenceParse],
    names: Sequence[Draft],
    holdings: Sequence[Holding],
    titles: Mapping[int, tuple[int, int]],
    own_names: OwnNames | None = None,
    choose: Choose = best_of,
) -> list[Draft]:
    """Give the nominal and pronoun mentions of a document, linked where the text allows; `choose` decides between candidates."""
    history = History(document, parses, names, holdings, choose)
    by_sentence: dict[int, list[Draft]] = {}
    for draft in names:
        by_sentence.setdefault(draft.sentence, []).append(draft)
    title_tokens: dict[int, set[int]] = {}
    for draft in names:
        if id(draft) in titles:
            title_tokens.setdefault(draft.sentence, set()).update(range(*titles[id(draft)]))
    found: list[Draft] = []
    spoken: list[Draft] = []
    for parse in parses:
        own = by_sentence.get(parse.index, [])
        titled = title_tokens.get(parse.index, set())
        nominals = NominalReader(parse, own, titled, own_names).read()
        nominals += find_definite_nouns(parse, [*own, *nominals], titled)
        ordered = [draft for draft in find_ordered(parse) if all(draft.root != other.root for other in nominals)]
        drafts = sorted([*ordered, *own, *nominals, *find_pronouns(parse)], key=lambda draft: (draft.start, draft.end))
        for draft in drafts:
            if draft.kind == "pronoun" and draft.base in SPOKEN:
                spoken.append(draft)
                continue
            if draft.kind == "nominal":
                link_nominal(history, draft, parse)
            elif draft.kind == "pronoun":
                link_pronoun(history, draft, parse)
            if draft.base != "relative":
                history.add(draft, parse)
            found.append(draft)
    link_lead(history, found)
    for draft in spoken:
        link_spoken(history, draft)
    return [draft for draft in [*found, *spoken] if _is_mention(draft)]


def _is_mention(draft: Draft) -> bool:
    """Tell whether a reference is worth a row: linked, or a person or group whose country and sector are open."""
    if draft.kind == "name":
        return False
    if draft.entity_id or draft.member_ids:
        return True
    if draft.source == SOURCE:
        return False
    return bool(draft.country or draft.sector) or (draft.kind == "nominal" and draft.entity_type in ("PERSON", "NORP"))
