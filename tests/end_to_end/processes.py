"""Processes of tests that run what a user runs: each in a session of its own, ended by its id, its output kept for a failure."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")

POLL_SECONDS = 0.5


@contextmanager
def running(command: Sequence[str], log: Path, environment: Mapping[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` in the background; it and all its children are ended with the block."""
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
        )
    try:
        yield process
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not _alive(process):
                break
            os.killpg(process.pid, number)
            _ended(process, 15)
        process.wait()


def until(found: Callable[[], Value | None], what: str, seconds: float, *logs: Path) -> Value:
    """The first value of `found` that is neither None nor False; AssertionError with the ends of the logs after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = found()
        if value is not None and value is not False:
            return value
        time.sleep(POLL_SECONDS)
    tails = "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-4000:]}" for log in logs if log.exists())
    raise AssertionError(f"no {what} within {seconds:.0f} s\n{tails}")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _alive(process: subprocess.Popen[bytes]) -> bool:
    """Whether the process or any of its children is still there."""
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def _ended(process: subprocess.Popen[bytes], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _alive(process) and time.monotonic() < deadline:
        time.sleep(0.05)
