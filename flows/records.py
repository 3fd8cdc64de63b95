"""Reads an input as a stream of records: one for a text file, one for each line of a .jsonl.

What cannot be read is given in its place as a RejectedRecord with the reason, where it begins and its first bytes; nothing is
raised, so one bad line or a damaged file never costs the records around it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flows.inputs import InputFile, RejectedRecord
from flows.streams import HEAD_BYTES, DamagedStreamError, Line, read_chunks, read_lines
from transforms.document import RawRecord

__all__ = ["FIELDS", "RECORD_LIMIT", "Part", "RejectedRecord", "read_records"]

RECORD_LIMIT: Final = 64 << 20
"""Bytes of one record, decompressed, above which it is rejected."""

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "record_id": ("id", "guid", "uid"),
    "title": ("title", "headline"),
    "body": ("text", "content", "body", "article"),
    "published": ("date", "published", "published_at", "publishedat", "pubdate", "timestamp"),
    "publisher": ("source", "publisher", "outlet"),
    "url": ("url", "link"),
    "language": ("lang", "language"),
}
"""Names under which a record's fields are found, upper or lower case, the first with a value first."""


@dataclass(frozen=True, slots=True)
class Part:
    """Whole lines of an uncompressed .jsonl: bytes from `start_byte` up to `end_byte`; `first_record` records stand before."""

    start_byte: int
    end_byte: int
    first_record: int


def read_records(
    input_file: InputFile, *, record_limit: int = RECORD_LIMIT, part: Part | None = None
) -> Iterator[RawRecord | RejectedRecord]:
    """Give the records of an input in order; `byte_offset` counts in the decompressed stream, `record_index` skips blank lines.

    With `part`, only its records, numbered as in the whole input.

    A damaged or truncated stream gives what was read before, then one reject "truncated".
    """
    if input_file.format == "txt":
        return _text_file(input_file, record_limit)
    return _json_lines(input_file, record_limit, part or Part(0, -1, 0))


def _text_file(input_file: InputFile, limit: int) -> Iterator[RawRecord | RejectedRecord]:
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in read_chunks(input_file.path, input_file.compression):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                yield _reject(input_file, 0, 0, "too_large", _too_large(limit), b"".join(pieces))
                return
    except (DamagedStreamError, OSError) as error:
        yield _failure(input_file, 0, 0, error, b"".join(pieces))
        return
    body = b"".join(pieces)
    if not body:
        yield _reject(input_file, 0, 0, "empty", "the file is empty; nothing to do unless it should hold text", b"")
        return
    yield RawRecord(input_file.source_uri, 0, 0, "0", body, raw=body[:HEAD_BYTES])


def _json_lines(input_file: InputFile, limit: int, part: Part) -> Iterator[RawRecord | RejectedRecord]:
    index, end = part.first_record, part.start_byte
    lines = read_lines(read_chunks(input_file.path, input_file.compression, part.start_byte, part.end_byte), limit, part.start_byte)
    last: Line | None = None
    try:
        for line in lines:
            if not line.closed:  # whether it is whole is known only when the stream has ended
                last = line
                continue
            end = line.byte_offset + line.byte_count + 1
            if line.byte_count > limit or line.data.strip():
                yield _record(input_file, index, line, limit)
                index += 1
    except (DamagedStreamError, OSError) as error:
        record = _record(input_file, index, last, limit) if last is not None else None
        if last is not None and isinstance(record, RawRecord):
            yield record
            index, end, last = index + 1, last.byte_offset + last.byte_count, None
        yield _failure(input_file, index, last.byte_offset if last else end, error, last.data if last else b"")
        return
    if last is not None and (last.byte_count > limit or last.data.strip()):
        yield _record(input_file, index, last, limit)
        index += 1
    if index == 0 and part.end_byte < 0:
        yield _reject(input_file, 0, 0, "empty", "the file holds no record; nothing to do unless it should", b"")


def _record(input_file: InputFile, index: int, line: Line, limit: int) -> RawRecord | RejectedRecord:
    offset, head = line.byte_offset, line.data[:HEAD_BYTES]
    where = f"line at byte {offset}"
    if line.byte_count > limit:
        return _reject(input_file, index, offset, "too_large", f"{where}: {_too_large(limit)}", head)
    data = line.data.removeprefix(b"\xef\xbb\xbf") if offset == 0 else line.data
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # one byte a character: ftfy sees Windows-1252 behind it when the text is cleaned
    try:
        value = json.loads(text)
    except RecursionError:
        return _reject(input_file, index, offset, "bad_json", f"{where}: nested too deeply; flatten the record", head)
    except ValueError as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else "a number is too long"
        return _reject(input_file, index, offset, "bad_json", f"{where}: not JSON ({what}); mend the line", head)
    if not isinstance(value, dict):
        message = f"{where}: a JSON {_kind(value)}, not an object; write one object a line"
        return _reject(input_file, index, offset, "not_a_record", message, head)
    fields = _fields(value)
    if "body" not in fields:
        names = ", ".join(FIELDS["body"])
        message = f"{where}: no text; put it in one of the fields {names} (found: {', '.join(map(str, value))[:200] or 'none'})"
        return _reject(input_file, index, offset, "no_text", _storable(message), head)
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
        raw=head,
    )


def _fields(value: dict[str, Any]) -> dict[str, str]:
    lowered = {name.lower(): item for name, item in reversed(value.items())}
    found = {}
    for field, names in FIELDS.items():
        for name in names:
            text = _as_text(lowered.get(name), "\n\n" if field == "body" else ", ")
            if text:
                found[field] = text if field == "body" else text.strip()
                break
    return found


def _as_text(value: object, separator: str) -> str:
    """Make a string of a field: numbers are written out, a list is joined, {"name": ...} (as news APIs give) is its name."""
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list):
        value = separator.join(item for item in value if isinstance(item, str))
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    text = value if isinstance(value, str) else repr(value)
    return _storable(text) if text.strip() else ""


def _storable(text: str) -> str:
    # JSON can spell halves of surrogate pairs, which no UTF-8 column can hold; whole pairs become their character.
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _kind(value: object) -> str:
    names = {list: "list", str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}
    return names[type(value)]


def _too_large(limit: int) -> str:
    return f"longer than {limit:,} bytes; split the record or raise the limit in the settings"


def _failure(input_file: InputFile, index: int, offset: int, error: Exception, head: bytes) -> RejectedRecord:
    if isinstance(error, FileNotFoundError):
        return _reject(input_file, index, offset, "missing", "the file is gone since the run began; run again", head)
    if isinstance(error, OSError):
        message = f"cannot be read ({error.strerror}); check the file and its permissions"
        return _reject(input_file, index, offset, "unreadable", message, head)
    kept = "nothing of it was kept" if input_file.format == "txt" else f"the {index} records before it were kept"
    return _reject(input_file, index, offset, "truncated", f"{error}; {kept}, fetch the file again", head)


def _reject(input_file: InputFile, index: int, offset: int, reason: str, message: str, raw: bytes) -> RejectedRecord:
    return RejectedRecord(input_file.source_uri, index, offset, reason, f"{input_file.source_uri}: {message}", raw[:HEAD_BYTES])
