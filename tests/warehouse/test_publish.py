"""newsmill.duckdb as its readers meet it."""

import os
import re
import shutil
import subprocess
import sys
import threading
import venv
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from tests.warehouse.newsroom import RAID, VISIT, Load, Placed, put, story
from warehouse.columns import literal
from warehouse.lake import duckdb_connection
from warehouse.layout import layout
from warehouse.marts import marts
from warehouse.publish import is_published, publish
from warehouse.query import connect
from warehouse.remove import remove_inputs
from warehouse.schema.errors import GiveUp, RetryLater, UsageError
from warehouse.schema.tables import SPANS, TABLES
from warehouse.verify import verify

PLAIN_CLIENT = """
import duckdb, sys
offline = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
connection = duckdb.connect(sys.argv[1], read_only=True, config=offline)
names = [row[0] for row in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1").fetchall()]
print(duckdb.__version__)
for name in names:
    print(name, connection.execute(f"SELECT count(*) FROM (SELECT * FROM {name})").fetchone()[0])
print(connection.execute("SELECT span(text, 0, 5) FROM documents ORDER BY 1").fetchall())
"""


def one(connection: duckdb.DuckDBPyConnection, sql: str) -> object:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


def test_every_table_and_mart_is_a_view_with_the_declared_columns(published: Path) -> None:
    with connect(published) as connection:
        for table, schema in TABLES.items():
            assert [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()] == list(schema.columns())
        for mart in marts():
            assert [row[0] for row in connection.execute(f"DESCRIBE {mart.name}").fetchall()] == list(mart.columns)


def test_every_view_and_column_has_a_comment(published: Path) -> None:
    with connect(published) as connection:
        silent = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = '' "
            "UNION ALL SELECT view_name, NULL FROM duckdb_views() WHERE NOT internal AND coalesce(comment, '') = '' "
            "UNION ALL SELECT table_name, NULL FROM duckdb_tables() WHERE NOT internal AND coalesce(comment, '') = ''"
        ).fetchall()
        assert silent == []
        assert one(connection, "SELECT count(*) > 200 FROM duckdb_columns() WHERE NOT internal")


def test_span_gives_the_text_of_every_row_with_offsets(published: Path) -> None:
    with connect(published) as connection:
        for span in (span for span in SPANS if span.text_column):
            counts = connection.execute(
                f"SELECT count(*), count(*) FILTER (span(d.text, t.{span.start}, t.{span.end}) = t.{span.text_column}) "
                f"FROM {span.table} t JOIN documents d USING (document_id)"
            ).fetchone()
            assert counts is not None
            assert counts[0] == counts[1] > 0


def test_empty_warehouse_has_all_views_without_rows(warehouse: Path) -> None:
    put(warehouse, Load([], rejects=[]), "run-1")
    publish(warehouse)
    with connect(warehouse) as connection:
        assert one(connection, "SELECT count(*) FROM event_facts") == 0
        assert one(connection, "SELECT count(*) FROM runs") == 1


@pytest.mark.parametrize("view", ["events", "event_facts"])
def test_year_and_month_in_where_skip_files(published: Path, view: str) -> None:
    with connect(published) as connection:
        sql = f"EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM {view} WHERE year = 2023 AND month = 11"
        plan = str(connection.execute(sql).fetchall()[0][1])
    scans = re.findall(r'"Scanning Files": ?"(\d+)/(\d+)"', plan)
    assert {read for read, _ in scans} == {"1"}
    assert "3" in {of for _, of in scans}
    # Which documents are canonical is asked of all, by columns that are small.
    assert set(re.findall(r"main/(\w+)/year=2024", plan)) == ({"documents"} if view == "event_facts" else set())


def test_second_publish_of_the_same_snapshot_writes_nothing(published: Path) -> None:
    before = (published / "newsmill.duckdb").stat().st_ino
    again = publish(published)
    assert not again.written
    assert (published / "newsmill.duckdb").stat().st_ino == before


def test_commit_shows_only_after_publish(published: Path) -> None:
    put(published, Load([[Placed(story(1), "/in/new.txt")]]), "run-2")
    assert not is_published(published)
    with connect(published) as connection:
        assert one(connection, "SELECT count(*) FROM documents") == 4
    assert publish(published).written
    assert is_published(published)
    with connect(published) as connection:
        assert one(connection, "SELECT count(*) FROM documents") == 5


def test_reader_with_the_old_file_open_goes_on(published: Path) -> None:
    with connect(published) as connection:
        before = connection.execute("SELECT document_id, text FROM documents ORDER BY ALL").fetchall()
        remove_inputs(published, ["/in/b.txt", "/in/c.jsonl"], "run-2")
        publish(published)
        assert connection.execute("SELECT document_id, text FROM documents ORDER BY ALL").fetchall() == before
    with connect(published) as connection:
        assert one(connection, "SELECT count(*) FROM documents") == 1


def test_reader_in_a_loop_never_meets_an_error_or_half_a_snapshot(published: Path) -> None:
    stop = threading.Event()
    seen: set[tuple[int, ...]] = set()
    errors: list[str] = []

    def read() -> None:
        while not stop.is_set():
            try:
                with duckdb.connect(str(published / "newsmill.duckdb"), read_only=True) as connection:
                    row = connection.execute(
                        "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM paragraphs), "
                        "(SELECT sum(paragraph_count) FROM documents), (SELECT count(DISTINCT document_id) FROM document_sources)"
                    ).fetchone()
                    assert row is not None
                    seen.add(row)
            except duckdb.Error as error:
                errors.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        put(published, Load([[Placed(story(1), "/in/new.txt")]]), "run-2")
        publish(published)
        remove_inputs(published, ["/in/new.txt"], "run-3")
        publish(published)
    finally:
        stop.set()
        reader.join()
    assert errors == []
    assert {row[0] for row in seen} == {4, 5}
    assert all(row[1] == row[2] and row[0] == row[3] for row in seen)


def test_moved_warehouse_works_after_publish(published: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "data"
    moved.parent.mkdir()
    shutil.move(published, moved)
    assert not is_published(moved)
    with connect(moved) as connection, pytest.raises(duckdb.IOException):
        connection.execute("SELECT * FROM documents")
    publish(moved)
    put(moved, Load([[Placed(story(1), "/in/new.txt")]]), "run-2")
    remove_inputs(moved, ["/in/b.txt"], "run-3")
    publish(moved)
    with connect(moved) as connection:
        assert one(connection, "SELECT count(*) FROM documents") == 4
    assert [check for check in verify(moved) if not check.passed] == []
    with duckdb_connection() as connection:  # as a user attaches the catalog, for time travel
        connection.execute(f"ATTACH {literal(f'ducklake:sqlite:{moved}/lake/catalog.sqlite')} AS lake")
        assert one(connection, "SELECT count(*) FROM lake.documents") == 4
        assert one(connection, "SELECT count(*) FROM lake.documents AT (VERSION => 2)") == 4
        assert one(connection, "SELECT count(*) FROM lake.documents AT (VERSION => 3)") == 5


def test_plain_client_without_extensions_reads_everything_from_any_folder(published: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path / "no-home")}
    command = [sys.executable, "-c", PLAIN_CLIENT, str(published / "newsmill.duckdb")]
    shown = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=True).stdout
    assert "event_facts_all 6" in shown
    assert "Envoy" in shown


@pytest.mark.slow
def test_duckdb_1_1_reads_everything(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    installed = subprocess.run([python, "-m", "pip", "install", "-q", "duckdb==1.1.3", "pytz"], capture_output=True, text=True)
    if installed.returncode:
        pytest.skip(f"duckdb 1.1.3 cannot be had here: {installed.stderr.strip()[-200:]}")
    command = [str(python), "-c", PLAIN_CLIENT, str(published / "newsmill.duckdb")]
    shown = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True).stdout
    assert shown.startswith("1.1.3\n")
    newer = subprocess.run([sys.executable, *command[1:]], capture_output=True, text=True, check=True).stdout
    assert shown.splitlines()[1:] == newer.splitlines()[1:]


def test_damaged_file_is_written_anew(published: Path) -> None:
    (published / "newsmill.duckdb").write_bytes(b"not a database")
    assert not is_published(published)
    with pytest.raises(GiveUp, match=r"newsmill publish"):
        connect(published)
    assert publish(published).written
    with connect(published) as connection:
        assert one(connection, "SELECT count(*) FROM documents") == 4


def test_lost_live_file_stops_publishing_and_is_named(published: Path) -> None:
    victim = next((published / "lake/data/main/events").rglob("*.parquet"))
    content = victim.read_bytes()
    victim.unlink()
    assert not is_published(published)
    for _ in range(2):  # first with nothing new to show, then after a commit
        with pytest.raises(GiveUp, match=rf"{victim.name} is missing .* Copy it back from a backup"):
            publish(published)
        put(published, Load([[Placed(story(1), "/in/new.txt")]]), "run-2")
    victim.write_bytes(content)
    publish(published)
    assert is_published(published)


def test_publishing_waits_for_another_and_gives_up_in_the_end(stocked: Path) -> None:
    with FileLock(stocked / "lake" / "publish.lock"), pytest.raises(RetryLater, match="Try again"):
        publish(stocked, timeout=0.2)


def test_folder_without_warehouse_is_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match=r"holds no warehouse\. Make one with `newsmill run"):
        publish(tmp_path)
    with pytest.raises(GiveUp, match=r"newsmill\.duckdb does not exist\. Make it with `newsmill run"):
        connect(tmp_path)


@pytest.mark.parametrize("name", ["a*b", "year=2024", "[x]", "what?"])
def test_path_that_duckdb_would_not_take_literally_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="Choose another folder"):
        layout(tmp_path / name)


def test_texts_keep_their_characters(published: Path) -> None:
    with connect(published) as connection:
        texts = {row[0] for row in connection.execute("SELECT text FROM documents").fetchall()}
    assert {VISIT.text, RAID.text} <= texts
