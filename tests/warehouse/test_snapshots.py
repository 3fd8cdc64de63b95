"""The history of a warehouse: what each snapshot changed, the warehouse as it was, and the way back."""

import itertools
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.warehouse.contents import contents
from tests.warehouse.crashing import crash
from tests.warehouse.newsroom import RAID, TALKS, VISIT, Load, Placed, put, story
from warehouse.lake import open_lake
from warehouse.publish import publish
from warehouse.query import connect
from warehouse.schema.errors import UsageError
from warehouse.snapshots import connect_as_of, find_snapshot, rollback, snapshots
from warehouse.verify import verify


@pytest.fixture
def grown(published: Path) -> Path:
    """Snapshot 2 has four documents, 3 a fifth, 4 no RAID any more and another TALKS."""
    put(published, Load([[Placed(story(1), "/in/d.txt")]]), "run-3")
    put(published, Load([[Placed(story(2), "/in/b.txt")]]), "run-4", content="2")
    publish(published)
    return published


def failed(warehouse: Path) -> list[tuple[str, str]]:
    return [(check.name, check.detail) for check in verify(warehouse) if not check.passed]


def test_every_snapshot_tells_what_it_changed(grown: Path) -> None:
    listed = snapshots(grown)
    assert [one.snapshot_id for one in listed] == [0, 1, 2, 3, 4]
    assert listed[3].made_by == "run run-3"
    assert listed[3].rows is not None
    assert listed[3].rows["documents"] == 1
    assert listed[4].rows is not None
    assert "documents" not in listed[4].rows, "one came, one left"
    assert listed[4].rows["casualties"] == -1
    assert listed[4].files_dropped > 0
    assert all(a.taken_at <= b.taken_at for a, b in itertools.pairwise(listed))


@pytest.mark.parametrize("confined", [True, False])
def test_the_warehouse_as_it_was_is_that_of_then(published: Path, confined: bool) -> None:
    before = contents(published)
    put(published, Load([[Placed(story(2), "/in/b.txt")]]), "run-4", content="2")
    publish(published)
    assert contents(published) != before
    with connect_as_of(published, "2", confined=confined) as connection:
        assert contents(connection) == before
        assert connection.execute("SELECT count(*) FROM event_facts").fetchone() == (4,)
        assert connection.execute("SELECT comment FROM duckdb_views() WHERE view_name = 'events'").fetchone() != (None,)
    with connect_as_of(published, "0", confined=confined) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (0,)


def test_a_moment_names_the_snapshot_of_then(grown: Path) -> None:
    listed = snapshots(grown)
    with open_lake(grown, create=False, read_only=True) as connection:
        assert find_snapshot(connection, listed[3].taken_at.isoformat()) == 3
        assert find_snapshot(connection, (listed[3].taken_at - timedelta(microseconds=1)).isoformat()) == 2
        assert find_snapshot(connection, f"{datetime.now(UTC):%Y-%m-%d}") == 4, "a day counts with all of it"
        assert find_snapshot(connection, "2999-01-01T00:00+05:00") == 4
        for wanted, said in (("7", "does not exist"), ("2001-01-01", "before the warehouse began"), ("soon", "neither")):
            with pytest.raises(UsageError, match=said):
                find_snapshot(connection, wanted)


@pytest.mark.slow
def test_rollback_makes_the_tables_those_of_then_and_can_be_undone(grown: Path) -> None:
    newest = contents(grown)
    with connect_as_of(grown, "2", confined=True) as connection:
        then = contents(connection)
    done = rollback(grown, 2)
    assert done.snapshot_id == 5
    assert done.rows["inputs"] == -1
    assert done.forgotten == ("/in/b.txt", "/in/d.txt")
    assert contents(grown) == then
    assert failed(grown) == []
    assert snapshots(grown)[-1].made_by == "rollback to 2"
    rollback(grown, 4)
    assert contents(grown) == newest
    assert failed(grown) == []
    assert rollback(grown, 4).rows == {}


def test_files_of_a_rollback_outlive_the_snapshot_that_they_come_from(grown: Path) -> None:
    rollback(grown, 2)
    then = contents(grown)
    with open_lake(grown, create=False) as connection:
        connection.execute("CALL ducklake_expire_snapshots('lake', older_than => now())")
        connection.execute("CALL ducklake_cleanup_old_files('lake', cleanup_all => true)")
    assert contents(grown) == then
    assert failed(grown) == []
    with pytest.raises(UsageError, match="expired"):
        rollback(grown, 2)


@pytest.mark.slow
def test_a_run_after_a_rollback_loads_again_what_was_lost(grown: Path) -> None:
    newest = contents(grown)
    rollback(grown, 2)
    put(grown, Load([[Placed(story(1), "/in/d.txt")]]), "run-3")
    put(grown, Load([[Placed(story(2), "/in/b.txt")]]), "run-4", content="2")
    publish(grown)
    assert contents(grown) == newest


@pytest.mark.parametrize("point", ["before-rollback", pytest.param("after-rollback", marks=pytest.mark.slow)])
def test_killed_rollback_leaves_the_old_or_the_new_state_and_can_be_repeated(grown: Path, point: str) -> None:
    newest = contents(grown)
    code = "from warehouse.snapshots import rollback\nrollback(warehouse, 2)"
    assert crash(code, grown, point) == -signal.SIGKILL
    assert contents(grown) == newest, "readers have what was published"
    rollback(grown, 2)
    with connect(grown) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (4,)
    assert failed(grown) == []


def test_recoded_document_has_its_earlier_version_in_the_earlier_snapshot(published: Path) -> None:
    again = Load([[Placed(VISIT, "/in/a.txt"), Placed(RAID, "/in/b.txt"), Placed(TALKS, "/in/e.txt")]])
    put(published, again, "run-5", recoded=True, fingerprint="e" * 16)
    sql = "SELECT DISTINCT fingerprint FROM documents ORDER BY ALL"
    with connect_as_of(published, "2", confined=True) as connection:
        assert connection.execute(sql).fetchall() == [("f" * 16,)]
    publish(published)
    with connect(published) as connection:
        assert connection.execute(sql).pl()["fingerprint"].to_list() == pl.Series(["e" * 16, "f" * 16]).to_list()
