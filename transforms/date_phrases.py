"""Dates that are said by way of another date: a part of it ("late 2003", "the first half of the year"), a day of a week
("Monday of last week"), or a step from what the text named last ("the next day", "two weeks later").

Thirds: of a month days 1-10, 11-20 and the rest; of a year four months each; of a decade years 0-3, 4-6 and 7-9. Their precision
is the unit they are counted in.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from transforms.calendar_intervals import (
    Interval,
    nearest_of,
    one_day,
    shift_month,
    three_months,
    week_of,
    whole_month,
    whole_year,
)
from transforms.date_readers import date_words, weekday_names

Read = Callable[[str], Interval | None]
_UNITS = ("day", "week", "month", "quarter", "season", "year", "decade")
_EARLY, _MID, _LATE = 0, 1, 2
_PARTS = {"early": _EARLY, "beginning": _EARLY, "start": _EARLY, "mid": _MID, "middle": _MID, "late": _LATE}
_PART = re.compile(r"(?:the )?(?P<part>early|late|mid|middle|beginning|start|end)[ -](?:in )?(?:of )?(?P<whole>.+)")
_HALF = re.compile(r"(?:the )?(?:(?P<half>first|second|last) half of |h(?P<number>[12]),? )(?P<whole>.+)")
_BARE_UNIT = re.compile(r"(?:the )?(?P<unit>week|month|year|decade)")
_STEP = re.compile(r"(?:(?:the|that) (?P<which>very next|next|following|previous|preceding|same)|that) (?P<unit>\w+)")
_EARLIER_THIS = re.compile(r"(?:earlier|later) (?P<whole>(?:this|last|next) (?:week|month|year|decade))")
_BEFORE_LAST = re.compile(r"(?:the )?(?P<unit>week|month|year) before last")
_BESIDE_DAY = re.compile(r"(?:on )?(?:the )?(?P<side>eve of|day before|day after) (?P<day>(?!tomorrow|yesterday).+)")
_WEEK_OF = re.compile(r"(?:the )?week (?:of|beginning|starting) (?P<day>.+)")
_THIRTEENTH = re.compile(r"(?P<weekday>\w+day),? (?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)")
_DAY_BESIDE = re.compile(r"(?:the )?(?P<unit>day|week|month|year) (?P<side>before|after)")
_SAME_OF = re.compile(
    r"(?:the )?same (?:period|time|month|quarter|day|week|season)(?: of| in)? (?:the )?"
    r"(?P<which>previous|preceding|following|last|next) year"
)
_NTH = re.compile(r"(?:the )?(?P<day>[12]?1st|2?2nd|2?3rd|\d{1,2}th|30th|31st)(?: of (?P<which>this|last|next) month)?")


def read_part(expression: str, published: date | None, read: Read) -> Interval | None:
    """Read a part of a period; `expression` is lower case, `read` reads the period."""
    half = _HALF.fullmatch(expression)
    if half:
        whole = _period(half["whole"], published, read)
        if whole is None:
            return None
        return _half(whole, second=half["half"] in ("second", "last") or half["number"] == "2")
    match = _PART.fullmatch(expression)
    whole = _period(match["whole"], published, read) if match else None
    if match is None or whole is None or whole.precision == "day":
        return None
    if match["part"] == "end":
        return one_day(whole.end) if whole.precision != "century" else None
    return _third(whole, _PARTS[match["part"]])


def _period(text: str, published: date | None, read: Read) -> Interval | None:
    """Give the period that a part is of: "the year" is the year of publication."""
    unit = _BARE_UNIT.fullmatch(text)
    return read(f"this {unit['unit']}" if unit else text.removeprefix("the ")) if unit is None or published else None


def _third(whole: Interval, part: int) -> Interval | None:
    start = whole.start
    if whole.precision == "month" and (start.year, start.month) == (whole.end.year, whole.end.month):
        first, last = ((1, 10), (11, 20), (21, whole.end.day))[part]
        return Interval(start.replace(day=first), start.replace(day=last), "day")
    if whole.precision == "year" and start.year == whole.end.year:
        return Interval(date(start.year, 4 * part + 1, 1), whole_month(start.year, 4 * part + 4).end, "month")
    if whole.precision == "decade" and whole.end.year - start.year == 9:
        first, last = ((0, 3), (4, 6), (7, 9))[part]
        return Interval(date(start.year + first, 1, 1), date(start.year + last, 12, 31), "year")
    if whole.precision in ("season", "quarter"):
        return whole_month(*shift_month(start, part))
    return None


def _half(whole: Interval, *, second: bool) -> Interval | None:
    start = whole.start
    if whole.precision == "year" and start.year == whole.end.year:
        return Interval(date(start.year, 7 if second else 1, 1), whole_month(start.year, 12 if second else 6).end, "month")
    if whole.precision == "month" and start.month == whole.end.month:
        return Interval(start.replace(day=16), whole.end, "day") if second else Interval(start, start.replace(day=15), "day")
    if whole.precision == "decade":
        first = start.year + (5 if second else 0)
        return Interval(date(first, 1, 1), date(first + 4, 12, 31), "year")
    return None


def read_in_week(expression: str, published: date | None) -> Interval | None:
    """Read a weekday with the week it is in: "Monday of last week", "next week Friday", "this past Sunday", "a week from
    Sunday"."""
    match = _weekday_forms().fullmatch(expression)
    if match is None or published is None:
        return None
    found = match.groupdict()
    weekday = weekday_names().index(next(found[key] for key in ("a", "b", "c", "d", "e") if found[key]))
    ahead = published + timedelta(days=(weekday - published.weekday()) % 7 or 7)
    if found["a"] or found["b"]:
        coming = 1 if published.weekday() >= 4 else 0  # "this coming week", said at a weekend, is the one that follows
        step = {"last": -1, "next": 1, "this": 0, "this coming": coming}[found["week_a"] or found["week_b"]]
        return one_day(week_of(published).start + timedelta(days=7 * step + weekday))
    if found["c"]:
        return one_day(ahead if found["side"] == "coming" else ahead - timedelta(days=7 if ahead != published else 0))
    return one_day(ahead + timedelta(days=7))


@cache
def _weekday_forms() -> re.Pattern[str]:
    days = "|".join(weekday_names())
    weeks = "last|next|this coming|this"
    return re.compile(
        rf"(?P<a>{days})(?: of)? (?P<week_a>{weeks}) week|(?P<week_b>{weeks}) week,? (?:on )?(?P<b>{days})"
        rf"|this (?P<side>past|coming) (?P<c>{days})|a week from (?P<d>{days})|(?P<e>{days}) week"
    )


def read_step(expression: str, published: date | None, named: Interval | None) -> Interval | None:
    """Read a step from the date that the text has named last (`named`), or from publication where only that is meant."""
    counted = _counted().fullmatch(expression)
    if counted:
        if counted["open"] and counted["unit"] in ("year", "decade"):  # "more than 100 years ago" is no year
            return None
        if re.search(r"\b(?:to|or) $|\d-$", expression[: counted.start("count")].removeprefix("up to ")):  # "10 to 15 years ago"
            return None
        count, unit = _count(counted["count"]), counted["unit"]
        if unit == "fortnight":
            count, unit = 2 * count, "week"
        if counted["where"] == "ago":
            return _stepped(one_day(published), -count, unit) if published and count else None
        sign = 1 if counted["where"] in ("later", "after", "afterwards") else -1
        return _stepped(named, sign * count, unit) if named and count and _fits(named, unit) else None
    if named is None:
        return None
    same = _SAME_OF.fullmatch(expression)
    if same:
        return _years_on(named, 1 if same["which"] in ("following", "next") else -1)
    beside = _DAY_BESIDE.fullmatch(expression)
    if beside and _fits(named, beside["unit"]):
        return _stepped(named, 1 if beside["side"] == "after" else -1, beside["unit"])
    match = _STEP.fullmatch(expression)
    if match is None:
        return None
    unit, which = match["unit"], match["which"] or "same"
    step = {"same": 0, "previous": -1, "preceding": -1}.get(which, 1)
    if unit in weekday_names() and named.precision == "day" and step:
        days = (weekday_names().index(unit) - named.start.weekday()) % 7 or 7
        return one_day(named.start + timedelta(days=days if step > 0 else days - 7 if days < 7 else -7))
    return _stepped(named, step, unit) if unit in _UNITS and _fits(named, unit) else None


def _years_on(named: Interval, count: int) -> Interval | None:
    """Give the same days of another year, where they are of less than a year."""
    if named.precision in ("year", "decade", "century") or (named.end - named.start).days > 366:
        return None
    first = named.start.replace(year=named.start.year + count)
    last = named.end.replace(year=named.end.year + count) if named.precision == "day" else whole_month(
        named.end.year + count, named.end.month
    ).end  # fmt: skip
    return Interval(first, last, named.precision)


def _fits(named: Interval, unit: str) -> bool:
    """Tell whether steps of a unit can be counted from a date: not days from a year."""
    return unit in _UNITS and named.precision in _UNITS and _UNITS.index(named.precision) <= _UNITS.index(unit)


def _stepped(named: Interval, count: int, unit: str) -> Interval | None:
    start = named.start
    if unit == "hour":
        return one_day(start + timedelta(days=count // 24)) if count % 24 == 0 else None
    if unit == "day":
        return one_day(start + timedelta(days=count))
    if unit == "week":
        return week_of(start + timedelta(weeks=count))
    if unit == "month":
        return whole_month(*shift_month(start, count))
    if unit == "quarter":
        year, month = shift_month(start, 3 * count)
        return three_months(year, (month - 1) // 3 * 3 + 1, "quarter")
    if unit == "decade":
        first = start.year // 10 * 10 + 10 * count
        return Interval(whole_year(first).start, whole_year(first + 9).end, "decade") if count in (-1, 0, 1) else None
    return whole_year(start.year + count)


@cache
def _counted() -> re.Pattern[str]:
    numbers = "|".join(sorted((word for word in date_words("numbers") if word != "half"), key=len, reverse=True))
    return re.compile(
        r"(?:.*?(?P<open>more than|over|less than|at least|up to) |.* )?"
        rf"(?P<count>\d+|a couple of|{numbers}) (?P<unit>hour|day|week|fortnight|month|year)s? "
        r"(?P<where>ago|later|after|afterwards|earlier|before|previously)"
    )


def _count(text: str) -> int:
    return int(text) if text.isdigit() else 2 if text == "a couple of" else int(date_words("numbers")[text])


def read_phrase(expression: str, published: date | None, direction: int, read: Read) -> Interval | None:
    """Read "earlier this month", "the year before last", "the 12th (of this month)", "a year ago today", "the '80s"."""
    match = _EARLIER_THIS.fullmatch(expression)
    if match:
        return read(match["whole"])
    match = _BEFORE_LAST.fullmatch(expression)
    if match and published:
        return _stepped(one_day(published), -2, match["unit"])
    match = _NTH.fullmatch(expression)
    if match and published:
        return _nth(int(re.sub(r"\D", "", match["day"])), match["which"], published, direction)
    match = _THIRTEENTH.fullmatch(expression)
    if match and published and match["weekday"] in weekday_names():
        return _weekday_and_day(weekday_names().index(match["weekday"]), int(match["day"]), published, direction)
    match = re.fullmatch(r"(?:a|(?P<count>\w+)) years? ago (?P<day>today|yesterday|tomorrow|this month|this week)", expression)
    if match and published:
        return _anniversary(match, published)
    decade = date_words("decades").get(re.sub(r"^the |'", "", expression))
    if decade:
        return Interval(date(decade, 1, 1), date(decade + 9, 12, 31), "decade")
    of_day = _BESIDE_DAY.fullmatch(expression)
    if of_day:
        day = read(of_day["day"])
        step = 1 if of_day["side"] == "day after" else -1
        return one_day(day.start + timedelta(days=step)) if day and day.precision == "day" and day.start == day.end else None
    named_week = _WEEK_OF.fullmatch(expression)
    if named_week:
        day = read(named_week["day"])
        return week_of(day.start) if day and day.precision == "day" and day.start == day.end else None
    return None


def _nth(day: int, which: str | None, published: date, direction: int) -> Interval:
    """Give a day of a month without its name: of this month, or where the sentence looks, of the one before or after."""
    step = {"this": 0, "last": -1, "next": 1}.get(which or "", 0)
    if which is None and direction < 0 and day > published.day:
        step = -1
    elif which is None and direction > 0 and day < published.day:
        step = 1
    year, month = shift_month(published, step)
    return one_day(date(year, month, day))


def _weekday_and_day(weekday: int, day: int, published: date, direction: int) -> Interval | None:
    """Give the nearest day of a month that falls on a weekday ("Friday the 13th")."""
    months = [shift_month(published, step) for step in range(-6, 7)]
    days = [date(year, month, day) for year, month in months if day <= monthrange(year, month)[1]]
    fitting = [one for one in days if one.weekday() == weekday]
    return one_day(nearest_of(fitting, published, direction)) if fitting else None


def _anniversary(match: re.Match[str], published: date) -> Interval | None:
    said = match["count"] or "a"
    if not said.isdigit() and said not in date_words("numbers"):
        return None
    count = _count(said)
    then = published.replace(year=published.year - count)
    if match["day"] == "this month":
        return whole_month(then.year, then.month)
    if match["day"] == "this week":
        return week_of(then)
    return one_day(then + timedelta(days={"today": 0, "yesterday": -1, "tomorrow": 1}[match["day"]]))
