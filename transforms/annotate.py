"""Runs the spaCy pipeline over the sentences of one document.

Each sentence is a spaCy Doc of its own, so its boundaries are ours and a parse never crosses one; the sentences of a document go
through the model together and those of two documents never do, so rows do not depend on how a run cuts its batches.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, cast

import spacy
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps

from transforms.attributes import REMEMBERED, Attributes
from transforms.document import Document, Rejected, Sentence
from transforms.headline_case import restore_case
from transforms.headlines import pair_compounds, read_headlines
from transforms.name_decoder import NameDecoder, name_decoder
from transforms.own_names import OwnNames
from transforms.pipelines import BASE, SHIPPED
from transforms.tagger import load_shipped, shipped_version
from warehouse.schema.errors import UsageError

PART_CHARACTERS = 100_000
"""Of a document that go through the model together, about."""
_SPACE = re.compile(r"\s")
_ONE_WORD = re.compile(r"(?i)(?:co|re|cease)-[a-z]+")  # co-operate, re-open, cease-fire: spaCy would make three tokens of each


@lru_cache(maxsize=1)
def load_model(name: str) -> Language:
    """Load the spaCy pipeline `name` (a package or a path) for one thread of CPU work, once in a process.

    Raises UsageError when there is no such pipeline or when it has no parser, tagger or entity recogniser.
    """
    try:
        nlp = load_shipped(spacy.load(BASE, exclude=["ner"])) if name == SHIPPED else spacy.load(name)
    except OSError as error:
        raise UsageError(
            f"There is no spaCy pipeline {name!r}. Install it (pip install {name}) or set `model` to one that is installed, "
            f"such as {SHIPPED}, which ships with Newsmill."
        ) from error
    missing = {"parser", "ner"} - set(nlp.pipe_names)
    if missing or not {"tagger", "morphologizer"} & set(nlp.pipe_names):
        raise UsageError(f"The spaCy pipeline {name!r} lacks {', '.join(sorted(missing)) or 'tagger'}; choose one that has it.")
    cast(Any, nlp.tokenizer).token_match = _ONE_WORD.fullmatch
    ops = NumpyOps(use_blis=False)  # 1.4 times as fast as BLIS at these sizes, with the same entities
    for _, component in nlp.pipeline:
        model = cast(Any, component).model if hasattr(component, "model") else None
        if isinstance(model, Model):
            for node in model.walk():
                node.ops = ops
    return nlp


def model_version(name: str) -> str:
    """Name and version of the spaCy pipeline `name`, read from its metadata without loading the weights."""
    if name == SHIPPED:
        return f"{SHIPPED} {shipped_version()} on {model_version(BASE)}"
    try:
        meta = spacy.util.get_package_path(name) if spacy.util.is_package(name) else spacy.util.ensure_path(name)
        loaded = spacy.util.load_meta(meta / "meta.json")
    except (OSError, ValueError) as error:
        raise UsageError(f"There is no spaCy pipeline {name!r}; install it or set `model` to one that is installed.") from error
    return f"{loaded['lang']}_{loaded['name']} {loaded['version']}"


def annotate(nlp: Language, document: Document, sentences: Sequence[Sentence], own: OwnNames | None = None) -> tuple[Doc, ...]:
    """Parse each sentence; the result is parallel to `sentences`.

    A Doc holds the sentence's characters one for one (any white space as a blank, headlines in the case of running text), so the
    offset of a token in the document is `sentence.start_char + token.idx`. Raises Rejected for a sentence of more characters than
    the model takes (`nlp.max_length`).
    """
    longest = max((s.end_char - s.start_char for s in sentences), default=0)
    if longest > nlp.max_length:
        limit = f"the model takes {nlp.max_length:,}"
        raise Rejected("too_large", f"holds a sentence of {longest:,} characters, {limit}: is it text? Break its lines")
    texts = restore_case([_SPACE.sub(" ", document.text[s.start_char : s.end_char]) for s in sentences], own)
    docs = [nlp.make_doc(text) for text in texts]
    for doc in docs:
        for token in doc[1:]:
            token.is_sent_start = False
    docs = [doc for part in _parts(docs, sentences) for doc in _parsed(nlp, part)]
    attributes = _attributes(nlp)
    for doc in docs:
        attributes(doc)
    read_headlines(nlp, docs, attributes)
    for doc in docs:
        pair_compounds(doc)
    return tuple(docs)


def _parts(docs: Sequence[Doc], sentences: Sequence[Sentence]) -> Iterator[list[Doc]]:
    """Cut a long document at ends of paragraphs, where PART_CHARACTERS are reached: the model's memory is that of a part."""
    part: list[Doc] = []
    size = 0
    for number, (doc, sentence) in enumerate(zip(docs, sentences, strict=True)):
        if size >= PART_CHARACTERS and sentence.paragraph_index != sentences[number - 1].paragraph_index:
            yield part
            part, size = [], 0
        part.append(doc)
        size += sentence.end_char - sentence.start_char
    if part:
        yield part


def _parsed(nlp: Language, docs: list[Doc]) -> list[Doc]:
    decoder = _decoder(nlp)
    for name, component in nlp.pipeline:
        if name in REMEMBERED:
            continue
        if name == "ner" and decoder is not None:
            decoder(docs)
        elif isinstance(component, TrainablePipe):  # as nlp.pipe does it, less what that costs a document
            component.set_annotations(docs, component.predict(docs))
        else:
            docs = [component(doc) for doc in docs]
    return docs


@cache
def _attributes(nlp: Language) -> Attributes:
    return Attributes(nlp)


@cache
def _decoder(nlp: Language) -> NameDecoder | None:
    return name_decoder(nlp)
