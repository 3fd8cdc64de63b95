"""A real S3 server over a folder: what `rclone serve s3` gives, for the tests of inputs on s3://."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

KEY, SECRET = "AKIDNEWSMILL", "verysecretindeed"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the folders in `folder` as buckets; gives the address."""
    rclone = Path(sys.executable).parent / "rclone"
    command = [str(rclone), "serve", "s3", "--auth-key", f"{KEY},{SECRET}", "--addr", "127.0.0.1:0", "--dir-cache-time", "0s"]
    with subprocess.Popen(
        [*command, "--vfs-cache-mode", "off", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"RCLONE_CONFIG": os.devnull},
    ) as server:
        try:
            assert server.stderr is not None
            for line in server.stderr:
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield found[0]
                    break
            else:
                pytest.fail("rclone gave no address")
        finally:
            server.terminate()
