"""Vectors of words for the tagger of names, made from the word pieces of a large language model.

The tagger has read a few hundred thousand words, the language model billions: its input embeddings know that "Durban" is like
"Nairobi" and "Kowalski" like "Dubois". A word is split into pieces as BERT does it (lower case, no accents, the longest piece
first) and its vector is their mean, so every word has one; it is computed once and kept.
"""

import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.attrs import LOWER
from spacy.strings import StringStore
from spacy.vectors import BaseVectors

_MOST_KEPT = 200_000
"""Words after which the memory is emptied: 256 bytes each."""
_LONGEST_WORD = 100
Floats = npt.NDArray[np.float32]


class PieceVectors(BaseVectors):  # type: ignore[misc]  # spaCy's class has no types
    """Vectors for a spaCy vocabulary, by the lower-case form of a token; shape (pieces, 64)."""

    attr = LOWER

    def __init__(self, strings: StringStore) -> None:
        super().__init__(strings=strings)
        self.strings = strings
        self._pieces, self._matrix = _table()
        self._rows: dict[int, int] = {}
        self._vectors = np.zeros((4096, self._matrix.shape[1]), dtype=np.float32)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of pieces, and of dimensions."""
        rows, columns = self._matrix.shape
        return rows, columns

    def __len__(self) -> int:
        return len(self._matrix)

    @property
    def vectors_length(self) -> int:
        """Number of dimensions."""
        return int(self._matrix.shape[1])

    @property
    def size(self) -> int:
        """Number of values."""
        return int(self._matrix.size)

    def is_full(self) -> bool:
        """Tell that no vector can be added."""
        return True

    def __contains__(self, key: int | str) -> bool:
        return True

    def __getitem__(self, key: int | str) -> Floats:
        vector: Floats = self.get_batch([key if isinstance(key, int) else self.strings[key]])[0]
        return vector

    def get_batch(self, keys: Any) -> Floats:
        """Give the vectors of words by the hashes of their lower-case forms, float32, shape (keys, 64)."""
        rows = self._rows
        wanted = keys.tolist() if hasattr(keys, "tolist") else list(keys)
        if len(rows) + len(wanted) > _MOST_KEPT:
            rows.clear()
        for key in wanted:
            if key not in rows:
                row = len(rows)
                if row == len(self._vectors):
                    self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
                self._vectors[row] = self.of_word(self.strings[key])
                rows[key] = row
        found: Floats = self._vectors[[rows[key] for key in wanted]]
        return found

    def of_word(self, word: str) -> Floats:
        """Give the vector of a word: the mean of its pieces, zeros where it has none."""
        pieces = self.split(word)
        if not pieces:
            return np.zeros(self._matrix.shape[1], dtype=np.float32)
        mean: Floats = self._matrix[pieces].mean(axis=0, dtype=np.float32)
        return mean

    def split(self, word: str) -> list[int]:
        """Give the rows of a word's pieces, the longest first from the left; none where a letter is in no piece."""
        plain = "".join(letter for letter in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(letter) != "Mn")
        found: list[int] = []
        start = 0
        while start < len(plain) and len(plain) < _LONGEST_WORD:
            end = len(plain)
            while end > start and (plain[start:end] if not start else f"##{plain[start:end]}") not in self._pieces:
                end -= 1
            if end == start:
                return []
            found.append(self._pieces[plain[start:end] if not start else f"##{plain[start:end]}"])
            start = end
        return found


@cache
def _shared() -> PieceVectors:
    return PieceVectors(StringStore())


def vector_of(word: str) -> Floats:
    """Give the vector of a word outside of any pipeline; not kept."""
    return _shared().of_word(word)


@cache
def _table() -> tuple[dict[str, int], Floats]:
    """Give the row of each piece and the matrix of their vectors."""
    folder = files("transforms").joinpath("data", "names")
    pieces = folder.joinpath("pieces.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    with folder.joinpath("pieces.npz").open("rb") as stream:
        stored = np.load(stream, allow_pickle=False)
        matrix = stored["values"].astype(np.float32) * stored["scale"].astype(np.float32)
    return {piece: row for row, piece in enumerate(pieces)}, matrix
