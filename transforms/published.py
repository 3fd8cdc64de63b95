"""Reads when a text was published, from the many ways in which records, header lines and datelines write it.

A moment is only known with an offset from UTC: a time of day without one gives the day alone (precision "day", published_at None),
because to take it for UTC would be an invention of up to half a day. All-number dates that can be read in two ways give nothing.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from transforms.wordlists import numbers, words

_MONTHS = numbers("time", "months")
_ZONES = numbers("time", "zones")
_NOISE = words("time", "noise", "words")
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ZONE = "|".join(sorted(_ZONES, key=len, reverse=True))

_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?=$|\D|\d{4}(?:\d\d)?(?:\D|$))",
        rf"\b(?P<b>{_MONTH})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})\b",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+|-|\s+of\s+)(?P<b>{_MONTH})\b\.?(?:,?\s+|-)(?P<y>\d{{4}})\b",
        r"(?<!\d)(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?!\d)",
        r"(?<!\d)(?P<p>\d{1,2})/(?P<q>\d{1,2})/(?P<y>\d{4})(?!\d)",
    )
)
_TIME = re.compile(
    r"(?<![\d:])(?P<h>\d{1,2}):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,]\d{1,9})?)?(?![\d:])\s*(?P<ap>[ap]\.?m\b\.?)?", re.IGNORECASE
)
_BASIC_TIME = re.compile(r"^\s*T?(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?(?!\d)(?P<ap>)")
_OFFSET = re.compile(r"(?:\b(?:utc|gmt))?\s*(?P<sign>[+\-−])(?P<h>\d{1,2})(?::?(?P<m>\d\d))?(?!\d)", re.IGNORECASE)
_NAMED_ZONE = re.compile(rf"(?<![^\W\d_])(?P<zone>{_ZONE})\b", re.IGNORECASE)
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.(\d+))?")
_DAY_AND_MONTH = re.compile(rf"\b(?:\d{{1,2}}\s+(?:{_MONTH})|(?:{_MONTH})\.?\s+\d{{1,2}})\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Published:
    """Columns of the table documents: published_at (UTC), published_date (the publisher's local day), precision and offset."""

    published_at: datetime | None = None
    published_date: date | None = None
    published_precision: str = "none"
    utc_offset_minutes: int | None = None

    @property
    def key(self) -> str:
        """The part of document_id that tells the publication: the moment with its precision, else the day, else nothing."""
        if self.published_at is not None:
            return self.published_at.isoformat(timespec="minutes" if self.published_precision == "minute" else "seconds")
        return self.published_date.isoformat() if self.published_date else ""


UNKNOWN: Final = Published()


def parse_published(value: str) -> Published:
    """Read a publication time: ISO 8601, RFC 2822, epoch seconds or milliseconds, "19 March 2024 21:30 (UTC+3 MSK)" and the like.

    Gives UNKNOWN when the value holds no such time, or holds words that don't belong to one.
    """
    value = value.strip()
    if (epoch := _EPOCH.fullmatch(value)) and not _is_compact(value):
        return _from_epoch(epoch)
    found = next((match for match in (pattern.search(value) for pattern in _DATES) if match), None)
    if found is None or len(value) > 200:
        return UNKNOWN
    day = _day(found)
    if day is None:
        return UNKNOWN
    rest = value[: found.start()] + " " + value[found.end() :]
    rest = re.sub(r"(?<!\w)T(?=\d)", " ", rest)
    time = _TIME.search(rest)
    basic = _BASIC_TIME.match(value[found.end() :]) if time is None else None
    if time is not None:
        offset, minutes = _offset(rest[time.end() :])
        rest = rest[: time.start()] + " " + offset
    elif basic is not None:
        offset, minutes = _offset(value[found.end() + basic.end() :])
        rest = value[: found.start()] + " " + offset
    else:
        rest, minutes = _offset(rest)
    if not _is_noise(_DAY_AND_MONTH.sub(" ", rest)):
        return UNKNOWN
    clock = time or basic
    if clock is None or minutes is None:
        return Published(None, day, "day", minutes)
    return _moment(day, clock, minutes)


def _is_compact(value: str) -> bool:
    return len(value) == 12 and value[:2] in {"19", "20"} and "01" <= value[4:6] <= "12"


def _from_epoch(epoch: re.Match[str]) -> Published:
    number = int(epoch[1])
    seconds = number // 1000 if len(epoch[1]) > 10 else number
    at = datetime.fromtimestamp(seconds, UTC)
    return Published(at, at.date(), "second", None)


def _day(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    if parts.get("p"):
        first, second = int(parts["p"]), int(parts["q"])
        if first != second and first <= 12 and second <= 12:
            return None
        month, day = (second, first) if first > 12 else (first, second)
    else:
        month = _MONTHS[parts["b"].lower()] if parts.get("b") else int(parts["m"])
        day = int(parts["d"])
    year = int(parts["y"])
    try:
        return date(year, month, day) if 1000 <= year <= 9998 else None
    except ValueError:
        return None


def _offset(rest: str) -> tuple[str, int | None]:
    """Find the offset from UTC behind a time of day; gives what is left of the text, and the minutes."""
    if found := _OFFSET.search(rest):
        minutes = int(found["h"]) * 60 + int(found["m"] or 0)
        left = rest[: found.start()] + " " + rest[found.end() :]
        left = _NAMED_ZONE.sub(" ", left)
        # Behind a numeric offset stands at most the zone's name, which may be one of those that mean several zones.
        left = re.sub(r"\b[A-Z]{2,5}\b", " ", left)
        if minutes > 18 * 60:
            return rest, None
        return left, minutes if found["sign"] == "+" else -minutes
    if found := _NAMED_ZONE.search(rest):
        return rest[: found.start()] + " " + rest[found.end() :], _ZONES[found["zone"].lower()]
    return rest, None


def _moment(day: date, clock: re.Match[str], minutes: int) -> Published:
    hour, minute, second = int(clock["h"]), int(clock["mi"]), int(clock["s"] or 0)
    if clock["ap"]:
        if not 1 <= hour <= 12:
            return UNKNOWN
        hour = hour % 12 + (12 if clock["ap"].lower().startswith("p") else 0)
    try:
        local = datetime(
            day.year, day.month, day.day, hour, minute, 59 if second == 60 else second, tzinfo=timezone(timedelta(minutes=minutes))
        )
    except ValueError:
        return Published(None, day, "day")
    return Published(local.astimezone(UTC), day, "second" if clock["s"] else "minute", minutes)


def _is_noise(rest: str) -> bool:
    """Tell whether nothing but weekdays, small words and marks is left (an unknown zone in capitals is let through, unread)."""
    left = [word for word in re.findall(r"[^\W_]+", rest) if word.lower() not in _NOISE]
    return all(word.isupper() and word.isascii() and word.isalpha() and 2 <= len(word) <= 5 for word in left) and len(left) <= 1
