"""Finds nouns that may take up a name and that no list of roles and bodies has: "the lake", "this school", "the carpenter".

They are mentions only if what they mean is found. Persons without a name ("a driver") are kept for the pronouns after them.
"""

from collections.abc import Collection, Sequence

from transforms.nominals import left_edge, noun_kinds
from transforms.spans import Draft, SentenceParse, make_draft

_POINTING = frozenset({"the", "this", "that"})
_ARTICLES = frozenset({"a", "an"})
SOURCE = "noun"


def find_definite_nouns(parse: SentenceParse, taken: Sequence[Draft], title_tokens: Collection[int]) -> list[Draft]:
    """Give the singular noun phrases with an article or owner whose head is in no mention of `taken`, by place."""
    used = {index for draft in taken for index in (range(draft.first, draft.last) if draft.kind == "name" else (draft.root,))}
    found = []
    for index, tag in enumerate(parse.tags):
        aged = tag in ("ADJ", "NUM") and parse.lower[index] == "old" and parse.lower[index - 1 : index] == ["-"]
        if (tag != "NOUN" or index in used or index in title_tokens) and not aged:
            continue
        token = parse.doc[index]
        if token.tag_ == "NNS" or (token.dep_ in ("compound", "nmod", "amod", "npadvmod") and token.head.i > index):
            continue
        first = left_edge(parse, index)
        owned = any(child.dep_ == "poss" for child in token.children)
        article = parse.lower[first]
        if not (owned or article in _POINTING or article in _ARTICLES):
            continue
        kinds = noun_kinds(parse.lower[index])
        draft = make_draft(parse, first, index + 1, "PERSON" if "person" in kinds else "ORG", "nominal", "rule")
        draft.root, draft.base, draft.source = index, parse.lower[index], SOURCE
        found.append(draft)
    return found
