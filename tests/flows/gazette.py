"""A small published warehouse for tests of commands that read one, and a way to run a command and see what it says."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.cli import run_command
from tests.warehouse.newsroom import RAID, TALKS, UNDATED, VISIT, Load, Placed, put, reject_row
from warehouse.publish import publish


@dataclass(frozen=True)
class Said:
    """What a command wrote, and its exit code."""

    code: int
    out: str
    err: str


def make_gazette(folder: Path) -> Path:
    """A published warehouse of four documents: one stands in two files, two stand in one file."""
    load = Load(
        [
            [Placed(VISIT, "/news/visit.txt")],
            [Placed(RAID, "/news/copies.jsonl", 0), Placed(TALKS, "/news/copies.jsonl", 1), Placed(UNDATED, "/news/old/note.txt")],
        ],
        known=[Placed(VISIT, "/news/copies.jsonl", 2)],
        rejects=[reject_row("/news/copies.jsonl", 3)],
    )
    put(folder, load)
    publish(folder)
    return folder


def newsmill(capsys: pytest.CaptureFixture[str], *arguments: str) -> Said:
    """Run one command line in this process."""
    capsys.readouterr()
    code = run_command(list(arguments))
    written = capsys.readouterr()
    return Said(code, written.out, written.err)
