"""Maintenance: fewer files with the same rows, old snapshots and orphans gone, and a kill at any of its points costs nothing."""

import os
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from tests.warehouse.contents import contents
from tests.warehouse.crashing import crash
from tests.warehouse.newsroom import VISIT, Load, Placed, put, story
from warehouse.files import live_files
from warehouse.lake import open_lake
from warehouse.layout import layout
from warehouse.maintain import Maintained, maintain, planned
from warehouse.publish import publish
from warehouse.query import connect
from warehouse.schema.errors import GiveUp, RetryLater, UsageError
from warehouse.schema.tables import TEXT_TABLES
from warehouse.snapshots import connect_as_of, snapshots

NOW = timedelta(0)


@pytest.fixture(scope="module")
def template_of_many(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `many` is a copy of."""
    made = tmp_path_factory.mktemp("many") / "data"
    shutil.copytree(template, made)
    for number in range(3):
        put(made, Load([[Placed(story(number), f"/in/{number}.txt")]]), f"run-{number}")
    put(made, Load([[Placed(VISIT, "/in/a.txt")]]), "run-again", content="2", recoded=True)
    return made


@pytest.fixture
def many(template_of_many: Path, warehouse: Path) -> Path:
    """`stocked` after four commits more, with a document that was replaced; published, and with an orphan."""
    shutil.copytree(template_of_many, warehouse)
    publish(warehouse)
    orphan(warehouse)
    return warehouse


def orphan(warehouse: Path) -> Path:
    path = layout(warehouse).data / "main" / "events" / "year=2024" / "month=3" / "lost-run.parquet"
    path.write_bytes(b"PAR1")
    os.utime(path, (time.time() - 10 * 86400,) * 2)
    return path


def paths(warehouse: Path) -> set[Path]:
    return {path for path in layout(warehouse).data.rglob("*") if path.is_file()}


def live(warehouse: Path) -> dict[str, int]:
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return {table: len(files) for table, files in live_files(connection).items()}


def test_files_become_fewer_and_rows_stay(many: Path) -> None:
    before, rows = live(many), contents(many)
    done = maintain(many)
    assert done.failed == ()
    assert contents(many) == rows
    assert live(many)["events"] < before["events"]
    for table in TEXT_TABLES:
        folders = [path.parent for path in _live_paths(many, table)]
        assert len(folders) == len(set(folders)), "one file for each month"
    assert snapshots(many)[-1].rows == {}
    assert snapshots(many)[-1].made_by == "maintain"
    assert maintain(many).did_nothing


@pytest.mark.slow
def test_merged_files_are_sorted_and_the_same_each_time(many: Path, tmp_path: Path) -> None:
    maintain(many)
    first = {path.parent: path.read_bytes() for path in _live_paths(many, "sentences")}
    again = tmp_path / "again"
    put(again, Load([[Placed(VISIT, "/in/a.txt")]], known=[]), "run-x", recoded=True)
    put(again, Load([[Placed(story(number), f"/in/{number}.txt") for number in range(3)]]), "run-y")
    publish(again)
    maintain(again)
    month = "month=5"
    one, other = (
        next(content for folder, content in found.items() if folder.name == month)
        for found in (first, {path.parent: path.read_bytes() for path in _live_paths(again, "sentences")})
    )
    with connect(many) as a, connect(again) as b:
        sql = "SELECT * EXCLUDE batch_id FROM sentences WHERE month = 5"
        assert a.execute(sql).fetchall() == b.execute(sql).fetchall(), "in the same order without being asked for one"
    assert len(one) > 0
    assert len(other) > 0


def test_readers_keep_their_files_for_the_retention(many: Path) -> None:
    with connect(many) as reader:
        rows = contents(reader)
        before = paths(many)
        done = maintain(many)
        assert done.snapshots_expired == ()
        assert paths(many) >= before - {orphan(many)}
        assert contents(reader) == rows
    with connect_as_of(many, "2", confined=True) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (4,)


def test_without_retention_only_the_newest_state_stays(many: Path) -> None:
    rows = contents(many)
    done = maintain(many, retention=NOW)
    assert contents(many) == rows
    assert done.failed == ()
    assert len(snapshots(many)) == 1
    assert done.files_deleted > 0
    assert done.bytes_deleted > 0
    assert paths(many) == set(_live_paths(many))
    with pytest.raises(UsageError, match="expired"):
        connect_as_of(many, "2", confined=True)
    assert snapshots(many)[0].rows is None


@pytest.mark.slow
def test_snapshot_that_was_current_within_the_retention_stays(many: Path) -> None:
    with closing(sqlite3.connect(layout(many).catalog)) as catalog, catalog:
        catalog.execute("UPDATE ducklake_snapshot SET snapshot_time = '2026-01-01 00:00:00+00' WHERE snapshot_id <= 4")
    rows = contents(many)
    assert planned(many).snapshots_expired == (0, 1, 2, 3)
    done = maintain(many)
    assert done.snapshots_expired == (0, 1, 2, 3)
    assert done.failed == ()
    assert contents(many) == rows
    with connect_as_of(many, "2026-02-01", confined=True) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (6,)


@pytest.mark.slow
def test_orphans_go_when_they_are_old_and_fresh_files_stay(many: Path) -> None:
    old = orphan(many)
    fresh = old.with_name("fresh-run.parquet")
    fresh.write_bytes(b"PAR1")
    unfinished = old.with_name(".x.parquet.1.tmp")
    unfinished.write_bytes(b"P")
    os.utime(unfinished, (0, 0))
    done = maintain(many)
    assert (done.orphans_deleted, done.orphan_bytes) == (2, 5)
    assert not old.exists()
    assert not unfinished.exists()
    assert fresh.exists()
    assert maintain(many, orphan_age=timedelta(seconds=-1)).orphans_deleted == 1


def test_dry_run_tells_and_writes_nothing(many: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in many.rglob("*")}
    told = planned(many, retention=NOW)
    assert {path: path.stat().st_mtime_ns for path in many.rglob("*")} == before
    assert told.orphans_deleted == 1
    assert told.snapshots_expired == tuple(range(6))
    assert told.files_deleted > 0
    done = maintain(many)
    assert done.merged == planned_merging(told)
    assert planned(many).did_nothing


def planned_merging(told: Maintained) -> object:
    return told.merged


def test_files_of_the_target_size_are_left_alone(many: Path) -> None:
    assert planned(many, small_bytes=1).merged == ()
    some = planned(many, small_bytes=20_000).merged
    assert 0 < max(len(one.files) for one in some) <= 6


POINTS = [
    ("before-compact-commit", False),
    ("after-compact-commit", True),
    ("before-publish", True),
    ("before-expire", True),
    ("after-expire", True),
    ("before-orphans", True),
]


@pytest.mark.parametrize(
    ("point", "compacted"),
    [one if number == 4 else pytest.param(*one, marks=pytest.mark.slow) for number, one in enumerate(POINTS)],
)
def test_killed_maintenance_changes_no_row_and_the_next_one_completes_it(many: Path, point: str, compacted: bool) -> None:
    rows = contents(many)
    files = sum(live(many).values())
    code = "from datetime import timedelta\nfrom warehouse.maintain import maintain\nmaintain(warehouse, retention=timedelta(0))"
    with connect(many) as reader:
        assert crash(code, many, point) == -signal.SIGKILL
        assert (sum(live(many).values()) < files) is compacted
        if point != "before-orphans":  # without retention, old files are gone by then
            assert contents(reader) == rows
    assert contents(many) == rows
    put(many, Load([[Placed(story(9), "/in/9.txt")]]), "run-after")
    publish(many)
    done = maintain(many, retention=NOW, orphan_age=timedelta(seconds=-1))
    assert done.failed == ()
    assert paths(many) == set(_live_paths(many))
    with connect(many) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (8,)
        assert connection.execute("SELECT count(*) FROM document_sources").fetchone() == (9,)


def test_a_lost_file_stops_it_and_nothing_is_deleted(many: Path) -> None:
    next(iter(_live_paths(many, "events"))).unlink()
    before = paths(many)
    with pytest.raises(GiveUp, match="newsmill verify"):
        maintain(many, retention=NOW)
    assert before <= paths(many)


def test_a_held_lock_says_retry_later(many: Path) -> None:
    with FileLock(layout(many).commit_lock), pytest.raises(RetryLater, match="Try again"):
        maintain(many, timeout=0.2)


def _live_paths(warehouse: Path, table: str | None = None) -> list[Path]:
    with open_lake(warehouse, create=False, read_only=True) as connection:
        listed = live_files(connection)
    return [layout(warehouse).file(file.path) for name, files in listed.items() if table in (None, name) for file in files]
