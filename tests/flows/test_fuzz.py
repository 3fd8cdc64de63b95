"""Damaged inputs of every format: each record is a document or within a reject, and nothing raises."""

import csv
import gzip
import io
import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from flows.batches import Limits, slice_input
from flows.fields import Reading
from flows.inputs import find_inputs
from flows.records import RejectedRecord, read_records
from transforms.clean import clean
from transforms.document import RawRecord, Rejected
from transforms.unmarked import unmarked
from warehouse.schema.vocabulary import REJECT_REASONS

READING = Reading(record_bytes=4000, document_characters=2000)
ODD = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r",
    b"\xe2\x80\xa8",
    b"\\ud800",
    b"[" * 300,
    b"9" * 400,
    b'"',
    b"}",
    b"\n",
    b",",
    b"<",
)


def _rows(count: int) -> list[dict[str, str]]:
    return [
        {"id": f"m{number}", "title": f"T{number}", "text": f"Talks, m{number} [held].\nThey agreed."} for number in range(count)
    ]


def _csv(delimiter: str) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerows([["id", "title", "text"], *(list(row.values()) for row in _rows(8))])
    return stream.getvalue().encode()


def _parquet() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(_rows(8)), sink, row_group_size=3)
    return sink.getvalue().to_pybytes()


SOURCES: dict[str, Callable[[], bytes]] = {
    "a.txt": lambda: b"Talks held in Baku, m0.\n\nThey agreed to meet again.",
    "a.md": lambda: b"# Talks\n\nHeld in *Baku*, [m0](x).",
    "a.html": lambda: (
        b"<html><body><article><h1>Talks</h1><p>The ministers met in Baku on Tuesday, m0.</p></article></body></html>"
    ),
    "a.jsonl": lambda: b"\n".join(json.dumps(row).encode() for row in _rows(8)),
    "a.json": lambda: json.dumps({"articles": _rows(8)}).encode(),
    "b.json": lambda: json.dumps(_rows(8), indent=1).encode(),
    "a.csv": lambda: _csv(","),
    "a.tsv": lambda: _csv("\t"),
    "a.parquet": _parquet,
}
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": lambda data: zstandard.ZstdCompressor().compress(data),
}


def _damaged(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randrange(3)):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(5)
        if kind == 0:
            data = data[:at]
        elif kind == 1 and at < len(data):
            data = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        elif kind == 2:
            data = data[:at] + chance.choice(ODD) + data[at:]
        elif kind == 3:
            data = data[:at] + data[at + chance.randrange(40) :]
        else:
            data = data[:at] + data[chance.randrange(len(data) + 1) :]
    return data


def _read_all(path: Path) -> None:
    (one,) = find_inputs([str(path)]).inputs
    items = list(read_records(one, READING))
    assert items
    assert len({(item.record_index, item.byte_offset) for item in items}) == len(items)
    rejects = [item for item in items if isinstance(item, RejectedRecord)]
    reasons: list[str] = []
    for item in items:
        if isinstance(item, RawRecord):
            try:
                clean(unmarked(item, READING.html_depth), longest=READING.document_characters)
            except Rejected as refusal:
                reasons.append(refusal.reason)
    assert all(item.reason in REJECT_REASONS and item.message.encode() for item in rejects)
    assert set(reasons) <= set(REJECT_REASONS)
    indexes = [item.record_index for item in items]
    # What is no document is a reject in its place; a row group of Parquet that breaks off has one reject for all its rows.
    assert indexes == sorted(set(indexes))
    assert one.format == "parquet" or indexes == list(range(len(items)))
    slices = slice_input(one, Limits(3, 150), READING)
    parts = [record for part in slices for record in read_records(one, READING, part=part.part)]
    assert [(item.record_index, type(item)) for item in parts] == [(item.record_index, type(item)) for item in items]


def _fuzz(folder: Path, rounds: range) -> None:
    names = sorted(SOURCES)
    for number in rounds:
        chance = random.Random(number)
        name = chance.choice(names)
        packer = "" if name.endswith(".parquet") else chance.choice(sorted(PACKERS))
        data = SOURCES[name]()
        data = _damaged(PACKERS[packer](_damaged(data, chance)), chance)
        if chance.random() < 0.05:
            data = data.decode("latin-1").encode("utf-16")
        path = folder / f"{name}{packer}"
        path.write_bytes(data)
        try:
            _read_all(path)
        except Exception as error:
            raise AssertionError(f"round {number}, {path.name}: {type(error).__name__}: {error}") from error
        path.unlink()


def test_five_hundred_damaged_inputs_are_accounted_for(tmp_path: Path) -> None:
    _fuzz(tmp_path, range(500))


@pytest.mark.slow
def test_further_damaged_inputs_are_accounted_for(tmp_path: Path) -> None:
    _fuzz(tmp_path, range(500, int(os.environ.get("FUZZ_ROUNDS", "1500"))))  # FUZZ_ROUNDS=10000 for all of them


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "b.json", "a.csv"])
def test_every_marker_is_in_a_document_or_in_a_reject(name: str, tmp_path: Path) -> None:
    for number in range(40):
        data = bytearray(SOURCES[name]())
        data[random.Random(number).randrange(len(data))] ^= 4
        path = tmp_path / name
        path.write_bytes(data)
        (one,) = find_inputs([str(path)]).inputs
        kept = b"".join(
            (record.raw if isinstance(record, RejectedRecord) else f"{record.record_id} {record.body}".encode())
            for record in read_records(one, READING)
        )
        damaged = sum(f"m{marker} [held]".encode() not in kept for marker in range(8))
        assert damaged <= 1, number
