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
