"""Finds what a run is to read: paths, folders, globs and buckets become a sorted list of inputs, and what is no input a reject.

Nothing here raises for what a user named: a missing path or an unknown extension is one reject, so that the other inputs go on.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from stat import S_ISDIR, S_ISREG
from typing import Final

from flows.buckets import bucket_and_key, list_objects
from flows.formats import BUCKET, READABLE, STANDARD_INPUT, InputFile, RejectedRecord, format_of, reject_input
from flows.streams import read_stored
from warehouse.schema.errors import GiveUp

__all__ = ["Found", "InputFile", "RejectedRecord", "Root", "absolute", "content_hash", "find_inputs"]

STDIN: Final = "-"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://")
_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Root:
    """One argument of the command line: `kind` is file, folder, glob, bucket or stdin.

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


def find_inputs(paths: Sequence[str], stdin: Callable[[], InputFile | RejectedRecord] | None = None) -> Found:
    """Resolve files, folders (recursive, hidden files skipped), globs (`*`, `?`, `[...]`, `**`) and s3:// to inputs, each once.

    A glob that matches a folder means all of it. A link is followed where it leads to a place beneath the named path that it stands
    beneath; one that leads out of it, or back to a folder it stands in, is a reject. `stdin` keeps what "-" stands for.
    """
    inputs: dict[str, InputFile] = {}
    rejects: dict[str, RejectedRecord] = {}
    roots = []
    for argument in paths:
        root, found = _from_stdin(stdin) if argument == STDIN else _resolve(argument)
        roots.append(root)
        for item in found:
            if isinstance(item, InputFile):
                inputs[item.source_uri] = item
            else:
                rejects[item.source_uri] = item
    return Found(tuple(inputs[k] for k in sorted(inputs)), tuple(rejects[k] for k in sorted(rejects)), tuple(roots))


def absolute(argument: str) -> str:
    """The argument as it is understood from any folder: an absolute path or glob; what is no path stays as it is."""
    if argument in ("", STDIN) or "\0" in argument or _URL.match(argument):
        return argument
    path = Path(argument).expanduser()
    if _climbs(argument):  # to be refused, not to be taken for where it would lead
        return str(Path.cwd() / path)
    return os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links, and the name is the key


def content_hash(input_file: InputFile) -> str:
    """Give the blake2b-128 of the bytes as stored, in hex; of an object whose bucket names its content, of that name.

    Raises GiveUp when it cannot be read.
    """
    if input_file.etag:
        return blake2b(f"{input_file.etag}\0{input_file.byte_count}".encode(), digest_size=16).hexdigest()
    digest = blake2b(digest_size=16)
    try:
        for chunk in read_stored(input_file):
            digest.update(chunk)
    except OSError as error:
        raise GiveUp(f"{input_file.source_uri}: cannot be read ({error.strerror}); check that it is there") from error
    return digest.hexdigest()


def _from_stdin(
    stdin: Callable[[], InputFile | RejectedRecord] | None,
) -> tuple[Root, list[InputFile | RejectedRecord]]:
    message = "-: standard input is not read here; name a file"
    found = stdin() if stdin is not None else reject_input(STANDARD_INPUT, "unreadable", message)
    if isinstance(found, RejectedRecord):
        return Root(STDIN, Path(STDIN), "stdin", "refused", found.message), [found]
    return Root(STDIN, Path(STDIN), "stdin", "found"), [found]


def _resolve(argument: str) -> tuple[Root, list[InputFile | RejectedRecord]]:
    if argument.startswith(BUCKET):
        return _resolve_bucket(argument)
    if _URL.match(argument):
        path = Path(argument)
        message = f"{argument}: only files of this machine and s3:// can be read; copy it here and name the copy"
        return Root(argument, path, "file", "refused", message), [reject_input(argument, "missing", message)]
    if "\0" in argument or not argument:
        message = f"{argument!r} is no path; name a file, a folder or a glob"
        return Root(argument, Path(), "file", "refused", message), [reject_input(argument.replace("\0", "\\0"), "missing", message)]
    path = Path(absolute(argument))
    if _MAGIC.search(argument) and not os.path.lexists(path):
        if _climbs(argument):
            message = f"{argument}: '..' behind a pattern leads out of what it names; write the path that is meant"
            return Root(argument, path, "glob", "refused", message), [reject_input(_uri(path), "outside", message)]
        matches = _glob(path)
        inside = os.path.realpath(_fixed(path))
        found = [item for match in matches for item in _walk(match, (), inside)]
        if not matches:
            message = f"{argument}: nothing matches; check the pattern and quote it in the shell"
            found = [reject_input(_uri(path), "missing", message)]
        return Root(argument, path, "glob", *_state(path, found)), found
    found = list(_walk(path, (), os.path.realpath(path)))
    return Root(argument, path, "folder" if path.is_dir() else "file", *_state(path, found)), found


def _resolve_bucket(argument: str) -> tuple[Root, list[InputFile | RejectedRecord]]:
    """The objects at, beneath or matching an address. Names that begin with a dot are hidden here as in a folder."""
    path = Path(argument)
    bucket, key = bucket_and_key(argument)
    pattern = tuple(part for part in key.split("/") if part) if _MAGIC.search(key) else None
    fixed = key if pattern is None else "".join(f"{part}/" for part in _before_magic(pattern))
    if not bucket or _climbs(key):
        message = f"{argument}: is no address of a bucket; write s3://BUCKET or s3://BUCKET/PREFIX"
        return Root(argument, path, "bucket", "refused", message), [reject_input(argument, "missing", message)]
    found: list[InputFile | RejectedRecord] = []
    try:
        for name, byte_count, modified_at, etag in list_objects(f"{BUCKET}{bucket}/{fixed}"):
            parts = tuple(name.split("/"))
            if pattern is not None and not _covers(parts, pattern):
                continue
            hidden = any(part.startswith(".") for part in parts[len(PurePosixPath(fixed).parts) :])
            if not hidden and not name.endswith("/"):
                found.append(_object(f"{BUCKET}{bucket}/{name}", byte_count, modified_at, etag))
    except OSError as error:
        message = (
            f"{argument}: the bucket cannot be listed ({error.strerror}); check AWS_ENDPOINT_URL, its name and your credentials"
        )
        return Root(argument, path, "bucket", "refused", message), [reject_input(argument, "unreadable", message)]
    if not found:
        message = f"{argument}: the bucket has no such object; check the address"
        return Root(argument, path, "bucket", "missing", message), [reject_input(argument, "missing", message)]
    state = "found" if any(isinstance(item, InputFile) for item in found) else "empty"
    return Root(argument, path, "bucket", state), found


def _object(uri: str, byte_count: int, modified_at: datetime, etag: str) -> InputFile | RejectedRecord:
    known = format_of(uri)
    if known is None:
        return reject_input(uri, "unknown_format", f"{uri}: the extension is none that is read; give it one of {READABLE}")
    return InputFile(uri, Path(uri.removeprefix(BUCKET)), *known, byte_count, modified_at, etag)


def _state(path: Path, found: list[InputFile | RejectedRecord]) -> tuple[str, str]:
    """The state of an argument, and why it is no input if it is none itself."""
    for item in found:
        if isinstance(item, RejectedRecord) and item.source_uri == _uri(path):
            return ("missing" if item.reason == "missing" else "refused"), item.message
    return ("found" if any(isinstance(item, InputFile) for item in found) else "empty"), ""


def _walk(path: Path, above: tuple[tuple[int, int], ...], inside: str) -> Iterator[InputFile | RejectedRecord]:
    """Give the inputs at and beneath `path`; `above` holds device and inode of the folders on the way, to see a loop.

    Links are followed only to what lies beneath `inside`.
    """
    uri = _uri(path)
    try:
        status = path.stat()
        if path.is_symlink() and not _is_beneath(os.path.realpath(path), inside):
            message = f"{uri}: the link leads out of what was named and was not followed; name what it leads to, if it is meant"
            yield reject_input(uri, "outside", message)
            return
        if S_ISDIR(status.st_mode):
            here = (status.st_dev, status.st_ino)
            if here in above:
                message = f"{uri}: the link leads back to a folder that it stands in; it was not followed"
                yield reject_input(uri, "unreadable", message)
                return
            for child in sorted(path.iterdir()):
                if not child.name.startswith("."):
                    yield from _walk(child, (*above, here), inside)
            return
    except FileNotFoundError:
        broken = path.is_symlink()
        what = "the link leads to nothing; mend or remove it" if broken else "no such file or folder; check the path"
        yield reject_input(uri, "missing", f"{uri}: {what}")
        return
    except (OSError, RecursionError) as error:
        why = getattr(error, "strerror", None) or "the folders are nested too deeply"
        yield reject_input(uri, "unreadable", f"{uri}: cannot be read ({why}); check the link and its permissions")
        return
    yield _input(path, uri, status)


def _is_beneath(real: str, inside: str) -> bool:
    return real == inside or real.startswith(inside.rstrip("/") + "/")


def _input(path: Path, uri: str, status: os.stat_result) -> InputFile | RejectedRecord:
    try:
        uri.encode()
        str(path).encode()
    except UnicodeEncodeError:
        return reject_input(uri, "unreadable", f"{uri}: the file's name is not UTF-8; rename it")
    if not S_ISREG(status.st_mode):
        return reject_input(uri, "unreadable", f"{uri}: is neither a file nor a folder; name a regular file")
    known = format_of(path.name)
    if known is None:
        return reject_input(uri, "unknown_format", f"{uri}: the extension is none that is read; give it one of {READABLE}")
    if not os.access(path, os.R_OK):
        return reject_input(uri, "unreadable", f"{uri}: may not be read by this user; change its permissions")
    modified_at = _EPOCH + timedelta(microseconds=status.st_mtime_ns // 1000)
    return InputFile(uri, path, *known, status.st_size, modified_at)


def _climbs(argument: str) -> bool:
    """Whether ".." stands behind a pattern."""
    parts = argument.split("/")
    return ".." in parts[len(_before_magic(parts)) :]


def _before_magic(parts: Sequence[str]) -> Sequence[str]:
    return parts[: next((i for i, part in enumerate(parts) if _MAGIC.search(part)), len(parts))]


def _fixed(path: Path) -> Path:
    return Path(*_before_magic(path.parts))


def _glob(path: Path) -> list[Path]:
    """Expand a glob; like a shell's, `*` matches no leading dot. pathlib's `**` follows no links, so it cannot run in circles."""
    parts = path.parts
    fixed = len(_before_magic(parts))
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
