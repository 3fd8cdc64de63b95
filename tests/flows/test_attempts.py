"""Workers that die or hang over a document, for real: its batch is halved until it alone is refused, and nothing else is lost."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from flows.marks import MarkFile, Stage
from tests.corpus import article, write_jsonl
from tests.end_to_end.rows import faults_of
from tests.flows.test_build import ask, build

pytestmark = [pytest.mark.usefixtures("prefect_server"), pytest.mark.slow]

CULPRIT = 3
MEMORY = Path("/sys/fs/cgroup/memory")
WORKER_BYTES = 700 << 20


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a run keeps its marks."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("NEWSMILL_RETRY_SECONDS", "0.1")
    return folder


def write_news(path: Path, count: int, culprit: str) -> None:
    """A .jsonl in which the text of record CULPRIT is another; its place in its batch is the same."""
    records = [article(number) for number in range(count)]
    records[CULPRIT] = records[CULPRIT] | {"text": culprit}
    write_jsonl(path, records)


def long_text(sentences: int) -> str:
    return " ".join(f"The minister of state number {number} met rebels in Riga on Monday." for number in range(sentences))


class Hunter(threading.Thread):
    """Sends a signal to the worker that codes record CULPRIT, as often as it meets one."""

    def __init__(self, scratch: Path, number: signal.Signals) -> None:
        super().__init__(daemon=True)
        self.scratch, self.number = scratch, number
        self.over = threading.Event()
        self.hit: list[int] = []

    def run(self) -> None:
        while not self.over.wait(0.002):
            for path in self.scratch.glob("newsmill-*/mark-*"):
                with suppress(OSError, ValueError):
                    file = MarkFile(path)
                    mark = file.read()
                    file.close()
                    if mark.stage is Stage.CODING and mark.place == (0, CULPRIT) and mark.pid not in self.hit:
                        os.kill(mark.pid, self.number)
                        self.hit.append(mark.pid)


@pytest.fixture
def hunt(scratch: Path, request: pytest.FixtureRequest) -> Iterator[Hunter]:
    hunter = Hunter(scratch, request.param)
    hunter.start()
    yield hunter
    hunter.over.set()
    hunter.join()


@pytest.mark.parametrize("hunt", [signal.SIGKILL], indirect=True)
def test_a_document_that_kills_every_worker_is_rejected_alone(hunt: Hunter, tmp_path: Path) -> None:
    write_news(tmp_path / "x.jsonl", 12, long_text(600))
    summary = build(tmp_path, tmp_path / "x.jsonl", workers=1)
    assert len(hunt.hit) >= 4  # in the pool, in halves, and twice alone
    assert (summary.state, summary.documents, dict(summary.rejects)) == ("completed", 11, {"killed": 1})
    [(index, reason, message)] = ask(tmp_path, "SELECT record_index, reason, message FROM rejects")
    assert (index, reason) == (CULPRIT, "killed")
    assert "--recode" in str(message)
    assert ask(tmp_path, "SELECT record_count, reject_count FROM inputs") == [(12, 1)]
    assert faults_of(tmp_path / "data") == []
    assert build(tmp_path, tmp_path / "x.jsonl").did_nothing


@pytest.mark.parametrize("hunt", [signal.SIGSTOP], indirect=True)
def test_a_worker_that_hangs_beyond_all_signals_is_killed_and_its_document_rejected(
    hunt: Hunter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSMILL_DOCUMENT_SECONDS", "10")
    write_news(tmp_path / "x.jsonl", 8, long_text(600))
    summary = build(tmp_path, tmp_path / "x.jsonl", workers=1)
    assert len(hunt.hit) == 1
    assert (summary.state, summary.documents, dict(summary.rejects)) == ("completed", 7, {"timeout": 1})
    assert ask(tmp_path, "SELECT record_index, reason FROM rejects") == [(CULPRIT, "timeout")]
    assert not Path(f"/proc/{hunt.hit[0]}").exists()
    assert faults_of(tmp_path / "data") == []


@pytest.fixture
def small_memory() -> Iterator[Path]:
    """A cgroup in which processes have WORKER_BYTES together; who wants more is killed by the kernel."""
    group = MEMORY / f"newsmill-test-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(WORKER_BYTES))
    except OSError as error:
        pytest.skip(f"no cgroup for memory can be made here: {error}")
    yield group
    for _ in range(100):
        with suppress(OSError):
            group.rmdir()
            return
        time.sleep(0.1)


def test_a_document_for_which_memory_is_too_small_is_rejected_alone(
    small_memory: Path, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_news(tmp_path / "x.jsonl", 8, long_text(60_000))
    monkeypatch.setenv("NEWSMILL_DOCUMENT_CHARACTERS", "100000000")
    command = [
        sys.executable,
        "-c",
        "from flows.cli import main; main()",
        "run",
        str(tmp_path / "x.jsonl"),
        "-w",
        str(tmp_path / "data"),
    ]
    command += ["--workers", "1"]
    over = threading.Event()

    def confine() -> None:  # every worker, and it alone: the flow goes on where the kernel kills
        while not over.wait(0.005):
            for path in scratch.glob("newsmill-*/mark-*"):
                with suppress(OSError, ValueError):
                    file = MarkFile(path)
                    mark = file.read()
                    file.close()
                    if mark.pid:
                        (small_memory / "cgroup.procs").write_text(str(mark.pid))

    thread = threading.Thread(target=confine)
    thread.start()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    finally:
        over.set()
        thread.join()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 rejected as killed" in done.stdout
    assert ask(tmp_path, "SELECT record_index, reason FROM rejects") == [(CULPRIT, "killed")]
    assert ask(tmp_path, "SELECT count(*) FROM documents") == [(7,)]
    kills = (small_memory / "memory.oom_control").read_text()
    assert "oom_kill 0" not in kills, kills


def test_memory_that_cannot_be_had_in_python_is_a_reject_too(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A limit on the address space: malloc fails, and Python says MemoryError, or the process ends of it.
    write_news(tmp_path / "x.jsonl", 8, long_text(60_000))
    monkeypatch.setenv("NEWSMILL_DOCUMENT_CHARACTERS", "100000000")
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv.pop(1)),) * 2); "
    code = f"{limit} from flows.cli import main; main()"
    arguments = ["run", str(tmp_path / "x.jsonl"), "-w", str(tmp_path / "data"), "--workers", "1"]
    done = subprocess.run(
        [sys.executable, "-c", code, str(3_600 << 20), *arguments], capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ask(tmp_path, "SELECT record_index, reason FROM rejects") == [(CULPRIT, "killed")]
    assert ask(tmp_path, "SELECT count(*) FROM documents") == [(7,)]
