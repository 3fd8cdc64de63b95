"""Reads an input as a stream of records: one for a text, one for each line, element or row of the other formats.

What cannot be read is given in its place as a RejectedRecord with the reason, where it begins and its first bytes; nothing is
raised, so one bad record or a damaged file never costs the records around it.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flows.csv_frames import Table, cells, csv_frames, decoded, find_table
from flows.fields import FIELDS, Reading, could_hold_text, find_fields, storable
from flows.formats import TEXTS, InputFile, RejectedRecord
from flows.json_frames import json_frames
from flows.parquet_records import read_rows
from flows.streams import HEAD_BYTES, DamagedStreamError, Frame, look_at, read_as_utf8, read_chunks, read_lines
from transforms.document import RawRecord

__all__ = ["FIELDS", "Part", "Reading", "RejectedRecord", "frames_of", "json_object", "read_records"]

DEFAULT: Final = Reading()
_BOM: Final = b"\xef\xbb\xbf"
_PLACES: Final = {"jsonl": "line", "json": "record", "csv": "row", "tsv": "row"}


@dataclass(frozen=True, slots=True)
class Part:
    """Whole records of an input: bytes of the decompressed stream, or row groups of a .parquet, from `start` up to `end`.

    An `end` below 0 is that of the input; a .json is never cut. `first_record` records stand before.
    """

    start: int
    end: int
    first_record: int


def read_records(
    input_file: InputFile, reading: Reading = DEFAULT, *, part: Part | None = None
) -> Iterator[RawRecord | RejectedRecord]:
    """Give the records of an input in order; `byte_offset` counts in the decompressed stream, `record_index` skips blank lines.

    With `part`, only its records, numbered as in the whole input.

    A damaged or truncated stream gives what was read before, then one reject "truncated".
    """
    if input_file.format in TEXTS:
        return _text_file(input_file, reading)
    if input_file.format == "parquet":
        return _rows(input_file, reading, part or Part(0, -1, 0))
    return _records(input_file, reading, part or Part(0, -1, 0))


def frames_of(input_file: InputFile, reading: Reading, part: Part) -> tuple[Iterator[Frame], Table | None]:
    """The records of a stream as bytes, not read yet, and how a table is to be read. Raises OSError, and while reading
    DamagedStreamError."""
    head = look_at(input_file, reading)
    limit = reading.record_bytes
    start, table = part.start, None
    if input_file.format in ("csv", "tsv"):
        table = find_table(head, input_file.format, reading.names)
        start = start or table.first_row
    chunks = read_as_utf8(input_file, reading, head, start, part.end)
    if input_file.format == "json":
        return json_frames(chunks, limit, partial(could_hold_text, names=reading.names)), None
    lines = read_lines(chunks, limit, start, head.line_end)
    if table is None:
        return (line for line in lines if line.byte_count > limit or line.data.removeprefix(_BOM).strip()), None
    rows = csv_frames(lines, table, limit)
    return (_without_header(rows) if start == table.first_row else rows), table


def _without_header(rows: Iterator[Frame]) -> Iterator[Frame]:
    next(rows, None)
    yield from rows


def _text_file(input_file: InputFile, reading: Reading) -> Iterator[RawRecord | RejectedRecord]:
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in read_chunks(input_file, reading):
            pieces.append(piece)
            size += len(piece)
            if size > reading.record_bytes:
                yield _reject(input_file, 0, 0, "too_large", _too_large(reading.record_bytes), b"".join(pieces))
                return
    except (DamagedStreamError, OSError) as error:
        yield _failure(input_file, 0, 0, error, b"".join(pieces))
        return
    body = b"".join(pieces)
    if not body:
        yield _reject(input_file, 0, 0, "empty", "the file is empty; nothing to do unless it should hold text", b"")
        return
    yield RawRecord(input_file.source_uri, 0, 0, "0", body, raw=body[:HEAD_BYTES], format=input_file.format)


def _records(input_file: InputFile, reading: Reading, part: Part) -> Iterator[RawRecord | RejectedRecord]:
    index, end = part.first_record, part.start
    last: Frame | None = None
    try:
        frames, table = frames_of(input_file, reading, part)
        for frame in frames:
            if not frame.closed:  # whether it is whole is known only when the stream has ended
                last = frame
                continue
            end = frame.end
            yield _record(input_file, reading, index, frame, table)
            index += 1
    except (DamagedStreamError, OSError) as error:
        # Of JSON one can see that it is whole.
        whole = last is not None and input_file.format in ("jsonl", "json") and _record(input_file, reading, index, last, None)
        if last is not None and isinstance(whole, RawRecord):
            yield whole
            index, end, last = index + 1, last.byte_offset + last.byte_count, None
        yield _failure(input_file, index, last.byte_offset if last else end, error, last.data if last else b"")
        return
    if last is not None:
        yield _record(input_file, reading, index, last, table)
        index += 1
    if index == 0 and part.end < 0:
        yield _reject(input_file, 0, 0, "empty", "the file holds no record; nothing to do unless it should", b"")


def _record(input_file: InputFile, reading: Reading, index: int, frame: Frame, table: Table | None) -> RawRecord | RejectedRecord:
    offset, head = frame.byte_offset, frame.data[:HEAD_BYTES]
    place = f"{_PLACES[input_file.format]} at byte {offset}"
    reject = partial(_reject, input_file, index, offset, raw=head)
    if frame.problem is not None:
        return reject(frame.problem[0], f"{place}: {frame.problem[1]}")
    if frame.byte_count > reading.record_bytes:
        return reject("too_large", f"{place}: {_too_large(reading.record_bytes)}")
    if table is not None:
        value: Any = _of_row(frame, table, reading)
        if isinstance(value, str):
            return reject("bad_csv", f"{place}: {value}")
    else:
        reason, value = json_object(frame, reading)
        if reason:
            return reject(reason, f"{place}: {value}")
    return _from_fields(input_file, reading, index, offset, place, value, head)


def json_object(frame: Frame, reading: Reading) -> tuple[str, Any]:
    """The object that a frame spells, with an empty reason; else the reason and what to do."""
    data, deepest = frame.data.removeprefix(_BOM) if frame.byte_offset == 0 else frame.data, reading.json_depth
    try:
        value = json.loads(decoded(data))
    except RecursionError:
        return "too_deep", "nested too deeply; flatten the record"
    except ValueError as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else "a number is too long"
        return "bad_json", f"not JSON ({what}); mend the line"
    if not isinstance(value, dict):
        return "not_a_record", f"a JSON {_kind(value)}, not an object; write one object a line"
    if data.count(b"[") + data.count(b"{") > deepest and _is_deeper(value, deepest):
        return "too_deep", f"nested more than {deepest} deep; flatten the record or raise json_depth in the settings"
    return "", value


def _is_deeper(value: Any, deepest: int) -> bool:
    layer = [value]
    for _ in range(deepest):
        layer = [
            inner
            for one in layer
            if isinstance(one, (dict, list))
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, (dict, list))
        ]
        if not layer:
            return False
    return True


def _of_row(frame: Frame, table: Table, reading: Reading) -> dict[str, str] | str:
    """The cells of a row by the names of the header; or what to do."""
    try:
        row = cells(frame, table)
    except csv.Error as error:
        return f"not a row ({error}); mend it"
    header = table.header
    if len(header) > reading.csv_columns or len(row) > reading.csv_columns:
        return f"more than {reading.csv_columns:,} columns; raise csv_columns in the settings if that is right"
    if len(row) > len(header):
        if any(cell.strip() for cell in row[len(header) :]):
            return f"{len(row)} cells, but the header names {len(header)} columns; put quotes round cells that hold the delimiter"
        row = row[: len(header)]
    return dict(zip(header, row, strict=False))


def _rows(input_file: InputFile, reading: Reading, part: Part) -> Iterator[RawRecord | RejectedRecord]:
    index = -1
    try:
        for index, row in read_rows(input_file, reading, part.start, part.end):
            if isinstance(row, DamagedStreamError):
                yield _failure(input_file, index, 0, row, b"")
            else:
                yield _table_row(input_file, reading, index, row)
    except (DamagedStreamError, OSError) as error:
        yield _failure(input_file, max(index + 1, part.first_record), 0, error, b"")
        return
    if index < 0 and part.end < 0:
        yield _reject(input_file, 0, 0, "empty", "the file holds no record; nothing to do unless it should", b"")


def _table_row(input_file: InputFile, reading: Reading, index: int, row: dict[str, Any]) -> RawRecord | RejectedRecord:
    place = f"row {index + 1}"
    size = sum(len(value) for value in row.values() if isinstance(value, (str, bytes)))
    shown = {name: value[:HEAD_BYTES] if isinstance(value, (str, bytes)) else value for name, value in row.items()}
    raw = json.dumps(shown, default=str, ensure_ascii=False).encode("utf-8", "replace")[:HEAD_BYTES]
    if size > reading.record_bytes:
        return _reject(input_file, index, 0, "too_large", f"{place}: {_too_large(reading.record_bytes)}", raw)
    return _from_fields(input_file, reading, index, 0, place, row, raw)


def _from_fields(
    input_file: InputFile, reading: Reading, index: int, offset: int, place: str, value: dict[str, Any], raw: bytes
) -> RawRecord | RejectedRecord:
    fields = {target: text for target, (_, text) in find_fields(value, reading.names).items()}
    if "body" not in fields:
        names = ", ".join((*dict(reading.names).get("body", ()), *FIELDS["body"]))
        message = (
            f"{place}: no text; put it in one of the fields {names}, or name its field under [fields] in newsmill.toml "
            f"(found: {', '.join(map(str, value))[:200] or 'none'})"
        )
        return _reject(input_file, index, offset, "no_text", storable(message), raw)
    return RawRecord(
        source_uri=input_file.source_uri,
        record_index=index,
        byte_offset=offset,
        record_id=fields.get("record_id", str(index)),
        body=fields["body"],
        title=fields.get("title"),
        url=fields.get("url"),
        publisher=fields.get("publisher"),
        language=fields.get("language"),
        published=fields.get("published"),
        raw=raw,
        format=input_file.format,
        place=place,
    )


def _kind(value: object) -> str:
    names = {list: "list", str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}
    return names[type(value)]


def _too_large(limit: int) -> str:
    return f"longer than {limit:,} bytes; split the record or raise the limit (record_bytes) in the settings"


def _failure(input_file: InputFile, index: int, offset: int, error: Exception, head: bytes) -> RejectedRecord:
    if isinstance(error, FileNotFoundError):
        return _reject(input_file, index, offset, "missing", "the file is gone since the run began; run again", head)
    if isinstance(error, OSError):
        message = f"cannot be read ({error.strerror or error}); check the file and its permissions"
        return _reject(input_file, index, offset, "unreadable", message, head)
    reason = error.reason if isinstance(error, DamagedStreamError) else "truncated"
    kept = "nothing of it was kept" if input_file.format in TEXTS else f"the {index} records before it were kept"
    todo = "fetch the file again" if reason == "truncated" else "raise the setting if the file can be trusted"
    return _reject(input_file, index, offset, reason, f"{error}; {kept}, {todo}", head)


def _reject(input_file: InputFile, index: int, offset: int, reason: str, message: str, raw: bytes) -> RejectedRecord:
    text = f"{input_file.source_uri}: {message}".encode("utf-8", "backslashreplace").decode()
    return RejectedRecord(input_file.source_uri, index, offset, reason, text, raw[:HEAD_BYTES])
