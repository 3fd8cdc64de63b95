"""Brings finished batches into the lake: one transaction over all tables, complete for its inputs.

Everything is planned and written before the transaction begins; inside it only files are exchanged, so a kill at any moment leaves
the old snapshot or the new one. A file lock lets one process commit at a time; others wait.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import duckdb
import polars as pl
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from warehouse.columns import polars_schema
from warehouse.duplicates import DEFAULT_RULE, DuplicateRule, find_links
from warehouse.fault import fault_point
from warehouse.files import DataFile, live_files, newest_snapshot, read_file
from warehouse.lake import LOCK_SECONDS, add_files, conflicting, create_lake, held, open_lake
from warehouse.layout import Layout, layout, operation_id
from warehouse.merge import Merge, merge_documents
from warehouse.removals import Removals, read_removals
from warehouse.rewrite import Change, appended, batch_change, operational_change, stored_text_change
from warehouse.schema.errors import REMEDY, GiveUp, RetryLater
from warehouse.schema.tables import TEXT_TABLES
from warehouse.upgrade import newsmill_version
from warehouse.validate import validate_table
from warehouse.write import BatchFiles

T = TypeVar("T")

INPUT_LEVEL_REASONS = ("missing", "unreadable", "unknown_format", "outside")
"""Reasons that reject an input as a whole, before any record of it is read: such an input may have no row in inputs."""


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What a commit did.

    `counts` are the rows added per text table; documents_added are new in the warehouse, documents_replaced were coded anew,
    documents_removed left with their last source; `snapshot_id` is the lake's newest snapshot afterwards.
    """

    snapshot_id: int
    counts: dict[str, int]
    documents_added: int
    documents_replaced: int
    documents_removed: int


@dataclass(frozen=True, slots=True)
class _Request:
    run_id: str
    batches: tuple[BatchFiles, ...]
    sources: pl.DataFrame
    inputs: pl.DataFrame
    rejects: pl.DataFrame
    touched: tuple[str, ...]
    grown: pl.DataFrame
    recoded: bool
    run: pl.DataFrame | None
    quality: pl.DataFrame | None
    told: str
    duplicates: DuplicateRule = DEFAULT_RULE


def commit(
    warehouse: Path,
    run_id: str,
    batches: Sequence[BatchFiles],
    sources: pl.DataFrame,
    inputs: pl.DataFrame,
    rejects: pl.DataFrame,
    replaced: Sequence[str] = (),
    *,
    grown: pl.DataFrame | None = None,
    recoded: bool = False,
    run: pl.DataFrame | None = None,
    quality: pl.DataFrame | None = None,
    duplicates: DuplicateRule = DEFAULT_RULE,
    timeout: float = LOCK_SECONDS,
) -> CommitResult:
    """Commit whole inputs with the batches that hold their new documents; makes the warehouse if there is none.

    `sources` (table document_sources) has a row for every document record of every input in `inputs` (table inputs), also of
    documents that are known and stand in no batch; `rejects`, `run` and `quality` are rows of rejects, runs and quality. All
    earlier rows of these inputs and of those in `replaced` go, and documents that are left without any source go with them. A
    document that the warehouse has is kept as it is, unless `recoded` says that the batches' versions replace it. A row of
    `run` replaces the one of the same run_id. Committing the same batches again changes nothing. `duplicates` says which
    pairs of documents are entered as near-duplicates. `timeout` is in seconds.

    Of an input that stands in `grown` (source_uri, record_index) not all rows of document_sources and rejects are replaced: only
    those of the records that it lists.

    Raises:
        RetryLater: another process held the commit lock or the catalog for `timeout` seconds.
        Outdated: another process removed documents that this run took for known.
        GiveUp: rows break a rule, a file cannot be read or written, or the warehouse is of a newer schema.
    """
    request = _checked(
        run_id, batches, sources, inputs, rejects, replaced, grown, recoded=recoded, run=run, quality=quality, duplicates=duplicates
    )
    create_lake(warehouse, timeout=timeout)
    return alone(layout(warehouse), timeout, lambda place: _commit_once(place, request))


def replace_rows(warehouse: Path, table: str, rows: pl.DataFrame, run_id: str, *, timeout: float = LOCK_SECONDS) -> None:
    """Make `rows` the whole content of an operational table, in a commit of its own.

    Raises:
        RetryLater, GiveUp: as `commit`.
    """
    checked = validate_table(table, rows)
    create_lake(warehouse, timeout=timeout)

    def replace(place: Layout) -> None:
        with open_lake(place.root, create=False) as connection:
            change = operational_change(place, table, live_files(connection)[table], pl.lit(True), checked, run_id)
            exchange(connection, place, change.added, change.dropped, f"{table} replaced by {run_id}")

    alone(layout(warehouse), timeout, replace)


def commit_again(place: Layout, source_uris: Sequence[str]) -> CommitResult:
    """Commit inputs again as they stand, so that what was taken down since leaves them; the caller holds the commit lock.

    Raises:
        GiveUp: a file of the lake is missing or damaged, or a new one cannot be written.
    """
    with open_lake(place.root, create=False, read_only=True) as connection:
        live = live_files(connection)
    rows = {
        table: pl.concat(
            [
                pl.DataFrame(schema=polars_schema(table)),
                *(read_file(place, file).filter(pl.col("source_uri").is_in(list(source_uris))) for file in live[table]),
            ]
        )
        for table in ("document_sources", "inputs", "rejects")
    }
    # Without a row in inputs no reject may stay: the next run reads such an input again, and meets the removal then.
    rejects = rows["rejects"].join(rows["inputs"], on="source_uri", how="semi")
    request = _checked(
        operation_id(),
        (),
        rows["document_sources"],
        rows["inputs"],
        rejects,
        source_uris,
        None,
        recoded=False,
        run=None,
        quality=None,
        duplicates=DEFAULT_RULE,
    )
    return _commit_once(place, replace(request, told="remove"))


def alone(place: Layout, timeout: float, work: Callable[[Layout], T]) -> T:
    """Do `work` while no other process commits, again as long as the catalog is held by one that does not know the lock."""
    retrying = Retrying(
        retry=retry_if_exception(conflicting),
        stop=stop_after_delay(timeout),
        wait=wait_random_exponential(0.1, max=5),
        reraise=True,
    )
    with held(place.commit_lock, timeout, "committing"):
        try:
            return retrying(work, place)
        except duckdb.Error as error:
            if conflicting(error):
                message = f"{place.catalog} has been locked by another program for {timeout:.0f} s. Close it, and run again."
                raise RetryLater(message) from error
            message = (
                f"The commit to {place.root} failed: {error}. Nothing was changed. {REMEDY} `newsmill verify` names all damage."
            )
            raise GiveUp(message) from error


def _checked(
    run_id: str,
    batches: Sequence[BatchFiles],
    sources: pl.DataFrame,
    inputs: pl.DataFrame,
    rejects: pl.DataFrame,
    replaced: Sequence[str],
    grown: pl.DataFrame | None,
    *,
    recoded: bool,
    run: pl.DataFrame | None,
    quality: pl.DataFrame | None,
    duplicates: DuplicateRule,
) -> _Request:
    grown = grown if grown is not None else sources.select("source_uri", "record_index").clear()
    inputs = validate_table("inputs", inputs)
    sources = validate_table("document_sources", sources)
    loose = sources.join(inputs, on="source_uri", how="anti")
    if loose.height:
        message = (
            f"{loose.height} rows of document_sources are of an input that is not committed with them ({loose['source_uri'][0]})."
        )
        raise GiveUp(message + " This is a fault of Newsmill; please report it.")
    return _Request(
        run_id=run_id,
        batches=tuple(batches),
        sources=sources,
        inputs=inputs,
        rejects=validate_table("rejects", rejects),
        touched=tuple(sorted({*inputs["source_uri"], *replaced} - {*grown["source_uri"]})),
        grown=grown,
        recoded=recoded,
        run=None if run is None else validate_table("runs", run),
        quality=None if quality is None else validate_table("quality", quality),
        told=f"run {run_id}",
        duplicates=duplicates,
    )


def _commit_once(place: Layout, request: _Request) -> CommitResult:
    with open_lake(place.root, create=False) as connection:
        request, withheld = _without_removed(connection, read_removals(place), request)
        live = live_files(connection)
        present = {file.path for files in live.values() for file in files}
        # A file that is live was committed by an earlier attempt whose answer got lost; its rows are in.
        batches = [batch for batch in request.batches if not any(file.path in present for file in batch.files)]
        merge = merge_documents(
            connection,
            place,
            batches,
            request.sources,
            request.touched,
            request.grown,
            recoded=request.recoded,
            withheld=withheld,
        )
        fresh, useless = batch_change(place, batches, merge, request.run_id)
        changes = [
            fresh,
            stored_text_change(connection, place, live, merge, request.run_id),
            _links_change(connection, place, live, batches, merge, request),
            *_operational_changes(place, live, request),
        ]
        added = [file for change in changes for file in change.added]
        dropped = [file for change in changes for file in change.dropped]
        _refuse_twice(added, present)
        if added or dropped:
            exchange(connection, place, added, dropped, request.told)
        result = _result(newest_snapshot(connection), fresh, merge)
    for file in useless:
        place.file(file.path).unlink(missing_ok=True)
    return result


def _links_change(
    connection: duckdb.DuckDBPyConnection,
    place: Layout,
    live: dict[str, list[DataFile]],
    batches: Sequence[BatchFiles],
    merge: Merge,
    request: _Request,
) -> Change:
    links = find_links(connection, place, batches, merge, request.duplicates)
    if links.height:  # a document that was here before, and left or is coded anew, has its links
        connection.register("given", links.to_arrow())
        links = connection.execute("SELECT given.* FROM given ANTI JOIN lake.document_links USING (id_low, id_high)").pl()
        connection.unregister("given")
    return appended(place, "document_links", live["document_links"], validate_table("document_links", links), request.run_id)


def _without_removed(
    connection: duckdb.DuckDBPyConnection, removals: Removals, request: _Request
) -> tuple[_Request, frozenset[str]]:
    """The request as far as nothing in it was taken down; second, ids of documents that lost a source by it."""
    if not removals.entries:
        return request, frozenset()
    sources, inputs, rejects, withheld = removals.withhold(request.sources, request.inputs, request.rejects)
    whole = pl.col("source_uri").is_in(removals.values("source"))
    touched = {*request.touched, *request.grown.filter(whole)["source_uri"]}
    grown = request.grown.filter(~whole)
    if grown.height:  # of these inputs records are in the lake already, also such as were taken down on the way
        connection.register("given", grown.to_arrow())
        stays = connection.execute(
            "SELECT source_uri, count(*) AS sources FROM lake.document_sources SEMI JOIN (SELECT source_uri FROM given) "
            "USING (source_uri) ANTI JOIN given USING (source_uri, record_index) GROUP BY source_uri"
        ).pl()
        connection.unregister("given")
        comes = sources.group_by("source_uri").len("sources").cast({"sources": pl.Int64})
        counted = pl.concat([stays, comes]).group_by("source_uri").agg(pl.col("sources").sum())
        of_grown = pl.col("source_uri").is_in(grown["source_uri"].unique().to_list())
        left = pl.col("record_count") - pl.col("sources").fill_null(0)
        inputs = (
            inputs.join(counted, on="source_uri", how="left", maintain_order="left")
            .with_columns(reject_count=pl.when(of_grown).then(left).otherwise(pl.col("reject_count")))
            .select(inputs.columns)
        )
    changed = replace(request, sources=sources, inputs=inputs, rejects=rejects, grown=grown, touched=tuple(sorted(touched)))
    return changed, withheld


def exchange(
    connection: duckdb.DuckDBPyConnection,
    place: Layout,
    added: list[DataFile],
    dropped: list[DataFile],
    told: str,
    point: str = "commit",
) -> None:
    """Add and drop files in one transaction; `told` is what the snapshot says of itself, `point` names its fault points.

    The caller holds the commit lock (see `alone`).
    """
    connection.execute("BEGIN")
    connection.execute("CALL lake.set_commit_message(?, ?)", [f"newsmill {newsmill_version()}", told])
    for table in sorted({file.table for file in dropped}):
        paths = [str(place.file(file.path)) for file in dropped if file.table == table]
        connection.execute(f"DELETE FROM lake.{table} WHERE list_contains(?, filename)", [paths])  # noqa: S608
    fault_point(f"within-{point}")
    add_files(connection, place, added)
    fault_point(f"before-{point}")
    connection.execute("COMMIT")
    fault_point(f"after-{point}")


def _operational_changes(place: Layout, live: dict[str, list[DataFile]], request: _Request) -> list[Change]:
    def change(table: str, doomed: pl.Expr, rows: pl.DataFrame) -> Change:
        return operational_change(place, table, live[table], doomed, rows, request.run_id)

    touched = pl.col("source_uri").is_in(list(request.touched))
    again_read = touched
    for (uri,), records in request.grown.partition_by("source_uri", as_dict=True).items():
        again_read |= (pl.col("source_uri") == uri) & pl.col("record_index").is_in(records["record_index"].to_list())
    # A known input that cannot be opened today keeps its rows and the rejects of its records.
    again = pl.col("source_uri").is_in(request.rejects["source_uri"].to_list()) & pl.col("reason").is_in(INPUT_LEVEL_REASONS)
    changes = [
        change("document_sources", again_read, request.sources),
        change("inputs", touched | pl.col("source_uri").is_in(request.inputs["source_uri"].to_list()), request.inputs),
        change("rejects", again_read | again, request.rejects),
    ]
    if request.run is not None:
        changes.append(change("runs", pl.col("run_id").is_in(request.run["run_id"].to_list()), request.run))
    if request.quality is not None:
        changes.append(change("quality", pl.col("run_id").is_in(request.quality["run_id"].to_list()), request.quality))
    return changes


def _refuse_twice(added: list[DataFile], present: set[str]) -> None:
    twice = [path for path, times in Counter(file.path for file in added).items() if times > 1 or path in present]
    if twice:
        raise GiveUp(f"File {twice[0]} would be added to the lake a second time. This is a fault of Newsmill; please report it.")


def _result(snapshot: int, fresh: Change, merge: Merge) -> CommitResult:
    return CommitResult(
        snapshot_id=snapshot,
        counts={table: sum(file.rows for file in fresh.added if file.table == table) for table in TEXT_TABLES},
        documents_added=len(merge.added),
        documents_replaced=len(merge.replaced),
        documents_removed=len(merge.removed),
    )
