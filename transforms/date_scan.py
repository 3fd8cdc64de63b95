"""Finds the dates of a sentence over its tokens, whatever the model has seen of them.

Words that can stand in a date form runs; in each run with a word that makes a date (a month, a weekday, "ago", a year behind a
preposition) the longest stretch that means days is a date. Sentences without such a word cost one look at each token.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from transforms.calendar_intervals import Interval
from transforms.date_direction import direction_of
from transforms.date_holidays import holiday_names
from transforms.date_periods import read_fiscal
from transforms.date_readers import date_words, weekday_names
from transforms.dates import read_date
from transforms.spans import SentenceParse

_FIGURE = re.compile(r"['’]?\d{1,4}(?:st|nd|rd|th|s|['’]s|q)?|\d{1,2}T\d\d.*|q[1-4]|[1-4]q|h[12]|fy\d{2,4}", re.IGNORECASE)
_NUMERIC = re.compile(r"(?:\d{1,2}-)?[A-Z][a-z]{2,8}-[12]\d{3}|\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?:T.*)?|9/11|[12]\d{3}[-/–]\d{2,4}")
_YEAR = re.compile(r"1[1-9]\d\d|20\d\d|21\d\d")
_QUARTER = re.compile(r"Q[1-4]")
_DECADE = re.compile(r"(?:mid-)?[12]\d\d0['’]?s|['’][2-9]0s")
_LONGEST = 11
_UNITS = frozenset({"day", "week", "month", "quarter", "quarters", "year", "decade", "century", "centuries", "weekend"})
_NAMED = frozenset({"today", "tonight", "yesterday", "tomorrow"})
_FISCAL = frozenset({"fiscal", "fy", "financial"})
_BEFORE_CHRIST = frozenset({"bc", "b.c.", "bce", "b.c"})
_RANGES = frozenset({"to", "or", "-", "–"})
_OPEN, _LONG = frozenset({"than", "over", "least"}), frozenset({"year", "years", "decades"})
_CHANGES = frozenset({"from", "to", "about", "around", "than", "some"})
_OUR_ERA = frozenset({"ad", "a.d.", "ce"})
_OUR_ERA_AFTER = [[word] for word in sorted(_OUR_ERA)]
_OWNERS = frozenset({"his", "her", "their", "my", "our", "your", "its"})
_SETS = frozenset({"every", "each", "any"})


@dataclass(frozen=True, slots=True)
class FoundDate:
    """The tokens [first, last) of a sentence and the days they mean, None without a publication day to count from."""

    first: int
    last: int
    interval: Interval | None


@cache
def _kinds() -> dict[str, str]:
    """Give what each word of dates is: inside, unit, named, month, weekday, season, short (weekday), trigger."""
    kinds = dict.fromkeys(date_words("scan_inside"), "inside")
    kinds |= dict.fromkeys(date_words("numbers"), "inside") | dict.fromkeys(date_words("day_parts"), "inside")
    kinds |= dict.fromkeys(("days", "weeks", "months", "years", "decades", "fortnight", "hours"), "inside")
    kinds |= dict.fromkeys(_UNITS, "unit") | dict.fromkeys(_NAMED, "named")
    kinds |= dict.fromkeys(date_words("seasons"), "season") | {"ago": "trigger", "fiscal": "trigger"}
    kinds |= {name: "trigger" for name in date_words("decades") if name.isalpha()}
    kinds |= dict.fromkeys(date_words("short_weekdays"), "short") | dict.fromkeys(weekday_names(), "weekday")
    kinds |= dict.fromkeys(date_words("months"), "month") | {f"{name}.": "month" for name in date_words("months")}
    return kinds | {f"{name}.": "weekday" for name in date_words("short_weekdays")}


def holiday_spans(parse: SentenceParse) -> dict[int, int]:
    """Give the tokens at which names of holidays and of quarters ("Q3") begin and end in a sentence."""
    names, found = holiday_names(), {}
    for index, word in enumerate(parse.lower):
        if _QUARTER.fullmatch(parse.words[index]):
            found[index] = index + 1
        elif word.rstrip(".") in names and parse.words[index][0].isupper():
            rest = parse.text[parse.starts[index] : parse.starts[index] + 40].lower().replace("’", "'")
            name = next((name for name in names[word.rstrip(".")] if rest.startswith(name)), None)
            if name is not None:
                end = parse.starts[index] + len(name)
                last = parse.tokens(parse.starts[index], end)[1]
                if parse.ends[last - 1] == end and not _modifies_name(parse, last - 1):
                    has_year = last < len(parse.words) and _YEAR.fullmatch(parse.words[last])
                    found[index] = last + 1 if has_year else last
    return found


def _modifies_name(parse: SentenceParse, index: int) -> bool:
    """Tell whether a token is a part of a longer name ("Easter Rising")."""
    token = parse.doc[index]
    return token.dep_ == "compound" and token.head.i > index and token.head.text[0].isupper()


def find_dates(
    parse: SentenceParse, published: date | None, named: Interval | None, taken: frozenset[int] = frozenset()
) -> Iterator[FoundDate]:
    """Give the dates of a sentence from left to right, none on tokens that are `taken` by names."""
    inside, triggers = _marks(parse, taken)
    if not triggers:
        return
    first = 0
    for trigger in triggers:
        if trigger < first:
            continue
        start = trigger
        while start > first and inside[start - 1] and trigger - start < _LONGEST:
            start -= 1
        end = trigger + 1
        while end < len(inside) and inside[end] and end - trigger < _LONGEST:
            end += 1
        found = _longest(parse, start, trigger, end, published, named)
        if found is not None:
            yield found
            first, named = found.last, found.interval or named


def _marks(parse: SentenceParse, taken: frozenset[int]) -> tuple[list[bool], list[int]]:
    """Tell of each token whether it can stand in a date, and which make one."""
    kinds, inside, triggers = _kinds(), [], []
    holidays = holiday_spans(parse)
    holiday_end = 0
    for index, word in enumerate(parse.words):
        holiday_end = holidays.get(index, holiday_end)
        kind = "holiday" if index < holiday_end else kinds.get(parse.lower[index], "")
        if (
            not kind
            and (word[0] in "0123456789'’QqHhFf" or "-" in word)
            and (match := _NUMERIC.fullmatch(word) or _FIGURE.fullmatch(word))
        ):
            kind = "numeric" if match.re is _NUMERIC else "figure"
        if kind != "holiday" and index in taken:
            kind = ""
        inside.append(kind != "")
        if kind and kind != "inside" and _is_trigger(parse, index, kind):
            triggers.append(index)
    return inside, triggers


def _is_trigger(parse: SentenceParse, index: int, kind: str) -> bool:
    word, lower = parse.words[index], parse.lower
    before = lower[index - 1] if index else ""
    after = lower[index + 1] if index + 1 < len(lower) else ""
    if kind in ("trigger", "holiday", "numeric", "named"):
        return True
    if kind == "unit":
        return before in date_words("scan_relative") or before in date_words("century_ordinals") or before in ("-", "–") or (
            lower[index] in ("quarter", "quarters", "century", "centuries")
        )  # fmt: skip
    if kind == "season":
        return parse.tags[index] in ("NOUN", "PROPN")
    if kind == "weekday":
        return word[0].isupper() and not names_something(parse, index)
    if kind == "short":
        return word[0].isupper() and after == "."
    if kind == "month":
        beside = before[:1].isdigit() or after[:1].isdigit() or before in ("of", "the") or before in date_words("day_ordinals")
        bare = parse.tags[index] == "PROPN" and (before in date_words("scan_prepositions") or after in ("and", "to", "-", "–"))
        return word[0].isupper() and (beside or bare)
    return _figure_is_date(parse, index, before)


def _figure_is_date(parse: SentenceParse, index: int, before: str) -> bool:
    word = parse.words[index]
    if _DECADE.fullmatch(word) or word[0] in "Qq" or word[-1] in "Qq" or word[:2] in ("FY", "H1", "H2"):
        return True
    if word.isdigit() and (before in _OUR_ERA or parse.lower[index + 1 : index + 2] in _OUR_ERA_AFTER):
        return True
    if _YEAR.fullmatch(word) is None:
        return False
    if parse.lower[index + 1 : index + 2] == ["-"] and parse.lower[index + 3 : index + 4] == ["-"]:  # 2016-12-30T23:41
        return True
    return before in date_words("scan_prepositions") and not is_count(parse, index)


def names_something(parse: SentenceParse, index: int) -> bool:
    """Tell whether a capitalised weekday or month is part of a name ("Friday Pilots"), by the word it modifies."""
    token = parse.doc[index]
    following = parse.doc[index + 1] if index + 1 < len(parse.words) else None
    return (
        following is not None
        and token.dep_ == "compound"
        and token.head.i > index
        and following.tag_ in ("NNP", "NNPS")
        and following.text[0].isupper()
        and following.lower_ not in date_words("months")
        and (index == 0 or parse.doc[index - 1].pos_ != "ADP")
        and following.lower_ not in date_words("day_parts")
    )


def is_count(parse: SentenceParse, index: int) -> bool:
    """Tell whether a figure that could be a year counts something or is a house number or a title."""
    words, lower = parse.words, parse.lower
    after = lower[index + 1] if index + 1 < len(lower) else ""
    if after in date_words("counted"):
        return True
    before = lower[index - 1] if index else ""
    if words[index] < "1800" and before in _CHANGES:  # "up from 1500"
        return True
    if index and parse.tags[index - 1] == "PROPN" and words[index - 1][0].isupper() and _kinds().get(before) is None:
        return True
    if after and words[index + 1][0].isupper() and date_words("streets") & set(lower[index + 1 : index + 5]):
        return True
    return index > 1 and before in ("'s", "’s") and parse.tags[index - 2] == "PROPN" and (
        index + 1 == len(lower) or parse.tags[index + 1] not in ("NOUN", "ADJ", "PROPN", "NUM")
    )  # fmt: skip


def _longest(
    parse: SentenceParse, start: int, trigger: int, end: int, published: date | None, named: Interval | None
) -> FoundDate | None:
    not_first, not_last = date_words("scan_not_first"), date_words("scan_not_last")
    spans = sorted(
        ((last - first, -first, last) for first in range(start, trigger + 1) for last in range(trigger + 1, end + 1)), reverse=True
    )
    for length, minus_first, last in spans:
        first = -minus_first
        if length > _LONGEST or parse.lower[first] in not_first or parse.lower[last - 1] in not_last:
            continue
        if parse.lower[last - 1] in ("before", "after") and not _stands_alone(parse, last):
            continue
        if (parse.tags[first] == "VERB" and parse.words[first].islower()) or cuts_figures(parse, first, last):
            continue
        text = parse.text[parse.starts[first] : parse.ends[last - 1]]
        direction = direction_of(parse.doc[parse.root(first, last)], in_caption=parse.in_caption)
        interval = read_date(text, published, direction, named)
        if interval is None and not _FISCAL.isdisjoint(parse.lower[first:last]):
            interval = read_fiscal(" ".join(text.lower().split()), parse.text[parse.ends[last - 1] :].lower())
        if interval is None and published is None and read_date(text, date(2000, 1, 1), direction) is None:
            continue
        if interval is None and published is not None:
            continue
        if is_undated(parse, first, last):
            return None
        return FoundDate(first, last, interval)
    return None


def _stands_alone(parse: SentenceParse, last: int) -> bool:
    return last == len(parse.words) or parse.tags[last] == "PUNCT"


def cuts_figures(parse: SentenceParse, first: int, last: int) -> bool:
    """Tell whether a stretch leaves out the day before its month or the year behind its day: "31 April 2017" is no April."""
    before, after = parse.words[first - 1] if first else "", parse.words[last] if last < len(parse.words) else ""
    months = date_words("months")
    if before.isdigit() and len(before) < 3 and parse.lower[first].rstrip(".") in months:
        return True
    return _YEAR.fullmatch(after) is not None and (parse.lower[last - 1].rstrip(".") in months or parse.words[last - 1].isdigit())


def is_undated(parse: SentenceParse, first: int, last: int) -> bool:
    """Tell whether what looks like a date has no days: a set ("every year on 13 May"), a time before Christ, an age ("in their
    seventies"), "the leaders of tomorrow", a question ("Q1 of the survey"), a fiscal year, a quarter of a game."""
    lower = parse.lower
    before = lower[first - 1] if first else ""
    after = lower[last] if last < len(lower) else ""
    if not _SETS.isdisjoint(lower[max(0, first - 4) : first]) or after in _BEFORE_CHRIST:
        return True
    if after.isdigit() and lower[last + 1 : last + 2] and lower[last + 1] in _BEFORE_CHRIST:
        return True
    if not _FISCAL.isdisjoint(lower[max(0, first - 2) : first]):
        return True
    if lower[last - 1] == "ago" and (before in _RANGES or (before in _OPEN and not _LONG.isdisjoint(lower[first:last]))):
        return True
    if lower[last - 1] in date_words("seasons") and after == "of":
        return True
    if before in _OWNERS and lower[last - 1][-1] == "s":
        return True
    if lower[last - 1] in _NAMED and before == "of" and first > 1 and parse.tags[first - 2] == "NOUN":
        return True
    if after == "of" and last == first + 1 and lower[first][0] in "qh" and lower[first][1:].isdigit():
        return lower[last : last + 3] != ["of", "the", "year"]
    if lower[last - 1] != "quarter" or any(word[0].isdigit() for word in parse.words[first:last]):
        return False
    return not date_words("game_words").isdisjoint(lower)
