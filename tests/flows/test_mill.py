"""The work on one batch: what becomes a row, what a reject, and that nothing is done twice."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.batches import Batch, Limits, make_batches, slice_input
from flows.fields import Reading
from flows.inputs import find_inputs
from flows.known_ids import write_known_ids
from flows.mill import BatchResult, Order, mill_batch
from tests.corpus import article, write_jsonl
from transforms.document import CodedDocument, Document
from transforms.pipeline import Coder
from transforms.pipelines import SHIPPED
from warehouse.schema.errors import UsageError
from warehouse.schema.tables import DocumentSources, Rejects

MODEL = SHIPPED


def batch_of(*paths: Path) -> Batch:
    limits = Limits(1_000, 10_000_000)
    inputs = find_inputs([str(path) for path in paths]).inputs
    (batch,) = make_batches([slice_input(one, limits, Reading()) for one in inputs], limits)
    return batch


def milled(
    tmp_path: Path,
    batch: Batch,
    known: Path | None = None,
    piece: int = 1_000,
    model: str = MODEL,
    document_seconds: float = 300,
    **options: Any,
) -> BatchResult:
    tmp_path.mkdir(exist_ok=True)
    order = Order(
        run_id="20240101T000000000000-aaaaaa",
        started_at=datetime(2024, 1, 1, tzinfo=UTC),
        warehouse=tmp_path / "data",
        model=model,
        known_ids=known,
        piece_documents=piece,
        piece_characters=10_000_000,
        reading=Reading(),
        document_seconds=document_seconds,
    )
    return mill_batch(batch, order, tmp_path / "mark", **options)


def parquet(tmp_path: Path, result: BatchResult, table: str) -> pl.DataFrame:
    data = tmp_path / "data" / "lake" / "data"
    paths = [data / file.path for piece in result.files for file in piece.files if file.table == table]
    return pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in paths])


def test_every_record_is_a_source_or_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write_jsonl(path, [article(1), article(2), article(1), {"text": ""}])
    result = milled(tmp_path, batch_of(path))
    assert result.documents == 2
    assert result.sources["record_index"].to_list() == [0, 1, 2]
    assert result.rejects.select("record_index", "reason").rows() == [(3, "no_text")]
    counts = result.inputs[str(path)]
    assert (counts.records, counts.rejects) == (4, 1)
    assert result.words == parquet(tmp_path, result, "documents")["word_count"].sum()
    assert sum(result.event_types.values()) == parquet(tmp_path, result, "events").height
    DocumentSources.validate(result.sources)
    Rejects.validate(result.rejects)


def test_documents_in_another_language_keep_their_sentences_and_are_not_coded(tmp_path: Path) -> None:
    german = "Der Minister traf am Montag in Berlin ein. Die Polizei nahm vierzehn Menschen fest, sagte ein Sprecher."
    write_jsonl(
        tmp_path / "x.jsonl", [{"text": german}, {"text": "Putin traf Xi."}, {"text": "Russia attacked Georgia.", "lang": "ru-RU"}]
    )
    result = milled(tmp_path, batch_of(tmp_path / "x.jsonl"))
    assert result.languages == {"de": 1, "ru": 1}
    foreign = parquet(tmp_path, result, "documents").filter(pl.col("language") != "en")
    assert sorted(foreign["sentence_count"]) == [1, 2]
    mentions = parquet(tmp_path, result, "mentions")
    assert not set(foreign["document_id"]) & set(mentions["document_id"])
    assert mentions.height  # of the headline, which is too short to be sure


def test_known_documents_get_a_source_and_are_not_milled(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write_jsonl(path, [article(number) for number in (1, 2, 3)])
    first = milled(tmp_path, batch_of(path))
    known = tmp_path / "known"
    write_known_ids(first.sources["document_id"].to_list()[:2], known)
    second = milled(tmp_path, batch_of(path), known)
    assert (second.known, second.documents) == (2, 1)
    assert second.sources.equals(first.sources)
    write_known_ids(first.sources["document_id"].to_list(), known.with_name("all"))
    assert milled(tmp_path, batch_of(path), known.with_name("all")).files == ()


def test_a_long_input_is_written_in_pieces_that_hold_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write_jsonl(path, [article(number) for number in range(7)])
    whole = milled(tmp_path / "whole", batch_of(path))
    pieces = milled(tmp_path / "pieces", batch_of(path), piece=3)
    assert (len(whole.files), len(pieces.files)) == (1, 3)
    assert len({piece.batch_id for piece in pieces.files}) == 3
    for table in ("documents", "sentences", "events"):
        one, other = parquet(tmp_path / "whole", whole, table), parquet(tmp_path / "pieces", pieces, table)
        assert sorted(map(repr, one.drop("batch_id").rows())) == sorted(map(repr, other.drop("batch_id").rows()))


@pytest.mark.parametrize("text", ["\u202e\u0000 ", "a" * 50_000, "(" * 3_000, "\U0001f600" * 500, "- " * 2_000, "e\u0301 " * 900])
def test_an_odd_text_costs_no_other(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write_jsonl(path, [article(1), {"text": text}, article(2)])
    result = milled(tmp_path, batch_of(path))
    assert result.sources.height + result.rejects.height == 3
    assert {0, 2} <= set(result.sources["record_index"])
    assert "failed" not in result.rejects["reason"]


def test_a_file_that_is_gone_since_the_plan_is_a_reject(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Talks were held in Riga.")
    batch = batch_of(tmp_path / "a.txt", tmp_path / "b.txt")
    (tmp_path / "a.txt").unlink()
    result = milled(tmp_path, batch)
    assert result.rejects["reason"].to_list() == ["missing"]
    assert result.documents == 1


def test_rows_that_break_a_rule_go_to_quarantine_with_the_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = Coder.code

    def longer(self: Coder, document: Document) -> CodedDocument:  # a fault: the sentences of one text end behind it
        coded = code(self, document)
        long = tuple(replace(one, end_char=one.end_char + 9) for one in coded.sentences)
        return replace(coded, sentences=long) if "lynx" in document.text else coded

    monkeypatch.setattr(Coder, "code", longer)
    path = tmp_path / "x.jsonl"
    write_jsonl(path, [article(1), {"text": "A lynx was seen near Riga on Monday."}])
    result = milled(tmp_path, batch_of(path))
    assert result.documents == 1
    [(reason, message)] = result.rejects.select("reason", "message").rows()
    assert reason == "failed"
    [rule] = (tmp_path / "data" / "quarantine").rglob("rule.txt")
    assert str(rule.parent) in message
    assert "end_char" in rule.read_text()
    assert pl.read_parquet(rule.parent / "documents.parquet")["text"].to_list() == ["A lynx was seen near Riga on Monday."]


def test_an_unknown_model_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Talks were held in Riga.")
    with pytest.raises(UsageError, match="no_such_model"):
        milled(tmp_path, batch_of(tmp_path / "a.txt"), model="no_such_model")
