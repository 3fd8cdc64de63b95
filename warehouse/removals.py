"""What was taken down and must not come back: a file beside the catalog that every commit reads.

It stands outside the tables, so that no new content of an input, no --prune and no rollback forgets it. It holds ids and names
only, nothing of the texts.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final, Literal

import polars as pl

from warehouse.columns import literal
from warehouse.layout import Layout
from warehouse.schema.errors import GiveUp
from warehouse.schema.tables import TEXT_TABLES

Kind = Literal["source", "url", "document"]
KINDS: Final[tuple[Kind, ...]] = ("source", "url", "document")
_COLUMNS: Final[dict[Kind, str]] = {"source": "source_uri", "url": "url", "document": "document_id"}
REMOVED: Final = "removed"
"""The reason of a reject that stands for what was taken down, and its run_id: no run made it."""
_MESSAGE: Final = "Taken down with `newsmill remove`."
_SOURCE_TABLES: Final = ("inputs", "rejects")


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing taken down: an input by its source_uri, an article by its url, or a document by its id.

    `snapshot_id` is the newest snapshot that may still hold it, `removed_at` ISO 8601 in UTC.
    """

    kind: Kind
    value: str
    snapshot_id: int
    removed_at: str


@dataclass(frozen=True, slots=True)
class Removals:
    """All removals of a warehouse."""

    entries: tuple[Removal, ...] = ()

    def values(self, kind: Kind) -> list[str]:
        """What was taken down of a kind, sorted."""
        return sorted({entry.value for entry in self.entries if entry.kind == kind})

    @property
    def snapshot_id(self) -> int:
        """The newest snapshot that may still hold something of it; -1 when nothing was taken down."""
        return max((entry.snapshot_id for entry in self.entries), default=-1)

    def hits(self) -> pl.Expr:
        """Selects the rows of document_sources that name something taken down."""
        return pl.any_horizontal(pl.col(_COLUMNS[kind]).is_in(self.values(kind)).fill_null(False) for kind in KINDS)

    def condition(self, table: str) -> str:
        """SQL that holds for the rows of a table's earlier version that may be shown; text tables look into document_sources."""
        if not self.entries:
            return "true"
        if table == "document_sources":
            return " AND ".join(self._not_in(kind) for kind in KINDS if self.values(kind))
        if table in TEXT_TABLES:
            return "document_id IN (SELECT document_id FROM document_sources)"
        return self._not_in("source") if table in _SOURCE_TABLES and self.values("source") else "true"

    def withhold(
        self, sources: pl.DataFrame, inputs: pl.DataFrame, rejects: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, frozenset[str]]:
        """Rows of document_sources, inputs and rejects as they may be committed; last, the ids of documents that lost a source.

        A record that was taken down becomes a reject without its bytes, so that the counts still add up; of an input that was taken
        down as a whole, one such reject is left.
        """
        hits = sources.filter(self.hits())
        whole = pl.col("source_uri").is_in(self.values("source"))
        gone = inputs.filter(whole).select("source_uri", record_index=pl.lit(0, pl.Int64))
        single = hits.filter(~whole).select("source_uri", "record_index")
        counted = single.group_by("source_uri").len("more").with_columns(pl.col("more").cast(pl.Int64))
        kept = rejects.filter(~whole).with_columns(
            pl.when(self._raw_hits()).then(pl.lit(new)).otherwise(pl.col(name)).alias(name)
            for name, new in (("reason", REMOVED), ("message", _MESSAGE), ("raw", None))
        )
        left = pl.concat([gone, single]).select(
            "source_uri",
            "record_index",
            byte_offset=pl.lit(0, rejects.schema["byte_offset"]),
            reason=pl.lit(REMOVED),
            message=pl.lit(_MESSAGE),
            raw=pl.lit(None, pl.Binary),
            run_id=pl.lit(REMOVED),
        )
        new_inputs = inputs.join(counted, on="source_uri", how="left", maintain_order="left").with_columns(
            record_count=pl.when(whole).then(1).otherwise(pl.col("record_count")).cast(pl.Int64),
            reject_count=pl.when(whole).then(1).otherwise(pl.col("reject_count") + pl.col("more").fill_null(0)).cast(pl.Int64),
        )
        return (
            sources.filter(~self.hits()),
            new_inputs.select(inputs.columns),
            pl.concat([kept, left.select(rejects.columns)]),
            frozenset(hits["document_id"]),
        )

    def _raw_hits(self) -> pl.Expr:
        urls = self.values("url")
        return pl.any_horizontal(pl.lit(False), *(pl.col("raw").bin.contains(url.encode()).fill_null(False) for url in urls))

    def _not_in(self, kind: Kind) -> str:
        return f"coalesce({_COLUMNS[kind]} NOT IN ({', '.join(map(literal, self.values(kind)))}), true)"


def read_removals(place: Layout) -> Removals:
    """What was taken down from the warehouse.

    Raises:
        GiveUp: the file cannot be read: going on without it could bring back what had to leave.
    """
    path = place.removals
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return Removals(tuple(Removal(**row) for row in rows))
    except FileNotFoundError:
        return Removals()
    except (OSError, ValueError, TypeError) as error:
        message = f"{path}, the list of what was taken down, cannot be read ({error}). Restore it from a backup: a run without it"
        raise GiveUp(f"{message} could load again what had to leave.") from error


def write_removals(place: Layout, entries: Iterable[Removal]) -> None:
    """Make `entries` the list, whole or not at all; the caller holds the commit lock.

    Raises:
        GiveUp: it cannot be written.
    """
    unfinished = place.removals.with_name(f".{place.removals.name}.{os.getpid()}.tmp")
    unique = {(entry.kind, entry.value): entry for entry in entries}
    try:
        with unfinished.open("w", encoding="utf-8") as stream:
            json.dump([asdict(unique[key]) for key in sorted(unique)], stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(place.removals)
    except OSError as error:
        raise GiveUp(f"{place.removals} cannot be written ({error.strerror or error}). Nothing was removed.") from error
