"""`newsmill remove` from the command line: told first, done with --yes, undone with --undo."""

import json
from pathlib import Path

import pytest

from tests.flows.gazette import make_gazette, newsmill

Capture = pytest.CaptureFixture[str]


@pytest.mark.slow
def test_a_takedown_is_told_done_and_undone(tmp_path: Path, capsys: Capture) -> None:
    folder = make_gazette(tmp_path)
    at = ("-w", str(folder))
    count = ("query", "SELECT count(*) AS n FROM documents", "-f", "json", *at)
    said = newsmill(capsys, "remove", "/news/copies.jsonl", *at)
    assert said.code == 1
    assert "2 documents, 3 records of 1 inputs, the bytes of 1 rejects" in said.out
    assert "Nothing was removed. If it is meant, add --yes." in said.out
    assert json.loads(newsmill(capsys, *count).out) == [{"n": 4}]
    said = newsmill(capsys, "remove", "/news/copies.jsonl", "--yes", *at)
    assert said.code == 0
    assert "newsmill maintain --retention 0" in said.out
    assert json.loads(newsmill(capsys, *count).out) == [{"n": 2}]
    assert "forgotten: the removal of /news/copies.jsonl" in newsmill(capsys, "remove", "--undo", "/news", *at).out
    for wrong in (("remove",), ("remove", "/elsewhere"), ("remove", "--document", "abc"), ("remove", "--undo", "/news")):
        said = newsmill(capsys, *wrong, *at)
        assert said.code == 2
        assert "Traceback" not in said.err
