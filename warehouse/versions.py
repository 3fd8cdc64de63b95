"""Tells which document is a later version of which: the same record, come again with new text.

Records are the same by their own id and publisher, or by their web address; as some feeds number their records anew every day,
the texts must also share a quarter of their words or, published the same day, their title. The later version is the one published
later, then the one from the later input and place in it. When it was loaded makes no difference: an input that grew is loaded anew.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import duckdb
import polars as pl

from warehouse.columns import in_declared_types
from warehouse.layout import Layout
from warehouse.signatures import signature_matrix
from warehouse.text_rows import batch_rows, spans, stored_rows
from warehouse.write import BatchFiles

LEAST_SHARED: Final = 0.25
"""Of the runs of words, by estimate; texts that have nothing to do with each other share none."""
LOOK_BACK: Final = 20
"""A version is looked for among so many records of the same name before it."""

AFTER = """
WITH after AS (
    SELECT document_id, source_uri, record_index, record_id, url, publisher
    FROM lake.document_sources ANTI JOIN gone USING (source_uri)
    UNION ALL
    SELECT document_id, source_uri, record_index, record_id, url, publisher FROM coming
)
"""
"""The rows of document_sources as they are when the commit is done."""
KEYS = """
    unnest([
        CASE WHEN record_id <> CAST(record_index AS VARCHAR) THEN concat('id ', record_id, chr(31), publisher) END,
        'url ' || nullif(url, '')
    ]) AS record_key
"""
"""A record without an id of its own has its number for one."""
DESCRIBED: Final = ("document_id", "published_date", "published_at", "title")


@dataclass(frozen=True, slots=True)
class _Version:
    document_id: str
    published_date: date | None
    published_at: datetime | None
    title: str | None
    place: tuple[str, int]
    minhash: bytes | None

    @property
    def order(self) -> tuple[date, datetime, str, int, str]:
        moment = self.published_at or datetime.min.replace(tzinfo=UTC)
        return (self.published_date or date.min, moment, *self.place, self.document_id)

    def is_version_of(self, earlier: "_Version") -> bool:
        if self.title and self.title == earlier.title and self.published_date == earlier.published_date:
            return True
        if self.minhash is None or earlier.minhash is None:
            return False
        one, other = signature_matrix(pl.Series([self.minhash, earlier.minhash]))
        return float((one == other).mean()) >= LEAST_SHARED


@dataclass(frozen=True, slots=True)
class Sources:
    """A change of document_sources: `before` are rows that leave it, those of the inputs `gone`; `coming` are rows that join it."""

    gone: pl.DataFrame
    before: pl.DataFrame
    coming: pl.DataFrame


def predecessors(
    connection: duckdb.DuckDBPyConnection, place: Layout, batches: Sequence[BatchFiles], sources: Sources, ids: pl.DataFrame
) -> pl.DataFrame:
    """Columns document_id and supersedes (NULL: none) for the documents `ids` and all others whose supersedes may change with them.

    `ids` (column document_id) are the documents that a row of `sources` names. The result is a function of the rows that
    document_sources and the documents have when the commit is done.
    """
    schema = {"document_id": pl.String, "supersedes": pl.String}
    with _registered(connection, gone=sources.gone, coming=sources.coming, leaving=sources.before):
        touched = _groups(connection, _keys(connection, ids))
        asked = pl.concat([ids.select("document_id"), touched.select("document_id")]).unique().sort("document_id")
        if not touched["record_key"].is_duplicated().any():
            return asked.with_columns(supersedes=pl.lit(None, pl.String))
        groups = _groups(connection, _keys(connection, asked)).filter(pl.col("record_key").is_duplicated())
        versions = _versions(connection, place, batches, groups["document_id"].unique())
    before: defaultdict[str, list[_Version]] = defaultdict(list)
    wanted = set(asked["document_id"])
    for (_,), rows in groups.group_by("record_key"):
        members = sorted((versions[one] for one in rows["document_id"] if one in versions), key=lambda version: version.order)
        for number, version in enumerate(members):
            if version.document_id in wanted:
                before[version.document_id] += _latest_before(version, members[max(0, number - LOOK_BACK) : number])
    last = {one: max(found, key=lambda version: version.order).document_id for one, found in before.items() if found}
    rows_of = [(one, last.get(one)) for one in sorted(wanted)]
    return pl.DataFrame(rows_of, schema=schema, orient="row")


def _latest_before(version: _Version, earlier: Sequence[_Version]) -> list[_Version]:
    return next(([one] for one in reversed(earlier) if version.is_version_of(one)), [])


def _keys(connection: duckdb.DuckDBPyConnection, ids: pl.DataFrame) -> pl.DataFrame:
    """The keys (column record_key) of the records of some documents, also of records that leave."""
    with _registered(connection, asked=ids.select("document_id")):
        sql = f"""
            {AFTER}, wanted AS (
                SELECT record_id, record_index, url, publisher FROM after SEMI JOIN asked USING (document_id)
                UNION ALL SELECT record_id, record_index, url, publisher FROM leaving
            )
            SELECT DISTINCT record_key FROM (SELECT {KEYS} FROM wanted) WHERE record_key IS NOT NULL
        """  # noqa: S608
        return connection.execute(sql).pl()


def _groups(connection: duckdb.DuckDBPyConnection, keys: pl.DataFrame) -> pl.DataFrame:
    """The documents (record_key, document_id) of every record with one of the keys."""
    with _registered(connection, asked=keys):
        sql = f"""
            {AFTER}
            SELECT DISTINCT record_key, document_id FROM (SELECT document_id, {KEYS} FROM after) SEMI JOIN asked USING (record_key)
        """  # noqa: S608
        return connection.execute(sql).pl().sort("record_key", "document_id")


def _versions(
    connection: duckdb.DuckDBPyConnection, place: Layout, batches: Sequence[BatchFiles], ids: pl.Series
) -> dict[str, _Version]:
    asked = pl.DataFrame({"document_id": ids})
    with _registered(connection, asked=asked):
        first = f"""
            {AFTER}
            SELECT document_id, min({{'source_uri': source_uri, 'record_index': record_index}}) AS place
            FROM after SEMI JOIN asked USING (document_id) GROUP BY document_id
        """  # noqa: S608
        places = connection.execute(first).pl().unnest("place")
        stored = connection.execute(f"SELECT {', '.join(DESCRIBED)} FROM lake.documents SEMI JOIN asked USING (document_id)").pl()  # noqa: S608
    stored = in_declared_types(stored, "documents")
    described = pl.concat([batch_rows(place, batches, "documents", DESCRIBED, ids), stored]).unique("document_id", keep="first")
    signed = [batch_rows(place, batches, "signatures", ("document_id", "minhash"), ids)]
    signed += [
        stored_rows(connection, "signatures", ("document_id", "minhash"), list(ids), days)
        for days in spans(stored["published_date"], 0)
    ]
    minhashes = dict(pl.concat(signed).iter_rows())
    rows = described.join(places, on="document_id").iter_rows(named=True)
    return {row["document_id"]: _version(row, minhashes.get(row["document_id"])) for row in rows}


def _version(row: dict[str, Any], minhash: bytes | None) -> _Version:
    described = {name: row[name] for name in DESCRIBED}
    return _Version(place=(row["source_uri"], row["record_index"]), minhash=minhash, **described)


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, **frames: pl.DataFrame) -> Iterator[None]:
    for name, frame in frames.items():
        connection.register(name, frame.to_arrow())
    try:
        yield
    finally:
        for name in frames:
            connection.unregister(name)
