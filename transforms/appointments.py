"""Finds who takes an office: "X was named governor of the central bank", "Parliament elected Y speaker", "Z took over as chief
executive"."""

from spacy.tokens import Token

from transforms.appositions import noun_phrase_role, verbs
from transforms.role_phrases import Names, Role
from transforms.spans import Draft, SentenceParse

_LINKS = (("to", "be"), ("to", "become"), ("as",))
_REACH = 9


def find_appointments(parse: SentenceParse, names: Names) -> list[tuple[Draft, Role]]:
    """Give each person of a sentence whom a verb gives a role."""
    found = []
    for index, tag in enumerate(parse.tags):
        if tag != "VERB":
            continue
        token = parse.doc[index]
        lemma = token.lemma_.lower()
        if lemma in verbs("appoint"):
            person, role = _appointed(parse, token, names)
        elif lemma in verbs("assume") or lemma in verbs("bare") or lemma in verbs("leave"):
            person = _subject(parse, token, ("nsubj",), names)
            role = None
            if person is not None:
                role = noun_phrase_role(parse, index + 1, names) if lemma in verbs("bare") else _role_as(parse, index + 1, names)
        else:
            continue
        if person is not None and role is not None:
            found.append((person, role))
    return found


def _appointed(parse: SentenceParse, token: Token, names: Names) -> tuple[Draft | None, Role | None]:
    """Read "was elected president", "elected Dorota Malec speaker" and "Appointed minister only in June, Sokha Prak"."""
    index = token.i + 1
    if parse.lower[index : index + 1] == ["in"]:  # "sworn in"
        index += 1
    person = names.get((parse.index, index))
    if person is not None and person.entity_type == "PERSON":
        index = person.last
    else:
        person = _subject(parse, token, ("nsubjpass",), names) or _described(parse, token, names)
        if person is None:
            return None, None
    for link in _LINKS:
        if tuple(parse.lower[index : index + len(link)]) == link:
            return person, noun_phrase_role(parse, index + len(link), names)
    return person, noun_phrase_role(parse, index, names) or _role_as(parse, index, names)


def _role_as(parse: SentenceParse, first: int, names: Names) -> Role | None:
    """Find "as chief executive" behind a verb, not beyond the next verb."""
    for index in range(first, min(first + _REACH, len(parse.words))):
        if parse.lower[index] == "as":
            return noun_phrase_role(parse, index + 1, names)
        if parse.tags[index] in ("VERB", "AUX") or parse.words[index] in (";", ".", "”", '"'):
            return None
    return None


def _subject(parse: SentenceParse, token: Token, kinds: tuple[str, ...], names: Names) -> Draft | None:
    """Give the person who is the subject of a verb, or of the verb it is joined to."""
    for _ in range(2):
        for child in token.children:
            if child.dep_ in kinds:
                person = names.get((parse.index, child.i))
                return person if person is not None and person.entity_type == "PERSON" else None
        if token.dep_ != "conj":
            return None
        token, kinds = token.head, ("nsubj", "nsubjpass")
    return None


def _described(parse: SentenceParse, token: Token, names: Names) -> Draft | None:
    """Give the person whom a participle describes: "Sokha Prak, appointed minister in June", or the other way round."""
    if token.tag_ != "VBN" or any(child.dep_ in ("nsubj", "nsubjpass", "auxpass", "aux") for child in token.children):
        return None
    if token.i == 0:
        comma = next((index for index in range(1, len(parse.words) - 1) if parse.words[index] == ","), None)
        person = names.get((parse.index, comma + 1)) if comma else None
    else:
        person = names.get((parse.index, token.head.i)) if token.dep_ == "acl" else None
    return person if person is not None and person.entity_type == "PERSON" else None
