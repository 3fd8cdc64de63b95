"""`newsmill snapshots`, `rollback` and `query --as-of`: the history of a warehouse from the command line."""

import json
from pathlib import Path

import pytest

from tests.flows.gazette import make_gazette, newsmill
from tests.warehouse.newsroom import Load, Placed, put, story
from warehouse.publish import publish

Capture = pytest.CaptureFixture[str]


@pytest.mark.slow
def test_a_rollback_is_seen_told_and_undone(tmp_path: Path, capsys: Capture) -> None:
    folder = make_gazette(tmp_path)
    put(folder, Load([[Placed(story(1), "/news/new.txt")]]), "run-3")
    publish(folder)
    at = ("-w", str(folder), "-f", "json")
    listed = json.loads(newsmill(capsys, "snapshots", *at).out)
    assert [row["made_by"] for row in listed[2:]] == ["run 20260301T120000000000-aaaaaa", "run run-3"]
    assert "documents +1" in listed[3]["changes"]
    count = "SELECT count(*) AS n FROM documents"
    assert json.loads(newsmill(capsys, "query", count, "--as-of", "2", *at).out) == [{"n": 4}]
    assert json.loads(newsmill(capsys, "query", count, "--as-of", listed[3]["taken_at"], *at).out) == [{"n": 5}]
    for wanted, said in (("9", "does not exist"), ("2001-01-01", "before the warehouse began"), ("x", "neither")):
        wrong = newsmill(capsys, "query", count, "--as-of", wanted, *at)
        assert (wrong.code, said in wrong.err, "newsmill snapshots" in wrong.err) == (2, True, True)
    refused = newsmill(capsys, "query", "FROM read_text('/etc/passwd')", "--as-of", "2", *at)
    assert (refused.code, refused.out) == (2, "")

    said = newsmill(capsys, "rollback", "2", "-w", str(folder)).out
    assert "documents -1" in said
    assert "1 inputs were loaded or changed since: the next `newsmill run`" in said
    assert "`newsmill rollback 3` undoes it" in said
    assert json.loads(newsmill(capsys, "query", count, *at).out) == [{"n": 4}]
    assert newsmill(capsys, "rollback", "3", "-w", str(folder)).code == 0
    assert json.loads(newsmill(capsys, "query", count, *at).out) == [{"n": 5}]
    assert newsmill(capsys, "rollback", "77", "-w", str(folder)).code == 2
