"""Tells the language of a document: by the record's own word, in whatever form, or by the letters of the text.

Detection must be sure before a document counts as foreign, for that costs its events: a short headline full of names looks like
any language. What is not sure counts as the language that the run is set to.
"""

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from transforms.package_data import read_toml

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]

LEAST_PROBABILITY: Final = 0.9
"""Of the language found; measured like MOST_EXPECTED on tests/transforms/languages.jsonl and the English texts of tests/coding."""
MOST_EXPECTED: Final = 0.005
"""The probability left to the expected language. It keeps English about Nigeria apart from Nigerian Pidgin."""
LEAST_LETTERS: Final = 40
"""A text of fewer letters is not judged, unless it is in another script than the expected language."""
WINDOW: Final = 2000
"""Characters that are judged at a time: of a longer text its beginning, middle and end, which must agree."""
OTHER_SCRIPT_SHARE: Final = 0.8
"""Letters of another script from which a text surely is in another language, however short."""

_CODE = re.compile(r"([a-z]{2,3})(?:[-_.@].*)?")


@cache
def _data() -> dict[str, Any]:
    return read_toml("languages.toml")


@cache
def _codes() -> dict[str, str]:
    """Every known code and name, and the code that stands for it in the tables."""
    known = {code: code for code in _data()["names"]}
    return known | {name: code for code, names in _data()["names"].items() for name in names}


@cache
def _varieties() -> dict[str, str]:
    return {variety: code for code, varieties in _data()["varieties"].items() for variety in varieties}


def normalised(value: str | None) -> str | None:
    """The ISO 639-1 code (639-3 where there is none) that a record's word for a language means: "en-US", "English", "eng" are "en".

    None for no value, for one that names no language ("und") and for a word that is not known.
    """
    word = unicodedata.normalize("NFC", value or "").strip().casefold()
    if word in _codes():
        return _codes()[word]
    match = _CODE.fullmatch(word)
    if match is None or match[1] in _data()["none"]["codes"]:
        return None
    return _codes().get(match[1], match[1] if len(match[1]) == 3 else None)


def language_of(given: str | None, text: str, expected: str) -> str:
    """The language of `text`: the one that the record gives, else the one that is sure by its letters, else `expected`.

    `given` is the record's word for it, `expected` the code of the language that the run is set to.
    """
    return normalised(given) or detect(text, expected) or expected


def detect(text: str, expected: str) -> str | None:
    """The code of the language that `text` surely is in, `expected` or another; None for a text too short or too mixed."""
    found = {_detect_window(window, expected) for window in _windows(text)}
    return found.pop() if len(found) == 1 else None


def _windows(text: str) -> list[str]:
    if len(text) <= 2 * WINDOW:
        return [text]
    middle = (len(text) - WINDOW) // 2
    return [text[:WINDOW], text[middle : middle + WINDOW], text[-WINDOW:]]


def _detect_window(text: str, expected: str) -> str | None:
    letters = Counter(map(_script, filter(str.isalpha, text)))
    total = letters.total()
    if not total:
        return None
    probabilities = _probabilities(text)
    code = max(probabilities, key=lambda language: (probabilities[language], language))
    if code in _data()["none"]["codes"]:
        return None
    foreign = sum(count for script, count in letters.items() if script not in _scripts_of(expected))
    if code != expected and foreign >= OTHER_SCRIPT_SHARE * total:
        return code
    is_sure = probabilities[code] >= LEAST_PROBABILITY and (code == expected or probabilities.get(expected, 0.0) <= MOST_EXPECTED)
    return code if is_sure and (total >= LEAST_LETTERS or code == expected) else None


def _probabilities(text: str) -> dict[str, float]:
    probabilities: Counter[str] = Counter()
    for language, probability in _identifier().rank(text):
        probabilities[_varieties().get(language, language)] += probability
    return dict(probabilities)


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # half a second, for texts that name none

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def _script(letter: str) -> str:
    """The script of a letter: the first word of its name in Unicode; Han, kana and Hangul are told apart."""
    return unicodedata.name(letter, "UNKNOWN").split(" ", 1)[0]


@cache
def _scripts_of(language: str) -> frozenset[str]:
    """Scripts that a language is written in."""
    return frozenset(_data()["scripts"].get(language, ("LATIN",)))
