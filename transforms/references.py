"""Roles, groups, plural references and pronouns, and what each refers to within the document.

A wrong link costs more than none, so each kind has one narrow rule: a role points to the person who holds it, a body to the
last name of its kind, "both sides" to the last two that were named together, a pronoun to the subject before it.
"""

from collections.abc import Mapping, Sequence

from transforms.affiliations import Holding
from transforms.antecedents import History
from transforms.document import Document
from transforms.nominal_links import link_nominal
from transforms.nominals import NominalReader
from transforms.own_names import OwnNames
from transforms.pronoun_links import link_pronoun
from transforms.pronouns import find_pronouns
from transforms.spans import Draft, SentenceParse


def find_references(
    document: Document,
    parses: Sequence[SentenceParse],
    names: Sequence[Draft],
    holdings: Sequence[Holding],
    titles: Mapping[int, tuple[int, int]],
    own_names: OwnNames | None = None,
) -> list[Draft]:
    """Give the nominal and pronoun mentions of a document, linked where the text allows."""
    history = History(document, names, holdings)
    by_sentence: dict[int, list[Draft]] = {}
    for draft in names:
        by_sentence.setdefault(draft.sentence, []).append(draft)
    title_tokens: dict[int, set[int]] = {}
    for draft in names:
        if id(draft) in titles:
            title_tokens.setdefault(draft.sentence, set()).update(range(*titles[id(draft)]))
    found: list[Draft] = []
    for parse in parses:
        own = by_sentence.get(parse.index, [])
        reader = NominalReader(parse, own, title_tokens.get(parse.index, set()), own_names)
        drafts = sorted([*own, *reader.read(), *find_pronouns(parse)], key=lambda draft: (draft.start, draft.end))
        for draft in drafts:
            if draft.kind == "nominal":
                link_nominal(history, draft, parse)
            elif draft.kind == "pronoun":
                link_pronoun(history, draft, parse)
            history.add(draft, parse)
            linked = draft.entity_id or draft.member_ids or draft.country or draft.sector
            if draft.kind != "name" and (linked or (draft.kind == "nominal" and draft.entity_type in ("PERSON", "NORP"))):
                found.append(draft)
    return found
