"""What an input is: its name, its format and compression by extension, and the stamp by which a change is seen."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

FORMATS: Final = {
    ".txt": "txt",
    ".md": "md",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
}
COMPRESSIONS: Final = {".gz": "gz", ".zst": "zst"}
TEXTS: Final = frozenset({"txt", "md", "html"})
"""Formats whose file is one document."""
READABLE: Final = (
    ".txt, .md, .html, .jsonl, .ndjson, .json, .csv and .tsv, each also with .gz or .zst, and .parquet (compressed within itself)"
)
BUCKET: Final = "s3://"
STANDARD_INPUT: Final = "stdin:"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file or object to read. `modified_at` is in UTC; `byte_count` is the size as stored, compressed or not.

    `path` is where a file stands on this machine; that of an object in a bucket is bucket and key, and is never opened. `etag` is
    what the bucket names the object's content by, empty for a file.
    """

    source_uri: str
    path: Path
    format: str
    compression: str | None
    byte_count: int
    modified_at: datetime
    etag: str = ""

    @property
    def in_bucket(self) -> bool:
        """Whether it is an object on s3://."""
        return self.source_uri.startswith(BUCKET)


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """What could not be read: columns of the table rejects, without run_id; index and offset are 0 when a whole file fails."""

    source_uri: str
    record_index: int
    byte_offset: int
    reason: str
    message: str
    raw: bytes = b""


def format_of(name: str) -> tuple[str, str | None] | None:
    """Format and compression by the extensions of a file's name; None for one that is not read."""
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes[-2:]]
    compression = COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    stem = suffixes[:-1] if compression else suffixes
    found = FORMATS.get(stem[-1]) if stem else None
    return None if found is None or (found == "parquet" and compression) else (found, compression)


def reject_input(uri: str, reason: str, message: str) -> RejectedRecord:
    """An input that is rejected as a whole; what of its name is no UTF-8 is escaped."""
    clean = message.encode("utf-8", "backslashreplace").decode()
    return RejectedRecord(uri.encode("utf-8", "backslashreplace").decode(), 0, 0, reason, clean)
