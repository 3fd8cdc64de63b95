"""Takes the header off a text: "Key: value" lines at its top, and the ` date 2024-03-19 19 Mar. 21:30 (UTC+3 MSK)` of wires.

A line counts as header only when nothing else fits: a date must parse as one, other keys need a blank line behind the block or
company in it. Everything else stays text.
"""

import re
from dataclasses import dataclass

from transforms.published import UNKNOWN, Published, parse_published
from transforms.wordlists import words

_FIELDS = {
    key: field for field in ("published", "title", "publisher", "language", "other") for key in words("layout", "headers", field)
}
_LINE = re.compile(r"[ \t]*([A-Za-z][A-Za-z ]{1,20}?)[ \t]*:[ \t]+(\S.*)")
_DATE_LINE = re.compile(r"[ \t]*(date|published)[ \t]+(\d.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """What a text says of itself; `body_start` is where the text begins behind it."""

    body_start: int = 0
    published: Published = UNKNOWN
    title: str | None = None
    publisher: str | None = None
    language: str | None = None


def read_header(text: str) -> Header:
    """Read the header lines at the top of a text whose line ends are line feeds."""
    start = len(text) - len(text.lstrip("\n"))
    position, found = start, []
    closed = False
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end]
        if not line.strip():
            closed = True
            break
        item = _header_line(line)
        if item is None:
            break
        found.append((end + 1, *item))
        position = end + 1
    if not closed and position < len(text) and not _is_header_without_blank([field for _, field, _, _ in found]):
        found = _leading_dates(found)
    values: dict[str, str] = {}
    published = UNKNOWN
    for _, field, value, moment in found:
        values.setdefault(field, value)
        published = moment if published is UNKNOWN else published
    body_start = min(found[-1][0], len(text)) if found else 0
    return Header(body_start, published, values.get("title"), values.get("publisher"), values.get("language"))


def _header_line(line: str) -> tuple[str, str, Published] | None:
    if len(line) > 400:
        return None
    if match := _DATE_LINE.fullmatch(line):
        published = parse_published(match[2])
        return None if published is UNKNOWN else ("published", match[2], published)
    match = _LINE.fullmatch(line)
    field = _FIELDS.get(match[1].lower()) if match else None
    if match is None or field is None:
        return None
    published = parse_published(match[2]) if field == "published" else UNKNOWN
    return None if field == "published" and published is UNKNOWN else (field, match[2].strip(), published)


def _is_header_without_blank(fields: list[str]) -> bool:
    return len(fields) >= 2 and "published" in fields


def _leading_dates(found: list[tuple[int, str, str, Published]]) -> list[tuple[int, str, str, Published]]:
    return found[:1] if found and found[0][1] == "published" else []
