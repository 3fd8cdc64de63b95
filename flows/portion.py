"""A part of a batch, from one record to another: what is tried again after a worker died over the batch.

Records are named by their place, so the parts of a batch hold each record once, whatever is left out of the others.
"""

from dataclasses import dataclass
from typing import Final

from flows.marks import Place, Stage


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that has cost a worker: it is not tried again, and becomes a reject.

    One that was refused over its READING takes the rest of its input (or of the part that the batch has of it) with it.
    """

    stage: Stage
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Portion:
    """The records of a batch from `first` on and before `end` (None: to the last)."""

    first: Place = (0, 0)
    end: Place | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the batch."""
        return self == WHOLE

    @property
    def name(self) -> str:
        """Tells it from the other portions of its batch."""
        return f"{self.first[0]}.{self.first[1]}-" + (f"{self.end[0]}.{self.end[1]}" if self.end else "")

    def enters(self, piece: int) -> bool:
        """Whether records of slice number `piece` belong to it."""
        return self.first[0] <= piece and (self.end is None or (piece, 0) < self.end)

    def holds_only(self, place: Place) -> bool:
        """Whether the record at `place` is all that it can hold."""
        return self.first == place and self.end == _after(place)

    def halves(self, place: Place) -> tuple["Portion", "Portion"]:
        """Cut in the middle of what was read until a worker ended at `place`, which is in it."""
        (piece, index), (last_piece, last_index) = self.first, place
        if last_piece > piece:
            middle = ((piece + last_piece + 1) // 2, 0)
        elif last_index > index:
            middle = (piece, (index + last_index + 1) // 2)
        else:
            middle = _after(place)
        return Portion(self.first, middle), Portion(middle, self.end)


WHOLE: Final = Portion()


def _after(place: Place) -> Place:
    return place[0], place[1] + 1
