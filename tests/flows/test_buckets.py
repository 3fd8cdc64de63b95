"""Inputs on s3://: a real server, listed in pages, read as streams, with the credentials of the environment or a profile."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows import buckets
from flows.batches import Limits, slice_input
from flows.fields import Reading
from flows.inputs import content_hash, find_inputs
from flows.records import read_records
from tests.flows.bucket import KEY, SECRET, served
from transforms.document import RawRecord

LINES = b"".join(json.dumps({"id": number, "text": f"Talks number {number}."}).encode() + b"\n" for number in range(300))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("s3")
    news = folder / "news" / "2024"
    news.mkdir(parents=True)
    (news / "a.jsonl").write_bytes(LINES)
    (news / "b.jsonl.gz").write_bytes(gzip.compress(LINES))
    (news / "c d.txt").write_text("A text.")
    (news / ".hidden.txt").write_text("Hidden.")
    (news / "e.pdf").write_bytes(b"%PDF")
    (folder / "news" / "other.txt").write_text("Another text.")
    pq.write_table(pa.table({"text": ["one", "two", "three"]}), news / "f.parquet", row_group_size=2)
    with served(folder) as address:
        yield address, folder / "news"


@pytest.fixture(autouse=True)
def environment(server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server[0])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    buckets._store.cache_clear()
    yield
    buckets._store.cache_clear()


def keys(argument: str) -> list[str]:
    return [one.source_uri.removeprefix("s3://news/") for one in find_inputs([argument]).inputs]


def test_a_bucket_a_prefix_an_object_and_a_pattern_are_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "PAGE", 2)
    everything = ["2024/a.jsonl", "2024/b.jsonl.gz", "2024/c d.txt", "2024/f.parquet", "other.txt"]
    assert keys("s3://news") == keys("s3://news/") == everything
    assert keys("s3://news/2024") == keys("s3://news/2024/") == everything[:4]
    assert keys("s3://news/other.txt") == ["other.txt"]
    assert keys("s3://news/20*/*.jsonl*") == everything[:2]
    found = find_inputs(["s3://news/2024"])
    assert [(one.source_uri, one.reason) for one in found.rejects] == [("s3://news/2024/e.pdf", "unknown_format")]
    assert found.roots[0].covers("s3://news/2024/gone.txt")
    assert not found.roots[0].covers("s3://news/other.txt")


@pytest.mark.parametrize("name", ["a.jsonl", "b.jsonl.gz", "f.parquet", "c d.txt"])
def test_objects_are_read_as_files_are_and_in_parts(name: str, server: tuple[str, Path]) -> None:
    (one,) = find_inputs([f"s3://news/2024/{name}"]).inputs
    (local,) = find_inputs([str(server[1] / "2024" / name)]).inputs
    read = [record for record in read_records(one) if isinstance(record, RawRecord)]
    assert [record.body for record in read] == [record.body for record in read_records(local) if isinstance(record, RawRecord)]
    slices = slice_input(one, Limits(2 if one.format == "parquet" else 100, 2000), Reading())
    assert len(slices) > 1 or one.format == "txt"
    assert [record for part in slices for record in read_records(one, part=part.part)] == read


def test_a_change_is_seen_by_what_the_bucket_says(server: tuple[str, Path]) -> None:
    path = server[1] / "changing.txt"
    stamps = []
    for text in ("One.", "One.", "Two."):
        path.write_text(text)
        (one,) = find_inputs(["s3://news/changing.txt"]).inputs
        stamps.append((content_hash(one), one.byte_count))
    path.unlink()
    assert stamps[0] == stamps[1] != stamps[2]


def test_what_is_wrong_is_told_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_inputs(["s3://nowhere/x", "s3://news/none.txt", "s3://"])
    assert [(root.state, root.refusal != "") for root in found.roots] == [("refused", True), ("missing", True), ("refused", True)]
    assert "NoSuchBucket" in found.roots[0].refusal
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrongwrongwrong")
    buckets._store.cache_clear()
    (refusal,) = [root.refusal for root in find_inputs(["s3://news"]).roots]
    assert "SignatureDoesNotMatch" in refusal
    for secret in (SECRET, KEY, "wrongwrong"):
        assert secret not in refusal + repr(found)


def test_credentials_of_a_profile_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "credentials").write_text(f"[work]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
    (tmp_path / "config").write_text("[profile work]\nregion = eu-west-1\n")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert keys("s3://news/other.txt") == ["other.txt"]
