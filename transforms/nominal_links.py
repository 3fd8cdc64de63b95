"""Links roles, bodies, places and "both sides" to what was named before.

A role points to the person who holds it, a body to the last name of its kind or to the topic, a plural to the last two named
together. Where the document gives a body's country and no name, it gets an id of its own ("the police" in an article on Kenya:
org:police-of-kenya).
"""

from collections.abc import Sequence

from transforms.affiliations import office_of
from transforms.antecedents import NEAR, History, are_joined, copy_link, give_members, role_keys
from transforms.nominals import body_nouns, country_nouns, is_sides, place_nouns, side_nouns
from transforms.organisations import normal_base, organisation_id
from transforms.spans import Draft, SentenceParse
from transforms.titles import singular, title_words

_DEFINITE = frozenset({"the", "this", "that", "these", "those", "both"})
_STATELESS = frozenset({"IGO", "NGO", "BUS", "MED"})
_LOCAL = frozenset({"CVL", "COP", "LAB", "EDU", "REL", "CRM", "REF", "OPP", "REB", "MIL"})
_ARMED = frozenset({"MIL", "COP"})
_COLLECTIVE = frozenset({"armed forces", "security forces", "police"})
_ROLE_REACH = 12


def link_nominal(history: History, draft: Draft, parse: SentenceParse) -> None:
    """Set entity_id, member_ids, country and sector of a role, body, group or plural."""
    words = parse.lower[draft.first : draft.last]
    if draft.members:
        sector = draft.sector
        give_members(draft, draft.members)
        draft.sector = sector
        return
    if is_sides(words):
        _sides(history, draft, singular(words[-1]))
        return
    _owner(history, draft)
    definite = _is_definite(draft, parse, words)
    held = history.roles.get((draft.sentence, draft.root))
    if held is not None and not draft.plural:
        copy_link(held.person, draft)
        draft.country, draft.sector, draft.entity_type = held.country or draft.country, held.sector or draft.sector, "PERSON"
    elif draft.entity_type == "ORG" and (named := _described(history, draft, parse)) is not None:
        _describe(history, draft, named)
    elif draft.entity_type == "PERSON" and not draft.plural:
        _role(history, draft, definite, words)
    elif draft.entity_type == "ORG" and (draft.sector in _ARMED or not draft.plural):
        _body(history, draft, definite, parse)
    elif draft.entity_type == "GPE" and not draft.plural and words[0] in ("the", "this"):
        _place(history, draft)
    if draft.country is None and draft.entity_id is None and draft.sector and draft.sector not in _STATELESS:
        nearby = _country_of_sector(history, draft) if draft.sector in ("MIL", "COP", "REB") else None
        draft.country = nearby or history.home
        if draft.country is None and draft.sector in _LOCAL:
            draft.country = history.only_country(draft.sentence)
        if draft.entity_type == "ORG" and definite and draft.country and not draft.plural:
            draft.entity_id = organisation_id(normal_base(draft.base), draft.country)


def _is_definite(draft: Draft, parse: SentenceParse, words: Sequence[str]) -> bool:
    """Tell whether a phrase means a certain one: by its article or owner, in capitals, or a body without article ("police")."""
    alone = draft.first == draft.root
    owned = bool(draft.country) or any(child.dep_ == "poss" for child in parse.doc[draft.root].children)
    return (
        words[0] in _DEFINITE
        or owned
        or (alone and ((draft.entity_type == "ORG" and draft.sector is not None) or parse.tags[draft.root] == "PROPN"))
    )


def _owner(history: History, draft: Draft) -> None:
    """Take country and sector over from "its" in "its spokesman"."""
    for other in history.back(draft.sentence, 0):
        if other.start < draft.start:
            return
        if other.kind == "pronoun" and other.start == draft.start and other.entity_type != "PERSON":
            draft.country, draft.sector = draft.country or other.country, draft.sector or other.sector


def _country_of_sector(history: History, draft: Draft) -> str | None:
    """Give the one country that mentions of the same sector nearby belong to: "Israeli forces ... the army"."""
    found = {other.country for other in history.back(draft.sentence, NEAR) if other.sector == draft.sector and other.country}
    return found.pop() if len(found) == 1 else None


def _role(history: History, draft: Draft, definite: bool, words: Sequence[str]) -> None:
    if not definite or title_words("past") & set(words):
        return
    best: tuple[int, Draft] | None = None
    for key in role_keys(draft.role.split()):
        for start, country, person in history.holders.get(key, ()):
            fits = start <= draft.start and (not draft.country or country == draft.country)
            if fits and (best is None or start >= best[0]):
                best = (start, person)
    if best is not None and (draft.country or draft.sentence - best[1].sentence <= _ROLE_REACH):
        copy_link(best[1], draft)
        return
    office = office_of(draft.role.split())
    if office and draft.country is None:
        known = {name.country for name in history.back(draft.sentence) if name.base == office and name.country}
        if len(known) == 1:
            draft.country = known.pop()


def _body(history: History, draft: Draft, definite: bool, parse: SentenceParse) -> None:
    if definite:
        found = _same_kind(history, draft) or (_topic(history, draft) if _is_bare(draft, parse) else None)
        if found is not None:
            copy_link(found, draft)
            return
    base = normal_base(draft.base)
    if draft.country and (not draft.plural or base in _COLLECTIVE):
        draft.entity_id = organisation_id(base, draft.country)


def _described(history: History, draft: Draft, parse: SentenceParse) -> Draft | None:
    """Give the organisation that a phrase after a comma describes: "the Lake Front, a rebel group"."""
    if draft.first < 2 or parse.words[draft.first - 1] != "," or parse.lower[draft.first] not in ("a", "an", "the"):
        return None
    for name in history.names.get(draft.sentence, ()):
        if name.last == draft.first - 1 and name.entity_type == "ORG" and name.entity_id:
            return name
    return None


def _describe(history: History, draft: Draft, named: Draft) -> None:
    """Link a description to its organisation, which takes its sector in the whole document where the name tells none."""
    sector = draft.sector
    copy_link(named, draft)
    if named.sector is None and sector is not None:
        for same in history.names.values():
            for name in same:
                if name.entity_id == named.entity_id:
                    name.sector = sector


def _same_kind(history: History, draft: Draft) -> Draft | None:
    """Give the last organisation whose name has the noun in it ("the ministry": the Ministry of Health)."""
    head = draft.base.split()[-1]
    for name in history.back(draft.sentence):
        if name.entity_type != "ORG" or name.entity_id is None or name.plural or name.kind == "pronoun":
            continue
        words = name.base.split() or name.text.lower().split()
        if (not draft.country or name.country == draft.country) and (head in words or singular(head) in words):
            return name
    return None


def _topic(history: History, draft: Draft) -> Draft | None:
    """Give the organisation that the last sentences name most and that the noun can mean ("the company", "the group")."""
    if draft.country is not None or draft.base not in body_nouns():
        return None
    near = [
        name
        for name in history.back(draft.sentence, NEAR)
        if name.entity_type == "ORG" and name.kind == "name" and name.entity_id and _suits(draft, name)
    ]
    if not near:
        return None
    most = max(history.counts[name.entity_id or ""] for name in near)
    return next(name for name in reversed(near) if history.counts[name.entity_id or ""] == most)


def _suits(draft: Draft, name: Draft) -> bool:
    """Tell whether a body noun can mean the organisation: same sector, or one of them open."""
    return draft.sector in (None, name.sector) or (name.sector is None and draft.sector in ("BUS", "NGO", "MED"))


def _is_bare(draft: Draft, parse: SentenceParse) -> bool:
    """Tell whether a noun stands with its article alone: "the group", not "the group whose robots"."""
    after = ("relcl", "acl", "prep", "appos")
    children = [child for child in parse.doc[draft.root].children if child.i > draft.root and child.dep_ in after]
    return draft.last - draft.first == 2 and parse.lower[draft.first] in _DEFINITE and not children


def _place(history: History, draft: Draft) -> None:
    if draft.country or draft.last - draft.first > 2:
        return
    if draft.base in country_nouns() and history.home is not None:
        draft.entity_id, draft.country, draft.annotator = f"country:{history.home}", history.home, "coreference"
        return
    source = "city" if draft.base in place_nouns() else "country"
    if source == "city" and draft.base not in ("city", "capital", "town"):
        return
    for name in history.back(draft.sentence, NEAR):
        if name.kind == "name" and name.source == source and name.entity_id:
            copy_link(name, draft)
            return


def _sides(history: History, draft: Draft, noun: str) -> None:
    persons, places = noun in side_nouns("persons"), noun in side_nouns("countries")
    holders = _holders(history, noun) if persons and noun not in side_nouns("anybody") else None
    draft.plural, draft.country, draft.sector = True, None, None
    pair = _last_pair(history, draft, persons, places, holders)
    if pair is not None:
        give_members(draft, pair)
    elif not persons and len(history.countries) == 2:  # an article on two countries
        draft.member_ids = tuple(f"country:{country}" for country in history.countries)
        draft.annotator = "coreference"


def _holders(history: History, noun: str) -> frozenset[str]:
    """Give the ids of the persons who hold a role of this name."""
    rows = (row for key, rows in history.holders.items() if key.split()[-1] == noun for row in rows)
    return frozenset(person.entity_id or "" for _, _, person in rows)


def _last_pair(
    history: History, draft: Draft, persons: bool, places: bool, holders: frozenset[str] | None
) -> tuple[Draft, Draft] | None:
    """Give the last two named together: of one sentence and kind, and of two countries where those are known."""

    def fits(name: Draft) -> bool:
        if not name.entity_id or name.kind != "name" or name.source in ("city", "region", "people"):
            return False
        if persons:
            return name.entity_type == "PERSON" and (holders is None or name.entity_id in holders)
        return name.source in ("country", "demonym") if places else name.entity_type in ("PERSON", "ORG", "GPE", "NORP")

    for sentence, found in history.back_by_sentence(draft.sentence, fits):
        pairs = [
            (first, second)
            for index, first in enumerate(found)
            for second in found[index + 1 :]
            if first.entity_id != second.entity_id and first.entity_type == second.entity_type and _opposed(first, second, persons)
        ]
        joined = [pair for pair in pairs if are_joined(*pair, history.parses[sentence])]
        if joined:
            return joined[-1]
        if pairs:
            return pairs[0]
    return None


def _opposed(first: Draft, second: Draft, persons: bool) -> bool:
    if first.country and second.country:
        return first.country != second.country
    return persons or first.entity_type == "ORG"
