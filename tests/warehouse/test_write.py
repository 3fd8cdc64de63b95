"""What write_batch refuses, and the files it leaves."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from tests.warehouse.newsroom import RAID, STORIES, VISIT, Placed, tables
from warehouse.columns import file_columns, polars_schema
from warehouse.schema.errors import GiveUp
from warehouse.schema.tables import TEXT_TABLES
from warehouse.write import write_batch

BATCH = "0123456789ab"
RUN = "20260301T120000000000-aaaaaa"
Tables = dict[str, pl.DataFrame]


@pytest.fixture
def batch() -> Tables:
    return tables([Placed(story, f"/in/{number}.txt") for number, story in enumerate(STORIES)], BATCH)


def change(table: str, **columns: pl.Expr) -> Callable[[Tables], Tables]:
    return lambda batch: {**batch, table: batch[table].with_columns(**columns)}


def test_files_lie_by_table_year_and_month_and_hold_all_rows(batch: Tables, warehouse: Path) -> None:
    written = write_batch(batch, warehouse, BATCH, RUN)
    assert {file.path for file in written.files if file.table == "documents"} == {
        f"main/documents/year={year}/month={month}/{BATCH}-{RUN}.parquet" for year, month in ((2024, 3), (2023, 11), (0, 0))
    }
    assert written.counts == {**{table: frame.height for table, frame in batch.items()}, "signatures": len(STORIES)}
    for table in TEXT_TABLES:
        assert sum(file.rows for file in written.files if file.table == table) == written.counts[table]
    assert written.document_ids == tuple(sorted(story.document_id for story in STORIES))
    assert written.word_count == sum(len(story.text.split()) for story in STORIES)


def test_file_has_the_declared_columns_without_the_partition_and_is_zstd(batch: Tables, warehouse: Path) -> None:
    for file in write_batch(batch, warehouse, BATCH, RUN).files:
        path = warehouse / "lake/data" / file.path
        assert pl.read_parquet_schema(path) == {name: polars_schema(file.table)[name] for name in file_columns(file.table)}
        assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_same_rows_in_another_order_give_the_same_bytes(batch: Tables, tmp_path: Path) -> None:
    turned = {table: frame.reverse() for table, frame in batch.items()}
    first, second = write_batch(batch, tmp_path / "a", BATCH, RUN), write_batch(turned, tmp_path / "b", BATCH, RUN)
    assert first == second
    for file in first.files:
        assert (tmp_path / "a/lake/data" / file.path).read_bytes() == (tmp_path / "b/lake/data" / file.path).read_bytes()


def test_no_temporary_file_is_left(batch: Tables, warehouse: Path) -> None:
    written = write_batch(batch, warehouse, BATCH, RUN)
    assert sum(path.is_file() for path in warehouse.rglob("*")) == len(written.files)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (change("events", score=pl.lit(11.0)), r"Table events: .*score\|max \(6 rows\)"),
        (change("events", event_type=pl.lit("PARTY")), r"Table events: .*event_type\|check"),
        (change("events", modes=pl.lit(["drone"])), r"Table events: .*modes_belong_to_type"),
        (change("events", quad_class=pl.lit(None, pl.String)), r"Table events: .*quad_class\|nullability"),
        (change("documents", document_id=pl.lit("x" * 32)), r"Table documents: .*document_id\|regex"),
        (change("documents", char_count=pl.col("char_count") + 1), r"Table documents: .*char_count"),
        (change("documents", sentence_count=pl.col("sentence_count") + 1), r"Table documents: .*sentence_count"),
        (change("documents", year=pl.lit(2020, pl.Int16)), r"Table documents: .*year and month of published_date \(4 rows\)"),
        (change("documents", batch_id=pl.lit("0" * 12)), r"Table documents: .*batch_id of this batch"),
        (change("sentences", paragraph_index=pl.lit(9, pl.Int32)), r"Table sentences: .*paragraph_index stands in paragraphs"),
        (change("sentences", sentence_index=pl.col("sentence_index") + 1), r"sentence_index"),
        (change("mentions", start_char=pl.col("start_char") + 1), r"Table mentions: .*start_char, end_char .*give text"),
        (change("mentions", end_char=pl.lit(10_000, pl.Int32)), r"Table mentions: .*lie in the document's text"),
        (change("casualties", end_char=pl.col("start_char")), r"Table casualties: .*lie in the document's text"),
        (change("events", attributed_start=pl.lit(3, pl.Int32)), r"Table events: .*attributed_start"),
        (change("participants", mention_index=pl.lit(99, pl.Int32)), r"Table participants: .*mention_index stands in mentions"),
        (change("participants", event_id=pl.lit("0" * 16)), r"Table participants"),
        (change("mentions", published_date=pl.lit(None, pl.Date)), r"Table mentions: .*are those of the document"),
        (lambda batch: {**batch, "mentions": pl.concat([batch["mentions"]] * 2)}, r"Table mentions: .*primary_key \(22 rows\)"),
        (lambda batch: {**batch, "events": batch["events"].drop("modes")}, r"Table events: column modes is missing"),
        (change("events", score=pl.col("score").cast(pl.Float32)), r"Table events: column score is Float32, not Float64"),
        (lambda batch: {k: v for k, v in batch.items() if k != "casualties"}, r"missing or unknown: casualties"),
    ],
)
def test_broken_table_is_refused_by_name_rule_and_count(
    batch: Tables, warehouse: Path, damage: Callable[[Tables], Tables], message: str
) -> None:
    with pytest.raises(GiveUp, match=message):
        write_batch(damage(batch), warehouse, BATCH, RUN)
    assert not warehouse.exists()


def test_batch_of_documents_without_any_event_is_written(warehouse: Path) -> None:
    rows = tables([Placed(VISIT, "/in/a.txt")], BATCH)
    none = {"mentions", "affiliations", "events", "participants", "casualties"}
    written = write_batch(
        {table: frame.clear() if table in none else frame for table, frame in rows.items()}, warehouse, BATCH, RUN
    )
    assert {file.table for file in written.files} == {"documents", "paragraphs", "sentences", "signatures"}


def test_folder_that_cannot_be_made_is_named(batch: Tables, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(GiveUp, match=r"file/data/lake/data/main/documents.* cannot be written"):
        write_batch(batch, tmp_path / "file/data", BATCH, RUN)


def test_spans_count_code_points_also_beyond_the_basic_plane(warehouse: Path) -> None:
    assert any(ord(character) > 0xFFFF for character in VISIT.text)
    assert "e\u0301" in RAID.text
    write_batch(tables([Placed(VISIT, "/in/a.txt"), Placed(RAID, "/in/b.txt")], BATCH), warehouse, BATCH, RUN)
