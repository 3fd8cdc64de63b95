"""Keeps a warehouse small and quick: merges small files, expires old snapshots, deletes files that nothing needs, checks the rest.

Each step holds the commit lock for itself and is whole or not done, so runs go on in between and a kill costs at most the step. A
file is deleted when the last snapshot that has it was superseded longer ago than the retention: readers that opened the warehouse
within that time read on.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeVar

import duckdb

from warehouse.commit import alone
from warehouse.compact import SMALL_BYTES, Merging, compact_some, mergings
from warehouse.fault import fault_point
from warehouse.files import METADATA, live_files, newest_snapshot
from warehouse.lake import LOCK_SECONDS, open_lake
from warehouse.layout import Layout, layout, operation_id
from warehouse.publish import publish
from warehouse.schema.errors import GiveUp, RetryLater
from warehouse.verify import Check, verify

T = TypeVar("T")

RETENTION: Final = timedelta(days=7)
"""Snapshots that were superseded longer ago are expired."""
ORPHAN_AGE: Final = timedelta(days=7)
"""A file that no snapshot lists may be of a run that is under way, unless it is older than any run lasts."""
_FREE_SHARE: Final = 0.25
"""The catalog is packed when more of its pages are empty."""


@dataclass(frozen=True, slots=True)
class Maintained:
    """What was done, or would be done: files merged into one each, snapshots expired, files deleted with it, orphans.

    `failed` are the checks of `newsmill verify` that failed afterwards.
    """

    merged: tuple[Merging, ...] = ()
    snapshots_expired: tuple[int, ...] = ()
    files_deleted: int = 0
    bytes_deleted: int = 0
    orphans_deleted: int = 0
    orphan_bytes: int = 0
    failed: tuple[Check, ...] = ()

    @property
    def did_nothing(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.merged or self.snapshots_expired or self.files_deleted or self.orphans_deleted)


def planned(
    warehouse: Path, *, retention: timedelta = RETENTION, orphan_age: timedelta = ORPHAN_AGE, small_bytes: int = SMALL_BYTES
) -> Maintained:
    """What `maintain` would do now; writes nothing.

    Raises:
        GiveUp: there is no warehouse, or it is damaged or of a newer schema.
        RetryLater: its catalog is locked.
    """
    place = layout(warehouse)
    with open_lake(warehouse, create=False, read_only=True) as connection:
        connection.execute("BEGIN")
        merging = mergings(connection, small_bytes)
        expired = _superseded(connection, retention)
        deletable = _deletable(connection, place, expired)
        orphans = _orphans(connection, place, orphan_age)
        connection.execute("COMMIT")
    return Maintained(
        merged=tuple(merging),
        snapshots_expired=tuple(expired),
        files_deleted=len(deletable),
        bytes_deleted=_bytes(deletable),
        orphans_deleted=len(orphans),
        orphan_bytes=_bytes(orphans),
    )


def maintain(
    warehouse: Path,
    *,
    retention: timedelta = RETENTION,
    orphan_age: timedelta = ORPHAN_AGE,
    small_bytes: int = SMALL_BYTES,
    timeout: float = LOCK_SECONDS,
) -> Maintained:
    """Merge small files, publish, expire snapshots, delete files that nothing needs, and check the warehouse.

    Raises:
        GiveUp: there is no warehouse, it is damaged or of a newer schema, or a file cannot be written or deleted.
        RetryLater: another process held the commit lock for `timeout` seconds. What was done before that stays.
    """
    place = layout(warehouse)
    operation = operation_id()
    merged: list[Merging] = []
    while some := _with_lake(place, timeout, lambda lake: compact_some(lake, place, operation, small_bytes)):
        merged += some
    expired, deleted, deleted_bytes = _expire(place, retention, timeout)
    fault_point("before-orphans")
    orphans = _with_lake(place, timeout, lambda lake: _delete_orphans(lake, place, orphan_age))
    alone(place, timeout, _pack)
    return Maintained(
        merged=tuple(merged),
        snapshots_expired=tuple(expired),
        files_deleted=deleted,
        bytes_deleted=deleted_bytes,
        orphans_deleted=orphans[0],
        orphan_bytes=orphans[1],
        failed=tuple(check for check in verify(warehouse) if not check.passed),
    )


def _with_lake(place: Layout, timeout: float, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
    def locked(place: Layout) -> T:
        with open_lake(place.root, create=False) as connection:
            return work(connection)

    return alone(place, timeout, locked)


def _superseded(connection: duckdb.DuckDBPyConnection, retention: timedelta) -> list[int]:
    """Snapshots that another took the place of longer ago than the retention."""
    sql = f"SELECT snapshot_id, CAST(snapshot_time AS TIMESTAMPTZ) FROM {METADATA}.ducklake_snapshot ORDER BY snapshot_id"  # noqa: S608
    before = datetime.now(UTC) - retention
    return [this[0] for this, following in pairwise(connection.execute(sql).fetchall()) if following[1] <= before]


def _deletable(connection: duckdb.DuckDBPyConnection, place: Layout, expired: list[int]) -> list[Path]:
    """Files that no snapshot has when `expired` are gone, and those that wait for their deletion."""
    sql = (
        "SELECT s.path || t.path || f.path "  # noqa: S608
        f"FROM {METADATA}.ducklake_data_file f JOIN {METADATA}.ducklake_table t USING (table_id) "
        f"JOIN {METADATA}.ducklake_schema s USING (schema_id) WHERE f.end_snapshot IS NOT NULL AND NOT EXISTS ("
        f"FROM {METADATA}.ducklake_snapshot k WHERE NOT list_contains(?, k.snapshot_id) "
        "AND k.snapshot_id >= f.begin_snapshot AND k.snapshot_id < f.end_snapshot)"
    )
    unneeded = [row[0] for row in connection.execute(sql, [expired]).fetchall()]
    return [place.file(path) for path in (*unneeded, *_scheduled(connection))]


def _scheduled(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in connection.execute(f"SELECT path FROM {METADATA}.ducklake_files_scheduled_for_deletion").fetchall()]  # noqa: S608


def _expire(place: Layout, retention: timedelta, timeout: float) -> tuple[list[int], int, int]:
    def work(connection: duckdb.DuckDBPyConnection, shown: int) -> tuple[list[int], int, int] | None:
        if newest_snapshot(connection) != shown:
            return None  # a run has committed meanwhile: readers may still hold files that are about to go
        expired = _superseded(connection, retention)
        if expired:
            fault_point("before-expire")
            connection.execute("CALL ducklake_expire_snapshots('lake', versions => ?)", [expired])
            fault_point("after-expire")
        going = _scheduled(connection)
        live = {file.path for files in live_files(connection).values() for file in files}
        if live & set(going):
            message = f"{place.file(min(live & set(going)))} is needed and marked for deletion. Nothing was deleted."
            raise GiveUp(f"{message} This is a fault of Newsmill; please report it.")
        paths = [place.file(path) for path in going]
        size = _bytes(paths)
        if going:
            connection.execute("CALL ducklake_cleanup_old_files('lake', cleanup_all => true)")
        return expired, len(going), size

    for _ in range(5):
        shown = publish(place.root, timeout=timeout).snapshot_id
        if (done := _with_lake(place, timeout, partial(work, shown=shown))) is not None:
            return done
    raise RetryLater(f"Runs commit to {place.root} all the time; no old file was deleted. Try again when they are done.")


def _orphans(connection: duckdb.DuckDBPyConnection, place: Layout, age: timedelta) -> list[Path]:
    """Files beneath the data folder that the catalog doesn't know and that no run can be writing."""
    sql = (
        f"SELECT s.path || t.path || f.path FROM {METADATA}.ducklake_data_file f "  # noqa: S608
        f"JOIN {METADATA}.ducklake_table t USING (table_id) JOIN {METADATA}.ducklake_schema s USING (schema_id)"
    )
    known = {row[0] for row in connection.execute(sql).fetchall()} | set(_scheduled(connection))
    before = (datetime.now(UTC) - age).timestamp()
    found = []
    for path in sorted(place.data.rglob("*")):
        if not path.is_symlink() and path.is_file() and place.relative(path) not in known and path.stat().st_mtime <= before:
            found.append(path)  # noqa: PERF401 - as a comprehension nobody could read it
    return found


def _delete_orphans(connection: duckdb.DuckDBPyConnection, place: Layout, age: timedelta) -> tuple[int, int]:
    paths = _orphans(connection, place, age)
    size = _bytes(paths)
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise GiveUp(f"{path} cannot be deleted ({error.strerror or error}). Change the folder's permissions.") from error
    return len(paths), size


def _pack(place: Layout) -> None:
    """Give back the space of rows that left the catalog."""
    with closing(sqlite3.connect(place.catalog, timeout=5)) as catalog:
        pages, free = (catalog.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
        if free > pages * _FREE_SHARE:
            try:
                catalog.execute("VACUUM")
            except sqlite3.OperationalError:
                return  # a reader holds it; the next maintain will do


def _bytes(paths: list[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.exists())
