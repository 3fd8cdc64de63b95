"""Work on a warehouse in a process of its own, that is killed (-9) at a named point."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def crash(code: str, warehouse: Path, point: str = "") -> int:
    """Run `code`, which finds the warehouse's folder as `warehouse`; -9 if it was killed at `point`, 0 if it ended well."""
    head = "import sys\nfrom pathlib import Path\nwarehouse = Path(sys.argv[1])\n"
    environment = {**os.environ, "NEWSMILL_CRASH_AT": point, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", head + code, str(warehouse)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    if done.returncode > 0:
        raise AssertionError(done.stderr)
    return done.returncode
