"""All rows of a warehouse without what may differ between two runs over the same input: batch, run and time of load."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from warehouse.query import connect
from warehouse.schema.tables import TABLES
from warehouse.verify import verify

VARYING = ("batch_id", "run_id", "loaded_at")
COMPARED = tuple(name for name in TABLES if name not in ("runs", "quality", "schema_versions"))


def rows_of(warehouse: Path, without: Mapping[str, Collection[str]] = MappingProxyType({})) -> dict[str, list[str]]:
    """Every row of every table as text, sorted; offsets, identifiers, fingerprints, all of it but the columns in `without`."""
    with connect(warehouse) as connection:
        rows = {}
        for table in COMPARED:
            left_out = {*VARYING, *without.get(table, ())} & set(TABLES[table].columns())
            exclude = f" EXCLUDE ({', '.join(sorted(left_out))})" if left_out else ""
            rows[table] = sorted(map(repr, connection.execute(f"SELECT *{exclude} FROM {table}").fetchall()))
        return rows


def faults_of(warehouse: Path) -> list[tuple[str, str]]:
    """The checks of `newsmill verify` that fail."""
    return [(check.name, check.detail) for check in verify(warehouse) if not check.passed]
