"""The records of a .csv or .tsv: dialect and header are found from its beginning, rows are cut where the csv module cuts them.

A quoted field may hold line ends, so a row is known only by reading all before it. A quotation that nothing closes costs its own
line and no more: what was read in vain is read again from the next line.
"""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import Final

from flows.fields import Mapped, could_hold_text
from flows.streams import HEAD_BYTES, DamagedStreamError, Frame, Head

_BOM: Final = b"\xef\xbb\xbf"
_RESCANS: Final = 100
"""Quotations without an end that are mended in one reading; a file with more is no table, and its rest is one reject."""

_HOPELESS: Final = "too many quotations that nothing closes; nothing from here to the end of the file could be read"

csv.field_size_limit(1 << 40)  # a row is bounded by `record_bytes`, before the csv module sees it


@dataclass(frozen=True, slots=True)
class Table:
    """Dialect and header of a table. `first_row` is where the header begins, after a line "sep=;" of a spreadsheet."""

    delimiter: str
    quoting: int
    escape: str | None
    header: tuple[str, ...]
    first_row: int

    def rows(self, lines: Iterator[str], *, strict: bool = False) -> "Iterator[list[str]]":
        """The rows of some lines; `strict` about what stands behind a quotation. Raises csv.Error."""
        return csv.reader(lines, delimiter=self.delimiter, quoting=self.quoting, escapechar=self.escape, strict=strict)  # type: ignore[arg-type,return-value,unused-ignore]


def find_table(head: Head, file_format: str, names: Mapped) -> Table:
    """Choose the dialect under which the header names a text, and the most rows have as many cells as the header."""
    start = len(_BOM) if head.data.startswith(_BOM) else 0
    given = None
    first_line, _, _ = head.data[start:].partition(head.line_end)
    if first_line.strip().lower().startswith(b"sep=") and len(first_line.strip()) == 5:
        given = chr(first_line.strip()[4])
        start += len(first_line) + 1
    text = decoded(head.data[start:]).replace("\r\n", "\n").replace("\r", "\n")
    lines = list(StringIO(text, newline="\n"))  # not at U+2028 and the like, which stand within cells
    best: tuple[tuple[bool, float, int], Table] | None = None
    delimiters = [given] if given else ["\t"] if file_format == "tsv" else [",", ";", "\t", "|"]
    for delimiter in delimiters:
        unquoted = [(csv.QUOTE_NONE, None)] if file_format == "tsv" else []
        for quoting, escape in ((csv.QUOTE_MINIMAL, None), (csv.QUOTE_MINIMAL, "\\"), *unquoted):
            table = Table(delimiter, quoting, escape, (), start)
            rows = _sample(table, lines)
            header = tuple(name.strip() for name in rows[0]) if rows else ()
            alike = sum(len(row) == len(header) for row in rows[1:]) / max(1, len(rows) - 1)
            score = could_hold_text(dict.fromkeys(header), names) or "body" in _mapped(header, names), alike, len(header)
            if best is None or score > best[0]:
                best = score, replace(table, header=header)
    assert best is not None
    return best[1]


def _mapped(header: Sequence[str], names: Mapped) -> set[str]:
    return {target for target, paths in names if any(path in header for path in paths)}


def _sample(table: Table, lines: list[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(filter(None, table.rows(iter(lines))))
    except csv.Error:
        return rows
    return rows[:-1] if len(rows) > 2 else rows  # the last one may be cut where the look ends


def csv_frames(lines: Iterator[Frame], table: Table, limit: int) -> Iterator[Frame]:
    """Cut lines into rows, empty ones left out; `end` of a frame is where the next row begins.

    Raises what `lines` raises, after the last row.
    """
    feed = _Feed(lines, limit)
    rescans = 0
    while feed.more():
        rows = table.rows(feed, strict=True)
        while True:
            feed.begin()
            unclosed = False
            try:
                row = next(rows, None)
            except csv.Error as error:
                row, unclosed = None, len(feed.taken) > 1 or "end of data" in str(error)
            if not feed.taken:
                break
            if feed.taken[0].byte_count > limit:
                yield _joined(feed.taken[:1], limit)
                break
            if unclosed or (len(feed.taken) > 1 and feed.too_long):
                if rescans >= _RESCANS:
                    yield _joined([feed.taken[0], feed.skip()], limit, ("bad_csv", _HOPELESS))
                    break
                rescans += 1
                yield _joined(feed.taken[:1], limit, ("bad_csv", "a quotation begins that nothing closes; close it or double it"))
                feed.back()
                break
            if row != []:
                yield _joined(feed.taken, limit)
            if row is None:  # sloppy, or too long, in one line: what it is worth is seen when its cells are read
                break
    if feed.failure is not None:
        raise feed.failure


class _Feed:
    """Gives the csv module its lines and remembers which a row was made of."""

    def __init__(self, lines: Iterator[Frame], limit: int) -> None:
        self.failure: Exception | None = None
        self.taken: list[Frame] = []
        self.too_long = False
        self._lines = lines
        self._limit = limit
        self._waiting: deque[Frame] = deque()
        self._count = 0

    def more(self) -> bool:
        """Whether there is another line."""
        if not self._waiting and (line := self._pull()) is not None:
            self._waiting.append(line)
        return bool(self._waiting)

    def begin(self) -> None:
        """A row begins."""
        self.taken, self._count, self.too_long = [], 0, False

    def back(self) -> None:
        """Take back all lines of this row but the first."""
        self._waiting.extendleft(reversed(self.taken[1:]))

    def skip(self) -> Frame:
        """Pass over the stream; its last line."""
        last = self.taken[-1]
        while self.more():
            last = self._waiting.popleft()
        return last

    def __iter__(self) -> "Iterator[str]":
        return self

    def __next__(self) -> str:
        if self.too_long or not self.more():
            raise StopIteration
        line = self._waiting.popleft()
        self.taken.append(line)
        self._count += line.byte_count + 1
        self.too_long = self._count > self._limit + 1
        return decoded(line.data).removesuffix("\r") + "\n"

    def _pull(self) -> Frame | None:
        try:
            return next(self._lines, None)
        except (DamagedStreamError, OSError) as error:
            self.failure = error
            return None


def _joined(lines: Sequence[Frame], limit: int, problem: tuple[str, str] | None = None) -> Frame:
    first, last = lines[0], lines[-1]
    count = last.byte_offset + last.byte_count - first.byte_offset
    data = b"\n".join(line.data for line in lines) if len(lines) > 1 and count <= limit else first.data
    return Frame(first.byte_offset, count, data if count <= limit else data[:HEAD_BYTES], last.closed, last.end, problem)


def cells(frame: Frame, table: Table) -> list[str]:
    """The cells of a row. Raises csv.Error."""
    text = decoded(frame.data).replace("\r\n", "\n").removesuffix("\r")
    return next(table.rows(StringIO(text, newline="\n")), [])


def decoded(data: bytes) -> str:
    """UTF-8, else one character a byte: ftfy sees Windows-1252 behind it when the text is cleaned."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
