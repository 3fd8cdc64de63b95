"""Reads holidays and feasts: fixed days, those counted from Easter, and "the fourth Thursday of November".

Only feasts that mean one day all over the world or that news names for one country ("Thanksgiving") are listed: an "Independence
Day" or "Labour Day" without country has many values. Feasts of the Islamic, Hindu and Chinese calendars have no value.
"""

import re
from datetime import date, timedelta
from functools import cache

from transforms.calendar_intervals import Interval, easter, nearest_of, nth_weekday, one_day
from transforms.date_readers import date_words, weekday_names


@cache
def holiday_names() -> dict[str, list[str]]:
    """Give the names of holidays by their first word, the longest first; lower case."""
    found: dict[str, list[str]] = {}
    names = [*date_words("holidays"), *date_words("easter_days"), *date_words("weekday_holidays")]
    names += [name for name in date_words("decades") if " " in name]
    for name in sorted(names, key=len, reverse=True):
        found.setdefault(re.split(r"[ ']", name)[0].rstrip("."), []).append(name)
    return found


@cache
def _form() -> re.Pattern[str]:
    return re.compile(
        r"(?:(?:the )?(?P<eve>eve|day before|day after) (?:of )?)?(?:the )?(?P<orthodox>orthodox )?(?P<name>.+?)"
        r"(?:,? (?P<which>last|this|next) year|(?:,? (?:of )?|,)(?P<year>[12]\d{3}))?"
    )


def read_holiday(expression: str, published: date | None, direction: int) -> Interval | None:
    """Read "Christmas Eve", "Easter Monday 1998", "the eve of Thanksgiving", "last Christmas"."""
    rel, rest = None, expression
    first, _, tail = expression.partition(" ")
    if first in ("last", "this", "next"):
        rel, rest = first, tail
    match = _form().fullmatch(rest)
    if match is None or not _is_known(match["name"]):
        return None
    orthodox = match["orthodox"] is not None
    if match["year"]:
        day = _on(match["name"], int(match["year"]), orthodox=orthodox)
    elif published is None:
        return None
    elif match["which"]:
        year = published.year + {"last": -1, "this": 0, "next": 1}[match["which"]]
        day = _on(match["name"], year, orthodox=orthodox)
    else:
        days = [_on(match["name"], published.year + step, orthodox=orthodox) for step in (-1, 0, 1)]
        if rel in ("last", "next"):
            days = [day for day in days if (day < published if rel == "last" else day > published)]
        day = nearest_of(days, published, {"last": -1, "next": 1}.get(rel or "", direction))
    step = {"eve": -1, "day before": -1, "day after": 1}.get(match["eve"] or "", 0)
    return one_day(day + timedelta(days=step))


def _is_known(name: str) -> bool:
    return name in date_words("holidays") or name in date_words("easter_days") or name in date_words("weekday_holidays")


def _on(name: str, year: int, *, orthodox: bool) -> date:
    fixed = date_words("holidays").get(name)
    if fixed:
        month, day = (int(part) for part in fixed.split("-"))
        return date(year, month, day)
    if name in date_words("easter_days"):
        return easter(year, orthodox=orthodox) + timedelta(days=date_words("easter_days")[name])
    month, number, weekday, *after = date_words("weekday_holidays")[name].split()
    day_of = nth_weekday(year, int(month), weekday_names().index(weekday), int(number))
    return day_of + timedelta(days=int(after[0]) if after else 0)
