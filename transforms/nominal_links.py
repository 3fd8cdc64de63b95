"""Links roles, bodies, places and "both sides" to what was named before.

Syntax and plurals are rules (an apposition, "X is a lawyer", the last two named together); between several that a role, body or
place can mean, weights choose (candidates.py). Where the document gives a body's country and no name, it gets an id of its own
("the police" in an article on Kenya: org:police-of-kenya).
"""

from collections.abc import Sequence

from transforms.affiliations import office_of
from transforms.antecedents import NEAR, History, copy_link, give_members, take
from transforms.candidates import find_candidates, group_of
from transforms.clusters import are_joined
from transforms.definite_nouns import ORDERED, SOURCE
from transforms.descriptions import described_by, subject_described
from transforms.nominals import country_nouns, is_sides, noun_kinds, side_nouns
from transforms.organisations import normal_base, organisation_id
from transforms.spans import Draft, SentenceParse
from transforms.titles import singular, title_words

_DEFINITE = frozenset({"the", "this", "that", "these", "those", "both"})
_STATELESS = frozenset({"IGO", "NGO", "BUS", "MED"})
_LOCAL = frozenset({"CVL", "COP", "LAB", "EDU", "REL", "CRM", "REF", "OPP", "REB", "MIL"})
_ARMED = frozenset({"MIL", "COP"})
_COLLECTIVE = frozenset({"armed forces", "security forces", "police"})
_LEAD = 4
"""Sentences of a headline and a lead."""
_NEW = frozenset({"a", "an", "another"})


def link_nominal(history: History, draft: Draft, parse: SentenceParse) -> None:
    """Set entity_id, member_ids, country and sector of a role, body, group or plural."""
    words = parse.lower[draft.first : draft.last]
    if draft.members:
        sector = draft.sector
        give_members(draft, draft.members)
        draft.sector = sector
        return
    if draft.base in ORDERED and draft.source == SOURCE:
        pair = _joined_pair(history, draft)
        if pair is not None:
            copy_link(pair[draft.base == "latter"], draft)
            draft.entity_type = pair[0].entity_type
        return
    if is_sides(words):
        _sides(history, draft, singular(words[-1]))
        return
    together = _holders_together(history, draft, words)
    if together:
        give_members(draft, together)
        return
    _owner(history, draft)
    definite = _is_definite(draft, parse, words)
    held = history.roles.get((draft.sentence, draft.root))
    if held is not None and not draft.plural:
        copy_link(held.person, draft)
        draft.country, draft.sector, draft.entity_type = held.country or draft.country, held.sector or draft.sector, "PERSON"
    elif (named := described_by(history, draft, parse)) is not None:
        _describe(history, draft, named)
    elif (subject := history.clusters.get(history.owners.get((draft.sentence, subject_described(draft, parse))))) is not None:
        if (subject.kind == "person") == (draft.entity_type == "PERSON") and not subject.plural:
            take(subject, draft)
    elif draft.plural:
        if draft.entity_type == "ORG" and draft.sector in _ARMED:
            _body(draft)
    elif definite or draft.source == SOURCE:
        _definite(history, draft, parse, words)
    if draft.source == SOURCE:
        return
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


def _definite(history: History, draft: Draft, parse: SentenceParse, words: Sequence[str]) -> None:
    """Link a role, body or place to the likeliest entity that it can mean; else give a body or office its country."""
    if title_words("past") & set(words) or (draft.source == SOURCE and words[0] in _NEW):
        return
    if draft.source == SOURCE and draft.base not in history.called and not noun_kinds(draft.base):
        return
    if draft.source == SOURCE and draft.entity_type != "PERSON" and draft.base in history.person_heads:
        draft.entity_type = "PERSON"
    candidates = find_candidates(history, draft, parse)
    found = history.choose(draft, group_of(draft), candidates)
    if found is not None:
        country, kind = draft.country, draft.entity_type
        take(found, draft)
        draft.country = draft.country or country
        if kind == "PERSON":
            draft.entity_type = kind
    elif draft.source != SOURCE and draft.entity_type == "PERSON":
        office = office_of(draft.role.split())
        if office and draft.country is None:
            known = {name.country for name in history.back(draft.sentence) if name.base == office and name.country}
            if len(known) == 1:
                draft.country = known.pop()
    elif draft.entity_type == "ORG" and draft.source != SOURCE:
        _body(draft)
    elif draft.base in country_nouns() and not candidates and history.home and draft.country is None and len(words) < 3:
        draft.entity_id, draft.country, draft.annotator = f"country:{history.home}", history.home, "coreference"


def link_lead(history: History, drafts: Sequence[Draft]) -> None:
    """Link "a boy" in the headline or lead to the one person whom the text then names and calls a boy."""
    for draft in drafts:
        if draft.sentence >= _LEAD:
            return
        if draft.kind != "nominal" or draft.plural or draft.entity_id or draft.entity_type != "PERSON" or not draft.base:
            continue
        head = draft.base.split()[-1]
        named = [
            cluster
            for cluster in history.clusters.back(draft.sentence, 0)
            if cluster.kind == "person"
            and cluster.name is not None
            and head in cluster.heads
            and (draft.feminine is None or cluster.feminine in (None, draft.feminine))
        ]
        if len(named) == 1 and draft.sentence <= named[0].first_sentence <= draft.sentence + _LEAD and named[0].count > 1:
            take(named[0], draft)


def _body(draft: Draft) -> None:
    """Give a body whose country is known an id of its own ("Kenyan police")."""
    base = normal_base(draft.base)
    if draft.country and (not draft.plural or base in _COLLECTIVE):
        draft.entity_id = organisation_id(base, draft.country)


def _describe(history: History, draft: Draft, named: Draft) -> None:
    """Link a description to its organisation, which takes its sector in the whole document where the name tells none."""
    sector = draft.sector
    copy_link(named, draft)
    if named.sector is None and sector is not None:
        for same in history.names.values():
            for name in same:
                if name.entity_id == named.entity_id:
                    name.sector = sector


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


def _joined_pair(history: History, draft: Draft) -> tuple[Draft, Draft] | None:
    """Give the only two of one kind in this sentence or the last, for "the former" and "the latter"."""
    for sentence in (draft.sentence, draft.sentence - 1):
        named = {name.entity_id: name for name in history.names.get(sentence, ()) if name.entity_id and name.start < draft.start}
        same = list(named.values())
        for kind in dict.fromkeys(name.entity_type for name in same):
            pair = [name for name in same if name.entity_type == kind]
            if len(pair) == 2 and kind in ("PERSON", "ORG", "GPE"):
                return pair[0], pair[1]
    return None


def _holders_together(history: History, draft: Draft, words: Sequence[str]) -> list[Draft]:
    """Give all holders of a role that the last sentences name, where they are several ("the presidents")."""
    if not draft.plural or draft.entity_type != "PERSON" or len(words) != 2 or words[0] != "the":
        return []
    holders = _holders(history, draft.base.split()[-1])
    near = {
        name.entity_id: name for name in history.back(draft.sentence, NEAR) if name.kind == "name" and name.entity_id in holders
    }
    return list(reversed(near.values())) if len(near) > 1 else []


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
        if sentence < draft.sentence - 1:  # further back only two of two countries, or two persons, were surely named together
            pairs = [pair for pair in pairs if persons or all(name.country for name in pair)]
        if pairs:
            return pairs[0]
    return None


def _opposed(first: Draft, second: Draft, persons: bool) -> bool:
    if first.country and second.country:
        return first.country != second.country
    return persons or first.entity_type == "ORG"
