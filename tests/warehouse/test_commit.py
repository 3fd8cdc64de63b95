"""What commits leave in the lake: documents once, inputs whole, nothing lost."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer

import polars as pl
import pytest
from filelock import FileLock

from tests.warehouse.newsroom import (
    RAID,
    TALKS,
    UNDATED,
    VISIT,
    Load,
    Placed,
    input_rows,
    put,
    reject_row,
    run_rows,
    source_rows,
    story,
    write,
)
from warehouse.aliases import set_aliases
from warehouse.columns import polars_schema
from warehouse.commit import commit
from warehouse.files import live_files, newest_snapshot
from warehouse.known import known_documents, known_inputs
from warehouse.lake import open_lake
from warehouse.remove import remove_inputs, share_of
from warehouse.schema.errors import GiveUp, RetryLater, UsageError
from warehouse.schema.tables import TEXT_TABLES
from warehouse.verify import verify

LATER = datetime(2026, 3, 2, 12, tzinfo=UTC)


def rows(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def files_of(warehouse: Path, table: str) -> list[str]:
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return [file.path for file in live_files(connection)[table]]


def text_files(warehouse: Path) -> set[str]:
    return {path for table in TEXT_TABLES for path in files_of(warehouse, table)}


def assert_whole(warehouse: Path) -> None:
    """Every check of the lake passes; newsmill.duckdb, which a commit leaves alone, is not made for it."""
    failed = [(check.name, check.detail) for check in verify(warehouse) if not check.passed]
    assert [check for check in failed if not check[0].startswith("newsmill.duckdb")] == []


def test_document_in_two_batches_of_a_commit_stands_once_with_both_sources(stocked: Path) -> None:
    assert rows(stocked, "SELECT count(*) FROM lake.documents") == [(4,)]
    found = rows(
        stocked, f"SELECT source_uri, record_id FROM lake.document_sources WHERE document_id = '{VISIT.document_id}' ORDER BY 1"
    )
    assert found == [("/in/a.txt", "0"), ("/in/c.jsonl", "1")]
    assert_whole(stocked)


def test_file_written_in_vain_is_removed(stocked: Path) -> None:
    on_disk = {path.relative_to(stocked / "lake/data").as_posix() for path in (stocked / "lake/data").rglob("*.parquet")}
    with open_lake(stocked, create=False, read_only=True) as connection:
        live = {file.path for files in live_files(connection).values() for file in files}
    assert on_disk == live


def test_document_of_an_earlier_commit_is_kept_and_gets_another_source(stocked: Path) -> None:
    before = files_of(stocked, "documents")
    result = put(stocked, Load([[Placed(RAID, "/in/z.txt")]], loaded_at=LATER), "run-2", fingerprint="new")
    assert (result.documents_added, result.documents_replaced, result.documents_removed) == (0, 0, 0)
    assert files_of(stocked, "documents") == before
    assert rows(stocked, f"SELECT count(*) FROM lake.document_sources WHERE document_id = '{RAID.document_id}'") == [(2,)]
    assert_whole(stocked)


def test_version_kept_does_not_depend_on_the_order_of_commits(tmp_path: Path) -> None:
    early, late = replace(RAID, publisher="A Post"), replace(RAID, publisher="B Post")
    loads = [Load([[Placed(early, "/in/a.txt")]]), Load([[Placed(late, "/in/b.txt")]])]
    found = []
    for name, order in (("forward", loads), ("backward", loads[::-1])):
        for number, load in enumerate(order):
            put(tmp_path / name, load, f"run-{number}")
        found.append(rows(tmp_path / name, "SELECT * EXCLUDE (batch_id) FROM lake.documents"))
        assert_whole(tmp_path / name)
    assert found[0] == found[1]
    assert found[0][0][1:4] == ("/in/a.txt", "0", "A Post")


def test_recoded_documents_replace_their_older_version(stocked: Path) -> None:
    ids = {VISIT.document_id, RAID.document_id}
    load = Load([[Placed(VISIT, "/in/a.txt"), Placed(RAID, "/in/b.txt")]], loaded_at=LATER)
    result = put(stocked, load, "run-2", recoded=True, fingerprint="new")
    assert (result.documents_added, result.documents_replaced, result.documents_removed) == (0, 2, 0)
    fingerprints = dict(known_documents(stocked).iter_rows())
    assert {key: value for key, value in fingerprints.items() if value == "new"}.keys() == ids
    assert len(fingerprints) == 4
    assert_whole(stocked)


def test_changed_input_replaces_its_rows_and_takes_documents_of_its_own_along(stocked: Path) -> None:
    load = Load([[Placed(story(1), "/in/b.txt")]], loaded_at=LATER)
    result = put(stocked, load, "run-2", content="2")
    assert (result.documents_added, result.documents_removed) == (1, 1)
    assert RAID.document_id not in set(known_documents(stocked)["document_id"])
    for table in TEXT_TABLES:
        assert rows(stocked, f"SELECT count(*) FROM lake.{table} WHERE document_id = '{RAID.document_id}'") == [(0,)]
    assert_whole(stocked)


def test_document_moves_to_a_remaining_source_when_its_first_one_leaves(stocked: Path) -> None:
    assert remove_inputs(stocked, ["/in/a.txt"], "run-2").documents_removed == 0
    found = rows(stocked, f"SELECT source_uri, record_id FROM lake.documents WHERE document_id = '{VISIT.document_id}'")
    assert found == [("/in/c.jsonl", "1")]
    assert_whole(stocked)


def test_removed_input_leaves_no_delete_file_and_no_row(stocked: Path) -> None:
    assert remove_inputs(stocked, ["/in/c.jsonl"], "run-2").documents_removed == 2
    assert set(known_documents(stocked)["document_id"]) == {VISIT.document_id, RAID.document_id}
    assert rows(stocked, "SELECT count(*) FROM lake.rejects") == [(0,)]
    with open_lake(stocked, create=False, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM __ducklake_metadata_lake.ducklake_delete_file").fetchone() == (0,)
    assert_whole(stocked)


def test_rewriting_touches_only_files_that_hold_leaving_documents(warehouse: Path) -> None:
    put(warehouse, Load([[Placed(story(n), f"/in/{n}.txt") for n in (1, 2)], [Placed(story(n), f"/in/{n}.txt") for n in (3, 4)]]))
    before = text_files(warehouse)
    remove_inputs(warehouse, ["/in/1.txt"], "run-2")
    after = text_files(warehouse)
    batches = {Path(path).name.split("-")[0] for path in before - after}
    assert len(batches) == 1
    assert len(after) == len(before)
    assert_whole(warehouse)


def test_share_of_counts_only_documents_that_would_leave(stocked: Path) -> None:
    assert share_of(stocked, ["/in/a.txt"]) == 0
    assert share_of(stocked, ["/in/b.txt"]) == 0.25
    assert share_of(stocked, ["/in/a.txt", "/in/b.txt", "/in/c.jsonl"]) == 1
    assert share_of(stocked / "nowhere", ["/in/a.txt"]) == 0


def test_input_without_change_of_documents_touches_only_operational_tables(stocked: Path) -> None:
    before = text_files(stocked)
    known = [Placed(TALKS, "/in/c.jsonl", 0), Placed(VISIT, "/in/c.jsonl", 1), Placed(UNDATED, "/in/c.jsonl", 2)]
    put(stocked, Load([], known=[*known, Placed(RAID, "/in/c.jsonl", 3)]), "run-2", content="2")
    assert text_files(stocked) == before
    assert known_inputs(stocked).filter(pl.col("source_uri") == "/in/c.jsonl")["record_count"].to_list() == [4]
    assert_whole(stocked)


def test_commit_of_nothing_makes_no_snapshot(stocked: Path) -> None:
    with open_lake(stocked, create=False, read_only=True) as connection:
        before = newest_snapshot(connection)
    assert remove_inputs(stocked, ["/in/never-seen.txt"], "run-2").snapshot_id == before


def test_same_batches_committed_twice_change_nothing(warehouse: Path) -> None:
    load = Load([[Placed(VISIT, "/in/a.txt"), Placed(RAID, "/in/b.txt")]])
    batches = write(warehouse, load, "run-1")
    rejects = pl.DataFrame([], schema=polars_schema("rejects"))
    for _ in range(2):
        commit(
            warehouse, "run-1", batches, source_rows(load.placed), input_rows(load), rejects, run=run_rows("run-1", written=batches)
        )
    assert rows(warehouse, "SELECT count(*), count(DISTINCT document_id) FROM lake.documents") == [(2, 2)]
    assert_whole(warehouse)


def test_run_row_is_replaced_by_a_later_one_of_the_same_run(warehouse: Path) -> None:
    load = Load([[Placed(VISIT, "/in/a.txt")]])
    batches, rejects = write(warehouse, load, "run-1"), pl.DataFrame([], schema=polars_schema("rejects"))
    for state in ("running", "completed"):
        commit(
            warehouse, "run-1", batches, source_rows(load.placed), input_rows(load), rejects, run=run_rows("run-1", state, batches)
        )
    assert rows(warehouse, "SELECT run_id, state FROM lake.runs") == [("run-1", "completed")]


def test_operational_tables_stay_at_one_file_over_many_commits(warehouse: Path) -> None:
    for number in range(3):
        put(warehouse, Load([[Placed(story(number), f"/in/{number}.txt")]]), f"run-{number}")
    assert {table: len(files_of(warehouse, table)) for table in ("inputs", "document_sources", "runs")} == {
        "inputs": 1,
        "document_sources": 1,
        "runs": 1,
    }
    assert_whole(warehouse)


def test_rejects_of_an_input_go_when_it_is_read_again(stocked: Path) -> None:
    known = [Placed(TALKS, "/in/c.jsonl", 0), Placed(VISIT, "/in/c.jsonl", 1), Placed(UNDATED, "/in/c.jsonl", 2)]
    put(stocked, Load([], known=known, loaded_at=LATER), "run-2", content="2")
    assert rows(stocked, "SELECT count(*) FROM lake.rejects") == [(0,)]
    assert_whole(stocked)


def test_missing_path_is_rejected_once_and_goes_when_it_comes_back(warehouse: Path) -> None:
    for run in ("run-1", "run-2"):
        put(warehouse, Load([], rejects=[reject_row("/in/late.txt", reason="missing", run_id=run)]), run)
    assert rows(warehouse, "SELECT run_id FROM lake.rejects") == [("run-2",)]
    assert_whole(warehouse)
    put(warehouse, Load([[Placed(VISIT, "/in/late.txt")]]), "run-3")
    assert rows(warehouse, "SELECT count(*) FROM lake.rejects") == [(0,)]
    assert_whole(warehouse)


def test_known_input_that_cannot_be_opened_keeps_its_rows_and_rejects(stocked: Path) -> None:
    put(stocked, Load([], rejects=[reject_row("/in/c.jsonl", 0, reason="unreadable", run_id="run-2")]), "run-2")
    assert rows(stocked, "SELECT reason FROM lake.rejects ORDER BY 1") == [("bad_json",), ("unreadable",)]
    assert rows(stocked, "SELECT count(*) FROM lake.documents") == [(4,)]
    assert_whole(stocked)


def test_source_of_a_document_that_left_meanwhile_is_refused_without_loss(stocked: Path) -> None:
    remove_inputs(stocked, ["/in/b.txt"], "run-2")
    with pytest.raises(RetryLater, match=r"Run again"):
        put(stocked, Load([], known=[Placed(RAID, "/in/y.txt")]), "run-3")
    assert_whole(stocked)


def test_document_without_source_is_refused(warehouse: Path) -> None:
    load = Load([[Placed(VISIT, "/in/a.txt"), Placed(RAID, "/in/b.txt")]])
    batches = write(warehouse, load, "run-1")
    one = Load([], known=[Placed(VISIT, "/in/a.txt")])
    with pytest.raises(GiveUp, match=r"1 documents .* no row of `sources`"):
        commit(
            warehouse, "run-1", batches, source_rows(one.placed), input_rows(one), pl.DataFrame([], schema=polars_schema("rejects"))
        )
    assert known_documents(warehouse).height == 0


def test_source_of_an_input_that_is_not_committed_is_refused(warehouse: Path) -> None:
    load = Load([[Placed(VISIT, "/in/a.txt")]])
    with pytest.raises(GiveUp, match=r"/in/a\.txt"):
        commit(
            warehouse,
            "run-1",
            write(warehouse, load, "run-1"),
            source_rows(load.placed),
            input_rows(Load([])),
            pl.DataFrame([], schema=polars_schema("rejects")),
        )


def test_held_lock_ends_in_a_message_to_try_again(stocked: Path) -> None:
    with FileLock(stocked / "lake" / "commit.lock"), pytest.raises(RetryLater, match=r"commit\.lock has been held .* Try again"):
        remove_inputs(stocked, ["/in/a.txt"], "run-2", timeout=0.2)
    assert_whole(stocked)


HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1])
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
held.rollback()
"""


@pytest.mark.slow
def test_catalog_held_by_another_program_is_waited_for_up_to_the_set_time(stocked: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(stocked / "lake" / "catalog.sqlite")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(RetryLater, match="locked by another program"):
            remove_inputs(stocked, ["/in/b.txt"], "run-2", timeout=1)
        Timer(6, lambda: holder.communicate("\n")).start()  # DuckDB itself waits five seconds, so this one is tried twice
        assert remove_inputs(stocked, ["/in/b.txt"], "run-3", timeout=60).documents_removed == 1
    assert_whole(stocked)


def test_missing_file_of_a_batch_stops_the_commit_and_names_the_file(warehouse: Path) -> None:
    load = Load([[Placed(VISIT, "/in/a.txt")]])
    batches = write(warehouse, load, "run-1")
    victim = next(file for file in batches[0].files if file.table == "events")
    (warehouse / "lake/data" / victim.path).unlink()
    with pytest.raises(GiveUp, match=Path(victim.path).name):
        commit(
            warehouse,
            "run-1",
            batches,
            source_rows(load.placed),
            input_rows(load),
            pl.DataFrame([], schema=polars_schema("rejects")),
        )
    assert known_documents(warehouse).height == 0


def test_aliases_are_replaced_as_a_whole_and_may_not_chain(stocked: Path) -> None:
    set_aliases(stocked, {"org:rebels": "org:the-rebels"}, "run-2")
    set_aliases(stocked, {"igo:nato": "igo:north-atlantic-treaty-organization"}, "run-3")
    assert rows(stocked, "SELECT seed_id FROM lake.entity_aliases") == [("igo:nato",)]
    assert_whole(stocked)
    with pytest.raises(UsageError, match="org:b"):
        set_aliases(stocked, {"org:a": "org:b", "org:b": "org:c"}, "run-4")
    with pytest.raises(UsageError, match="'nato'"):
        set_aliases(stocked, {"nato": "igo:nato"}, "run-4")
