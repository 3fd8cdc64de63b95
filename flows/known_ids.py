"""The ids of the documents that a warehouse holds, as a sorted file that every worker maps into memory.

Ten million ids are 160 MB on disk and shared by all workers of a machine; a Python set of them would be a gigabyte in each.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class KnownIds:
    """Membership test over the document ids of a file that `write_known_ids` wrote; without a file nothing is known."""

    def __init__(self, path: Path | None) -> None:
        # Each half of the ids is one contiguous, native array: searchsorted would copy anything else on every call.
        halves: NDArray[np.uint64] = np.empty((2, 0), dtype=np.uint64)
        if path is not None and path.stat().st_size:
            halves = np.memmap(path, dtype=np.uint64, mode="r").reshape(2, -1)
        self._high, self._low = halves

    def __contains__(self, document_id: object) -> bool:
        """Whether `document_id`, 32 hex digits, is known."""
        if not self._high.size or not isinstance(document_id, str):
            return False
        high, low = (np.uint64(int(half, 16)) for half in (document_id[:16], document_id[16:]))
        first, last = (np.searchsorted(self._high, high, side) for side in ("left", "right"))
        return bool(np.any(self._low[first:last] == low))


def write_known_ids(document_ids: Iterable[str], path: Path) -> None:
    """Write ids of 32 hex digits, in any order, as the file `path`."""
    halves = np.frombuffer(bytes.fromhex("".join(document_ids)), dtype=">u8").reshape(-1, 2).astype(np.uint64)
    order = np.lexsort((halves[:, 1], halves[:, 0]))
    np.ascontiguousarray(halves[order].T).tofile(path)
