"""What Ctrl-C and SIGTERM do to a run: the first ends it in good order, the second at once.

Ending at once is as safe as a kill, for whatever was not committed is not seen by anybody; it only costs what was milled since.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(BaseException):
    """SIGTERM came; the counterpart of KeyboardInterrupt."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise KeyboardInterrupt or Terminated in the block at the first SIGINT or SIGTERM; end the process at the second.

    Does nothing outside of the main thread, where signals cannot be caught.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal seen
        if seen:
            os.write(2, b"stopped at once: what was committed stays; the same command goes on from there\n")
            os._exit(128 + number)
        seen = True
        raise KeyboardInterrupt if number == signal.SIGINT else Terminated

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
