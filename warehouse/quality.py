"""The table quality: what a run left in figures, each beside that of the run before, with a warning where it jumped.

The figures are counted in the lake over the batches of the run, so they are those of the rows that were committed.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from warehouse.columns import polars_schema
from warehouse.lake import open_lake

JUMP: Final = 2.0
"""A rate that is so many times the one before, or less than one such part of it, wants a look."""
ENOUGH_DOCUMENTS: Final = 20
"""Of both runs; fewer documents differ by chance."""
RATES: Final = ("reject_share", "words_per_document", "events_per_1000_words", "sentences_without_entity_share", "undated_share")
LEAST_SHARE: Final = 0.02
"""A share that stays below is not compared: from 1 in 1,000 to 3 in 1,000 is no jump."""

COUNTS = """
WITH d AS (SELECT * FROM lake.documents SEMI JOIN batches USING (batch_id)),
     s AS (SELECT document_id, sentence_index FROM lake.sentences SEMI JOIN batches USING (batch_id)),
     m AS (SELECT document_id, sentence_index FROM lake.mentions SEMI JOIN batches USING (batch_id) WHERE entity_id IS NOT NULL),
     e AS (SELECT 1 FROM lake.events SEMI JOIN batches USING (batch_id))
SELECT (SELECT count(*) FROM d),
       (SELECT count(*) FROM d WHERE published_date IS NULL),
       (SELECT coalesce(sum(word_count), 0) FROM d),
       (SELECT count(*) FROM s),
       (SELECT count(*) FROM s ANTI JOIN m USING (document_id, sentence_index)),
       (SELECT count(*) FROM e)
"""
ITEMS = """
SELECT '{measure}', coalesce({column}, 'none'), count(*)
FROM lake.documents SEMI JOIN batches USING (batch_id)
GROUP BY ALL
ORDER BY 3 DESC, 2
"""
PREVIOUS = """
SELECT measure, item, arg_max(value, run_id), max(run_id) FROM lake.quality WHERE run_id < ? GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What a run knows of itself: its id, the ids of its batches, and its rejects."""

    run_id: str
    batch_ids: Collection[str]
    rejects: int


def quality_rows(warehouse: Path, run: RunCounts) -> pl.DataFrame:
    """The rows of the table quality for a run whose batches are committed.

    Raises:
        GiveUp: there is no warehouse, or it is damaged or of a newer schema.
        RetryLater: the catalog is locked.
    """
    with open_lake(warehouse, create=False, read_only=True) as connection:
        connection.register("batches", pl.DataFrame({"batch_id": sorted(run.batch_ids)}, schema={"batch_id": pl.String}).to_arrow())
        figures = dict(_figures(connection, run))
        before = {
            (measure, item): (value, run_id)
            for measure, item, value, run_id in connection.execute(PREVIOUS, [run.run_id]).fetchall()
        }
    previous = {key: value for key, (value, _) in before.items()}
    rows = [
        {
            "run_id": run.run_id,
            "measure": measure,
            "item": item,
            "value": value,
            "previous": previous.get((measure, item)),
            "warning": _warning(measure, value, figures, previous),
        }
        for (measure, item), value in figures.items()
    ]
    rows += _silent_publishers(run.run_id, figures, before)
    return pl.DataFrame(rows, schema=polars_schema("quality"))


def _figures(connection: duckdb.DuckDBPyConnection, run: RunCounts) -> Iterator[tuple[tuple[str, str], float]]:
    row = connection.execute(COUNTS).fetchone()
    assert row is not None  # a SELECT without FROM gives one row
    documents, undated, words, sentences, without, events = row
    whole: dict[str, float] = {
        "documents": documents,
        "rejects": run.rejects,
        "reject_share": _ratio(run.rejects, documents + run.rejects),
        "words": words,
        "words_per_document": _ratio(words, documents),
        "events": events,
        "events_per_1000_words": 1000 * _ratio(events, words),
        "sentences_without_entity_share": _ratio(without, sentences),
        "undated_share": _ratio(undated, documents),
    }
    for measure, value in whole.items():
        yield (measure, ""), float(value)
    for measure, column in (("publisher_documents", "publisher"), ("language_documents", "language")):
        for name, item, count in connection.execute(ITEMS.format(measure=measure, column=column)).fetchall():
            yield (name, item), float(count)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _warning(
    measure: str, value: float, figures: Mapping[tuple[str, str], float], previous: Mapping[tuple[str, str], float]
) -> str | None:
    before = previous.get((measure, ""))
    documents = min(figures["documents", ""], previous.get(("documents", ""), 0.0))
    if measure not in RATES or before is None or documents < ENOUGH_DOCUMENTS:
        return None
    if measure.endswith("_share") and max(value, before) < LEAST_SHARE:
        return None
    if before / JUMP <= value <= before * JUMP:
        return None
    return f"{measure} is {value:.3g}, and was {before:.3g} in the run before: look at the inputs that are new"


def _silent_publishers(
    run_id: str, figures: Mapping[tuple[str, str], float], before: Mapping[tuple[str, str], tuple[float, str]]
) -> list[dict[str, object]]:
    """Rows of 0 for publishers with many documents in the run before and none in this one."""
    latest = max((run for _, run in before.values()), default="")
    if figures["documents", ""] < ENOUGH_DOCUMENTS:
        return []
    return [
        {
            "run_id": run_id,
            "measure": measure,
            "item": item,
            "value": 0.0,
            "previous": value,
            "warning": f"{item} had {value:.0f} documents in the run before, and none now: is its feed still there?",
        }
        for (measure, item), (value, run) in sorted(before.items())
        if measure == "publisher_documents" and run == latest and value >= ENOUGH_DOCUMENTS and (measure, item) not in figures
    ]
