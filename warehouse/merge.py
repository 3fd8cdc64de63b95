"""Decides what a commit does with every document it touches: add, keep, replace, remove, or only name another source.

A document stands once however many inputs hold it. The version kept is the one from its first source, by time of load and then by
name and place, so that the rows do not depend on which batch or commit was ready first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from warehouse.columns import in_declared_types, polars_schema
from warehouse.files import read_file
from warehouse.layout import Layout
from warehouse.schema.errors import GiveUp, Outdated
from warehouse.versions import Sources, predecessors
from warehouse.write import BatchFiles

SOURCE_ORDER = ("loaded_at", "source_uri", "record_index")
NAMED = ("document_id", "source_uri", "record_id")
STATED = (*NAMED, "supersedes")


@dataclass(frozen=True, slots=True)
class Merge:
    """What happens to the documents of a commit.

    added: ids that are new in the lake; removed: ids that leave it; replaced: ids whose version in the lake gives way to a new one.
    dropped: per batch, the ids of it that are not added (another batch or the lake has them).
    stated: what the document's row must say, for every document that the commit touches and that stays: its first source and what
    it supersedes (columns document_id, source_uri, record_id, supersedes).
    misstated: ids of documents that stay in the lake as they are but say something else than they must.
    """

    added: frozenset[str]
    removed: frozenset[str]
    replaced: frozenset[str]
    dropped: tuple[frozenset[str], ...]
    stated: pl.DataFrame
    misstated: frozenset[str]

    @property
    def leaving(self) -> frozenset[str]:
        """Ids whose present rows leave the lake."""
        return self.removed | self.replaced


def merge_documents(
    connection: duckdb.DuckDBPyConnection,
    place: Layout,
    batches: Sequence[BatchFiles],
    sources: pl.DataFrame,
    touched: Sequence[str],
    grown: pl.DataFrame,
    *,
    recoded: bool,
    withheld: frozenset[str] = frozenset(),
) -> Merge:
    """Compare the batches and their sources with the lake.

    `sources` are the new rows of document_sources, `touched` the source_uris whose old rows they replace, `grown` (source_uri,
    record_index) the single records of other inputs that they replace. Documents in `withheld` are added only if a source is left
    that names them.

    Raises:
        GiveUp: a batch holds a document that no row of `sources` names.
        Outdated: a row of `sources` names a document that has left the lake since the run was planned.
    """
    incoming = _incoming(place, batches)
    uris = pl.DataFrame({"source_uri": list(touched)}, schema={"source_uri": pl.String})
    before = _stored_sources(connection, "SEMI JOIN given USING (source_uri)", uris)
    if grown.height:
        before = pl.concat([before, _stored_sources(connection, "SEMI JOIN given USING (source_uri, record_index)", grown)])
    ids = pl.concat([frame.select("document_id") for frame in (before, sources, incoming)]).unique()
    elsewhere = _stored_sources(connection, "SEMI JOIN given USING (document_id)", ids).join(uris, on="source_uri", how="anti")
    elsewhere = elsewhere.join(grown, on=["source_uri", "record_index"], how="anti")
    after = pl.concat([elsewhere, sources])
    incoming = incoming.filter(~pl.col("document_id").is_in(list(withheld - frozenset(after["document_id"]))))
    first = after.sort(SOURCE_ORDER).unique("document_id", keep="first", maintain_order=True).select(NAMED)
    earlier = predecessors(connection, place, batches, Sources(uris, before, sources), ids)
    stored = _stored_documents(connection, earlier)
    named = pl.concat([first, stored.join(first, on="document_id", how="anti").select(NAMED)])
    stated = named.join(earlier, on="document_id", how="left").select(STATED)
    _refuse_loose_ends(incoming, stored, sources, after)

    removed = frozenset(before["document_id"]) - frozenset(after["document_id"])
    chosen = (
        incoming.join(first.with_columns(is_first=pl.lit(True)), on=NAMED, how="left")
        .with_columns(pl.col("is_first").fill_null(False))
        .sort("is_first", "source_uri", "record_id", "batch_id", descending=[True, False, False, False])
        .unique("document_id", keep="first", maintain_order=True)
    )
    contested = chosen.join(stored, on="document_id", how="inner", suffix="_stored")
    stored_is_first = contested.join(
        first, left_on=["document_id", "source_uri_stored", "record_id_stored"], right_on=NAMED, how="semi"
    )
    if recoded:
        replaced = frozenset(contested["document_id"])
    else:
        better = contested.filter("is_first").join(stored_is_first, on="document_id", how="anti")
        replaced = frozenset(better["document_id"])
    kept_in_lake = frozenset(contested["document_id"]) - replaced
    added = chosen.filter(~pl.col("document_id").is_in(list(kept_in_lake)))
    dropped = tuple(
        frozenset(batch.document_ids) - frozenset(added.filter(pl.col("batch") == number)["document_id"])
        for number, batch in enumerate(batches)
    )
    return Merge(
        added=frozenset(added["document_id"]) - replaced,
        removed=removed,
        replaced=replaced,
        dropped=dropped,
        stated=stated,
        misstated=frozenset(stored.join(stated, on=STATED, how="anti", nulls_equal=True)["document_id"]) - removed - replaced,
    )


def _incoming(place: Layout, batches: Sequence[BatchFiles]) -> pl.DataFrame:
    schema = polars_schema("documents")
    frames = [pl.DataFrame(schema={"batch": pl.Int64, **{name: schema[name] for name in (*NAMED, "batch_id")}})]
    for number, batch in enumerate(batches):
        frames += [
            read_file(place, file, names=(*NAMED, "batch_id")).select(pl.lit(number, pl.Int64).alias("batch"), *NAMED, "batch_id")
            for file in batch.files
            if file.table == "documents"
        ]
    return pl.concat(frames)


def _stored_sources(connection: duckdb.DuckDBPyConnection, condition: str, given: pl.DataFrame) -> pl.DataFrame:
    return _query(connection, f"SELECT document_sources.* FROM lake.document_sources {condition}", given, "document_sources")  # noqa: S608


def _stored_documents(connection: duckdb.DuckDBPyConnection, given: pl.DataFrame) -> pl.DataFrame:
    sql = f"SELECT {', '.join(STATED)} FROM lake.documents SEMI JOIN given USING (document_id)"  # noqa: S608
    return _query(connection, sql, given, "documents")


def _query(connection: duckdb.DuckDBPyConnection, sql: str, given: pl.DataFrame, table: str) -> pl.DataFrame:
    connection.register("given", given.to_arrow())
    try:
        found = connection.execute(sql).pl()
    finally:
        connection.unregister("given")
    return in_declared_types(found, table)


def _refuse_loose_ends(incoming: pl.DataFrame, stored: pl.DataFrame, sources: pl.DataFrame, after: pl.DataFrame) -> None:
    nowhere = incoming.join(after, on="document_id", how="anti")
    if nowhere.height:
        message = (
            f"{nowhere.height} documents of this commit stand in no row of `sources`, the first is {nowhere['document_id'][0]}."
        )
        raise GiveUp(message + " This is a fault of Newsmill; please report it.")
    gone = sources.join(incoming, on="document_id", how="anti").join(stored, on="document_id", how="anti")
    if gone.height:
        message = (
            f"{gone.height} documents that this run took for known have left the warehouse meanwhile (the first stands in "
            f"{gone['source_uri'][0]}): another run replaced or pruned their input. Run again."
        )
        raise Outdated(message)
