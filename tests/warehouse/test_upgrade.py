"""Warehouses that earlier schemas made, kept in `released/`, are read, upgraded and written on."""

import shutil
from pathlib import Path

import pytest

from tests.warehouse.newsroom import VISIT, Load, Placed, put
from warehouse.known import known_documents
from warehouse.lake import open_lake
from warehouse.publish import publish
from warehouse.query import connect
from warehouse.schema.tables import SCHEMA_VERSION, TABLES, TABLES_SINCE
from warehouse.verify import verify

RELEASED = sorted((Path(__file__).parent / "released").glob("version-*.zip"))


@pytest.fixture(params=RELEASED, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    shutil.unpack_archive(request.param, tmp_path / "data")
    return tmp_path / "data"


def counts(warehouse: Path) -> dict[str, int]:
    with connect(warehouse) as connection:
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in TABLES}


def parquet_files(warehouse: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (warehouse / "lake").rglob("*.parquet")}


def test_every_earlier_schema_is_kept() -> None:
    assert [path.stem for path in RELEASED] == [f"version-{number}" for number in range(1, SCHEMA_VERSION)]


def test_reading_does_not_upgrade(old: Path) -> None:
    before = (old / "lake" / "catalog.sqlite").read_bytes()
    assert known_documents(old).height == 5
    assert (old / "lake" / "catalog.sqlite").read_bytes() == before


def test_publish_upgrades_without_touching_a_file(old: Path) -> None:
    before = parquet_files(old)
    publish(old)
    after = parquet_files(old)
    assert before.items() <= after.items()
    assert [path.stem for path in after.keys() - before.keys()] == [f"version-{SCHEMA_VERSION}"]
    found = counts(old)
    assert (found["documents"], found["rejects"], found["runs"]) == (5, 1, 1)
    assert all(found[table] == 0 for table in TABLES_SINCE)
    assert [check.detail for check in verify(old) if not check.passed] == []


def test_a_commit_upgrades_and_old_and_new_rows_stand_together(old: Path) -> None:
    put(old, Load([[Placed(VISIT, "/in/new.txt")]]))
    publish(old)
    assert counts(old)["documents"] == 6
    assert [check.detail for check in verify(old) if not check.passed] == []
    with open_lake(old, create=False, read_only=True) as connection:
        versions = connection.execute("SELECT version FROM lake.schema_versions ORDER BY version").fetchall()
        assert versions == [(number,) for number in range(1, SCHEMA_VERSION + 1)]
        assert connection.execute("SELECT count(*) FROM lake.documents").fetchall() == [(6,)]
        assert connection.execute("SELECT count(*), count(supersedes) FROM lake.documents").fetchall() == [(6, 0)]
        assert connection.execute("SELECT document_id FROM lake.signatures").fetchall() == [(VISIT.document_id,)]
