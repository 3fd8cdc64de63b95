"""Kill -9 at random moments and at every named one, a reader beside it, then a run that finishes: nothing lost or doubled.

`python -m tests.end_to_end.kills --rounds 50 [--seed N]` prints how long it took and what each kill met.
"""

import argparse
import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.marks import MarkFile
from tests.corpus import article, write_jsonl
from tests.end_to_end.rows import faults_of, rows_of
from tests.processes import workers_of
from warehouse.fault import FAULT_POINTS

OPTIONS = ("--batch-documents", "4", "--commit-seconds", "0")
DOCUMENTS = 24
"""New ones in each round."""
_STAGES = ("run", "commit", "publish")
POINTS = sorted((name for stage in _STAGES for name in FAULT_POINTS[stage]), key=lambda name: name != "before-create")
FIRST_SOURCE = {"documents": ("source_uri", "record_id")}
"""It is that of the load that came first, which a kill may change."""


class Newsroom:
    """Inputs that grow from round to round, the warehouse that is killed over them, and a folder for temporary files."""

    def __init__(self, folder: Path) -> None:
        self.inputs, self.warehouse, self.scratch = folder / "in", folder / "killed", folder / "scratch"
        for each in (self.inputs, self.scratch):
            each.mkdir()
        self.rounds = 0

    def more_news(self) -> None:
        """Two new files, and one more line in the oldest one."""
        first = self.rounds * DOCUMENTS
        articles = [article(number) for number in range(first, first + DOCUMENTS)]
        write_jsonl(self.inputs / f"{self.rounds:03}.jsonl", articles[1:-1])
        (self.inputs / f"{self.rounds:03}.txt").write_text(f" date {articles[0]['date']}\n\n{articles[0]['text']}")
        with (self.inputs / "000.jsonl").open("a") as stream:
            stream.write(json.dumps(articles[-1]) + "\n")
        self.rounds += 1

    def start(self, warehouse: Path | None = None, *, workers: int = 1, crash_at: str = "") -> subprocess.Popen[str]:
        """A run in a process group of its own."""
        environment = {**os.environ, "NEWSMILL_CRASH_AT": crash_at, "TMPDIR": str(self.scratch)}
        command = [sys.executable, "-c", "from flows.cli import main; main()", "run", str(self.inputs)]
        command += ["--warehouse", str(warehouse or self.warehouse), "--workers", str(workers), *OPTIONS]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True, start_new_session=True)

    def finish(self, warehouse: Path | None = None) -> None:
        """A run to its end."""
        process = self.start(warehouse)
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0, out + err

    def stage(self) -> str:
        """What a run that was just stopped was at."""
        for name in ("commit", "publish"):
            if _is_held(self.warehouse / "lake" / f"{name}.lock"):
                return name
        for path in self.scratch.glob("newsmill-*/mark-*"):
            with suppress(OSError, ValueError):
                file = MarkFile(path)
                mark = file.read()
                file.close()
                if mark.pid:
                    return "mill"
        return "start or end" if not any(self.scratch.glob("newsmill-*/mark-*")) else "mill"

    def compare(self, folder: Path) -> None:
        """Finish what was killed, and AssertionError unless it is like a run over everything that nothing disturbed."""
        self.finish()
        self.finish(folder / "whole")
        assert faults_of(self.warehouse) == []
        killed, whole = (rows_of(place, FIRST_SOURCE) for place in (self.warehouse, folder / "whole"))
        assert killed.keys() == whole.keys()
        differing = {table: (len(killed[table]), len(whole[table])) for table in whole if killed[table] != whole[table]}
        assert not differing, f"rows differ from those of an undisturbed run: {differing}"


@contextmanager
def reading(warehouse: Path) -> Iterator[dict[str, int]]:
    """A reader beside the block; AssertionError if it saw anything wrong. Gives how often it has looked, at the end."""
    command = [sys.executable, "-m", "tests.end_to_end.reader", str(warehouse)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    seen: dict[str, int] = {}
    try:
        yield seen
        out, _ = process.communicate(timeout=120)
        told = json.loads(out)
        assert told["wrong"] == [], told["wrong"][:5]
        assert told["looks"]
        seen["looks"] = told["looks"]
    finally:
        process.kill()
        process.wait()


def random_kills(folder: Path, rounds: int, seed: int) -> Counter[str]:
    """Kill a run at a random moment, the process or all of its group, `rounds` times; gives what the kills met."""
    chance, room, met = random.Random(seed), Newsroom(folder), Counter[str]()
    room.more_news()
    begin = time.monotonic()
    room.finish(folder / "measured")
    longest = time.monotonic() - begin
    with reading(room.warehouse) as seen:
        while met.total() - met["over before the kill"] < rounds:
            room.more_news()
            process = room.start()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=chance.uniform(0.3 * longest, longest))
            if process.poll() is not None:
                met["over before the kill"] += 1
                process.communicate()
                continue
            workers = workers_of(process.pid)
            process.send_signal(signal.SIGSTOP)
            met[room.stage()] += 1
            if chance.random() < 0.5:
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            assert _gone(workers), "workers outlived their run"
        room.compare(folder)
    met["looks of the reader"] = seen["looks"]
    return met


def named_kills(folder: Path) -> list[str]:
    """Let a run kill itself at every point of run, commit and publish, one after another; gives those that were hit."""
    room, hit = Newsroom(folder), []
    with reading(room.warehouse):
        for point in POINTS:
            room.more_news()
            process = room.start(workers=0, crash_at=point)
            out, err = process.communicate(timeout=600)
            assert process.returncode == -signal.SIGKILL, f"{point}\n{out}{err}"
            hit.append(point)
        room.compare(folder)
    return hit


def _is_held(lock: Path) -> bool:
    if not lock.exists():
        return False
    with lock.open("r+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _gone(pids: list[int], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(_runs(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def main() -> None:
    """Run the kills from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    from flows.local_server import local_server

    with TemporaryDirectory(prefix="kills-") as name, local_server():
        from prefect.settings import PREFECT_API_URL

        os.environ["PREFECT_API_URL"] = str(PREFECT_API_URL.value())
        begin = time.monotonic()
        for what in ("random", "named"):
            (Path(name) / what).mkdir()
        hit = named_kills(Path(name) / "named")
        print(f"named points, each hit: {', '.join(hit)} ({time.monotonic() - begin:.0f} s)", flush=True)
        begin = time.monotonic()
        met = random_kills(Path(name) / "random", given.rounds, given.seed)
        print(f"random kills in {time.monotonic() - begin:.0f} s: {dict(met)}")


if __name__ == "__main__":
    main()
