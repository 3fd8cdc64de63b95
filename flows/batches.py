"""Cuts inputs into batches: what one worker takes at a time, bounded in bytes and records, the same whatever the inputs' order.

Records are cut from each other wherever their format tells their ends, also in a compressed stream: a worker that goes on where it
stopped reads that once. So a large input costs no more memory than a batch.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from flows.fields import Reading
from flows.formats import TEXTS, InputFile
from flows.inputs import content_hash
from flows.parquet_records import row_groups
from flows.records import Part, frames_of
from flows.streams import DamagedStreamError, look_at
from warehouse.schema.errors import GiveUp

SPREAD: Final = 4
"""Batches that each worker gets at least, if there is enough to do: so that none waits long for the last."""
LEAST_BYTES: Final = 16_000
"""No batch is made smaller than this for the sake of spreading."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What a batch reads of one input: a part, or all of it. `byte_count` is its share of the bytes as stored."""

    input: InputFile
    content_hash: str
    byte_count: int
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Slices that one worker mills together; `batch_id` is a function of what they hold."""

    batch_id: str
    slices: tuple[Slice, ...]

    @property
    def name(self) -> str:
        """What the Prefect run of the batch is called: its first file, and how much more."""
        first = self.slices[0]
        label = first.input.source_uri.rpartition("/")[2]
        if first.part is not None:
            label += f" from record {first.part.first_record:,}"
        return label if len(self.slices) == 1 else f"{label} and {len(self.slices) - 1} more"

    @property
    def byte_count(self) -> int:
        """Bytes as stored."""
        return sum(one.byte_count for one in self.slices)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a batch: `documents` counts texts or records; `byte_count` is met within one file or record."""

    documents: int
    byte_count: int

    def spread(self, total_bytes: int, workers: int) -> "Limits":
        """The same bounds, tightened so that little input is still shared by all workers."""
        fair = total_bytes // (workers * SPREAD) if workers > 1 else self.byte_count
        return Limits(self.documents, min(self.byte_count, max(fair, LEAST_BYTES)))


def slice_input(input_file: InputFile, limits: Limits, reading: Reading) -> tuple[Slice, ...]:
    """Hash an input and cut it where it can be cut; a record is what `read_records` takes for one.

    Raises GiveUp when it cannot be read.
    """
    whole = content_hash(input_file)
    try:
        parts = _row_group_parts(input_file, limits) if input_file.format == "parquet" else _parts(input_file, limits, reading)
    except OSError as error:
        raise GiveUp(f"{input_file.source_uri}: cannot be read ({error.strerror}); check that it is there") from error
    if len(parts) < 2:
        return (Slice(input_file, whole, input_file.byte_count),)
    total = max(1, parts[-1].end)
    ends = [input_file.byte_count * part.end // total for part in parts]
    sizes = [end - before for before, end in zip([0, *ends[:-1]], ends, strict=True)]
    return tuple(Slice(input_file, whole, size, part) for size, part in zip(sizes, parts, strict=True))


def _parts(input_file: InputFile, limits: Limits, reading: Reading) -> list[Part]:
    """Cut a stream between records; the parts' ends are those of their last records."""
    if input_file.format in TEXTS or input_file.format == "json":  # what closes a .json, and what breaks it, is seen at its end
        return []
    parts: list[Part] = []
    start = first = end = records = 0
    try:
        frames, _ = frames_of(input_file, reading, Part(0, -1, 0))
        if look_at(input_file, reading).encoding is not None:
            return []  # in another encoding than UTF-8 offsets are none of the file
        for frame in frames:
            if frame.problem is not None:
                return []  # where a broken record ends is seen only with what stands behind it: the file is read as a whole
            end = frame.end
            records += 1
            if end - start >= limits.byte_count or records - first >= limits.documents:
                parts.append(Part(start, end, first))
                start, first = end, records
    except DamagedStreamError:
        return []  # what its end is worth is seen with what stands before it
    if records > first:
        parts.append(Part(start, end, first))
    return parts


def _row_group_parts(input_file: InputFile, limits: Limits) -> list[Part]:
    parts: list[Part] = []
    start = first = records = byte_count = number = 0
    try:
        for number, (rows, size) in enumerate(row_groups(input_file), start=1):
            records += rows
            byte_count += size
            if records > first and (byte_count >= limits.byte_count or records - first >= limits.documents):
                parts.append(Part(start, number, first))
                start, first, byte_count = number, records, 0
    except DamagedStreamError:
        return []
    if number > start:
        parts.append(Part(start, number, first))
    return parts


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
        place = "" if one.part is None else f"{one.part.start}-{one.part.end}"
        digest.update("\0".join((one.input.source_uri, one.content_hash, place, "")).encode())
    return Batch(digest.hexdigest(), slices)
