"""Fits the weights by which Newsmill chooses what a pronoun or noun means: `python -m training.coreference [MODEL ...] [--write]`.

For every pronoun and noun of the texts with marked coreference, the pipeline gives the entities that it can mean with the
features of each; "none of them" scores 0. The weights make the marked one likely (log-linear, L2). It prints precision and
recall over documents that were not trained on (five parts in turn) for several least chances; `--write` writes
transforms/data/coreference.toml.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.coreference.score import ids_of_entities
from training.markup import AnnotatedText, read_texts
from transforms.annotate import annotate
from transforms.antecedents import Candidate
from transforms.clean import clean
from transforms.clusters import Cluster
from transforms.document import CodedDocument, RawRecord
from transforms.entities import tag_entities
from transforms.paragraphs import split_paragraphs
from transforms.pipeline import Coder, load_coder
from transforms.pipelines import BASE, SHIPPED
from transforms.sentences import split_sentences
from transforms.spans import Draft

TEXTS = Path(__file__).parent / "text"
OUT = Path(__file__).parents[1] / "transforms" / "data" / "coreference.toml"
MODELS = (BASE, SHIPPED)
PARTS = 5
RARE = 6
PENALTY = 0.003
LEAST = {"he": 0.4, "it": 0.4, "role": 0.35, "noun": 0.45}
"""The least chance at which a link is made: near where F1 is best on the parts left out, on the side of precision."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One anaphor: the features of its candidates, and which is right; -1 where none of the named ones is."""

    document: int
    group: str
    features: tuple[tuple[str, ...], ...]
    unnamed: tuple[bool, ...]
    right: int


class Collector:
    """Answers with the marked entity, and keeps what there was to choose from."""

    def __init__(self, text: AnnotatedText, shift: int, ids: dict[int, str], document: int) -> None:
        self.ends = {mark.end + shift: mark for mark in text.marks if mark.label is None}
        self.ids, self.document = ids, document
        self.choices: list[Choice] = []

    def __call__(self, draft: Draft, group: str, candidates: Sequence[Candidate]) -> Cluster | None:
        """Give the cluster of the marked entity."""
        mark = self.ends.get(draft.end)
        wanted = self.ids.get(mark.entity or 0) if mark is not None else None
        keys = [candidate.cluster.key for candidate in candidates]
        right = keys.index(wanted) if wanted in keys else -1
        if candidates:
            unnamed = tuple(candidate.cluster.name is None for candidate in candidates)
            features = tuple(candidate.features for candidate in candidates)
            self.choices.append(Choice(self.document, group, features, unnamed, right))
        return candidates[right].cluster if right >= 0 else None


def collect(coder: Coder, texts: Sequence[AnnotatedText]) -> list[Choice]:
    """Give all choices of some texts, with the names that the pipeline finds in them."""
    found: list[Choice] = []
    for number, text in enumerate(texts):
        document = clean(RawRecord("coreference", 0, 0, text.name, text.text, published=text.date))
        shift = document.text.index(text.text)
        paragraphs = split_paragraphs(document)
        sentences = split_sentences(document, paragraphs)
        parses = annotate(coder.nlp, document, sentences)
        first = tag_entities(document, paragraphs, sentences, parses)
        coded = CodedDocument(document, paragraphs, sentences, first.mentions, first.affiliations, ())
        collector = Collector(text, shift, ids_of_entities(text, shift, coded), number)
        tag_entities(document, paragraphs, sentences, parses, choose=collector)
        found += collector.choices
    return found


class Fit:
    """The weights of one group of anaphors, fitted to its choices."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        counts = Counter(name for choice in choices for features in choice.features for name in set(features))
        self.names = sorted(name for name, count in counts.items() if count >= RARE)
        self.columns = {name: column for column, name in enumerate(self.names)}
        self.weights = np.zeros(len(self.names))
        rows, starts, right = self._rows(choices)
        steps, squares = np.zeros_like(self.weights), np.zeros_like(self.weights)
        for turn in range(1, 401):
            gradient = self._gradient(rows, starts, right) / len(choices) + PENALTY * self.weights
            steps = 0.9 * steps + 0.1 * gradient
            squares = 0.99 * squares + 0.01 * gradient**2
            rate = 0.05 / (1 + turn / 200)
            self.weights -= rate * (steps / (1 - 0.9**turn)) / (np.sqrt(squares / (1 - 0.99**turn)) + 1e-8)

    def _rows(self, choices: Sequence[Choice]) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
        """Give a row of features for each candidate and one of zeros for "none"; where each choice starts; which rows are right."""
        total = sum(len(choice.features) + 1 for choice in choices)
        rows, right, starts = np.zeros((total, len(self.names))), np.zeros(total), np.zeros(len(choices), dtype=np.int64)
        row = 0
        for number, choice in enumerate(choices):
            starts[number] = row
            for index, features in enumerate(choice.features):
                for name in features:
                    if name in self.columns:
                        rows[row, self.columns[name]] = 1.0
                right[row] = index == choice.right or (choice.right < 0 and choice.unnamed[index])
                row += 1
            right[row] = choice.right < 0
            row += 1
        return rows, starts, right

    def _gradient(self, rows: NDArray[np.float64], starts: NDArray[np.int64], right: NDArray[np.float64]) -> NDArray[np.float64]:
        raised = np.exp(np.clip(rows @ self.weights, -30, 30))
        lengths = np.diff(np.append(starts, len(raised)))
        chance = raised / np.repeat(np.add.reduceat(raised, starts), lengths)
        wanted = raised * right
        wanted = wanted / np.repeat(np.add.reduceat(wanted, starts), lengths)
        gradient: NDArray[np.float64] = rows.T @ (chance - wanted)
        return gradient

    def chances(self, choice: Choice) -> list[float]:
        """Give the chance of each candidate."""
        scores = [
            sum(self.weights[self.columns[name]] for name in features if name in self.columns) for features in choice.features
        ]
        raised = np.exp(scores)
        return list(raised / (raised.sum() + 1.0))


def check(choices: Sequence[Choice], group: str) -> None:
    """Print precision and recall of links to named entities on documents that were not trained on."""
    own = [choice for choice in choices if choice.group == group]
    results: list[tuple[float, bool, bool]] = []
    for part in range(PARTS):
        fit = Fit([choice for choice in own if choice.document % PARTS != part])
        for choice in own:
            if choice.document % PARTS == part:
                chances = fit.chances(choice)
                best = int(np.argmax(chances))
                results.append((chances[best], choice.unnamed[best], best == choice.right))
    gold = sum(choice.right >= 0 for choice in own)
    print(f"{group}: {len(own)} anaphors, {gold} of them with a named antecedent among the candidates")
    for least in (0.0, 0.3, 0.4, 0.5, 0.6, 0.7):
        linked = [right for chance, unnamed, right in results if chance >= least and not unnamed]
        precision, recall = sum(linked) / max(len(linked), 1), sum(linked) / max(gold, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(f"  least {least:.1f}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")


def main(arguments: list[str]) -> None:
    """Collect, check, fit and write."""
    models = [argument for argument in arguments if not argument.startswith("--")] or list(MODELS)
    texts = [text for text in read_texts(sorted(TEXTS.glob("*.txt"))) if any(mark.entity for mark in text.marks)]
    choices = [choice for model in models for choice in collect(load_coder(model), texts)]
    lines = [
        '# Weights of what speaks for an antecedent (transforms/candidates.py); "none of them" scores 0.',
        "# Fitted to training/text by `python -m training.coreference --write` (see training/README.md).",
        "",
        "# The least chance at which a link is made.",
        "[least]",
        *(f"{group} = {least}" for group, least in LEAST.items()),
    ]
    for group in LEAST:
        check(choices, group)
        fit = Fit([choice for choice in choices if choice.group == group])
        lines += ["", f"[weights.{group}]"]
        lines += [f'"{name}" = {weight:.2f}' for name, weight in zip(fit.names, fit.weights, strict=True) if abs(weight) >= 0.005]
    if "--write" in arguments:
        OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
