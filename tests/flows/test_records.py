"""Reading records: whatever the bytes, what can be read is given and the rest is a reject in its place."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.fields import Reading
from flows.inputs import find_inputs
from flows.records import RejectedRecord, read_records
from flows.streams import read_lines
from transforms.document import RawRecord


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


PACKERS: dict[str, Callable[[bytes], bytes]] = {"": lambda data: data, ".gz": gzip.compress, ".zst": zstd}


def read(path: Path, data: bytes, limit: int = 1 << 20) -> list[RawRecord | RejectedRecord]:
    path.write_bytes(data)
    (item,) = find_inputs([str(path)]).inputs
    return list(read_records(item, Reading(record_bytes=limit)))


def good(items: list[RawRecord | RejectedRecord]) -> list[RawRecord]:
    return [item for item in items if isinstance(item, RawRecord)]


def reasons(items: list[RawRecord | RejectedRecord]) -> list[tuple[int, int, str]]:
    return [(i.record_index, i.byte_offset, i.reason) for i in items if isinstance(i, RejectedRecord)]


def line(**fields: object) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_text_file_is_one_record_of_bytes(tmp_path: Path, suffix: str) -> None:
    data = "Zürich\r\n".encode("latin-1")
    (record,) = good(read(tmp_path / f"a.txt{suffix}", PACKERS[suffix](data)))
    assert (record.body, record.record_id, record.record_index, record.byte_offset) == (data, "0", 0, 0)


@pytest.mark.parametrize("suffix", PACKERS)
def test_lines_are_records_with_their_offsets_and_blank_lines_none(tmp_path: Path, suffix: str) -> None:
    data = b"\xef\xbb\xbf" + line(id="a", text="Ä") + b"\r\n \n" + line(text="two") + line(text="three").strip()
    records = good(read(tmp_path / f"a.jsonl{suffix}", PACKERS[suffix](data)))
    assert [(r.record_id, r.record_index, r.body) for r in records] == [("a", 0, "Ä"), ("1", 1, "two"), ("2", 2, "three")]
    assert [data[r.byte_offset :].split(b"\n")[0].strip() for r in records[1:]] == [
        line(text="two").strip(),
        line(text="three").strip(),
    ]


def test_fields_are_found_by_their_usual_names(tmp_path: Path) -> None:
    wire = line(guid=17, Headline=" H ", content="B", pubDate=1710873000, source={"id": 1, "name": "Wire"}, link="u", lang="en-GB")
    list_body = line(uid=1.5, text=None, body=["one", "two"], published_at="2024-03-19", outlet="O", language="de", url="v")
    first, second = good(read(tmp_path / "a.ndjson", wire + list_body))
    assert first == RawRecord(
        first.source_uri, 0, 0, "17", "B", "H", "u", "Wire", "en-GB", "1710873000", wire.strip(), "jsonl", "line at byte 0"
    )
    assert (second.record_id, second.body, second.published, second.publisher) == ("1.5", "one\n\ntwo", "2024-03-19", "O")


def test_bad_lines_are_rejected_in_their_place_and_the_next_go_on(tmp_path: Path) -> None:
    lines = [
        line(text="first"),
        b"{not json\n",
        b"[1, 2]\n",
        line(title="no text"),
        line(text="  "),
        b"[" * 100_000 + b"\n",
        b'{"id": ' + b"9" * 5000 + b', "text": "x"}\n',
        line(text="last"),
    ]
    items = read(tmp_path / "a.jsonl", b"".join(lines))
    offsets = [sum(map(len, lines[:i])) for i in range(len(lines))]
    assert [r.body for r in good(items)] == ["first", "last"]
    assert reasons(items) == [
        (1, offsets[1], "bad_json"),
        (2, offsets[2], "not_a_record"),
        (3, offsets[3], "no_text"),
        (4, offsets[4], "no_text"),
        (5, offsets[5], "too_deep"),
        (6, offsets[6], "bad_json"),
    ]
    for item in items:
        if isinstance(item, RejectedRecord):
            assert f"byte {item.byte_offset}" in item.message
            assert lines[item.record_index].startswith(item.raw)
            assert 0 < len(item.raw) <= 4096


def test_a_line_that_is_not_utf8_and_halves_of_surrogates_are_read(tmp_path: Path) -> None:
    records = good(read(tmp_path / "a.jsonl", b'{"text": "caf\xe9"}\n{"text": "\\ud83d\\ude00 \\ud800x"}\n'))
    assert [r.body for r in records] == ["café", "😀 �x"]


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.txt.gz", "a.jsonl.zst"])
def test_an_empty_file_is_a_reject(tmp_path: Path, name: str) -> None:
    assert reasons(read(tmp_path / name, b"")) == [(0, 0, "empty")]


def test_a_file_of_blank_lines_is_empty(tmp_path: Path) -> None:
    assert reasons(read(tmp_path / "a.jsonl", b"\n \r\n\n")) == [(0, 0, "empty")]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_truncated_stream_gives_what_was_read_and_one_reject(tmp_path: Path, suffix: str) -> None:
    data = b"".join(line(id=i, text=f"{hash((i, 7)) % 10**18} and {i * 7919 % 10**6}") for i in range(20_000))
    packed = PACKERS[suffix](data)
    items = read(tmp_path / f"a.jsonl{suffix}", packed[: len(packed) * 2 // 3])
    count = len(good(items))
    assert 1000 < count < 20_000
    assert [r.record_id for r in good(items)] == [str(i) for i in range(count)]
    ((index, offset, reason),) = reasons(items)
    assert (index, reason) == (count, "truncated")
    assert data[:offset].count(b"\n") == count
    assert isinstance(items[-1], RejectedRecord)
    assert str(count) in items[-1].message


def test_damage_in_a_gzip_loses_only_what_stands_behind_it(tmp_path: Path) -> None:
    first = b"".join(line(id=i, text="good") for i in range(50))
    items = read(tmp_path / "a.jsonl.gz", gzip.compress(first) + b"this is no gzip member")
    assert len(good(items)) == 50
    assert reasons(items) == [(50, len(first), "truncated")]


def test_a_whole_last_record_counts_though_the_stream_ends_early(tmp_path: Path) -> None:
    data = line(text="one") + line(text="two").strip()
    items = read(tmp_path / "a.jsonl.gz", gzip.compress(data)[:-4])
    assert [r.body for r in good(items)] == ["one", "two"]
    assert reasons(items) == [(2, len(data), "truncated")]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_truncated_text_file_gives_only_a_reject(tmp_path: Path, suffix: str) -> None:
    items = read(tmp_path / f"a.txt{suffix}", PACKERS[suffix](b"Some text. " * 100)[:-5])
    assert not good(items)
    assert reasons(items) == [(0, 0, "truncated")]


def test_a_file_that_only_claims_to_be_compressed_is_a_reject(tmp_path: Path) -> None:
    assert reasons(read(tmp_path / "a.txt.gz", b"plain text")) == [(0, 0, "truncated")]
    assert reasons(read(tmp_path / "a.jsonl.zst", line(text="x"))) == [(0, 0, "truncated")]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_members_and_frames_one_after_the_other_are_one_stream(tmp_path: Path, suffix: str) -> None:
    pack = PACKERS[suffix]
    records = good(
        read(tmp_path / f"a.jsonl{suffix}", pack(line(text="one") + b'{"text"') + pack(b': "two"}\n') + pack(line(text="three")))
    )
    assert [r.body for r in records] == ["one", "two", "three"]


def test_a_record_over_the_limit_is_rejected_and_the_next_goes_on(tmp_path: Path) -> None:
    long = line(text="x" * 3_000_000)
    items = read(tmp_path / "a.jsonl", line(text="one") + long + line(text="two"), limit=100_000)
    assert [r.body for r in good(items)] == ["one", "two"]
    assert reasons(items) == [(1, len(line(text="one")), "too_large")]
    assert reasons(read(tmp_path / "b.jsonl", long.strip(), limit=100_000)) == [(0, 0, "too_large")]
    assert reasons(read(tmp_path / "b.txt", b"x" * 100_001, limit=100_000)) == [(0, 0, "too_large")]


def test_lines_over_the_limit_are_never_held() -> None:
    held = [len(item.data) for item in read_lines(iter([b"x" * 50_000] * 100 + [b"\nshort"]), limit=60_000)]
    assert held == [4096, 5]


def test_a_file_that_is_gone_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"text")
    (item,) = find_inputs([str(path)]).inputs
    path.unlink()
    assert reasons(list(read_records(item))) == [(0, 0, "missing")]


@given(st.lists(st.binary(max_size=40), max_size=30), st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_lines_are_those_of_the_stream_however_it_is_cut(pieces: list[bytes], limit: int) -> None:
    data = b"".join(pieces)
    found = list(read_lines(iter(pieces), limit))
    expected = data.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert [item.byte_count for item in found] == [len(item) for item in expected]
    assert all(data[item.byte_offset :].startswith(item.data) for item in found)
    assert all(item.data == item_data for item, item_data in zip(found, expected, strict=True) if len(item_data) <= limit)


@given(
    st.binary(max_size=300),
    st.sampled_from(["a.txt", "a.jsonl", "a.txt.gz", "a.jsonl.gz", "a.jsonl.zst", "a.json", "a.csv", "a.tsv.gz", "a.parquet"]),
)
@settings(max_examples=80, deadline=None)
def test_no_bytes_raise(data: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        items = read(Path(folder) / name, data)
    assert items
    assert len({(item.record_index, item.byte_offset) for item in items}) == len(items)
