"""Every format beside .txt and .jsonl: the records that stand in it, whatever its dialect, and what is wrong with the others."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.batches import Limits, slice_input
from flows.fields import Reading
from flows.inputs import find_inputs
from flows.records import RejectedRecord, read_records
from transforms.clean import clean
from transforms.document import RawRecord
from transforms.unmarked import unmarked

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".zst": lambda data: zstandard.ZstdCompressor().compress(data),
}


def read(path: Path, data: bytes, **bounds: Any) -> list[RawRecord | RejectedRecord]:
    path.write_bytes(data)
    (item,) = find_inputs([str(path)]).inputs
    return list(read_records(item, Reading(**bounds)))


def good(items: list[RawRecord | RejectedRecord]) -> list[RawRecord]:
    return [item for item in items if isinstance(item, RawRecord)]


def bodies(items: list[RawRecord | RejectedRecord]) -> list[str]:
    return [str(item.body) for item in good(items)]


def reasons(items: list[RawRecord | RejectedRecord]) -> list[str]:
    return [item.reason for item in items if isinstance(item, RejectedRecord)]


ARTICLES = [{"id": number, "title": f"T{number}", "text": f'Talks {number}, [held] {{here}} "again".'} for number in range(5)]
TEXTS = [one["text"] for one in ARTICLES]


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize(
    "value",
    [
        ARTICLES,
        {"status": "ok", "tags": [1, "a", []], "articles": ARTICLES, "facets": [{"name": "x"}]},
        {"response": {"facets": [{"name": "x"}, {"text": 0}], "docs": ARTICLES[:3], "more": ARTICLES[3:]}},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_file_gives_the_objects_of_its_array(tmp_path: Path, suffix: str, value: Any, indent: int | None) -> None:
    data = b"\xef\xbb\xbf" + json.dumps(value, indent=indent).encode()
    items = read(tmp_path / f"a.json{suffix}", PACKERS[suffix](data))
    assert bodies(items) == TEXTS
    assert not reasons(items)
    assert [json.loads(data[one.byte_offset : one.byte_offset + len(one.raw)])["id"] for one in good(items)] == [0, 1, 2, 3, 4]


def test_a_json_file_may_be_one_record_or_records_one_after_the_other(tmp_path: Path) -> None:
    record = {"related": [{"text": "elsewhere"}], "text": "here"}
    assert bodies(read(tmp_path / "a.json", json.dumps(record).encode())) == ["here"]
    assert bodies(read(tmp_path / "b.json", "\n".join(map(json.dumps, ARTICLES)).encode())) == TEXTS
    assert bodies(read(tmp_path / "c.json", json.dumps(ARTICLES[0], indent=1).encode() * 2)) == TEXTS[:1] * 2
    assert reasons(read(tmp_path / "d.json", b'{"a": [1, 2], "b": {}}')) == ["no_text"]
    assert reasons(read(tmp_path / "e.json", b"[]")) == ["empty"]
    assert reasons(read(tmp_path / "f.json", b'[1, "x", null]')) == ["not_a_record"] * 3


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"text": "no end}', "bad_json"),
        ('{"text": nothing}', "bad_json"),
        ('{"text": ["a"}', "bad_json"),
        ('{"text": "a"]', "bad_json"),
        ('{"a": {"text": "x"}', "bad_json"),
        ("7", "not_a_record"),
        ('{"text": ' + "[" * 200 + "]" * 200 + "}", "too_deep"),
        ('{"text": "' + "x" * 3000 + '"}', "too_large"),
    ],
)
def test_a_broken_record_of_a_json_costs_only_itself(tmp_path: Path, broken: str, reason: str) -> None:
    records = [json.dumps(one) for one in ARTICLES]
    data = f"[{', '.join([*records[:2], broken, *records[2:]])}]".encode()
    items = read(tmp_path / "a.json", data, record_bytes=2000)
    assert bodies(items) == TEXTS
    assert reasons(items)[0] == reason


def test_a_json_that_ends_early_gives_what_was_whole(tmp_path: Path) -> None:
    data = json.dumps(ARTICLES).encode()
    assert bodies(read(tmp_path / "a.json", data[:-40])) == TEXTS[:4]
    for cut in (1, 40):
        assert reasons(read(tmp_path / "a.json", data[:-cut])) == ["bad_json"]
    assert reasons(read(tmp_path / "b.json.gz", gzip.compress(data)[:-30])) == ["truncated"]


def table(rows: list[list[str]], **dialect: Any) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, **dialect).writerows(rows)
    return stream.getvalue().encode()


ROWS = [["id", "Title", "Text", "extra"], ["1", "A", 'One, "two";\r\nthree\n\nfour', ""], ["2", "B", "x|y\tz", "e"]]


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("a.csv", {}),
        ("a.csv", {"delimiter": ";", "lineterminator": "\n"}),
        ("a.csv", {"delimiter": "|"}),
        ("a.csv", {"quoting": csv.QUOTE_ALL}),
        ("a.csv", {"doublequote": False, "escapechar": "\\"}),
        ("a.tsv", {"delimiter": "\t"}),
    ],
)
def test_dialect_and_header_of_a_table_are_found(tmp_path: Path, suffix: str, name: str, dialect: Any) -> None:
    items = read(tmp_path / f"{name}{suffix}", PACKERS[suffix](table(ROWS, **dialect)))
    assert not reasons(items), items
    assert [(one.record_id, one.title, str(one.body).replace("\r\n", "\n")) for one in good(items)] == [
        ("1", "A", 'One, "two";\nthree\n\nfour'),
        ("2", "B", "x|y\tz"),
    ]


def test_tables_of_spreadsheets_and_old_systems_are_read(tmp_path: Path) -> None:
    data = table([["id", "text"], ["1", "Caffè; here"]], delimiter=";")
    for name, encoded in {
        "sep.csv": b"sep=;\r\n" + data,
        "bom.csv": b"\xef\xbb\xbf" + data,
        "utf16.csv": data.decode().encode("utf-16"),
        "latin.csv": data.decode().encode("latin-1"),
        "mac.csv": data.replace(b"\r\n", b"\r"),
    }.items():
        assert bodies(read(tmp_path / name, encoded)) == ["Caffè; here"], name


def test_bad_rows_of_a_table_are_rejected_in_their_place(tmp_path: Path) -> None:
    data = b'id,text\n1,one\n2,two,too,many\n3,"no end\n4,four\n5,"five"\n\n6,' + b"x" * 3000 + b"\n7,seven\n8\n"
    items = read(tmp_path / "a.csv", data, record_bytes=2000)
    assert bodies(items) == ["one", "four", "five", "seven"]
    assert reasons(items) == ["bad_csv", "bad_csv", "too_large", "no_text"]
    assert [one.record_index for one in items] == list(range(8))
    assert [data[one.byte_offset : one.byte_offset + 1] for one in items] == [b"%d" % number for number in range(1, 9)]
    assert reasons(read(tmp_path / "b.csv", table([["text", *"abcdef"], ["x"] * 7]), csv_columns=5)) == ["bad_csv"]


def parquet(rows: list[dict[str, Any]], **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink, **options)
    return sink.getvalue().to_pybytes()


def test_the_rows_of_a_parquet_file_are_records(tmp_path: Path) -> None:
    when = datetime(2024, 3, 19, 18, 30, tzinfo=UTC)
    rows = [{"guid": number, "content": f"Text {number}", "date": when, "source": {"name": "Wire"}} for number in range(100)]
    rows[7]["content"] = None
    items = read(tmp_path / "a.parquet", parquet(rows, row_group_size=30))
    assert [one.record_index for one in items] == list(range(100))
    assert reasons(items) == ["no_text"]
    first = good(items)[0]
    assert (first.record_id, first.body, first.publisher) == ("0", "Text 0", "Wire")
    assert clean(first).published_at == when


def test_what_is_no_parquet_file_is_a_reject(tmp_path: Path) -> None:
    whole = parquet([{"text": "x"}])
    for data in (b"", b"PAR1", whole[:-9], whole[20:], b"PAR1" + bytes(100) + b"PAR1", whole.replace(b"parquet", b"\xff" * 7)):
        items = read(tmp_path / "a.parquet", data)
        assert items
        assert set(reasons(items)) <= {"truncated", "empty"}, items


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.json", "a.json.zst", "a.csv", "a.csv.gz", "a.parquet"])
@given(
    texts=st.lists(st.text(alphabet='x é"\\,{}[]\n\r\u2028', max_size=8), min_size=1, max_size=9),
    byte_count=st.integers(1, 90),
    documents=st.integers(1, 4),
)
@settings(max_examples=15, deadline=None)
def test_parts_give_the_records_of_the_whole(name: str, texts: list[str], byte_count: int, documents: int) -> None:
    rows = [{"id": str(number), "text": f"t{text}."} for number, text in enumerate(texts)]
    kind, _, packer = name.removeprefix("a.").partition(".")
    data = {
        "jsonl": lambda: "\n".join(map(json.dumps, rows)).encode(),
        "json": lambda: json.dumps({"n": 1, "records": rows, "more": rows}).encode(),
        "csv": lambda: table([["id", "text"], *([one["id"], one["text"]] for one in rows)]),
        "parquet": lambda: parquet(rows, row_group_size=2),
    }[kind]()
    with TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(PACKERS[f".{packer}" if packer else ""](data))
        (one,) = find_inputs([folder]).inputs
        whole = list(read_records(one))
        slices = slice_input(one, Limits(documents, byte_count), Reading())
        assert [record for part in slices for record in read_records(one, part=part.part)] == whole
        assert sum(part.byte_count for part in slices) == one.byte_count
    assert len(good(whole)) == len(rows) * (2 if kind == "json" else 1)
    assert not reasons(whole)


PAGE = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="windows-1251"><title>Talks held in Baku | Trend</title>
<meta property="og:site_name" content="Trend"><meta property="article:published_time" content="2024-03-19T21:30:00+03:00">
<link rel="canonical" href="https://trend.example/a"></head><body><nav><a href="/">Home</a></nav><article>
<h1>Talks held in Baku</h1><p>The ministers of Azerbaijan and Kazakhstan met in Baku on Tuesday and signed an agreement.</p>
<p>«We are glad», the minister said. They agreed to meet again in Астана.</p></article><footer>Copyright</footer></body></html>"""


def test_the_article_of_a_page_is_read_with_what_the_page_says_of_it(tmp_path: Path) -> None:
    (record,) = good(read(tmp_path / "a.html", PAGE.encode("cp1251")))
    document = clean(record)
    assert document.text.split("\n\n") == [
        "Talks held in Baku",
        "The ministers of Azerbaijan and Kazakhstan met in Baku on Tuesday and signed an agreement.",
        "«We are glad», the minister said. They agreed to meet again in Астана.",
    ]
    assert (document.title, document.publisher, document.language) == ("Talks held in Baku", "Trend", "en")
    assert document.published_at == datetime(2024, 3, 19, 18, 30, tzinfo=UTC)
    assert unmarked(record).url == "https://trend.example/a"


MARKDOWN = """---
title: "Talks held"
date: 2024-03-19
---
# Talks held

The *ministers* of **Azerbaijan** [met](https://x.example/a_(b)) in `Baku`[^1]. ![A map](m.png)
They said: 2 * 3 = 6, snake_case and 5\\* hotels.

Second part
-----------

> A quotation
> goes on.

* one <https://y.example>
+ [x] two

| a | b |
|---|---|
| 1 | 2 |

[^1]: A note.
"""


def test_the_marks_of_markdown_go_and_its_words_stay(tmp_path: Path) -> None:
    (record,) = good(read(tmp_path / "a.md", MARKDOWN.encode()))
    document = clean(record)
    assert (document.title, str(document.published_date)) == ("Talks held", "2024-03-19")
    assert [block.split("\n") for block in document.text.split("\n\n")] == [
        ["Talks held"],
        [
            "The ministers of Azerbaijan met in Baku. A map",
            "They said: 2 * 3 = 6, snake_case and 5* hotels.",
        ],
        ["Second part"],
        ["A quotation", "goes on."],
        ["- one https://y.example", "- two"],
        ["| a | b |", "| 1 | 2 |"],
        ["A note."],
    ]
