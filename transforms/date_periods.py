"""Reads the periods that have rules of their own: centuries, fiscal and school years, quarters, halves, seasons and eras.

A century runs from its year 1 ("the 19th century": 1801 to 1900), and thirds of it have the precision of decades. Fiscal years
begin in another month in every country and company: they have days only where the sentence says when they begin or end.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from transforms.calendar_intervals import Interval, century, shift_month, three_months, whole_month
from transforms.date_readers import date_words

Match = re.Match[str]
Reader = Callable[[Match, date | None, int], Interval | None]
_SHIFT = {"last": -1, "past": -1, "this": 0, "next": 1, "coming": 1}


@cache
def period_patterns() -> list[tuple[re.Pattern[str], Reader]]:
    """Give the forms of periods with their readers, for fullmatch on a normalised expression."""
    ordinals = "|".join(sorted(date_words("century_ordinals"), key=len, reverse=True))
    nth = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{ordinals}|[ivx]{{1,5}})"
    seasons = "|".join(date_words("seasons"))
    quarters = "|".join(date_words("quarters"))
    year = r"(?P<year>[12]\d{3})"
    months = "|".join(sorted(date_words("months"), key=len, reverse=True))
    part = (
        r"(?:(?P<part>early|late|mid|middle|beginning|start|end|turn)(?: of)?(?: the)?[ -]"
        r"|(?P<half>first|second) half of (?:the )?)?"
    )
    table: list[tuple[str, Reader]] = [
        (rf"(?:the )?{part}(?P<nth>{nth})[ -]century(?: ad| ce)?", _read_century),
        (rf"(?:the )?(?P<nth>{nth})(?: and |-| or | to |, )(?:the )?(?P<nth2>{nth}) centuries", _read_centuries),
        (r"(?:the )?(?P<which>last|this|next|past|coming) century", _read_near_century),
        (r"(?:the )?(?:ad|a\.d\.|ce) (?P<era>\d{1,4})|(?P<era2>\d{1,4}) (?:ad|a\.d\.|ce)", _read_era),
        (rf"(?:the )?(?P<year>[12]\d{{3}})'s (?P<quarter>{quarters}) quarter", _read_quarter),
        (r"(?P<quarter>[1-4])q ?'?(?P<year>[12]\d{3}|\d{2})?", _read_quarter),
        (r"q(?P<quarter>[1-4]) ?(?:of )?'?(?P<year>[12]\d{3}|\d{2})?", _read_quarter),
        (rf"(?:the )?(?P<quarter>{quarters}) and (?P<quarter2>{quarters}) quarters(?:(?: of)? {year})?", _read_quarters),
        (rf"(?:the )?(?P<month>{months})(?:-| to )(?P<month2>{months}) quarter(?: of)?(?: {year})?", _read_months),
        (r"(?:the )?(?P<count>\w+) months (?:to|through|ended|ending) (?P<end>.+)", _read_months_to),
        (rf"(?:the )?(?P<season>{seasons})(?: of)? (?P<year>[12]\d{{3}})[-/](?:\d{{2}}|\d{{4}})", _read_season_of),
        (rf"(?:the )?(?:(?P<part>early|mid|late)[ -])?(?P<season>{seasons})", _read_season),
        (rf"this (?:past |coming )?(?P<season>{seasons})", _read_this_season),
        (r"(?:this|the) (?P<side>past|coming)? ?weekend", _read_weekend),
    ]  # fmt: skip
    return [(re.compile(pattern), reader) for pattern, reader in table]


def _ordinal(text: str) -> int:
    if text[0].isdigit():
        return int(re.sub(r"\D", "", text))
    known: dict[str, int] = date_words("century_ordinals")
    if text in known:
        return known[text]
    total = 0
    for letter, following in zip(text, (*text[1:], ""), strict=True):
        value = {"i": 1, "v": 5, "x": 10}[letter]
        total += -value if following and value < {"i": 1, "v": 5, "x": 10}[following] else value
    return total


def _years(first: int, last: int, precision: str) -> Interval:
    return Interval(date(first, 1, 1), date(last, 12, 31), precision)


def _read_century(match: Match, published: date | None, direction: int) -> Interval | None:
    whole = century(_ordinal(match["nth"]))
    first, last = whole.start.year, whole.end.year
    if match["half"]:
        return _years(first, first + 49, "decade") if match["half"] == "first" else _years(first + 50, last, "decade")
    part = match["part"]
    if part is None:
        return whole
    if part in ("end", "turn"):
        return None
    return {"mid": _years(first + 33, first + 65, "decade"), "late": _years(first + 66, last, "decade")}.get(
        "mid" if part == "middle" else part, _years(first, first + 32, "decade")
    )


def _read_centuries(match: Match, published: date | None, direction: int) -> Interval | None:
    first, last = century(_ordinal(match["nth"])), century(_ordinal(match["nth2"]))
    return Interval(first.start, last.end, "century") if first.start <= last.start else None


def _read_near_century(match: Match, published: date | None, direction: int) -> Interval | None:
    if published is None or match["which"] == "past":  # "the past century" is a duration up to now
        return None
    return century((published.year - 1) // 100 + 1 + _SHIFT[match["which"]])


def _read_era(match: Match, published: date | None, direction: int) -> Interval | None:
    year = int(match["era"] or match["era2"])
    return _years(year, year, "year") if year else None


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + 2000


@cache
def _fiscal() -> tuple[re.Pattern[str], re.Pattern[str]]:
    months = "|".join(sorted(date_words("months"), key=len, reverse=True))
    name = re.compile(
        r"(?:the )?(?:(?:fiscal|financial|budget|fy) ?(?:year )?'?(?P<a>[12]\d{3}|\d{2})(?:[-/](?P<a2>\d{2,4}))?"
        r"|(?P<b>[12]\d{3})(?:[-/](?P<b2>\d{2,4}))? (?:fiscal|financial|budget) year)"
    )
    bound = re.compile(
        r"\b(?:(?P<start>began|begins?|beginning|started|starts?|starting|(?:runs?|ran) from)|ended|ends?|ending) (?:on |in )?"
        rf"(?:(?:the )?(?P<day>\d{{1,2}}) )?(?P<month>{months})\.?(?: (?P<day2>\d{{1,2}}))?(?:,? (?P<year>[12]\d{{3}}))?"
    )
    return name, bound


def read_fiscal(expression: str, behind: str) -> Interval | None:
    """Read a fiscal year by the bound that the sentence gives behind it ("which began on October 1"); without one, None.

    Both in lower case. A year with one number is named by its end.
    """
    name, bound = (pattern for pattern in _fiscal())
    match, told = name.fullmatch(expression), bound.search(behind)
    if match is None or told is None:
        return None
    year, second = _full_year(match["a"] or match["b"]), match["a2"] or match["b2"]
    month, day = date_words("months")[told["month"]], int(told["day"] or told["day2"] or 0)
    if told["start"]:
        begin = date(int(told["year"]) if told["year"] else year if second or month == 1 else year - 1, month, day or 1)
        return Interval(begin, begin.replace(year=begin.year + 1) - timedelta(days=1), "year")
    end_year = int(told["year"]) if told["year"] else year + 1 if second else year
    end = date(end_year, month, day) if day else whole_month(end_year, month).end
    return Interval((end + timedelta(days=1)).replace(year=end.year - (0 if (month, end.day) == (12, 31) else 1)), end, "year")


def _quarter(text: str) -> int:
    return int(text) if text.isdigit() else int(date_words("quarters")[text])


def _read_quarter(match: Match, published: date | None, direction: int) -> Interval | None:
    month = 3 * _quarter(match["quarter"]) - 2
    if match["year"]:
        return three_months(_full_year(match["year"]), month, "quarter")
    if published is None:
        return None
    ahead = direction > 0 or month <= published.month
    return three_months(published.year if ahead else published.year - 1, month, "quarter")


def _read_quarters(match: Match, published: date | None, direction: int) -> Interval | None:
    first, last = _quarter(match["quarter"]), _quarter(match["quarter2"])
    year = int(match["year"]) if match["year"] else published.year if published else None
    if year is None or last < first:
        return None
    return Interval(date(year, 3 * first - 2, 1), whole_month(year, 3 * last).end, "quarter")


def _read_months(match: Match, published: date | None, direction: int) -> Interval | None:
    first, last = date_words("months")[match["month"]], date_words("months")[match["month2"]]
    if (last - first) % 12 != 2 or (published is None and not match["year"]):
        return None
    year = int(match["year"]) if match["year"] else 0
    if published and not year:
        year = published.year if first <= published.month or direction > 0 else published.year - 1
    return three_months(year, first, "quarter")


def _read_months_to(match: Match, published: date | None, direction: int) -> Interval | None:
    said = match["count"]
    count = int(said) if said.isdigit() else int(date_words("numbers").get(said, 0))
    end = re.fullmatch(r"(?:the end of )?(?P<month>[a-z]+)(?: (?P<day>\d{1,2}))?(?:,? (?P<year>[12]\d{3}))?", match["end"])
    month = date_words("months").get(end["month"]) if end else None
    if end is None or month is None or not 1 < count <= 24 or (published is None and not end["year"]):
        return None
    year = int(end["year"]) if end["year"] else 0
    if published and not year:
        year = published.year if month <= published.month else published.year - 1
    last = whole_month(year, month)
    return Interval(date(*shift_month(last.start, 1 - count), 1), last.end, "month")


def _read_season_of(match: Match, published: date | None, direction: int) -> Interval | None:
    return three_months(int(match["year"]), date_words("seasons")[match["season"]], "season")


def _read_season(match: Match, published: date | None, direction: int) -> Interval | None:
    """Read "the spring" where the clause looks back or ahead; "in winter" is a set as often as a date."""
    if published is None or direction == 0 or not (match[0].startswith("the ") or match["part"]):
        return None
    return _third_of(_nearest_season(date_words("seasons")[match["season"]], published, direction), match["part"])


def _nearest_season(month: int, published: date, direction: int) -> Interval:
    seasons = [three_months(published.year + step, month, "season") for step in (-1, 0, 1)]
    if direction < 0:
        return [one for one in seasons if one.start <= published][-1]
    return next(one for one in seasons if one.end >= published)


def _third_of(season: Interval, part: str | None) -> Interval:
    if part is None:
        return season
    return whole_month(*shift_month(season.start, ("early", "mid", "late").index(part)))


def _read_this_season(match: Match, published: date | None, direction: int) -> Interval | None:
    if published is None:
        return None
    month = date_words("seasons")[match["season"]]
    if "past" in match[0] or "coming" in match[0]:
        return _nearest_season(month, published, -1 if "past" in match[0] else 1)
    seasons = [three_months(published.year + step, month, "season") for step in (-1, 0)]
    return seasons[0] if published <= seasons[0].end else seasons[1]


def _read_weekend(match: Match, published: date | None, direction: int) -> Interval | None:
    if published is None:
        return None
    step = {"past": -1, "coming": 1}.get(match["side"] or "", direction)
    if step == 0:
        step = 1 if match[0].startswith("this") or published.weekday() >= 3 else -1
    week = date.toordinal(published) - published.weekday()
    saturday = date.fromordinal(week + 5 - (7 if step < 0 and published.weekday() < 5 else 0))
    return Interval(saturday, date.fromordinal(saturday.toordinal() + 1), "day")
