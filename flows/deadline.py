"""The time limit of a document, kept by the worker itself: an alarm that interrupts it wherever it is in Python.

What does not come back to Python, `flows.attempts` ends from outside.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

AGAIN_SECONDS: Final = 0.5
"""So soon the alarm comes again: Python ignores what is raised in the callbacks of its garbage collector, for one."""


class OutOfTime(BaseException):
    """The time limit is over. No Exception, so that no library takes it for a fault of its own and goes on."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the block when it takes longer than `seconds`.

    Only a process's main thread can be interrupted: elsewhere (a flow without workers), and where the system has no such alarm,
    there is no limit.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise OutOfTime
