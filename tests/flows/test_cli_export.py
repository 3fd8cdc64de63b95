"""`newsmill export` from the command line: what it says, and that the way to open the copy which it prints is right."""

import re
from pathlib import Path

import duckdb
import pytest

from tests.flows.gazette import make_gazette, newsmill

Capture = pytest.CaptureFixture[str]


@pytest.mark.slow
def test_the_printed_way_to_open_a_copy_opens_it(tmp_path: Path, capsys: Capture) -> None:
    folder = make_gazette(tmp_path / "data")
    for form in ("parquet", "csv", "duckdb"):
        target = str(tmp_path / f"it's {form}")
        said = newsmill(capsys, "export", target, "-f", form, "--tables", "event_facts,runs", "-w", str(folder))
        assert said.code == 0, said.err
        assert re.search(r"^event_facts: \d+ rows$", said.out, re.MULTILINE)
        assert "2 tables of snapshot 2" in said.out
        assert newsmill(capsys, "export", target, "-f", form, "-w", str(folder)).code == 2
        if form == "duckdb":
            with duckdb.connect(f"{target}.duckdb", read_only=True) as copy:
                assert copy.execute("SELECT count(*) FROM event_facts").fetchone() == (4,)
        else:
            match = re.search(r'duckdb -c "(.*)"', said.out)
            assert match
            assert len(duckdb.sql(match[1]).fetchall()) == 4
    said = newsmill(capsys, "export", str(tmp_path / "z"), "--tables", "nonsense", "-w", str(folder))
    assert (said.code, "There are: documents" in said.err) == (2, True)
    said = newsmill(capsys, "remove", "/news/visit.txt", "-w", str(folder))
    assert said.out.count("a copy may still have it") == 3
