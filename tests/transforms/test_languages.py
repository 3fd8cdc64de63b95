"""Languages: what records call them, what texts are in, and what is not sure."""

import json
from pathlib import Path

import pytest

from transforms.clean import clean
from transforms.document import RawRecord
from transforms.languages import detect, language_of, normalised

ROWS = [json.loads(line) for line in (Path(__file__).parent / "languages.jsonl").read_text(encoding="utf-8").splitlines()]
CODING = Path(__file__).parents[1] / "coding"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        *[
            ("en-US", "en"),
            ("English", "en"),
            ("eng", "en"),
            ("EN_gb.UTF-8", "en"),
            ("Deutsch", "de"),
            ("ger", "de"),
            (" ZH-Hans ", "zh"),
        ],
        *[
            ("Français", "fr"),
            ("iw", "he"),
            ("pcm", "pcm"),
            ("und", None),
            ("mul", None),
            ("xx", None),
            ("Klingon", None),
            (None, None),
        ],
    ],
)
def test_a_records_word_for_a_language_becomes_its_code(given: str | None, code: str | None) -> None:
    assert normalised(given) == code


def test_paragraphs_are_told_right_and_headlines_right_or_not_at_all() -> None:
    long = [(row["language"], language_of(None, row["text"], "en")) for row in ROWS if row["length"] == "long"]
    assert [pair for pair in long if pair[0] != pair[1]] == []
    short = [(row["language"], detect(row["text"], "en")) for row in ROWS if row["length"] == "short" and row["language"] != "en"]
    wrong = [pair for pair in short if pair[1] not in (None, pair[0])]
    assert wrong == [("uk", "ru")]
    assert sum(found is not None for _, found in short) >= 43


def test_no_english_sentence_or_headline_counts_as_foreign() -> None:
    texts = [json.loads(line)["text"] for line in (CODING / "headlines.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(texts) == 200
    assert [text for text in texts if language_of(None, text, "en") != "en"] == []


def test_a_mixed_text_counts_as_the_expected_language() -> None:
    german = " ".join(row["text"] for row in ROWS if row["language"] == "de" and row["length"] == "long")
    english = " ".join(row["text"] for row in ROWS if row["language"] == "en" and row["length"] == "long")
    assert language_of(None, german * 9, "en") == "de"
    assert language_of(None, german * 9 + english * 9, "en") == "en"
    assert language_of(None, english * 9, "de") == "en"
    assert language_of(None, "12 345", "en") == "en"


def test_the_record_or_the_header_says_it_before_the_text_is_looked_at() -> None:
    [text] = [row["text"] for row in ROWS if row["language"] == "ru"][4:5]
    assert clean(RawRecord("a", 0, 0, "0", text)).language == "ru"
    assert clean(RawRecord("a", 0, 0, "0", text, language="Bulgarian")).language == "bg"
    assert clean(RawRecord("a", 0, 0, "0", f"Date: 2024-05-01\nLanguage: uk\n\n{text}".encode())).language == "uk"
    assert clean(RawRecord("a", 0, 0, "0", text, language="und")).language == "ru"
