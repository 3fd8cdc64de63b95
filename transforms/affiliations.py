"""Who holds which title where: read from a title before a name, an apposition on either side of it, or "X is the president of
Y".

The country comes from what stands with the title (a demonym, a possessive, "of"), else from the organisation, also where only
one office of that kind is named in the document ("Prosecutor General Kamran Aliyev" where the article names that office of
Azerbaijan).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from transforms.organisations import normal_base, organisation_id
from transforms.package_data import read_toml
from transforms.spans import Draft, SentenceParse
from transforms.titles import role_at_end, role_sector, singular, title_start

_COUNTRY_SOURCES = frozenset({"country", "demonym"})
_JOINTS = frozenset({"of", "for", "at", "in", "from", "with"})
_POSSESSIVE = frozenset({"'s", "’s", "'", "’"})


@dataclass(frozen=True, slots=True)
class Role:
    """A title as found in one sentence: tokens [first, last), and the names that say whose."""

    first: int
    last: int
    words: tuple[str, ...]
    organisation: Draft | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Holding:
    """One statement that a person holds a role, before it becomes a row of affiliations."""

    sentence: int
    start: int
    end: int
    person: Draft
    title: str
    words: tuple[str, ...]
    organisation_id: str | None
    country: str | None
    sector: str | None
    noun: int
    """Token of the sentence that is the role's head: that mention is the person too."""


@cache
def _offices() -> dict[str, str]:
    offices: dict[str, str] = read_toml("titles.toml")["offices"]
    return offices


def find_titles(drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> dict[int, tuple[int, int]]:
    """Give the tokens of the title before each person's name, by the draft's id(); sets `role` of the drafts."""
    by_end = {(draft.sentence, draft.last): draft for draft in drafts}
    titles: dict[int, tuple[int, int]] = {}
    for draft in drafts:
        if draft.entity_type != "PERSON":
            continue
        parse = parses[draft.sentence]
        first = _title_first(draft, parse, by_end)
        if first < draft.first:
            titles[id(draft)] = (first, draft.first)
            draft.role = " ".join(parse.words[first : draft.first])
    for before, after in pairwise(drafts):  # "Presidents Ilham Aliyev and Vladimir Putin"
        shared = before.role and not after.role and before.sentence == after.sentence and after.first == before.last + 1
        if shared and after.entity_type == "PERSON" and parses[before.sentence].lower[before.last] == "and":
            last_word = before.role.lower().split()[-1]
            if singular(last_word) != last_word:
                after.role = before.role
    return titles


def _title_first(draft: Draft, parse: SentenceParse, by_end: Mapping[tuple[int, int], Draft]) -> int:
    floor = 0
    for end in range(draft.first, max(draft.first - 8, 0), -1):
        if (draft.sentence, end) in by_end:
            floor = end
            break
    return title_start(parse.lower, parse.tags, draft.first, floor)


def find_holdings(drafts: Sequence[Draft], parses: Sequence[SentenceParse], titles: Mapping[int, tuple[int, int]]) -> list[Holding]:
    """Give every statement of a person's role in the document, by place."""
    by_token = {(draft.sentence, index): draft for draft in drafts for index in range(draft.first, draft.last)}
    offices = _known_offices(drafts)
    found: list[Holding] = []
    for draft in drafts:
        if draft.entity_type != "PERSON" or not draft.entity_id:
            continue
        parse = parses[draft.sentence]
        roles = []
        if id(draft) in titles:
            roles.append(_role(parse, *titles[id(draft)], by_token))
        elif draft.role:
            roles.append(Role(draft.first, draft.first, tuple(draft.role.lower().split()), None, None))
        behind = _role_before(draft, parse, by_token)
        if behind is not None:
            roles.append(behind)
        roles += [
            role for role in _appositions(draft, parse, by_token) if id(draft) not in titles or role.organisation or role.country
        ]
        roles = list({(role.first, role.last): role for role in roles}.values())
        if not roles:
            owner = by_token.get((draft.sentence, draft.first - 2))
            if (
                owner is not None and owner.source == "country" and parse.words[draft.first - 1] in _POSSESSIVE
            ):  # "Syria's Bashar al-Assad"
                roles.append(Role(owner.first, owner.first, (), None, owner.country))
        found += [_holding(draft, parse, role, offices) for role in roles if role.words or role.country]
    return found


def _known_offices(drafts: Sequence[Draft]) -> dict[str, set[str]]:
    offices: dict[str, set[str]] = {}
    for draft in drafts:
        if draft.base and draft.country:
            offices.setdefault(draft.base, set()).add(draft.country)
    return offices


def _holding(person: Draft, parse: SentenceParse, role: Role, offices: Mapping[str, set[str]]) -> Holding:
    organisation = role.organisation
    base = office_of(role.words)
    country = role.country or (organisation.country if organisation else None)
    organisation_key = organisation.entity_id if organisation else None
    if base and not organisation:
        if country is None and len(offices.get(base, ())) == 1:
            country = next(iter(offices[base]))
        if country or base in offices:
            organisation_key = organisation_id(base, country)
    sector = role_sector(role.words)
    if organisation and organisation.sector and (sector is None or (sector in ("GOV", "LEG") and organisation.sector == "IGO")):
        sector = organisation.sector
    first, last = min(role.first, person.first), max(role.last, person.last)
    title = parse.text[parse.starts[role.first] : parse.ends[role.last - 1]] if role.last > role.first else person.role
    return Holding(
        person.sentence,
        parse.offset + parse.starts[first],
        max(parse.offset + parse.ends[last - 1], person.end),
        person,
        title,
        role.words,
        organisation_key,
        country,
        sector,
        role.last - 1 if role.last > role.first else -1,
    )


def office_of(words: Sequence[str]) -> str | None:
    """Give the organisation that a role implies ("foreign minister": "ministry of foreign affairs"), None if it implies
    none."""
    words = [*words[:-1], singular(words[-1])] if words else []
    for count in range(min(4, len(words)), 0, -1):
        phrase = " ".join(words[-count:])
        if phrase in _offices():
            return normal_base(_offices()[phrase])
    return None


def _role(parse: SentenceParse, first: int, last: int, by_token: Mapping[tuple[int, int], Draft]) -> Role:
    """Read the role at tokens [first, last) with the names that stand directly before it and, after "of", behind its head."""
    organisation, country = None, None
    before = first - 1
    if before >= 0 and parse.words[before] in _POSSESSIVE:
        before -= 1
    hops = 0
    while before >= 0 and hops < 3 and (parse.index, before) in by_token:
        name = by_token[parse.index, before]
        organisation, country = _take(name, organisation, country)
        before, hops = name.first - 1, hops + 1
    after = last
    if after + 1 < len(parse.words) and parse.lower[after] in _JOINTS:
        after += 1
        while after < len(parse.words) and (
            parse.lower[after] in ("the", "a", "an") or (parse.tags[after] == "ADJ" and (parse.index, after) not in by_token)
        ):
            after += 1
        following = by_token.get((parse.index, after))
        if following is not None and following.first == after:
            organisation, country = _take(following, organisation, country)
            then = by_token.get((parse.index, following.last + 1))
            if then is not None and parse.words[following.last] in _POSSESSIVE:
                organisation, country = _take(then, organisation, country)
    words = tuple(parse.lower[first:last])
    return Role(first, last, words, organisation, country)


def _take(name: Draft, organisation: Draft | None, country: str | None) -> tuple[Draft | None, str | None]:
    if name.entity_type == "ORG":
        return name, country or name.country
    if name.source in _COUNTRY_SOURCES or name.entity_type in ("GPE", "NORP", "LOC"):
        return organisation, country or name.country
    return organisation, country


def _appositions(draft: Draft, parse: SentenceParse, by_token: Mapping[tuple[int, int], Draft]) -> list[Role]:
    doc, root = parse.doc, doc_root(parse, draft)
    nouns = [child.i for child in doc[root].children if child.dep_ == "appos" and not draft.first <= child.i < draft.last]
    head = doc[root].head
    if doc[root].dep_ == "appos" and head.i != root:
        nouns.append(head.i)
    if doc[root].dep_ in ("nsubj", "nsubjpass") and head.lemma_ == "be":
        nouns += [child.i for child in head.children if child.dep_ == "attr"]
    if draft.last + 1 < len(parse.words) and parse.words[draft.last] == "," and not nouns:
        nouns += _noun_after(parse, draft.last + 1)
    roles = []
    for noun in dict.fromkeys(nouns):
        if (parse.index, noun) in by_token:
            continue
        role = role_around(parse, noun, by_token)
        if role is not None:
            roles.append(role)
    return roles


def _role_before(draft: Draft, parse: SentenceParse, by_token: Mapping[tuple[int, int], Draft]) -> Role | None:
    """Find "the Chairman of the Russian Investigative Committee, Alexander Bastrykin" and "leader of Azerbaijan Heydar
    Aliyev"."""
    before = draft.first - 1
    if before >= 0 and parse.words[before] == ",":
        before -= 1
    steps = 0
    while before > 0 and steps < 3 and (parse.index, before) in by_token:
        before, steps = by_token[parse.index, before].first - 1, steps + 1
        while before > 0 and (parse.lower[before] in ("the", "and") or parse.words[before] in _POSSESSIVE):
            before -= 1
    if not steps or before < 1 or parse.lower[before] not in _JOINTS or (parse.index, before - 1) in by_token:
        return None
    return role_around(parse, before - 1, by_token)


def _noun_after(parse: SentenceParse, index: int) -> list[int]:
    """Find the head of ", the former deputy head of" where the parse attached it elsewhere."""
    for noun in range(index, min(index + 6, len(parse.words))):
        if parse.tags[noun] in ("NOUN", "PROPN") and role_at_end(parse.lower[index : noun + 1]):
            follows = noun + 1
            if follows < len(parse.words) and (parse.lower[follows] in ("of", "for", "at") or parse.words[follows] in (",", ".")):
                return [noun]
        if parse.tags[noun] not in ("DET", "ADJ", "NOUN", "PROPN", "PART") and parse.words[noun] != "-":
            return []
    return []


def doc_root(parse: SentenceParse, draft: Draft) -> int:
    """Give the token of a name that the rest of the sentence hangs it on."""
    return parse.root(draft.first, draft.last)


def role_around(parse: SentenceParse, noun: int, by_token: Mapping[tuple[int, int], Draft]) -> Role | None:
    """Read the role whose head is the token `noun`; None where that noun is no role."""
    if not role_at_end(parse.lower[max(noun - 3, 0) : noun + 1]):
        return None
    first = noun
    floor = noun
    while floor > 0 and (parse.index, floor - 1) not in by_token and parse.words[floor - 1] not in _POSSESSIVE:
        floor -= 1
    count = role_at_end(parse.lower[max(noun - 3, floor) : noun + 1])
    first = noun + 1 - max(count, 1)
    while (first > floor and parse.tags[first - 1] in ("ADJ", "NOUN", "PROPN")) or (
        first > floor and parse.words[first - 1] == "-"
    ):
        first -= 1
    return _role(parse, first, noun + 1, by_token)
