"""What `newsmill run` prints: the closing summary and the progress lines."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from flows.cli.run import print_summary, progress_line
from flows.progress import Progress
from flows.summary import Summary


def summary_of(tmp_path: Path, **values: object) -> Summary:
    summary = Summary(
        warehouse=tmp_path, run_id="20240101T000000000000-aaaaaa", started_at=datetime.now(UTC), fingerprint="f00d", model="m 1"
    )
    for name, value in values.items():
        setattr(summary, name, value)
    return summary


def printed(summary: Summary, capsys: pytest.CaptureFixture[str]) -> str:
    print_summary(summary, Console(width=200, highlight=False, markup=False))
    return capsys.readouterr().out


def test_summary_tells_counts_rate_and_where_the_warehouse_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summary = summary_of(tmp_path, inputs=2, documents=1200, sentences=9000, events=350, words=90_000, seconds=30.0, known=7)
    summary.event_types.update({"CONSULT": 300, "AID": 50})
    said = printed(summary, capsys)
    for words in (
        "1,200 new",
        "7 known",
        "350 (CONSULT 300, AID 50)",
        "3,000 words/s",
        str(tmp_path / "newsmill.duckdb"),
        "newsmill query",
    ):
        assert words in said


def test_summary_shows_the_first_rejects_of_each_reason_and_counts_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = summary_of(tmp_path, inputs=1)
    summary.add_rejects([("bad_json", f"x.jsonl: line at byte {number}: [not] JSON") for number in range(5)])
    said = printed(summary, capsys)
    assert "5 rejected as bad_json" in said
    assert "line at byte 0: [not] JSON" in said
    assert "line at byte 3" not in said
    assert "2 more" in said


def test_summary_of_a_run_without_work_says_so_and_mentions_older_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(summary_of(tmp_path, unchanged=3, total_documents=5, older_documents=5), capsys)
    assert "Nothing to do: 3 inputs are unchanged" in said
    assert "--recode" in said


def test_summary_tells_of_dates_that_cannot_be_read_and_of_a_removal_that_was_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = printed(summary_of(tmp_path, inputs=1, undated=1200, unpruned=3, failures={"/news/x.txt": "broken"}), capsys)
    assert "1,200 documents have a date that cannot be read: they are undated" in said
    assert "--prune removed none of the 3 inputs that are gone" in said


def test_suggested_command_quotes_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--warehouse '/my data'" in printed(summary_of(tmp_path, inputs=1, warehouse=Path("/my data")), capsys)


def test_control_characters_in_a_file_name_do_not_reach_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summary = summary_of(tmp_path, inputs=1, failures={"/news/\x1b[2Jx.txt": "broken"})
    assert "\x1b" not in printed(summary, capsys)


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (Progress(0, 100, 0, 0, 0.0), "0 documents, 0 words/s"),
        (Progress(25, 100, 10, 4000, 20.0), "10 documents, 200 words/s, 1:00 left"),
        (Progress(1, 1000, 1, 100, 10.0), "1 documents, 10 words/s, 2:46:30 left"),
        (Progress(100, 100, 40, 9000, 30.0), "40 documents, 300 words/s"),
    ],
)
def test_a_progress_line_tells_documents_rate_and_time_left(progress: Progress, line: str) -> None:
    assert progress_line(progress) == line
