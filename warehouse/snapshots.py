"""The history of a warehouse: which snapshots there are, what each changed, the warehouse as one of them had it, and the way back.

A snapshot is a list of live files, so an earlier one is read by the same views over other files, without DuckLake. Going back is a
new snapshot that exchanges files, so nothing is lost by it and it can be undone in the same way.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path, PurePosixPath

import duckdb

from warehouse.commit import alone, exchange
from warehouse.files import METADATA, DataFile, live_files, newest_snapshot, read_file
from warehouse.lake import LOCK_SECONDS, open_lake
from warehouse.layout import Layout, fresh_stem, layout, operation_id
from warehouse.publish import publish, view_statements
from warehouse.query import confine
from warehouse.removals import read_removals
from warehouse.schema.errors import GiveUp, UsageError
from warehouse.schema.tables import TABLES


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that is kept: its number, when it was made, by what ("run <run_id>", "maintain", ...; "" when it doesn't say).

    `rows` are the rows that each table gained (or lost, below 0); None for the oldest one kept, whose predecessor is gone.
    """

    snapshot_id: int
    taken_at: datetime
    made_by: str
    rows: dict[str, int] | None
    files_added: int
    files_dropped: int


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What a rollback did: the new snapshot, and the rows that each table gained or lost by it.

    `forgotten` are the inputs that the warehouse had and has no more, or has with earlier content.
    """

    snapshot_id: int
    rows: dict[str, int]
    forgotten: tuple[str, ...]


def snapshots(warehouse: Path) -> list[Snapshot]:
    """All snapshots that are kept, oldest first.

    Raises:
        GiveUp: there is no warehouse, or it is damaged or of a newer schema.
        RetryLater: its catalog is locked.
    """
    with open_lake(warehouse, create=False, read_only=True) as connection:
        connection.execute("BEGIN")  # one view of the catalog for all three questions
        listed = _listed(connection)
        added = _files(connection, "begin_snapshot")
        dropped = _files(connection, "end_snapshot")
        connection.execute("COMMIT")
    found = []
    for number, (snapshot_id, taken_at, made_by) in enumerate(listed):
        gained, lost = added.get(snapshot_id, {}), dropped.get(snapshot_id, {})
        found.append(
            Snapshot(
                snapshot_id=snapshot_id,
                taken_at=taken_at.astimezone(UTC),
                made_by=made_by or "",
                rows=_difference(gained, lost) if number or snapshot_id == 0 else None,
                files_added=sum(files for files, _ in gained.values()),
                files_dropped=sum(files for files, _ in lost.values()),
            )
        )
    return found


def newest(warehouse: Path) -> int:
    """Number of the newest snapshot.

    Raises:
        GiveUp, RetryLater: as `snapshots`.
    """
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return newest_snapshot(connection)


def find_snapshot(connection: duckdb.DuckDBPyConnection, wanted: str) -> int:
    """The snapshot that `wanted` names: its number, or a moment in ISO 8601 (UTC without an offset; a day counts whole).

    Raises:
        UsageError: it is neither, there never was such a snapshot, or it has been expired.
    """
    listed = _listed(connection)
    oldest, newest = listed[0], listed[-1]
    kept = f"Kept are {oldest[0]} ({_moment(oldest[1])}) to {newest[0]} ({_moment(newest[1])}); `newsmill snapshots` lists them."
    if wanted.isdecimal():
        number = int(wanted)
        if number in {one[0] for one in listed}:
            return number
        what = "does not exist" if number > newest[0] else "has been expired by `newsmill maintain`"
        raise UsageError(f"Snapshot {number} {what}. {kept}")
    moment = _parse(wanted)
    if moment is None:
        raise UsageError(f"{wanted!r} is neither the number of a snapshot nor a moment as 2026-03-01 or 2026-03-01T12:00. {kept}")
    before = [one[0] for one in listed if one[1] <= moment]
    if not before:
        what = "is before the warehouse began" if oldest[0] == 0 else "is before the oldest snapshot that `newsmill maintain` left"
        raise UsageError(f"{wanted} {what}. {kept}")
    return int(max(before))


def connect_as_of(warehouse: Path, wanted: str, *, confined: bool) -> duckdb.DuckDBPyConnection:
    """A connection with the views, marts and comments over the files that were live in the snapshot that `wanted` names.

    What was taken down later is not shown. `wanted` as in `find_snapshot`, `confined` as in `warehouse.query.confine`.

    Raises:
        UsageError: there is no such snapshot.
        GiveUp: there is no warehouse, or it is damaged or of a newer schema.
        RetryLater: its catalog is locked.
    """
    place = layout(warehouse)
    with open_lake(warehouse, create=False, read_only=True) as lake:
        lake.execute("BEGIN")
        files = live_files(lake, find_snapshot(lake, wanted))
        lake.execute("COMMIT")
    removals = read_removals(place)
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    try:
        for statement in view_statements(place, files, removals.condition):
            connection.execute(statement)
        if confined:
            confine(connection, warehouse)
    except BaseException:
        connection.close()
        raise
    return connection


def rollback(warehouse: Path, snapshot_id: int, *, timeout: float = LOCK_SECONDS) -> RolledBack:
    """Make all tables what they were in a snapshot, in one commit, and publish it; the snapshots in between stay.

    Raises:
        UsageError: there is no such snapshot, it has another schema, or something was taken down since.
        GiveUp: a file of it is missing, or the warehouse cannot be written.
        RetryLater: another process held the commit lock for `timeout` seconds.
    """
    done = alone(layout(warehouse), timeout, lambda place: _roll_back(place, snapshot_id))
    publish(warehouse, timeout=timeout)
    return done


def _roll_back(place: Layout, snapshot_id: int) -> RolledBack:
    with open_lake(place.root, create=False) as connection:
        find_snapshot(connection, str(snapshot_id))
        _refuse_removed(place, snapshot_id)
        now, then = live_files(connection), live_files(connection, snapshot_id)
        paths_now = {file.path for files in now.values() for file in files}
        paths_then = {file.path for files in then.values() for file in files}
        if {file.path for file in now["schema_versions"]} - paths_then and not then["schema_versions"]:
            raise UsageError(f"Snapshot {snapshot_id} is of a time when the warehouse had no tables. Choose a later one.")
        rows = {table: sum(f.rows for f in then[table]) - sum(f.rows for f in now[table]) for table in TABLES}
        loaded_now, loaded_then = (_loaded(place, files["inputs"]) for files in (now, then))
        forgotten = tuple(sorted(uri for uri, content in loaded_now.items() if loaded_then.get(uri) != content))
        # A file that left is about to be deleted by its name, when its snapshot expires: it comes back under a new name.
        operation = operation_id()
        added = [_again(place, file, operation) for files in then.values() for file in files if file.path not in paths_now]
        dropped = [file for files in now.values() for file in files if file.path not in paths_then]
        if added or dropped:
            exchange(connection, place, added, dropped, f"rollback to {snapshot_id}", "rollback")
        changed = {table: count for table, count in rows.items() if count}
        return RolledBack(newest_snapshot(connection), changed, forgotten)


def _loaded(place: Layout, files: list[DataFile]) -> dict[str, str]:
    """The content_hash of every input."""
    return dict(row for file in files for row in read_file(place, file, ("source_uri", "content_hash")).iter_rows())


def _refuse_removed(place: Layout, snapshot_id: int) -> None:
    removals = read_removals(place)
    if snapshot_id <= removals.snapshot_id:
        raise UsageError(
            f"Snapshot {snapshot_id} holds what `newsmill remove` took down since; going back would bring it back. The oldest "
            f"snapshot to go back to is {removals.snapshot_id + 1}. `newsmill query --as-of {snapshot_id}` still reads the rest."
        )


def _again(place: Layout, file: DataFile, operation: str) -> DataFile:
    path = PurePosixPath(file.path)
    new = str(path.with_name(f"{fresh_stem(path.name.split('-', 1)[0], operation)}.parquet"))
    source, target = place.file(file.path), place.file(new)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(source, target)
    except FileNotFoundError as error:
        raise GiveUp(f"{source} is missing; the snapshot cannot be had back. `newsmill snapshots` lists the others.") from error
    except OSError as error:
        raise GiveUp(f"{target} cannot be written ({error.strerror or error}). Free space and try again.") from error
    return DataFile(file.table, new, file.rows, file.lacking)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # no hard links on this file system
        unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        shutil.copyfile(source, unfinished)
        unfinished.replace(target)


def _listed(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, datetime, str | None]]:
    sql = (
        "SELECT snapshot_id, CAST(snapshot_time AS TIMESTAMPTZ), commit_message "  # noqa: S608
        f"FROM {METADATA}.ducklake_snapshot LEFT JOIN {METADATA}.ducklake_snapshot_changes USING (snapshot_id) ORDER BY snapshot_id"
    )
    return connection.execute(sql).fetchall()


def _files(connection: duckdb.DuckDBPyConnection, column: str) -> dict[int, dict[str, tuple[int, int]]]:
    """By snapshot and table: files and rows that it added (begin_snapshot) or dropped (end_snapshot)."""
    sql = (
        f"SELECT f.{column}, table_name, count(*), CAST(sum(record_count) AS BIGINT) FROM {METADATA}.ducklake_data_file f "  # noqa: S608
        f"JOIN {METADATA}.ducklake_table t USING (table_id) WHERE f.{column} IS NOT NULL GROUP BY ALL"
    )
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for snapshot_id, table, files, rows in connection.execute(sql).fetchall():
        found.setdefault(snapshot_id, {})[table] = (files, rows)
    return found


def _difference(gained: dict[str, tuple[int, int]], lost: dict[str, tuple[int, int]]) -> dict[str, int]:
    counts = {table: gained.get(table, (0, 0))[1] - lost.get(table, (0, 0))[1] for table in TABLES}
    return {table: count for table, count in counts.items() if count}


def _parse(wanted: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(wanted)
    except ValueError:
        return None
    if len(wanted) <= len("2026-03-01"):
        moment = datetime.combine(moment, time.max)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
