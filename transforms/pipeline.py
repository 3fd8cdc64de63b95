"""From a cleaned document to all its rows: segment, annotate, tag entities, code events, in this order.

A worker makes one Coder and keeps it: the model, the gazetteers and the lexicon are loaded once per process.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from time import perf_counter
from typing import Protocol

from spacy.language import Language

from transforms.annotate import annotate, load_model, model_version
from transforms.document import CodedDocument, Document
from transforms.entities import tag_entities
from transforms.events import Trace, code_events
from transforms.lexicon import Lexicon, load_lexicon
from transforms.own_names import OwnNames
from transforms.paragraphs import split_paragraphs
from transforms.sentences import split_sentences

STAGES = ("segment", "annotate", "entities", "events")


SEGMENT = "segment"
ENTITIES = "entities"
NO_MODEL = "none"
STOPS = (SEGMENT, ENTITIES)
"""Stages that a run can stop after."""


class Codes(Protocol):
    """What makes rows of a document; `seconds` sums the time spent in each of STAGES."""

    fingerprint: str
    seconds: defaultdict[str, float]

    def code(self, document: Document) -> CodedDocument:
        """The rows of `document`, up to the stage that this stops after."""


class Segmenter:
    """Paragraphs and sentences alone, which are found by rules: no model is needed and none is loaded."""

    def __init__(self) -> None:
        self.fingerprint = fingerprint(None, stop_after=SEGMENT)
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def code(self, document: Document) -> CodedDocument:
        """The document with its paragraphs and sentences."""
        start = perf_counter()
        paragraphs = split_paragraphs(document)
        sentences = split_sentences(document, paragraphs)
        self.seconds["segment"] += perf_counter() - start
        return CodedDocument(document, paragraphs, sentences)


class Tagger:
    """As `coder`, but without events."""

    def __init__(self, coder: "Coder", fingerprint: str) -> None:
        self._coder = coder
        self.fingerprint = fingerprint
        self.seconds = coder.seconds

    def code(self, document: Document) -> CodedDocument:
        """The document with its paragraphs, sentences, mentions and affiliations."""
        [coded] = self._coder.code_with(document, [None])
        return coded


class Coder:
    """Everything that coding needs, loaded once; `seconds` sums the time spent in each of STAGES.

    `language` (ISO 639) is the one that the model reads: a document in another gets paragraphs and sentences only.
    """

    def __init__(
        self, nlp: Language, lexicon: Lexicon, model: str, fingerprint: str, own: OwnNames | None = None, language: str = "en"
    ) -> None:
        self.nlp = nlp
        self.lexicon = lexicon
        self.model = model
        self.fingerprint = fingerprint
        self.own = own
        self.language = language
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def with_lexicon(self, lexicon: Lexicon) -> "Coder":
        """The same with another lexicon."""
        return Coder(self.nlp, lexicon, self.model, self.fingerprint, self.own, self.language)

    def code(self, document: Document, trace: Trace | None = None) -> CodedDocument:
        """All rows of `document`; `trace` takes down why its events are there."""
        return next(self.code_with(document, [self.lexicon], trace))

    def code_with(
        self, document: Document, lexicons: Iterable[Lexicon | None], trace: Trace | None = None
    ) -> Iterator[CodedDocument]:
        """All rows of `document` by each of several lexicons, by None without events; what they do not change is done once."""
        with self._timed("segment"):
            paragraphs = split_paragraphs(document)
            sentences = split_sentences(document, paragraphs)
        if document.language not in (None, self.language):
            yield from (CodedDocument(document, paragraphs, sentences) for _ in lexicons)
            return
        with self._timed("annotate"):
            parses = annotate(self.nlp, document, sentences, self.own)
        with self._timed("entities"):
            entities = tag_entities(document, paragraphs, sentences, parses, self.own)
        for lexicon in lexicons:
            with self._timed("events"):
                events = code_events(document, paragraphs, sentences, parses, entities, lexicon, trace) if lexicon else ()
            yield CodedDocument(document, paragraphs, sentences, entities.mentions, entities.affiliations, events)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += perf_counter() - start


def load_coder(model: str, own: OwnNames | None = None, language: str = "en") -> Coder:
    """A Coder with the spaCy pipeline `model` for texts in `language`, and a user's `own` names; raises UsageError for an unknown
    model or a lexicon with an error."""
    lexicon = load_lexicon()
    own_digest = own.digest if own else ""
    return Coder(load_model(model), lexicon, model_version(model), fingerprint(model, own_digest, language), own, language)


def run_fingerprint(model: str, own_names: str, stop_after: str | None, language: str = "en") -> str:
    """The fingerprint of a run that stops after a stage (None: that does all), by the settings' model."""
    if stop_after == SEGMENT:
        return fingerprint(None, stop_after=stop_after)
    return fingerprint(model, own_names, language, stop_after=stop_after)


def run_model(model: str, stop_after: str | None) -> str:
    """Name and version of the model that such a run uses, NO_MODEL where it needs none."""
    return NO_MODEL if stop_after == SEGMENT else model_version(model)


def load_stopping(model: str, own: OwnNames | None, stop_after: str, own_digest: str, language: str = "en") -> Codes:
    """What tags documents in `language` up to the stage `stop_after`, one of STOPS; raises UsageError as `load_coder`.

    `own_digest` is what the fingerprint takes of the user's own names and lexicon.
    """
    if stop_after == SEGMENT:
        return Segmenter()
    return Tagger(load_coder(model, own, language), run_fingerprint(model, own_digest, stop_after, language))


@cache
def fingerprint(model: str | None, own_names: str = "", language: str = "en", *, stop_after: str | None = None) -> str:
    """12 hex digits that change with the code, the lexicon, the gazetteers, the model (None: none is used), the language that it
    reads, a user's own names (`own_names` is their digest) or the stage that a run stops after; cheap, the model is not loaded."""
    digest = hashlib.blake2b(model_version(model).encode() if model else b"", digest_size=6)
    for path, content in sorted(_package_files(files("transforms"), "")):
        digest.update(path.encode() + b"\0" + content)
    digest.update(f"{own_names}\0{language}".encode())
    digest.update(f"\0{stop_after}".encode() if stop_after else b"")
    return digest.hexdigest()


def _package_files(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        path = f"{prefix}/{entry.name}"
        if entry.is_dir():
            yield from _package_files(entry, path)
        elif entry.name.endswith((".py", ".toml", ".txt")):
            yield path, entry.read_bytes()
