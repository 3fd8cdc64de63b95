"""Mills batches in worker processes and outlives what a document does to them: a kill for memory, a crash, a hang.

A batch over which a worker died is tried again in a process that has nothing else to do, in halves, until the halves are one
document; one that kills its process even so is refused and costs no other. The marks of the workers tell where they were, also
which one to end because it has not come back from a document in time.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final

from flows.batches import Batch
from flows.engine import executor
from flows.marks import Mark, MarkFile, Place, Stage
from flows.mill import BatchResult, Order, combined, mill_batch, out_of_time
from flows.portion import WHOLE, Portion, Refusal
from warehouse.schema.errors import GiveUp

GRACE_SECONDS: Final = 10.0
"""After the time limit of a document, so long has its worker to interrupt itself; then it is killed."""
ALONE: Final = 2
"""So many processes of its own must a document have killed before it is refused: one may have died by chance."""
EARLY_DEATHS: Final = 3
"""After so many processes that died before they had read anything, a batch is given up: it is not to blame."""
_LOOK_SECONDS: Final = 0.25

KILLED: Final = (
    "the process that worked on it {how}, {times} times with nothing else to do. With more memory, or fewer --workers, load its "
    "input with --recode"
)


class WorkerDied(Exception):  # noqa: N818 - says what happened
    """The process of an attempt ended; `mark` is where it was, `hung` whether it was killed for not coming back in time."""

    def __init__(self, mark: Mark, how: str, *, hung: bool) -> None:
        super().__init__(how)
        self.mark = mark
        self.how = how
        self.hung = hung


class Attempts:
    """Mills the batches of one run. Made by `attempts`; its methods may be called by many threads."""

    def __init__(self, pool: Executor, alone: Executor, folder: Path, workers: int) -> None:
        self.stopping = False
        self._pool = pool
        self._alone = alone
        self._workers = workers
        self._folder = folder
        self._numbers = count()
        self._one_at_a_time = threading.Lock()
        self._watched: dict[MarkFile, float] = {}
        self._hung: set[MarkFile] = set()
        self._lock = threading.Lock()

    def mill(self, batch: Batch, order: Order) -> BatchResult:
        """Mill a batch, as `flows.mill.mill_batch`; documents that kill or hold up their process are among its rejects.

        Raises GiveUp when processes die before they have read anything or the run is stopping, else what mill_batch raises.
        """
        refused: dict[Place, Refusal] = {}
        try:
            return self._once(self._pool, batch, order, WHOLE, refused)
        except WorkerDied as death:
            waiting = self._after(death, WHOLE, refused, order, Counter())
        with self._one_at_a_time:  # memory may be what was short
            return combined(list(self._in_portions(batch, order, waiting, refused)))

    def _in_portions(
        self, batch: Batch, order: Order, waiting: list[Portion], refused: dict[Place, Refusal]
    ) -> Iterator[BatchResult]:
        deaths: Counter[Place] = Counter()
        early = 0
        while waiting:
            portion = waiting.pop(0)
            try:
                yield self._once(self._alone, batch, order, portion, refused)
            except WorkerDied as death:
                early += _is_early(death, portion)
                if early >= EARLY_DEATHS:
                    message = f"{early} worker processes died before they had read anything: {death.how}. Perhaps memory is short"
                    raise GiveUp(f"{message}: free some, or use fewer --workers, and run again.") from death
                waiting = [*self._after(death, portion, refused, order, deaths), *waiting]

    def _after(
        self, death: WorkerDied, portion: Portion, refused: dict[Place, Refusal], order: Order, deaths: Counter[Place]
    ) -> list[Portion]:
        """What to try next in the place of `portion`; enters in `refused` what is not tried again."""
        place, stage = death.mark.place, death.mark.stage
        if _is_early(death, portion):
            return [portion]
        if place in refused and refused[place].stage in (Stage.READING, stage):
            raise GiveUp(f"the process that worked on it {death.how} again and again; free memory and run again") from death
        if death.hung:
            refused[place] = out_of_time(stage, order.document_seconds)
            return [portion]
        if not portion.holds_only(place):
            return list(portion.halves(place))
        deaths[place] += 1
        if deaths[place] >= ALONE:
            refused[place] = Refusal(stage, "killed", KILLED.format(how=death.how, times=deaths[place]))
        return [portion]

    def _once(self, pool: Executor, batch: Batch, order: Order, portion: Portion, refused: dict[Place, Refusal]) -> BatchResult:
        """One attempt; it is begun anew where only a neighbour's death kept it from beginning."""
        for last in (False,) * (EARLY_DEATHS - 1) + (True,):
            path = self._folder / f"mark-{next(self._numbers)}"
            mark = _mark_file(path)
            try:
                with self._watching(mark, order.document_seconds):
                    return self._submitted(pool, batch, order, path, portion, refused)
            except (BrokenProcessPool, MemoryError, CancelledError, RuntimeError) as error:
                if self.stopping:
                    raise GiveUp("the run was stopped") from error
                if not isinstance(error, BrokenProcessPool | MemoryError):
                    raise
                left = mark.read()
                if isinstance(error, MemoryError):
                    self._end_process(pool)
                if left.pid or last:
                    how = "ran out of memory" if isinstance(error, MemoryError) else "was killed, or crashed"
                    raise WorkerDied(left, how, hung=mark in self._hung) from error
            finally:
                self._hung.discard(mark)
                mark.close()
                path.unlink(missing_ok=True)
        raise AssertionError("the last round returns or raises")

    def _submitted(
        self, pool: Executor, batch: Batch, order: Order, mark: Path, portion: Portion, refused: dict[Place, Refusal]
    ) -> BatchResult:
        return pool.submit(mill_batch, batch, order, mark, portion, dict(refused)).result()

    def _end_process(self, pool: Executor) -> None:
        """A process that ran out of memory may have little left: the next attempt gets a new one."""
        if self._workers and pool is self._alone:
            with suppress(BrokenProcessPool):
                pool.submit(os._exit, 1).result()

    @contextmanager
    def _watching(self, mark: MarkFile, document_seconds: float) -> Iterator[None]:
        with self._lock:
            self._watched[mark] = document_seconds + GRACE_SECONDS
        try:
            yield
        finally:
            with self._lock:
                del self._watched[mark]

    def watch(self, until: threading.Event) -> None:
        """Kill the workers that do not come back from a document, until told to end."""
        while not until.wait(_LOOK_SECONDS):
            with self._lock:
                for mark, limit in self._watched.items():
                    left = mark.read()
                    late = left.stage in (Stage.READING, Stage.CODING) and time.monotonic() - left.begun > limit
                    if late and left.pid != os.getpid() and mark.read() == left and mark not in self._hung:
                        self._hung.add(mark)
                        with suppress(ProcessLookupError):
                            os.kill(left.pid, signal.SIGKILL)


def _is_early(death: WorkerDied, portion: Portion) -> bool:
    """Whether a process died before it came to what it was asked for."""
    return death.mark.stage is Stage.NOTHING or death.mark.place < portion.first


def _mark_file(path: Path) -> MarkFile:
    try:
        return MarkFile(path)
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror or error}). Free space there, or set TMPDIR to another folder"
        raise GiveUp(f"{message}, and run again.") from error


@contextmanager
def attempts(workers: int, folder: Path) -> Iterator[Attempts]:
    """Attempts with `workers` processes (0: the work is done in this one), marks in `folder`; at the end all processes are gone."""
    over = threading.Event()
    with ExitStack() as stack:
        pool, alone = (stack.enter_context(executor(number)) for number in (workers, min(workers, 1)))
        made = Attempts(pool, alone, folder, workers)
        watcher = threading.Thread(target=made.watch, args=(over,), name="newsmill-watch", daemon=True)
        watcher.start()
        stack.callback(watcher.join)
        stack.callback(over.set)
        try:
            yield made
        except BaseException:
            made.stopping = True
            raise
