"""Tells political events from sport, business, culture, science, private crime and figures of speech.

A rule sees words; whether "the captain quit" is a resignation depends on who the captain is and what the text is about. So each
event that the rules found gets a chance of being political, from what kind of parties it has, which words stand in their places,
and the words of its sentence and of the rest of the document (log-linear; weights in data/plausibility.toml, fitted by
training.plausibility). Below the least chance it is dropped. The rule stays the reason why it is an event; this only takes away.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import cast

import numpy as np
from spacy.tokens import Doc, Token

from transforms.document import Mention
from transforms.events.nesting import Draft
from transforms.events.parties import Party, SentenceMentions
from transforms.events.syntax import coordinated
from transforms.events.trace import SentenceTrace
from transforms.package_data import read_toml
from transforms.piece_vectors import Floats, vector_of
from warehouse.schema.vocabulary import EVENT_TYPES

_CONTENT = frozenset({"NOUN", "VERB", "ADJ", "PROPN"})
_IN_POLITICS = frozenset({"GOV", "LEG", "JUD", "MIL", "IGO", "PTY", "OPP", "SPY", "REB", "COP"})
_MOST_WORDS = 400
"""Words of a document, beside the sentence itself, that tell what it is about."""
_SPREAD = 8.0
"""Sums of word weights are cut to this before they count: one text in capitals or one list should not decide alone."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for or against an event: named marks, and the words of each place around it."""

    marks: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Weights:
    """What `training.plausibility` fitted: a weight a word, an axis for words that it has not, and a weight a feature."""

    words: Mapping[str, float]
    axis: Floats
    features: Mapping[str, float]
    least: float
    known: dict[str, float] = field(default_factory=dict)

    def of_word(self, word: str) -> float:
        """How political a word is, above 0, or how much of another world, below."""
        value = self.known.get(word)
        if value is None:
            if len(self.known) > 100_000:
                self.known.clear()
            value = self.known[word] = self.words.get(word, 0.0) + float(vector_of(word) @ self.axis)
        return value

    def of_words(self, words: Sequence[str]) -> float:
        """The same of some words together."""
        if not words:
            return 0.0
        values = list(map(self.known.get, words))
        known = cast(list[float], [self.of_word(word) for word in words] if None in values else values)
        total = sum(known) / math.sqrt(len(words))
        return max(-_SPREAD, min(_SPREAD, total))

    def chance(self, evidence: Evidence) -> float:
        """The chance that an event with this evidence is political."""
        score = sum(self.features.get(name, 0.0) * value for name, value in numbers(evidence, self.of_words).items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


Judge = Callable[[Draft, Evidence], bool]


def numbers(evidence: Evidence, of_words: Callable[[Sequence[str]], float]) -> dict[str, float]:
    """The features that weights are for, each with its value."""
    found = dict.fromkeys(evidence.marks, 1.0)
    for place, words in evidence.words.items():
        if words:
            found[f"topic {place}"] = of_words(words)
        elif place not in ("sentence", "document"):
            found[f"no {place}"] = 1.0
    return found


@cache
def shipped() -> Weights:
    """The weights that ship with Newsmill."""
    stored = read_toml("plausibility.toml")
    return Weights(stored["words"], np.array(stored["axis"], dtype=np.float32), stored["features"], stored["least"])


def by_shipped_weights(draft: Draft, evidence: Evidence) -> bool:
    """Whether an event is political enough by the shipped weights."""
    weights = shipped()
    return weights.chance(evidence) >= weights.least


class Surroundings:
    """A document as the ground on which its events are judged; what is counted is counted when the first event asks."""

    def __init__(self, parses: Sequence[Doc], mentions: Sequence[SentenceMentions], judge: Judge) -> None:
        self._parses, self._mentions, self._judge = parses, mentions, judge
        self._words: list[tuple[tuple[int, str], ...]] | None = None
        self._politics: list[bool] = []
        self._others: dict[int, tuple[str, ...]] = {}

    def plausible(self, drafts: Sequence[Draft], position: int, trace: SentenceTrace | None = None) -> list[Draft]:
        """Those of the drafts that are political; `position` is that of their sentence among the parses."""
        kept = []
        for draft in drafts:
            if self._judge(draft, self.evidence(draft, position)):
                kept.append(draft)
            elif trace:
                trace.dropped(draft, "of another world", draft.candidate)
        return kept

    def evidence(self, draft: Draft, position: int) -> Evidence:
        """What speaks for and against `draft`."""
        if self._words is None:
            self._words = [content(doc, mentions) for doc, mentions in zip(self._parses, self._mentions, strict=True)]
            self._politics = [any(_in_politics(m) for m in found.mentions) for found in self._mentions]
        mentions = self._mentions[position]
        trigger = {word.i for word in draft.candidate.words}
        frame = draft.candidate.frame
        elsewhere = [found for i, found in enumerate(self._politics) if i != position]
        rule = draft.candidate.rule
        marks = [
            "any event",
            f"type {rule.event_type}",
            f"type {rule.event_type} {'/'.join(rule.modes) or '-'}",
            f"trigger {rule.trigger}",
            f"quad {EVENT_TYPES[rule.event_type].quad_class}",
            *(f"actor {kind}" for kind in _kinds(draft.actors, mentions)),
            *(f"recipient {kind}" for kind in _kinds(draft.recipients, mentions)),
            *(f"subject {kind}" for kind in _heads(frame.subjects, mentions, rule.slots.get("subject"))),
            *(f"object {kind}" for kind in _heads(frame.objects, mentions, rule.slots.get("object"))),
            *(f"politics in document {one}" for one in ([any(elsewhere)] if elsewhere else [])),
            f"politics in sentence {self._politics[position]}",
        ]
        places = {
            "sentence": tuple(word for i, word in self._words[position] if i not in trigger),
            "document": self._around(position),
            "subject": _nouns(frame.subjects, mentions, trigger),
            "object": _nouns(frame.objects, mentions, trigger),
            "phrases": _nouns([noun for _, noun in frame.phrases], mentions, trigger),
        }
        return Evidence(tuple(dict.fromkeys(marks)), places)

    def _around(self, position: int) -> tuple[str, ...]:
        """The first words of the other sentences."""
        if position not in self._others and self._words is not None:
            others = (word for i, words in enumerate(self._words) if i != position for _, word in words)
            self._others[position] = tuple(islice(others, _MOST_WORDS))
        return self._others[position]


def content(doc: Doc, mentions: SentenceMentions) -> tuple[tuple[int, str], ...]:
    """The words of a sentence that tell what it is about, each with its index: none of names, dates and function words."""
    return tuple(
        (token.i, _word(token))
        for token in doc
        if token.pos_ in _CONTENT and token.i not in mentions.covering and token.is_alpha and not token.is_stop
    )


def _word(token: Token) -> str:
    return token.lemma_.lower() or token.lower_


def _in_politics(mention: Mention) -> bool:
    return mention.sector in _IN_POLITICS


def _kinds(parties: Iterable[Party], mentions: SentenceMentions) -> list[str]:
    """What each party is: its sector, else the type of its mention, and whether it is named."""
    by_index = {mention.mention_index: mention for mention in mentions.mentions}
    found: list[str] = []
    for party in parties:
        mention = by_index.get(party.mention_index) if party.mention_index is not None else None
        kind = f"{mention.entity_type} {mention.mention_kind}" if mention else "other"
        found += [kind, f"{kind} {'at home' if party.country else 'nowhere'}", party.sector or f"no sector {kind}"]
    return found or ["missing"]


def _heads(tokens: Iterable[Token], mentions: SentenceMentions, wanted: frozenset[str] | None) -> list[str]:
    """Whether the words in a place are those that the rule asks for, themselves participants, or things that only lead to one."""
    found: dict[str, None] = {}
    for token in tokens:
        for one in coordinated(token):
            asked_for = wanted is not None and one.lemma_.lower() in wanted
            found["asked for" if asked_for else "party" if mentions.at(one) else f"thing {one.pos_}"] = None
    return list(found) or ["missing"]


def _nouns(tokens: Iterable[Token], mentions: SentenceMentions, trigger: set[int]) -> tuple[str, ...]:
    """The words in a place, with the nouns and adjectives before them, names left out."""
    found: dict[int, str] = {}
    for token in tokens:
        for head in coordinated(token):
            for one in (head, *(child for child in head.children if child.dep_ in ("compound", "amod", "poss", "nmod"))):
                if one.is_alpha and one.i not in mentions.covering and one.i not in trigger and one.pos_ in _CONTENT:
                    found[one.i] = _word(one)
    return tuple(found.values())
