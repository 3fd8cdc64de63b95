"""Finds nouns that may take up a name and that no list of roles and bodies has: "the lake", "this school", "the carpenter".

They are mentions only if what they mean is found. Persons without a name ("a driver") are kept for the pronouns after them.
"""

from collections.abc import Collection, Sequence

from transforms.nominals import left_edge, noun_kinds
from transforms.spans import Draft, SentenceParse, make_draft

_POINTING = frozenset({"the", "this", "that"})
_ARTICLES = frozenset({"a", "an"})
_NOUNS = (["NOUN"], ["PROPN"], ["ADJ"])
ORDERED = frozenset({"former", "latter"})
SOURCE = "noun"


def find_definite_nouns(parse: SentenceParse, taken: Sequence[Draft], title_tokens: Collection[int]) -> list[Draft]:
    """Give the singular noun phrases with an article or owner whose head is in no mention of `taken`, by place."""
    used = {index for draft in taken for index in (range(draft.first, draft.last) if draft.kind == "name" else (draft.root,))}
    people = {draft.first for draft in taken if draft.kind == "name" and draft.entity_type == "PERSON"}
    found = []
    for index, tag in enumerate(parse.tags):
        aged = tag in ("ADJ", "NUM") and parse.lower[index] == "old" and parse.lower[index - 1 : index] == ["-"]
        titled = index in title_tokens and index + 1 not in people
        if (tag != "NOUN" or index in used or titled) and not aged:
            continue
        token = parse.doc[index]
        before = parse.doc[index - 1] if index else token
        named = index + 1 in people and (before.tag_ in ("PRP$", "POS") or before.lower_ == "the")  # "his father Jan Nowak"
        if token.tag_ == "NNS" or (not named and token.dep_ in ("compound", "nmod", "amod", "npadvmod") and token.head.i > index):
            continue
        first = index - 1 if named else left_edge(parse, index)
        owned = before.tag_ in ("PRP$", "POS") or any(child.dep_ == "poss" for child in token.children)
        article = parse.lower[first]
        apposed = token.dep_ == "appos" or any(child.dep_ == "appos" for child in token.children)
        if not (owned or apposed or article in _POINTING or article in _ARTICLES):
            continue
        kinds = noun_kinds(parse.lower[index])
        draft = make_draft(parse, first, index + 1, "PERSON" if "person" in kinds else "ORG", "nominal", "rule")
        draft.root, draft.base, draft.source = index, parse.lower[index], SOURCE
        found.append(draft)
    return found


def find_ordered(parse: SentenceParse) -> list[Draft]:
    """Give "the former" and "the latter" where they stand alone."""
    found = []
    for index in range(1, len(parse.words)):
        if parse.lower[index] in ORDERED and parse.lower[index - 1] == "the" and parse.tags[index + 1 : index + 2] not in _NOUNS:
            draft = make_draft(parse, index - 1, index + 1, "ORG", "nominal", "rule")
            draft.root, draft.base, draft.source = index, parse.lower[index], SOURCE
            found.append(draft)
    return found
