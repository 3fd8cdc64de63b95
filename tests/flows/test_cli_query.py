"""`newsmill query` and `newsmill tables`: what a person and what a program gets."""

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest
from rich.cells import cell_len
from rich.text import Text

from flows.cli.rows import TABLE_ROWS
from tests.flows.gazette import make_gazette, newsmill
from warehouse.schema.tables import TABLES

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def gazette(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_gazette(tmp_path_factory.mktemp("gazette")))


def test_json_keeps_lists_dates_numbers_and_null(gazette: str, capsys: Capture) -> None:
    sql = "SELECT modes, score, negated, event_start, attributed_to FROM events WHERE event_type = 'CONSULT' ORDER BY event_start"
    said = newsmill(capsys, "query", sql, "-w", gazette, "--format", "json")
    assert json.loads(said.out) == [
        {"modes": ["visit"], "score": 4.0, "negated": False, "event_start": "2024-03-19", "attributed_to": None},
        {"modes": [], "score": 2.5, "negated": False, "event_start": None, "attributed_to": None},
    ]


def test_moments_are_in_utc_whatever_the_time_zone_of_the_machine(
    gazette: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    said = newsmill(capsys, "query", "SELECT DISTINCT loaded_at FROM inputs", "-w", gazette, "--format", "json")
    assert json.loads(said.out) == [{"loaded_at": "2026-03-01T12:00:00+00:00"}]


def test_json_of_no_rows_is_an_empty_array(gazette: str, capsys: Capture) -> None:
    assert newsmill(capsys, "query", "FROM events WHERE false", "-w", gazette, "-f", "json").out == "[]\n"


def test_json_names_columns_of_the_same_name_apart(gazette: str, capsys: Capture) -> None:
    said = newsmill(capsys, "query", "SELECT 1 AS a, 2 AS a, 3 AS a_1", "-w", gazette, "-f", "json")
    assert sorted(json.loads(said.out)[0].values()) == [1, 2, 3]


def test_csv_reads_back_as_what_the_warehouse_has(gazette: str, capsys: Capture) -> None:
    said = newsmill(
        capsys,
        "query",
        "SELECT text, modes, negated FROM event_facts_all JOIN documents USING (document_id) ORDER BY event_id",
        "-w",
        gazette,
        "-f",
        "csv",
    )
    rows = list(csv.DictReader(io.StringIO(said.out)))
    with duckdb.connect(str(Path(gazette) / "newsmill.duckdb"), read_only=True) as connection:
        expected = connection.execute(
            "SELECT text, modes, negated FROM event_facts_all JOIN documents USING (document_id) ORDER BY event_id"
        ).fetchall()
    assert [(row["text"], json.loads(row["modes"]), row["negated"] == "true") for row in rows] == expected


def test_bytes_are_text_where_they_are_text_and_base64_where_not(gazette: str, capsys: Capture) -> None:
    said = newsmill(capsys, "query", "SELECT encode('é') AS a, '\\xFF'::BLOB AS b", "-w", gazette, "-f", "json")
    assert json.loads(said.out) == [{"a": "é", "b": "base64:/w=="}]


def test_table_in_a_pipe_cuts_nothing(gazette: str, capsys: Capture) -> None:
    long = "x" * 500
    said = newsmill(capsys, "query", f"SELECT '{long}' AS a, 7 AS number, 'end' AS last", "-w", gazette)
    assert said.out.splitlines()[2] == f"{long}       7  end"


def test_table_on_a_terminal_keeps_within_its_width(gazette: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    wide = newsmill(capsys, "query", "SELECT text, document_id FROM documents", "-w", gazette)
    assert max(map(cell_len, Text.from_ansi(wide.out).plain.splitlines())) <= 60
    listed = newsmill(capsys, "query", "FROM event_facts LIMIT 1", "-w", gazette)
    assert "row 1" in listed.out


def test_table_of_many_rows_says_that_there_are_more(gazette: str, capsys: Capture) -> None:
    said = newsmill(capsys, "query", f"FROM range({TABLE_ROWS + 1})", "-w", gazette)
    assert f"The first {TABLE_ROWS:,} rows" in said.out
    assert len(said.out.splitlines()) == TABLE_ROWS + 3
    assert "more" not in newsmill(capsys, "query", f"FROM range({TABLE_ROWS})", "-w", gazette).out


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_escape_sequences_of_a_document_do_not_reach_the_terminal(
    form: str, gazette: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    sql = "SELECT 'a' || chr(27) || ']0;owned' || chr(7) || chr(155) || '2J' || chr(8238) AS text"
    said = newsmill(capsys, "query", sql, "-w", gazette, "-f", form)
    assert "\x1b]" not in said.out
    assert not {"\x07", "\x9b", "\u202e"} & set(said.out)


def test_wrong_sql_is_shown_where_it_is_wrong(gazette: str, capsys: Capture) -> None:
    said = newsmill(capsys, "query", "SELECT nonsense FROM events", "-w", gazette)
    assert said.code == 2
    assert "nonsense" in said.err
    assert "^" in said.err
    assert "Traceback" not in said.err


def test_unknown_table_points_to_the_list(gazette: str, capsys: Capture) -> None:
    said = newsmill(capsys, "query", "FROM event", "-w", gazette)
    assert said.code == 2
    assert "newsmill tables" in said.err


def test_warehouse_cannot_be_changed(gazette: str, capsys: Capture) -> None:
    before = (Path(gazette) / "newsmill.duckdb").read_bytes()
    for sql in ("DROP VIEW events", "CREATE TABLE mine AS SELECT 1", "DELETE FROM newsmill_info"):
        assert newsmill(capsys, "query", sql, "-w", gazette).code == 2
    assert (Path(gazette) / "newsmill.duckdb").read_bytes() == before


def test_missing_warehouse_says_how_to_make_one(tmp_path: Path, capsys: Capture) -> None:
    said = newsmill(capsys, "query", "FROM events", "-w", str(tmp_path / "none"))
    assert said.code == 1
    assert "newsmill run" in said.err


def test_missing_file_of_the_warehouse_is_no_traceback(tmp_path: Path, capsys: Capture) -> None:
    folder = make_gazette(tmp_path)
    for path in (folder / "lake" / "data" / "main" / "events").rglob("*.parquet"):
        path.unlink()
    said = newsmill(capsys, "query", "FROM events", "-w", str(folder))
    assert said.code == 1
    assert "newsmill publish" in said.err


def test_sql_comes_from_stdin(gazette: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT count(*) AS events FROM events"))
    assert newsmill(capsys, "query", "-", "-w", gazette, "-f", "csv").out == "events\n6\n"


def test_tables_lists_all_with_their_rows(gazette: str, capsys: Capture) -> None:
    listed = json.loads(newsmill(capsys, "tables", "-w", gazette, "-f", "json").out)
    names = [row["table"] for row in listed]
    assert names[: len(TABLES)] == list(TABLES)
    assert {"entities", "event_facts", "dyads_monthly", "daily_counts"} <= {row["table"] for row in listed if row["kind"] == "mart"}
    assert {row["table"]: row["rows"] for row in listed}["documents"] == 4
    assert all(row["description"] for row in listed)


@pytest.mark.parametrize("table", ["events", "event_facts"])
def test_tables_describes_every_column(table: str, gazette: str, capsys: Capture) -> None:
    columns = json.loads(newsmill(capsys, "tables", table, "-w", gazette, "-f", "json").out)
    with duckdb.connect(str(Path(gazette) / "newsmill.duckdb"), read_only=True) as connection:
        described = connection.execute(f"DESCRIBE {table}").fetchall()
    assert [(row["column"], row["type"]) for row in columns] == [(row[0], row[1]) for row in described]
    assert all(row["description"] for row in columns)


def test_unknown_table_gets_a_suggestion(gazette: str, capsys: Capture) -> None:
    said = newsmill(capsys, "tables", "evnts", "-w", gazette)
    assert said.code == 2
    assert "Did you mean events?" in said.err
