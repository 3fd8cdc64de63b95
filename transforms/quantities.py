"""The dates, times, amounts and numbers of a document, found by the model and by a scan of our own, with their values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from transforms.amounts import Amount, find_amounts, is_money_sign
from transforms.calendar_intervals import Interval
from transforms.date_direction import direction_of
from transforms.date_readers import date_words
from transforms.date_scan import FoundDate, cuts_figures, find_dates, holiday_spans, is_count, is_undated, names_something
from transforms.dates import read_date
from transforms.document import Document
from transforms.numbers import in_minor_units, read_currency, read_number, read_ordinal, read_unit
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
        dated = {index for one in dates for index in range(one.first, one.last)}
        amounts = list(find_amounts(parse, dated | used))
        for span in _spans(parse, dates, amounts, used, published):
            draft = make_draft(parse, span.first, span.last, span.label, "name", "rule" if span.found else "model")
            interval: Interval | None = None
            if isinstance(span.found, FoundDate):
                interval = span.found.interval
                _set_days(draft, interval)
            elif span.found is not None:
                draft.value_number, draft.unit = span.found.value, span.found.unit
            else:
                interval = _value(draft, parse, published, named)
            named = interval or named
            found.append(draft)
    return found


def without_values(names: Sequence[Draft], parses: Sequence[SentenceParse]) -> list[Draft]:
    """Leave out the names that are no more than a holiday ("Easter Monday") or a currency ("NOK"): find_quantities reads those."""
    by_sentence = {parse.index: (parse, holiday_spans(parse)) for parse in parses}
    kept = []
    for draft in names:
        parse, holidays = by_sentence[draft.sentence]
        words = " ".join(parse.words[draft.first : draft.last])
        if not is_money_sign(words) and not any(one <= draft.first and draft.last <= end for one, end in holidays.items()):
            kept.append(draft)
    return kept


@dataclass(frozen=True, slots=True)
class _Span:
    """Tokens [first, last) with their entity type, and what the scan has found there (None: it is the model's alone)."""

    first: int
    last: int
    label: str
    found: FoundDate | Amount | None = None


def _spans(
    parse: SentenceParse, dates: Sequence[FoundDate], amounts: Sequence[Amount], taken: frozenset[int], published: date | None
) -> list[_Span]:
    """Give the stretches of the model and of the scans; what a scan has found gives way to a date of the model that says more."""
    left_dates = list(dates)
    scanned = {index: _Span(one.first, one.last, one.entity_type, one) for index, one in enumerate(amounts)}
    model: list[_Span] = []
    for entity in parse.ents:
        if entity.label_ not in _KINDS:
            continue
        first, last = _trim(parse, entity.start, entity.end)
        while last - first > 1 and entity.label_ in ("MONEY", "PERCENT", "QUANTITY") and parse.tags[last - 1] == "ADV":
            last -= 1  # "30 pence overnight"
        span = _Span(first, last, entity.label_)
        inner = [one for one in left_dates if one.first < last and first < one.last]
        if inner and _says_more(parse, span, inner, published):
            left_dates = [one for one in left_dates if one not in inner]
            inner = []
        wins = not inner
        for index, one in list(scanned.items()):
            if one.first < last and first < one.last:
                merged = _merged(span, one)
                wins = wins and merged is None
                if merged is None:
                    del scanned[index]
                else:
                    scanned[index] = merged
        if wins and first < last and not _is_no_date(parse, first, last, entity.label_):
            model.append(span)
    spans: list[_Span] = []
    used = set(taken)
    for one in (*scanned.values(), *model):
        if used.isdisjoint(range(one.first, one.last)):
            spans.append(one)
            used.update(range(one.first, one.last))
    spans += [
        _Span(found.first, found.last, "DATE", found)
        for found in left_dates
        if used.isdisjoint(set(range(found.first, found.last)) - taken)
    ]
    return sorted(spans, key=lambda one: one.first)


def _says_more(parse: SentenceParse, span: _Span, inner: Sequence[FoundDate], published: date | None) -> bool:
    """Tell whether the model's date holds the scan's and more: it has days of its own, or is a set or a duration."""
    if span.label not in ("DATE", "TIME") or (inner[0].first, inner[-1].last) == (span.first, span.last):
        return False
    if not all(span.first <= one.first and one.last <= span.last for one in inner):
        return False
    if not date_words("no_value").isdisjoint(parse.lower[span.first : span.last]):
        return True
    return _reads(parse, span.first, span.last, span.label, published)


def _merged(model: _Span, scan: _Span) -> _Span | None:
    """Give what stands where the model and the scan for amounts overlap; None where the model's is kept."""
    covers = model.first <= scan.first and scan.last <= model.last
    longer = (model.first, model.last) != (scan.first, scan.last)
    if covers and model.label == scan.label:
        return _Span(model.first, model.last, scan.label, scan.found)
    if covers and longer and model.label in ("DATE", "TIME") and scan.label == "CARDINAL":  # "10 to 15 years"
        return None
    pounds = isinstance(scan.found, Amount) and scan.found.unit == "GBP" and (scan.found.value or 0) >= 1
    if model.label == "QUANTITY" and pounds and covers:  # "20 pounds" of salt
        return None
    return scan


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
        if is_undated(parse, draft.first, draft.last) or cuts_figures(parse, draft.first, draft.last):
            return None
        interval = read_date(draft.text, published, direction_of(parse.doc[draft.root], in_caption=parse.in_caption), named)
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
        if draft.value_number is not None and in_minor_units(draft.text):
            draft.value_number /= 100
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
