"""Takes whole inputs out of the warehouse, with the documents that stand in no other: what --prune does."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.commit import CommitResult, commit
from warehouse.lake import LOCK_SECONDS, exists, open_lake
from warehouse.schema.tables import DocumentSources, Inputs, Rejects


def remove_inputs(
    warehouse: Path, source_uris: Sequence[str], run_id: str, *, run: pl.DataFrame | None = None, timeout: float = LOCK_SECONDS
) -> CommitResult:
    """Remove all rows of the inputs `source_uris` in one commit, and the documents that are left without any source.

    Raises:
        RetryLater, GiveUp: as `commit`.
    """
    nothing = DocumentSources.create_empty(), Inputs.create_empty(), Rejects.create_empty()
    return commit(warehouse, run_id, (), *nothing, replaced=source_uris, run=run, timeout=timeout)


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
