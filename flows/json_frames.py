"""The records of a .json, cut from the stream without holding it: the elements of an array, also of one within objects, or objects.

Only brackets and quotes are looked at, so that each record has its place in bytes and a bad one costs only itself. An array within
objects holds records if its first object has a field for a text.
"""

import json
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final

from flows.streams import HEAD_BYTES, DamagedStreamError, Frame

_TOKEN = re.compile(rb'["\[\]{},]')
_STRING_END = re.compile(rb'["\\]')
_BOUNDARY = re.compile(rb"[}\]]\s*,?\s*(?=\{)")
_BLANK: Final = b" \t\r\n\xef\xbb\xbf"
_RESCANS: Final = 100
"""Broken records that are passed over in one reading; of a file with more, the rest is one reject."""
_KEPT: Final = 1 << 20
"""Bytes that were dealt with and may stand in the buffer."""
_OBJECT, _ARRAY, _OTHER_ARRAY, _COMMA = b"{[(,"
_OPENED_BY: Final = {ord("}"): (_OBJECT,), ord("]"): (_ARRAY, _OTHER_ARRAY)}


def json_frames(chunks: Iterator[bytes], limit: int, has_text: Callable[[Any], bool]) -> Iterator[Frame]:
    """Cut the stream of a file into the values that are records.

    `has_text` tells an object that could be a record. Raises what `chunks` raises, after the last record.
    """
    peek, failure = _peek(chunks, limit)
    kind, rest = _kind(peek, limit, has_text), chain(iter([peek]), _failing(chunks, failure))
    cutter = _Cutter(rest, limit, has_text, in_array=kind == "array", searching=kind == "holder")
    if kind == "array":
        cutter.at = cutter.begin = peek.index(b"[") + 1
    return cutter.frames()


def _peek(chunks: Iterator[bytes], limit: int) -> tuple[bytes, Exception | None]:
    """The beginning of a stream: little of an array, else as much as a record may have."""
    data = bytearray()
    try:
        for chunk in chunks:
            data += chunk
            if len(data) > limit or data.lstrip(_BLANK)[:1] == b"[":
                break
    except (DamagedStreamError, OSError) as error:
        return bytes(data), error
    return bytes(data), None


def _failing(chunks: Iterator[bytes], failure: Exception | None) -> Iterator[bytes]:
    if failure is not None:
        raise failure
    yield from chunks


def _kind(peek: bytes, limit: int, has_text: Callable[[Any], bool]) -> str:
    """Whether a file is an array, an object that holds one, or objects one after the other."""
    first = peek.lstrip(_BLANK)[:1]
    if first != b"{":
        return "array" if first == b"[" else "objects"
    try:
        value, _ = json.JSONDecoder().raw_decode(peek.lstrip(_BLANK).decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        value = None
    if has_text(value):
        return "objects"
    searched = _Cutter(iter([peek]), limit, has_text, searching=True, to_end=False)
    return "holder" if next(searched.frames(), None) is not None else "objects"


class _Cutter:
    """The stream begins within an array of records (`in_array`), or what holds such an array is to be found (`searching`).

    `to_end` is False when the stream is cut before the file ends.
    """

    def __init__(
        self,
        chunks: Iterator[bytes],
        limit: int,
        has_text: Callable[[Any], bool],
        *,
        in_array: bool = False,
        searching: bool = False,
        to_end: bool = True,
    ) -> None:
        self.at = self.begin = 0  # what was looked at; where the value begins that is being read
        self._chunks = chunks
        self._limit = limit
        self._has_text = has_text
        self._to_end = to_end
        self._failure: Exception | None = None
        self._rescans = 0
        self._base = 0  # where the buffer begins in the stream
        self._buffer = bytearray()
        self._head = b""  # of a value that is too long to be held
        self._stack = bytearray([_ARRAY] if in_array else [])
        self._level = int(in_array)  # how deep records stand
        self._searching = searching
        self._in_string = False

    def frames(self) -> Iterator[Frame]:
        while True:
            while (token := self._token()) is not None:
                yield from self._search(*token) if self._searching else self._cut(*token)
                if self.begin - self._base > _KEPT:
                    del self._buffer[: self.begin - self._base]
                    self._base = self.begin
            if self._searching or self._is_blank(self.at):
                break
            if self._failure is not None or not (self._in_string or self._stack[self._level :]):
                yield self._frame(self.at, closed=self._failure is None)
                self._begin(self.at)
                break
            yield from self._passed_over("no end of the record was found")  # and on from there
        if self._stack and self._to_end and self._failure is None:
            self._begin(self.at)
            yield self._frame(self.at, problem=("bad_json", "the file ends before its brackets are closed; fetch it again"))
        if self._failure is not None:
            raise self._failure

    def _cut(self, offset: int, sign: int) -> Iterator[Frame]:
        """A sign where records stand `_level` deep."""
        depth = len(self._stack)
        closes_object = sign in _OPENED_BY and depth == 1 and not self._level
        if (depth == self._level or closes_object) and self._holds_several(offset + closes_object):
            yield from self._passed_over("not JSON")
            return
        if depth == self._level and sign == _COMMA:
            yield from self._value(offset)
            self._begin(offset + 1)
        elif sign in (_OBJECT, _ARRAY):
            if not depth:  # objects one after the other need no comma
                yield from self._value(offset)
                self._begin(offset)
            self._stack.append(sign)
        elif sign in _OPENED_BY:
            if not depth or self._stack[-1] not in _OPENED_BY[sign]:
                yield from self._passed_over("brackets that do not match")
                return
            if depth == self._level:
                yield from self._value(offset)
                self._begin(offset + 1)
                self._searching, self._level = depth > 1, 0
            self._stack.pop()
            if depth == 1 and self._level == 0 and self.begin <= offset:
                yield from self._value(offset + 1)
                self._begin(offset + 1)

    def _search(self, offset: int, sign: int) -> Iterator[Frame]:
        """A sign within objects, outside of an array of records."""
        if sign == _OBJECT and self._stack and self._stack[-1] == _ARRAY and set(self._stack[:-1]) <= {_OBJECT}:
            yield from self._try_array(offset)
            return
        if sign in (_OBJECT, _ARRAY):
            self._stack.append(sign)
        elif sign in _OPENED_BY and self._stack:
            self._stack.pop()
            self._searching = bool(self._stack)
        self._begin(offset + 1)

    def _try_array(self, offset: int) -> Iterator[Frame]:
        """Read the first object of an array, and take the array for one of records if it has a text."""
        self._begin(offset)
        depth = len(self._stack)
        self._stack.append(_OBJECT)
        while len(self._stack) > depth and (token := self._token()) is not None:
            if token[1] in (_OBJECT, _ARRAY):
                self._stack.append(token[1])
            elif token[1] in _OPENED_BY:
                self._stack.pop()
        try:
            is_record = not self._head and self._has_text(json.loads(self._between(self.begin, self.at)))
        except (ValueError, RecursionError):
            is_record = False
        if is_record:
            self._searching, self._level = False, depth
        else:
            self._stack[depth - 1] = _OTHER_ARRAY
            self._begin(self.at)
        yield from ()

    def _passed_over(self, what: str) -> Iterator[Frame]:
        """Reject a record whose end is not known, up to where the next one seems to begin, or to the end of the file."""
        boundary = None
        if self._rescans < _RESCANS and not self._head:
            boundary = _BOUNDARY.search(self._buffer, self.begin - self._base)
        if boundary is None:
            while self._token() is not None:
                pass
            what = f"{what}; nothing from here to the end of the file could be read"
            yield self._frame(self.at, problem=("bad_json", what))
            self._stack.clear()
            self._begin(self.at)
            return
        self._rescans += 1
        yield self._frame(self._base + boundary.start() + 1, problem=("bad_json", f"{what}; mend the record"))
        del self._stack[self._level :]
        self._in_string = False
        self.at = self._base + boundary.end()
        self._begin(self.at)

    def _value(self, end: int) -> Iterator[Frame]:
        if not self._is_blank(end):
            yield self._frame(end)

    def _holds_several(self, end: int) -> bool:
        """Whether the value that ends here is no JSON and seems to have swallowed the next one, as an open quotation does."""
        data = b"" if self._head else self._between(self.begin, end)
        if not _BOUNDARY.search(data):
            return False
        try:
            json.loads(data.strip(_BLANK).decode("utf-8", "replace"))
        except ValueError:
            return True
        except RecursionError:
            return False
        return False

    def _frame(self, end: int, *, closed: bool = True, problem: tuple[str, str] | None = None) -> Frame:
        if self._head:
            return Frame(self.begin, end - self.begin, self._head, closed, end, problem)
        data = self._between(self.begin, end)
        stripped = data.lstrip(_BLANK)
        begin, data = self.begin + len(data) - len(stripped), stripped.rstrip(b" \t\r\n")
        kept = data if len(data) <= self._limit else data[:HEAD_BYTES]
        return Frame(begin, len(data), kept, closed, end, problem)

    def _between(self, begin: int, end: int) -> bytes:
        return bytes(self._buffer[begin - self._base : end - self._base])

    def _is_blank(self, end: int) -> bool:
        return not self._head and not self._between(self.begin, end).strip(_BLANK)

    def _begin(self, offset: int) -> None:
        self.begin, self._head = offset, b""

    def _token(self) -> tuple[int, int] | None:
        """The next bracket or comma that stands in no string: its offset and sign; None at the end."""
        while True:
            pattern = _STRING_END if self._in_string else _TOKEN
            match = pattern.search(self._buffer, self.at - self._base)
            if match is None:
                self.at = max(self.at, self._base + len(self._buffer))
            elif match[0] == b"\\" and match.end() == len(self._buffer):
                self.at = self._base + match.start()
            else:
                self.at = self._base + match.end() + (match[0] == b"\\")
                if match[0] == b'"':
                    self._in_string = not self._in_string
                elif match[0] != b"\\":
                    return self._base + match.start(), match[0][0]
                continue
            if not self._fill():
                self.at = self._base + len(self._buffer)
                return None

    def _fill(self) -> bool:
        """Read on; of a value that is too long only its first bytes are kept."""
        if self.at - self.begin > self._limit + _KEPT:
            self._head = self._head or self._between(self.begin, self.begin + HEAD_BYTES)
            del self._buffer[: self.at - self._base]
            self._base = self.at
        try:
            chunk = next(self._chunks, None)
        except (DamagedStreamError, OSError) as error:
            self._failure = error
            return False
        self._buffer += chunk or b""
        return chunk is not None
