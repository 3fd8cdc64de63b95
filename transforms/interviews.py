"""Finds who speaks in an interview printed as questions and answers, where neither quotation marks nor verbs of saying tell it.

Three forms count: turns that begin with who speaks ("Lee: I ran."), questions marked "Q:", and questions without a mark that
address "you", with answers that say "I".
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from transforms.quotations import Place, Quotation
from transforms.spans import Draft, SentenceParse

_MARKED = re.compile(r"(?:Q|Question|Wikinews|WN|Interviewer)\s?[:.)]")
_LABEL = re.compile(r"([A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,2})\s?: ")
_LEAST_MARKED, _LEAST_OPEN, _LEAST_LABELS = 2, 3, 4
"""Paragraphs that ask, with and without a mark, and paragraphs with a speaker, from which a text is an interview."""
_ASKED = frozenset({"you", "your"})
_ANSWERED = frozenset({"i", "my", "me", "we", "our"})
_OPENING = ("“", '"', "‘", "„")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    number: int
    start: int
    end: int
    first: int
    """Its first sentence."""
    words: frozenset[str]


def find_turns(text: str, parses: Sequence[SentenceParse], names: Sequence[Draft]) -> list[Quotation]:
    """Give each turn of an interview as a quotation of its paragraph; empty for a text that is none.

    Where answers stand in quotation marks, a turn covers the paragraph too, and explains the quotations in it that have no speaker.
    """
    persons = [name for name in names if name.entity_type == "PERSON" and name.entity_id]
    if not persons:
        return []
    paragraphs = _paragraphs(parses)
    labelled = {part.number: match[1] for part in paragraphs if (match := _LABEL.match(text, part.start, part.end))}
    often = Counter(labelled.values())
    if len(labelled) >= _LEAST_LABELS and 1 < len(often) <= len(labelled) / 2:
        turns = _labelled(paragraphs, labelled, persons)
        if turns:
            return turns
    asked = [part for part in paragraphs if _MARKED.match(text, part.start, part.end)]
    marked = len(asked) >= _LEAST_MARKED
    if not marked:
        asked = [part for part in paragraphs if text[part.end - 1] == "?" and text[part.start] not in _OPENING]
    if not marked and len(asked) < _LEAST_OPEN:
        return []
    numbers = {part.number for part in asked}
    answers = [part for before, part in pairwise(paragraphs) if before.number in numbers and part.number not in numbers]
    quoted = 2 * sum(text[part.start] in _OPENING for part in answers) > len(answers)
    if not (marked or quoted) and 2 * sum(bool(part.words & _ASKED) for part in asked) < len(asked):
        return []
    if 3 * sum(bool(part.words & _ANSWERED) for part in answers) < len(asked):
        return []
    person = _answering(persons, asked[0].first)
    turns = []
    for part in paragraphs:
        if part.number in numbers:
            turns.append(Quotation(part.start, part.end, part.number, None, person))
        elif part.number > asked[0].number and (not quoted or text[part.start] in _OPENING):
            turns.append(Quotation(part.start, part.end, part.number, person))
    return turns


def _paragraphs(parses: Sequence[SentenceParse]) -> list[_Paragraph]:
    found: dict[int, _Paragraph] = {}
    for parse in parses:
        before = found.get(parse.paragraph)
        start, first = (before.start, before.first) if before else (parse.offset, parse.index)
        words = (before.words if before else frozenset()) | frozenset(parse.lower)
        found[parse.paragraph] = _Paragraph(parse.paragraph, start, parse.offset + len(parse.text.rstrip()), first, words)
    return list(found.values())


def _labelled(paragraphs: Sequence[_Paragraph], labels: dict[int, str], persons: Sequence[Draft]) -> list[Quotation]:
    """Give the turns that begin with a speaker; what follows without one goes on with the turn."""
    speakers: dict[str, Place | None] = {}
    for label in dict.fromkeys(labels.values()):
        named = next((name for name in persons if _is_called(name, label)), None)
        speakers[label] = (named.sentence, named.root) if named is not None else None
    if not any(speakers.values()):
        return []
    turns: list[Quotation] = []
    speaker: Place | None = None
    hearer: Place | None = None
    for part in paragraphs:
        said_by = labels.get(part.number)
        if said_by is not None and speakers[said_by] != speaker:
            speaker, hearer = speakers[said_by], speaker
        if turns or said_by is not None:
            turns.append(Quotation(part.start, part.end, part.number, speaker, hearer))
    return turns


def _is_called(name: Draft, label: str) -> bool:
    """Tell whether a turn's label is a person's surname, full name or initials."""
    words = name.text.split()
    return words[-len(label.split()) :] == label.split() or (len(words) > 1 and "".join(word[0] for word in words) == label)


def _answering(persons: Sequence[Draft], first_question: int) -> Place:
    """Give the person named most before the first question, else in the text."""
    pool = [name for name in persons if name.sentence < first_question] or persons
    often = Counter(name.entity_id for name in pool)
    most = max(pool, key=lambda name: (often[name.entity_id], -name.start))
    return most.sentence, most.root
