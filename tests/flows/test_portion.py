"""Portions of a batch: whatever a worker dies over, every record is in one of them, and the rows are those of the whole batch."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.marks import Place, Stage
from flows.mill import combined
from flows.portion import WHOLE, Portion, Refusal
from tests.corpus import article, write_jsonl
from tests.flows.test_mill import batch_of, milled, parquet


def places_in(portion: Portion, slices: list[int]) -> Iterator[Place]:
    for piece, records in enumerate(slices):
        if portion.enters(piece):
            for index in range(records):
                if portion.first <= (piece, index) and (portion.end is None or (piece, index) < portion.end):
                    yield piece, index


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.data())
def test_halves_hold_every_record_once_and_end_at_one(slices: list[int], data: st.DataObject) -> None:
    everything = list(places_in(WHOLE, slices))
    culprit = data.draw(st.sampled_from(everything)) if everything else None
    done: list[Place] = []
    waiting, deaths = [WHOLE], 0
    while waiting:
        portion = waiting.pop(0)
        held = list(places_in(portion, slices))
        if culprit in held and not portion.holds_only(culprit):
            assert culprit is not None
            waiting[:0] = portion.halves(culprit)
            deaths += 1
        else:
            done += held
    assert done == everything
    assert deaths <= 10  # of 54 records


def test_portions_of_a_batch_give_the_rows_of_the_whole(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "x.jsonl", [*(article(number) for number in (1, 2, 3, 2)), {"text": ""}])
    (tmp_path / "y.txt").write_text(article(4)["text"])
    batch = batch_of(tmp_path / "x.jsonl", tmp_path / "y.txt")
    whole = milled(tmp_path / "whole", batch)
    portions = [Portion((0, 0), (0, 2)), Portion((0, 2), (0, 3)), Portion((0, 3), (1, 0)), Portion((1, 0), None)]
    parts = combined([milled(tmp_path / "parts", batch, portion=portion) for portion in portions])
    assert len({piece.batch_id for piece in parts.files}) == 4
    assert parts.inputs == whole.inputs
    assert parts.sources.sort("source_uri", "record_index").equals(whole.sources.sort("source_uri", "record_index"))
    assert parts.rejects.equals(whole.rejects)
    for table in ("documents", "sentences", "events"):
        one, other = (
            parquet(tmp_path / name, result, table).drop("batch_id") for name, result in (("whole", whole), ("parts", parts))
        )
        assert one.unique().sort(pl.all()).equals(other.unique().sort(pl.all()))


def test_a_refused_record_is_a_reject_and_costs_no_other(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "x.jsonl", [article(number) for number in range(4)])
    (tmp_path / "y.txt").write_text(article(4)["text"])
    batch = batch_of(tmp_path / "x.jsonl", tmp_path / "y.txt")
    coding = milled(tmp_path / "a", batch, refused={(0, 1): Refusal(Stage.CODING, "killed", "it was killed")})
    assert coding.sources["record_index"].to_list() == [0, 2, 3, 0]
    assert coding.rejects.select("record_index", "reason").rows() == [(1, "killed")]
    assert b"article-1" in coding.rejects["raw"][0]
    reading = milled(tmp_path / "b", batch, refused={(0, 2): Refusal(Stage.READING, "timeout", "it hung")})
    assert reading.sources["record_index"].to_list() == [0, 1, 0]
    assert reading.rejects.select("record_index", "reason").rows() == [(2, "timeout")]
    assert "from record 2 on" in reading.rejects["message"][0]


@pytest.mark.slow
def test_a_document_that_takes_too_long_is_interrupted_and_rejected(tmp_path: Path) -> None:
    long = {"text": " ".join(f"The minister of state number {number} met rebels in Riga on Monday." for number in range(6_000))}
    write_jsonl(tmp_path / "x.jsonl", [article(1), long, article(2)])
    batch = batch_of(tmp_path / "x.jsonl")
    result = milled(tmp_path, batch, document_seconds=3)
    assert result.rejects.select("record_index", "reason").rows() == [(1, "timeout")]
    assert "document_seconds" in result.rejects["message"][0]
    assert result.sources["record_index"].to_list() == [0, 2]
