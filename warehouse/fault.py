"""Named points where a test may kill the process: what crash safety is tested with.

A kill at a chosen place cannot be timed from outside, so the code names its dangerous moments. Nothing happens unless
NEWSMILL_CRASH_AT is set.
"""

import os
import signal
from typing import Final

FAULT_POINTS: Final = {
    "run": ("after-plan", "before-rename", "after-files", "before-close"),
    "commit": ("before-create", "within-commit", "before-commit", "after-commit"),
    "publish": ("before-publish", "after-publish"),
    "upgrade": ("before-upgrade-commit",),
    "maintain": (
        "within-compact-commit",
        "before-compact-commit",
        "after-compact-commit",
        "before-expire",
        "after-expire",
        "before-orphans",
    ),
    "rollback": ("within-rollback", "before-rollback", "after-rollback"),
}
"""All names, by what is under way. "before-rename": a Parquet file stands under its temporary name; "after-files": a batch's files
are written, not committed; "before-close": all batches are committed, the run is not entered; "before-create": the new catalog is
not in place; "within-commit": files are dropped, none is added; "before-publish": newsmill.duckdb is written, not in place."""


def fault_point(name: str) -> None:
    """Kill this process as `kill -9` does if the environment variable NEWSMILL_CRASH_AT is `name`, one of FAULT_POINTS."""
    if os.environ.get("NEWSMILL_CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
