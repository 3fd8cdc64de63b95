"""The sector that a participant has in its event, where the text names only a country: a state that acts is its government.

A mention's own sector stays as it is; this is about the part it plays. "Kenya rejected the offer" is the government's doing,
"Kenyan warplanes" are its military, "an attack on a Kenyan village" hits civilians, and "killed four Kenyans" does too.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from spacy.tokens import Token

from transforms.countries import countries
from transforms.document import Mention
from transforms.events.parties import Party, SentenceMentions
from transforms.events.syntax import is_verb, listed
from transforms.package_data import read_toml

_FORCE = frozenset({"ASSAULT", "COERCE"})
_HELPED_OR_HURT = _FORCE | {"AID", "RETREAT"}


def with_sectors(parties: Sequence[Party], role: str, event_type: str, mentions: SentenceMentions) -> list[Party]:
    """The parties of one side of an event, those that are bare countries or capitals with the sector for which they act."""
    return [_seated(_with_sector(party, role, event_type, mentions), role, mentions) for party in parties]


def _with_sector(party: Party, role: str, event_type: str, mentions: SentenceMentions) -> Party:
    if party.sector or not party.country:
        return party
    mention = mentions.indexed(party)
    if mention is not None and mention.entity_type not in ("GPE", "NORP"):
        return party
    return replace(party, sector=_sector(party, mention, role, event_type, mentions))


def _sector(party: Party, mention: Mention | None, role: str, event_type: str, mentions: SentenceMentions) -> str | None:
    is_state = (party.entity_id or "").startswith("country:")
    if party.through is not None:
        noun = mentions.doc[party.through]
        sector = sector_of_thing(noun, role) if event_type in _FORCE or event_type == "MOBILIZE" else None
        if event_type == "COERCE" and sector == "MIL" and role == "recipient":
            return None  # "closed its airspace to Qatari planes"
        if sector or (event_type in _FORCE and role == "recipient"):
            return sector or ("CVL" if event_type == "ASSAULT" and is_verb(noun) else None)
        if not is_state and not _is_capital(party, mention, mentions):
            return None
        return "GOV"
    if mention is not None and mention.entity_type == "NORP":
        if event_type == "PROTEST" or (role == "recipient" and event_type in _HELPED_OR_HURT):
            return "CVL"
        return "GOV" if is_state else None
    if event_type == "PROTEST" and role == "actor":
        return "CVL"
    if mention is not None and mention.mention_kind == "nominal" and not is_state:
        if _singular(_head_of(mention, mentions)) in listed("states"):
            return "GOV"
        return _things("targets").get(_head_of(mention, mentions)) if event_type in _FORCE and role == "recipient" else None
    if is_state:
        return "GOV"
    if role == "recipient" and event_type in ("CONSULT", "AGREE"):
        return "GOV"  # a visit to a town is one to its country
    return "GOV" if _is_capital(party, mention, mentions) and (role == "actor" or event_type not in _FORCE) else None


def sector_of_thing(noun: Token, role: str) -> str | None:
    """Whose side a thing is on: of "warplane" the military's, of "village", if something is done to it, the civilians'."""
    lemma = noun.lemma_.lower()
    compound = next((f"{child.lower_} {lemma}" for child in noun.children if child.dep_ == "compound"), lemma)
    tables = (_things("forces"), _things("targets")) if role == "recipient" else (_things("forces"),)
    return next((table[word] for word in (compound, lemma) for table in tables if word in table), None)


def _head_of(mention: Mention, mentions: SentenceMentions) -> str:
    return mentions.text(mention).lower().rpartition(" ")[2]


def _singular(noun: str) -> str:
    return noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")


def _is_capital(party: Party, mention: Mention | None, mentions: SentenceMentions) -> bool:
    country = countries().get(party.country or "")
    return country is not None and mention is not None and mentions.text(mention) in country.capitals


def _seated(party: Party, role: str, mentions: SentenceMentions) -> Party:
    """ "Brussels criticised the law": the Union, not Belgium."""
    mention = mentions.indexed(party)
    if mention is None or mention.entity_type != "GPE" or party.through is not None:
        return party
    sector = _things("seats").get(mentions.text(mention).lower())
    if sector is None or any(m.entity_id == f"country:{party.country}" for m in mentions.mentions):
        return party
    return replace(party, country=None, sector=sector)


@cache
def _things(table: str) -> dict[str, str]:
    return {word.lower(): sector for sector, words in read_toml("standing.toml")[table].items() for word in words}
