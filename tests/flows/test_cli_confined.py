"""What SQL given to `newsmill query` can reach: the warehouse's own files, and nothing that it could write, load or change."""

import csv
import io
import shutil
from pathlib import Path

import pytest

from tests.flows.gazette import make_gazette, newsmill
from tests.warehouse.newsroom import Load, Placed, Story, put
from warehouse.publish import publish

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def gazette(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_gazette(tmp_path_factory.mktemp("gazette"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "FROM '/etc/passwd'",
        "FROM read_csv('/etc/passwd')",
        "FROM glob('/etc/*')",
        "FROM read_text('{folder}/lake/catalog.sqlite')",
        "FROM read_text('{folder}/lake/data/../catalog.sqlite')",
        "FROM read_blob('{folder}/lake/data/../../../../../../../etc/passwd')",
        "ATTACH '{folder}/other.duckdb'",
        "ATTACH '{folder}/lake/catalog.sqlite' (TYPE sqlite)",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "SET lock_configuration = false",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "RESET allowed_directories",
        "PRAGMA threads=1",
        "PRAGMA enable_profiling",
        "SELECT getenv('HOME')",
        "FROM 'https://example.org/a.csv'",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "COPY (SELECT 1) TO '{folder}/lake/data/out.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/lake/data/out.csv'",
        "EXPLAIN/**/ANALYZE/**/cOpY/**/(SELECT 1) TO '{folder}/lake/data/out.csv'",
        "SELECT 1; COPY (SELECT 1) TO '{folder}/lake/data/out.csv'",
        "PREPARE p AS COPY (SELECT 1) TO '{folder}/lake/data/out.csv'",
        "EXPORT DATABASE '{folder}/lake/data/export'",
        "IMPORT DATABASE '/etc'",
        "FROM enable_logging(storage = 'file', storage_path = '{folder}/lake/data/log')",
        "FROM \"enable_logging\" /* really */ (storage = 'file', storage_path = '{folder}/lake/data/log')",
        "FROM query('FROM enable_' || 'logging()')",
        "CALL enable_logging()",
        "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
        "DELETE FROM newsmill_info",
    ],
)
def test_sql_that_reaches_beyond_the_warehouse_is_refused(sql: str, gazette: Path, capsys: Capture) -> None:
    before = sorted(gazette.rglob("*"))
    said = newsmill(capsys, "query", sql.format(folder=gazette), "-w", str(gazette), "-f", "json")
    assert said.code == 2, said
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert "Traceback" not in said.err
    assert sorted(gazette.rglob("*")) == before


@pytest.mark.parametrize(
    "sql",
    [
        "WITH a AS (FROM events) FROM a",
        "DESCRIBE events",
        "SHOW TABLES",
        "SUMMARIZE events",
        "EXPLAIN FROM events",
        "EXPLAIN ANALYZE FROM events",
        "PIVOT events ON event_type USING count(*)",
        "CREATE TEMP TABLE mine AS FROM events; FROM mine",
        "SELECT 'copy enable_logging(' AS query, date_trunc('day', loaded_at) FROM inputs",
        "SELECT query.é FROM (SELECT 'é' AS é) AS query",
    ],
)
def test_sql_that_reads_runs(sql: str, gazette: Path, capsys: Capture) -> None:
    said = newsmill(capsys, "query", sql, "-w", str(gazette))
    assert said.code == 0, said.err
    assert said.out


def test_refusal_says_how_files_are_written(gazette: Path, capsys: Capture) -> None:
    for sql in ("COPY (SELECT 1) TO 'out.csv'", "FROM read_csv('mine.csv')"):
        said = newsmill(capsys, "query", sql, "-w", str(gazette))
        assert "--unsafe" in said.err
        assert "newsmill export" in said.err
        assert "--format csv > FILE" in said.err


def test_unsafe_reads_and_writes_other_files(gazette: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "mine.csv").write_text("a\n7\n")
    sql = f"COPY (FROM '{tmp_path}/mine.csv') TO '{tmp_path}/out.parquet'"
    assert newsmill(capsys, "query", sql, "-w", str(gazette), "--unsafe").code == 0
    said = newsmill(capsys, "query", f"FROM '{tmp_path}/out.parquet'", "-w", str(gazette), "--unsafe", "-f", "csv")
    assert said.out == "a\n7\n"


def test_moved_warehouse_is_told_from_a_forbidden_file(gazette: Path, tmp_path: Path, capsys: Capture) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(gazette, moved)
    said = newsmill(capsys, "query", "FROM events", "-w", str(moved))
    assert said.code == 1
    assert "newsmill publish" in said.err
    assert newsmill(capsys, "publish", "-w", str(moved)).code == 0
    assert newsmill(capsys, "query", "FROM events", "-w", str(moved)).code == 0


FORMULAS = ("=HYPERLINK('x')", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1")


def test_csv_keeps_a_spreadsheet_from_running_a_text(gazette: Path, capsys: Capture) -> None:
    values = ", ".join(f"({number}, $${text}$$)" for number, text in enumerate(FORMULAS))
    columns = "-number AS n, text, -0.5 AS d, encode(text) AS b, '=1' AS \"=2\""
    sql = f"SELECT {columns} FROM (VALUES {values}) t(number, text) ORDER BY number"
    safe = newsmill(capsys, "query", sql, "-w", str(gazette), "-f", "csv").out
    header, *rows = csv.reader(io.StringIO(safe, newline=""))
    assert header[-1] == "'=2"
    assert rows == [[str(-number), f"'{text}", "-0.5", f"'{text}", "'=1"] for number, text in enumerate(FORMULAS)]
    raw = newsmill(capsys, "query", sql, "-w", str(gazette), "-f", "csv", "--raw-csv").out
    assert [row[1] for row in csv.reader(io.StringIO(raw, newline=""))][1:] == list(FORMULAS)


HOSTILE = (
    "a\x1b]0;owned\x07 \x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\ \x1b[2J\x1b[31m \x9b2J \x9d0;t\x9c \x90q\x9c "
    "\u202eright\u202c \u2066iso\u2069 \u2028line \x08\x7f end"
)
FORBIDDEN = {
    chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029)
}
FORBIDDEN -= {"\n"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    story = Story(((HOSTILE,),), None, title=None, publisher=HOSTILE)
    twin = Story(((f"{HOSTILE} twin",),), None, title=None, publisher=HOSTILE)
    rejects: list[dict[str, object]] = [
        {
            "source_uri": f"/in/{HOSTILE}.txt",
            "record_index": 1,
            "byte_offset": 0,
            "reason": "bad_json",
            "message": HOSTILE,
            "raw": HOSTILE.encode(),
            "run_id": "r",
        }
    ]
    uri = f"/in/{HOSTILE}.txt"
    put(folder, Load([[Placed(story, uri, 0), Placed(twin, f"/in/{HOSTILE}2.txt", 0)]], rejects=rejects))
    publish(folder)
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ["query", "FROM documents"],
        ["query", "FROM rejects JOIN inputs USING (source_uri)"],
        ["query", "PIVOT (SELECT text FROM documents) ON text USING count(*)"],
        ["query", "SELECT CAST(text AS INTEGER) FROM documents"],
        ["query", "SELECT error(text) FROM documents"],
        ["query", f"SELECT '{HOSTILE}' FROM nothing"],
        ["show", f"/in/{HOSTILE}.txt"],
        ["show", "0"],
        ["show", HOSTILE],
        ["tables"],
        ["tables", HOSTILE],
        ["verify"],
    ],
    ids=lambda command: " ".join(command)[:40].encode("ascii", "replace").decode(),
)
def test_a_document_cannot_act_on_the_terminal(command: list[str], hostile: Path, capsys: Capture) -> None:
    said = newsmill(capsys, *command, "-w", str(hostile))
    assert not FORBIDDEN & set(said.out + said.err), repr(said)


def test_verify_prints_damage_without_its_escape_sequences(hostile: Path, tmp_path: Path, capsys: Capture) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(hostile, damaged)
    for path in (damaged / "lake/data/main/document_sources").iterdir():
        path.unlink()
    for path in (damaged / "lake/data/main/inputs").iterdir():
        path.write_bytes(b"no parquet")
    said = newsmill(capsys, "verify", "-w", str(damaged))
    assert said.code == 1
    assert not FORBIDDEN & set(said.out + said.err), repr(said)
