"""Finds the files a run is to read: paths, folders and globs become a sorted list of inputs, and what is no input a reject.

Nothing here raises for what a user named: a missing path or an unknown extension is one reject, so that the other inputs go on.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from stat import S_ISDIR, S_ISREG
from typing import Final

from warehouse.schema.errors import GiveUp

FORMATS: Final = {".txt": "txt", ".jsonl": "jsonl", ".ndjson": "jsonl"}
COMPRESSIONS: Final = {".gz": "gz", ".zst": "zst"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://")
_MAGIC = re.compile(r"[*?\[]")
_READABLE = ".txt, .jsonl and .ndjson, each also with .gz or .zst"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read. `modified_at` is in UTC; `byte_count` is the size as stored, compressed or not."""

    source_uri: str
    path: Path
    format: str
    compression: str | None
    byte_count: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """What could not be read: columns of the table rejects, without run_id; index and offset are 0 when a whole file fails."""

    source_uri: str
    record_index: int
    byte_offset: int
    reason: str
    message: str
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Root:
    """One argument of the command line: `kind` is file, folder or glob.

    `state` is found, empty (no input beneath it), missing, or refused (it cannot be read, or is no path); `refusal` says why a
    missing or refused one is no input.
    """

    argument: str
    path: Path
    kind: str
    state: str
    refusal: str = ""

    def covers(self, source_uri: str) -> bool:
        """Tell whether this argument would have named `source_uri`, were the file there: what --prune may look at."""
        if self.state == "refused":
            return False
        parts, own = PurePosixPath(source_uri).parts, self.path.parts
        return _covers(parts, own) if self.kind == "glob" else parts[: len(own)] == own


@dataclass(frozen=True, slots=True)
class Found:
    """What the arguments of a run name: inputs and rejects sorted by source_uri, roots in the order of the arguments."""

    inputs: tuple[InputFile, ...]
    rejects: tuple[RejectedRecord, ...]
    roots: tuple[Root, ...]


def find_inputs(paths: Sequence[str]) -> Found:
    """Resolve files, folders (recursive, hidden files skipped) and globs (`*`, `?`, `[...]`, `**`) to inputs, each once.

    Links are followed; one that leads back to a folder it stands in is a reject. A glob that matches a folder means all of it.
    """
    inputs: dict[str, InputFile] = {}
    rejects: dict[str, RejectedRecord] = {}
    roots = []
    for argument in paths:
        root, found = _resolve(argument)
        roots.append(root)
        for item in found:
            if isinstance(item, InputFile):
                inputs[item.source_uri] = item
            else:
                rejects[item.source_uri] = item
    return Found(tuple(inputs[k] for k in sorted(inputs)), tuple(rejects[k] for k in sorted(rejects)), tuple(roots))


def absolute(argument: str) -> str:
    """The argument as it is understood from any folder: an absolute path or glob; what is no path stays as it is."""
    if not argument or "\0" in argument or _URL.match(argument):
        return argument
    return os.path.abspath(Path(argument).expanduser())  # noqa: PTH100 - resolve() would follow links, and the name is the key


def content_hash(input_file: InputFile) -> str:
    """Give the blake2b-128 of the file's bytes as stored, in hex. Raises GiveUp when it cannot be read."""
    digest = blake2b(digest_size=16)
    try:
        with input_file.path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except OSError as error:
        raise GiveUp(f"{input_file.source_uri}: cannot be read ({error.strerror}); check that it is there") from error
    return digest.hexdigest()


def _resolve(argument: str) -> tuple[Root, list[InputFile | RejectedRecord]]:
    if _URL.match(argument):
        path = Path(argument)
        message = f"{argument}: only files of this machine can be read; copy it here and name the copy"
        return Root(argument, path, "file", "refused", message), [_reject(argument, "missing", message)]
    if "\0" in argument or not argument:
        message = f"{argument!r} is no path; name a file, a folder or a glob"
        return Root(argument, Path(), "file", "refused", message), [_reject(argument.replace("\0", "\\0"), "missing", message)]
    path = Path(absolute(argument))
    if _MAGIC.search(argument) and not os.path.lexists(path):
        matches = _glob(path)
        found = [item for match in matches for item in _walk(match, ())]
        if not matches:
            found = [_reject(_uri(path), "missing", f"{argument}: nothing matches; check the pattern and quote it in the shell")]
        return Root(argument, path, "glob", *_state(path, found)), found
    found = list(_walk(path, ()))
    return Root(argument, path, "folder" if path.is_dir() else "file", *_state(path, found)), found


def _state(path: Path, found: list[InputFile | RejectedRecord]) -> tuple[str, str]:
    """The state of an argument, and why it is no input if it is none itself."""
    for item in found:
        if isinstance(item, RejectedRecord) and item.source_uri == _uri(path):
            return ("missing" if item.reason == "missing" else "refused"), item.message
    return ("found" if any(isinstance(item, InputFile) for item in found) else "empty"), ""


def _walk(path: Path, above: tuple[tuple[int, int], ...]) -> Iterator[InputFile | RejectedRecord]:
    """Give the inputs at and beneath `path`; `above` holds device and inode of the folders on the way, to see a loop."""
    uri = _uri(path)
    try:
        status = path.stat()
        if S_ISDIR(status.st_mode):
            here = (status.st_dev, status.st_ino)
            if here in above:
                yield _reject(uri, "unreadable", f"{uri}: the link leads back to a folder that it stands in; it was not followed")
                return
            for child in sorted(path.iterdir()):
                if not child.name.startswith("."):
                    yield from _walk(child, (*above, here))
            return
    except FileNotFoundError:
        broken = path.is_symlink()
        what = "the link leads to nothing; mend or remove it" if broken else "no such file or folder; check the path"
        yield _reject(uri, "missing", f"{uri}: {what}")
        return
    except (OSError, RecursionError) as error:
        why = getattr(error, "strerror", None) or "the folders are nested too deeply"
        yield _reject(uri, "unreadable", f"{uri}: cannot be read ({why}); check the link and its permissions")
        return
    yield _input(path, uri, status)


def _input(path: Path, uri: str, status: os.stat_result) -> InputFile | RejectedRecord:
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    compression = COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    stem = suffixes[:-1] if compression else suffixes
    file_format = FORMATS.get(stem[-1]) if stem else None
    try:
        uri.encode()
        str(path).encode()
    except UnicodeEncodeError:
        return _reject(uri, "unreadable", f"{uri}: the file's name is not UTF-8; rename it")
    if not S_ISREG(status.st_mode):
        return _reject(uri, "unreadable", f"{uri}: is neither a file nor a folder; name a regular file")
    if file_format is None:
        return _reject(uri, "unknown_format", f"{uri}: the extension is none that is read; give it one of {_READABLE}")
    if not os.access(path, os.R_OK):
        return _reject(uri, "unreadable", f"{uri}: may not be read by this user; change its permissions")
    modified_at = _EPOCH + timedelta(microseconds=status.st_mtime_ns // 1000)
    return InputFile(uri, path, file_format, compression, status.st_size, modified_at)


def _glob(path: Path) -> list[Path]:
    """Expand a glob; like a shell's, `*` matches no leading dot. pathlib's `**` follows no links, so it cannot run in circles."""
    parts = path.parts
    fixed = next(i for i, part in enumerate(parts) if _MAGIC.search(part))
    base, pattern = Path(*parts[:fixed]), parts[fixed:]
    try:
        matches = sorted(set(base.glob("/".join(pattern))))
    except (OSError, ValueError, RecursionError):
        return []
    named = {part for part in pattern if part.startswith(".")}
    return [m for m in matches if not any(p.startswith(".") and not named for p in m.parts[fixed:])]


def _covers(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    if not pattern:
        return True
    if pattern[0] == "**":
        return any(_covers(parts[i:], pattern[1:]) for i in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _covers(parts[1:], pattern[1:])


def _uri(path: Path) -> str:
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _reject(uri: str, reason: str, message: str) -> RejectedRecord:
    clean = message.encode("utf-8", "backslashreplace").decode()
    return RejectedRecord(uri.encode("utf-8", "backslashreplace").decode(), 0, 0, reason, clean)
