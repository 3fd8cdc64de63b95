"""Fills the roles of a matched rule: looks for actors and recipients in the places that the rule names, in its order."""

from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Token

from transforms.events.match import Candidate
from transforms.events.parties import PLACE_TYPES, Party, SentenceMentions, unique
from transforms.events.syntax import clauses, objects, phrases, surface_subjects
from transforms.lexicon import Lexicon

_PLACE_PREPOSITIONS = frozenset({"in", "at", "near", "inside", "outside", "across", "around", "throughout"})
_DOMESTIC = frozenset({"COP", "JUD", "LEG", "PTY", "OPP", "REB", "CVL", "LAB", "EDU", "CRM", "REL"})
_BLAMED = ("by", "possessive", "modifier", "of", "from", "between", "against", "on", "with", "to", "in")


def fill(candidate: Candidate, mentions: SentenceMentions, lexicon: Lexicon) -> tuple[list[Party], list[Party]] | None:
    """Actors and recipients of the candidate, or None when the sides that its rule needs are not there."""
    rule = candidate.rule
    between = unique(p for word, noun in candidate.frame.phrases if word == "between" for p in mentions.parties(noun))
    if len(between) > 1:
        actors, recipients = between, []
    else:
        actors = _first(candidate, rule.actor, mentions, lexicon)
        recipients = _first(candidate, rule.recipient, mentions, lexicon, taken=actors)
        if rule.mutual and len(actors) > 1 and not any(word in ("with", "against") for word, _ in candidate.frame.phrases):
            recipients = []
    actor_keys = {party.key for party in actors}
    recipients = [party for party in recipients if party.key not in actor_keys]
    enough = {
        "actor": bool(actors),
        "recipient": bool(recipients) or (rule.mutual and len(actors) > 1),
        "both": bool(actors) and (bool(recipients) or (rule.mutual and len(actors) > 1)),
        "either": bool(actors or recipients),
    }[rule.needs]
    if not enough:
        return None
    where = {m.country for noun in places(candidate, mentions) if (m := mentions.at(noun)) and m.country}
    return _at_home(actors, recipients, mentions, set()), _at_home(recipients, actors, mentions, where)


def _at_home(side: list[Party], other: list[Party], mentions: SentenceMentions, where: set[str]) -> list[Party]:
    """Give a country to the parties that the text leaves without one.

    That is the country of the place where it happened (`where`, for those at whom it was directed); else, since police, courts,
    rebels and demonstrators deal with their own country, the other side's; else the only other country that the sentence names.
    """
    if all(party.country or not party.sector for party in side):
        return side
    abroad = {party.country for party in other if party.country}
    domestic = len(abroad) == 1 and any(party.sector in _DOMESTIC for party in (*side, *other))
    named = {m.country for m in mentions.mentions if m.country and m.entity_type in ("GPE", "NORP")} - abroad
    home = next((countries.copy().pop() for countries in (where, abroad if domestic else named) if len(countries) == 1), None)
    return [replace(party, country=home) if _lacks_country(party, mentions) else party for party in side]


def _lacks_country(party: Party, mentions: SentenceMentions) -> bool:
    """Whether the party has no country but must have one: told by what it is ("police", "President X"), not by a bare name."""
    if party.country or party.sector in (None, "IGO", "NGO"):
        return False
    if party.mention_index is None:  # "12 killed in Kabul"
        return party.sector == "CVL"
    mention = next((m for m in mentions.mentions if m.mention_index == party.mention_index), None)
    return mention is not None and (mention.mention_kind == "nominal" or mention.entity_type == "PERSON")


def places(candidate: Candidate, mentions: SentenceMentions, prepositions: frozenset[str] = _PLACE_PREPOSITIONS) -> list[Token]:
    """The nouns that say where: objects of a preposition of place on the trigger, its verb or its arguments."""
    pairs = list(candidate.frame.phrases)
    if candidate.frame.verb is not None and candidate.frame.verb is not candidate.head:
        pairs += list(phrases(candidate.frame.verb))
    return [
        noun
        for word, noun in pairs
        if word in prepositions and (m := mentions.at(noun)) is not None and m.entity_type in PLACE_TYPES
    ]


def _first(
    candidate: Candidate, sources: Sequence[str], mentions: SentenceMentions, lexicon: Lexicon, taken: Sequence[Party] = ()
) -> list[Party]:
    keys = {party.key for party in taken}
    for source in sources:
        found = [p for p in unique(_source(candidate, source, mentions, lexicon)) if p.key not in keys]
        if found:
            return found
    return []


def _source(candidate: Candidate, source: str, mentions: SentenceMentions, lexicon: Lexicon) -> list[Party]:
    frame = candidate.frame
    order = _BLAMED if candidate.rule.event_type == "ACCUSE" else None

    def parties(tokens: Sequence[Token]) -> list[Party]:
        return [p for t in tokens for p in (mentions.parties(t, descend=order) if order else mentions.parties(t))]

    match source:
        case "subject":
            return parties(frame.subjects)
        case "object":
            return parties(frame.objects)
        case "indirect":
            return parties(frame.indirect)
        case "possessive" | "modifier":
            return [p for noun in frame.nouns for p in mentions.source(noun, source)]
        case "clause.subject":
            own = [t for c in frame.clauses for t in surface_subjects(c, lexicon.object_control)]
            return [p for p in parties(own) if p.key not in {q.key for q in parties(frame.subjects)}]
        case "clause.object":
            return [p for clause in frame.clauses for p in _of_clause(clause, mentions, lexicon)]
        case "place":
            return [p for noun in places(candidate, mentions) for p in mentions.direct(noun)]
    return parties([noun for word, noun in frame.phrases if word == source])


def _of_clause(clause: Token, mentions: SentenceMentions, lexicon: Lexicon, depth: int = 0) -> list[Party]:
    """Whoever the complement clause is directed at: its object, what its prepositions govern, or that of the clause within."""
    for noun in objects(clause, lexicon.object_control):
        if found := mentions.parties(noun):
            return found
    for word in ("against", "with", "to", "on", "from", "for", "in", "into"):
        if found := mentions.source(clause, word):
            return found
    if depth < 3:
        for inner in clauses(clause):
            if found := _of_clause(inner, mentions, lexicon, depth + 1):
                return found
    return []
