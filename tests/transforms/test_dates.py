from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dates import read_date

PUBLISHED = date(2024, 3, 19)  # a Tuesday


@pytest.mark.parametrize(
    ("expression", "start", "end", "precision"),
    [
        ("19 March 2024", "2024-03-19", "2024-03-19", "day"),
        ("March 19, 2024", "2024-03-19", "2024-03-19", "day"),
        ("the 19th of March 2024", "2024-03-19", "2024-03-19", "day"),
        ("Tuesday, 19 March 2024", "2024-03-19", "2024-03-19", "day"),
        ("2024-03-19", "2024-03-19", "2024-03-19", "day"),
        ("19/3/2024", "2024-03-19", "2024-03-19", "day"),
        ("3/19/2024", "2024-03-19", "2024-03-19", "day"),
        ("Sept. 30", "2023-09-30", "2023-09-30", "day"),
        ("28 March", "2024-03-28", "2024-03-28", "day"),
        ("12-14 March 2024", "2024-03-12", "2024-03-14", "day"),
        ("March 12 to 14", "2024-03-12", "2024-03-14", "day"),
        ("28 February - 2 March 2024", "2024-02-28", "2024-03-02", "day"),
        ("December 30 to January 2", "2023-12-30", "2024-01-02", "day"),
        ("March 2024", "2024-03-01", "2024-03-31", "month"),
        ("early February 2023", "2023-02-01", "2023-02-10", "day"),
        ("in May", "2024-05-01", "2024-05-31", "month"),
        ("last December", "2023-12-01", "2023-12-31", "month"),
        ("next January", "2025-01-01", "2025-01-31", "month"),
        ("June of last year", "2023-06-01", "2023-06-30", "month"),
        ("2024", "2024-01-01", "2024-12-31", "year"),
        ("in mid-2022", "2022-01-01", "2022-12-31", "year"),
        ("2024-2026", "2024-01-01", "2026-12-31", "year"),
        ("2023/24", "2023-01-01", "2024-12-31", "year"),
        ("between 2006 and 2019", "2006-01-01", "2019-12-31", "year"),
        ("the 1990s", "1990-01-01", "1999-12-31", "decade"),
        ("the late 1980s", "1987-01-01", "1989-12-31", "year"),
        ("on Tuesday", "2024-03-19", "2024-03-19", "day"),
        ("Wednesday", "2024-03-13", "2024-03-13", "day"),
        ("last Tuesday", "2024-03-12", "2024-03-12", "day"),
        ("next Friday", "2024-03-22", "2024-03-22", "day"),
        ("Monday night", "2024-03-18", "2024-03-18", "day"),
        ("Monday to Friday", "2024-03-11", "2024-03-15", "day"),
        ("today", "2024-03-19", "2024-03-19", "day"),
        ("yesterday", "2024-03-18", "2024-03-18", "day"),
        ("tomorrow morning", "2024-03-20", "2024-03-20", "day"),
        ("last night", "2024-03-18", "2024-03-18", "day"),
        ("tonight", "2024-03-19", "2024-03-19", "day"),
        ("this week", "2024-03-18", "2024-03-24", "week"),
        ("last week", "2024-03-11", "2024-03-17", "week"),
        ("last weekend", "2024-03-16", "2024-03-17", "day"),
        ("next month", "2024-04-01", "2024-04-30", "month"),
        ("this year", "2024-01-01", "2024-12-31", "year"),
        ("last quarter", "2023-10-01", "2023-12-31", "quarter"),
        ("two days ago", "2024-03-17", "2024-03-17", "day"),
        ("about three weeks ago", "2024-02-26", "2024-03-03", "week"),
        ("a month ago", "2024-02-01", "2024-02-29", "month"),
        ("10 years ago", "2014-01-01", "2014-12-31", "year"),
        ("spring 2023", "2023-03-01", "2023-05-31", "season"),
        ("the winter of 2022", "2022-12-01", "2023-02-28", "season"),
        ("last summer", "2023-06-01", "2023-08-31", "season"),
        ("the third quarter of 2023", "2023-07-01", "2023-09-30", "quarter"),
        ("Q2 2024", "2024-04-01", "2024-06-30", "quarter"),
        ("3Q 2023", "2023-07-01", "2023-09-30", "quarter"),
        ("the second and third quarters of 2023", "2023-04-01", "2023-09-30", "quarter"),
        ("the three months to June 2023", "2023-04-01", "2023-06-30", "month"),
        ("the 19th century", "1801-01-01", "1900-12-31", "century"),
        ("the late 18th century", "1767-01-01", "1800-12-31", "decade"),
        ("the XV century", "1401-01-01", "1500-12-31", "century"),
        ("the last century", "1901-01-01", "2000-12-31", "century"),
        ("AD 79", "0079-01-01", "0079-12-31", "year"),
        ("from Monday to Friday of next week", "2024-03-25", "2024-03-29", "day"),
        ("December 2022–February 2023", "2022-12-01", "2023-02-28", "month"),
        ("from 28 February to 2 March 2023", "2023-02-28", "2023-03-02", "day"),
        ("from the late 1990s to 2003", "1997-01-01", "2003-12-31", "year"),
        ("the third of May, 2023", "2023-05-03", "2023-05-03", "day"),
        ("Dec. '95", "1995-12-01", "1995-12-31", "month"),
        ("Easter Monday", "2024-04-01", "2024-04-01", "day"),
        ("Good Friday 2023", "2023-04-07", "2023-04-07", "day"),
        ("Orthodox Easter 2024", "2024-05-05", "2024-05-05", "day"),
        ("Thanksgiving 2023", "2023-11-23", "2023-11-23", "day"),
        ("the eve of Memorial Day 2023", "2023-05-28", "2023-05-28", "day"),
        ("the winter of 2022-23", "2022-12-01", "2023-02-28", "season"),
        ("the week of May 3, 2023", "2023-05-01", "2023-05-07", "week"),
        ("Friday the 13th", "2023-10-13", "2023-10-13", "day"),
    ],
)
def test_a_date_means_these_days(expression: str, start: str, end: str, precision: str) -> None:
    interval = read_date(expression, PUBLISHED)
    assert interval is not None
    assert (interval.start.isoformat(), interval.end.isoformat(), interval.precision) == (start, end, precision)


@pytest.mark.parametrize(
    "expression",
    [
        "three days",
        "every Tuesday",
        "the past two weeks",
        "several months",
        "annual",
        "daily",
        "3/4/2024",
        "31 April 2024",
        "recent years",
        "in winter",
        "decades",
        "48 hours",
        "two-year-old",
        "the day",
        "",
        "once",
        "more than a year",
        "the first half",
        "fiscal 2022",
        "more than 100 years ago",
        "10 to 15 years ago",
        "Independence Day",
    ],
)
def test_sets_durations_and_impossible_days_have_no_value(expression: str) -> None:
    assert read_date(expression, PUBLISHED) is None


@pytest.mark.parametrize("expression", ["on Tuesday", "yesterday", "last week", "in May", "5 May", "two days ago", "last summer"])
def test_relative_dates_have_no_value_without_a_publication_day(expression: str) -> None:
    assert read_date(expression, None) is None
    assert read_date(expression, PUBLISHED) is not None


def test_the_sentence_decides_whether_a_weekday_or_month_lies_ahead() -> None:
    ahead, back = read_date("Friday", PUBLISHED, 1), read_date("Friday", PUBLISHED, -1)
    assert ahead is not None
    assert back is not None
    assert (ahead.start, back.start) == (date(2024, 3, 22), date(2024, 3, 15))
    ahead, back = read_date("September", PUBLISHED, 1), read_date("September", PUBLISHED, -1)
    assert ahead is not None
    assert back is not None
    assert (ahead.start, back.start) == (date(2024, 9, 1), date(2023, 9, 1))


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_a_full_date_in_any_usual_form_is_that_day(day: date) -> None:
    forms = (
        f"{day.day} {day:%B} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%A}, {day.day} {day:%B} {day.year}",
        f"{day.year:04}-{day:%m-%d}",
    )
    for form in forms:
        interval = read_date(form, None)
        assert interval is not None
        assert interval.start == interval.end == day


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from([-1, 0, 1]))
def test_a_date_without_year_is_less_than_a_year_away(published: date, direction: int) -> None:
    for form in ("28 February", "on 31 December", "July", "Friday"):
        interval = read_date(form, published, direction)
        assert interval is not None
        assert abs(interval.start - published) < timedelta(days=366)


@given(st.text(max_size=40), st.none() | st.dates())
def test_any_text_is_read_without_error_and_no_interval_ends_before_it_begins(text: str, published: date | None) -> None:
    interval = read_date(text, published)
    assert interval is None or interval.start <= interval.end
