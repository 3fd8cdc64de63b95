"""Vectors of words from their pieces: every word has one, and words of a kind are near each other."""

import numpy as np
import pytest
from spacy.strings import StringStore

from transforms.piece_vectors import PieceVectors


@pytest.fixture(scope="module")
def vectors() -> PieceVectors:
    return PieceVectors(StringStore())


def likeness(vectors: PieceVectors, first: str, second: str) -> float:
    a, b = vectors.of_word(first), vectors.of_word(second)
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_words_of_a_kind_are_nearer_than_others(vectors: PieceVectors) -> None:
    assert likeness(vectors, "durban", "nairobi") > likeness(vectors, "durban", "ministry") + 0.1
    assert likeness(vectors, "toyota", "nissan") > likeness(vectors, "toyota", "river") + 0.1


def test_case_and_accents_do_not_count(vectors: PieceVectors) -> None:
    assert np.array_equal(vectors.of_word("Bogotá"), vectors.of_word("bogota"))


def test_a_word_is_split_into_its_longest_pieces_and_unknown_letters_have_none(vectors: PieceVectors) -> None:
    assert len(vectors.split("ministry")) == 1
    assert len(vectors.split("zvyagintseva")) > 2
    assert vectors.split("\u2603\ufe0f\U0001f9ff") == []
    assert not vectors.of_word("\U0001f9ff").any()
    assert not vectors.of_word("x" * 500).any()


def test_a_batch_gives_each_word_its_vector_also_when_the_memory_is_full(
    vectors: PieceVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transforms.piece_vectors._MOST_KEPT", 3)
    words = ["durban", "nairobi", "durban", "ministry", "yen"]
    keys = [vectors.strings.add(word) for word in words]
    for _ in range(3):
        batch = vectors.get_batch(np.array(keys, dtype=np.uint64))
        assert batch.shape == (5, 64)
        assert all(np.array_equal(row, vectors.of_word(word)) for row, word in zip(batch, words, strict=True))
