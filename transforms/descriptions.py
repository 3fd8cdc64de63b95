"""Finds the nouns that say what a name is: in apposition ("X, a carpenter", "its director, X") and after "be" ("X is a lawyer").

The parse shows most of them, the commas the rest.
"""

from transforms.antecedents import History
from transforms.clusters import kind_of
from transforms.nominals import defining_nouns, noun_kinds, place_sorts
from transforms.spans import Draft, SentenceParse

_COPULAS = frozenset({"be", "become"})
_UNASSERTED = frozenset({"not", "n't", "n’t", "never", "would", "may", "might", "could", "should", "if"})
_PLACES = frozenset({"country", "settlement", "region", "place", "facility"})
_ARTICLES = frozenset({"a", "an", "the"})
_ENDS = frozenset({",", ".", ";", "–", "—", ")", "who", "which", "from", "of", "with", "in", "at", "for", "and", "”", '"'})


def described_by(history: History, draft: Draft, parse: SentenceParse) -> Draft | None:
    """Give the name that a singular noun describes; None where it describes none."""
    token = parse.doc[draft.root]
    if draft.plural or token.tag_ in ("NNS", "NNPS"):
        return None
    names = [name for name in history.names.get(draft.sentence, ()) if name.entity_id and name.source not in ("demonym", "people")]
    for name in names:
        if not _can_be(draft, name):
            if _is_within(draft, name, parse):
                return name
            continue
        head, root = token.head, parse.doc[name.root]
        if token.dep_ == "appos" and name.first <= head.i < name.last and _is_apposed(draft, name, parse):
            return name
        if root.dep_ == "appos" and root.head.i == token.i and _is_apposed(draft, name, parse):
            return name
        if _stands_beside(draft, name, parse) or _names_it(draft, name, parse):
            return name
    return None


def subject_described(draft: Draft, parse: SentenceParse) -> int:
    """Give the token of the subject that a noun after "be" describes ("he is a lawyer"); -1 if it describes none."""
    token = parse.doc[draft.root]
    verb = token.head
    if token.dep_ != "attr" or verb.lemma_ not in _COPULAS or token.tag_ not in ("NN", "NNP") or parse.words[-1] == "?":
        return -1
    if any(child.lower_ in _UNASSERTED for child in verb.children):
        return -1
    return next((child.i for child in verb.children if child.dep_ == "nsubj" and child.i < token.i), -1)


def _can_be(draft: Draft, name: Draft) -> bool:
    head = draft.base.split()[-1] if draft.base else ""
    kinds, kind = noun_kinds(draft.base) | noun_kinds(head), kind_of(name)
    if kind == "person":
        return "person" in kinds or not kinds
    if kind in _PLACES:
        return bool(kinds & _PLACES)
    return kind in kinds or (kind == "facility" and "organisation" in kinds) or (kind == "organisation" and "facility" in kinds)


def _is_apposed(draft: Draft, name: Draft, parse: SentenceParse) -> bool:
    """Tell whether a comma, dash or bracket stands between a noun and its name, and no conjunction."""
    first, last = (draft.last, name.first) if draft.first < name.first else (name.last, draft.first)
    between = parse.words[first:last]
    if kind_of(name) == "person" and not noun_kinds(draft.base) and "NOUN" in parse.tags[first:last]:
        return False  # "a warrant for the head of customs, X": the nearer noun is what X is
    return bool(between) and any(word in (",", "–", "—", "(", "-") for word in between) and between[-1] not in ("and", "or", "&")


def _names_it(draft: Draft, name: Draft, parse: SentenceParse) -> bool:
    """Tell whether a name follows its noun directly ("his father Jan Nowak") or stands in it ("the Al-Fajr group")."""
    if name.first == draft.last + 1 and parse.lower[draft.last] == "of" and kind_of(name) in _PLACES:
        return draft.base in place_sorts()  # "the port of Dichato"
    if name.first == draft.last and kind_of(name) in ("person", "organisation"):
        return parse.lower[draft.first] == "the" or any(child.dep_ == "poss" for child in parse.doc[draft.root].children)
    return _is_within(draft, name, parse)


def _is_within(draft: Draft, name: Draft, parse: SentenceParse) -> bool:
    inside = name.last == draft.root and name.first == draft.first + 1 and parse.lower[draft.first] == "the"
    return inside and draft.base in defining_nouns() and not name.source and kind_of(name) not in ("person", "country")


def _stands_beside(draft: Draft, name: Draft, parse: SentenceParse) -> bool:
    words = parse.words
    if draft.first == name.last + 1 and words[name.last] == "," and parse.lower[draft.first] in _ARTICLES:
        return draft.last >= len(words) or words[draft.last] in _ENDS
    if name.first == draft.last + 1 and words[draft.last] == "," and (name.last >= len(words) or words[name.last] in (",", ".")):
        owned = any(child.dep_ == "poss" for child in parse.doc[draft.root].children)
        return owned or parse.lower[draft.first] in _ARTICLES
    return False
