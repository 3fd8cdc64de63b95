"""Finds the roles that stand beside a person's name: "the president of the World Bank, Ajit Pannu", "Rosa Quispe, 43, a
farmer", "Andrus Leppik, who was defence minister".

The words decide where they are clear; where they are not, the parse does.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from transforms.package_data import read_toml
from transforms.role_phrases import POSSESSIVE, Names, Role, led_body, longest_end, read_role, role_head
from transforms.spans import Draft, SentenceParse
from transforms.titles import singular, title_words

_JOINTS = frozenset({"of", "for", "at", "in", "to", "from"})
_INNER_TAGS = frozenset({"NOUN", "PROPN", "ADJ", "DET"})
_OWNERS = frozenset({"his", "her", "its", "their", "our", "my"})
_OPENING = frozenset({",", "(", "—", "–", "--", "-"})
_CLOSING = frozenset({",", ".", ")", ";", ":", "—", "–", "--", "-", "?", "!", '"', "”", "and"})
_LONGEST = 16


@cache
def verbs(kind: str) -> frozenset[str]:
    """Give the lemmas of one list under [verbs] in titles.toml: lead, speak, appoint, assume, bare, leave."""
    return frozenset(read_toml("titles.toml")["verbs"][kind])


def roles_beside(draft: Draft, parse: SentenceParse, first: int, names: Names) -> list[Role]:
    """Give the roles before and behind a person's name, whose titles begin at the token `first`."""
    before, behind = role_before(draft, parse, first, names), role_behind(draft, parse, names)
    found = [role for role in (before, behind) if role is not None]
    nouns = [noun for noun in _parsed(draft, parse, before is None, behind is None) if (parse.index, noun) not in names]
    return found + [role for noun in nouns if (role := read_role(parse, noun, names)) is not None]


def _parsed(draft: Draft, parse: SentenceParse, before: bool, behind: bool) -> Iterator[int]:
    """Give the nouns that the parse has as apposition of the name or as what it is ("X is the president of Y")."""
    doc, root = parse.doc, parse.root(draft.first, draft.last)
    token = doc[root]
    for child in token.children:
        if behind and child.dep_ == "appos" and child.i >= draft.last:
            yield child.i
    head = token.head
    if before and token.dep_ == "appos" and head.i < draft.first:
        yield head.i
    kinds = [child.dep_ for child in head.children]
    if token.dep_ in ("nsubj", "nsubjpass") and head.lemma_ in verbs("bare") and "neg" not in kinds and "attr" in kinds:
        yield next(child.i for child in head.children if child.dep_ == "attr")


def role_before(draft: Draft, parse: SentenceParse, first: int, names: Names) -> Role | None:
    """Find the role of "the Chairman of the Russian Investigative Committee, Alexander Bastrykin" and of "leader of
    Azerbaijan Heydar Aliyev"."""
    end = first - 1
    comma = end > 0 and parse.words[end] == ","
    end -= comma
    if end < 0:
        return None
    before = names.get((parse.index, end))
    start = _phrase_start(parse, end, names)
    if comma:
        opens = start == 0 and parse.lower[0] not in ("the", *_JOINTS)
        if not opens and not _is_closed(draft, parse):
            return None
    elif before is None or before.entity_type == "PERSON":
        return None
    index = start
    while index <= end:
        name = names.get((parse.index, index))
        if name is not None:
            index = name.last
            continue
        follows = parse.lower[index + 1] if index < end else ""
        joined = follows in ("and", "&") and parse.tags[index + 2] != "DET"
        ends = (comma and not follows) or follows in _JOINTS or joined
        if ends and parse.tags[index] in ("NOUN", "PROPN") and role_head(parse, index, start) >= 0:
            role = read_role(parse, longest_end(parse, index), names)
            if role is not None and role.last <= end + 1:
                return role
        index += 1
    return None


def _phrase_start(parse: SentenceParse, end: int, names: Names) -> int:
    """Give where the noun phrase that ends at a token begins, with all that hangs on it with "of", "for", "at"."""
    index = end + 1
    while index > 0 and end - index < _LONGEST:
        name = names.get((parse.index, index - 1))
        if name is not None:
            if name.entity_type == "PERSON":
                break
            index = name.first
            continue
        word = parse.lower[index - 1]
        inner = parse.tags[index - 1] in _INNER_TAGS or word in _JOINTS or word in _OWNERS or word in ("and", "&", "-")
        narrows = word in title_words("narrowing") or parse.lower[index : index + 2] == ["-", "time"]
        if not inner and not narrows and parse.words[index - 1] not in POSSESSIVE:
            break
        index -= 1
    return index


def _is_closed(draft: Draft, parse: SentenceParse) -> bool:
    """Tell whether a name is set off from what follows, as an apposition is."""
    if draft.last >= len(parse.words) or parse.lower[draft.last] in _CLOSING:
        return True
    token = parse.doc[parse.root(draft.first, draft.last)]
    return token.dep_ == "appos" and token.head.i < draft.first


def role_behind(draft: Draft, parse: SentenceParse, names: Names) -> Role | None:
    """Find the role of "Tomasz Wilk, 51, deputy head of the border guard" and of "who was Estonia's defence minister"."""
    words, lower, count = parse.words, parse.lower, len(parse.words)
    index = _over_age(parse, draft.last)
    who = index + 1 if words[index : index + 1] == [","] else index
    if lower[who : who + 1] == ["who"]:
        return _relative(parse, who + 1, names)
    if index >= count or words[index] not in _OPENING:
        return None
    return noun_phrase_role(parse, index + 1, names)


def _over_age(parse: SentenceParse, index: int) -> int:
    """Give the token behind an age: ", 43", "(43)", ", who is 51"."""
    words = parse.words
    for opening in ((",",), ("(",), (",", "aged"), (",", "who", "is"), (",", "who", "was")):
        after = index + len(opening)
        if tuple(parse.lower[index:after]) == opening and after < len(words) and words[after].isdigit() and len(words[after]) < 4:
            return after + 2 if words[after + 1 : after + 2] == [")"] else after + 1
    return index


def noun_phrase_role(parse: SentenceParse, index: int, names: Names) -> Role | None:
    """Read the noun phrase that begins at a token as a role; None where it is none, or is the title of another person."""
    lower, count, first = parse.lower, len(parse.words), index
    while index < count and index - first < 12:
        name = names.get((parse.index, index))
        if name is not None:
            if name.entity_type == "PERSON":
                break
            index = name.last
        elif (
            parse.tags[index] in _INNER_TAGS
            or parse.words[index] in POSSESSIVE
            or lower[index] in _OWNERS
            or lower[index] in title_words("former")
            or lower[index] in title_words("narrowing")
            or lower[index] == "-"
            or (lower[index] == "in" and lower[index - 1] == "-")
            or lower[index + 1 : index + 3] == ["-", "time"]
        ):
            index += 1
        else:
            break
    noun = index - 1
    owner = names.get((parse.index, index)) if index < count else None
    if noun < first or (parse.index, noun) in names or (owner is not None and owner.entity_type == "PERSON"):
        return None
    if singular(lower[noun]) != lower[noun] and role_head(parse, noun, first) == noun:
        return None
    if index < count and parse.doc[index].tag_ in ("VBD", "VBZ", "VBP", "MD"):
        return None
    return read_role(parse, longest_end(parse, noun), names, first) if role_head(parse, noun, first) >= 0 else None


def _relative(parse: SentenceParse, index: int, names: Names) -> Role | None:
    """Read "who was Estonia's defence minister until 2019", "who has chaired the Brazilian Senate"."""
    lower, doc, count = parse.lower, parse.doc, len(parse.words)
    past = lower[index : index + 1] == ["was"]
    while index < count and (doc[index].pos_ in ("AUX", "ADV") or doc[index].lemma_ == "be"):
        index += 1
    if index >= count:
        return None
    lemma = doc[index].lemma_
    if lemma in verbs("lead"):
        return led_body(parse, index, index + 1, names)
    if lemma in verbs("speak") and lower[index + 1 : index + 2] == ["for"]:
        return led_body(parse, index, index + 2, names)
    if doc[index].pos_ == "VERB":
        serves = lemma in verbs("assume") and lower[index + 1 : index + 2] == ["as"]
        if not serves and lemma not in verbs("bare"):
            return None
        past = past or doc[index].tag_ == "VBD"
        index += 2 if serves else 1
    role = noun_phrase_role(parse, index, names)
    return replace(role, former=True) if role is not None and past and lemma != "become" else role
