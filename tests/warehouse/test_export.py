"""A copy to hand to somebody: it holds what the warehouse shows, stands alone, and replaces nothing by accident."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.contents import contents
from tests.warehouse.newsroom import Load, Placed, Story, put
from warehouse.export import MANIFEST, export
from warehouse.exports import read_exports
from warehouse.layout import layout
from warehouse.marts import MARTS
from warehouse.publish import publish
from warehouse.query import connect
from warehouse.schema.errors import UsageError
from warehouse.schema.tables import TABLES
from warehouse.schema.vocabulary import ExportFormat

COMMENTS = """
SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal AND table_name <> 'newsmill_info' ORDER BY ALL
"""


@pytest.fixture
def alone(published: Path, tmp_path: Path) -> Path:
    """Where copies go; the warehouse can be moved away to see that they stand alone."""
    return tmp_path / "copies"


def test_duckdb_file_has_everything_in_itself(published: Path, alone: Path) -> None:
    rows = contents(published)
    with connect(published) as connection:
        facts = connection.execute("FROM event_facts ORDER BY ALL").fetchall()
        comments = connection.execute(COMMENTS).fetchall()
    done = export(published, alone / "all", ExportFormat.DUCKDB)
    assert done.path == alone / "all.duckdb"
    assert done.byte_count == done.path.stat().st_size
    shutil.rmtree(published)
    with duckdb.connect(str(done.path), read_only=True) as copy:
        assert contents(copy) == rows
        assert copy.execute("FROM event_facts ORDER BY ALL").fetchall() == facts
        assert copy.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchone() == (0,)
        assert copy.execute("SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal").fetchone() == ("v1.0.0+",)
        assert copy.execute(COMMENTS).fetchall() == comments
        assert copy.execute("SELECT span('abcdef', 1, 3)").fetchone() == ("bc",)
    assert done.rows == {table: len(found) for table, found in rows.items()} | {m: done.rows[m] for m in MARTS}


def test_parquet_lies_by_month_and_reads_back(published: Path, alone: Path) -> None:
    rows = contents(published)
    done = export(published, alone / "parquet")
    assert (done.path / "events" / "year=2024" / "month=3" / "events.parquet").exists()
    shutil.rmtree(published)
    with duckdb.connect() as connection:
        for table in TABLES:
            path = done.path / f"{table}.parquet"
            source = (
                f"'{path}'" if path.exists() else f"read_parquet('{done.path}/{table}/**/*.parquet', hive_partitioning => true)"
            )
            found = connection.execute(f"SELECT * FROM {source} ORDER BY ALL").fetchall()
            assert len(found) == len(rows[table]) == done.rows[table]
            if path.exists():
                assert found == rows[table]
    manifest = json.loads((done.path / MANIFEST).read_text())
    assert manifest["rows"] == done.rows
    assert manifest["snapshot_id"] == done.snapshot_id


def test_csv_is_safe_in_a_spreadsheet(published: Path, alone: Path) -> None:
    put(published, Load([[Placed(Story((("=1+1 is two.",),), None, publisher="@corp"), "/in/=x.txt")]]), "run-2")
    publish(published)
    sql = "SELECT text, publisher, char_count FROM '{}/documents.csv' WHERE text LIKE '%1+1%'"
    safe = export(published, alone / "safe", ExportFormat.CSV, tables=["documents", "rejects", "events"])
    raw = export(published, alone / "raw", ExportFormat.CSV, tables=["documents"], raw_csv=True)
    assert duckdb.sql(sql.format(safe.path)).fetchall() == [("'=1+1 is two.", "'@corp", 12)]
    assert duckdb.sql(sql.format(raw.path)).fetchall() == [("=1+1 is two.", "@corp", 12)]
    assert sorted(path.name for path in safe.path.iterdir()) == ["documents.csv", "events.csv", MANIFEST, "rejects.csv"]
    assert '"[""visit""]"' in (safe.path / "events.csv").read_text()


def test_only_earlier_exports_are_replaced_and_only_when_told(published: Path, alone: Path) -> None:
    first = export(published, alone / "x", tables=["events"])
    file = export(published, alone / "x", ExportFormat.DUCKDB, tables=["events"])
    for form in (ExportFormat.PARQUET, ExportFormat.DUCKDB):
        with pytest.raises(UsageError, match="--force"):
            export(published, alone / "x", form)
        again = export(published, alone / "x", form, tables=["runs"], force=True)
        assert list(again.rows) == ["runs"]
    assert not (first.path / "events").exists()
    assert sorted(path.name for path in alone.iterdir()) == ["x", "x.duckdb"], "nothing is left beside them"
    mine = alone / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    (alone / "note.duckdb").write_text("no database")
    for target, form in ((mine, ExportFormat.CSV), (alone / "note.duckdb", ExportFormat.DUCKDB)):
        with pytest.raises(UsageError, match="no export of Newsmill"):
            export(published, target, form, force=True)
    assert (mine / "thesis.txt").exists()
    for target in (published, published / "copy", published.parent):
        with pytest.raises(UsageError, match="holds the warehouse"):
            export(published, target, force=True)
    with pytest.raises(UsageError, match="There are: documents"):
        export(published, alone / "y", tables=["event"])
    assert [Path(one.path) for one in read_exports(layout(published))] == [first.path, file.path]


def test_an_export_that_fails_leaves_nothing(published: Path, alone: Path) -> None:
    next((layout(published).data / "main" / "sentences").rglob("*.parquet")).unlink()
    with pytest.raises(Exception, match="newsmill verify"):
        export(published, alone / "x")
    assert list(alone.iterdir()) == []
