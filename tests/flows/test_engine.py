"""The process pool: what its workers are spared, and what happens when one dies."""

import importlib
import os
import signal
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from flows.engine import executor


def test_workers_never_import_prefect_and_use_one_thread() -> None:
    with executor(1) as pool:
        pool.submit(importlib.import_module, "flows.mill").exception()  # a module cannot travel back; it is imported now
        modules = set(pool.submit(eval, "list(__import__('sys').modules)").result())
        threads = pool.submit(os.getenv, "OMP_NUM_THREADS").result()
    assert "flows.mill" in modules
    assert "spacy" in modules
    assert not {"prefect", "tests"} & modules
    assert threads == "1"


def test_a_pool_whose_process_died_takes_new_work() -> None:
    with executor(2) as pool:
        dying = pool.submit(os.kill, 0, 0)
        assert dying.exception() is None
        killed = pool.submit(eval, f"__import__('os').kill(__import__('os').getpid(), {int(signal.SIGKILL)})")
        assert isinstance(killed.exception(), BrokenProcessPool)
        assert pool.submit(abs, -3).result() == 3


def test_workers_end_at_once_when_the_work_is_given_up() -> None:
    pids: list[int] = []

    def give_up() -> None:
        with executor(1) as pool:
            pids.append(pool.submit(os.getpid).result())
            pool.submit(time.sleep, 600)
            raise KeyError

    with pytest.raises(KeyError):
        give_up()
    (pid,) = pids
    deadline = time.monotonic() + 20
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)


def test_without_workers_the_work_is_done_in_this_process() -> None:
    with executor(0) as pool:
        assert pool.submit(os.getpid).result() == os.getpid()


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
