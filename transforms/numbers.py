"""Reads the value of a number in figures or words ("1.5bn": 1.5e9; "two dozen": 24; "three-quarters": 0.75; "dozens": none)."""

import re
from functools import cache
from typing import Any

from transforms.date_readers import date_words
from transforms.package_data import read_toml

_FIGURE = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+")
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[a-z]+|[^\w\s]")
_GROUPED = re.compile(r"(?<=\d)[   ](?=\d{3}\b)")
_SHARE = re.compile(r"(?P<part>\S+) (?:in|out of) (?:every )?(?P<whole>\S+)")
_FRACTION = re.compile(r"(?P<count>[a-z]+|\d+)[ -](?P<part>[a-z]+?)s?")


@cache
def amount_words(key: str) -> Any:
    """Give a list (as a frozenset) or table of amounts.toml."""
    value = read_toml("amounts.toml")[key]
    return frozenset(value) if isinstance(value, list) else value


def read_number(text: str) -> float | None:
    """Give the value of a number in figures or words, with its scale; of a range or an open number ("dozens") None."""
    text = _GROUPED.sub("", " ".join(text.lower().replace("’", "'").replace("−", "-").split()))
    fraction = _read_fraction(text)
    if fraction is not None:
        return fraction
    if text.startswith("between ") or " to " in f" {text.removeprefix('up to ')} " or " or " in text:
        return None
    sign = -1 if re.match(r"minus \d|-\d", text) else 1
    half = re.match(r"(?:.* )?half an? (?=[a-z])", text)
    if half:
        rest = text[half.end() :]
        whole = read_number(f"a {rest}" if rest.split()[0] in date_words("scales") else rest)
        return whole / 2 if whole else None
    value = _read_words(_TOKEN.findall(text)) if len(_FIGURE.findall(text)) < 2 else None
    return None if value is None else sign * value


def _read_words(words: list[str]) -> float | None:
    small, scales = date_words("numbers"), date_words("scales")
    total, current, seen, closed = 0.0, 0.0, False, False
    for index, word in enumerate(words):
        if word[0].isdigit() and _FIGURE.fullmatch(word.rstrip(",")):
            current, seen = current + float(word.replace(",", "")), True
        elif word in scales and (seen or word == "dozen"):
            current = (current or 1) * scales[word]
            if scales[word] >= 1000:
                total, current = total + current, 0.0
            closed = True
            seen = True
        elif word in small and word not in ("half", "couple"):
            if word in ("a", "an") and not (index + 1 < len(words) and words[index + 1] in (*scales, "couple", "dozen")):
                continue
            current, seen = current + small[word], True
        elif word == "half" and closed:
            return None
        elif word == "half" and seen:
            current += 0.5
        elif word == "couple":
            current, seen = 2.0, True
    return total + current if seen else None


def _read_fraction(text: str) -> float | None:
    """Read "a third", "three-quarters", "one in five", "half": what a number is of something else."""
    words = text.split()
    while len(words) > 1 and words[0] in amount_words("qualifiers") and words[0] not in ("a", "an", "to"):
        words = words[1:]
    text = " ".join(words).removesuffix(" of")
    if text in ("half", "a half", "one half", "one-half"):
        return 0.5
    match = _FRACTION.fullmatch(text)
    if match and match["part"] in amount_words("fractions"):
        count = _small(match["count"])
        return None if count is None else count / amount_words("fractions")[match["part"]]
    match = _SHARE.fullmatch(text)
    if match:
        part, whole = _small(match["part"]), _small(match["whole"])
        return part / whole if part and whole and part < whole else None
    return None


def _small(text: str) -> float | None:
    if text.isdigit():
        return float(text)
    value = date_words("numbers").get(text)
    return None if value is None or text == "half" else float(value)


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
def _currency() -> re.Pattern[str]:
    def joined(names: list[str]) -> str:
        return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))

    codes, signs = joined(amount_words("currency_codes")["codes"]), joined(list(amount_words("signs")))
    names, minor = joined(list(amount_words("currencies"))), joined(list(amount_words("minor_units")))
    return re.compile(
        rf"(?<![^\W\d_])(?P<sign>{signs})(?=[\s\d.]|$)|\b(?P<code>{codes})(?=\b|\d)"
        rf"|(?i:\b(?P<name>{names})s?\b)|(?i:\b(?P<minor>{minor})s?\b)"
    )


def read_currency(text: str) -> str | None:
    """Give the ISO 4217 code of the currency that an amount names; None where the name is that of several."""
    match = _currency().search(text)
    if match is None:
        return None
    if match["code"]:
        return "CNY" if match["code"] == "RMB" else match["code"]
    for group, key in (("sign", "signs"), ("name", "currencies"), ("minor", "minor_units")):
        if match[group]:
            found = match[group] if group == "sign" else match[group].lower()
            return amount_words(key)[found] or None
    return None


def in_minor_units(text: str) -> bool:
    """Tell whether an amount is told in cents or the like."""
    words = re.findall(r"[a-z]+", text.lower())
    return bool(words) and (words[-1].removesuffix("s") in amount_words("minor_units") or words[-1] in amount_words("minor_units"))


_POWER = re.compile(r"\b(?P<power>sq\.?|square|cubic|cu\.?)[ -](?P<rest>.+)")


def read_unit(text: str) -> str | None:
    """Give the unit of a measure ("km"), as it stands in the table."""
    power = _POWER.search(text.lower())
    if power:
        base = read_unit(power["rest"])
        return f"{base}{'²' if power['power'].startswith('sq') else '³'}" if base else None
    signs: dict[str, str] = amount_words("unit_signs")
    for word in re.findall(r"[^\W\d_/]+(?:/[a-z])?|°[CF]|km2|m[23]", text):
        if word in signs:
            return signs[word]
    lower = " ".join(re.findall(r"[a-z-]+", text.lower())).strip("-")
    units: dict[str, str] = amount_words("units")
    words = lower.split(" ")
    for size in (3, 2, 1):
        for start in range(len(words) - size + 1):
            name = " ".join(words[start : start + size]).strip("-")
            unit = units.get(name) or units.get(name.removesuffix("s"))
            if unit:
                return unit
    return None
