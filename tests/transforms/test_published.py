"""Publication times: what is read, how exactly, and what is left alone."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.published import UNKNOWN, parse_published


@pytest.mark.parametrize(
    ("value", "at", "day", "precision", "offset"),
    [
        ("2024-03-19 19 Mar. 21:30 (UTC+3 MSK)", "2024-03-19T18:30:00", "2024-03-19", "minute", 180),
        ("2024-03-19 19 Mar. 21:30:15 (UTC-05:30)", "2024-03-20T03:00:15", "2024-03-19", "second", -330),
        ("2024-03-19 19 Mar. 21:30 (UTC)", "2024-03-19T21:30:00", "2024-03-19", "minute", 0),
        ("2024-03-19 19 Mar. 21:30 (UTC+5 IST)", "2024-03-19T16:30:00", "2024-03-19", "minute", 300),
        ("2024-03-19T21:30:05.123456+03:00", "2024-03-19T18:30:05", "2024-03-19", "second", 180),
        ("2024-03-19T21:30:00Z", "2024-03-19T21:30:00", "2024-03-19", "second", 0),
        ("20240319T213000Z", "2024-03-19T21:30:00", "2024-03-19", "second", 0),
        ("2024-03-19T21:30+0530", "2024-03-19T16:00:00", "2024-03-19", "minute", 330),
        ("2024-12-31 23:30 -02:00", "2025-01-01T01:30:00", "2024-12-31", "minute", -120),
        ("Tue, 19 Mar 2024 21:30:00 +0300", "2024-03-19T18:30:00", "2024-03-19", "second", 180),
        ("Tue, 19 Mar 2024 21:30:00 GMT", "2024-03-19T21:30:00", "2024-03-19", "second", 0),
        ("March 19th, 2024 9:30 PM EST", "2024-03-20T02:30:00", "2024-03-19", "minute", -300),
        ("12:05 a.m. MSK, 19 March 2024", "2024-03-18T21:05:00", "2024-03-19", "minute", 180),
        ("1710873000", "2024-03-19T18:30:00", "2024-03-19", "second", None),
        ("1710873000123", "2024-03-19T18:30:00", "2024-03-19", "second", None),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59", "2016-12-31", "second", 0),
    ],
)
def test_moments_need_an_offset(value: str, at: str, day: str, precision: str, offset: int | None) -> None:
    found = parse_published(value)
    assert found.published_at == datetime.fromisoformat(f"{at}+00:00")
    assert (found.published_date, found.published_precision) == (date.fromisoformat(day), precision)
    assert found.utc_offset_minutes == offset


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-19",
        "2024/3/19",
        "20240319",
        "19.03.2024",
        "19/03/2024",
        "March 19, 2024",
        "19 March 2024",
        "19th of March, 2024",
        "Tuesday, March 19, 2024",
        "19-Mar-2024",
        "2024-03-19 21:30:00",
        "2024-03-19 21:30 IST",
        "20240319213000",
        "2024-03-19 25:61 UTC",
        "2024-03-19 19 Mar.",
    ],
)
def test_without_offset_or_time_only_the_day_is_known(value: str) -> None:
    found = parse_published(value)
    assert (found.published_at, found.published_date, found.published_precision) == (None, date(2024, 3, 19), "day")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "01/02/2024",
        "2024-02-31",
        "2024-13-01",
        "in May 2024",
        "2024",
        "The deal of March 19, 2024 failed",
        "0001-01-01T00:00Z",
        "x" * 999,
    ],
)
def test_what_is_ambiguous_impossible_or_prose_is_not_read(value: str) -> None:
    assert parse_published(value) == UNKNOWN


def test_the_key_tells_moments_of_different_precision_and_days_apart() -> None:
    values = ["2024-03-19", "2024-03-19T00:00Z", "2024-03-19T00:00:00Z", ""]
    assert len({parse_published(value).key for value in values}) == 4
    assert parse_published("2024-03-19T03:00+03:00").key == parse_published("2024-03-19T00:00Z").key


@given(st.datetimes(datetime(1001, 1, 2), datetime(9998, 12, 30)), st.integers(-18 * 60, 18 * 60))
@settings(max_examples=100, deadline=None)
def test_iso_moments_come_back(moment: datetime, minutes: int) -> None:
    local = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    found = parse_published(local.isoformat())
    assert found.published_at == local
    assert (found.published_date, found.utc_offset_minutes) == (local.date(), minutes)


@given(st.text(alphabet="0123456789-/.: T+ZUCGMarchapm()", max_size=40) | st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_value_raises(value: str) -> None:
    found = parse_published(value)
    assert (found.published_precision == "none") == (found.published_date is None)
    assert (found.published_at is not None) == (found.published_precision in {"second", "minute"})
