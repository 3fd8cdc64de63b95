"""How many people an event struck: counts of killed, injured, arrested, displaced and abducted, each with the word that says so.

The words stand in [casualties] of the lexicon's shared file: a verb ("kill"), a verb with what goes with it ("shoot dead", "take
hostage", "claim life"), a noun ("death") or an adjective ("dead"). Who is struck is the object or, of verbs such as "die", the
subject; and where the parser has lost it ("killing 12, 30 injured"), the number right before the word counts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from transforms.date_readers import date_words
from transforms.document import Casualty
from transforms.events.nesting import Draft
from transforms.events.parties import SentenceMentions
from transforms.events.syntax import coordinated, is_passive, is_verb, listed, objects, phrases, subjects
from transforms.lexicon import Lexicon
from transforms.numbers import read_number

_AT_LEAST = re.compile(r"\b(?:at least|more than|over|no fewer than|no less than|upwards of|in excess of)\b", re.IGNORECASE)
_AT_MOST = re.compile(r"\b(?:up to|as many as|at most|fewer than|less than)\b", re.IGNORECASE)
_RANGE = re.compile(r"(?:between )?(\S+) (?:and|to|or) (\S+)", re.IGNORECASE)
_BEFORE = 20
"""Characters before a number in which "at least" may stand."""
_NO_COUNT = frozenset({"no", "zero", "none", "neither"})
_BETWEEN = 3
"""Words that may stand between a number and the word that says what befell them: "12 other people were hurt"."""
_TYPES = {
    "killed": ("ASSAULT", "COERCE", "PROTEST"),
    "injured": ("ASSAULT", "COERCE", "PROTEST"),
    "arrested": ("COERCE", "PROTEST", "SANCTION", "ASSAULT"),
    "displaced": ("ASSAULT", "COERCE"),
    "abducted": ("ASSAULT", "COERCE"),
}
"""The types of event that can strike people so."""


@dataclass(frozen=True, slots=True)
class _Count:
    """A number of people: offsets in the sentence, and its bounds."""

    start: int
    end: int
    low: int | None
    high: int | None


def by_event(drafts: Sequence[Draft], doc: Doc, mentions: SentenceMentions, lexicon: Lexicon) -> dict[int, list[Casualty]]:
    """The counts of the sentence by the trigger of their event: of their own word, else the nearest that can have them."""
    if not any(draft.event_type in types for draft in drafts for types in _TYPES.values()):
        return {}
    found: dict[int, list[Casualty]] = {}
    for word, casualty in _casualties(doc, mentions, lexicon):
        struck = [draft for draft in drafts if draft.event_type in _TYPES[casualty.kind]]
        if not struck:
            continue
        nearest = min(struck, key=lambda d: (_TYPES[casualty.kind].index(d.event_type) > 1, _distance(d, word), d.candidate.head.i))
        found.setdefault(nearest.candidate.head.i, []).append(casualty)
    return found


def _distance(draft: Draft, word: Token) -> int:
    return 0 if word in draft.candidate.words else 1 + abs(draft.candidate.head.i - word.i)


def _casualties(doc: Doc, mentions: SentenceMentions, lexicon: Lexicon) -> Iterator[tuple[Token, Casualty]]:
    told: set[tuple[str, int]] = set()
    words = [(word, kind) for word in doc if (kind := _kind(word, lexicon)) and not any(c.dep_ == "neg" for c in word.children)]
    words.sort(key=lambda pair: pair[0].lemma_.lower() in listed("tolls"))  # a toll counts the same dead again
    for word, kind in words:
        if told and word.lemma_.lower() in listed("tolls"):
            break
        for noun, count in _counted(word, kind, mentions, lexicon):
            if (kind, count.start) not in told:
                told.add((kind, count.start))
                victims = mentions.parties(noun)
                who = victims[0].entity_id if victims else None
                at = mentions.offset
                yield word, Casualty(kind, at + count.start, at + count.end, count.low, count.high, who)


def _kind(word: Token, lexicon: Lexicon) -> str | None:
    """What befell people by a word: alone, or a verb with its object, adjective, particle or the noun of a preposition."""
    lemma = word.lemma_.lower()
    if lemma in lexicon.casualties:
        return lexicon.casualties[lemma]
    if lemma not in lexicon.casualty_verbs:
        return None
    beside = [child for child in word.children if child.dep_ not in ("nsubj", "nsubjpass", "punct")]
    beside += [noun for _, noun in phrases(word)]
    beside += [inner for child in beside if child.dep_ in ("dobj", "ccomp", "xcomp") for inner in child.children]
    for other in beside:
        for name in (other.lemma_.lower(), other.lower_):
            if kind := lexicon.casualties.get(f"{lemma} {name}"):
                return kind
    return None


def _counted(word: Token, kind: str, mentions: SentenceMentions, lexicon: Lexicon) -> Iterator[tuple[Token, _Count]]:
    """Who is struck and how many, from the tree, else from the words right before."""
    found = False
    for first in _struck(word, lexicon):
        for noun in coordinated(first):
            if count := _count(noun, mentions, lexicon):
                found = True
                yield noun, count
    if not found and (before := _number_before(word, mentions)):
        yield before


def _struck(word: Token, lexicon: Lexicon) -> list[Token]:
    if not is_verb(word):
        if word.pos_ in ("NOUN", "PROPN"):
            if word.lemma_.lower() in listed("tolls"):
                return _risen_to(word)
            return [word, *(noun for preposition, noun in phrases(word) if preposition == "of")]
        return [word.head] if word.dep_ == "amod" or word.head.pos_ == "NOUN" else []
    if word.lemma_.lower() in listed("struck_subjects") and not is_passive(word):
        return subjects(word, lexicon.object_control)
    struck = objects(word, lexicon.object_control)
    # "took four oilmen hostage", "leaving 600 people homeless": what is struck may be the subject of the complement
    inner = [c for child in word.children if child.dep_ in ("ccomp", "xcomp", "oprd") for c in child.children if c.dep_ == "nsubj"]
    return struck + inner


def _risen_to(toll: Token) -> list[Token]:
    """The number at which a toll stands: "the death toll rose to 40", "a toll of 26"."""
    found = [noun for word, noun in phrases(toll) if word == "of"]
    verb = toll.head
    if toll.dep_ in ("nsubj", "nsubjpass", "dobj") and verb.lemma_.lower() in listed("tolls_rise"):
        found += [noun for word, noun in phrases(verb) if word in ("to", "at")]
        found += [child for child in verb.children if child.dep_ in ("dobj", "attr", "npadvmod") and child is not toll]
    return [noun for noun in found if noun.pos_ == "NUM" or noun.tag_ == "CD" or _numbers(noun)]


def _numbers(noun: Token) -> list[Token]:
    return [child for child in noun.children if child.dep_ == "nummod" or child.tag_ == "CD"]


def _count(noun: Token, mentions: SentenceMentions, lexicon: Lexicon) -> _Count | None:
    """How many a noun says they are: its number, itself if it is one, or one for a single person."""
    for token in (*_numbers(noun), noun):
        if count := _value(token, mentions):
            return count
    if noun.lemma_.lower() in lexicon.transparent and (inner := [one for word, one in phrases(noun) if word == "of"]):
        return next((count for one in inner for token in (*_numbers(one), one) if (count := _value(token, mentions))), None)
    return _one(noun, mentions, lexicon)


def _one(noun: Token, mentions: SentenceMentions, lexicon: Lexicon) -> _Count | None:
    """One, for a single person: "a Palestinian boy", "the mayor", "Jean Dupont"."""
    mention = mentions.at(noun)
    if mention is None or mention.entity_type != "PERSON" or mention.mention_kind == "pronoun" or noun.tag_ not in ("NN", "NNP"):
        return None
    if mention.member_ids or noun.lemma_.lower() in lexicon.transparent or any(c.lower_ in _NO_COUNT for c in noun.children):
        return None
    article = next((c for c in noun.children if c.dep_ == "det" and c.i < noun.i), noun)
    if article.lower_ in ("each", "every", "any", "all", "both"):
        return None
    return _Count(article.idx if article.lower_ in ("a", "an", "one") else noun.idx, noun.idx + len(noun.text), 1, 1)


def _value(token: Token, mentions: SentenceMentions) -> _Count | None:
    """The count that a number gives, in figures or words, open ("dozens") or with bounds ("at least 12", "between 10 and 15")."""
    mention = mentions.by_head.get(token.i) or (mentions.covering.get(token.i) if token.tag_ == "CD" else None)
    start, text = token.idx, token.text
    if mention is not None and mention.entity_type == "CARDINAL":
        start, text = mention.start_char - mentions.offset, mentions.text(mention)
    elif token.tag_ != "CD" and token.lemma_.lower() not in date_words("scales"):
        return None
    elif mention is not None and mention.entity_type not in ("PERSON", "NORP", "GPE"):
        return None  # a date or a sum
    end = start + len(text)
    if (bounds := _RANGE.fullmatch(text)) and all(values := [_whole(part) for part in bounds.groups()]):
        return _Count(start, end, values[0], values[1])
    scale = date_words("scales").get(token.lemma_.lower())
    if token.tag_ == "NNS" and scale and text.lower() == token.lower_:
        tens = token.head.head.lower_ == "tens" or token.doc[max(0, token.i - 2)].lower_ == "tens"
        return _Count(start, end, int(scale) * (20 if tens else 2), None)
    value = _whole(mention.value_number if mention and mention.value_number else text)
    if not value:
        return None
    before = token.doc.text[max(0, start - _BEFORE) : start]
    low = None if _says(_AT_MOST, before, text) else value
    return _Count(start, end, low, None if _says(_AT_LEAST, before, text) else value)


def _says(bound: re.Pattern[str], before: str, number: str) -> bool:
    """Whether a bound stands right before a number, or begins the words that give it ("at least 12")."""
    found = bound.search(before)
    return (found is not None and not before[found.end() :].strip()) or bound.match(number) is not None


def _whole(value: float | str) -> int:
    """A count as a whole number, 0 if it is none."""
    number = read_number(value) if isinstance(value, str) else value
    return int(number) if number and number >= 1 else 0


def _number_before(word: Token, mentions: SentenceMentions) -> tuple[Token, _Count] | None:
    """The number that stands right before an adjective or participle: "5 dead", "killed and 30 injured"."""
    if word.pos_ in ("NOUN", "PROPN") or word.tag_ in ("VBG", "VBZ"):
        return None
    for token in reversed(word.doc[max(0, word.i - _BETWEEN - 1) : word.i]):
        if token.tag_ == "CD" or token.lemma_.lower() in date_words("scales"):
            count = _value(token, mentions)
            return (token, count) if count else None
        if token.pos_ not in ("NOUN", "AUX", "ADJ", "DET") or token.lower_ in _NO_COUNT:
            return None
    return None
