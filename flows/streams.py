"""The bytes of an input, decompressed as they are read, and its lines with their offsets.

Written on the decompressors themselves because the file wrappers of gzip and zstandard lose what they had already decoded when
the stream turns out damaged (or don't notice that it ends early), and because a line may be longer than memory allows.
"""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import zstandard

HEAD_BYTES = 4096
"""How much of a rejected record is kept."""
_READ_BYTES = {"gz": 1 << 14, "zst": 1 << 11, None: 1 << 20}
# A zstd block can unfold to 30,000 times its size, and a gzip block to 1,000 times: small reads bound what one step can give.


class DamagedStreamError(Exception):
    """A compressed stream ends early or cannot be decoded; what came before was already given."""


class _Decoder(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


def read_chunks(path: Path, compression: str | None, start: int = 0, end: int = -1) -> Iterator[bytes]:
    """Give the decompressed bytes of a file in pieces; gzip members and zstd frames one after the other are one stream.

    Of an uncompressed file, `start` and `end` give a range of bytes; an `end` below 0 means that of the file.

    Raises DamagedStreamError after the last piece that could be decoded, OSError when the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(start)
        step = _READ_BYTES[compression]
        pieces = iter(lambda: file.read(step if end < 0 else min(step, end - file.tell())), b"")
        yield from pieces if compression is None else _decode(pieces, compression)


def _decode(pieces: Iterator[bytes], compression: str) -> Iterator[bytes]:
    decoder: _Decoder | None = None
    for read in pieces:
        piece = read
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
                yield from _up_to_damage(before, piece)
                raise DamagedStreamError(f"the {compression} stream is damaged ({error})") from error
            if data:
                yield data
            piece, decoder = (decoder.unused_data, None) if decoder.eof else (b"", decoder)
    if decoder is not None:
        raise DamagedStreamError(f"the {compression} stream ends early")


def _up_to_damage(decoder: _Decoder | None, piece: bytes) -> Iterator[bytes]:
    """Give what stands before the damaged byte: zlib drops all of a step that fails, so take it in small ones."""
    with suppress(zlib.error):
        for start in range(0, len(piece) if decoder is not None else 0, 16):
            if decoder is not None and (data := decoder.decompress(piece[start : start + 16])):
                yield data


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line end: `data` is whole, or, when `byte_count` is over the limit, its first HEAD_BYTES.

    `closed` is False for a last line without a line end. `byte_offset` counts in the decompressed stream.
    """

    byte_offset: int
    byte_count: int
    data: bytes
    closed: bool


def read_lines(chunks: Iterator[bytes], limit: int, start: int = 0) -> Iterator[Line]:
    """Split a stream at line feeds, holding at most `limit` bytes of a line. Raises what `chunks` raises, after the last line.

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
        *whole, rest = chunk.split(b"\n")
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


def _line(held: list[bytes], last: bytes, offset: int, count: int, limit: int, *, closed: bool) -> Line:
    data = b"".join((*held, last)) if count <= limit else b"".join((*held, last[:HEAD_BYTES]))[:HEAD_BYTES]
    return Line(offset, count, data, closed)
