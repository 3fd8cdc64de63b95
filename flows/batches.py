"""Cuts inputs into batches: what one worker takes at a time, bounded in bytes and records, the same whatever the inputs' order.

An uncompressed .jsonl is cut at line ends, so that all workers share a large one; a compressed stream cannot be entered in its
middle and stays whole. Cutting reads the file, as its hash must, so both come from one pass.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from flows.inputs import InputFile, content_hash
from flows.records import Part
from flows.streams import read_chunks, read_lines
from warehouse.schema.errors import GiveUp

SPREAD: Final = 4
"""Batches that each worker gets at least, if there is enough to do: so that none waits long for the last."""
LEAST_BYTES: Final = 16_000
"""No batch is made smaller than this for the sake of spreading."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What a batch reads of one input: a part, or all of it."""

    input: InputFile
    content_hash: str
    part: Part | None = None

    @property
    def byte_count(self) -> int:
        """Bytes as stored."""
        return self.input.byte_count if self.part is None else self.part.end_byte - self.part.start_byte


@dataclass(frozen=True, slots=True)
class Batch:
    """Slices that one worker mills together; `batch_id` is a function of what they hold."""

    batch_id: str
    slices: tuple[Slice, ...]

    @property
    def name(self) -> str:
        """What the Prefect run of the batch is called: its first file, and how much more."""
        first = self.slices[0]
        label = first.input.path.name
        if first.part is not None:
            label += f" from byte {first.part.start_byte:,}"
        return label if len(self.slices) == 1 else f"{label} and {len(self.slices) - 1} more"

    @property
    def byte_count(self) -> int:
        """Bytes as stored."""
        return sum(one.byte_count for one in self.slices)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a batch: `documents` counts text files, or lines of a .jsonl; `byte_count` is met within one file or line."""

    documents: int
    byte_count: int

    def spread(self, total_bytes: int, workers: int) -> "Limits":
        """The same bounds, tightened so that little input is still shared by all workers."""
        fair = total_bytes // (workers * SPREAD) if workers > 1 else self.byte_count
        return Limits(self.documents, min(self.byte_count, max(fair, LEAST_BYTES)))


def slice_input(input_file: InputFile, limits: Limits, record_limit: int) -> tuple[Slice, ...]:
    """Hash an input and cut it where it can be cut; a record is what `read_records` takes for one.

    Raises GiveUp when it cannot be read.
    """
    if input_file.format != "jsonl" or input_file.compression is not None:
        return (Slice(input_file, content_hash(input_file)),)
    digest = blake2b(digest_size=16)

    def hashed() -> Iterator[bytes]:
        for chunk in read_chunks(input_file.path, None):
            digest.update(chunk)
            yield chunk

    parts: list[Part] = []
    start = first = end = records = 0
    try:
        for line in read_lines(hashed(), record_limit):
            end = line.byte_offset + line.byte_count + line.closed
            records += line.byte_count > record_limit or bool(line.data.strip())
            if records > first and (end - start >= limits.byte_count or records - first >= limits.documents):
                parts.append(Part(start, end, first))
                start, first = end, records
    except OSError as error:
        raise GiveUp(f"{input_file.source_uri}: cannot be read ({error.strerror}); check that it is there") from error
    if records > first:
        parts.append(Part(start, end, first))
    whole = digest.hexdigest()
    return tuple(Slice(input_file, whole, part) for part in parts) if len(parts) > 1 else (Slice(input_file, whole),)


def make_batches(inputs: Iterable[tuple[Slice, ...]], limits: Limits) -> Iterator[Batch]:
    """Pack the slices of each input: small whole inputs together in order, each part of a large one by itself."""
    packed: list[Slice] = []
    for slices in inputs:
        for one in slices:
            if one.part is not None:
                yield _batch((one,))
                continue
            full = len(packed) >= limits.documents or sum(s.byte_count for s in packed) + one.byte_count > limits.byte_count
            if packed and full:
                yield _batch(tuple(packed))
                packed = []
            packed.append(one)
    if packed:
        yield _batch(tuple(packed))


def _batch(slices: tuple[Slice, ...]) -> Batch:
    digest = blake2b(digest_size=6)
    for one in slices:
        place = "" if one.part is None else f"{one.part.start_byte}-{one.part.end_byte}"
        digest.update("\0".join((one.input.source_uri, one.content_hash, place, "")).encode())
    return Batch(digest.hexdigest(), slices)
