"""Objects on s3:// as inputs: listed page by page, read as streams, by the endpoint and credentials of the environment.

Credentials come from the variables that all AWS tools know, else from a profile of ~/.aws; they are handed to the library and stand
in no message: of an error only its first line is kept, without what an address may carry.
"""

import configparser
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Final, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from flows.formats import BUCKET

PAGE: Final = 1000
_CHUNK_BYTES: Final = 1 << 20
_KEYS: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_SECRET = re.compile(r"(?<=://)[^/@\s]*@|\?\S*")


def bucket_and_key(url: str) -> tuple[str, str]:
    """The two parts of s3://bucket/key."""
    bucket, _, key = url.removeprefix(BUCKET).partition("/")
    return bucket, key


def list_objects(url: str) -> Iterator[tuple[str, int, datetime, str]]:
    """The objects at or beneath an address: key, bytes, time of change in UTC, etag; in the bucket's order.

    Raises OSError when the bucket cannot be listed; the message is for the user.
    """
    bucket, prefix = bucket_and_key(url)
    try:
        for page in obstore.list(_store(bucket), prefix=prefix.rstrip("/") or None, chunk_size=PAGE):
            for one in page:
                yield one["path"], one["size"], one["last_modified"].astimezone(UTC), str(one["e_tag"] or "").strip('"')
        if prefix and not prefix.endswith("/"):  # a prefix that ends within a name lists nothing; the object of that name does
            one = obstore.head(_store(bucket), prefix)
            yield one["path"], one["size"], one["last_modified"].astimezone(UTC), str(one["e_tag"] or "").strip('"')
    except FileNotFoundError:
        return
    except (BaseError, OSError, ValueError) as error:
        raise _told(error) from error


def read_object(url: str, start: int = 0, end: int = -1) -> Iterator[bytes]:
    """Give the bytes of an object as they come. Raises OSError with a message for the user."""
    if 0 <= end <= start:
        return
    bucket, key = bucket_and_key(url)
    try:
        skipped, stream = _opened(_store(bucket), key, start, end)
        for one in stream:
            chunk = bytes(one)[skipped:] if skipped else bytes(one)
            skipped = max(0, skipped - len(one))
            if 0 <= end <= start + len(chunk):
                yield chunk[: end - start]
                return
            start += len(chunk)
            if chunk:
                yield chunk
    except (BaseError, OSError) as error:
        raise _told(error) from error


@contextmanager
def seekable_object(url: str) -> Iterator[IO[bytes]]:
    """Give an object as a file that can be entered anywhere; where the server knows no ranges, a copy that is gone afterwards."""
    bucket, key = bucket_and_key(url)
    try:
        reader = obstore.open_reader(_store(bucket), key)
        try:
            reader.read(1)
            reader.seek(0)
        except OSError as error:
            if "non-partial" not in str(error):
                raise
            reader.close()
            with tempfile.TemporaryFile() as copy:
                for chunk in read_object(url):
                    copy.write(chunk)
                copy.seek(0)
                yield copy
            return
    except (BaseError, OSError) as error:
        raise _told(error) from error
    try:
        yield cast(IO[bytes], _Bytes(reader))
    finally:
        reader.close()


class _Bytes:
    """A reader whose `read` gives bytes, as pyarrow wants them."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        return bytes(self._reader.read(size) if size >= 0 else self._reader.readall())

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._reader.seek(offset, whence))

    def tell(self) -> int:
        return int(self._reader.tell())

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True


def _opened(store: S3Store, key: str, start: int, end: int) -> tuple[int, Any]:
    """How many bytes are to be skipped, and the stream: all of it where the server gives no ranges."""
    if start:
        try:
            span: Any = (start, end) if end >= 0 else {"offset": start}
            return 0, obstore.get(store, key, options={"range": span}).stream(min_chunk_size=_CHUNK_BYTES)
        except BaseError as error:
            if "non-partial" not in str(error):
                raise
    return start, obstore.get(store, key).stream(min_chunk_size=_CHUNK_BYTES)


@lru_cache(maxsize=8)
def _store(bucket: str) -> S3Store:
    client: Any = {"timeout": "120s", "connect_timeout": "10s"}
    if os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://"):
        client["allow_http"] = True
    retry: Any = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
    return S3Store(bucket, config=cast(Any, _profile()), client_options=client, retry_config=retry)


def _profile() -> dict[str, str]:
    """Keys and region of the profile that AWS_PROFILE names (else "default"), where the environment gives none."""
    name = os.environ.get("AWS_PROFILE", "default")
    files = (
        (os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"), name),
        (os.environ.get("AWS_CONFIG_FILE", "~/.aws/config"), name if name == "default" else f"profile {name}"),
    )
    found: dict[str, str] = {}
    for file, section in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(Path(file).expanduser(), encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        if parser.has_section(section) or section == "default":
            found = dict(parser[section] if parser.has_section(section) else {}) | found
    given: dict[str, str] = {}
    if "AWS_ACCESS_KEY_ID" not in os.environ:
        given = {key.removeprefix("aws_"): found[key] for key in _KEYS if key in found}
        given = {{"session_token": "token"}.get(key, key): value for key, value in given.items()}
    if "region" in found and not {"AWS_REGION", "AWS_DEFAULT_REGION"} & os.environ.keys():
        given["region"] = found["region"]
    return given


def _told(error: Exception) -> OSError:
    lines = str(error).splitlines() or [type(error).__name__]
    code = re.search(r"<Code>(\w+)</Code>", str(error))
    what = _SECRET.sub("", lines[0]).partition(": <?xml")[0].rstrip(": ")
    told = OSError(f"{what}{f' ({code[1]})' if code else ''}")
    told.strerror = str(told)
    return FileNotFoundError(2, "no such object") if isinstance(error, FileNotFoundError) else told
