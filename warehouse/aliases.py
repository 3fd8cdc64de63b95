"""The user's own merges of entities: the one table that a person fills."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from warehouse.columns import polars_schema
from warehouse.commit import replace_rows
from warehouse.lake import LOCK_SECONDS, exists, open_lake
from warehouse.schema.errors import UsageError


def current_aliases(warehouse: Path) -> dict[str, str]:
    """The content of the table entity_aliases: canonical by seed entity_id; empty where there is no warehouse.

    Raises:
        GiveUp: the warehouse is damaged or of a newer schema.
        RetryLater: its catalog is locked.
    """
    if not exists(warehouse):
        return {}
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return dict(connection.execute("SELECT seed_id, canonical_id FROM lake.entity_aliases").fetchall())


def set_aliases(warehouse: Path, aliases: Mapping[str, str], run_id: str = "aliases", *, timeout: float = LOCK_SECONDS) -> None:
    """Make `aliases` (seed entity_id to canonical entity_id) the whole of the table entity_aliases, in a commit of its own.

    Marts show the canonical id at the next `publish`; the tables keep what the texts gave. `run_id` names the Parquet file.

    Raises:
        UsageError: a canonical id is itself replaced by another, or an id has no kind (`person:`, `org:`...).
        GiveUp, RetryLater: as `commit`.
    """
    chained = sorted(set(aliases.values()) & set(aliases))
    if chained:
        raise UsageError(
            f"Entity alias {chained[0]} is both replaced and replaces another. Point every alias at the final entity_id."
        )
    bad = sorted(entity for entity in {*aliases, *aliases.values()} if ":" not in entity)
    if bad:
        raise UsageError(f"Entity alias {bad[0]!r} is no entity_id. It reads like person:jane-doe or country:AZE.")
    rows = pl.DataFrame({"seed_id": list(aliases), "canonical_id": list(aliases.values())}, schema=polars_schema("entity_aliases"))
    replace_rows(warehouse, "entity_aliases", rows, run_id, timeout=timeout)
