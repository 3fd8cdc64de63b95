"""When and where an event took place, who says so, what it was about, and how many people it struck."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from spacy.tokens import Doc, Token

from transforms.document import Casualty, Document, Mention
from transforms.events.match import Candidate
from transforms.events.parties import PLACE_TYPES, Party, SentenceMentions
from transforms.events.roles import places
from transforms.events.syntax import coordinated, is_verb, objects, phrases, subjects, surface_subjects
from transforms.lexicon import Lexicon

_CLAUSES = frozenset({"ccomp", "advcl", "relcl", "acl", "parataxis", "csubj"})
_AT_LEAST = re.compile(r"\b(?:at least|more than|over)\W+$", re.IGNORECASE)
_AT_MOST = re.compile(r"\b(?:up to|as many as|at most)\W+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class When:
    """The days of an event, inclusive, how exact they are and whether the text or the publication gives them."""

    start: date
    end: date
    precision: str
    basis: str


def own_date(candidate: Candidate, mentions: SentenceMentions) -> When | None:
    """The date expression that belongs to the trigger's clause, the nearest in the tree."""
    anchors = {candidate.head.i} | ({candidate.frame.verb.i} if candidate.frame.verb is not None else set())
    best: tuple[int, When] | None = None
    for token_index, mention in mentions.by_head.items():
        if mention.entity_type not in ("DATE", "TIME") or mention.value_start is None or mention.value_end is None:
            continue
        token = mentions.doc[token_index]
        if token.dep_ == "pobj" and token.head.lower_ == "for":  # "a programme for 2024-2026" is not dated by it
            continue
        steps = _steps(token, anchors)
        if steps is not None and (best is None or steps < best[0]):
            best = steps, When(mention.value_start, mention.value_end, mention.value_precision or "day", "text")
    return best[1] if best else None


def _steps(token: Token, anchors: set[int]) -> int | None:
    """Steps up the tree from a date to the trigger, None when another clause lies between them."""
    for step in range(12):
        if token.i in anchors:
            return step
        if step and token.dep_ in _CLAUSES and is_verb(token):
            return None
        if token.head == token:
            return None
        token = token.head
    return None


def place_of(candidate: Candidate, mentions: SentenceMentions, document_place: Mention | None) -> Mention | None:
    """The place of the event: named in its clause (of a visit, its goal), else `document_place`."""
    found = [m for noun in places(candidate, mentions) if (m := mentions.at(noun))]
    if "visit" in candidate.rule.modes:
        goals = [noun for word, noun in candidate.frame.phrases if word in ("to", "in")] + candidate.frame.objects
        found = [m for noun in goals if (m := mentions.at(noun)) and m.entity_type in PLACE_TYPES] + found
    exact = [m for m in found if m.geo_precision == "city"]
    return next(iter(exact or found), document_place)


def attribution(candidate: Candidate, mentions: SentenceMentions, lexicon: Lexicon) -> Party | None:
    """Who says that the event happened: the subject of the reporting verb above it, or the object of "according to"."""
    token = candidate.frame.verb if candidate.frame.verb is not None else candidate.head
    for _ in range(8):
        said = [token.head] if token.dep_ in ("ccomp", "parataxis") and token.head != token else []
        said += [child for child in token.children if child.dep_ == "parataxis"]
        for verb in said:
            if verb.lemma_.lower() in lexicon.reporting and verb is not candidate.head:
                for subject in surface_subjects(verb, lexicon.object_control):
                    if found := mentions.parties(subject):
                        return found[0]
        if token.head == token:
            break
        token = token.head
    for word in mentions.doc:
        if word.lower_ == "according":
            for _, noun in phrases(word.head if word.head.lower_ == "to" else word):
                if found := mentions.parties(noun):
                    return found[0]
            for child in word.children:
                for noun in child.children:
                    if found := mentions.parties(noun):
                        return found[0]
    return None


def contexts_of(doc: Doc, lexicon: Lexicon) -> tuple[str, ...]:
    """The PLOVER contexts that the words of the sentence speak of."""
    return tuple(sorted({context for token in doc for context in lexicon.contexts.get(token.lemma_.lower(), ())}))


def casualties(doc: Doc, mentions: SentenceMentions, lexicon: Lexicon) -> Iterator[tuple[Token, Casualty]]:
    """The counts of people killed, injured, arrested, displaced or abducted, each with the verb that says so."""
    for verb in doc:
        if not is_verb(verb):
            continue
        lemma = verb.lemma_.lower()
        kind = next((name for name, lemmas in lexicon.casualties.items() if lemma in lemmas), None)
        if kind is None:
            continue
        struck = objects(verb, lexicon.object_control)
        if verb.lemma_ in ("die", "flee"):
            struck = subjects(verb, lexicon.object_control)
        for first in struck:
            for noun in coordinated(first):
                number = _count(noun, mentions)
                if number is None:
                    continue
                start, end, value = number
                before = doc.text[max(0, start - mentions.offset - 14) : start - mentions.offset]
                low = None if _AT_MOST.search(before) else value
                high = None if _AT_LEAST.search(before) else value
                victims = mentions.parties(noun)
                yield (
                    verb,
                    Casualty(kind, start, end, low, high, victims[0].entity_id if victims else None),
                )


def _count(noun: Token, mentions: SentenceMentions) -> tuple[int, int, int] | None:
    """Offsets and value of the number that counts `noun`."""
    for token in (*(child for child in noun.children if child.dep_ == "nummod"), noun):
        mention = mentions.at(token)
        if mention is not None and mention.entity_type == "CARDINAL" and (mention.value_number or 0) >= 1:
            value = int(mention.value_number or 0)
        elif token.text.replace(",", "").isdecimal():
            value = int(token.text.replace(",", ""))
        else:
            continue
        start = mentions.offset + token.idx
        return start, start + len(token.text), value
    return None


def document_place(document: Document, mentions: tuple[Mention, ...]) -> Mention | None:
    """The place that the dateline names, if a mention stands on it."""
    if not document.dateline_place:
        return None
    return next((m for m in mentions if m.entity_type == "GPE" and m.end_char <= max(document.dateline_end, 1)), None)
