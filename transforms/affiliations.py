"""Who holds which title where: read from titles before a name, what stands beside it, and verbs that give somebody an office.

The country comes from what stands with the title (a demonym, a possessive, "of"), else from the organisation, also where only
one office of that kind is named in the document ("Prosecutor General Kamran Aliyev" where the article names that office of
Azerbaijan).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from transforms.appointments import find_appointments
from transforms.appositions import roles_beside
from transforms.organisations import normal_base, organisation_id
from transforms.package_data import read_toml
from transforms.role_phrases import POSSESSIVE, Names, Role, role_at
from transforms.spans import Draft, SentenceParse
from transforms.titles import role_at_end, role_end, role_sector, singular, state_roles, title_parts, title_start, title_words

_OF_STATE = frozenset({"GOV", "LEG", "JUD", "MIL", "COP", "IGO", "PTY", "OPP", "SPY", "ELI", None})
"""Sectors whose former members are ELI: a former footballer stays what he was."""
_OCCUPATIONS = frozenset({"EDU", "CVL", "LAB", "BUS", "NGO", None})
"""Sectors that give way to that of the organisation somebody works for."""


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
    body: int
    """Token of the common noun that is the organisation ("the central bank"), -1 where there is none."""
    is_office: bool
    """False for kin and "man", "woman": such a word refers to the person and is no title."""


@cache
def _offices() -> dict[str, str]:
    offices: dict[str, str] = read_toml("titles.toml")["offices"]
    return offices


@cache
def _countries() -> dict[str, str]:
    countries: dict[str, str] = read_toml("titles.toml")["countries"]
    return countries


@cache
def _any_body() -> frozenset[str]:
    return frozenset(read_toml("titles.toml")["generic"]["any_body"])


def find_titles(drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> dict[int, tuple[int, int]]:
    """Give the tokens of the titles before each person's name, by the draft's id(); sets `role` of the drafts."""
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
    by_first = {(draft.sentence, draft.first): draft for draft in drafts}
    for before in drafts:  # "Presidents Ilham Aliyev of Azerbaijan and Vladimir Putin", "Senators A, B and C"
        if before.entity_type == "PERSON" and before.role:
            after = _next_in_list(before, parses[before.sentence], by_first)
            last_word = before.role.lower().split()[-1]
            if after is not None and not after.role and singular(last_word) != last_word:
                after.role = before.role
    return titles


def _next_in_list(draft: Draft, parse: SentenceParse, by_first: Mapping[tuple[int, int], Draft]) -> Draft | None:
    """Give the person named next in a list of names, over "of Slovakia and"."""
    index = draft.last
    if parse.lower[index : index + 1] == ["of"]:
        place = by_first.get((draft.sentence, index + 1)) or by_first.get((draft.sentence, index + 2))
        index = place.last if place is not None else index
    start = index
    while index < len(parse.words) and index < start + 2 and parse.lower[index] in (",", "and", "&"):
        index += 1
    after = by_first.get((draft.sentence, index)) if index > start else None
    return after if after is not None and after.entity_type == "PERSON" else None


def _title_first(draft: Draft, parse: SentenceParse, by_end: Mapping[tuple[int, int], Draft]) -> int:
    floor = 0
    for end in range(draft.first, max(draft.first - 8, 0), -1):
        if (draft.sentence, end) in by_end:
            floor = end
            break
    return title_start(parse.lower, parse.tags, draft.first, floor)


def find_holdings(drafts: Sequence[Draft], parses: Sequence[SentenceParse], titles: Mapping[int, tuple[int, int]]) -> list[Holding]:
    """Give every statement of a person's role in the document, by place."""
    names = {(draft.sentence, index): draft for draft in drafts for index in range(draft.first, draft.last)}
    by_first = {(draft.sentence, draft.first): draft for draft in drafts}
    offices = _known_offices(drafts)
    found: list[Holding] = []
    for draft in drafts:
        if draft.entity_type == "PERSON" and draft.entity_id:
            parse = parses[draft.sentence]
            for role in _roles_of(draft, parse, titles.get(id(draft)), names):
                found.append(_holding(draft, parse, role, offices))
                if role.head >= 0 and role.last <= draft.first and not draft.role:
                    found += [_holding(one, parse, own, offices) for one, own in _shared(draft, parse, role, by_first)]
    for sentence in dict.fromkeys(draft.sentence for draft in drafts if draft.entity_type == "PERSON"):
        parse = parses[sentence]
        for person, role in find_appointments(parse, names):
            if person.entity_id and not any(held.sentence == sentence and held.noun == role.head for held in found):
                found.append(_holding(person, parse, role, offices))
    return sorted(found, key=lambda held: (held.sentence, held.start))


def _roles_of(draft: Draft, parse: SentenceParse, title: tuple[int, int] | None, names: Names) -> list[Role]:
    """Give the roles that stand with one name, each once; what one says of the country holds for all."""
    roles = []
    first = draft.first
    if title is not None:
        parts = title_parts(parse.lower, parse.tags, draft.first, title[0])
        if len(parts) > 1 and parse.lower[parts[-1][0]] in title_words("styles"):
            parts.pop()  # "Vice President Dr."
        roles = [role_at(parse, begin, role_end(parse.lower, begin, end), names) for begin, end in parts]
        first = min(role.first for role in roles)
    elif draft.role:
        roles.append(Role(first, first, -1, tuple(draft.role.lower().split())))
    if roles and all(role.organisation is None and role.country is None for role in roles):
        roles[0] = _with_owner_behind(draft, parse, roles[0], names)
    roles += roles_beside(draft, parse, first, names)
    roles = list({(role.first, role.last): role for role in reversed(roles)}.values())
    countries = {role.country: None for role in roles if role.country}
    if len(countries) == 1:
        shared = next(iter(countries))
        roles = [replace(role, country=role.country or shared) for role in roles]
    owner = names.get((draft.sentence, draft.first - 2))
    if not roles and owner is not None and owner.source == "country" and parse.words[draft.first - 1] in POSSESSIVE:
        roles.append(Role(owner.first, owner.first, -1, (), country=owner.country))  # "Syria's Bashar al-Assad"
    return [role for role in roles if role.words or role.country or role.organisation or role.body >= 0]


def _with_owner_behind(draft: Draft, parse: SentenceParse, role: Role, names: Names) -> Role:
    """Read "of Slovakia" in "Foreign Minister Pavel Hruska of Slovakia", "of the High Court" behind a judge's name."""
    index = draft.last
    if parse.lower[index : index + 1] not in (["of"], ["from"]):
        return role
    index += 2 if parse.lower[index + 1 : index + 2] == ["the"] else 1
    owner = names.get((draft.sentence, index))
    if owner is None or owner.first != index or owner.entity_type not in ("ORG", "GPE"):
        return role
    return replace(role, organisation=owner if owner.entity_type == "ORG" else None, country=owner.country)


def _shared(draft: Draft, parse: SentenceParse, role: Role, by_first: Mapping[tuple[int, int], Draft]) -> list[tuple[Draft, Role]]:
    """Give the others who share a plural role: "the envoys of Japan and Canada, Aiko Mori and Neil Fraser", one country each."""
    if singular(parse.lower[role.head]) == parse.lower[role.head]:
        return []
    owners: list[Draft] = []
    index = role.last + 1
    while index < draft.first:
        name = by_first.get((draft.sentence, index))
        if name is not None and name.country and name.entity_type != "PERSON":
            owners.append(name)
        index += 1
    persons: list[Draft] = []
    other = _next_in_list(draft, parse, by_first)
    while other is not None and not other.role and other.entity_id:
        persons.append(other)
        other = _next_in_list(other, parse, by_first)
    if len(owners) == len(persons) + 1:
        return [(one, replace(role, country=owner.country)) for one, owner in zip(persons, owners[1:], strict=True)]
    return [(one, role) for one in persons]


def _known_offices(drafts: Sequence[Draft]) -> dict[str, set[str]]:
    offices: dict[str, set[str]] = {}
    for draft in drafts:
        if draft.base and draft.country:
            offices.setdefault(draft.base, set()).add(draft.country)
    return offices


def _holding(person: Draft, parse: SentenceParse, role: Role, offices: Mapping[str, set[str]]) -> Holding:
    organisation = role.organisation
    words = _present(role.words)
    base = office_of([*words, *role.field])
    country = role.country or (organisation.country if organisation else None)
    organisation_key = organisation.entity_id if organisation else None
    if base and not organisation:
        if country is None and len(offices.get(base, ())) == 1:
            country = next(iter(offices[base]))
        if country or base in offices:
            organisation_key = organisation_id(base, country)
    if country is None and organisation is None and role.body < 0 and not role.field:
        country = _countries().get(" ".join(words))
    is_name = role.last == role.first
    title = parse.text[parse.starts[role.first] : parse.ends[role.last - 1]] if not is_name else person.role if role.words else ""
    first, last = min(role.first, person.first), max(role.last, person.last)
    return Holding(
        person.sentence,
        parse.offset + parse.starts[first],
        max(parse.offset + parse.ends[last - 1], person.end),
        person,
        title,
        role.words,
        organisation_key,
        country,
        _sector(role, words, title, country),
        role.head,
        role.body,
        words[-1:] == () or not _is_kin(words, title),
    )


def _present(words: Sequence[str]) -> tuple[str, ...]:
    """Give a role without "former", "retired" and their hyphens."""
    kept = [word for word in words if word not in title_words("former")]
    while kept and kept[0] == "-":
        kept = kept[1:]
    return tuple(kept[3:] if kept[:3] == ["one", "-", "time"] else kept)


def _is_kin(words: Sequence[str], title: str) -> bool:
    plain = singular(words[-1])
    return plain in title_words("kin") and title not in title_words("clergy")


def _sector(role: Role, words: Sequence[str], title: str, country: str | None) -> str | None:
    """Give the sector of a role: its own, or that of the organisation where the role tells little."""
    if title in title_words("clergy"):
        return "REL"
    own = _first_sector(words)
    plain = [*words[:-1], singular(words[-1])] if words else []
    phrase = " ".join(plain[len(plain) - role_at_end(plain) :])
    body = role.organisation.sector if role.organisation and role.organisation.sector else role.sector
    if body and _gives_way(own, phrase, body):
        own = body
    elif body is None and (role.organisation or role.body >= 0) and phrase in _any_body():
        own = None  # "president of the football federation"
    if own is None and role.field:
        own = role_sector([*role.field[-2:], *plain[-1:]])
    if own is None and country and not role.organisation and phrase in state_roles() and (role.body < 0 or role.sector is None):
        own = "GOV"
    return "ELI" if role.former and own in _OF_STATE else own


def _first_sector(words: Sequence[str]) -> str | None:
    """Give the sector of a role, of "president and commander-in-chief" that of the first."""
    if "and" in words:
        joint = words.index("and")
        return role_sector(words[:joint]) or _first_sector(words[joint + 1 :])
    return role_sector(words)


def _gives_way(own: str | None, phrase: str, body: str) -> bool:
    """Tell whether a role is what the organisation is ("president of the World Bank") rather than what its words say."""
    if own in _OCCUPATIONS or phrase in _any_body():
        return True
    return (body == "IGO" and own in ("GOV", "LEG")) or (body == "REB" and own in ("GOV", "MIL"))


def office_of(words: Sequence[str]) -> str | None:
    """Give the organisation that a role implies ("foreign minister": "ministry of foreign affairs"), None if it implies
    none."""
    words = [*words[:-1], singular(words[-1])] if words else []
    for count in range(min(4, len(words)), 0, -1):
        phrase = " ".join(words[-count:])
        if phrase in _offices():
            return normal_base(_offices()[phrase])
    return None
