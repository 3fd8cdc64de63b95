"""Commands as the pages show them. Those of `newsmill` run in this process, which has the model loaded and a Prefect server to use;
that each is also a program of its own is seen by `test_run`.
"""

import io
import os
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.cli import run_command

COLUMNS = "120"


@dataclass(frozen=True)
class Said:
    """What a command wrote, and its exit code."""

    code: int
    out: str
    err: str


def say(command: str, folder: Path, stdin: str = "", workers: int = 0) -> Said:
    """Run a line of a shell in `folder`: its exit code, and what it wrote but for what goes to a file (`> file`)."""
    words = shlex.split(command.replace("\\\n", " "))
    if words[0] != "newsmill":
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            words, cwd=folder, env=os.environ | {"PATH": path}, input=stdin, capture_output=True, text=True, check=False
        )
        return Said(done.returncode, done.stdout, done.stderr)
    target = words.pop() if words[-2:-1] == [">"] else None
    said = _newsmill([word for word in words[1:] if word != ">"], folder, stdin, workers)
    if target is None:
        return said
    (folder / target).write_text(said.out, encoding="utf-8")
    return Said(said.code, "", said.err)


def run(command: str, folder: Path, stdin: str = "", workers: int = 0) -> str:
    """What a command prints; AssertionError unless it ends with 0."""
    said = say(command, folder, stdin, workers)
    assert said.code == 0, f"{command}\n{said.out}{said.err}"
    return said.out


def _newsmill(arguments: list[str], folder: Path, stdin: str, workers: int) -> Said:
    given, out, err = (io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8") for text in (stdin, "", ""))
    with pytest.MonkeyPatch.context() as changed, redirect_stdout(out), redirect_stderr(err):
        changed.chdir(folder)
        changed.setattr(sys, "stdin", given)
        changed.setenv("COLUMNS", COLUMNS)
        changed.setenv("NEWSMILL_WORKERS", str(workers))
        code = run_command(arguments)
    return Said(code, _content(out), _content(err))


def _content(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
