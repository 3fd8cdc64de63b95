"""Kills at the named points and commits at the same time: the warehouse stays whole and the next run completes it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.warehouse.newsroom import RAID, VISIT, Load, Placed, put, story
from warehouse.fault import fault_point
from warehouse.known import known_documents, known_inputs
from warehouse.lake import open_lake
from warehouse.publish import is_published, publish
from warehouse.query import connect
from warehouse.verify import verify

RUN = """
import sys
from pathlib import Path
from tests.warehouse.newsroom import RAID, VISIT, Load, Placed, put, story
from warehouse.publish import publish
warehouse, run_id, first, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
for number in range(first, first + count):
    # VISIT stands in every input: each commit meets a document that another process may have brought.
    uri = f"/in/{number}.jsonl"
    put(warehouse, Load([[Placed(story(number), uri, 0), Placed(VISIT, uri, 1)]]), f"{run_id}-{number}")
    publish(warehouse)
"""


def run(warehouse: Path, run_id: str, first: int, count: int = 1, crash_at: str = "") -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "NEWSMILL_CRASH_AT": crash_at, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", RUN, str(warehouse), run_id, str(first), str(count)]
    return subprocess.Popen(command, env=environment, cwd=root, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> int:
    _, errors = process.communicate(timeout=240)
    if process.returncode > 0:
        raise AssertionError(errors)
    return process.returncode


def failed(warehouse: Path) -> list[tuple[str, str]]:
    return [(check.name, check.detail) for check in verify(warehouse) if not check.passed]


@pytest.mark.parametrize(
    ("point", "committed"),
    [("before-commit", False), pytest.param("after-commit", True, marks=pytest.mark.slow), ("before-publish", True)],
)
def test_kill_leaves_the_old_or_the_new_snapshot_and_the_next_run_completes_it(
    published: Path, point: str, committed: bool
) -> None:
    assert finish(run(published, "killed", 1, crash_at=point)) == -signal.SIGKILL
    assert known_documents(published).height == (5 if committed else 4)
    assert (known_inputs(published).height == 4) is committed
    assert not is_published(published) or not committed
    with connect(published) as connection:  # readers still have what was published before
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (4,)

    if not committed:
        assert finish(run(published, "again", 1)) == 0
    publish(published)
    assert known_documents(published).height == 5
    assert failed(published) == []
    with connect(published) as connection:
        assert connection.execute("SELECT count(*) FROM document_sources").fetchone() == (7,)
    assert {path.name for path in published.iterdir()} == {"lake", "newsmill.duckdb"}


@pytest.mark.slow
def test_kill_while_the_warehouse_is_made_leaves_none_or_a_whole_one(warehouse: Path) -> None:
    assert finish(run(warehouse, "killed", 1, crash_at="before-commit")) == -signal.SIGKILL
    assert finish(run(warehouse, "again", 1)) == 0
    assert failed(warehouse) == []
    assert known_documents(warehouse).height == 2


@pytest.mark.slow
def test_kill_at_any_moment_loses_and_doubles_nothing(warehouse: Path) -> None:
    for number in range(6):
        process = run(warehouse, f"run-{number}", 10 * number, 10)
        try:
            process.wait(timeout=3 + 1.1 * number)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        if (warehouse / "lake" / "catalog.sqlite").exists():
            publish(warehouse)
            assert failed(warehouse) == []
    assert finish(run(warehouse, "last", 0, 12)) == 0
    assert failed(warehouse) == []


@pytest.mark.slow
def test_two_processes_that_commit_at_once_lose_and_double_nothing(warehouse: Path) -> None:
    processes = [run(warehouse, name, first, 2) for name, first in (("one", 100), ("two", 200))]
    assert [finish(process) for process in processes] == [0, 0]
    assert is_published(warehouse)
    assert failed(warehouse) == []
    with open_lake(warehouse, create=False, read_only=True) as connection:
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM lake.documents), (SELECT count(*) FROM lake.document_sources), "
            "(SELECT count(*) FROM lake.inputs)"
        ).fetchone()
    assert counts == (5, 8, 4)


@pytest.mark.slow
def test_planning_reads_while_another_process_commits(stocked: Path) -> None:
    process = run(stocked, "writer", 100)
    seen = []
    while process.poll() is None:
        seen.append((known_documents(stocked).height, known_inputs(stocked).height))
    assert finish(process) == 0
    assert seen == sorted(seen)
    assert known_documents(stocked).height == 5


def test_fault_point_does_nothing_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSMILL_CRASH_AT", raising=False)
    fault_point("before-commit")
    monkeypatch.setenv("NEWSMILL_CRASH_AT", "elsewhere")
    fault_point("before-commit")


@pytest.mark.slow
def test_orphans_of_a_killed_run_are_harmless(stocked: Path) -> None:
    assert finish(run(stocked, "killed", 1, crash_at="before-commit")) == -signal.SIGKILL
    with open_lake(stocked, create=False, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM lake.documents").fetchone() == (4,)
    put(stocked, Load([[Placed(RAID, "/in/x.txt"), Placed(VISIT, "/in/y.txt"), Placed(story(2), "/in/z.txt")]]), "run-2")
    publish(stocked)
    assert failed(stocked) == []
