"""Kill -9 at every dangerous moment and at random ones: the next run completes the work, nothing lost and nothing doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.corpus import write_corpus
from tests.end_to_end.rows import faults_of, rows_of
from tests.processes import workers_of

pytestmark = pytest.mark.usefixtures("prefect_server")

POINTS = ("after-files", "before-commit", "after-commit", "before-publish")


def newsmill(*arguments: str | Path, crash_at: str = "") -> subprocess.Popen[str]:
    """Start the command line in a process of its own, with a point at which it kills itself."""
    environment = {**os.environ, "NEWSMILL_CRASH_AT": crash_at}
    command = [sys.executable, "-c", "from flows.cli import main; main()", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=300)
    return process.returncode, out + err


def assert_next_run_completes(tmp_path: Path, *options: str) -> None:
    code, said = finished(newsmill("run", tmp_path / "in", "--warehouse", tmp_path / "killed", *options))
    assert code == 0, said
    code, said = finished(newsmill("run", tmp_path / "in", "--warehouse", tmp_path / "whole", *options))
    assert code == 0, said
    assert faults_of(tmp_path / "killed") == []
    assert rows_of(tmp_path / "killed") == rows_of(tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_run_killed_at_a_dangerous_moment_is_completed_by_the_next(point: str, tmp_path: Path) -> None:
    write_corpus(tmp_path / "in", 12)
    options = ("--workers", "0", "--batch-documents", "3", "--commit-seconds", "0")
    code, said = finished(newsmill("run", tmp_path / "in", "--warehouse", tmp_path / "killed", *options, crash_at=point))
    assert code == -signal.SIGKILL, said
    assert_next_run_completes(tmp_path, *options)


@pytest.mark.slow
def test_runs_killed_at_random_moments_are_completed_by_the_next(tmp_path: Path) -> None:
    write_corpus(tmp_path / "in", 60)
    chance = random.Random(20240319)
    options = ("--workers", "2", "--batch-documents", "2", "--commit-seconds", "0")
    kills = 0
    for _ in range(6):
        process = newsmill("run", tmp_path / "in", "--warehouse", tmp_path / "killed", *options)
        time.sleep(chance.uniform(3, 15))  # a kill by the clock, as an operator or a kernel short of memory would
        kills += process.poll() is None
        process.kill()
        process.communicate()
    assert kills
    assert_next_run_completes(tmp_path, *options)


@pytest.mark.slow
def test_interrupted_run_says_so_and_leaves_no_process(tmp_path: Path) -> None:
    write_corpus(tmp_path / "in", 400)
    process = newsmill("run", tmp_path / "in", "--warehouse", tmp_path / "data", "--workers", "2", "--batch-documents", "5")
    files = tmp_path / "data" / "lake" / "data" / "main" / "documents"
    deadline = time.monotonic() + 120
    while not files.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    workers = workers_of(process.pid)
    assert workers
    process.send_signal(signal.SIGINT)
    code, said = finished(process)
    assert code == 130, said
    assert "goes on from there" in said
    assert "Traceback" not in said
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


@pytest.mark.slow
def test_two_runs_at_once_over_the_same_files_land_every_document_once(tmp_path: Path) -> None:
    write_corpus(tmp_path / "in", 60)
    options = ("--workers", "1", "--batch-documents", "5", "--commit-seconds", "0")
    both = [newsmill("run", tmp_path / "in", "--warehouse", tmp_path / "killed", *options) for _ in range(2)]
    for process in both:
        code, said = finished(process)
        assert code == 0, said
    assert_next_run_completes(tmp_path, *options)
