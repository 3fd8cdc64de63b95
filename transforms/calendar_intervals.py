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


def century(number: int) -> Interval:
    """Give a century by its number: the 19th runs from 1801 to 1900. ValueError for one outside 1 to 30."""
    if not 1 <= number <= 30:
        raise ValueError(number)
    return Interval(date(100 * number - 99, 1, 1), date(100 * number, 12, 31), "century")


def easter(year: int, *, orthodox: bool = False) -> date:
    """Give Easter Sunday, by Butcher's computus (Gregorian) or Meeus's (Julian, thirteen days behind from 1900 to 2099)."""
    if orthodox:
        moon = (19 * (year % 19) + 15) % 30
        days = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
        month, day = divmod(moon + days + 114, 31)
        return date(year, month, day + 1) + timedelta(days=year // 100 - year // 400 - 2)
    hundreds, rest = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + hundreds - hundreds // 4 - (hundreds - (hundreds + 8) // 25 + 1) // 3 + 15) % 30
    days = (32 + 2 * (hundreds % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * days) // 451
    month, day = divmod(moon + days - 7 * late + 114, 31)
    return date(year, month, day + 1)


def nth_weekday(year: int, month: int, weekday: int, number: int) -> date:
    """Give the first (1), second or last (-1) of a weekday (Monday 0) in a month."""
    if number < 0:
        last = whole_month(year, month).end
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


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


def nearest_of(days: list[date], published: date, direction: int) -> date:
    """Give, of the same feast in several years, the one that is nearest in the direction the sentence looks."""
    ahead = [day for day in days if day >= published]
    back = [day for day in days if day <= published]
    if direction > 0 and ahead:
        return min(ahead)
    if direction < 0 and back:
        return max(back)
    return min(days, key=lambda day: abs((day - published).days))


def nearest_year(month: int, day: int, published: date, direction: int) -> int:
    """Give the year in which a date without year is nearest in the direction the sentence looks; a little slack for the day of
    printing."""
    earliest, latest = {-1: (-365 + 5, 5), 0: (-183, 182), 1: (-30, 335)}[direction]
    for year in (published.year, published.year - 1, published.year + 1):
        if day <= monthrange(year, month)[1] and earliest <= (date(year, month, day) - published).days <= latest:
            return year
    return published.year
