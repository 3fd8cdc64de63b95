"""What comes on standard input as an input: kept in a file for the time of the run, and named by its content.

It must be kept, since it is read twice (to cut it and to mill it, in another process) and its name, by which a run knows that it
has read the same before, is the hash of all of it.
"""

import json
import sys
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final

import zstandard

from flows.fields import Reading
from flows.formats import STANDARD_INPUT, InputFile, RejectedRecord, reject_input
from flows.streams import LOOK_BYTES, DamagedStreamError, decompressed
from warehouse.schema.errors import UsageError

INPUT_FORMATS: Final = ("txt", "md", "html", "jsonl", "json", "csv", "tsv", "parquet")
_MARKS: Final = {b"\x1f\x8b": "gz", b"\x28\xb5\x2f\xfd": "zst"}
_CHUNK_BYTES: Final = 1 << 20


def keep_stdin(folder: Path, input_format: str | None) -> InputFile | RejectedRecord:
    """Keep standard input beneath `folder`; without an `input_format` it is guessed. Raises UsageError for one that is none."""
    if input_format is not None and input_format not in INPUT_FORMATS:
        raise UsageError(f"{input_format!r} is no format of an input. There are: {', '.join(INPUT_FORMATS)}.")
    path = folder / "stdin"
    digest = blake2b(digest_size=16)
    byte_count, head = 0, b""
    stream = sys.stdin.buffer if sys.stdin is not None else None
    if stream is None or sys.stdin.isatty():
        message = "-: nothing is piped in; write `command | newsmill run -`, or name a file"
        return reject_input(STANDARD_INPUT, "missing", message)
    try:
        with path.open("wb") as kept:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
                kept.write(chunk)
                byte_count += len(chunk)
                head += chunk[: max(0, LOOK_BYTES - len(head))]
    except OSError as error:
        message = f"-: standard input cannot be kept in {folder} ({error.strerror}); make room, or set TMPDIR to another disk"
        return reject_input(STANDARD_INPUT, "unreadable", message)
    compression = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    if compression is not None:
        head = _unpacked(head, compression)
    chosen = input_format or _guess(head)
    uri = f"{STANDARD_INPUT}{digest.hexdigest()}"
    return InputFile(uri, path, chosen, compression, byte_count, datetime(1970, 1, 1, tzinfo=UTC))


def _unpacked(head: bytes, compression: str) -> bytes:
    data = b""
    with suppress(DamagedStreamError, zlib.error, zstandard.ZstdError):
        for chunk in decompressed(iter([head]), compression, Reading()):
            data += chunk
            if len(data) >= LOOK_BYTES:
                break
    return data


def _guess(head: bytes) -> str:
    """The format by the first bytes: .jsonl where the first line is an object, .json, .html, .parquet, else text."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PAR1"):
        return "parquet"
    if start[:15].lower().startswith((b"<!doctype html", b"<html")):
        return "html"
    if start[:1] not in (b"{", b"["):
        return "txt"
    line = start.partition(b"\n")[0]
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return "jsonl" if len(line) >= LOOK_BYTES // 2 and start[:1] == b"{" else _json_or_text(start)
    return "jsonl" if isinstance(value, dict) else "json"


def _json_or_text(start: bytes) -> str:
    """A line that begins like JSON and is none ends too early for it, or is the "[" of a text."""
    following = start[1:].lstrip()[:1]
    return "json" if following in (b'"', b"{", b"[", b"}", b"]") or len(start) >= LOOK_BYTES else "txt"
