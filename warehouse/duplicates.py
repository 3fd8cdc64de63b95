"""Finds near-duplicates: pairs of documents whose texts share most of their runs of words, published within a few days.

A commit compares its new documents with each other and with those of the lake in the same days, never with the rest. Whether two
documents are a pair depends on their texts and days alone, so the pairs are the same in whatever order documents come.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.columns import in_declared_types, polars_schema
from warehouse.layout import Layout
from warehouse.merge import Merge
from warehouse.signatures import PERMUTATIONS, Hashes, jaccard, shingles, signature_matrix
from warehouse.text_rows import Days, batch_rows, published_in, spans, stored_rows
from warehouse.write import BatchFiles

CHUNK: Final = 50_000
"""Signatures of the lake that are held at a time."""
MARGIN: Final = 0.15
"""A pair whose estimate lies this far (four standard deviations) below the limit is not counted exactly."""
LEAST_RECALL: Final = 0.999
"""Of pairs right at the limit, the share that the bands are to find."""

SIGNED: Final = ("document_id", "minhash", "published_date")


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """Near-duplicates share at least `jaccard` (0 to 1) of their runs of words and were published at most `days` days apart.

    Documents without a date are compared with each other only.
    """

    jaccard: float = 0.8
    days: int = 7


DEFAULT_RULE: Final = DuplicateRule()


def find_links(
    connection: duckdb.DuckDBPyConnection, place: Layout, batches: Sequence[BatchFiles], merge: Merge, rule: DuplicateRule
) -> pl.DataFrame:
    """The rows of document_links that the documents of a commit bring: each new one with all others, new or in the lake.

    Raises:
        GiveUp: a file of a batch is missing or damaged.
    """
    new_ids = pl.Series(sorted(merge.added | merge.replaced), dtype=pl.String)
    new = batch_rows(place, batches, "signatures", SIGNED, new_ids)
    pairs = [_candidates(new, new, rule)]
    for days in spans(new["published_date"], rule.days):
        for chunk in _stored_signatures(connection, days):
            kept = chunk.filter(~pl.col("document_id").is_in(list(merge.leaving)))
            pairs.append(_candidates(new, kept, rule))
    near = pl.concat(pairs).unique(["id_low", "id_high"]).sort("id_low", "id_high")
    ids = pl.concat([near["id_low"], near["id_high"]]).unique()
    texts = dict(
        batch_rows(place, batches, "documents", ("document_id", "text"), new_ids.filter(new_ids.is_in(ids.implode()))).iter_rows()
    )
    for days in spans(near["published_date"], rule.days):
        wanted = [document_id for document_id in ids if document_id not in texts]
        texts |= dict(stored_rows(connection, "documents", ("document_id", "text"), wanted, days).iter_rows())
    return _exact(near, texts, rule)


def _stored_signatures(connection: duckdb.DuckDBPyConnection, days: Days) -> Iterator[pl.DataFrame]:
    where, values = published_in(days)
    # A cursor of its own: what else is asked of the connection would end this reading.
    found = connection.cursor().execute(f"SELECT {', '.join(SIGNED)} FROM lake.signatures WHERE {where}", values)  # noqa: S608
    for batch in found.to_arrow_reader(CHUNK):
        yield in_declared_types(pl.DataFrame(batch), "signatures")


def rows_per_band(limit: float) -> int:
    """The most rows a band may have for LEAST_RECALL of the pairs of Jaccard `limit` to agree in one of the bands."""
    for rows in range(PERMUTATIONS // 8, 1, -1):
        if 1 - (1 - limit**rows) ** (PERMUTATIONS // rows) >= LEAST_RECALL:
            return rows
    return 1


def _candidates(new: pl.DataFrame, others: pl.DataFrame, rule: DuplicateRule) -> pl.DataFrame:
    """Pairs of a new document and another (id_low, id_high, published_date of the new one) that agree in a band and are near."""
    nothing = pl.DataFrame(schema={"id_low": pl.String, "id_high": pl.String, "published_date": pl.Date})
    if not new.height or not others.height:
        return nothing
    left, right = signature_matrix(new["minhash"]), signature_matrix(others["minhash"])
    rows = rows_per_band(rule.jaccard)
    met = pl.concat([_meeting(left[:, at : at + rows], right[:, at : at + rows]) for at in range(0, PERMUTATIONS - rows + 1, rows)])
    pairs = met.unique().sort("one", "other")
    one, other = new[pairs["one"]], others[pairs["other"]]
    ids = pl.DataFrame({"a": one["document_id"], "b": other["document_id"], "published_date": one["published_date"]})
    apart = (one["published_date"] - other["published_date"]).dt.total_days().abs()
    both_undated = one["published_date"].is_null() & other["published_date"].is_null()
    estimates = pl.Series(_agreement(left, right, pairs), dtype=pl.Float64)
    near = (apart.le(rule.days).fill_null(False) | both_undated) & (estimates >= rule.jaccard - MARGIN)
    kept = ids.filter(near & (ids["a"] != ids["b"]))
    return kept.select(
        id_low=pl.min_horizontal("a", "b"), id_high=pl.max_horizontal("a", "b"), published_date="published_date"
    ).unique(["id_low", "id_high"])


def _meeting(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> pl.DataFrame:
    """The rows of two matrices that are equal, as pairs of their numbers (one, other)."""
    names = [f"c{number}" for number in range(left.shape[1])]
    a = pl.DataFrame(dict(zip(names, left.T, strict=True))).with_row_index("one")
    b = pl.DataFrame(dict(zip(names, right.T, strict=True))).with_row_index("other")
    return a.join(b, on=names, how="inner").select("one", "other")


def _agreement(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32], pairs: pl.DataFrame) -> npt.NDArray[np.float64]:
    parts = [
        (left[part["one"].to_numpy()] == right[part["other"].to_numpy()]).mean(axis=1, dtype=np.float64)
        for part in pairs.iter_slices(CHUNK)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _exact(near: pl.DataFrame, texts: dict[str, str], rule: DuplicateRule) -> pl.DataFrame:
    hashed: dict[str, Hashes] = {document_id: shingles(text) for document_id, text in texts.items()}
    rows = [
        (low, high, share)
        for low, high in near.select("id_low", "id_high").iter_rows()
        if (share := jaccard(hashed[low], hashed[high])) >= rule.jaccard
    ]
    return pl.DataFrame(rows, schema=polars_schema("document_links"), orient="row")
