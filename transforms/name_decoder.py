"""Reads names off the entity recogniser's weights as spaCy does, for all tokens of a document at once instead of one by one.

Where no name is open, what the recogniser decides at a token depends on that token alone, and within a name on its first word and
the one before. So the first decision is made for all tokens in one multiplication, and only names that have begun are followed to
their end, side by side. spaCy's own loop asks each of 74 moves at each token, which takes over half of the recogniser's time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from spacy.attrs import IS_SPACE
from spacy.language import Language
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc, Span

Floats = npt.NDArray[np.float32]
Indexes = npt.NDArray[np.intp]

_FEATURES = 3
"""Tokens that a state is known by: the next one, the first of the open name, and the one before."""
_SETS_NO_NAMES = frozenset({"tok2vec", "tagger", "parser", "senter", "morphologizer", "attribute_ruler", "lemmatizer"})


@dataclass(frozen=True, slots=True)
class NameDecoder:
    """The recogniser of one pipeline, its moves sorted by what they do."""

    model: Any
    labels: tuple[str, ...]
    """Of each move its label; empty for the one that takes a token for no name."""
    begins: npt.NDArray[np.bool_]
    units: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.bool_]
    """Moves that are allowed where no name is open."""
    inner: Indexes
    """Of each move that begins a name, the move that goes on with it."""
    last: Indexes
    """Of each move that begins a name, the move that ends it."""

    def __call__(self, docs: Sequence[Doc]) -> None:
        """Set the entities of `docs`, each a sentence."""
        sizes = [len(doc) for doc in docs]
        if not sum(sizes):
            return
        ends = np.cumsum(sizes)
        final = np.repeat(ends, sizes) - 1
        blank = np.concatenate([doc.to_array(IS_SPACE) for doc in docs]).astype(bool)
        tok2vec, lower, upper = self.model.layers
        known = lower.predict(tok2vec.predict(docs))
        first = self._first_moves(known, upper, final, blank)
        began = np.flatnonzero(self.begins[first])
        closed = dict(zip(began.tolist(), self._closings(known, upper, began, first, final).tolist(), strict=True))
        named = np.flatnonzero(self.begins[first] | self.units[first]).tolist()
        start, position = 0, 0
        for doc, end in zip(docs, ends.tolist(), strict=True):
            spans: list[Span] = []
            free = start
            while position < len(named) and named[position] < end:
                token = named[position]
                position += 1
                if token >= free:
                    free = closed.get(token, token) + 1
                    spans.append(Span(doc, token - start, free - start, label=self.labels[first[token]]))
            doc.set_ents(cast(Any, spans), default="outside")
            start = end

    def _first_moves(self, known: Floats, upper: Any, final: Indexes, blank: npt.NDArray[np.bool_]) -> Indexes:
        """Give the best move at each token, were no name open there."""
        sums = known[1:, 0] + known[0, 1] + known[0, 2]
        scores = self._scores(sums, upper)
        scores[:, ~self.starts] = -np.inf
        is_final = final == np.arange(len(final))
        scores[np.ix_(is_final | blank, self.begins)] = -np.inf
        scores[np.ix_(blank, self.units)] = -np.inf
        best: Indexes = scores.argmax(axis=1)
        return best

    def _closings(self, known: Floats, upper: Any, began: Indexes, first: Indexes, final: Indexes) -> Indexes:
        """Give the last token of each name that begins at one of the tokens `began`."""
        closings = began + 1
        last = final[began]
        inner, closing = self.inner[first[began]], self.last[first[began]]
        open_ = np.flatnonzero(closings < last)
        while len(open_):
            token = closings[open_]
            scores = self._scores(known[token + 1, 0] + known[began[open_] + 1, 1] + known[token, 2], upper)
            rows = np.arange(len(open_))
            open_ = open_[scores[rows, inner[open_]] >= scores[rows, closing[open_]]]
            closings[open_] += 1
            open_ = open_[closings[open_] < last[open_]]
        return closings

    def _scores(self, sums: Floats, upper: Any) -> Floats:
        hidden = (sums + self.model.layers[1].get_param("b")).max(axis=2)
        scores: Floats = upper.predict(hidden)
        return scores


def name_decoder(nlp: Language, name: str = "ner") -> NameDecoder | None:
    """Give a decoder for the recogniser of `nlp`; None where it is of another make than spaCy's own or names may be set before it.

    Sentences must have no sentence start but at their first token.
    """
    component = nlp.get_pipe(name)
    before: Iterable[str] = nlp.pipe_names[: nlp.pipe_names.index(name)]
    if type(component) is not EntityRecognizer or not _SETS_NO_NAMES.issuperset(before):
        return None
    recogniser = cast(Any, component)
    model = recogniser.model
    if (
        recogniser.cfg["beam_width"] != 1
        or recogniser.postprocesses
        or not model.attrs["has_upper"]
        or model.attrs["unseen_classes"]
        or model.layers[1].get_dim("nF") != _FEATURES
        or model.layers[1].get_dim("nP") < 2
    ):
        return None
    moves = [recogniser.moves.get_class_name(move).partition("-") for move in range(recogniser.moves.n_moves)]
    place = {(kind, label): index for index, (kind, _, label) in enumerate(moves)}
    kinds = np.array(
        [kind if label or kind == "O" else "never" for kind, _, label in moves]
    )  # "U-" keeps a token from names set before
    if not {"B", "I", "L", "U", "O", "never"}.issuperset(kinds):
        return None
    return NameDecoder(
        model,
        tuple(label for _, _, label in moves),
        begins=kinds == "B",
        units=kinds == "U",
        starts=np.isin(kinds, ["B", "U", "O"]),
        inner=np.array([place[("I", label)] if kind == "B" else index for index, (kind, _, label) in enumerate(moves)]),
        last=np.array([place[("L", label)] if kind == "B" else index for index, (kind, _, label) in enumerate(moves)]),
    )
