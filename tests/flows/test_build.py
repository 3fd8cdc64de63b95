"""The flow itself, in this process and on a real Prefect server: what a second, a changed, a partly failing run does."""

import os
import shutil
import signal
import threading
import time
from pathlib import Path
from uuid import UUID

import duckdb
import pytest

from flows import build_warehouse
from flows.progress import Progress, watched_by
from flows.summary import RunFailed, Summary
from tests.corpus import article, write_corpus, write_jsonl
from tests.processes import workers_of
from warehouse.lake import open_lake
from warehouse.query import connect
from warehouse.schema.errors import UsageError
from warehouse.verify import verify

pytestmark = pytest.mark.usefixtures("prefect_server")


def build(tmp_path: Path, *inputs: Path, **options: object) -> Summary:
    given = {"workers": 0, "retries": 0, **options}
    return build_warehouse([str(path) for path in inputs], str(tmp_path / "data"), **given)  # type: ignore[arg-type]


def ask(tmp_path: Path, sql: str) -> list[tuple[object, ...]]:
    with connect(tmp_path / "data") as connection:
        return connection.execute(sql).fetchall()


def snapshot(tmp_path: Path) -> int:
    with open_lake(tmp_path / "data", create=False, read_only=True) as connection:
        return int(connection.execute("SELECT max(snapshot_id) FROM lake.snapshots()").fetchall()[0][0])


def assert_sound(tmp_path: Path) -> None:
    assert [(check.name, check.detail) for check in verify(tmp_path / "data") if not check.passed] == []


def test_a_run_lands_every_document_and_a_second_one_does_nothing(news: Path, tmp_path: Path) -> None:
    first = build(tmp_path, news)
    assert (first.state, first.documents, first.inputs) == ("completed", 5, 3)
    assert first.events > 0
    assert ask(tmp_path, "SELECT count(*) FROM documents") == [(5,)]
    assert ask(tmp_path, "SELECT count(*) FROM events") == [(first.events,)]
    assert ask(tmp_path, "SELECT state, document_count, event_count FROM runs") == [("completed", 5, first.events)]
    assert_sound(tmp_path)
    before = snapshot(tmp_path)
    second = build(tmp_path, news)
    assert second.did_nothing
    assert second.unchanged == 3
    assert snapshot(tmp_path) == before


@pytest.mark.slow
def test_a_lost_database_file_is_put_back_by_a_run_that_has_nothing_else_to_do(news: Path, tmp_path: Path) -> None:
    build(tmp_path, news)
    before = snapshot(tmp_path)
    (tmp_path / "data" / "newsmill.duckdb").unlink()
    assert build(tmp_path, news).published
    assert ask(tmp_path, "SELECT count(*) FROM documents") == [(5,)]
    assert snapshot(tmp_path) == before


def test_a_changed_file_replaces_its_rows_and_mills_only_what_is_new_in_it(news: Path, tmp_path: Path) -> None:
    build(tmp_path, news)
    batches = dict(ask(tmp_path, "SELECT document_id, batch_id FROM documents WHERE source_uri LIKE '%c.jsonl'"))
    write_jsonl(news / "c.jsonl", [article(number) for number in (3, 4, 5)])
    summary = build(tmp_path, news)
    assert (summary.documents, summary.known, summary.removed, summary.unchanged) == (1, 2, 1, 2)
    after = dict(ask(tmp_path, "SELECT document_id, batch_id FROM documents WHERE source_uri LIKE '%c.jsonl'"))
    kept = batches.keys() & after.keys()
    assert len(kept) == 2
    assert {batches[one] for one in kept} == {after[one] for one in kept}
    assert_sound(tmp_path)


@pytest.mark.slow
def test_a_document_that_moves_to_another_file_in_the_run_that_drops_it_is_kept(news: Path, tmp_path: Path) -> None:
    build(tmp_path, news)
    write_jsonl(news / "c.jsonl", [article(9)])
    write_jsonl(news / "0-first-by-name.jsonl", [article(2), article(3)])
    write_jsonl(news / "z-last-by-name.jsonl", [article(4)])
    summary = build(tmp_path, news, batch_documents=1, commit_seconds=0)
    assert (summary.documents, summary.known, summary.removed) == (1, 3, 0)
    assert ask(tmp_path, "SELECT count(*) FROM documents") == [(6,)]
    assert_sound(tmp_path)


@pytest.mark.slow
def test_recode_replaces_the_documents_of_the_named_inputs_only(news: Path, tmp_path: Path) -> None:
    build(tmp_path, news)
    before = dict(ask(tmp_path, "SELECT document_id, text FROM documents"))
    summary = build(tmp_path, news / "c.jsonl", recode=True)
    assert (summary.documents, summary.replaced, summary.known) == (3, 3, 0)
    assert dict(ask(tmp_path, "SELECT document_id, text FROM documents")) == before
    assert_sound(tmp_path)


@pytest.mark.slow
def test_rows_of_a_removed_file_stay_unless_prune(news: Path, tmp_path: Path) -> None:
    build(tmp_path, news)
    (news / "a.txt").unlink()
    assert build(tmp_path, news).did_nothing
    summary = build(tmp_path, news, prune=True)
    assert (summary.removed_inputs, summary.removed) == (1, 1)
    assert ask(tmp_path, "SELECT count(*) FROM documents") == [(4,)]
    assert_sound(tmp_path)
    (news / "c.jsonl").unlink()
    (news / "new.txt").write_text(article(50)["text"])
    with pytest.raises(RunFailed, match="more than 20%"):
        build(tmp_path, news, prune=True)
    assert ask(tmp_path, "SELECT count(*) FROM documents") == [(5,)]  # the removal is refused, the new text is in
    assert build(tmp_path, news, prune=True, yes=True).removed == 3
    assert ask(tmp_path, "SELECT count(*) FROM documents") == [(2,)]
    assert_sound(tmp_path)
    shutil.rmtree(news)
    assert build(tmp_path, news, prune=True, yes=True).removed == 2
    assert ask(tmp_path, "SELECT count(*) FROM documents") == [(0,)]
    assert ask(tmp_path, "SELECT count(*) FROM rejects") == [(0,)]
    assert build(tmp_path, news, prune=True, yes=True).did_nothing
    assert_sound(tmp_path)


def test_dates_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    records = [article(number) for number in range(3)]
    days = ("the other day", "2024-03-19", "")
    write_jsonl(tmp_path / "x.jsonl", [record | {"date": day} for record, day in zip(records, days, strict=True)])
    assert build(tmp_path, tmp_path / "x.jsonl").undated == 1


@pytest.mark.slow
def test_a_large_file_is_committed_in_parts_and_in_the_end_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    write_jsonl(path, [article(number) for number in range(12)])
    summary = build(tmp_path, path, batch_documents=3, commit_seconds=0)
    assert summary.documents == 12
    assert snapshot(tmp_path) > 4  # four parts, and the row of the run
    (row,) = ask(tmp_path, "SELECT record_count, content_hash FROM inputs")
    assert row[0] == 12
    assert not str(row[1]).startswith("00000000")
    assert_sound(tmp_path)
    assert build(tmp_path, path).did_nothing


@pytest.mark.slow
def test_a_batch_that_fails_fails_alone_and_is_tried_again_by_the_next_run(news: Path, tmp_path: Path) -> None:
    # A folder stands where the Parquet files of one month belong: that month's batch cannot be written.
    write_jsonl(news / "d.jsonl", [article(40)])
    blocker = tmp_path / "data" / "lake" / "data" / "main" / "documents" / "year=2024"
    blocker.mkdir(parents=True)
    (blocker / "month=2").write_text("in the way")
    with pytest.raises(RunFailed) as failure:
        build(tmp_path, news, batch_documents=1, prune=True)
    summary = failure.value.summary
    assert list(summary.failures) == [str(news / "d.jsonl")]
    assert "month=2" in summary.failures[str(news / "d.jsonl")]
    assert ask(tmp_path, "SELECT count(*) FROM documents") == [(5,)]
    assert ask(tmp_path, "SELECT count(*) FROM inputs") == [(3,)]
    assert ask(tmp_path, "SELECT state FROM runs") == [("failed",)]
    assert_sound(tmp_path)
    (news / "a.txt").unlink()
    with pytest.raises(RunFailed) as failure:
        build(tmp_path, news, prune=True)
    assert (failure.value.summary.unpruned, failure.value.summary.removed_inputs) == (1, 0)
    (blocker / "month=2").unlink()
    again = build(tmp_path, news)
    assert (again.state, again.documents, again.unchanged) == ("completed", 1, 2)
    assert_sound(tmp_path)


@pytest.mark.slow
def test_batches_whose_worker_is_killed_are_milled_by_another(news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_RETRY_SECONDS", "0.1")
    killed: list[int] = []

    def kill_the_first_worker() -> None:
        while not killed:
            for worker in workers_of(os.getpid()):
                os.kill(worker, signal.SIGKILL)
                killed.append(worker)
            time.sleep(0.02)

    killer = threading.Thread(target=kill_the_first_worker)
    killer.start()
    summary = build(tmp_path, news, workers=1, batch_documents=1, retries=2)
    killer.join()
    assert killed
    assert (summary.state, summary.documents) == ("completed", 5)
    assert_sound(tmp_path)


def test_a_missing_path_fails_the_run_after_everything_else_is_committed(news: Path, tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match=r"nowhere: no such file"):
        build(tmp_path, news, tmp_path / "nowhere")
    assert ask(tmp_path, "SELECT count(*) FROM documents") == [(5,)]
    assert ask(tmp_path, "SELECT reason FROM rejects") == [("missing",)]


def test_an_unknown_model_is_wrong_usage(news: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no_such_model"):
        build(tmp_path, news, model="no_such_model")


def test_an_empty_folder_is_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    assert build(tmp_path, tmp_path / "inbox").did_nothing


def test_states_names_and_logs_of_the_batches_stand_in_prefect(news: Path, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId, LogFilter, LogFilterFlowRunId
    from prefect.context import FlowRunContext
    from prefect.logging.handlers import APILogHandler

    (news / "with {braces} in its name.txt").write_text("Talks were held in Riga on Monday.")
    seen: list[UUID] = []

    def note(progress: Progress) -> None:
        context = FlowRunContext.get()
        assert context is not None
        assert context.flow_run is not None
        seen.append(context.flow_run.id)

    with watched_by(note):
        build(tmp_path, news, batch_documents=1)
    APILogHandler().flush()
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(seen[0])
        tasks = client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[seen[0]])))
        logs = client.read_logs(LogFilter(flow_run_id=LogFilterFlowRunId(any_=[seen[0]])))
    assert run.state is not None
    assert run.state.is_completed()
    names = {one.name for one in tasks}
    assert "mill with {braces} in its name.txt" in names
    assert {name.split("-")[0] for name in names if not name.startswith("mill")} == {"plan", "commit", "publish"}
    assert any("documents" in log.message for log in logs)


def test_progress_ends_at_the_whole(news: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    with watched_by(told.append):
        summary = build(tmp_path, news, batch_documents=1)
    assert [one.bytes_done for one in told] == sorted(one.bytes_done for one in told)
    assert told[-1].bytes_done == told[-1].bytes_total == sum(path.stat().st_size for path in news.iterdir())
    assert (told[-1].documents, told[-1].words) == (5, summary.words)


@pytest.mark.slow
def test_a_reader_sees_documents_with_all_that_belongs_to_them_while_a_run_commits(tmp_path: Path) -> None:
    write_corpus(tmp_path / "in", 24)
    database = tmp_path / "data" / "newsmill.duckdb"
    orphans: list[int] = []
    counts: list[int] = []

    def look(progress: Progress) -> None:
        if database.exists():
            with duckdb.connect(str(database), read_only=True) as reader:
                sql = (
                    "SELECT (SELECT count(*) FROM documents), count(*) FILTER (d.document_id IS NULL) "
                    "FROM sentences LEFT JOIN documents d USING (document_id)"
                )
                documents, lost = reader.execute(sql).fetchall()[0]
            counts.append(documents)
            orphans.append(lost)

    with watched_by(look):
        build(tmp_path, tmp_path / "in", batch_documents=3, commit_seconds=0)
    assert len(set(counts)) > 2
    assert counts == sorted(counts)
    assert set(orphans) == {0}


@pytest.mark.slow
def test_aliases_reach_the_marts_without_new_texts_and_stay_until_another_file(news: Path, tmp_path: Path) -> None:
    build(tmp_path, news)
    seed = str(ask(tmp_path, "SELECT entity_id FROM entities WHERE starts_with(entity_id, 'country:') ORDER BY 1 LIMIT 1")[0][0])
    path = tmp_path / "aliases.csv"
    path.write_text(f"seed_id,canonical_id\n{seed},org:merged\n")
    summary = build(tmp_path, news, aliases=str(path))
    assert (summary.aliases, summary.documents, summary.did_nothing) == (1, 0, False)
    merged = f"SELECT count(*) FILTER (entity_id = 'org:merged'), count(*) FILTER (entity_id = '{seed}') FROM entities"
    assert ask(tmp_path, merged) == [(1, 0)]
    before = snapshot(tmp_path)
    assert build(tmp_path, news, aliases=str(path)).did_nothing
    assert build(tmp_path, news).did_nothing
    assert snapshot(tmp_path) == before
    assert ask(tmp_path, merged) == [(1, 0)]
    path.write_text("seed_id,canonical_id\n")
    assert build(tmp_path, news, aliases=str(path)).aliases == 0
    assert ask(tmp_path, merged) == [(0, 1)]
    assert_sound(tmp_path)


def test_a_mistake_in_the_aliases_stops_a_run_before_any_work(news: Path, tmp_path: Path) -> None:
    path = tmp_path / "aliases.csv"
    path.write_text("seed_id,canonical_id\nrebels,org:front\n")
    with pytest.raises(UsageError, match=r"aliases\.csv:2"):
        build(tmp_path, news, aliases=str(path))
    assert not (tmp_path / "data").exists()
