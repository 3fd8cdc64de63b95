"""What speaks for or against a reading of a name: the model's label, the words around it, the gazetteer."""

from collections.abc import Mapping, Sequence

from transforms.gazetteer import Entry, Hit
from transforms.organisations import organisation_heads, other_heads
from transforms.person_names import given_names
from transforms.spans import SentenceParse
from transforms.titles import role_at_end, title_words

_NAMES = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "EVENT", "LAW", "PRODUCT", "WORK_OF_ART"})


def agrees(entry: Entry, label: str) -> bool:
    """Tell whether the gazetteer\'s reading of a name goes with the model\'s label; a weak name needs more."""
    if entry.source in ("demonym", "people") and label == "LANGUAGE":
        return False
    if not entry.weak:
        return not (entry.source == "city" and label == "PERSON" and not entry.candidates[0].capital)
    if entry.source == "organisation":
        return label in ("ORG", "PRODUCT")
    return label in ("GPE", "LOC", "FAC", "NORP")


def is_town_or_area(entry: Entry) -> bool:
    """Tell whether a gazetteer name is a region or a city other than a capital: what a club may be called, but no government."""
    return entry.source == "region" or (entry.source == "city" and not entry.candidates[0].capital)


def model_reads_body(parse: SentenceParse, first: int, last: int) -> bool:
    """Tell whether the model has a name that holds a head word ("Bank", "Airport") of the tokens [first, last)."""
    heads = [
        index for index in range(first, last) if parse.words[index] in organisation_heads() or parse.words[index] in other_heads()
    ]
    return any(
        entity.label_ in _NAMES and entity.start <= index < entity.end and not _begins_within_role(parse, entity.start)
        for entity in parse.ents
        for index in heads
    )


def _begins_within_role(parse: SentenceParse, start: int) -> bool:
    """Tell whether a name cuts the owner of an office in two: "General's Office" of "Prosecutor General's Office"."""
    owned = parse.words[start + 1 : start + 2] in (["'s"], ["’s"])
    if not owned or start == 0 or not parse.words[start - 1][0].isupper():
        return False
    return role_at_end(parse.lower[max(start - 3, 0) : start + 1]) > 1


def is_title_cut_short(parse: SentenceParse, last: int) -> bool:
    """Tell whether the model takes the beginning of a title for an organisation: "Trade" of "Trade Minister"."""
    words = parse.words
    if last + 1 >= len(words) or not (words[last][0].isupper() and words[last + 1][0].isupper()):
        return False
    return bool(role_at_end([parse.lower[last]])) and not words[last - 1].isupper() and words[last - 1] not in organisation_heads()


def model_says_person(parse: SentenceParse, first: int, last: int) -> bool:
    """Tell whether the model takes the tokens for (a part of) a person."""
    return any(entity.label_ == "PERSON" and entity.start <= first and last <= entity.end for entity in parse.ents)


def one_country(hits: Sequence[Hit]) -> str | None:
    """Give the country of gazetteer names that belong to one only."""
    codes = {hit.entry.country for hit in hits if hit.entry.country}
    return codes.pop() if len(codes) == 1 else None


def is_person(parse: SentenceParse, first: int, last: int, taken: Sequence[object], hits: Mapping[int, Hit]) -> bool:
    """Tell whether capitalised words follow a role or begin with a first name, and hold no word of a body or place."""
    words = parse.words[first:last]
    before = first - 2 if first > 1 and parse.words[first - 1] == "," else first - 1
    has_role = before >= 0 and taken[before] is None and bool(role_at_end(parse.lower[max(before - 3, 0) : before + 1]))
    if not 2 <= len(words) <= (4 if has_role else 3) or not (has_role or parse.lower[first] in given_names()):
        return False
    plain = all(word[0].isupper() and word.isalpha() and not word.isupper() for word in words)
    known = any(index in hits and not hits[index].entry.weak for index in range(first, last))
    return plain and not known and not any(word in organisation_heads() or word in other_heads() for word in words)


def holder_behind(parse: SentenceParse, first: int, last: int) -> int | None:
    """Give the token where a person's name begins behind that of a body in [first, last), if one does.

    "Refugee Council Ann Cole" is two names, "Bank of New York Mellon" and "John Jay College" are one. A first name that
    nobody knows needs a role before: "head of the Refugee Council Zuko Abara".
    """
    words = parse.words
    before = first - 1 if first and parse.lower[first - 1] == "the" else first
    held = before > 1 and parse.lower[before - 1] == "of" and bool(role_at_end(parse.lower[max(before - 5, 0) : before - 1]))
    for start in range(max(first + 2, last - 3), last - 1):
        behind = words[start:last]
        if (
            (parse.lower[start] in given_names() or (held and words[start - 1] in organisation_heads()))
            and words[start - 1][0].isupper()
            and parse.lower[start - 1] not in title_words("honorifics")
            and any(word in organisation_heads() for word in words[first:start])
            and all(word[0].isupper() and word.replace("-", "").isalpha() and not word.isupper() for word in behind)
            and not any(word in organisation_heads() or word in other_heads() for word in behind)
        ):
            return start
    return None
