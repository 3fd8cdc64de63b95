"""Intervals of calendar days: a day, a week, a month, three months, a year, and the year that a date without one means."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_MIN_YEAR, _MAX_YEAR = 1000, 2999


@dataclass(frozen=True, slots=True)
class Interval:
    """Calendar days from `start` to `end`, inclusive; `precision` is one of the schema's DATE_PRECISIONS."""

    start: date
    end: date
    precision: str


def one_day(day: date) -> Interval:
    """Give a single day."""
    return Interval(day, day, "day")


def whole_month(year: int, month: int) -> Interval:
    """Give a month from its first day to its last."""
    return Interval(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")


def whole_year(year: int) -> Interval:
    """Give a year; ValueError for one outside 1000 to 2999."""
    if not _MIN_YEAR <= year <= _MAX_YEAR:
        raise ValueError(year)
    return Interval(date(year, 1, 1), date(year, 12, 31), "year")


def week_of(day: date) -> Interval:
    """Give the week from Monday to Sunday that holds a day."""
    monday = day - timedelta(days=day.weekday())
    return Interval(monday, monday + timedelta(days=6), "week")


def shift_month(day: date, count: int) -> tuple[int, int]:
    """Give year and month `count` months after the month of a day (before it where negative)."""
    months = day.year * 12 + day.month - 1 + count
    return months // 12, months % 12 + 1


def three_months(year: int, month: int, precision: str) -> Interval:
    """Give the three months from the given one: a quarter or a season."""
    end_year, end_month = shift_month(date(year, month, 1), 2)
    return Interval(date(year, month, 1), whole_month(end_year, end_month).end, precision)


def nearest_year(month: int, day: int, published: date, direction: int) -> int:
    """Give the year in which a date without year is nearest in the direction the sentence looks; a little slack for the day of
    printing."""
    earliest, latest = {-1: (-365 + 5, 5), 0: (-183, 182), 1: (-30, 335)}[direction]
    for year in (published.year, published.year - 1, published.year + 1):
        if day <= monthrange(year, month)[1] and earliest <= (date(year, month, day) - published).days <= latest:
            return year
    return published.year
