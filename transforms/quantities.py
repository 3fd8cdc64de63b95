"""The dates, times, amounts and numbers of a document, found by the model and by the shape of calendar dates, with their
values."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from spacy.tokens import Token

from transforms.calendar_intervals import Interval
from transforms.date_readers import date_words
from transforms.dates import read_date
from transforms.document import Document
from transforms.numbers import read_currency, read_number, read_ordinal, read_unit
from transforms.spans import Draft, SentenceParse, make_draft

_KINDS = frozenset({"DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "ORDINAL", "CARDINAL"})
_EDGES = frozenset("\"'“”‘’()[],;:")


@cache
def _calendar() -> re.Pattern[str]:
    """Match what is a date whatever the model says: a day or year beside a month, an ISO date."""
    names = sorted(date_words("months"), key=len, reverse=True)
    months = "|".join([*(name.capitalize() for name in names), *(name.upper() for name in names)])
    weekday = "(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?"
    day, year = r"[0-3]?\d(?:st|nd|rd|th)?", r"(?:,? [12]\d{3})?"
    return re.compile(
        rf"\b(?:{weekday}(?:{months})\.? {day}{year}|{weekday}{day} (?:of )?(?:{months})\b\.?{year}"
        rf"|(?:{months})\.?,? [12]\d{{3}}|[12]\d{{3}}([-/])\d\d\1\d\d(?!\d)|[0-3]?\d([./])[01]?\d\2[12]\d{{3}}"
        rf"|[0-3]?\d-(?:{months})-[12]\d{{3}})(?:\b|(?=T\d))"
    )


def find_quantities(document: Document, parses: Sequence[SentenceParse], names: Sequence[Draft]) -> list[Draft]:
    """Give the mentions of the number and date types, none overlapping a name."""
    taken = {(draft.sentence, index) for draft in names for index in range(draft.first, draft.last)}
    found: list[Draft] = []
    named: Interval | None = None
    for parse in parses:
        spans = _spans(parse, taken)
        for first, last, label in spans:
            draft = make_draft(parse, first, last, label, "name", "model")
            named = _value(draft, parse, document.published_date, named) or named
            found.append(draft)
    return found


def _spans(parse: SentenceParse, taken: set[tuple[int, int]]) -> list[tuple[int, int, str]]:
    spans: list[tuple[int, int, str]] = []
    used: set[int] = set()
    for match in _calendar().finditer(parse.text):
        first, last = parse.tokens(match.start(), match.end())
        for entity in parse.ents:  # the model may see more of it ("from March 3 to March 5")
            if entity.label_ == "DATE" and entity.start <= first and last <= entity.end:
                first, last = entity.start, entity.end
        if not used & set(range(first, last)) and not any((parse.index, index) in taken for index in range(first, last)):
            spans.append((*_trim(parse, first, last), "DATE"))
            used |= set(range(first, last))
    for entity in parse.ents:
        if entity.label_ not in _KINDS:
            continue
        first, last = _trim(parse, entity.start, entity.end)
        place = set(range(first, last))
        if first < last and not place & used and not any((parse.index, index) in taken for index in place):
            spans.append((first, last, entity.label_))
            used |= place
    return sorted(spans)


def _trim(parse: SentenceParse, first: int, last: int) -> tuple[int, int]:
    while first < last and parse.words[first] in _EDGES:
        first += 1
    while last > first and (parse.words[last - 1] in _EDGES or parse.words[last - 1] in ("'s", "’s")):
        last -= 1
    return first, last


def _value(draft: Draft, parse: SentenceParse, published: date | None, named: Interval | None) -> Interval | None:
    """Set the value of a draft; give the date that a later "two days earlier" counts from."""
    kind = draft.entity_type
    if kind in ("DATE", "TIME"):
        interval = read_date(draft.text, published, _direction(parse.doc[draft.root]), named)
        if interval is None and kind == "TIME":
            interval = _day_inside(draft.text, published)
        if interval is not None:
            draft.value_start, draft.value_end, draft.value_precision = interval.start, interval.end, interval.precision
            return interval
        return None
    if kind == "ORDINAL":
        draft.value_number = read_ordinal(draft.text)
        return None
    draft.value_number = read_number(draft.text)
    if kind == "MONEY":
        draft.unit = read_currency(draft.text)
    elif kind == "PERCENT":
        draft.unit = "%"
    elif kind == "QUANTITY":
        draft.unit = read_unit(draft.text)
    return None


def _day_inside(text: str, published: date | None) -> Interval | None:
    """Give the day of "about 9 p.m. on Tuesday": what follows the last "on", or its last words."""
    words = text.split()
    for count in (3, 2, 1):
        if len(words) > count:
            interval = read_date(" ".join(words[-count:]), published)
            if interval is not None and interval.precision == "day":
                return interval
    return None


def _direction(token: Token) -> int:
    """Tell where the clause of a token lies: ahead (1: "will meet on Friday", "plans to meet"), back (-1: "met"), open (0)."""
    until = token.head.lower_ in ("until", "till", "by")
    for above in token.ancestors:
        if above.pos_ not in ("VERB", "AUX"):
            continue
        words = {child.lower_ for child in above.children if child.dep_ in ("aux", "auxpass", "neg")}
        if words & date_words("future_words"):
            return 1
        governor = above.head
        if "to" in words and above.dep_ == "xcomp" and governor.tag_ in ("VBZ", "VBP") and governor.lemma_ == "be":
            return 1
        if "to" in words and above.dep_ in ("xcomp", "ccomp", "acl", "advcl") and governor.lemma_.lower() in date_words("ahead"):
            return 1
        if "to" in words and "going" in (above.lower_, governor.lower_):
            return 1
        if above.tag_ == "VBD" or words & {"was", "were", "had", "did"}:
            return -1
        if until and above.tag_ in ("VBZ", "VBP"):
            return 1
    return 0
