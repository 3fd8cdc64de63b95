"""What each form of a date means: one function a form, given its match, the day it counts from and the sentence's direction.

`published` is that day (None: nothing relative has a value); `direction` is 1 where the sentence looks ahead, -1 where it looks
back, else 0.
"""

import re
from datetime import date, timedelta
from functools import cache
from typing import Any

from transforms.calendar_intervals import (
    Interval,
    nearest_year,
    one_day,
    shift_month,
    three_months,
    week_of,
    whole_month,
    whole_year,
)
from transforms.package_data import read_toml

Match = re.Match[str]


@cache
def date_words(key: str) -> Any:
    """Give a list (as a frozenset) or table of dates.toml."""
    value = read_toml("dates.toml")[key]
    return frozenset(value) if isinstance(value, list) else value


def _number(text: str) -> float:
    if text.isdigit():
        return int(text)
    if text == "a couple of":
        return 2
    return float(date_words("numbers")[text])


def read_iso(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "2024-03-19"."""
    return one_day(date(int(match["y"]), int(match["m"]), int(match["d"])))


def read_slashes(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read 19/3/2024; None where day and month could be either."""
    first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
    if first == second or first > 12:
        return one_day(date(year, second, first))
    return one_day(date(year, first, second)) if second > 12 else None  # 3/4/2024 is March or April


def _year_of(match: re.Match[str], month: int, day: int, published: date | None, direction: int) -> int | None:
    if match["year"]:
        return int(match["year"])
    return None if published is None else nearest_year(month, day, published, direction)


def read_day(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "19 March (2024)"."""
    month, day = date_words("months")[match["month"]], int(match["day"])
    year = _year_of(match, month, day, published, direction)
    return None if year is None else one_day(date(year, month, day))


def read_day_range(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "19-21 March (2024)"."""
    month, first, last = date_words("months")[match["month"]], int(match["day"]), int(match["day2"])
    year = _year_of(match, month, first, published, direction)
    return None if year is None or last < first else Interval(date(year, month, first), date(year, month, last), "day")


def read_month_range(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "28 March to 2 April (2024)"."""
    first, last = date_words("months")[match["month"]], date_words("months")[match["month2"]]
    year = _year_of(match, last, int(match["day2"]), published, direction)
    if year is None:
        return None
    start = date(year - 1 if last < first else year, first, int(match["day"]))
    return Interval(start, date(year, last, int(match["day2"])), "day")


def read_months(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "March to May (2024)"."""
    first, last = date_words("months")[match["month"]], date_words("months")[match["month2"]]
    year = _year_of(match, last, 1, published, direction)
    if year is None:
        return None
    return Interval(date(year - 1 if last < first else year, first, 1), whole_month(year, last).end, "month")


def read_month(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "March 2024, last March"."""
    groups = match.groupdict()
    month = date_words("months")[match["month"]]
    if groups.get("year"):
        return whole_month(int(match["year"]), month)
    if published is None:
        return None
    if groups.get("which"):
        return whole_month(published.year + {"last": -1, "this": 0, "next": 1}[match["which"]], month)
    rel = groups.get("rel")
    if rel in ("last", "past"):
        return whole_month(published.year if month < published.month else published.year - 1, month)
    if rel == "next":
        return whole_month(published.year if month > published.month else published.year + 1, month)
    if rel == "this" or month == published.month:
        return whole_month(published.year, month)
    day = 1 if direction < 0 else 15  # "in March" can be said in the past tense while March lasts
    return whole_month(nearest_year(month, day, published, direction), month)


def read_years(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "2024-2026"."""
    first = int(match["year"])
    tail = match["year2"]
    last = int(tail) if len(tail) == 4 else first // 100 * 100 + int(tail)
    return None if last < first else Interval(whole_year(first).start, whole_year(last).end, "year")


def read_decade(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "the 1990s"."""
    first = int(match["decade"])
    return Interval(whole_year(first).start, whole_year(first + 9).end, "decade")


def read_year(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "2024"."""
    return whole_year(int(match["year"]))


def read_relative(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "last week, next year"."""
    if published is None or match["rel"] == "past":  # "the past week" is a duration up to now
        return None
    step = {"last": -1, "this": 0, "next": 1, "coming": 1}[match["rel"]]
    unit = match["unit"]
    if unit == "week":
        return week_of(published + timedelta(weeks=step))
    if unit == "weekend":
        saturday = published + timedelta(days=5 - published.weekday())
        if step < 0 and published.weekday() < 6:  # on a Sunday, "last weekend" still is the one before
            saturday -= timedelta(weeks=1)
        elif step > 0:
            saturday += timedelta(weeks=1)
        return Interval(saturday, saturday + timedelta(days=1), "day")
    if unit == "month":
        return whole_month(*shift_month(published, step))
    if unit == "quarter":
        year, month = shift_month(published, 3 * step)
        return three_months(year, (month - 1) // 3 * 3 + 1, "quarter")
    if unit == "decade":
        first = published.year // 10 * 10 + 10 * step
        return Interval(whole_year(first).start, whole_year(first + 9).end, "decade")
    return whole_year(published.year + step)


def _weekday_near(name: str, published: date, direction: int) -> date:
    weekday = weekday_names().index(name)
    if direction > 0:
        return published + timedelta(days=(weekday - published.weekday()) % 7)
    return published - timedelta(days=(published.weekday() - weekday) % 7)


@cache
def weekday_names() -> list[str]:
    """Give the names of the weekdays, Monday first."""
    return list(read_toml("dates.toml")["weekdays"])


def read_weekday(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "on Tuesday, last Tuesday"."""
    if published is None:
        return None
    rel = match.groupdict().get("rel")
    day = _weekday_near(match["weekday"], published, 1 if rel in ("next", "coming") else direction)
    if rel in ("last", "past") and day >= published:
        day -= timedelta(weeks=1)
    if rel in ("next", "coming") and day <= published:
        day += timedelta(weeks=1)
    return one_day(day)


def read_weekdays(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "Monday to Friday"."""
    if published is None:
        return None
    last = _weekday_near(match["weekday2"], published, direction)
    span = (weekday_names().index(match["weekday2"]) - weekday_names().index(match["weekday"])) % 7
    return Interval(last - timedelta(days=span), last, "day")


def read_named(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "yesterday"."""
    if published is None:
        return None
    return one_day(published + timedelta(days=date_words("named_days")[match["word"]]))


def read_ago(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read two days ago; "before" counts only from a day that the text has named."""
    if published is None or match["where"] == "before":  # before what the text has told: not before publication
        return None
    count = int(_number(match["count"]))
    unit = match["unit"]
    if unit == "day":
        return one_day(published - timedelta(days=count))
    if unit == "week":
        return week_of(published - timedelta(weeks=count))
    if unit == "month":
        return whole_month(*shift_month(published, -count))
    if unit == "decade":
        return None
    return whole_year(published.year - count)


def read_season(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read spring 2023, last summer; None for a season alone."""
    groups = match.groupdict()
    month = date_words("seasons")[match["season"]]
    if groups.get("year"):
        return three_months(int(match["year"]), month, "season")
    which = groups.get("which") or groups.get("rel")
    if published is None or which is None:  # "in winter" is a set as often as a date
        return None
    if groups.get("which"):
        return three_months(published.year + {"last": -1, "this": 0, "next": 1}[which], month, "season")
    this = three_months(published.year, month, "season")
    if which in ("last", "past") and this.end >= published:
        return three_months(published.year - 1, month, "season")
    if which == "next" and this.start <= published:
        return three_months(published.year + 1, month, "season")
    return this


def read_quarter(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "the third quarter (of 2023)"."""
    groups = match.groupdict()
    month = 3 * date_words("quarters")[match["quarter"]] - 2
    if groups.get("year"):
        return three_months(int(match["year"]), month, "quarter")
    if published is None:
        return None
    if groups.get("which"):
        return three_months(published.year + {"last": -1, "this": 0, "next": 1}[match["which"]], month, "quarter")
    return three_months(published.year if month <= published.month or direction > 0 else published.year - 1, month, "quarter")
