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


class Coder:
    """Everything that coding needs, loaded once; `seconds` sums the time spent in each of STAGES."""

    def __init__(self, nlp: Language, lexicon: Lexicon, model: str, fingerprint: str, own: OwnNames | None = None) -> None:
        self.nlp = nlp
        self.lexicon = lexicon
        self.model = model
        self.fingerprint = fingerprint
        self.own = own
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def with_lexicon(self, lexicon: Lexicon) -> "Coder":
        """The same with another lexicon."""
        return Coder(self.nlp, lexicon, self.model, self.fingerprint, self.own)

    def code(self, document: Document, trace: Trace | None = None) -> CodedDocument:
        """All rows of `document`; `trace` takes down why its events are there."""
        return next(self.code_with(document, [self.lexicon], trace))

    def code_with(self, document: Document, lexicons: Iterable[Lexicon], trace: Trace | None = None) -> Iterator[CodedDocument]:
        """All rows of `document` by each of several lexicons; what does not depend on them is done once."""
        with self._timed("segment"):
            paragraphs = split_paragraphs(document)
            sentences = split_sentences(document, paragraphs)
        with self._timed("annotate"):
            parses = annotate(self.nlp, document, sentences, self.own)
        with self._timed("entities"):
            entities = tag_entities(document, paragraphs, sentences, parses, self.own)
        for lexicon in lexicons:
            with self._timed("events"):
                events = code_events(document, paragraphs, sentences, parses, entities, lexicon, trace)
            yield CodedDocument(document, paragraphs, sentences, entities.mentions, entities.affiliations, events)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += perf_counter() - start


def load_coder(model: str, own: OwnNames | None = None) -> Coder:
    """A Coder with the spaCy pipeline `model` and a user's `own` names; raises UsageError for an unknown model
    or a lexicon with an error."""
    lexicon = load_lexicon()
    return Coder(load_model(model), lexicon, model_version(model), fingerprint(model, own.digest if own else ""), own)


@cache
def fingerprint(model: str, own_names: str = "") -> str:
    """12 hex digits that change with the code, the lexicon, the gazetteers, the model or a user's own names (`own_names` is
    their digest); cheap, the model is not loaded."""
    digest = hashlib.blake2b(model_version(model).encode(), digest_size=6)
    for path, content in sorted(_package_files(files("transforms"), "")):
        digest.update(path.encode() + b"\0" + content)
    digest.update(own_names.encode())
    return digest.hexdigest()


def _package_files(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        path = f"{prefix}/{entry.name}"
        if entry.is_dir():
            yield from _package_files(entry, path)
        elif entry.name.endswith((".py", ".toml", ".txt")):
            yield path, entry.read_bytes()
