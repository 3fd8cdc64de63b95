"""The plan of a run: what is new, what is not, how it is cut, and what --prune may take."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.batches import Limits, make_batches, slice_input
from flows.fields import Reading
from flows.inputs import RejectedRecord, content_hash, find_inputs
from flows.known_ids import KnownIds, write_known_ids
from flows.mill import reject_rows
from flows.plan import Plan, Standing, make_plan, unfinished
from flows.prune import Removal
from flows.records import read_records
from flows.settings import Settings
from tests.corpus import article, write_corpus, write_jsonl
from warehouse.commit import commit
from warehouse.schema.errors import UsageError
from warehouse.schema.tables import DocumentSources, Inputs, Rejects

RUN = "20240101T000000000000-aaaaaa"


def plan_of(tmp_path: Path, *paths: Path, recode: bool = False, prune: bool = False, yes: bool = False, **settings: int) -> Plan:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    chosen = Settings(warehouse=tmp_path / "data", **{"workers": 1, **settings})
    found = find_inputs([str(path) for path in paths])
    return make_plan(found, chosen, "f00d", scratch, recode=recode, prune=prune, yes=yes)


def record_as_read(tmp_path: Path, *paths: Path, marked_unfinished: bool = False) -> None:
    """Let the warehouse list files as read, with no records in them."""
    rows = []
    for one in find_inputs([str(path) for path in paths]).inputs:
        whole = content_hash(one)
        rows.append(
            {
                "source_uri": one.source_uri,
                "content_hash": unfinished(whole) if marked_unfinished else whole,
                "byte_count": one.byte_count,
                "modified_at": one.modified_at,
                "record_count": 0,
                "reject_count": 0,
                "loaded_at": datetime.now(UTC),
            }
        )
    inputs = pl.DataFrame(rows, schema=Inputs.create_empty().schema)
    commit(tmp_path / "data", RUN, (), DocumentSources.create_empty(), inputs, Rejects.create_empty())


def standings(plan: Plan) -> dict[str, Standing]:
    return {one.input.path.name: one.standing for one in plan.inputs}


def test_everything_is_new_without_a_warehouse_and_none_is_made(news: Path, tmp_path: Path) -> None:
    plan = plan_of(tmp_path, news)
    assert standings(plan) == dict.fromkeys(("a.txt", "b.txt", "c.jsonl"), Standing.NEW)
    assert plan.known_ids is None
    assert not (tmp_path / "data").exists()


def test_only_new_and_changed_inputs_are_read(news: Path, tmp_path: Path) -> None:
    record_as_read(tmp_path, news)
    assert plan_of(tmp_path, news).is_empty
    (news / "a.txt").write_text("Another text altogether.")
    (news / "d.txt").write_text("A text that was not there.")
    os.utime(news / "b.txt", (1, 1))  # touched, with the same content
    plan = plan_of(tmp_path, news)
    assert standings(plan) == {"a.txt": Standing.CHANGED, "d.txt": Standing.NEW}
    assert plan.unchanged == 2


def test_recode_reads_all_named_inputs_and_takes_no_document_for_known(news: Path, tmp_path: Path) -> None:
    record_as_read(tmp_path, news)
    plan = plan_of(tmp_path, news / "a.txt", recode=True)
    assert standings(plan) == {"a.txt": Standing.SAME}
    assert plan.known_ids is None


def test_an_input_that_is_committed_in_part_is_read_again(news: Path, tmp_path: Path) -> None:
    record_as_read(tmp_path, news / "c.jsonl", marked_unfinished=True)
    assert standings(plan_of(tmp_path, news / "c.jsonl")) == {"c.jsonl": Standing.SAME}


def test_inputs_that_are_replaced_last_share_no_batch_with_others(news: Path, tmp_path: Path) -> None:
    record_as_read(tmp_path, news / "a.txt")
    (news / "a.txt").write_text("Another text altogether.")
    batches = plan_of(tmp_path, news).batches
    assert [[one.input.path.name for one in batch.slices] for batch in batches] == [["b.txt", "c.jsonl"], ["a.txt"]]


@pytest.mark.parametrize(("documents", "byte_count"), [(1, 8_000_000), (7, 8_000_000), (500, 1_000), (500, 20_000)])
def test_batches_hold_every_record_once_within_bounds_whatever_the_order(documents: int, byte_count: int, tmp_path: Path) -> None:
    write_corpus(tmp_path / "in", 120)
    paths = sorted((tmp_path / "in").iterdir())
    plan = plan_of(tmp_path, *paths, batch_documents=documents, batch_bytes=byte_count)
    read = [
        (record.source_uri, record.record_index)
        for batch in plan.batches
        for one in batch.slices
        for record in read_records(one.input, part=one.part)
    ]
    whole = [(r.source_uri, r.record_index) for one in find_inputs([str(tmp_path / "in")]).inputs for r in read_records(one)]
    assert sorted(read) == sorted(whole)
    for batch in plan.batches:
        records = sum(1 for one in batch.slices for _ in read_records(one.input, part=one.part))
        assert records <= documents or len(batch.slices) > 1
        assert batch.byte_count <= byte_count + 1_000
    shuffled = list(paths)
    Random(1).shuffle(shuffled)
    assert plan_of(tmp_path, *shuffled, batch_documents=documents, batch_bytes=byte_count).batches == plan.batches


@given(st.lists(st.text(alphabet=" \t\rxé{}", max_size=12), max_size=12), st.integers(1, 30), st.booleans())
def test_parts_of_a_file_give_the_records_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], byte_count: int, closed: bool
) -> None:
    path = tmp_path_factory.mktemp("parts") / "x.jsonl"
    path.write_bytes(("\n".join(lines) + ("\n" if closed else "")).encode())
    (one,) = find_inputs([str(path)]).inputs
    slices = slice_input(one, Limits(3, byte_count), Reading(record_bytes=1000))
    assert [r for s in slices for r in read_records(one, part=s.part)] == list(read_records(one))
    assert {s.content_hash for s in slices} == {content_hash(one)}


def test_little_input_is_still_shared_by_all_workers(tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl"
    write_jsonl(path, [article(number) for number in range(1500)])
    assert len(plan_of(tmp_path, path, workers=1, batch_documents=9999).batches) == 1
    assert 2 <= len(plan_of(tmp_path, path, workers=2, batch_documents=9999).batches) <= 8


def test_a_compressed_input_is_cut_by_its_records(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "Talks were held."}\n' * 100))
    batches = plan_of(tmp_path, path, batch_documents=30).batches
    slices = [one for batch in batches for one in batch.slices]
    assert [one.part and one.part.first_record for one in slices] == [0, 30, 60, 90]
    assert sum(one.byte_count for one in slices) == path.stat().st_size
    read = [record.record_index for one in slices for record in read_records(one.input, part=one.part)]
    assert read == list(range(100))
    backwards = [record.record_index for one in slices[::-1] for record in read_records(one.input, part=one.part)]
    assert sorted(backwards) == read


def test_batch_ids_follow_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.")
    found = find_inputs([str(tmp_path / "a.txt")]).inputs[0]
    limits = Limits(10, 10_000)
    (first,) = make_batches([slice_input(found, limits, Reading())], limits)
    (tmp_path / "a.txt").write_text("Two.")
    (second,) = make_batches([slice_input(found, limits, Reading())], limits)
    assert first.batch_id != second.batch_id


@given(st.sets(st.integers(0, 2**128 - 1), max_size=40), st.integers(0, 2**128 - 1))
def test_known_ids_knows_what_was_written_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, numbers: set[int], other: int
) -> None:
    path = tmp_path_factory.mktemp("known") / "ids"
    write_known_ids((f"{number:032x}" for number in numbers), path)
    known = KnownIds(path)
    assert all(f"{number:032x}" in known for number in numbers)
    assert (f"{other:032x}" in known) == (other in numbers)
    assert all((f"{number ^ 1:032x}" in known) == (number ^ 1 in numbers) for number in numbers)


def test_all_paths_missing_is_wrong_usage_and_one_missing_is_a_reject(news: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Nothing to read.*nowhere: no such file"):
        plan_of(tmp_path, tmp_path / "nowhere")
    plan = plan_of(tmp_path, tmp_path / "nowhere", news / "a.txt")
    assert [message.partition(": ")[0] for message in plan.refusals] == [str(tmp_path / "nowhere")]
    assert [one.reason for one in plan.new_rejects] == ["missing"]


def test_a_reject_that_the_warehouse_lists_is_nothing_to_do(news: Path, tmp_path: Path) -> None:
    (news / "picture.png").write_bytes(b"\x89PNG")
    record_as_read(tmp_path, news)
    plan = plan_of(tmp_path, news)
    assert [one.reason for one in plan.new_rejects] == ["unknown_format"]
    nothing = DocumentSources.create_empty(), Inputs.create_empty()
    commit(tmp_path / "data", RUN, (), *nothing, reject_rows(plan.new_rejects, RUN))
    again = plan_of(tmp_path, news)
    assert again.is_empty
    assert [one.reason for one in again.rejects] == ["unknown_format"]


def test_prune_looks_only_beneath_the_named_inputs(news: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.txt").write_text("A text elsewhere.")
    record_as_read(tmp_path, news, other)
    (other / "x.txt").unlink()
    (news / "a.txt").unlink()
    assert plan_of(tmp_path, news).removal == Removal()
    assert plan_of(tmp_path, news, prune=True).removal == Removal((str(news / "a.txt"),))


def test_prune_refuses_an_empty_or_missing_root_without_yes(news: Path, tmp_path: Path) -> None:
    record_as_read(tmp_path, news)
    for path in list(news.iterdir()):
        path.unlink()
    refused = plan_of(tmp_path, news, prune=True).removal
    assert refused.source_uris == ()
    assert "missing or empty" in refused.refusal
    assert "--yes" in refused.refusal
    assert len(plan_of(tmp_path, news, prune=True, yes=True).removal.source_uris) == 3
    news.rmdir()
    deleted = plan_of(tmp_path, news, prune=True, yes=True)
    assert len(deleted.removal.source_uris) == 3
    assert (deleted.refusals, deleted.rejects) == ((), ())
    assert plan_of(tmp_path, tmp_path, prune=True, yes=True).removal.source_uris


def test_prune_takes_out_rejected_inputs_that_are_gone(news: Path, tmp_path: Path) -> None:
    for name in ("picture.png", "table.xls"):
        (news / name).write_bytes(b"\x89")
    record_as_read(tmp_path, news)
    nothing = DocumentSources.create_empty(), Inputs.create_empty()
    commit(tmp_path / "data", RUN, (), *nothing, reject_rows(plan_of(tmp_path, news).new_rejects, RUN))
    (news / "picture.png").unlink()
    assert plan_of(tmp_path, news, prune=True).removal.source_uris == (str(news / "picture.png"),)


def test_prune_takes_out_what_a_link_led_to_that_is_broken(news: Path, tmp_path: Path) -> None:
    (news / ".far.txt").write_text("A text elsewhere.")
    (news / "link.txt").symlink_to(news / ".far.txt")
    record_as_read(tmp_path, news)
    (news / ".far.txt").unlink()
    assert plan_of(tmp_path, news, prune=True).removal.source_uris == (str(news / "link.txt"),)


def test_prune_with_yes_takes_an_empty_argument_for_no_path(news: Path, tmp_path: Path) -> None:
    record_as_read(tmp_path, news)
    other = tmp_path / "other.txt"
    other.write_text("A text elsewhere.")
    find = find_inputs(["", str(other)])
    plan = make_plan(find, Settings(warehouse=tmp_path / "data", workers=1), "f00d", tmp_path, prune=True, yes=True)
    assert plan.removal.source_uris == ()
    assert "is no path" in plan.refusals[0]


def test_prune_spares_what_stands_beneath_a_folder_that_cannot_be_read(news: Path, tmp_path: Path) -> None:
    record_as_read(tmp_path, news)
    found = find_inputs([str(tmp_path / "elsewhere"), str(tmp_path)])
    blocked = RejectedRecord(str(news), 0, 0, "unreadable", "no permission")
    hidden = type(found)(inputs=(), rejects=(blocked,), roots=found.roots)
    settings = Settings(warehouse=tmp_path / "data", workers=1)
    assert make_plan(hidden, settings, "f00d", tmp_path, prune=True, yes=True).removal == Removal()
