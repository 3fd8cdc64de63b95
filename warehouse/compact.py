"""Merges the small files that many commits leave, by rewriting them (files that DuckLake merges have columns of its own).

Files of one table and month become files of 64 MB and more, sorted as every file is. Rows stay what they are. Old files go with the
snapshots that hold them, so a reader who opened the warehouse before reads on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import duckdb
import polars as pl

from warehouse.commit import exchange
from warehouse.files import DataFile, file_bytes, live_files, read_file, write_file
from warehouse.layout import Layout, fresh_stem
from warehouse.schema.errors import GiveUp

SMALL_BYTES: Final = 64_000_000
"""A file below this is merged with others of its table and month; what comes of it is below 256 MB."""
GROUP_BYTES: Final = 256_000_000
"""About so much is rewritten in one transaction: runs that want to commit wait for no more than that."""


@dataclass(frozen=True, slots=True)
class Merging:
    """Files of one table and month that become one file."""

    files: tuple[DataFile, ...]
    byte_count: int


def mergings(connection: duckdb.DuckDBPyConnection, small_bytes: int = SMALL_BYTES) -> list[Merging]:
    """What there is to merge in the newest snapshot, by month and table."""
    sizes = file_bytes(connection)
    by_folder: dict[str, list[DataFile]] = {}
    for files in live_files(connection).values():
        for file in files:
            if sizes[file.path] < small_bytes:
                by_folder.setdefault(str(PurePosixPath(file.path).parent), []).append(file)
    found = [
        merging
        for folder in sorted(by_folder, key=_month)
        for merging in _filled(sorted(by_folder[folder], key=lambda file: file.path), sizes, small_bytes)
    ]
    return [merging for merging in found if len(merging.files) > 1]


def compact_some(
    connection: duckdb.DuckDBPyConnection, place: Layout, operation: str, small_bytes: int = SMALL_BYTES
) -> list[Merging]:
    """Merge about `GROUP_BYTES` of what there is to merge, in one commit; nothing is left to do when it gives an empty list.

    The caller holds the commit lock.

    Raises:
        GiveUp: a file is missing or damaged, or a new one cannot be written.
    """
    group: list[Merging] = []
    for merging in mergings(connection, small_bytes):
        if group and sum(one.byte_count for one in group) + merging.byte_count > GROUP_BYTES:
            break
        group.append(merging)
    if group:
        added = [_merged(place, merging.files, operation) for merging in group]
        dropped = [file for merging in group for file in merging.files]
        exchange(connection, place, added, dropped, "maintain", "compact-commit")
    return group


def _month(folder: str) -> tuple[str, str]:
    path = PurePosixPath(folder)
    return "/".join(path.parts[2:]), path.parts[1]


def _filled(files: Sequence[DataFile], sizes: dict[str, int], enough: int) -> Iterator[Merging]:
    some: list[DataFile] = []
    for file in files:
        some.append(file)
        if sum(sizes[one.path] for one in some) >= enough:
            yield Merging(tuple(some), sum(sizes[one.path] for one in some))
            some = []
    yield Merging(tuple(some), sum(sizes[one.path] for one in some))


def _merged(place: Layout, files: Sequence[DataFile], operation: str) -> DataFile:
    rows = pl.concat([read_file(place, file) for file in files])
    wanted = sum(file.rows for file in files)
    if rows.height != wanted:
        message = f"The {len(files)} files beside {place.file(files[0].path)} have {rows.height} rows, the catalog says {wanted}."
        raise GiveUp(f"{message} Nothing was changed; `newsmill verify` names all damage.")
    path = PurePosixPath(files[0].path).with_name(f"{fresh_stem('merged', operation)}.parquet")
    return write_file(rows, files[0].table, place, str(path))
