"""Finds the quotations of a document and where their speaker stands.

The speaker is the subject of a reporting verb outside the quotation, in one of its sentences; a further quotation of the same
paragraph is the same speaker's; one without such a verb is that of the subject of the sentence before it in the paragraph.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Token

from transforms.package_data import read_toml
from transforms.spans import SentenceParse

_SINGLE = re.compile(r"(?:(?<=^)|(?<=[\s(\[—–]))['‘](?=[\w…])(.+?[.,?!…])['’](?!\w)")
_PAIRS = {"“": "”", '"': '"', "„": "“"}
SUBJECTS = frozenset({"nsubj", "nsubjpass"})
Place = tuple[int, int]


@dataclass(slots=True)
class Quotation:
    """A quotation [start, end) of the document; `speaker` and `hearer` are places (sentence, token), None where none is told."""

    start: int
    end: int
    paragraph: int
    speaker: Place | None = None
    hearer: Place | None = None


@cache
def reporting_verbs() -> frozenset[str]:
    """Give the verbs whose subject says what is quoted beside them."""
    return frozenset(read_toml("nominals.toml")["quotations"]["verbs"])


@cache
def _addressing_verbs() -> frozenset[str]:
    return frozenset(read_toml("nominals.toml")["quotations"]["addressing"])


class Quotations:
    """The quotations of one document, by place."""

    def __init__(self, text: str, parses: Sequence[SentenceParse]) -> None:
        self.parses = {parse.index: parse for parse in parses}
        self.found = _find(text, parses)
        last: Quotation | None = None
        for quotation in self.found:
            views = [parse for parse in parses if parse.offset < quotation.end and parse.offset + len(parse.text) > quotation.start]
            for view in views:
                self._attribute(quotation, view)
            before = self.parses.get(views[0].index - 1) if views else None
            if quotation.speaker is None and last is not None and last.paragraph == quotation.paragraph:
                quotation.speaker, quotation.hearer = last.speaker, last.hearer
            if quotation.speaker is None and before is not None and before.paragraph == quotation.paragraph:
                quotation.speaker = self._subject(before)
            elif quotation.speaker is None and last is not None and last.paragraph == quotation.paragraph - 1:
                quotation.speaker = last.speaker
            last = quotation

    def add_turns(self, turns: Sequence[Quotation]) -> None:
        """Take the turns of an interview; a quotation in one that has no speaker is what the turn's speaker says."""
        for turn in turns:
            for quotation in self.found:
                if quotation.speaker is None and turn.start <= quotation.start and quotation.end <= turn.end:
                    quotation.speaker = turn.speaker
        self.found = sorted([*self.found, *turns], key=lambda quotation: (quotation.start, -quotation.end))

    def around(self, position: int) -> Quotation | None:
        """Give the quotation that a character of the document stands in; of nested ones the inner."""
        inner = None
        for quotation in self.found:
            if quotation.start > position:
                break
            if position < quotation.end:
                inner = quotation
        return inner

    def before(self, position: int) -> Quotation | None:
        """Give the last quotation that ends before a character of the document."""
        last = None
        for quotation in self.found:
            if quotation.start > position:
                break
            if quotation.end <= position:
                last = quotation
        return last

    def _attribute(self, quotation: Quotation, view: SentenceParse) -> None:
        if quotation.speaker is not None:
            return
        best: tuple[int, Token] | None = None
        for token in view.doc:
            place = view.offset + token.idx
            if token.lemma_.lower() not in reporting_verbs() or token.pos_ not in ("VERB", "AUX") or self._is_quoted(place):
                continue
            distance = quotation.start - place if place < quotation.start else place - quotation.end
            if best is None or distance < best[0]:
                best = distance, token
        if best is None:
            return
        verb = best[1]
        subject = self._subject_of(verb, view)
        if subject is not None:
            quotation.speaker = view.index, subject.i
            if verb.lemma_.lower() in _addressing_verbs():
                hearer = next((child for child in verb.children if child.dep_ in ("dobj", "dative", "iobj")), None)
                if hearer is not None and not self._is_quoted(view.offset + hearer.idx):
                    quotation.hearer = view.index, hearer.i

    def _subject_of(self, verb: Token, view: SentenceParse) -> Token | None:
        """Give the subject of a reporting verb, by the parse or as the noun beside it ("said Ann Lee")."""
        step: Token = verb
        for _ in range(3):
            for child in step.children:
                if child.dep_ in SUBJECTS and not self._is_quoted(view.offset + child.idx):
                    return child if child.pos_ != "PRON" or child.lower_ not in ("who", "which", "that") else step.head
            if step.dep_ not in ("conj", "xcomp"):
                break
            step = step.head
        beside = (verb.i + 1, verb.i - 1)
        for index in beside:
            if 0 <= index < len(view.doc):
                token = view.doc[index]
                if token.pos_ in ("PROPN", "PRON", "NOUN", "DET") and not self._is_quoted(view.offset + token.idx):
                    while token.head.i > token.i and token.dep_ in ("compound", "det", "amod", "nmod"):
                        token = token.head
                    return token
        return None

    def _subject(self, view: SentenceParse) -> Place | None:
        for token in view.doc:
            if token.dep_ in SUBJECTS and token.head.dep_ == "ROOT" and not self._is_quoted(view.offset + token.idx):
                return view.index, token.i
        return None

    def _is_quoted(self, position: int) -> bool:
        return any(quotation.start <= position < quotation.end for quotation in self.found)


def _find(text: str, parses: Sequence[SentenceParse]) -> list[Quotation]:
    found: list[Quotation] = []
    bounds: dict[int, tuple[int, int]] = {}
    for parse in parses:
        first = bounds.get(parse.paragraph, (parse.offset, 0))[0]
        bounds[parse.paragraph] = (first, parse.offset + len(parse.text))
    for paragraph, (first, last) in bounds.items():
        opened, closing = -1, ""
        for index in range(first, last):
            letter = text[index]
            if opened >= 0 and letter == closing:
                found.append(Quotation(opened, index, paragraph))
                opened = -1
            elif opened < 0 and letter in _PAIRS:
                opened, closing = index + 1, _PAIRS[letter]
        if opened >= 0:
            found.append(Quotation(opened, last, paragraph))
        double = any(quotation.paragraph == paragraph for quotation in found)
        if not double:
            found += [
                Quotation(first + match.start(1), first + match.end(1), paragraph) for match in _SINGLE.finditer(text[first:last])
            ]
    return sorted(found, key=lambda quotation: quotation.start)
