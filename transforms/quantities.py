"""The dates, times, amounts and numbers of a document, found by the model and by a scan of our own, with their values."""

from collections.abc import Sequence
from datetime import date

from transforms.calendar_intervals import Interval
from transforms.date_direction import direction_of
from transforms.date_readers import date_words
from transforms.date_scan import FoundDate, find_dates, holiday_spans, is_count, is_undated, names_something
from transforms.dates import read_date
from transforms.document import Document
from transforms.numbers import read_currency, read_number, read_ordinal, read_unit
from transforms.spans import Draft, SentenceParse, make_draft

_KINDS = frozenset({"DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "ORDINAL", "CARDINAL"})
_EDGES = frozenset("\"'“”‘’()[],;:")


def find_quantities(document: Document, parses: Sequence[SentenceParse], names: Sequence[Draft]) -> list[Draft]:
    """Give the mentions of the number and date types, none overlapping a name."""
    taken: dict[int, set[int]] = {}
    for draft in names:
        taken.setdefault(draft.sentence, set()).update(range(draft.first, draft.last))
    found: list[Draft] = []
    named: Interval | None = None
    published = document.published_date
    for parse in parses:
        used = frozenset(taken.get(parse.index, ()))
        dates = list(find_dates(parse, published, named, used))
        by_start = {one.first: one for one in dates}
        for first, last, label, annotator in _spans(parse, dates, used, published):
            draft = make_draft(parse, first, last, label, "name", annotator)
            if annotator == "rule":
                interval = by_start[first].interval
                _set_days(draft, interval)
            else:
                interval = _value(draft, parse, published, named)
            named = interval or named
            found.append(draft)
    return found


def without_calendar(names: Sequence[Draft], parses: Sequence[SentenceParse]) -> list[Draft]:
    """Leave out the names that are no more than a holiday ("Easter Monday"): find_quantities gives those as dates."""
    by_sentence = {parse.index: holiday_spans(parse) for parse in parses}
    return [
        draft
        for draft in names
        if not any(first <= draft.first and draft.last <= last for first, last in by_sentence.get(draft.sentence, {}).items())
    ]


def _spans(
    parse: SentenceParse, dates: Sequence[FoundDate], taken: frozenset[int], published: date | None
) -> list[tuple[int, int, str, str]]:
    """Give the stretches of the model and of the scan; a date of the scan gives way to one of the model that says more."""
    spans: list[tuple[int, int, str, str]] = []
    used = set(taken)
    left = list(dates)
    for entity in parse.ents:
        if entity.label_ not in _KINDS:
            continue
        first, last = _trim(parse, entity.start, entity.end)
        inner = [one for one in left if one.first < last and first < one.last]
        if entity.label_ in ("DATE", "TIME") and inner and all(first <= one.first and one.last <= last for one in inner):
            says_more = (inner[0].first, inner[-1].last) != (first, last)
            if says_more and (
                _reads(parse, first, last, entity.label_, published) or date_words("no_value") & set(parse.lower[first:last])
            ):
                left = [one for one in left if one not in inner]
                inner = []
        if inner or first >= last or not used.isdisjoint(range(first, last)) or _is_no_date(parse, first, last, entity.label_):
            continue
        spans.append((first, last, entity.label_, "model"))
        used |= set(range(first, last))
    spans += [(one.first, one.last, "DATE", "rule") for one in left if used.isdisjoint(set(range(one.first, one.last)) - taken)]
    return sorted(spans)


def _reads(parse: SentenceParse, first: int, last: int, label: str, published: date | None) -> bool:
    text = parse.text[parse.starts[first] : parse.ends[last - 1]]
    return read_date(text, published) is not None or (label == "TIME" and _day_inside(text, published) is not None)


def _is_no_date(parse: SentenceParse, first: int, last: int, label: str) -> bool:
    """Tell whether what the model takes for a date is a count, a house number or part of a name."""
    if label != "DATE" or last != first + 1:
        return False
    return is_count(parse, first) if parse.words[first].isdigit() else names_something(parse, first)


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
        if is_undated(parse, draft.first, draft.last):
            return None
        interval = read_date(draft.text, published, direction_of(parse.doc[draft.root]), named)
        if interval is None and kind == "TIME":
            interval = _day_inside(draft.text, published)
        _set_days(draft, interval)
        return interval
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


def _set_days(draft: Draft, interval: Interval | None) -> None:
    if interval is not None:
        draft.value_start, draft.value_end, draft.value_precision = interval.start, interval.end, interval.precision


def _day_inside(text: str, published: date | None) -> Interval | None:
    """Give the day of "about 9 p.m. on Tuesday": what follows the last "on", or its last words."""
    words = text.split()
    for count in (3, 2, 1):
        if len(words) > count:
            interval = read_date(" ".join(words[-count:]), published)
            if interval is not None and interval.precision == "day":
                return interval
    return None
