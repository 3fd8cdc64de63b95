"""Finding inputs: what is named, what is not, and what --prune may look at."""

import os
from hashlib import blake2b
from pathlib import Path

import pytest

from flows.inputs import Found, absolute, content_hash, find_inputs
from warehouse.schema.errors import GiveUp


def write(path: Path, content: bytes = b"text") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(found: Found) -> list[str]:
    return [item.path.name for item in found.inputs]


def test_folders_are_read_recursively_in_sorted_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.jsonl", "sub/c.ndjson.gz", "sub/d.txt.zst", ".hidden.txt", ".git/e.txt"):
        write(tmp_path / name)
    found = find_inputs([str(tmp_path)])
    assert names(found) == ["a.jsonl", "b.txt", "c.ndjson.gz", "d.txt.zst"]
    assert [(item.format, item.compression) for item in found.inputs] == [
        ("jsonl", None),
        ("txt", None),
        ("jsonl", "gz"),
        ("txt", "zst"),
    ]
    assert not found.rejects
    assert [(root.kind, root.state) for root in found.roots] == [("folder", "found")]


def test_the_order_of_arguments_and_naming_a_file_twice_change_nothing(tmp_path: Path) -> None:
    a, b = write(tmp_path / "a.txt"), write(tmp_path / "b.txt")
    assert find_inputs([str(b), str(a), str(tmp_path), str(tmp_path / "*.txt")]).inputs == find_inputs([str(tmp_path)]).inputs


def test_size_and_time_are_those_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"12345")
    os.utime(path, ns=(0, 1_700_000_000_123_456_789))
    (item,) = find_inputs([str(path)]).inputs
    assert item.byte_count == 5
    assert item.modified_at.isoformat() == "2023-11-14T22:13:20.123456+00:00"
    assert item.source_uri == path.as_posix()


def test_relative_paths_get_the_same_name_as_absolute_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "in" / "a.txt")
    monkeypatch.chdir(tmp_path)
    assert find_inputs(["in/../in"]).inputs == find_inputs([str(tmp_path / "in")]).inputs


@pytest.mark.parametrize(
    ("argument", "state"),
    [
        ("nothing.txt", "missing"),
        ("no*.txt", "missing"),
        ("ftp://bucket/key.txt", "refused"),
        ("bad\0name", "refused"),
        ("", "refused"),
    ],
)
def test_what_is_not_there_is_a_reject_and_its_root_says_why(
    argument: str, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = find_inputs([argument])
    assert not found.inputs
    assert [reject.reason for reject in found.rejects] == ["missing"]
    assert [(root.state, root.refusal) for root in found.roots] == [(state, found.rejects[0].message)]


def test_what_is_no_path_covers_no_file() -> None:
    roots = find_inputs(["", "ftp://bucket/key.txt"]).roots
    assert not any(root.covers(uri) for root in roots for uri in ("/news/a.txt", "ftp://bucket/key.txt"))


def test_an_argument_is_made_absolute_unless_it_is_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/reader")
    given = ("in/*.txt", "~/news", "s3://bucket/key.txt", "")
    assert [absolute(one) for one in given] == [f"{tmp_path}/in/*.txt", "/home/reader/news", "s3://bucket/key.txt", ""]


@pytest.mark.parametrize("name", ["a.pdf", "noextension", "a.gz", "a.txt.bz2"])
@pytest.mark.parametrize("in_folder", [True, False])
def test_an_unknown_extension_is_a_reject_that_says_what_is_read(tmp_path: Path, name: str, in_folder: bool) -> None:
    path = write(tmp_path / name)
    write(tmp_path / "good.txt")
    found = find_inputs([str(tmp_path if in_folder else path)])
    (reject,) = found.rejects
    assert (reject.source_uri, reject.reason) == (path.as_posix(), "unknown_format")
    assert ".jsonl" in reject.message
    assert found.roots[0].refusal == ("" if in_folder else reject.message)
    assert names(found) == (["good.txt"] if in_folder else [])


def test_a_link_back_into_its_own_folder_is_a_reject_and_ends(tmp_path: Path) -> None:
    write(tmp_path / "sub" / "a.txt")
    (tmp_path / "sub" / "again").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "broken.txt").symlink_to(tmp_path / "gone.txt")
    found = find_inputs([str(tmp_path)])
    assert names(found) == ["a.txt"]
    assert {Path(reject.source_uri).name: reject.reason for reject in found.rejects} == {
        "again": "unreadable",
        "self": "unreadable",
        "broken.txt": "missing",
    }


def test_links_are_followed_within_the_named_input_and_nowhere_else(tmp_path: Path) -> None:
    write(tmp_path / "in" / "sub" / "a.txt")
    write(tmp_path / "far" / "c.txt")
    (tmp_path / "in" / "b.txt").symlink_to(tmp_path / "in" / "sub" / "a.txt")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "far")
    (tmp_path / "in" / "c.txt").symlink_to(tmp_path / "far" / "c.txt")
    (tmp_path / "named").symlink_to(tmp_path / "far")
    found = find_inputs([str(tmp_path / "in")])
    assert names(found) == ["b.txt", "a.txt"]
    assert [(Path(one.source_uri).name, one.reason) for one in found.rejects] == [("c.txt", "outside"), ("folder", "outside")]
    assert names(find_inputs([str(tmp_path / "named")])) == ["c.txt"]  # a link that is named is meant


def test_a_glob_does_not_climb_out_of_what_it_names(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.txt")
    write(tmp_path / "secret.txt")
    found = find_inputs([f"{tmp_path}/in/*/../../secret.txt", f"{tmp_path}/i*/../*.txt"])
    assert not found.inputs
    assert [one.reason for one in found.rejects] == ["outside", "outside"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert [reject.reason for reject in find_inputs([str(tmp_path)]).rejects] == ["unreadable"]


def test_globs_match_files_folders_and_depth(tmp_path: Path) -> None:
    for name in ("2024/01/a.txt", "2024/02/b.txt", "2025/01/c.txt", "2024/.x/d.txt", "e.txt"):
        write(tmp_path / name)
    assert names(find_inputs([str(tmp_path / "2024" / "**" / "*.txt")])) == ["a.txt", "b.txt"]
    assert names(find_inputs([str(tmp_path / "20*" / "01")])) == ["a.txt", "c.txt"]
    assert names(find_inputs([str(tmp_path / "*" / "0[12]" / "?.txt")])) == ["a.txt", "b.txt", "c.txt"]


def test_a_name_with_brackets_that_exists_is_taken_as_it_stands(tmp_path: Path) -> None:
    path = write(tmp_path / "a[1].txt")
    assert names(find_inputs([str(path)])) == ["a[1].txt"]


def test_an_empty_folder_is_an_empty_root(tmp_path: Path) -> None:
    assert [root.state for root in find_inputs([str(tmp_path)]).roots] == ["empty"]


def test_roots_cover_what_they_would_have_named(tmp_path: Path) -> None:
    folder, pattern = find_inputs([str(tmp_path / "in"), str(tmp_path / "20*" / "**" / "*.txt")]).roots
    base = tmp_path.as_posix()
    assert folder.covers(f"{base}/in/deep/a.txt")
    assert not folder.covers(f"{base}/inner/a.txt")
    assert pattern.covers(f"{base}/2024/01/a.txt")
    assert pattern.covers(f"{base}/2024/a.txt")
    assert not pattern.covers(f"{base}/2024/a.jsonl")
    assert not pattern.covers(f"{base}/other/2024/a.txt")


def test_content_hash_is_of_the_stored_bytes_and_fails_with_a_message(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"x" * 3_000_000)
    (item,) = find_inputs([str(path)]).inputs
    assert content_hash(item) == blake2b(b"x" * 3_000_000, digest_size=16).hexdigest()
    path.unlink()
    with pytest.raises(GiveUp, match=r"a\.txt: cannot be read"):
        content_hash(item)


def test_a_file_name_that_is_not_utf8_is_a_reject(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_bytes(b"text")
    (reject,) = find_inputs([str(tmp_path)]).rejects
    assert reject.reason == "unreadable"
    assert reject.source_uri.encode()
    assert reject.message.encode()
