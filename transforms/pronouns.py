"""Finds the pronouns of one sentence that can stand for a named entity."""

from functools import cache

from transforms.package_data import read_toml
from transforms.spans import Draft, SentenceParse, make_draft

_PERSONS = frozenset({"male", "female", "speaker", "addressee"})
_EMPTY_VERBS = frozenset({"be", "seem", "appear", "take", "matter", "turn"})
_WEATHER = frozenset({"rain", "snow", "hail"})


@cache
def pronoun_kinds() -> dict[str, str]:
    """Give the kind of each pronoun in lower case: male, female, plural, thing, speaker, group or addressee."""
    rows: dict[str, list[str]] = read_toml("nominals.toml")["pronouns"]
    return {word: kind for kind, words in rows.items() for word in words}


def find_pronouns(parse: SentenceParse) -> list[Draft]:
    """Give the pronouns by place; `base` is its kind."""
    found = []
    for index, word in enumerate(parse.lower):
        kind = pronoun_kinds().get(word)
        if kind is None or parse.tags[index] not in ("PRON", "DET") or (kind == "thing" and _is_empty(parse, index)):
            continue
        draft = make_draft(parse, index, index + 1, "PERSON" if kind in _PERSONS else "ORG", "pronoun", "coreference")
        draft.base = kind
        draft.plural = kind == "plural"
        draft.feminine = {"male": False, "female": True}.get(kind)
        found.append(draft)
    return found


def _is_empty(parse: SentenceParse, index: int) -> bool:
    """Tell whether "it" stands for nothing: "it is clear that", "it was him who", "confirmed it"."""
    token = parse.doc[index]
    if token.lower_ != "it":
        return False
    verb = token.head
    if token.dep_ not in ("nsubj", "nsubjpass"):  # "made it clear that"
        after = parse.doc[index + 1] if index + 1 < len(parse.words) else token
        return after.pos_ == "ADJ" or after.lower_ in ("that", "to")
    if verb.lemma_ in _WEATHER or any(child.lemma_ in _WEATHER for child in (verb.head, *verb.children)):
        return True
    clause = any(child.dep_ in ("ccomp", "xcomp", "advcl", "csubj", "relcl") for child in verb.children)
    inner = any(
        grandchild.dep_ in ("xcomp", "ccomp", "relcl")
        for child in verb.children
        if child.dep_ in ("acomp", "attr")
        for grandchild in child.children
    )
    return verb.lemma_ in _EMPTY_VERBS and (clause or inner or any(child.dep_ in ("acomp", "attr") for child in verb.children))
