"""Whatever is wrong with inputs, settings or the warehouse: a clear message or a reject, no traceback, no other file's loss."""

import gzip
import json
from pathlib import Path

import pytest

from flows.cli import run_command
from tests.corpus import article, write_jsonl
from tests.end_to_end.rows import faults_of
from warehouse.lake import create_lake, open_lake
from warehouse.query import connect

pytestmark = pytest.mark.usefixtures("prefect_server")


def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run `newsmill run` in this process; gives its exit code and all that it said."""
    capsys.readouterr()
    code = run_command(["run", *map(str, arguments), "--workers", "0", "--warehouse", str(tmp_path / "data")])
    said = capsys.readouterr()
    text = said.out + said.err
    assert "Traceback" not in text
    return code, text


@pytest.mark.slow
def test_bad_files_are_rejected_with_reason_and_place_and_good_ones_are_milled(
    capsys: pytest.CaptureFixture[str], news: Path, tmp_path: Path
) -> None:
    (news / "empty.txt").write_bytes(b"")
    (news / "blank.txt").write_text(" \n\n ")
    (news / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (news / "cut.txt.gz").write_bytes(gzip.compress(article(5)["text"].encode() * 40)[:-20])
    whole = "".join(json.dumps(article(number)) + "\n" for number in range(6, 66)).encode()
    (news / "cut.jsonl.gz").write_bytes(gzip.compress(whole)[:-120])
    (news / "lines.jsonl").write_text('not json\n{"id": 1}\n[1, 2]\n{"text": ""}\n' + json.dumps(article(400)) + "\n")
    (news / "picture.png").write_bytes(b"\x89PNG")
    code, said = run(capsys, tmp_path, news)
    assert code == 0, said
    with connect(tmp_path / "data") as connection:
        rejects = dict(
            connection.execute(
                "SELECT parse_filename(source_uri), list(reason ORDER BY record_index) FROM rejects GROUP BY 1"
            ).fetchall()
        )
        documents = dict(
            connection.execute("SELECT parse_filename(source_uri), count(*) FROM document_sources GROUP BY 1").fetchall()
        )
        raw = connection.execute("SELECT raw FROM rejects WHERE reason = 'bad_json'").fetchall()
    assert rejects.pop("cut.jsonl.gz") == ["truncated"]
    assert rejects == {
        "empty.txt": ["empty"],
        "blank.txt": ["empty"],
        "binary.txt": ["binary"],
        "cut.txt.gz": ["truncated"],
        "lines.jsonl": ["bad_json", "no_text", "not_a_record", "no_text"],
        "picture.png": ["unknown_format"],
    }
    assert documents.pop("cut.jsonl.gz") > 5  # what stood before the damage
    assert documents == {"a.txt": 1, "b.txt": 1, "c.jsonl": 3, "lines.jsonl": 1}
    assert raw == [(b"not json",)]
    for reason in ("empty", "binary", "truncated", "bad_json", "unknown_format"):
        assert f"rejected as {reason}" in said
    assert faults_of(tmp_path / "data") == []
    code, said = run(capsys, tmp_path, news)
    assert code == 0
    assert "Nothing to do" in said
    assert "rejected as unknown_format" in said


@pytest.mark.slow
def test_a_record_too_long_is_rejected(
    capsys: pytest.CaptureFixture[str], news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSMILL_RECORD_BYTES", "2000")
    write_jsonl(news / "long.jsonl", [{"text": "Talks were held. " * 400}, article(6)])
    code, said = run(capsys, tmp_path, news)
    assert (code, "rejected as too_large" in said) == (0, True)
    with connect(tmp_path / "data") as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchall() == [(6,)]


@pytest.mark.slow
def test_a_missing_path_is_wrong_usage_alone_and_fails_the_run_beside_others(
    capsys: pytest.CaptureFixture[str], news: Path, tmp_path: Path
) -> None:
    code, said = run(capsys, tmp_path, tmp_path / "nowhere")
    assert (code, "nowhere" in said) == (2, True)
    assert not (tmp_path / "data").exists()
    code, said = run(capsys, tmp_path, news, tmp_path / "nowhere")
    assert (code, "nowhere: no such file" in said) == (1, True)
    with connect(tmp_path / "data") as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchall() == [(5,)]


def test_a_named_file_of_an_unknown_format_is_as_wrong_as_a_missing_one(
    capsys: pytest.CaptureFixture[str], news: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG")
    code, said = run(capsys, tmp_path, picture, tmp_path / "*.none", "")
    assert code == 2
    for words in ("picture.png: the extension", "nothing matches", "'' is no path"):
        assert words in said
    code, said = run(capsys, tmp_path, news, picture)
    assert (code, "error:" in said and "picture.png: the extension" in said) == (1, True)
    with connect(tmp_path / "data") as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchall() == [(5,)]


@pytest.mark.slow
def test_a_quiet_run_still_says_what_went_wrong(capsys: pytest.CaptureFixture[str], news: Path, tmp_path: Path) -> None:
    (news / "lines.jsonl").write_text("not json\n")
    blocker = tmp_path / "data" / "lake" / "data" / "main" / "documents"
    blocker.parent.mkdir(parents=True)
    blocker.write_text("in the way")
    capsys.readouterr()
    arguments = ["run", str(news), "--quiet", "--workers", "0", "--warehouse", str(tmp_path / "data")]
    code = run_command(arguments)
    said = capsys.readouterr()
    assert (code, said.out) == (1, "")
    assert f"failed: {news / 'a.txt'}: " in said.err
    blocker.unlink()
    code = run_command(arguments)
    said = capsys.readouterr()
    assert (code, said.out) == (0, "")
    assert "1 rejected as bad_json" in said.err
    assert "lines.jsonl: line at byte 0" in said.err


def test_yes_without_prune_is_wrong_usage(capsys: pytest.CaptureFixture[str], news: Path, tmp_path: Path) -> None:
    code, said = run(capsys, tmp_path, news, "--yes")
    assert (code, "add --prune" in said) == (2, True)


def test_a_warehouse_that_cannot_be_written_is_told_and_nothing_is_milled(
    capsys: pytest.CaptureFixture[str], news: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    code, said = run(capsys, tmp_path, news)
    assert code == 1
    assert "error:" in said
    assert str(tmp_path / "data") in said


def test_a_warehouse_of_a_newer_schema_is_refused_and_left_alone(
    capsys: pytest.CaptureFixture[str], news: Path, tmp_path: Path
) -> None:
    create_lake(tmp_path / "data")
    with open_lake(tmp_path / "data", create=False) as connection:
        connection.execute("INSERT INTO lake.schema_versions VALUES (99, '9.9.9', now())")
    before = sorted(path for path in (tmp_path / "data").rglob("*") if "lock" not in path.name)
    code, said = run(capsys, tmp_path, news)
    assert code == 1
    assert "99" in said
    assert "newer" in said
    assert sorted(path for path in (tmp_path / "data").rglob("*") if "lock" not in path.name) == before


def test_wrong_settings_are_named(
    capsys: pytest.CaptureFixture[str], news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "newsmill.toml").write_text("comit_seconds = 3\n")
    code, said = run(capsys, tmp_path, news)
    assert (code, "comit_seconds" in said and "commit_seconds" in said) == (2, True)
    (tmp_path / "newsmill.toml").unlink()
    code, said = run(capsys, tmp_path, news, "--model", "no_such_model")
    assert (code, "no_such_model" in said) == (2, True)
    code, said = run(capsys, tmp_path, news, "--batch-documents", "none")
    assert (code, "batch-documents" in said) == (2, True)
