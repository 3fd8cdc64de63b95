"""Fills the roles of a matched rule: looks for actors and recipients in the places that the rule names, in its order."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from spacy.tokens import Token

from transforms.events.match import Candidate
from transforms.events.parties import BELONGS, PLACE_TYPES, Party, SentenceMentions, unique
from transforms.events.standing import sector_of_thing
from transforms.events.syntax import clauses, listed, objects, phrases, surface_subjects
from transforms.lexicon import Lexicon

if TYPE_CHECKING:
    from transforms.events.trace import SentenceTrace

_PLACE_PREPOSITIONS = frozenset({"in", "at", "near", "inside", "outside", "across", "around", "throughout"})
_VIOLENT = frozenset({"ASSAULT", "COERCE", "PROTEST"})
_OF_DOERS = ("possessive", "modifier", "by", "from", "between")
"""Where those who act stand around a noun of an event: of "an attack on Mali by Niger" not those it is on."""
_DOMESTIC = frozenset({"COP", "JUD", "LEG", "PTY", "OPP", "REB", "LAB", "EDU", "CRM", "REL", "ELI"})
_OF_ONE_COUNTRY = frozenset({"GOV", "LEG", "JUD", "PTY", "OPP"})
"""Sectors of bodies that belong to one country, even if the text names them without it: "Congress", "the Democrats"."""
_WITH_ONES_OWN = frozenset({"ASSAULT", "MOBILIZE", "RETREAT", "REJECT", "AGREE"})
"""Types whose object is often the actors' own: their troops, arms and homes; they accuse their critics, who are others."""
_COMPANY = "alongside"
_BLAMED = ("by", "possessive", "modifier", "of", "from", "between", "against", "on", "with", "to", "in")


def fill(
    candidate: Candidate, mentions: SentenceMentions, lexicon: Lexicon, trace: "SentenceTrace | None" = None
) -> tuple[list[Party], list[Party]] | None:
    """Actors and recipients of the candidate, or None when the sides that its rule needs are not there."""
    rule = candidate.rule
    between = unique(p for word, noun in candidate.frame.phrases if word == "between" for p in mentions.parties(noun))
    if trace:
        trace.fills(candidate)
    mediated = "between" in rule.recipient and not rule.mutual  # "Qatar mediated between Chad and Sudan"
    actors = [] if len(between) > 1 and not mediated else _first(candidate, rule.actor, mentions, lexicon, trace=trace)
    if len(between) > 1 and not actors:
        actors, recipients = between, []
    else:
        if not actors and (actors := _nameless(candidate, mentions, lexicon)) and trace:
            trace.filled("place", actors)
        if _COMPANY in rule.recipient:  # "fought alongside Chad": then Chad is the other side
            beside = {p.key for p in _source(candidate, _COMPANY, mentions, lexicon, ())}
            actors = [party for party in actors if party.key not in beside]
        recipients = _first(candidate, rule.recipient, mentions, lexicon, taken=actors, trace=trace)
        if not recipients and (recipients := _otherwise(candidate, actors, mentions, lexicon)) and trace:
            trace.filled("place" if candidate.rule.event_type != "MOBILIZE" else "clause.object", recipients)
        recipients = recipients or [party for party in between if party.key not in {actor.key for actor in actors}]
        if rule.mutual and len(actors) > 1 and not any(word in ("with", "against") for word, _ in candidate.frame.phrases):
            recipients = []
    actor_keys = {party.key for party in actors}
    keeps = rule.event_type in _WITH_ONES_OWN
    recipients = [p for p in recipients if p.key not in actor_keys and not (keeps and _is_their_own(p, actors, mentions))]
    enough = {
        "actor": bool(actors),
        "recipient": bool(recipients) or (rule.mutual and len(actors) > 1),
        "both": bool(actors) and (bool(recipients) or (rule.mutual and len(actors) > 1)),
        "either": bool(actors or recipients),
    }[rule.needs]
    if not enough:
        if trace:
            trace.lacks(actors, recipients)
        return None
    where = set(_countries_of_places(candidate, mentions))
    there = where if rule.event_type in _VIOLENT else set()
    return _at_home(actors, recipients, mentions, there, trace), _at_home(recipients, actors, mentions, where, trace)


def _is_their_own(party: Party, actors: Sequence[Party], mentions: SentenceMentions) -> bool:
    """Whether a pronoun before a thing names those who act, or nobody that is known: "massed troops along their border"."""
    mention = mentions.indexed(party)
    if mention is None or mention.mention_kind != "pronoun" or party.through is None:
        return False
    return party.country is None or any((p.country, p.sector) == (party.country, party.sector) for p in actors)


def _nameless(candidate: Candidate, mentions: SentenceMentions, lexicon: Lexicon) -> list[Party]:
    """The people of a country of whom a protest only gives the number: "Thousands marched in Nairobi"."""
    countries = _countries_of_places(candidate, mentions)
    if candidate.rule.event_type != "PROTEST" or "subject" not in candidate.rule.actor or len(countries) != 1:
        return []
    counts = [t for t in candidate.frame.subjects if t.pos_ == "NUM" or t.lemma_.lower() in lexicon.transparent]
    return [_people(token, countries[0], mentions) for token in counts[:1]]


def _otherwise(candidate: Candidate, actors: Sequence[Party], mentions: SentenceMentions, lexicon: Lexicon) -> list[Party]:
    """Those at whom it is directed where the rule's own places name nobody."""
    frame = candidate.frame
    if candidate.rule.event_type == "MOBILIZE":
        keys = frozenset(party.key for party in actors)
        shared = [t for t in (frame.verb or frame.head).subtree if t.lemma_.lower() in listed("borders")]
        return [p for t in shared for p in mentions.parties(t, descend=("with", "modifier"), taken=keys) if p.key not in keys]
    if candidate.rule.event_type in ("ASSAULT", "COERCE") and frame.verb is frame.head:
        aims = [c for c in frame.clauses if c.dep_ == "advcl" and frame.objects]  # "fired tear gas to disperse students"
        if found := [p for aim in aims for noun in objects(aim, lexicon.object_control) for p in mentions.parties(noun)]:
            return found
        countries = _countries_of_places(candidate, mentions)
        struck = [t for t in frame.objects if t.pos_ == "NUM" or sector_of_thing(t, "recipient")]
        if len(countries) == 1 and struck:
            sector = sector_of_thing(struck[0], "recipient")
            return [replace(_people(struck[0], countries[0], mentions), sector=sector or "CVL")]
    return []


def _people(token: Token, country: str, mentions: SentenceMentions) -> Party:
    start = mentions.offset + token.idx
    return Party(start, start + len(token.text), country=country, sector="CVL")


def _countries_of_places(candidate: Candidate, mentions: SentenceMentions) -> list[str]:
    named = [m.country for noun in places(candidate, mentions) if (m := mentions.at(noun)) and m.country]
    return list(dict.fromkeys(named))


def _at_home(
    side: list[Party], other: list[Party], mentions: SentenceMentions, where: set[str], trace: "SentenceTrace | None"
) -> list[Party]:
    """Give a country to the parties that the text leaves without one.

    That is the country of the place where it happened (`where`; for those who act only if it is violence); else, since police,
    courts, rebels and demonstrators deal with their own country, the other side's; else the only other one that the sentence names.
    """
    if all(party.country or not party.sector for party in side):
        return side
    abroad = {party.country for party in other if party.country}
    domestic = len(abroad) == 1 and any(party.sector in _DOMESTIC for party in (*side, *other))
    named = {m.country for m in mentions.mentions if m.country and m.entity_type in ("GPE", "NORP")} - abroad
    home = next((countries.copy().pop() for countries in (where, abroad if domestic else named) if len(countries) == 1), None)
    if trace and home:
        trace.at_home(side, home, by_place={home} == where, domestic=domestic)
    return [replace(party, country=home) if _lacks_country(party, mentions) else party for party in side]


def _lacks_country(party: Party, mentions: SentenceMentions) -> bool:
    """Whether the party has no country but must have one: told by what it is ("police", "President X"), not by a bare name."""
    if party.country or party.sector in (None, "IGO", "NGO"):
        return False
    if party.mention_index is None:  # "12 killed in Kabul"
        return party.sector == "CVL"
    mention = mentions.indexed(party)
    if mention is None:
        return False
    return mention.mention_kind == "nominal" or mention.entity_type == "PERSON" or party.sector in _OF_ONE_COUNTRY


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
    candidate: Candidate,
    sources: Sequence[str],
    mentions: SentenceMentions,
    lexicon: Lexicon,
    taken: Sequence[Party] = (),
    trace: "SentenceTrace | None" = None,
) -> list[Party]:
    keys = {party.key for party in taken}
    for source in sources:
        found = [p for p in unique(_source(candidate, source, mentions, lexicon, taken)) if p.key not in keys]
        if found:
            if trace:
                trace.filled(source, found)
            return found
    return []


def _source(candidate: Candidate, source: str, mentions: SentenceMentions, lexicon: Lexicon, taken: Sequence[Party]) -> list[Party]:
    frame = candidate.frame
    order = _BLAMED if candidate.rule.event_type == "ACCUSE" else BELONGS
    keys = frozenset(party.key for party in taken)

    def parties(tokens: Sequence[Token]) -> list[Party]:
        return [p for t in tokens for p in mentions.parties(t, descend=order, taken=keys)]

    match source:
        case "subject" if candidate.rule.event_type in _VIOLENT:
            doers = [(t, _OF_DOERS if t.lemma_.lower() in lexicon.nouns else BELONGS) for t in frame.subjects]
            return [p for t, way in doers for p in mentions.parties(t, descend=way)]
        case "subject":
            return parties(frame.subjects)
        case "object":
            return parties(frame.objects)
        case "indirect":
            return parties(frame.indirect)
        case "holder":
            return parties(frame.holders)
        case "possessive":
            return [p for noun in frame.nouns for p in mentions.source(noun, source)]
        case "modifier":
            return [replace(p, through=noun.i) for noun in frame.nouns for p in mentions.source(noun, source)]
        case "clause.subject":
            own = [t for c in frame.clauses for t in surface_subjects(c, lexicon.object_control)]
            return [p for p in parties(own) if p.key not in {q.key for q in parties(frame.subjects)}]
        case "clause.object":
            return [
                p for clause in frame.clauses for p in _of_clause(clause, mentions, lexicon, {party.country for party in taken})
            ]
        case "place":
            struck = (frame.objects or [frame.head])[0]
            return [replace(p, through=struck.i) for noun in places(candidate, mentions) for p in mentions.direct(noun)]
    near = [(noun, noun.head.head) for word, noun in frame.phrases if word == source]
    if source in ("to", "from"):
        near = [(noun, above) for noun, above in near if above.lemma_.lower() not in listed("ways")]
    on_object = source in _PLACE_PREPOSITIONS and frame.verb is not None
    return [
        replace(p, through=above.i) if on_object and above in frame.objects and p.through is None else p
        for noun, above in near
        for p in parties([noun])
    ]


def _of_clause(clause: Token, mentions: SentenceMentions, lexicon: Lexicon, own: set[str | None], depth: int = 0) -> list[Party]:
    """Whoever the complement clause is directed at: its object, what its prepositions govern, or that of the clause within.

    What belongs to the actors, from the countries `own`, is not it: "refused to withdraw its soldiers".
    """
    for noun in objects(clause, lexicon.object_control):
        if not _belongs_to(noun, own, mentions) and (found := mentions.parties(noun)):
            return found
    for word in ("against", "with", "to", "on", "from", "for", "in", "into"):
        if found := mentions.source(clause, word):
            return found
    if depth < 3:
        for inner in clauses(clause):
            if found := _of_clause(inner, mentions, lexicon, own, depth + 1):
                return found
    return []


def _belongs_to(noun: Token, own: set[str | None], mentions: SentenceMentions) -> bool:
    """Whether a pronoun before the noun makes it the actors' own."""
    for child in noun.children:
        if child.dep_ == "poss" and child.tag_ == "PRP$":
            owner = mentions.at(child)
            return owner is None or owner.country is None or owner.country in own
    return False
