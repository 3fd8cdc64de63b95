"""The list of copies that were made of a warehouse: a takedown names them, for it cannot reach into them."""

import json
import os
from dataclasses import asdict, dataclass

from warehouse.layout import Layout
from warehouse.schema.errors import GiveUp


@dataclass(frozen=True, slots=True)
class Export:
    """A copy: what was made (`parquet`, `csv`, `duckdb`, or another kind of report), where, of which snapshot, when (ISO 8601)."""

    kind: str
    path: str
    snapshot_id: int
    made_at: str


def read_exports(place: Layout) -> list[Export]:
    """The copies that are known, in the order they were made.

    Raises:
        GiveUp: the list is damaged.
    """
    try:
        return [Export(**row) for row in json.loads(place.exports.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise GiveUp(f"{place.exports}, the list of exports, cannot be read ({error}). Correct it or remove it.") from error


def register_export(place: Layout, export: Export) -> None:
    """Add a copy to the list, in place of an earlier one at the same path; the caller holds a lock.

    Raises:
        GiveUp: the list is damaged or cannot be written.
    """
    kept = [one for one in read_exports(place) if one.path != export.path]
    unfinished = place.exports.with_name(f".{place.exports.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_text(json.dumps([asdict(one) for one in (*kept, export)], ensure_ascii=False, indent=1), encoding="utf-8")
        unfinished.replace(place.exports)
    except OSError as error:
        raise GiveUp(f"{place.exports} cannot be written ({error.strerror or error}).") from error
