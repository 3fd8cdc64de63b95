"""Making and opening warehouses, and refusing those that cannot be used."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.warehouse.newsroom import VISIT, Load, Placed, put
from warehouse.columns import polars_schema
from warehouse.commit import replace_rows
from warehouse.known import known_documents, known_inputs
from warehouse.lake import exists, open_lake
from warehouse.schema.errors import GiveUp
from warehouse.schema.tables import SCHEMA_VERSION, TABLES, TEXT_TABLES


def test_new_warehouse_has_all_tables_with_the_text_tables_partitioned(warehouse: Path) -> None:
    with open_lake(warehouse, create=True) as connection:
        names = {
            row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'").fetchall()
        }
        assert names == set(TABLES)
        assert connection.execute("SELECT version FROM lake.schema_versions").fetchall() == [(SCHEMA_VERSION,)]
        partitioned = connection.execute(
            "SELECT DISTINCT t.table_name FROM __ducklake_metadata_lake.ducklake_partition_column p "
            "JOIN __ducklake_metadata_lake.ducklake_table t USING (table_id)"
        ).fetchall()
        assert {row[0] for row in partitioned} == set(TEXT_TABLES)
    assert exists(warehouse)


def test_making_a_warehouse_leaves_no_unfinished_catalog(warehouse: Path) -> None:
    with open_lake(warehouse, create=True):
        pass
    assert {path.name for path in (warehouse / "lake").iterdir()} <= {"catalog.sqlite", "data", "commit.lock"}


def test_nothing_is_known_where_there_is_no_warehouse_and_none_is_made(warehouse: Path) -> None:
    assert known_inputs(warehouse).schema == polars_schema("inputs")
    assert known_inputs(warehouse).height == known_documents(warehouse).height == 0
    assert not warehouse.exists()


def test_known_rows_have_the_declared_types(stocked: Path) -> None:
    assert known_inputs(stocked).schema == polars_schema("inputs")
    assert known_inputs(stocked)["source_uri"].to_list() == ["/in/a.txt", "/in/b.txt", "/in/c.jsonl"]
    assert known_documents(stocked).schema == {"document_id": pl.String, "fingerprint": pl.String}


def test_newer_schema_is_refused_with_the_way_out(warehouse: Path) -> None:
    put(warehouse, Load([[Placed(VISIT, "/in/a.txt")]]))
    newer = {"version": [1, 7], "newsmill_version": ["0.1", "9.9"], "applied_at": [datetime.now(UTC)] * 2}
    replace_rows(warehouse, "schema_versions", pl.DataFrame(newer, schema=polars_schema("schema_versions")), "run-2")
    for attempt in (known_inputs, known_documents, lambda place: put(place, Load([[Placed(VISIT, "/in/b.txt")]]))):
        with pytest.raises(GiveUp, match=rf"schema version 7, .* up to {SCHEMA_VERSION}\. Install a newer Newsmill"):
            attempt(warehouse)


def test_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with (
        pytest.raises(GiveUp, match=r"data: no warehouse can be made there .* Choose a folder"),
        open_lake(tmp_path / "data", create=True),
    ):
        pass


def test_catalog_that_is_none_is_named(warehouse: Path) -> None:
    (warehouse / "lake").mkdir(parents=True)
    (warehouse / "lake/catalog.sqlite").write_bytes(b"something else" * 100)
    with pytest.raises(GiveUp, match=r"catalog\.sqlite cannot be opened"):
        known_inputs(warehouse)


def test_small_commits_are_not_stored_inside_the_catalog(stocked: Path) -> None:
    with open_lake(stocked, create=False, read_only=True) as connection:
        tables = {
            row[0] for row in connection.execute("SELECT name FROM sqlite_scan(?, 'sqlite_master')", [_catalog(stocked)]).fetchall()
        }
    assert not {name for name in tables if name.startswith("ducklake_inlined_data_") and name != "ducklake_inlined_data_tables"}


def _catalog(warehouse: Path) -> str:
    return str(warehouse / "lake" / "catalog.sqlite")
