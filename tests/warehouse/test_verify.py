"""Every kind of damage is found, by the check that is meant for it."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.warehouse.newsroom import RAID, TALKS, VISIT, Load, Placed, put, run_rows, story
from warehouse.checks import checks
from warehouse.columns import literal
from warehouse.files import DataFile, live_files
from warehouse.lake import open_lake
from warehouse.layout import layout
from warehouse.publish import publish
from warehouse.remove import remove_inputs
from warehouse.schema.errors import GiveUp
from warehouse.verify import each_check, verify

Damage = Callable[[Path], None]


def live(warehouse: Path, table: str) -> list[DataFile]:
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return live_files(connection)[table]


def path_of(warehouse: Path, table: str, text: str = "") -> Path:
    return next(layout(warehouse).file(file.path) for file in live(warehouse, table) if text in file.path)


def rewritten(table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Damage:
    """Edits the rows of every file of a table in place."""

    def damage(warehouse: Path) -> None:
        for file in live(warehouse, table):
            path = layout(warehouse).file(file.path)
            change(pl.read_parquet(path, hive_partitioning=False)).write_parquet(path, compression="zstd")

    return damage


def columns(table: str, **values: pl.Expr) -> Damage:
    return rewritten(table, lambda frame: frame.with_columns(**values))


def remove_file(warehouse: Path) -> None:
    path_of(warehouse, "events").unlink()


def truncate_file(warehouse: Path) -> None:
    path = path_of(warehouse, "events")
    path.write_bytes(path.read_bytes()[:-100])


def flip_bytes_inside(warehouse: Path) -> None:
    path = path_of(warehouse, "documents", "2024")
    content = bytearray(path.read_bytes())
    content[40:80] = bytes(byte ^ 0xFF for byte in content[40:80])
    path.write_bytes(content)


def add_copy_of_a_file(warehouse: Path) -> None:
    path = path_of(warehouse, "mentions")
    copy = path.with_name("0123456789ab-copy.parquet")
    shutil.copy(path, copy)
    lake_sql(warehouse, f"CALL ducklake_add_data_files('lake', 'mentions', {literal(str(copy))}, hive_partitioning => true)")


def add_file_again(warehouse: Path) -> None:
    path = path_of(warehouse, "events")
    lake_sql(warehouse, f"CALL ducklake_add_data_files('lake', 'events', {literal(str(path))}, hive_partitioning => true)")


def delete_one_row_through_the_lake(warehouse: Path) -> None:
    lake_sql(warehouse, f"DELETE FROM lake.paragraphs WHERE document_id = '{VISIT.document_id}' AND paragraph_index = 0")


def drop_a_column_of_the_lake(warehouse: Path) -> None:
    lake_sql(warehouse, "ALTER TABLE lake.events DROP COLUMN cameo_code")


def lake_sql(warehouse: Path, sql: str) -> None:
    with open_lake(warehouse, create=False) as connection:
        connection.execute(sql)
    publish(warehouse)


def change_a_view(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse / "newsmill.duckdb")) as connection:
        connection.execute(
            "CREATE OR REPLACE VIEW events AS SELECT * FROM events_before LIMIT 0".replace("events_before", "sentences")
        )


def commit_without_publishing(warehouse: Path) -> None:
    put(warehouse, Load([[Placed(story(1), "/in/new.txt")]]), "run-2")


def remove_published(warehouse: Path) -> None:
    (warehouse / "newsmill.duckdb").unlink()


DAMAGES: dict[str, tuple[Damage, str]] = {
    "a file is removed": (remove_file, "files: every live file exists"),
    "a file is truncated": (truncate_file, "files: every live file has the size"),
    "a file has lost its footer": (truncate_file, "files: every live file is whole Parquet"),
    "bytes inside a file are changed": (flip_bytes_inside, "files: every live file is whole Parquet"),
    "a file has fewer rows": (rewritten("events", lambda frame: frame.head(1)), "files: every live file has as many rows"),
    "a file lacks a column": (rewritten("events", lambda frame: frame.drop("modes")), "files: every live file is whole Parquet"),
    "a copy of a file is added": (add_copy_of_a_file, "mentions: every key stands once"),
    "a file is added again": (add_file_again, "files: none is listed twice"),
    "rows are deleted in place": (delete_one_row_through_the_lake, "lake: no delete files"),
    "a column of the lake is dropped": (drop_a_column_of_the_lake, "lake: every table has its declared columns"),
    "a key is doubled": (rewritten("inputs", lambda frame: pl.concat([frame, frame.head(1)])), "inputs: every key stands once"),
    "a required value is NULL": (columns("events", rule_id=pl.lit(None, pl.String)), "events: no NULL in a required column"),
    "a value is outside its closed set": (columns("mentions", entity_type=pl.lit("THING")), "mentions: values within"),
    "a value is out of range": (columns("events", confidence=pl.lit(1.5)), "events: values within"),
    "a value is not a number": (columns("events", score=pl.lit(float("nan"))), "events: values within"),
    "a code has another form": (columns("participants", country=pl.lit("Russia")), "participants: values within"),
    "a list holds an unknown value": (columns("events", contexts=pl.lit(["weather"])), "events: values within"),
    "a list holds NULL": (columns("events", modes=pl.lit([None], pl.List(pl.String))), "events: values within"),
    "a list is NULL": (columns("mentions", member_ids=pl.lit(None, pl.List(pl.String))), "mentions: no NULL in a required"),
    "a participant has lost its event": (
        columns("participants", event_id=pl.lit("0" * 16)),
        "participants: (event_id, document_id)",
    ),
    "a participant names a missing mention": (
        columns("participants", mention_index=pl.lit(77, pl.Int32)),
        "participants: (document_id, mention_index) stands in mentions",
    ),
    "a document has lost its sources": (
        rewritten("document_sources", lambda frame: frame.filter(pl.col("document_id") != RAID.document_id)),
        "documents: (document_id) stands in document_sources",
    ),
    "a source has lost its input": (
        rewritten("inputs", lambda frame: frame.filter(pl.col("source_uri") != "/in/b.txt")),
        "document_sources: (source_uri) stands in inputs",
    ),
    "a document is gone": (
        rewritten("documents", lambda frame: frame.filter(pl.col("document_id") != RAID.document_id)),
        "sentences: (document_id) stands in documents",
    ),
    "a text is changed": (
        columns("documents", text=pl.col("text").str.replace("thanked", "blamed ")),
        "events: trigger_start, trigger_end lie in the text and give trigger_text",
    ),
    "an offset is moved": (
        columns("mentions", start_char=pl.col("start_char") + 1),
        "mentions: start_char, end_char lie in the text",
    ),
    "an offset lies beyond the text": (
        columns("casualties", end_char=pl.lit(9999, pl.Int32)),
        "casualties: start_char, end_char lie",
    ),
    "half an offset is given": (
        columns("events", attributed_start=pl.lit(1, pl.Int32)),
        "events: attributed_start, attributed_end lie",
    ),
    "a day is not that of the partition": (
        columns("documents", published_date=pl.lit(date(1999, 1, 1))),
        "documents: year and month are those of published_date",
    ),
    "a day is not that of the document": (
        columns("events", published_date=pl.lit(date(1999, 1, 1))),
        "events: batch_id, published_date, year and month",
    ),
    "a length is wrong": (columns("documents", char_count=pl.col("char_count") + 1), "documents: char_count is"),
    "a count of words is wrong": (columns("documents", word_count=pl.col("word_count") - 1), "documents: word_count is"),
    "a count of paragraphs is wrong": (columns("documents", paragraph_count=pl.lit(9, pl.Int32)), "documents: paragraph_count is"),
    "a count of sentences is wrong": (columns("documents", sentence_count=pl.lit(9, pl.Int32)), "documents: sentence_count is"),
    "a document names another source": (columns("documents", record_id=pl.lit("9")), "documents: source_uri and record_id are"),
    "a moment is given without its precision": (
        columns("documents", published_at=pl.datetime(2024, 3, 19, time_zone="UTC")),
        "documents: published_at is given exactly",
    ),
    "a day is not the publisher's": (
        columns("documents", utc_offset_minutes=pl.lit(-1080, pl.Int16), published_at=pl.col("published_at").dt.offset_by("-12h")),
        "documents: published_date is the publisher's local day",
    ),
    "a sentence is gone": (
        rewritten("sentences", lambda frame: frame.filter(pl.col("sentence_index") != 1)),
        "sentences: nothing but white space of a paragraph is in none",
    ),
    "sentences overlap": (columns("sentences", start_char=pl.lit(0, pl.Int32)), "sentences: in order, without overlap"),
    "a sentence is in another paragraph": (
        columns("sentences", paragraph_index=pl.lit(0, pl.Int32)),
        "sentences: each lies within",
    ),
    "indexes have a gap": (columns("mentions", mention_index=pl.col("mention_index") + 1), "mentions: mention_index counts from 0"),
    "a mention is in another sentence": (columns("mentions", sentence_index=pl.lit(0, pl.Int32)), "mentions: each lies within"),
    "a mode is of another type": (columns("events", modes=pl.lit(["curfew"])), "events: every mode is one of the event type"),
    "a quad class is of another type": (columns("events", quad_class=pl.lit("verbal conflict")), "events: quad_class is that"),
    "a score is not PLOVER's": (columns("events", score=pl.lit(1.0)), "events: score is that"),
    "an event ends before it begins": (
        columns("events", event_start=pl.lit(date(2024, 3, 9)), event_end=pl.lit(date(2024, 3, 8))),
        "events: event_start and event_end",
    ),
    "an input has lost a record": (columns("inputs", record_count=pl.lit(7, pl.Int64)), "inputs: record_count is"),
    "a reject is gone": (rewritten("rejects", lambda frame: frame.clear()), "inputs: reject_count is"),
    "a run left more than it says": (
        columns("runs", event_count=pl.lit(0, pl.Int64)),
        "runs: left no more documents",
    ),
    "a run left more rejects": (
        columns("runs", reject_count=pl.lit(0, pl.Int64)),
        "runs: left no more rejects",
    ),
    "newsmill.duckdb is older than the lake": (commit_without_publishing, "newsmill.duckdb: shows the newest snapshot"),
    "newsmill.duckdb is gone": (remove_published, "newsmill.duckdb: shows the newest snapshot"),
    "a view was changed": (change_a_view, "newsmill.duckdb: every view has the rows of the lake"),
}


ALONE = {
    "a file is removed",
    "bytes inside a file are changed",
    "a file is added again",
    "rows are deleted in place",
    "newsmill.duckdb is older than the lake",
    "a view was changed",
}
"""Run every time by themselves; all the others are as real, but each takes a second or two."""

TOGETHER = (
    "a key is doubled",
    "a required value is NULL",
    "a value is outside its closed set",
    "a list holds an unknown value",
    "a participant has lost its event",
    "a document has lost its sources",
    "a text is changed",
    "an offset is moved",
    "a day is not that of the partition",
    "a count of words is wrong",
    "a sentence is gone",
    "a score is not PLOVER's",
    "an input has lost a record",
    "a run left more than it says",
    "a run left more rejects",
)
"""Damages of different columns: none hides another."""


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=() if kind in ALONE else pytest.mark.slow) for kind in DAMAGES])
def test_damage_is_found(published: Path, kind: str) -> None:
    damage, name = DAMAGES[kind]
    damage(published)
    failed = [check for check in verify(published) if not check.passed]
    assert any(check.name.startswith(name) for check in failed), [check.name for check in failed]
    assert all(check.found > 0 and check.detail for check in failed)


def test_damages_of_many_kinds_are_found_in_one_go(published: Path) -> None:
    for kind in TOGETHER:
        DAMAGES[kind][0](published)
    failed = [check.name for check in verify(published) if not check.passed]
    assert [kind for kind in TOGETHER if not any(name.startswith(DAMAGES[kind][1]) for name in failed)] == []


def test_intact_warehouse_passes_every_check(published: Path) -> None:
    outcome = verify(published)
    assert [(check.name, check.detail) for check in outcome if not check.passed] == []
    assert len({check.name for check in outcome}) == len(outcome) > 100


def test_words_are_counted_as_python_splits_them_at_every_character() -> None:
    """No character that cleaning may leave in a text makes `verify` cry wolf."""
    texts = [f"a{chr(code)}b" for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000]
    documents = pl.DataFrame(
        {"document_id": [hex(ord(text[1])) for text in texts], "word_count": [len(text.split()) for text in texts], "text": texts}
    )
    query = next(query for name, query in checks() if name.startswith("documents: word_count is"))
    with duckdb.connect() as connection:
        connection.register("documents", documents.to_arrow())
        assert connection.execute(query).fetchall() == []
        connection.register("documents", documents.with_columns(word_count=3).head(2).to_arrow())
        assert len(connection.execute(query).fetchall()) == 2


def test_run_that_only_rewrites_the_rows_of_others_is_not_blamed_for_them(published: Path) -> None:
    remove_inputs(published, ["/in/b.txt"], "run-2", run=run_rows("run-2"))
    put(published, Load([[Placed(TALKS, "/in/c.jsonl"), Placed(story(1), "/in/new.txt")]]), "run-3", recoded=True)
    publish(published)
    assert [(check.name, check.detail) for check in verify(published) if not check.passed] == []


def test_checks_are_given_as_they_are_done(published: Path) -> None:
    outcome = each_check(published)
    assert next(outcome).passed
    remove_file(published)  # after the first check, before the others
    assert any(check.name.startswith("files: every live file exists") and not check.passed for check in outcome)


def test_folder_without_warehouse_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match="holds no warehouse"):
        verify(tmp_path)
