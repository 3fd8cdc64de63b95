"""Named points where a test may kill the process: what crash safety is tested with.

A kill at a chosen place cannot be timed from outside, so the code names its dangerous moments. Nothing happens unless
NEWSMILL_CRASH_AT is set.
"""

import os
import signal


def fault_point(name: str) -> None:
    """Kill this process as `kill -9` does if the environment variable NEWSMILL_CRASH_AT equals `name`, else do nothing.

    Names in use: "after-files" (a batch's files are written, not committed), "before-commit", "after-commit",
    "before-publish" (the new newsmill.duckdb is written, not yet in place).
    """
    if os.environ.get("NEWSMILL_CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
