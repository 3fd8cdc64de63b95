"""Reads one role in its sentence: how far its title reaches, and the names and bodies around it that say whose it is.

"Kenya's former minister of health" has its owner before it, "governor of the central bank of Somalia" behind it; "of health"
is part of the title, "of Somalia" is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from transforms.nominals import plain_nouns
from transforms.spans import Draft, SentenceParse
from transforms.titles import (
    has_field,
    is_portfolio,
    modifier_sector,
    narrowed,
    role_at_end,
    singular,
    title_words,
)

Names = Mapping[tuple[int, int], Draft]
"""The names of a document by sentence and token."""
POSSESSIVE = frozenset({"'s", "’s", "'", "’"})
_COUNTRY_SOURCES = frozenset({"country", "demonym"})
_JOINTS = frozenset({"of", "for", "at", "in", "from", "with", "to", "on"})
_ELSEWHERE = frozenset({"at", "in", "to", "from", "on"})
_NOMINAL = frozenset({"NOUN", "PROPN", "ADJ"})
_NEIGHBOURS = frozenset({"neighbour", "neighbor", "ally", "rival"})


@dataclass(frozen=True, slots=True)
class Role:
    """A title as found in one sentence: tokens [first, last), and what says whose.

    `head` is the token of its noun, -1 where there is none; `words` its role without field ("minister" of "minister of
    health"), `body` the token of a common noun for the organisation ("central bank"), -1 where there is none.
    """

    first: int
    last: int
    head: int
    words: tuple[str, ...]
    field: tuple[str, ...] = ()
    organisation: Draft | None = None
    country: str | None = None
    body: int = -1
    sector: str | None = None
    former: bool = False


@dataclass(slots=True)
class _Owner:
    """Whose a role is, as far as it has been read."""

    organisation: Draft | None = None
    country: str | None = None
    body: int = -1
    sector: str | None = None

    def take(self, name: Draft) -> None:
        if name.entity_type in ("ORG", "FAC"):
            if self.organisation is None:
                self.organisation, self.country = name, self.country or name.country
        elif name.source in _COUNTRY_SOURCES or name.entity_type in ("GPE", "NORP", "LOC"):
            self.country = self.country or name.country


@cache
def _bodies() -> dict[str, str | None]:
    """Give the sector of each common noun for an organisation ("central bank", "border guard")."""
    return {noun: sector for noun, (kind, sector) in plain_nouns().items() if kind == "ORG"}


def role_head(parse: SentenceParse, noun: int, floor: int = 0) -> int:
    """Give the first token of the role phrase that ends at the token `noun`, -1 where it ends none."""
    count = role_at_end(parse.lower[max(noun - 5, floor) : noun + 1])
    return noun + 1 - count if count else -1


def longest_end(parse: SentenceParse, noun: int) -> int:
    """Give the last token of the longest role phrase around a role's noun ("secretary of state" from "secretary")."""
    for end in range(min(noun + 4, len(parse.words) - 1), noun, -1):
        if 0 <= role_head(parse, end) <= noun and parse.lower[noun + 1] in ("of", "-", "for"):
            return end
    return noun


def read_role(parse: SentenceParse, noun: int, names: Names, least: int = 0) -> Role | None:
    """Read the role whose phrase ends at the token `noun` and begins at `least` or later; None where that noun is no role."""
    floor = noun
    while floor > least and (parse.index, floor - 1) not in names and parse.words[floor - 1] not in POSSESSIVE:
        floor -= 1
    start = role_head(parse, noun, floor)
    if start < 0:
        return None
    return role_at(parse, narrowed(parse.lower, parse.tags, start, floor), noun + 1, names)


def role_at(parse: SentenceParse, first: int, end: int, names: Names) -> Role:
    """Read the role at tokens [first, end) with its field and the names before and behind it."""
    lower = parse.lower
    first = _joined_before(parse, first, names)
    last = _field_end(parse, end, names) if end < len(lower) else end
    head, second = end - 1, _joined_behind(parse, last, names)
    if second > last:
        head, end, last = second - 1, second, _field_end(parse, second, names)
    owner = _Owner()
    former = _owner_before(parse, first, names, owner)
    former = former or bool(title_words("past") & set(lower[first:end])) or lower[first : first + 3] == ["one", "-", "time"]
    if owner.organisation is None or lower[last : last + 1] == ["of"]:  # "UN envoy for Yemen"
        _owner_behind(parse, last, names, owner, sent=_is_sent(lower[first:end]))
    shown = first
    while shown < end - 1 and (lower[shown] in title_words("unshown") or lower[shown : shown + 3] == ["one", "-", "time"]):
        if lower[shown + 1] == "-" and lower[shown] != "one":
            break  # "ex-president"
        shown += 3 if lower[shown] == "one" else 1
    return Role(
        shown, last, head, tuple(lower[first:end]), tuple(lower[end:last]), owner.organisation, owner.country, owner.body,
        owner.sector, former,
    )  # fmt: skip


def _is_sent(words: list[str]) -> bool:
    plain = [*words[:-1], singular(words[-1])]
    return any(" ".join(plain[-count:]) in title_words("sent") for count in (1, 2, 3))


def _joined_before(parse: SentenceParse, first: int, names: Names) -> int:
    """Give where "founder and" before "chief executive" begins: the titles of one person have one article and one case."""
    lower, words = parse.lower, parse.words
    if first < 2 or lower[first - 1] not in ("and", "&") or (parse.index, first - 2) in names:
        return first
    other = role_head(parse, first - 2)
    if other < 0 and lower[first - 2] in ("state", "affairs"):
        return first
    if other < 0 or singular(lower[first - 2]) != lower[first - 2]:
        return first
    floor = other
    while floor > 0 and (parse.index, floor - 1) not in names and words[floor - 1] not in POSSESSIVE:
        floor -= 1
    start = narrowed(lower, parse.tags, other, floor)
    same_case = start == 0 or words[start][0].isupper() == words[first][0].isupper()
    return start if same_case else first


def _joined_behind(parse: SentenceParse, last: int, names: Names) -> int:
    """Give the end of "and chief executive" behind "chairman"; `last` where a person's name or an article follows."""
    lower = parse.lower
    if last + 1 >= len(lower) or lower[last] not in ("and", "&"):
        return last
    index = last + 1
    while index < len(lower) and index < last + 6 and parse.tags[index] in _NOMINAL and (parse.index, index) not in names:
        index += 1
    before = (parse.index, index) in names and names[parse.index, index].entity_type == "PERSON"
    return index if index > last + 1 and role_head(parse, index - 1, last + 1) >= 0 and not before else last


def _field_end(parse: SentenceParse, end: int, names: Names) -> int:
    """Give the end of the field that belongs to the title at [.., end): "of health", "for industry and trade"."""
    lower, tags = parse.lower, parse.tags
    if end + 1 >= len(lower) or lower[end] not in ("of", "for"):
        return end
    before = lower[max(end - 6, 0) : end]
    portfolio = is_portfolio(before)
    if not portfolio and not has_field(before):
        return end
    index = end + 1
    if lower[index] in ("the", "a", "an"):
        if not portfolio or lower[index] != "the":
            return end
        index += 1
    start = index
    while index < len(lower) and index - start < 8:
        name = names.get((parse.index, index))
        if name is not None and (name.entity_type in ("PERSON", "GPE", "NORP", "LOC") or name.country or not portfolio):
            break
        joins = lower[index] in ("and", "&", ",") and index + 1 < len(lower) and index > start
        if tags[index] in _NOMINAL or (joins and _goes_on(parse, index, names)):
            index += 1
        else:
            break
    if index == start or (index < len(lower) and parse.words[index] in POSSESSIVE):
        return end
    return index


def _goes_on(parse: SentenceParse, joint: int, names: Names) -> bool:
    """Tell whether a field goes on behind "and" or a comma: a noun that is neither a name nor a role, of a list with "and"."""
    following = joint + 1
    if (parse.index, following) in names or parse.tags[following] not in _NOMINAL:
        return False
    if role_at_end(parse.lower[following : following + 1]) or role_at_end(parse.lower[following : following + 2]):
        return False
    return parse.lower[joint] != "," or "and" in parse.lower[following : following + 4]


def _owner_before(parse: SentenceParse, first: int, names: Names, owner: _Owner) -> bool:
    """Read the names directly before a role ("Kenya's", "Russian army"); tell whether "former" stands before them."""
    before, former, hops = first - 1, False, 0
    while before >= 0 and hops < 4:
        name = names.get((parse.index, before))
        if name is not None and name.entity_type != "PERSON":
            owner.take(name)
            before, hops = name.first - 1, hops + 1
        elif parse.words[before] in POSSESSIVE:
            before -= 1
            if (parse.index, before) not in names and before >= 0:
                _take_body(parse, before, owner)
                break
        elif parse.lower[before] in title_words("former"):
            former = former or parse.lower[before] in title_words("past")
            before -= 1
        else:
            break
    return former


def _owner_behind(parse: SentenceParse, last: int, names: Names, owner: _Owner, sent: bool) -> None:
    """Read the names and the body behind a role: "of Ghana's electoral commission", "at Petrel Securities"."""
    lower, count = parse.lower, len(parse.words)
    index = last
    for _ in range(2):
        if index + 1 >= count or lower[index] not in _JOINTS or (sent and lower[index] in _ELSEWHERE):
            return
        if index > last and lower[index] not in ("of", "at") and (owner.organisation is not None or lower[index] != "in"):
            return
        end = _owner_phrase(parse, index + 1, names, owner, whence=lower[index] == "from")
        if end == index + 1:
            return
        index = end


def _owner_phrase(parse: SentenceParse, first: int, names: Names, owner: _Owner, whence: bool = False) -> int:
    """Read one noun phrase as an owner; gives its end, `first` where there is none. A town that somebody is from owns nothing."""
    lower, count = parse.lower, len(parse.words)
    index = first
    while index < count and (lower[index] in ("the", "a", "an") or parse.words[index] in POSSESSIVE):
        index += 1
    common, start = index, index
    while index < count and index - first < 10:
        name = names.get((parse.index, index))
        if name is not None:
            if name.entity_type == "PERSON":
                break
            neighbour = name.source == "country" and set(lower[start:index]) & _NEIGHBOURS
            if neighbour:
                owner.country = None  # "Senegal's neighbour Mali"
            if not whence or name.source != "city":
                owner.take(name)
            if name.entity_type == "ORG" and name.sector is None and owner.sector is None:
                owner.sector = modifier_sector(lower[common:index])
            index = name.last
            common = index
            if name.entity_type == "ORG" and name is owner.organisation:
                return index
        elif parse.words[index] in POSSESSIVE and index > start:
            index += 1
            common = index if (parse.index, index - 2) in names else common
        elif (parse.tags[index] in _NOMINAL and parse.words[index][0].isalpha()) or (parse.words[index] == "-" and index > start):
            index += 1
        else:
            break
    if common < index and owner.organisation is None:
        _take_body(parse, index - 1, owner)
    return index


def _take_body(parse: SentenceParse, noun: int, owner: _Owner) -> None:
    """Take a common noun for an organisation as the owner ("the central bank")."""
    for count in (3, 2, 1):
        phrase = [*parse.lower[max(noun - count + 1, 0) : noun], singular(parse.lower[noun])]
        words = " ".join(phrase).replace(" 's", "'s").replace(" ’s", "'s")
        if words in _bodies() and owner.body < 0:
            before = parse.lower[max(noun - 3, 0) : noun]
            owner.body = noun
            owner.sector = owner.sector or modifier_sector(before) or _bodies()[words]
            return


def led_body(parse: SentenceParse, verb: int, first: int, names: Names) -> Role | None:
    """Read what somebody heads who has no title: "who heads the central bank"; None where it is no organisation."""
    owner = _Owner()
    _owner_phrase(parse, first, names, owner)
    if owner.organisation is None and owner.body < 0:
        return None
    if owner.country is None and owner.body >= 0 and parse.lower[owner.body + 1 : owner.body + 2] == ["of"]:
        _owner_phrase(parse, owner.body + 2, names, owner)
    return Role(verb, verb, -1, (), (), owner.organisation, owner.country, owner.body, owner.sector)
