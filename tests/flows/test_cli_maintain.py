"""`newsmill maintain` from the command line: what it says that it would do, and what it did."""

import re
from pathlib import Path

import pytest

from tests.flows.gazette import make_gazette, newsmill
from tests.warehouse.newsroom import Load, Placed, put, story

Capture = pytest.CaptureFixture[str]


@pytest.mark.slow
def test_maintenance_is_told_before_and_after(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_gazette(tmp_path)
    for number in range(2):
        put(folder, Load([[Placed(story(number), f"/news/{number}.txt")]]), f"run-{number}")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    said = newsmill(capsys, "maintain", "--dry-run", "--retention", "0", "-w", str(folder))
    assert said.code == 0
    assert re.search(r"would: merge \d+ small files", said.out)
    assert "would: expire 4 snapshots, 0 to 3" in said.out
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before

    monkeypatch.setenv("NEWSMILL_RETENTION_DAYS", "0")
    said = newsmill(capsys, "maintain", "-w", str(folder))
    assert said.code == 0, said.err
    assert re.search(r"^merge \d+ small files", said.out, re.MULTILINE)
    assert "expire 5 snapshots" in said.out
    assert "all checks passed" in said.out
    assert "nothing to merge, expire or delete" in newsmill(capsys, "maintain", "-w", str(folder)).out

    next((folder / "lake/data/main/casualties").rglob("*.parquet")).unlink()
    assert newsmill(capsys, "maintain", "-w", str(folder)).code == 1
