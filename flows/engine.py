"""Where the text work runs: the one seam is `concurrent.futures.Executor`, here a pool of processes on this machine.

Processes are spawned, not forked, because the flow's process is full of threads; they never import the caller's main module, so a
script needs no `if __name__ == "__main__"` and a worker never imports Prefect. They hold a lifeline to the flow: whatever way it
ends, also by kill -9, they end with it.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

ONE_THREAD = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "NUMEXPR_NUM_THREADS"),
    *("POLARS_MAX_THREADS", "RAYON_NUM_THREADS"),
)
"""Variables that keep a library to one thread: the processes share the cores between them already."""


@contextmanager
def executor(workers: int) -> Iterator[Executor]:
    """Give an Executor of `workers` processes; at the end they are gone, at once if the block raised.

    A future raises `BrokenProcessPool` when the process that worked on it died; the next `submit` starts new processes. With 0
    workers the work is done in this process, one batch at a time, where a debugger can follow it.
    """
    if workers == 0:
        thread = ThreadPoolExecutor(1)
        try:
            yield thread
        finally:
            thread.shutdown(cancel_futures=True)
        return
    pool = _ReplacedPool(workers)
    try:
        yield pool
    except BaseException:
        pool.kill()
        raise
    pool.shutdown()


class _ReplacedPool(Executor):
    """A process pool that is replaced by a new one after a process died: a ProcessPoolExecutor stays broken for ever."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._closed = False
        self._start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with self._lock, _without_main():
            if self._closed:
                raise RuntimeError("the pool is closed")
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except BrokenProcessPool:
                self._lifeline.close()
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._start()
                return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self._lock:
            self._closed = True
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)
        self._lifeline.close()

    def kill(self) -> None:
        """End the processes in the middle of their work."""
        with self._lock:
            self._closed = True
        self._lifeline.close()
        for process in list((self._pool._processes or {}).values()):  # also those that do not come back to Python
            process.kill()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        context = get_context("spawn")
        ours, self._lifeline = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(self._workers, mp_context=context, initializer=_begin_worker, initargs=(ours,))


@contextmanager
def _without_main() -> Iterator[None]:
    # A spawned process imports its parent's __main__ again, unless there is nothing to import.
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _begin_worker(lifeline: Connection) -> None:
    """First thing in a worker, before numpy is imported: one thread a library, Ctrl-C left to the flow, the lifeline watched."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> Any:
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)
