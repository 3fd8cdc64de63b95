"""The table quality: figures of a run beside those of the run before, and what is warned of."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from tests.warehouse.newsroom import VISIT, Load, Placed, put
from warehouse.columns import polars_schema
from warehouse.commit import replace_rows
from warehouse.lake import open_lake
from warehouse.quality import RunCounts, quality_rows


def before(warehouse: Path, **figures: float) -> None:
    rows = [
        {"run_id": "20240101", "measure": measure, "item": "", "value": value, "previous": None, "warning": None}
        for measure, value in figures.items()
    ]
    rows.append({"run_id": "20240101", "measure": "publisher_documents", "item": "The Post", "value": 40.0})
    replace_rows(warehouse, "quality", pl.DataFrame(rows, schema=polars_schema("quality")), "20240101")


def figures_of(rows: pl.DataFrame) -> dict[tuple[str, str], tuple[float, float | None]]:
    return {(row["measure"], row["item"]): (row["value"], row["previous"]) for row in rows.iter_rows(named=True)}


def batch_ids(warehouse: Path) -> list[str]:
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return [row[0] for row in connection.execute("SELECT DISTINCT batch_id FROM lake.documents").fetchall()]


def test_figures_stand_beside_those_of_the_run_before(warehouse: Path) -> None:
    put(warehouse, Load([[Placed(VISIT, "/in/a.txt")]]))
    before(warehouse, documents=30.0, reject_share=0.0)
    found = figures_of(quality_rows(warehouse, RunCounts("20240102", batch_ids(warehouse), 3)))
    assert found["documents", ""] == (1.0, 30.0)
    assert found["reject_share", ""] == (0.75, 0.0)
    assert found["words", ""][1] is None


def test_few_documents_warn_of_nothing(warehouse: Path) -> None:
    put(warehouse, Load([[Placed(VISIT, "/in/a.txt")]]))
    before(warehouse, documents=30.0, reject_share=0.0)
    rows = quality_rows(warehouse, RunCounts("20240102", batch_ids(warehouse), 3))
    assert rows["warning"].drop_nulls().to_list() == []


def test_jumps_and_silent_publishers_are_warned_of(warehouse: Path) -> None:
    many = [
        Placed(replace(VISIT, title=None, paragraphs=((f"Visit {number} was paid.",),), deeds=()), f"/in/{number}.txt")
        for number in range(25)
    ]
    put(warehouse, Load([many]))
    before(warehouse, documents=30.0, reject_share=0.01, words_per_document=10_000.0)
    rows = quality_rows(warehouse, RunCounts("20240102", batch_ids(warehouse), 25))
    warned = {(row["measure"], row["item"]) for row in rows.filter(pl.col("warning").is_not_null()).iter_rows(named=True)}
    assert warned == {("reject_share", ""), ("words_per_document", ""), ("publisher_documents", "The Post")}
