"""Trains the tagger of names on the annotated texts: `python -m training.names` writes the weights that `newsmill_sm` reads.

It starts from the named-entity recogniser of en_core_web_sm (MIT), which knows much of English but little of the names and the
styles that its training text did not have, and goes on with the texts of training/text, in which names are exchanged for others
of their type at every turn. Dates and amounts are not marked in them: there the tagger keeps to what the first one said.
"""

import argparse
import os
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from flows.engine import ONE_THREAD

os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # before the libraries that read them are loaded

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import filter_spans, minibatch
from thinc.api import Adam

from training.markup import LABELS, AnnotatedText, read_texts
from transforms.clean import clean
from transforms.document import RawRecord
from transforms.paragraphs import split_paragraphs
from transforms.pipelines import BASE
from transforms.sentences import split_sentences
from transforms.tagger import add_tagger, weights_folder

TEXTS = Path(__file__).parent / "text"
RATE = 0.0006
"""Learning rate of the first turn; it falls from turn to turn."""
TUNE_EVERY = 10
"""Every tenth document is not trained on: it tells which turn and which mixture is best."""
EXCHANGED = 0.35
"""Share of sentences whose names are exchanged."""
CAPITALS, TITLE_CASE = 0.04, 0.04
"""Shares of sentences turned into capitals and into Title Case, as headlines are."""
SCORED = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}

Name = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its names as (start, end, label), offsets into `text`."""

    text: str
    names: tuple[Name, ...]


def sentences_of(annotated: AnnotatedText) -> Iterator[Sentence]:
    """Give the sentences of a document as the pipeline splits them; a name across a boundary is left out."""
    record = RawRecord("training", 0, 0, annotated.name, annotated.text, published=annotated.date)
    document = clean(record)
    shift = document.text.find(annotated.text)
    if shift < 0:
        raise ValueError(f"{annotated.name}: cleaning changes its text; write it in plain characters")
    names = [(mark.start + shift, mark.end + shift, mark.label) for mark in annotated.marks if mark.label]
    for sentence in split_sentences(document, split_paragraphs(document)):
        start, end = sentence.start_char, sentence.end_char
        inside = tuple((first - start, last - start, label) for first, last, label in names if start <= first and last <= end)
        yield Sentence(re.sub(r"\s", " ", document.text[start:end]), inside)


class Varied:
    """Sentences with some of their names exchanged and their case changed, differently at each turn."""

    def __init__(self, sentences: Sequence[Sentence], rng: random.Random) -> None:
        self.rng = rng
        pool: defaultdict[str, list[str]] = defaultdict(list)
        for sentence in sentences:
            for start, end, label in sentence.names:
                if label in LABELS.values():
                    pool[label].append(sentence.text[start:end])
        self.pool = {label: sorted(set(names)) for label, names in pool.items()}

    def vary(self, sentence: Sentence) -> Sentence:
        """Give the sentence as it is trained on this time."""
        chance = self.rng.random()
        if chance < CAPITALS:
            return self._cased(sentence, str.upper)
        if chance < CAPITALS + TITLE_CASE:
            return self._cased(sentence, lambda text: re.sub(r"\b([a-z])", lambda found: found[1].upper(), text))
        return self._exchanged(sentence) if chance > 1 - EXCHANGED else sentence

    def _cased(self, sentence: Sentence, change: Callable[[str], str]) -> Sentence:
        text = change(sentence.text)
        return Sentence(text, sentence.names) if len(text) == len(sentence.text) else sentence

    def _exchanged(self, sentence: Sentence) -> Sentence:
        pieces: list[str] = []
        names: list[Name] = []
        length = position = 0
        for start, end, label in sentence.names:
            name = sentence.text[start:end]
            others = self.pool.get(label, [])
            alike = [other for other in self.rng.sample(others, min(6, len(others))) if _alike(other, name)]
            chosen = alike[0] if alike else name
            before = sentence.text[position:start]
            pieces += [before, chosen]
            names.append((length + len(before), length + len(before) + len(chosen), label))
            length, position = length + len(before) + len(chosen), end
        return Sentence("".join([*pieces, sentence.text[position:]]), tuple(names))


def _alike(first: str, second: str) -> bool:
    return first.isupper() == second.isupper() and (" " in first) == (" " in second)


def with_values(sentences: Sequence[Sentence], teacher: Language) -> list[Sentence]:
    """Add the dates and amounts that the teacher finds where no name is marked."""
    named = {*LABELS.values(), "LANGUAGE"}
    found = []
    docs = cast(Any, teacher.get_pipe("ner")).pipe((teacher.make_doc(sentence.text) for sentence in sentences), batch_size=64)
    for sentence, doc in zip(sentences, docs, strict=True):
        values = [
            (entity.start_char, entity.end_char, entity.label_)
            for entity in doc.ents
            if entity.label_ not in named
            and not any(entity.start_char < end and start < entity.end_char for start, end, _ in sentence.names)
        ]
        found.append(Sentence(sentence.text, tuple(sorted([*sentence.names, *values]))))
    return found


def example(nlp: Language, sentence: Sentence) -> Example:
    """Give a sentence to train on."""
    doc = nlp.make_doc(sentence.text)
    spans = [doc.char_span(start, end, label=label) for start, end, label in sentence.names]
    reference = Doc(nlp.vocab, words=[token.text for token in doc], spaces=[bool(token.whitespace_) for token in doc])
    known = filter_spans([span for span in spans if span is not None])
    reference.set_ents([Span(reference, span.start, span.end, label=span.label_) for span in known])
    return Example(doc, reference)


def score(nlp: Language, sentences: Sequence[Sentence]) -> dict[str, float]:
    """F1 of persons, organisations and places with exact spans: "all" and by type."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    docs = [nlp.make_doc(sentence.text) for sentence in sentences]
    for doc, sentence in zip(cast(Any, nlp.get_pipe("ner")).pipe(docs, batch_size=64), sentences, strict=True):
        found = {(*_bare(doc.text, entity.start_char, entity.end_char), SCORED.get(entity.label_)) for entity in doc.ents}
        wanted = {(*_bare(doc.text, start, end), SCORED.get(label)) for start, end, label in sentence.names}
        for kind in ("PER", "ORG", "LOC"):
            own, gold = {one for one in found if one[2] == kind}, {one for one in wanted if one[2] == kind}
            for key in (kind, "all"):
                counts[key].update(right=len(own & gold), found=len(own), wanted=len(gold))
    return {key: 2 * n["right"] / max(n["found"] + n["wanted"], 1) for key, n in sorted(counts.items())}


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    name = text[start:end]
    if name.lower().startswith("the "):
        start += 4
    return start, end - 2 if name.endswith(("'s", "’s")) else end


def weights_of(nlp: Language) -> dict[tuple[int, str], Any]:
    """Copies of all weights of the tagger, by node and name."""
    model = cast(Any, nlp.get_pipe("ner")).model
    return {
        (index, name): node.get_param(name).copy()
        for index, node in enumerate(model.walk())
        for name in node.param_names
        if node.has_param(name)
    }


def set_weights(nlp: Language, weights: dict[tuple[int, str], Any]) -> None:
    """Put weights into the tagger."""
    nodes = list(cast(Any, nlp.get_pipe("ner")).model.walk())
    for (index, name), value in weights.items():
        nodes[index].set_param(name, value)


def untrained() -> Language:
    """The base pipeline with a wider tagger that begins with the weights of the base's own; what is new begins near zero."""
    nlp = spacy.load(BASE)
    _, old = nlp.remove_pipe("ner")
    new = add_tagger(nlp)
    doc = nlp.make_doc("Ann Lee went to Paris.")
    new.initialize(lambda: [Example(doc, doc.copy())], nlp=nlp, labels=cast(Any, old).label_data)
    rng = np.random.default_rng(0)
    for ours, theirs in zip(_in_order(new), _in_order(old), strict=True):
        for parameter in theirs.param_names:
            if not theirs.has_param(parameter):
                continue
            weights, begun = theirs.get_param(parameter), ours.get_param(parameter).copy()
            if weights.shape != begun.shape:
                begun[...] = rng.normal(0, 0.02, begun.shape)
                begun[..., : weights.shape[-1]] = weights
            else:
                begun = weights.copy()
            ours.set_param(parameter, begun)
    return nlp


def _in_order(tagger: Any) -> list[Any]:
    """Its layers that have weights and that both taggers have, the embedding first, in one order."""
    layers = [layer for layer in tagger.model.walk() if layer.param_names and layer.name != "static_vectors"]
    return sorted(layers, key=lambda layer: layer.name != "hashembed")


def train(texts: Sequence[AnnotatedText], turns: int, seed: int) -> Language:
    """Give the trained pipeline; progress goes to stderr."""
    rng = random.Random(seed)
    np.random.seed(seed)
    nlp, teacher = untrained(), spacy.load(BASE)
    tuned = [one for text in texts[::TUNE_EVERY] for one in sentences_of(text)]
    trained = [one for index, text in enumerate(texts) if index % TUNE_EVERY for one in sentences_of(text)]
    trained = with_values(trained, teacher)
    varied = Varied(trained, rng)
    say(f"{len(trained)} sentences to train on, {len(tuned)} to tune on; before: {_line(score(nlp, tuned))}")
    component = cast(Any, nlp.get_pipe("ner"))
    optimizer = Adam(RATE, L2=0.01, grad_clip=1.0, L2_is_weight_decay=True)
    mean: dict[tuple[int, str], Any] = {}
    best, chosen = 0.0, mean
    for turn in range(turns):
        start = time.perf_counter()
        optimizer.learn_rate = RATE * (1 - turn / turns) + 0.00003
        order = [varied.vary(one) for one in rng.sample(trained, len(trained))]
        losses: dict[str, float] = {}
        for batch in cast(Any, minibatch)(order, 24):
            component.update([example(nlp, one) for one in batch], sgd=optimizer, losses=losses, drop=0.25)
        now = weights_of(nlp)
        mean = {key: value * 0.5 + now[key] * 0.5 for key, value in mean.items()} if mean else now
        set_weights(nlp, mean)
        result = score(nlp, tuned)
        say(f"turn {turn + 1}: loss {losses['ner']:.0f}, {_line(result)}, {time.perf_counter() - start:.0f} s")
        if result["all"] > best:
            best, chosen = result["all"], mean
        set_weights(nlp, now)
    set_weights(nlp, chosen)
    return nlp


def say(message: str) -> None:
    """Tell on stderr how far the training is."""
    print(message, file=sys.stderr, flush=True)


def _line(result: dict[str, float]) -> str:
    return " ".join(f"{key} {value:.3f}" for key, value in result.items())


def main() -> None:
    """Train and write the pipeline to a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "out", type=Path, nargs="?", default=Path(str(weights_folder())), help="folder for the weights (default: the shipped)"
    )
    parser.add_argument("--turns", type=int, default=12, help="times that all texts are gone through (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    texts = list(read_texts(sorted(TEXTS.glob("*.txt"))))
    nlp = train(texts, arguments.turns, arguments.seed)
    cast(Any, nlp.get_pipe("ner")).to_disk(arguments.out, exclude=["vocab"])
    say(f"written to {arguments.out}")


if __name__ == "__main__":
    main()
