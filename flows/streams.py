"""The bytes of an input, decompressed as they are read, and its lines with their offsets.

Written on the decompressors themselves because the file wrappers of gzip and zstandard lose what they had already decoded when
the stream turns out damaged (or don't notice that it ends early), and because a line may be longer than memory allows.
"""

import codecs
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import zstandard

from flows.buckets import read_object
from flows.fields import Reading
from flows.formats import InputFile

HEAD_BYTES = 4096
"""How much of a rejected record is kept."""
LOOK_BYTES = 1 << 16
"""How much of an input is looked at to tell its encoding, its line ends and the shape of its table."""
_READ_BYTES = {"gz": 1 << 14, "zst": 1 << 11, None: 1 << 20}
# A zstd block can unfold to 30,000 times its size, and a gzip block to 1,000 times: small reads bound what one step can give.
_RATIO_FROM = 100_000_000
"""Decompressed bytes up to which no ratio is looked at: a small stream does no harm."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class DamagedStreamError(Exception):
    """A stream ends early, cannot be decoded or unfolds too far; what came before was already given."""

    def __init__(self, message: str, reason: str = "truncated") -> None:
        super().__init__(message)
        self.reason = reason


class _Decoder(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


def read_stored(input_file: InputFile, start: int = 0, end: int = -1) -> Iterator[bytes]:
    """Give the bytes of a file or object as stored, from `start` up to `end` (below 0: to its end). Raises OSError."""
    if input_file.in_bucket:
        yield from read_object(input_file.source_uri, start, end)
        return
    with input_file.path.open("rb") as file:
        file.seek(start)
        step = _READ_BYTES[input_file.compression]
        yield from iter(lambda: file.read(step if end < 0 else min(step, end - file.tell())), b"")


def read_chunks(input_file: InputFile, reading: Reading, start: int = 0, end: int = -1) -> Iterator[bytes]:
    """Give the decompressed bytes of an input in pieces; gzip members and zstd frames one after the other are one stream.

    `start` and `end` give a range of the decompressed stream; an `end` below 0 means its end.

    Raises DamagedStreamError after the last piece that could be decoded, OSError when the file cannot be read.
    """
    if input_file.compression is None:
        return read_stored(input_file, start, end)
    return _range_of(input_file, reading, start, end)


def decompressed(pieces: Iterator[bytes], compression: str, reading: Reading) -> Iterator[bytes]:
    """Decompress a stream that is given in pieces. Raises DamagedStreamError, also when it unfolds beyond the bounds."""
    given = taken = 0
    for read, data in _decode(pieces, compression):
        taken += read
        given += len(data)
        if given > reading.decompressed_bytes:
            message = f"the stream unfolds to more than {reading.decompressed_bytes:,} bytes (setting decompressed_bytes)"
            raise DamagedStreamError(message, "expands_too_far")
        if given > max(_RATIO_FROM, taken * reading.decompression_ratio):
            message = f"the stream unfolds to {reading.decompression_ratio:,} times its size and more (setting decompression_ratio)"
            raise DamagedStreamError(message, "expands_too_far")
        yield data


class _Position:
    """A compressed stream that was read up to `offset`, to go on from there: no other place of it can be entered."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.offset = 0
        self.held = b""


_paused: dict[InputFile, _Position] = {}
"""The stream that this process read last, if not to its end: its parts come in order."""


def _range_of(input_file: InputFile, reading: Reading, start: int, end: int) -> Iterator[bytes]:
    position = _paused.pop(input_file, None) if start else None
    if position is None or position.offset > start:
        pieces = read_stored(input_file)
        position = _Position(decompressed(pieces, input_file.compression or "", reading))
    while end < 0 or position.offset < end:
        chunk = position.held or next(position.chunks, None)
        if chunk is None:
            return
        position.held = b""
        skipped = max(0, start - position.offset)
        if skipped >= len(chunk):
            position.offset += len(chunk)
            continue
        kept = len(chunk) if end < 0 else min(len(chunk), end - position.offset)
        position.held = chunk[kept:]
        position.offset += kept
        yield chunk[skipped:kept]
    _paused.clear()
    _paused[input_file] = position


def _decode(pieces: Iterator[bytes], compression: str) -> Iterator[tuple[int, bytes]]:
    decoder: _Decoder | None = None
    for read in pieces:
        for start in range(0, len(read), _READ_BYTES[compression]):
            piece = read[start : start + _READ_BYTES[compression]]
            count = len(piece)
            while piece:
                if decoder is None:
                    piece = piece.lstrip(b"\0") if compression == "gz" else piece  # tapes pad gzip files with NULs
                    if not piece:
                        break
                    decoder = zlib.decompressobj(wbits=31) if compression == "gz" else zstandard.ZstdDecompressor().decompressobj()
                before = decoder.copy() if hasattr(decoder, "copy") else None
                try:
                    data = decoder.decompress(piece)
                except (zlib.error, zstandard.ZstdError) as error:
                    yield from ((0, data) for data in _up_to_damage(before, piece))
                    raise DamagedStreamError(f"the {compression} stream is damaged ({error})") from error
                if data:
                    yield count, data
                    count = 0
                piece, decoder = (decoder.unused_data, None) if decoder.eof else (b"", decoder)
            if count:
                yield count, b""
    if decoder is not None:
        raise DamagedStreamError(f"the {compression} stream ends early")


def _up_to_damage(decoder: _Decoder | None, piece: bytes) -> Iterator[bytes]:
    """Give what stands before the damaged byte: zlib drops all of a step that fails, so take it in small ones."""
    with suppress(zlib.error):
        for start in range(0, len(piece) if decoder is not None else 0, 16):
            if decoder is not None and (data := decoder.decompress(piece[start : start + 16])):
                yield data


@dataclass(frozen=True, slots=True)
class Head:
    """The first LOOK_BYTES of an input, in UTF-8 if a mark tells another `encoding`; `line_end` is that of its lines."""

    data: bytes
    encoding: str | None
    line_end: bytes


@lru_cache(maxsize=16)
def _look(input_file: InputFile, decompressed_bytes: int) -> Head:
    data = b""
    with suppress(DamagedStreamError):
        for chunk in read_chunks(input_file, Reading(decompressed_bytes=decompressed_bytes)):
            data += chunk
            if len(data) >= LOOK_BYTES:
                break
    data = data[:LOOK_BYTES]
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is not None:
        data = b"".join(_in_utf8(iter([data]), encoding))
    return Head(data, encoding, b"\r" if b"\r" in data and b"\n" not in data else b"\n")


def look_at(input_file: InputFile, reading: Reading) -> Head:
    """Look at the beginning of an input of records. Raises OSError."""
    return _look(input_file, reading.decompressed_bytes)


def read_as_utf8(input_file: InputFile, reading: Reading, head: Head, start: int = 0, end: int = -1) -> Iterator[bytes]:
    """As `read_chunks`, in UTF-8: where `head` tells another encoding, `start` counts in UTF-8 and `end` is left out."""
    if head.encoding is None:
        return read_chunks(input_file, reading, start, end)
    return _from(_in_utf8(read_chunks(input_file, reading), head.encoding), start)


def _from(chunks: Iterator[bytes], start: int) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk[start:]
        start = max(0, start - len(chunk))


def _in_utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes of one record: `data` is whole, or, when `byte_count` is over the limit, its first HEAD_BYTES.

    `closed` is False for a last one that nothing ends. `byte_offset` counts in the decompressed stream; `end` is where the next one
    may begin. `problem` is a reason and what is wrong, where the bytes are told to be no record.
    """

    byte_offset: int
    byte_count: int
    data: bytes
    closed: bool = True
    end: int = 0
    problem: tuple[str, str] | None = None


def read_lines(chunks: Iterator[bytes], limit: int, start: int = 0, line_end: bytes = b"\n") -> Iterator[Frame]:
    """Split a stream at line ends, holding at most `limit` bytes of a line. Raises what `chunks` raises, after the last line.

    `start` is where the stream begins in the input.
    """
    held: list[bytes] = []
    offset, count = start, 0
    failure: Exception | None = None
    while True:
        try:
            chunk = next(chunks)
        except StopIteration:
            break
        except (DamagedStreamError, OSError) as error:
            failure = error
            break
        *whole, rest = chunk.split(line_end)
        for piece in whole:
            count += len(piece)
            yield _line(held, piece, offset, count, limit, closed=True)
            offset, count = offset + count + 1, 0
            held = []
        count += len(rest)
        if count <= limit:
            held.append(rest)
        else:
            held = [b"".join((*held, rest[:HEAD_BYTES]))[:HEAD_BYTES]]
    if count:
        yield _line(held, b"", offset, count, limit, closed=False)
    if failure is not None:
        raise failure


def _line(held: list[bytes], last: bytes, offset: int, count: int, limit: int, *, closed: bool) -> Frame:
    data = b"".join((*held, last)) if count <= limit else b"".join((*held, last[:HEAD_BYTES]))[:HEAD_BYTES]
    return Frame(offset, count, data, closed, offset + count + closed)
