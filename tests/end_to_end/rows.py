"""All rows of a warehouse without what may differ between two runs over the same input: batch, run and time of load."""

from pathlib import Path

from warehouse.query import connect
from warehouse.schema.tables import TABLES
from warehouse.verify import verify

VARYING = ("batch_id", "run_id", "loaded_at")
COMPARED = tuple(name for name in TABLES if name not in ("runs", "quality", "schema_versions"))


def rows_of(warehouse: Path) -> dict[str, list[str]]:
    """Every row of every table as text, sorted; offsets, identifiers, fingerprints, all of it."""
    with connect(warehouse) as connection:
        return {
            table: sorted(
                repr(row)
                for row in connection.execute(
                    f"SELECT * EXCLUDE ({', '.join(name for name in VARYING if name in TABLES[table].columns())}) FROM {table}"
                    if any(name in TABLES[table].columns() for name in VARYING)
                    else f"SELECT * FROM {table}"
                ).fetchall()
            )
            for table in COMPARED
        }


def faults_of(warehouse: Path) -> list[tuple[str, str]]:
    """The checks of `newsmill verify` that fail."""
    return [(check.name, check.detail) for check in verify(warehouse) if not check.passed]
