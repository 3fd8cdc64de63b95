"""Where an event took place: the place that its clause names, else that of a neighbouring clause, else the dateline's.

"In", "near" or "off" and a name say it outright. Of a noun that is no place itself the place is looked for around it: "the city
of Kunduz", "an airport in Frankfurt", "Darfur camp". An attack is where its target is, a withdrawal where it is from, a court or a
crowd where it stands. Nearer sources go first; a name that is only part of a word ("London-based") says nothing.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from transforms.document import Mention
from transforms.events.nesting import Draft
from transforms.events.parties import PLACE_TYPES, SentenceMentions
from transforms.events.syntax import is_verb, listed, objects, phrases, surface_subjects
from transforms.lexicon import Lexicon
from warehouse.schema.vocabulary import EVENT_TYPES, VERBAL_CONFLICT, VERBAL_COOPERATION

_EXACT = {"city": 0, "region": 1, "country": 2}
_TARGETS = {
    "ASSAULT": ("on", "against", "of", "into"),
    "PROTEST": ("of",),
    "COERCE": ("of", "on"),
    "MOBILIZE": ("to", "into", "towards", "toward", "onto"),
    "RETREAT": ("from", "of"),
}
"""Prepositions that lead to the place of an event of a type as "in" does: "shelling of", "troops to", "withdrew from"."""
_STRUCK = frozenset({"ASSAULT", "COERCE", "MOBILIZE", "PROTEST"})
"""Types whose object, if it is a place below a country, is where it happened: "bombed Kharkiv"."""
_WITHIN = ("of", "in", "at", "near", "outside", "inside", "on", "off", "around")
_BESIDE = frozenset({"compound", "amod", "nmod", "poss", "appos"})
_OVER = frozenset({"on", "over", "along"})
"""Prepositions that say where before "the island of Anjouan", but not before a country: "sanctions on Iran"."""
_DEPTH = 4
_UPWARD = frozenset({"conj", "advcl", "xcomp", "dep"})


def place_of(draft: Draft, mentions: SentenceMentions, lexicon: Lexicon, dateline: Mention | None) -> Mention | None:
    """The place of the event (of a visit, its goal), else that of the `dateline` where somebody who takes part is at home."""
    nameless: Mention | None = None
    for tokens in _sources(draft, mentions, lexicon):
        found = [m for token in tokens if (m := resolved(token, mentions))]
        if named := [m for m in found if m.entity_id]:
            return min(named, key=lambda m: _EXACT.get(m.geo_precision or "", 3))
        nameless = nameless or next(iter(found), None)
    if nameless is not None or dateline is None:
        return nameless
    countries = {party.country for party in (*draft.actors, *draft.recipients) if party.country}
    return dateline if not countries or dateline.country in countries or draft.event_type == "CONSULT" else None


def resolved(noun: Token, mentions: SentenceMentions, depth: int = 0) -> Mention | None:
    """The place that a noun names or lies in: itself, else what stands around it ("the port of Guayaquil", "Darfur camp")."""
    mention = mentions.at(noun)
    is_place = mention is not None and mention.entity_type in PLACE_TYPES
    if mention is not None and is_place and mention.entity_id:
        return mention
    if depth < _DEPTH and (is_place or noun.lemma_.lower() in listed("grounds") or noun.lower_ in listed("grounds")):
        around = [inner for word, inner in phrases(noun) if word in _WITHIN]
        around += [child for child in noun.children if child.dep_ in _BESIDE]
        for inner in around:
            found = resolved(inner, mentions, depth + 1)
            if found is not None and found.entity_id:
                return found
    return mention if is_place and mention is not None and mention.country else None


def _sources(draft: Draft, mentions: SentenceMentions, lexicon: Lexicon) -> Iterator[list[Token]]:
    """Lists of nouns that may say where, the nearest to the trigger first."""
    frame, event_type = draft.candidate.frame, draft.candidate.rule.event_type
    own = list(frame.phrases)
    quad_class = EVENT_TYPES[event_type].quad_class
    if quad_class in (VERBAL_CONFLICT, VERBAL_COOPERATION):  # "condemned the coup in Mali" was not said there
        others = [noun for noun in frame.objects if quad_class == VERBAL_CONFLICT or noun not in draft.candidate.words]
        own = [(word, noun) for word, noun in own if not any(one == noun or one.is_ancestor(noun) for one in others)]
    if frame.verb is not None and frame.verb is not frame.head:
        own += phrases(frame.verb)
    if "visit" in draft.candidate.rule.modes:
        goals = [noun for word, noun in own if word in ("to", "in")] + frame.objects
        yield [noun for noun in goals if (m := mentions.at(noun)) and m.entity_type in PLACE_TYPES]
    prepositions = listed("whereabouts")
    near = [noun for word, noun in own if word in prepositions or (word in _OVER and not _is_country(noun, mentions))]
    yield near + list(_side_of(frame.verb or frame.head))
    actors = {party.mention_index for party in draft.actors if party.through is None}
    aims = [noun for word, noun in own if word in _TARGETS.get(event_type, ())]
    if event_type in ("MOBILIZE", "RETREAT"):
        yield [noun for noun in aims if (m := resolved(noun, mentions)) and m.mention_index not in actors]
    aims += [child for noun in frame.nouns for child in noun.children if child.dep_ in ("compound", "nmod")]
    if event_type in _STRUCK:
        aims += frame.objects
    yield [noun for noun in aims if _below_country(noun, mentions, actors)]
    reached = [*frame.objects, *(noun for word, noun in frame.phrases if word in _TARGETS.get(event_type, ()))]
    yield [noun for first in reached for noun in _deep(first, prepositions)] if event_type in _STRUCK else []
    seated = [
        noun for noun in frame.subjects if noun.lemma_.lower() in listed("grounds") and _below_country(noun, mentions, actors)
    ]
    yield seated + [noun for first in frame.subjects for word, noun in phrases(first) if word in prepositions]
    verb = frame.verb or frame.head
    for _ in range(_DEPTH):
        if verb.dep_ not in _UPWARD or not is_verb(verb.head):
            break
        if verb.dep_ == "conj" and any(child.dep_ in ("nsubj", "nsubjpass") for child in verb.children):
            break  # "ships collided near the shoal, and Manila accused Beijing"
        verb = verb.head
        yield [
            noun
            for one in (verb, *objects(verb, lexicon.object_control), *surface_subjects(verb, lexicon.object_control))
            for word, noun in phrases(one)
            if word in prepositions
        ]


def _side_of(verb: Token) -> Iterator[Token]:
    """What something is north of, or close to: "a boat south of Lampedusa"."""
    for child in verb.children:
        if child.dep_ in ("advmod", "prep") and child.lower_ in listed("sides"):
            yield from (noun for word, noun in phrases(child) if word in ("of", "to"))


def _is_country(noun: Token, mentions: SentenceMentions) -> bool:
    mention = mentions.at(noun)
    return mention is not None and (mention.entity_id or "").startswith("country:")


def _below_country(noun: Token, mentions: SentenceMentions, actors: set[int | None]) -> bool:
    """Whether a target is a place, no country: "bombed Kharkiv" is there, "attacked Ukraine" and "the US strikes" are not."""
    found = resolved(noun, mentions)
    return (
        found is not None
        and found.entity_id is not None
        and not found.entity_id.startswith("country:")
        and found.mention_index not in actors
    )


def _deep(noun: Token, prepositions: frozenset[str]) -> Iterator[Token]:
    """Nouns behind a preposition of place anywhere under a noun: "graduates camped outside parliament in Rabat"."""
    for token in noun.subtree:
        if token.dep_ == "pobj" and token.head.lower_ in prepositions:
            yield token
        elif token.lower_ in listed("sides"):
            yield from (inner for word, inner in phrases(token) if word in ("of", "to"))
