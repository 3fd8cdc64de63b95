"""Reads date expressions as calendar intervals, relative to the publisher's local day.

A small grammar of our own rather than a library: a general parser gives a value to durations and sets ("three days", "every
Tuesday") too, and here no value is better than a wrong one. Weekdays look back unless the sentence looks ahead; a date without
year is the nearest one.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache

from transforms.calendar_intervals import Interval
from transforms.date_holidays import read_holiday
from transforms.date_periods import period_patterns
from transforms.date_phrases import read_in_week, read_part, read_phrase, read_step
from transforms.date_readers import (
    date_words,
    read_ago,
    read_day,
    read_day_range,
    read_decade,
    read_iso,
    read_month,
    read_month_range,
    read_months,
    read_named,
    read_quarter,
    read_relative,
    read_season,
    read_slashes,
    read_weekday,
    read_weekdays,
    read_year,
    read_years,
)
from transforms.package_data import read_toml


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _patterns() -> list[tuple[re.Pattern[str], Callable[[re.Match[str], date | None, int], Interval | None]]]:
    data = read_toml("dates.toml")
    month = rf"(?:(?P<month>{_alternatives(list(data['months']))})\.?)"
    month2 = month.replace("?P<month>", "?P<month2>")
    weekdays = _alternatives(data["weekdays"])
    day = r"(?:the )?(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
    day2 = day.replace("?P<day>", "?P<day2>")
    year = r"(?P<year>[12]\d{3})"
    prefix = rf"(?:(?:{weekdays}),? (?:the )?)?"
    parts = rf"(?: (?:{_alternatives(data['day_parts'])}))?"
    count = rf"(?P<count>\d+|{_alternatives([w for w in data['numbers'] if w != 'half'])}|a couple of)"
    dash = r" ?(?:-|–|—|to|until|through|and) ?"
    season = rf"(?P<season>{_alternatives(list(data['seasons']))})"
    quarter = rf"(?P<quarter>{_alternatives(list(data['quarters']))})"
    table = [
        (r"(?P<y>[12]\d{3})(?P<between>[-/])(?P<m>\d{2})(?P=between)(?P<d>\d{2})", read_iso),
        (rf"(?P<day>\d{{1,2}})-{month}-{year}", read_day),
        (r"(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<y>[12]\d{3})", read_slashes),
        (rf"{prefix}{day}{dash}{day2}(?: of)? {month}(?:,? {year})?", read_day_range),
        (rf"{prefix}{month} {day}{dash}{day2}(?:,? {year})?", read_day_range),
        (rf"{month} {day}{dash}{month2} {day2}(?:,? {year})?", read_month_range),
        (rf"{day} {month}{dash}{day2} {month2}(?:,? {year})?", read_month_range),
        (rf"{month}{dash}{month2}(?:,? {year})?", read_months),
        (rf"{prefix}{day}(?: of)? {month}(?:,? {year})?{parts}", read_day),
        (rf"{prefix}{month} {day}(?:,? {year})?{parts}", read_day),
        (rf"{month},?(?: of)? {year}", read_month),
        (rf"(?P<rel>last|next|this|past)? ?{month}(?P<of> (?:of )?(?P<which>last|this|next) year)?", read_month),
        (rf"{year}{dash}(?P<year2>[12]\d{{3}}|\d{{2}})", read_years),
        (rf"{year}/(?P<year2>\d{{2}})", read_years),
        (r"(?:mid-|early |late )?(?P<decade>[12]\d{2}0)['’]?s", read_decade),
        (rf"(?:mid-)?{year}", read_year),
        (rf"(?P<rel>last|next|this|past|coming) (?P<unit>week|month|year|quarter|weekend|decade){parts}", read_relative),
        (rf"(?P<rel>last|next|this|past|coming)? ?(?P<weekday>{weekdays}){parts}", read_weekday),
        (rf"(?P<weekday>{weekdays})(?:-| to | until | through )(?P<weekday2>{weekdays})", read_weekdays),
        (rf"(?P<word>{_alternatives(list(data['named_days']))}){parts}", read_named),
        (rf"{count} (?P<unit>day|week|month|year|decade)s? (?P<where>ago|earlier|before)", read_ago),
        (rf"(?:in )?(?:the )?{season}(?:,?(?: of)? {year})?(?: of (?P<which>last|this|next) year)?", read_season),
        (rf"(?P<rel>last|next|this|past) {season}", read_season),
        (rf"(?:the )?{quarter}[ -]quarter(?:,?(?: of)? {year})?(?: of (?P<which>last|this|next) year)?", read_quarter),
        (rf"(?P<quarter>q[1-4]),?(?: of)? {year}", read_quarter),
        (rf"(?P<weekday>{weekdays}){parts}", read_weekday),
    ]  # fmt: skip
    return [(re.compile(pattern), reader) for pattern, reader in table]


@lru_cache(maxsize=4096)
def read_date(text: str, published: date | None, direction: int = 0, named: Interval | None = None) -> Interval | None:
    """Give the days that a date expression means, None where it means none or several.

    `published` anchors what is relative (None: only absolute dates get a value); `direction` tells whether the sentence looks
    ahead (1), back (-1) or neither (0), `named` is the date that the text has named last, for "the next day".
    """
    expression = _normal(text)
    if not expression:
        return None
    try:
        return _read(expression, published, direction, named)
    except (ValueError, OverflowError):  # 31 April, the year 0
        return None


def _read(expression: str, published: date | None, direction: int, named: Interval | None) -> Interval | None:
    found = _phrase(expression, published, direction, named)
    if found is not None:
        return found
    for candidate in _candidates(expression):
        for pattern, reader in (*period_patterns(), *_patterns()):
            match = pattern.fullmatch(candidate)
            if match:
                return reader(match, published, direction)
    return _range(expression, published, direction)


_TIME_OF_DAY = re.compile(r"(?<=\d{4}-\d\d-\d\d)t\d\d.*")
_SHORT_WEEKDAY = re.compile(r"\b(mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)(?:\.,?|,|(?= \d| [a-z]{3,9}\.? \d))")
_WHOLES = re.compile(r"(?:the )?(?:nights?|days?|years?|months?|period|school year|academic year|season)(?: of)? (?=.*\d)")
_SEASON_AFTER = re.compile(r"(?<=\d) (?:season|school year|academic year|campaign)$")
_SHORT_YEAR = re.compile(r"(?P<month>[a-z]{3,9}\.?) ?'(?P<year>\d\d)$")
_WORD_DAY = re.compile(
    r"\b(?P<day>[a-z]+(?:-[a-z]+)?)(?: day)?(?P<of> of) (?=[a-z]{3})|(?P<month>\b[a-z]{3,9}) (?P<day2>[a-z]+(?:-[a-z]+)?)$"
)


def _normal(text: str) -> str:
    """Write an expression one way: lower case, plain dashes and apostrophes, days of a month in figures."""
    expression = " ".join(text.lower().replace("’", "'").replace("–", "-").replace("—", "-").split()).strip(" ,.;:()")
    expression = _TIME_OF_DAY.sub("", expression)
    expression = _SHORT_WEEKDAY.sub(lambda match: date_words("short_weekdays")[match[1]], f"{expression}.").rstrip(".")
    if not expression:
        return ""
    expression = re.sub(r" ?- ?", "-", expression) if " -" in expression or "- " in expression else expression
    expression = _SHORT_YEAR.sub(_full_year, expression) if "'" in expression else expression
    if expression.startswith("this past ") and expression[10:] in date_words("months"):
        expression = f"last {expression[10:]}"
    if expression[0] in "tndyparsm":
        expression = _WHOLES.sub("", expression, count=1) if _WHOLES.match(expression) else expression
    expression = _SEASON_AFTER.sub("", expression)
    return _WORD_DAY.sub(_figure_day, expression) if "of" in expression or not expression[-1:].isdigit() else expression


def _full_year(match: re.Match[str]) -> str:
    """Turn "Dec. '95" into "dec. 1995"; two figures are of this century below 30."""
    if match["month"].rstrip(".") not in date_words("months"):
        return match[0]
    return f"{match['month']} {'20' if match['year'] < '30' else '19'}{match['year']}"


def _figure_day(match: re.Match[str]) -> str:
    """Turn "third of May" and "May third" into figures; anything else stays."""
    ordinals: dict[str, int] = date_words("day_ordinals")
    if match["of"]:
        return f"{ordinals[match['day']]} of " if match["day"] in ordinals and _followed_by_month(match) else match[0]
    day = ordinals.get(match["day2"])
    return f"{match['month']} {day}" if day and match["month"] in date_words("months") else match[0]


def _followed_by_month(match: re.Match[str]) -> bool:
    word = re.match(r"[a-z]+", match.string[match.end() :])
    return word is not None and word[0] in date_words("months")


def _phrase(expression: str, published: date | None, direction: int, named: Interval | None) -> Interval | None:
    def read(inner: str) -> Interval | None:
        return read_date(inner, published, direction)

    event = date_words("dated_events").get(expression)
    if event:
        return read_date(event, None)
    return (
        read_in_week(expression, published)
        or read_step(expression, published, named)
        or read_holiday(expression, published, direction)
        or read_phrase(expression, published, direction, read)
        or read_part(expression, published, read)
    )


_JOINED = re.compile(r"-| to | until | till | through | thru | and ")
_UNANCHORED = re.compile(r"\b(?:\w+day|[a-z]{3,9}\.? \d{1,2}|\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9}|[a-z]{3,9})")


def _range(expression: str, published: date | None, direction: int) -> Interval | None:
    """Read a range between two dates: the second is read as it stands, the first by the second where it has no year."""
    between = expression.startswith("between ")
    rest = expression.removeprefix("between ").removeprefix("from ")
    for joint in _JOINED.finditer(rest):
        if (joint[0] == " and ") != between and not (joint[0] == " and " and rest.endswith("s")):
            continue
        last = read_date(rest[joint.end() :], published, direction)
        if last is None:
            continue
        first = read_date(rest[: joint.start()], None) or _first_by(rest[: joint.start()], last, published, direction)
        if first is None or first.start > last.end or (last.start - first.start).days > _LONGEST_RANGE:
            continue
        if joint[0] == " and " and not between and first.precision not in ("decade", "century"):
            continue
        coarser = max(first.precision, last.precision, key=_ORDER.index)
        return Interval(first.start, last.end, coarser)
    return None


def _first_by(text: str, last: Interval, published: date | None, direction: int) -> Interval | None:
    if _UNANCHORED.fullmatch(text):
        return read_date(text, last.end, -1)
    return read_date(text, published, direction)


_LONGEST_RANGE = 366 * 1000
_ORDER = ("day", "week", "month", "quarter", "season", "year", "decade", "century")


def _candidates(expression: str) -> list[str]:
    """Give the expression, then without the words before it that do not matter; nothing where it is a set or a duration."""
    words = expression.split()
    if date_words("no_value") & set(words) and not expression.startswith("between "):
        return []
    found = [expression]
    expression = expression.removeprefix("between ")
    found.append(expression)
    while words and words[0] in date_words("before"):  # "about two weeks ago", "on Tuesday"
        words = words[1:]
        found.append(" ".join(words))
    return found
