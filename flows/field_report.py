"""What the first record of an input holds: which field was taken for what, and which of the user's mappings found nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flows.csv_frames import cells
from flows.fields import FIELDS, Mapped, Reading, find_fields
from flows.formats import TEXTS, InputFile
from flows.parquet_records import column_names, read_rows
from flows.records import Part, frames_of, json_object
from flows.streams import DamagedStreamError


@dataclass(frozen=True, slots=True)
class FieldReport:
    """`found` gives the name of the field for each key of `flows.fields.FIELDS` that the first record has; `names` are all its
    fields; `useless` are mappings whose names it has not."""

    source_uri: str
    format: str
    found: dict[str, str]
    names: tuple[str, ...]
    useless: Mapped

    def warnings(self) -> Iterator[str]:
        """A line for each mapping that found nothing."""
        for target, paths in self.useless:
            there = ", ".join(self.names)[:200] or "none"
            instead = f"{self.found[target]!r} is taken instead" if target in self.found else "nothing is taken"
            yield (
                f"fields.{target} = {' or '.join(map(repr, paths))} finds nothing in the first record of {self.source_uri}: "
                f"{instead}. Its fields: {there}"
            )


def report_fields(inputs: Iterable[InputFile], reading: Reading) -> list[FieldReport]:
    """A report for the first input of each format that has fields, if it can be read."""
    reports: dict[str, FieldReport] = {}
    for one in inputs:
        if one.format in TEXTS or one.format in reports:
            continue
        first = _first_record(one, reading)
        if first is not None:
            names, record = first
            found = {target: name for target, (name, _) in find_fields(record, reading.names).items()}
            useless = tuple((target, paths) for target, paths in reading.names if found.get(target) not in paths)
            ordered = {target: found[target] for target in FIELDS if target in found}
            reports[one.format] = FieldReport(one.source_uri, one.format, ordered, names, useless)
    return list(reports.values())


def _first_record(one: InputFile, reading: Reading) -> tuple[tuple[str, ...], dict[str, Any]] | None:
    try:
        if one.format == "parquet":
            names = column_names(one)
            _, first = next(read_rows(one, reading), (0, None))
            row = None if isinstance(first, DamagedStreamError) else first
            return None if row is None else (tuple(names), row)
        frames, table = frames_of(one, reading, Part(0, -1, 0))
        frame = next(frames, None)
        if frame is None or frame.problem is not None or frame.byte_count > reading.record_bytes:
            return None
        if table is not None:
            return table.header, dict(zip(table.header, cells(frame, table), strict=False))
        reason, value = json_object(frame, reading)
        return None if reason else (tuple(map(str, value)), value)
    except (DamagedStreamError, OSError, ValueError):
        return None
