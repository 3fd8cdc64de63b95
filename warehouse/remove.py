"""Takes inputs out of the warehouse (what --prune does), and takes down what must not come back (`newsmill remove`).

A takedown is first written into the list of removals, which every commit reads; then the inputs concerned are committed again as
they stand, and the commit lets through only what may stay. So a run that milled such a document before cannot bring it back after,
and a takedown that was killed half way is completed by giving it again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb
import polars as pl

from warehouse.commit import CommitResult, alone, commit, commit_again
from warehouse.exports import Export, read_exports
from warehouse.files import newest_snapshot
from warehouse.lake import LOCK_SECONDS, exists, open_lake
from warehouse.layout import Layout, layout
from warehouse.publish import publish
from warehouse.quarantine import delete_naming, files_naming
from warehouse.removals import Kind, Removal, Removals, read_removals, write_removals
from warehouse.schema.errors import UsageError
from warehouse.schema.tables import DocumentSources, Inputs, Rejects


@dataclass(frozen=True, slots=True)
class Takedown:
    """What a takedown takes, or took.

    `targets` are kinds and values; `documents` ids that leave all tables; `source_uris` the inputs whose rows change; `records` of
    them that become rejects with the reason "removed"; `rejects` rows whose raw bytes go; `quarantined` files that go; `exports`
    copies made earlier, which Newsmill cannot reach into.
    """

    targets: tuple[tuple[Kind, str], ...]
    documents: tuple[str, ...]
    source_uris: tuple[str, ...]
    records: int
    rejects: int
    quarantined: tuple[Path, ...]
    exports: tuple[Export, ...]


def remove_inputs(
    warehouse: Path, source_uris: Sequence[str], run_id: str, *, run: pl.DataFrame | None = None, timeout: float = LOCK_SECONDS
) -> CommitResult:
    """Remove all rows of the inputs `source_uris` in one commit, and the documents that are left without any source.

    Raises:
        RetryLater, GiveUp: as `commit`.
    """
    nothing = DocumentSources.create_empty(), Inputs.create_empty(), Rejects.create_empty()
    return commit(warehouse, run_id, (), *nothing, replaced=source_uris, run=run, timeout=timeout)


def plan_takedown(warehouse: Path, sources: Sequence[str], documents: Sequence[str] = ()) -> Takedown:
    """What `take_down` would take; writes nothing. Arguments as there.

    Raises:
        UsageError: something given names nothing in the warehouse.
        GiveUp: there is no warehouse, or it is damaged or of a newer schema.
        RetryLater: its catalog is locked.
    """
    place = layout(warehouse)
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return _plan(connection, place, _targets(connection, place, sources, documents))


def take_down(warehouse: Path, sources: Sequence[str], documents: Sequence[str] = (), *, timeout: float = LOCK_SECONDS) -> Takedown:
    """Take down inputs, articles and documents, publish, and remember them, so that no run loads them again.

    `sources` are source_uris (a path may be given as on the command line), folders or globs of them, or URLs of articles;
    `documents` are document_ids. With an input go its records, and the documents that stand in no other; with an article or a
    document all its sources.

    Raises:
        UsageError: something given names nothing in the warehouse.
        GiveUp: there is no warehouse, it is damaged or of a newer schema, or a file cannot be written or deleted.
        RetryLater: another process held the commit lock for `timeout` seconds.
    """

    def work(place: Layout) -> Takedown:
        with open_lake(place.root, create=False) as connection:
            done = _plan(connection, place, _targets(connection, place, sources, documents))
            snapshot = newest_snapshot(connection)
        when = datetime.now(UTC).isoformat(timespec="seconds")
        known = read_removals(place).entries
        write_removals(place, [*known, *(Removal(kind, value, snapshot, when) for kind, value in done.targets)])
        commit_again(place, done.source_uris)
        return done

    done = alone(layout(warehouse), timeout, work)
    delete_naming(layout(warehouse), [*(value for _, value in done.targets), *done.documents])
    publish(warehouse, timeout=timeout)
    return done


def allow_again(warehouse: Path, given: Sequence[str], *, timeout: float = LOCK_SECONDS) -> list[str]:
    """Forget removals: by the value that was taken down, or a folder or glob of them. Gives the values; loads nothing.

    Raises:
        UsageError: nothing of the kind was taken down.
        GiveUp, RetryLater: as `take_down`.
    """

    def work(place: Layout) -> list[str]:
        entries = read_removals(place).entries
        values = sorted({entry.value for entry in entries})
        allowed = {value for each in given for value in _matching(values, each)}
        missing = [each for each in given if not _matching(values, each)]
        if missing:
            raise UsageError(f"{missing[0]} was not taken down. Taken down are: {', '.join(values) or 'nothing'}.")
        write_removals(place, [entry for entry in entries if entry.value not in allowed])
        return sorted(allowed)

    return alone(layout(warehouse), timeout, work)


def share_of(warehouse: Path, source_uris: Sequence[str]) -> float:
    """The fraction, 0 to 1, of the warehouse's documents that stand in no input but `source_uris`: what a removal would take.

    Raises:
        GiveUp: the warehouse is damaged or of a newer schema.
        RetryLater: its catalog is locked.
    """
    if not exists(warehouse):
        return 0.0
    with open_lake(warehouse, create=False, read_only=True) as connection:
        row = connection.execute(
            "SELECT count(*) FILTER (leaves) / greatest(count(*), 1) FROM "
            "(SELECT bool_and(list_contains(?, source_uri)) AS leaves FROM lake.document_sources GROUP BY document_id)",
            [list(source_uris)],
        ).fetchone()
    return float(row[0]) if row else 0.0


def _targets(
    connection: duckdb.DuckDBPyConnection, place: Layout, sources: Sequence[str], documents: Sequence[str]
) -> tuple[tuple[Kind, str], ...]:
    before = read_removals(place)
    uris = _column(connection, "SELECT source_uri FROM lake.inputs UNION SELECT source_uri FROM lake.rejects")
    known = sorted({*uris, *before.values("source")})
    found: set[tuple[Kind, str]] = set()
    for given in sources:
        matching = _matching(known, given)
        sql = "SELECT DISTINCT document_id FROM lake.document_sources WHERE url = ?"
        by_url: set[tuple[Kind, str]] = {("document", row[0]) for row in connection.execute(sql, [given]).fetchall()}
        if not matching and not by_url and given not in before.values("url"):
            raise UsageError(
                f"{given} names no input, folder of inputs or article's URL of this warehouse. "  # noqa: S608
                "`newsmill query 'SELECT source_uri, url FROM document_sources'` lists them. Nothing was removed."
            )
        found |= {("source", uri) for uri in matching} or {("url", given), *by_url}
    for given in documents:
        row = connection.execute("SELECT 1 FROM lake.documents WHERE document_id = ?", [given]).fetchone()
        if row is None and given not in before.values("document"):
            raise UsageError(
                f"There is no document {given}. Give all 32 digits of its id; `newsmill show` prints it. Nothing was removed."
            )
        found.add(("document", given))
    return tuple(sorted(found))


def _matching(known: Iterable[str], given: str) -> list[str]:
    """Of the names `known` those that `given` means: itself, a glob, or a folder of them; paths also relative to here."""
    wanted = [given] if "://" in given else [given, str(Path(given).expanduser().absolute())]
    exact = [name for name in known if name in wanted]
    if exact:
        return exact
    if any(character in given for character in "*?["):
        return [name for name in known if any(fnmatchcase(name, pattern) for pattern in wanted)]
    return [name for name in known if any(name.startswith(f"{folder.rstrip('/')}/") for folder in wanted if folder.strip("/"))]


def _plan(connection: duckdb.DuckDBPyConnection, place: Layout, targets: tuple[tuple[Kind, str], ...]) -> Takedown:
    removals = Removals(tuple(Removal(kind, value, 0, "") for kind, value in targets))
    condition = removals.condition("document_sources") if removals.entries else "true"
    sources = f"lake.document_sources WHERE NOT ({condition})"
    leaving = _column(
        connection,
        f"SELECT DISTINCT document_id FROM {sources} AND document_id NOT IN "  # noqa: S608
        f"(SELECT document_id FROM lake.document_sources WHERE {condition}) ORDER BY ALL",
    )
    records = connection.execute(f"SELECT source_uri, count(*) FROM {sources} GROUP BY ALL ORDER BY ALL").fetchall()  # noqa: S608
    uris = removals.values("source")
    rejects = connection.execute(
        "SELECT source_uri, count(*) FROM lake.rejects WHERE reason <> 'removed' AND (list_contains(?, source_uri) "
        "OR list_bool_or(list_transform(?, lambda url: contains(hex(raw), hex(url))))) GROUP BY ALL ORDER BY ALL",
        [uris, removals.values("url")],
    ).fetchall()
    names = [*(value for _, value in targets), *leaving]
    return Takedown(
        targets=targets,
        documents=tuple(leaving),
        source_uris=tuple(sorted({*uris, *(uri for uri, _ in records), *(uri for uri, _ in rejects)})),
        records=sum(count for _, count in records),
        rejects=sum(count for _, count in rejects),
        quarantined=tuple(files_naming(place, names)),
        exports=tuple(export for export in read_exports(place) if Path(export.path).exists()),
    )


def _column(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [row[0] for row in connection.execute(sql).fetchall()]
