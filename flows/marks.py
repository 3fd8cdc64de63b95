"""Where a worker is in its batch, for the flow to see, also when the worker is dead or hangs: a few bytes of a file that both map.

A process that the system kills says nothing any more; what it left in the mapped file names the record that it was at.
"""

import mmap
import os
import struct
import time
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

_LAYOUT: Final = struct.Struct("<qqqqd")

Place = tuple[int, int]
"""A record of a batch: the index of its slice, and its own index within the slice; places are ordered as they are read."""


class Stage(IntEnum):
    """What a worker does with the record at its place; only READING and CODING have a time limit."""

    NOTHING = 0
    """It has not begun: the batch waits, or the model is being loaded."""
    READING = 1
    CODING = 2
    WRITING = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """What was left: the worker's process (0: none has taken the batch), its stage and place, and when the stage began.

    `begun` is in seconds of the monotonic clock, which all processes of a machine share.
    """

    pid: int
    stage: Stage
    place: Place
    begun: float


class MarkFile:
    """The file of one attempt at a batch. The worker writes by `note`, the flow reads by `read`."""

    def __init__(self, path: Path) -> None:
        """Map the file `path`; it is made if it is not there.

        Raises OSError when it cannot be made.
        """
        with path.open("a+b") as stream:
            if stream.tell() == 0:
                stream.write(bytes(_LAYOUT.size))  # a hole would be filled later, when a full disk can only be told by SIGBUS
                stream.flush()
            self._map = mmap.mmap(stream.fileno(), _LAYOUT.size)

    def note(self, stage: Stage, place: Place = (0, 0)) -> None:
        """Say what this process does now."""
        _LAYOUT.pack_into(self._map, 0, os.getpid(), stage, *place, time.monotonic())

    def read(self) -> Mark:
        """What was noted last."""
        pid, stage, piece, index, begun = _LAYOUT.unpack_from(self._map)
        return Mark(pid, Stage(stage), (piece, index), begun)

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()
