"""Faults of a machine and its operators, for real: interrupts, full and read-only disks, many runs at once, a clock set back."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.corpus import article, write_corpus, write_jsonl
from tests.end_to_end.kills import FIRST_SOURCE, named_kills, random_kills
from tests.end_to_end.rows import faults_of, rows_of
from tests.end_to_end.test_crash import finished, newsmill
from tests.processes import workers_of
from warehouse.query import connect

pytestmark = [pytest.mark.usefixtures("prefect_server"), pytest.mark.slow]

SEGMENT = ("--stop-after", "segment", "--workers", "0")
QUICK = ("--workers", "1", "--batch-documents", "5")
ROUNDS = 5


def ask(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with connect(warehouse) as connection:
        return connection.execute(sql).fetchall()


def run(source: Path, warehouse: Path, *options: str) -> tuple[int, str]:
    return finished(newsmill("run", source, "--warehouse", warehouse, *options))


def wait_for_work(process: subprocess.Popen[str], warehouse: Path) -> list[int]:
    """Wait until the run has finished some batches; gives its workers."""
    documents = warehouse / "lake" / "data" / "main" / "documents"
    deadline = time.monotonic() + 120
    while len({path.name for path in documents.rglob("*.parquet")}) < 4 and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    return workers_of(process.pid)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_commits_what_is_ready_and_the_same_command_goes_on(number: int, code: int, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "x.jsonl", [article(one) for one in range(600)])
    process = newsmill("run", tmp_path / "x.jsonl", "--warehouse", tmp_path / "data", *QUICK)
    workers = wait_for_work(process, tmp_path / "data")
    begin = time.monotonic()
    process.send_signal(number)
    ended, said = finished(process)
    assert ended == code, said
    assert time.monotonic() - begin < 30
    assert said.count("goes on from there") == 1
    assert "Traceback" not in said
    assert workers
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)
    [(documents,)] = ask(tmp_path / "data", "SELECT count(*) FROM documents")
    assert isinstance(documents, int)
    assert 0 < documents < 600  # commit_seconds is 120: they are there because the interrupt committed them
    assert faults_of(tmp_path / "data") == []
    assert run(tmp_path / "x.jsonl", tmp_path / "data", "--stop-after", "segment", "--workers", "0")[0] == 0
    assert ask(tmp_path / "data", "SELECT count(*), count(DISTINCT document_id) FROM documents") == [(600, 600)]


def test_a_second_ctrl_c_ends_at_once(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "x.jsonl", [article(one) for one in range(600)])
    process = newsmill("run", tmp_path / "x.jsonl", "--warehouse", tmp_path / "data", *QUICK)
    workers = wait_for_work(process, tmp_path / "data")
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    process.wait(timeout=60)
    assert time.monotonic() - begin < 5
    code, said = finished(process)
    assert code == 130, said
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_a_run_cancelled_by_prefect_is_interrupted_like_one_that_is_told_to_end(tmp_path: Path) -> None:
    # What Prefect's runner and worker do to a flow's process: SIGTERM, which the flow's engine takes.
    write_jsonl(tmp_path / "x.jsonl", [article(one) for one in range(600)])
    code = (
        "from flows import build_warehouse; import sys; build_warehouse([sys.argv[1]], sys.argv[2], workers=1, batch_documents=5)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "x.jsonl"), str(tmp_path / "data")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    workers = wait_for_work(process, tmp_path / "data")
    process.terminate()
    finished(process)
    assert process.returncode == -signal.SIGTERM
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)
    [(documents,)] = ask(tmp_path / "data", "SELECT count(*) FROM documents")
    assert isinstance(documents, int)
    assert 0 < documents < 600
    assert faults_of(tmp_path / "data") == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], check=False).returncode:
        pytest.skip("only root can mount a disk for this test")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("free", [0, 40_000, 90_000, 200_000, 350_000, 500_000])
def test_a_full_disk_costs_nothing_but_time(free: int, disk: Path, tmp_path: Path) -> None:
    write_corpus(tmp_path / "in", 30)
    assert run(tmp_path / "in" / "first.jsonl", disk / "data", *SEGMENT)[0] == 0
    state = os.statvfs(disk)
    ballast = disk / "ballast"
    with ballast.open("wb") as stream:
        stream.write(bytes(max(0, state.f_bavail * state.f_frsize - free)))
    code, said = run(tmp_path / "in", disk / "data", *SEGMENT, "--batch-documents", "5", "--commit-seconds", "0")
    assert "Traceback" not in said, said
    if code:
        assert code == 1
        assert "Free space" in said, said
    else:
        assert free > 300_000
    assert ask(disk / "data", "SELECT count(*) > 0 FROM documents") == [(True,)]  # readers go on
    ballast.unlink()
    code, said = run(tmp_path / "in", disk / "data", *SEGMENT)
    assert code == 0, said
    assert run(tmp_path / "in", tmp_path / "whole", *SEGMENT)[0] == 0
    assert faults_of(disk / "data") == []
    assert rows_of(disk / "data", FIRST_SOURCE) == rows_of(tmp_path / "whole", FIRST_SOURCE)


def test_a_full_disk_for_temporary_files_says_so(disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(tmp_path / "in", 12)
    assert run(tmp_path / "in" / "first.jsonl", tmp_path / "data", *SEGMENT)[0] == 0
    with (disk / "ballast").open("wb") as stream:
        stream.write(bytes(3 << 20))
    monkeypatch.setenv("TMPDIR", str(disk))
    code, said = run(tmp_path / "in", tmp_path / "data", *SEGMENT)
    if code == 0:  # Python takes another folder where the named one cannot be written
        assert faults_of(tmp_path / "data") == []
    else:
        assert "Traceback" not in said, said
        assert "Free space" in said
        assert "TMPDIR" in said


def test_a_read_only_disk_is_said_and_readers_go_on(disk: Path, tmp_path: Path) -> None:
    write_corpus(tmp_path / "in", 12)
    assert run(tmp_path / "in" / "first.jsonl", disk / "data", *SEGMENT)[0] == 0
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    for warehouse in ("data", "new"):
        code, said = run(tmp_path / "in", disk / warehouse, *SEGMENT)
        assert code == 1, said
        assert "Traceback" not in said, said
        assert "folder that you may write to" in said
    assert ask(disk / "data", "SELECT count(*) > 0 FROM documents") == [(True,)]
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert run(tmp_path / "in", disk / "data", *SEGMENT)[0] == 0
    assert faults_of(disk / "data") == []


@pytest.mark.parametrize("same", [True, False], ids=["the same inputs", "different inputs"])
def test_four_runs_at_once_give_what_they_give_one_after_another(same: bool, tmp_path: Path) -> None:
    folders = [tmp_path / "in"] * 4 if same else [tmp_path / f"in-{number}" for number in range(4)]
    for number, folder in enumerate(dict.fromkeys(folders)):
        folder.mkdir()
        write_jsonl(folder / "x.jsonl", [article(one) for one in range(10 * number, 10 * number + 16)])  # some are in two of them
    options = (*SEGMENT, "--batch-documents", "4", "--commit-seconds", "0")
    together = [newsmill("run", folder, "--warehouse", tmp_path / "together", *options) for folder in folders]
    for process in together:
        code, said = finished(process)
        assert code == 0, said
    for folder in folders:
        assert run(folder, tmp_path / "one-by-one", *options)[0] == 0
    assert faults_of(tmp_path / "together") == []
    assert rows_of(tmp_path / "together", FIRST_SOURCE) == rows_of(tmp_path / "one-by-one", FIRST_SOURCE)


def test_a_run_that_waits_too_long_for_another_says_retry_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setenv("NEWSMILL_LOCK_SECONDS", "1")
    write_corpus(tmp_path / "in", 6)
    assert run(tmp_path / "in" / "first.jsonl", tmp_path / "data", *SEGMENT)[0] == 0
    with FileLock(tmp_path / "data" / "lake" / "commit.lock"):
        code, said = run(tmp_path / "in", tmp_path / "data", *SEGMENT)
    assert code == 75, said
    assert "Try again when that run is done" in said
    assert "Traceback" not in said
    assert run(tmp_path / "in", tmp_path / "data", *SEGMENT)[0] == 0


def test_a_clock_that_was_set_back_keeps_the_order_of_runs(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", [article(1)])
    write_jsonl(tmp_path / "b.jsonl", [article(2), article(1)])
    assert run(tmp_path / "a.jsonl", tmp_path / "data", *SEGMENT)[0] == 0
    _age(tmp_path / "data", timedelta(days=-400))  # as if that run had been under a clock that was 400 days ahead
    assert run(tmp_path / "b.jsonl", tmp_path / "data", *SEGMENT)[0] == 0
    runs = ask(tmp_path / "data", "SELECT run_id, started_at, finished_at FROM runs ORDER BY run_id")
    assert len(runs) == 2
    assert runs[0][1] < runs[1][1] <= runs[1][2]  # type: ignore[operator]
    sources = ask(tmp_path / "data", "SELECT source_uri FROM documents ORDER BY source_uri")
    assert sources == [(str(tmp_path / "a.jsonl"),), (str(tmp_path / "b.jsonl"),)]  # the first source stays the first
    assert faults_of(tmp_path / "data") == []


def _age(warehouse: Path, by: timedelta) -> None:
    """Move all times of load in a warehouse, as a commit of rows would."""
    import polars as pl

    from warehouse.columns import in_declared_types
    from warehouse.commit import replace_rows
    from warehouse.lake import open_lake
    from warehouse.publish import publish

    with open_lake(warehouse, create=False, read_only=True) as connection:
        tables = {name: connection.execute(f"FROM lake.{name}").pl() for name in ("inputs", "document_sources", "runs")}
    for name, rows in tables.items():
        times = [column for column in ("loaded_at", "started_at", "finished_at") if column in rows.columns]
        moved = in_declared_types(rows.with_columns(pl.col(times) - by), name)
        replace_rows(warehouse, name, moved, "20300101T000000000000-aaaaaa")
    publish(warehouse)


def test_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    met = random_kills(tmp_path, ROUNDS, seed=20240319)
    assert met["looks of the reader"]


def test_kills_at_every_named_point_lose_and_double_nothing(tmp_path: Path) -> None:
    assert named_kills(tmp_path)
