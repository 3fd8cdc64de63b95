"""Tells whoever watches a run how far it is; a flow's parameters must be plain values, so the watcher is found here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: bytes of input as stored, documents and words milled, seconds since milling began."""

    bytes_done: int
    bytes_total: int
    documents: int
    words: int
    seconds: float


_watcher: ContextVar[Callable[[Progress], None] | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Callable[[Progress], None]) -> Iterator[None]:
    """Call `watcher` after every batch of the runs in this block."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(progress: Progress) -> None:
    """Report to the watcher, if there is one."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(progress)
