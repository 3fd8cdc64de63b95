"""Reads amounts, percentages, counts and measures as a number and a unit ("$1.5bn": 1.5e9 USD; "two dozen": 24; "dozens": no
value)."""

import re
from functools import cache

from transforms.date_readers import date_words
from transforms.package_data import read_toml

_FIGURE = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+")
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[a-z]+|[^\w\s]")


def read_number(text: str) -> float | None:
    """Give the value of a number in figures or words, with its scale; of a range or an open number ("dozens") None."""
    text = text.lower().replace("’", "'")
    words = _TOKEN.findall(text)
    if not words or " to " in f" {text} " or len(_FIGURE.findall(text)) > 1:
        return None
    small, scales = date_words("numbers"), date_words("scales")
    total, current, seen, closed = 0.0, 0.0, False, False
    for index, word in enumerate(words):
        if _FIGURE.fullmatch(word.rstrip(",")) and word[0].isdigit():
            current, seen = current + float(word.replace(",", "")), True
        elif word in scales and (seen or word == "dozen"):
            current = (current or 1) * scales[word]
            if scales[word] >= 1000:
                total, current = total + current, 0.0
            seen = closed = True
        elif word in small and word not in ("half", "couple"):
            if word in ("a", "an") and not (index + 1 < len(words) and words[index + 1] in (*scales, "couple", "dozen")):
                continue
            current, seen = current + small[word], True
        elif word == "half" and closed:
            return None
        elif word == "couple":
            current, seen = 2.0, True
    return total + current if seen else None


def read_ordinal(text: str) -> float | None:
    """Give the value of an ordinal ("29th", "third")."""
    text = text.lower()
    figure = re.match(r"(\d+)(?:st|nd|rd|th)?\b", text)
    if figure:
        return float(figure[1])
    value = date_words("ordinals").get(text.split("-")[-1])
    tens = date_words("numbers").get(text.split("-")[0], 0) if "-" in text else 0
    return None if value is None else float(value + tens)


@cache
def _currency() -> list[tuple[str, str]]:
    table: dict[str, str] = read_toml("dates.toml")["currencies"]
    return sorted(table.items(), key=lambda item: -len(item[0]))


def read_currency(text: str) -> str | None:
    """Give the ISO 4217 code of the currency that an amount names."""
    text = text.lower()
    for name, code in _currency():
        if (name in text) if not name.isalpha() else re.search(rf"\b{re.escape(name)}s?\b", text):
            return code
    return None


def read_unit(text: str) -> str | None:
    """Give the unit of a measure ("km"), as it stands in the table."""
    units: dict[str, str] = date_words("units")
    for word in re.findall(r"[a-z]+", text.lower()):
        unit = units.get(word) or units.get(word.removesuffix("s"))
        if unit:
            return unit
    return None
