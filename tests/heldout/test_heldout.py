"""The held-out texts are readable, and nothing of them is trained on."""

from pathlib import Path

from training.markup import read_texts
from training.names import TEXTS

HELD = list(read_texts(sorted(Path(__file__).parent.glob("*.txt"))))
LONG = 60
"""Characters from which a paragraph that stands twice is no coincidence."""


def test_no_paragraph_is_trained_on() -> None:
    trained = {line for text in read_texts(sorted(TEXTS.glob("*.txt"))) for line in text.text.splitlines() if len(line) >= LONG}
    held = {line for text in HELD for line in text.text.splitlines() if len(line) >= LONG}
    assert len(held) > 300
    assert not held & trained


def test_every_document_has_names_and_an_id_of_its_own() -> None:
    assert len({text.name for text in HELD}) == len(HELD) > 100
    assert sum(bool(text.marks) for text in HELD) > 0.95 * len(HELD)
