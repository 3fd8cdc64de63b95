"""`newsmill verify` and `newsmill publish`."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.flows.gazette import make_gazette, newsmill

Capture = pytest.CaptureFixture[str]


def test_whole_warehouse_passes_every_check_by_name(tmp_path: Path, capsys: Capture) -> None:
    said = newsmill(capsys, "verify", "-w", str(make_gazette(tmp_path)))
    lines = said.out.splitlines()
    assert said.code == 0
    assert lines[-1] == f"all {len(lines) - 1} checks passed"
    assert all(line.startswith("ok    ") for line in lines[:-1])


def test_damage_fails_with_the_check_that_found_it(tmp_path: Path, capsys: Capture) -> None:
    folder = make_gazette(tmp_path)
    next((folder / "lake" / "data" / "main" / "sentences").rglob("*.parquet")).unlink()
    said = newsmill(capsys, "verify", "-w", str(folder))
    assert said.code == 1
    failed = [line for line in said.out.splitlines() if line.startswith("FAILED")]
    assert any("sentences" in line for line in failed)
    assert said.out.splitlines()[-1].startswith(f"{len(failed)} of ")
    assert "Traceback" not in said.err


def test_verify_of_nothing_says_how_to_begin(tmp_path: Path, capsys: Capture) -> None:
    said = newsmill(capsys, "verify", "-w", str(tmp_path / "none"))
    assert said.code == 1
    assert "newsmill run" in said.err


def test_publish_repairs_the_views_of_a_warehouse_that_was_moved(tmp_path: Path, capsys: Capture) -> None:
    shutil.move(make_gazette(tmp_path / "before"), tmp_path / "after")
    moved = str(tmp_path / "after")
    assert newsmill(capsys, "query", "FROM events", "-w", moved).code == 1
    assert newsmill(capsys, "publish", "-w", moved).code == 0
    with duckdb.connect(f"{moved}/newsmill.duckdb", read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (6,)


def test_publish_brings_back_a_lost_file(tmp_path: Path, capsys: Capture) -> None:
    folder = make_gazette(tmp_path)
    (folder / "newsmill.duckdb").unlink()
    assert newsmill(capsys, "publish", "-w", str(folder)).code == 0
    assert newsmill(capsys, "query", "SELECT count(*) AS n FROM documents", "-w", str(folder), "-f", "csv").out == "n\n4\n"
