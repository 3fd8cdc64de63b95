"""Finds amounts of money, percentages, measures and composed numbers in a sentence by their shape, whatever the model has seen.

One pattern is tried at each token that can begin a number; what stands before and behind it (a sign, a currency, "percent", a
unit) makes the type. Numbers that stand bare and simple are left to the model.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from transforms.date_readers import date_words
from transforms.numbers import amount_words, in_minor_units, read_currency, read_number, read_unit
from transforms.spans import SentenceParse


@dataclass(frozen=True, slots=True)
class Amount:
    """The tokens [first, last) of a sentence, what they are (an entity type), their value and unit."""

    first: int
    last: int
    entity_type: str
    value: float | None
    unit: str | None


def _joined(names: list[str] | frozenset[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


@cache
def _parts() -> dict[str, str]:
    """Give the alternatives that the pattern is made of; names of one key each."""
    small = [word for word in date_words("numbers") if word not in ("a", "an", "half", "couple", "zero")]
    parts = {
        "word": rf"(?:{_joined(small)}|dozen)\b",
        "figure": r"\d{1,3}(?:[,\u00a0 ]\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?",
        "scales": _joined(amount_words("scales")),
        "short": rf"(?:(?:{_joined(amount_words('short_scales'))})\b)",
        "fractions": rf"(?:{_joined(list(amount_words('fractions')))})s?",
        "codes": _joined(amount_words("currency_codes")["codes"]),
        "signs": _joined(list(amount_words("signs"))),
        "currencies": _joined(list(amount_words("currencies"))),
        "minor": _joined(list(amount_words("minor_units"))),
        "units": _joined(list(amount_words("units"))),
        "unit_signs": _joined(list(amount_words("unit_signs"))),
        "not_shares": _joined(amount_words("not_shares")),
        "points": _joined(amount_words("points")),
    }
    parts["scale"] = f"(?:[ -]?(?:{parts['scales']})\\b)"
    parts["sign"] = f"(?:{parts['signs']}|(?:{parts['codes']})(?= |\\d))"
    parts["spelt"] = f"{parts['word']}(?:(?:[- ]|[- ]and[- ])(?:(?:a )?half\\b|{parts['word']}))*"
    parts["half"] = f"half an? (?=(?:{parts['scales']}|percent|per cent|{parts['units']})\\b)"
    parts["number"] = (
        rf"(?:minus |[-−](?=\d))?(?:{parts['figure']}|(?i:{parts['spelt']})|(?i:{parts['half']})"
        rf"|(?i:an?|half)(?= (?:{parts['scales']})\b))"
    )
    parts["joint"] = r"(?:(?: ?[-–] ?)|(?: (?:to|or|and) ))"
    return parts


@cache
def _pattern() -> re.Pattern[str]:
    """Match a number with what belongs to it; group names tell what was there."""
    p = _parts()
    second = f"{p['joint']}{p['sign']}? ?(?:{p['number']}){p['scale']}*{p['short']}?"
    counted = rf"(?i:(?:an?|one|two|three|four|\d)[ -]{p['fractions']}(?= of\b)|(?:{p['word']})-{p['fractions']}\b)"
    whole = rf"(?:\d{{1,3}}(?![\d.,]?\d)|{p['word']})(?! (?:{p['not_shares']})\b)"
    share = rf"(?:{p['figure']}|(?i:{p['word']})) (?:in|out of) (?:every )?{whole}"
    money = rf"[ -](?:{p['codes']})\b|[ -](?i:(?:{p['currencies']}|{p['minor']})s?\b)|€"
    power = r"(?:(?:sq\.?|square|cubic)[ -])?"
    unit = rf"[ -]?{power}(?:(?i:{p['units']})s?\b|(?:{p['unit_signs']})(?![\w/]))"
    percent = r"[ -]?(?:%|(?i:percent|per cent|pct)\b)"
    return re.compile(
        rf"(?P<fraction>{counted}|{share})"
        rf"|(?P<between>(?i:between|from) )?(?P<sign>{p['sign']} ?)?(?P<number>{p['number']})(?P<scale>{p['scale']}*)"
        rf"(?P<short>{p['short']})?(?P<range>{second})?"
        rf"(?:(?P<points> (?:{p['points']})\b)|(?P<percent>{percent})|(?P<money>{money})|(?P<unit>{unit}))?"
    )


@cache
def _beginners() -> frozenset[str]:
    words = {word for word in date_words("numbers") if word != "couple"} | {"between", "minus", "dozen", "-", "−"}
    return frozenset(words | {word.lower() for word in (*amount_words("signs"), *amount_words("currency_codes")["codes"])})


def find_amounts(parse: SentenceParse, taken: set[int]) -> Iterator[Amount]:
    """Give the amounts of a sentence from left to right, none on tokens that are `taken`."""
    beginners, position = _beginners(), 0
    for index, lower in enumerate(parse.lower):
        if index < position or index in taken or not (lower in beginners or lower[0].isdigit() or _is_glued(lower)):
            continue
        match = _pattern().match(parse.text, parse.starts[index])
        if match is None:
            continue
        found = _amount(parse, index, match)
        if found is not None and taken.isdisjoint(range(found.first, found.last)):
            yield found
            position = found.last


def is_money_sign(text: str) -> bool:
    """Tell whether a word is nothing but a sign or code of a currency ("US$", "NOK")."""
    return text in amount_words("signs") or text in amount_words("currency_codes")["codes"]


def _is_glued(word: str) -> bool:
    """Tell whether a word is a sign and a figure in one ("Sh500", "-3")."""
    return "$" in word or (word[-1].isdigit() and len(word) > 2 and (not word[0].isalpha() or word[:2] in _glued_signs()))


@cache
def _glued_signs() -> frozenset[str]:
    return frozenset(sign[:2].lower() for sign in amount_words("signs") if sign[:2].isalpha())


def _amount(parse: SentenceParse, first: int, match: re.Match[str]) -> Amount | None:
    text = match[0]
    end = parse.starts[first] + len(text.rstrip())
    last = parse.tokens(parse.starts[first], end)[1]
    if parse.ends[last - 1] != end:
        return None
    if match["fraction"]:
        value = read_number(text)
        return None if value is None else Amount(first, last, "CARDINAL", value, None)
    core = "".join(match[group] or "" for group in ("between", "number", "scale", "short", "range"))
    value = None if match["range"] else 0.5 if core.lower() in ("half a ", "half an ") else read_number(core)
    if match["percent"]:
        return Amount(first, last, "PERCENT", value, "%")
    if match["points"]:
        return Amount(first, last, "PERCENT", value, "pp")
    if match["sign"] or match["money"]:
        if match["money"] and value is not None and in_minor_units(match["money"]):
            value /= 100
        return Amount(first, last, "MONEY", value, read_currency(match["sign"] or match["money"]))
    if match["unit"]:
        return Amount(first, last, "QUANTITY", value, read_unit(match["unit"]))
    composed = match["scale"] or (match["between"] and match["range"]) or "half" in core.lower() or re.search(r"\d[  ]\d", core)
    return Amount(first, last, "CARDINAL", value, None) if composed and not match["short"] else None
