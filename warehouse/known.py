"""What the warehouse already holds: the plan of a run reads it to find what is new."""

from datetime import datetime
from pathlib import Path

import polars as pl

from warehouse.columns import in_declared_types
from warehouse.lake import exists, open_lake
from warehouse.schema.tables import Documents, Inputs

SPEED_WORDS = 2_000
"""Words that a run has at least whose speed says something: smaller ones are all start-up."""


def known_inputs(warehouse: Path) -> pl.DataFrame:
    """The table inputs, all columns; no rows when there is no warehouse.

    Raises:
        GiveUp: the warehouse is damaged or of a newer schema.
        RetryLater: its catalog is locked.
    """
    if not exists(warehouse):
        return Inputs.create_empty()
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return in_declared_types(connection.execute("FROM lake.inputs ORDER BY source_uri").pl(), "inputs")


def known_speed(warehouse: Path, model: str) -> float | None:
    """Words a second of the largest run with `model` that is worth a measure; None when there is none.

    Raises:
        GiveUp: the warehouse is damaged or of a newer schema.
        RetryLater: its catalog is locked.
    """
    if not exists(warehouse):
        return None
    sql = """
        SELECT words_per_second FROM lake.runs
        WHERE model = ? AND words_per_second > 0 AND word_count >= ?
        ORDER BY word_count DESC, started_at DESC LIMIT 1
    """
    with open_lake(warehouse, create=False, read_only=True) as connection:
        row = connection.execute(sql, [model, SPEED_WORDS]).fetchone()
    return float(row[0]) if row else None


def known_documents(warehouse: Path) -> pl.DataFrame:
    """Columns document_id and fingerprint of the table documents; no rows when there is no warehouse.

    Raises:
        GiveUp: the warehouse is damaged or of a newer schema.
        RetryLater: its catalog is locked.
    """
    if not exists(warehouse):
        return Documents.create_empty().select("document_id", "fingerprint")
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return in_declared_types(connection.execute("SELECT document_id, fingerprint FROM lake.documents").pl(), "documents")


def latest_load(warehouse: Path) -> datetime | None:
    """The latest time of load in the warehouse, in UTC; None when it has none.

    Raises:
        GiveUp: the warehouse is damaged or of a newer schema.
        RetryLater: its catalog is locked.
    """
    if not exists(warehouse):
        return None
    with open_lake(warehouse, create=False, read_only=True) as connection:
        times = connection.execute(
            "SELECT max(loaded_at) AS latest FROM lake.inputs UNION ALL SELECT max(loaded_at) FROM lake.document_sources "
            "UNION ALL SELECT max(started_at) FROM lake.runs"
        ).pl()
    latest = in_declared_types(times.rename({"latest": "loaded_at"}), "inputs")["loaded_at"].max()
    return latest if isinstance(latest, datetime) else None
