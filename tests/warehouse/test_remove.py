"""A takedown: the rows leave at once, the counts still add up, and no later commit brings anything back."""

import signal
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.warehouse.contents import contents
from tests.warehouse.crashing import crash
from tests.warehouse.newsroom import (
    RAID,
    TALKS,
    UNDATED,
    VISIT,
    Load,
    Placed,
    input_rows,
    put,
    reject_row,
    source_rows,
    story,
    write,
)
from warehouse.commit import commit
from warehouse.exports import Export, register_export
from warehouse.layout import layout
from warehouse.maintain import maintain
from warehouse.publish import publish
from warehouse.query import connect
from warehouse.remove import allow_again, plan_takedown, remove_inputs, take_down
from warehouse.schema.errors import GiveUp, UsageError
from warehouse.schema.tables import TEXT_TABLES, Rejects
from warehouse.snapshots import connect_as_of, rollback
from warehouse.verify import verify

URL = "https://example.org/raid"


def failed(warehouse: Path) -> list[tuple[str, str]]:
    return [(check.name, check.detail) for check in verify(warehouse) if not check.passed]


def documents(warehouse: Path) -> set[str]:
    with connect(warehouse) as connection:
        return {row[0] for row in connection.execute("SELECT document_id FROM documents").fetchall()}


def rejects(warehouse: Path) -> list[tuple[object, ...]]:
    with connect(warehouse) as connection:
        return connection.execute("SELECT source_uri, record_index, reason, raw FROM rejects ORDER BY ALL").fetchall()


def ids(*stories: object) -> set[str]:
    return {story.document_id for story in stories}  # type: ignore[attr-defined]


def test_an_input_goes_with_its_documents_but_for_those_that_stand_elsewhere(published: Path) -> None:
    told = plan_takedown(published, ["/in/c.jsonl"])
    assert documents(published) == ids(VISIT, RAID, TALKS, UNDATED), "a plan writes nothing"
    done = take_down(published, ["/in/c.jsonl"])
    assert done == told
    assert set(done.documents) == ids(TALKS, UNDATED)
    assert (done.records, done.rejects, done.source_uris) == (3, 1, ("/in/c.jsonl",))
    assert documents(published) == ids(VISIT, RAID)
    assert rejects(published) == [("/in/c.jsonl", 0, "removed", None)]
    assert failed(published) == []
    with connect(published) as connection:
        for table in TEXT_TABLES:
            found = {row[0] for row in connection.execute(f"SELECT DISTINCT document_id FROM {table}").fetchall()}
            assert found <= ids(VISIT, RAID)


@pytest.mark.parametrize(("sources", "document"), [([URL], False), ([], True)])
def test_an_article_or_a_document_goes_with_all_its_sources(published: Path, sources: list[str], document: bool) -> None:
    put(published, Load([], known=[Placed(RAID, "/in/copy.jsonl", 0), Placed(VISIT, "/in/copy.jsonl", 1)]), "run-2")
    done = take_down(published, sources, [RAID.document_id] if document else [])
    assert set(done.documents) == ids(RAID)
    assert documents(published) == ids(VISIT, TALKS, UNDATED)
    assert {("/in/b.txt", 0, "removed", None), ("/in/copy.jsonl", 0, "removed", None)} <= set(rejects(published))
    assert failed(published) == []


@pytest.mark.slow
def test_no_later_commit_brings_it_back(published: Path) -> None:
    take_down(published, ["/in/a.txt", URL], [TALKS.document_id])
    before = documents(published)
    assert before == ids(VISIT, UNDATED), "VISIT stands in c.jsonl too"
    # The same folder again with new content, a copy of the document under a new name, and new text in the input taken down.
    put(
        published,
        Load([[Placed(story(1), "/in/a.txt"), Placed(TALKS, "/in/new.jsonl", 0), Placed(story(2), "/in/new.jsonl", 1)]]),
        "run-2",
    )
    put(
        published,
        Load([[Placed(RAID, "/in/b.txt", url=URL)]], rejects=[reject_row("/in/b.txt", 1, run_id="run-3")]),
        "run-3",
        content="2",
    )
    publish(published)
    assert documents(published) == before | ids(story(2))
    assert ("/in/new.jsonl", 0, "removed", None) in rejects(published)
    assert failed(published) == []
    remove_inputs(published, ["/in/c.jsonl"], "run-prune")
    put(published, Load([[Placed(TALKS, "/in/c.jsonl", 0)]]), "run-4", content="3")
    publish(published)
    assert TALKS.document_id not in documents(published)
    assert failed(published) == []


@pytest.mark.slow
def test_raw_bytes_of_rejects_that_name_the_article_go(published: Path) -> None:
    raw = reject_row("/in/d.jsonl", 1, run_id="run-2") | {"raw": f'{{"url": "{URL}", "text'.encode()}
    put(published, Load([[Placed(story(1), "/in/d.jsonl")]], rejects=[raw, reject_row("/in/d.jsonl", 2, run_id="run-2")]), "run-2")
    done = take_down(published, [URL])
    assert done.rejects == 1
    assert ("/in/d.jsonl", 1, "removed", None) in rejects(published)
    assert ("/in/d.jsonl", 2, "bad_json", b"\x00{") in rejects(published)
    assert failed(published) == []


def test_folders_globs_and_what_names_nothing(published: Path) -> None:
    assert [value for _, value in plan_takedown(published, ["/in"]).targets] == ["/in/a.txt", "/in/b.txt", "/in/c.jsonl"]
    assert [value for _, value in plan_takedown(published, ["/in/*.txt"]).targets] == ["/in/a.txt", "/in/b.txt"]
    for wrong in ("/i", "/in/a", "https://example.org/", "*.csv"):
        with pytest.raises(UsageError, match="Nothing was removed"):
            take_down(published, ["/in/a.txt", wrong])
    with pytest.raises(UsageError, match="all 32 digits"):
        take_down(published, [], ["abc"])
    assert len(documents(published)) == 4


def test_files_in_quarantine_that_name_it_go(published: Path) -> None:
    first, second, third = (layout(published).quarantine / "run-1" / name for name in ("1", "2", TALKS.document_id))
    for folder, uri in ((first, "/in/b.txt"), (second, "/in/a.txt"), (third, "/in/c.jsonl")):
        folder.mkdir(parents=True)
        pl.DataFrame({"source_uri": [uri], "text": ["x"]}).write_parquet(folder / "documents.parquet")
        pl.DataFrame({"document_id": ["1"], "text": ["x"]}).write_parquet(folder / "sentences.parquet")
        (folder / "rule.txt").write_text("a rule")
    done = take_down(published, ["/in/b.txt"], [TALKS.document_id])
    assert len(done.quarantined) == 6
    assert {path.parent for path in layout(published).quarantine.rglob("*") if path.is_file()} == {second}


@pytest.mark.slow
def test_earlier_snapshots_show_it_no_more_and_rollback_refuses(published: Path) -> None:
    take_down(published, ["/in/b.txt"], [TALKS.document_id])
    with connect_as_of(published, "2", confined=True) as connection:
        found = {row[0] for row in connection.execute("SELECT document_id FROM documents").fetchall()}
        assert found == ids(VISIT, UNDATED)
        assert connection.execute("SELECT count(*) FROM inputs WHERE source_uri = '/in/b.txt'").fetchone() == (0,)
    with pytest.raises(UsageError, match="took down"):
        rollback(published, 2)
    put(published, Load([[Placed(story(1), "/in/d.txt")]]), "run-2")
    rollback(published, 3)
    assert failed(published) == []


def test_files_are_gone_after_maintenance_without_retention(published: Path) -> None:
    take_down(published, ["/in/b.txt"])
    words = b"Rebels raided a depot"
    data = layout(published).data

    def held() -> bool:
        return any(
            words.decode() in str(pl.read_parquet(path)["text"].to_list())
            for path in (data / "main" / "documents").rglob("*.parquet")
        )

    assert held(), "readers keep their files for a while"
    maintain(published, retention=timedelta(0))
    assert not held()


@pytest.mark.slow
def test_undo_lets_a_run_load_it_again(published: Path) -> None:
    take_down(published, ["/in/b.txt"], [TALKS.document_id])
    with pytest.raises(UsageError, match=r"Taken down are: .*/in/b.txt"):
        allow_again(published, ["/in/x.txt"])
    assert allow_again(published, ["/in/b.txt"]) == ["/in/b.txt"]
    put(published, Load([[Placed(RAID, "/in/b.txt")]]), "run-2")
    publish(published)
    assert documents(published) == ids(VISIT, RAID, UNDATED)
    assert failed(published) == []


def test_copies_made_before_are_named(published: Path, tmp_path: Path) -> None:
    here, gone = tmp_path / "copy", tmp_path / "gone"
    here.mkdir()
    for path in (here, gone):
        register_export(layout(published), Export("parquet", str(path), 2, "2026-03-01T12:00:00+00:00"))
    assert [export.path for export in plan_takedown(published, ["/in/b.txt"]).exports] == [str(here)]


@pytest.mark.parametrize("point", ["before-commit", pytest.param("after-commit", marks=pytest.mark.slow)])
def test_killed_takedown_is_completed_by_the_same_again(published: Path, point: str) -> None:
    code = "from warehouse.remove import take_down\ntake_down(warehouse, ['/in/b.txt'])"
    assert crash(code, published, point) == -signal.SIGKILL
    assert len(documents(published)) == 4, "readers have what was published"
    put(published, Load([[Placed(RAID, "/in/b.txt")]]), "run-2", content="2")
    take_down(published, ["/in/b.txt"])
    assert documents(published) == ids(VISIT, TALKS, UNDATED)
    assert failed(published) == []
    before = contents(published)
    take_down(published, ["/in/b.txt"])
    assert contents(published) == before


def test_a_damaged_list_of_removals_stops_every_commit(published: Path) -> None:
    layout(published).removals.write_text("{")
    with pytest.raises(GiveUp, match="what was taken down"):
        put(published, Load([[Placed(story(1), "/in/d.txt")]]), "run-2")


@pytest.mark.slow
def test_an_input_that_is_committed_in_parts_keeps_its_counts(published: Path) -> None:
    take_down(published, [], [TALKS.document_id])
    uri = "/in/parts.jsonl"
    placed = [Placed(TALKS, uri, 0), Placed(story(1), uri, 1), Placed(story(2), uri, 2)]
    for number, each in enumerate(placed):
        load = Load([[each]])
        written = write(published, load, f"run-{number}")
        inputs = input_rows(load).with_columns(record_count=pl.lit(number + 1, pl.Int64))
        grown = pl.DataFrame({"source_uri": [uri], "record_index": [number]})
        commit(published, f"run-{number}", written, source_rows(load.placed), inputs, Rejects.create_empty(), grown=grown)
    publish(published)
    assert documents(published) == ids(VISIT, RAID, UNDATED, story(1), story(2))
    assert failed(published) == []
