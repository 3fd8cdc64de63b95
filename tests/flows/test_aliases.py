"""A user's file of aliases: what it may look like, and what a mistake in it is answered with."""

from pathlib import Path

import pytest

from flows.aliases import read_aliases
from warehouse.schema.errors import UsageError


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "aliases.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_columns_may_stand_in_any_order_beside_others(tmp_path: Path) -> None:
    path = written(tmp_path, '# mine\n\ncanonical_id,note,seed_id\norg:front,"rebels, all of them",org:rebels\n')
    assert read_aliases(path) == {"org:rebels": "org:front"}


def test_a_file_as_spreadsheets_save_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbfseed_id,canonical_id\r\norg:rebels,org:front\r\n\r\n")
    assert read_aliases(path) == {"org:rebels": "org:front"}


def test_a_file_with_names_of_columns_alone_means_no_aliases(tmp_path: Path) -> None:
    assert read_aliases(written(tmp_path, "seed_id,canonical_id\n")) == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "aliases.csv: no line in it"),
        ("from,to\norg:a,org:b\n", "aliases.csv:1: no column seed_id and no column canonical_id"),
        ("seed_id,canonical_id\norg:a\n", "aliases.csv:2: 1 fields, but 2 columns"),
        ("seed_id,canonical_id\norg:a,org:b\n\n,org:b\n", "aliases.csv:4: '' is no entity_id"),
        ("seed_id,canonical_id\nThe Rebels,org:b\n", "aliases.csv:2: 'The Rebels' is no entity_id"),
        ("seed_id,canonical_id\norg:a,org:a\n", "aliases.csv:2: org:a would replace itself"),
        ("seed_id,canonical_id\norg:a,org:b\norg:a,org:c\n", "aliases.csv:3: org:a became org:b in line 2"),
        ("seed_id,canonical_id\norg:a,org:b\norg:b,org:c\n", "aliases.csv:2: org:b is itself replaced, in line 3. Point org:a at"),
        (b"PK\x03\x04\x00\x00\x00\x00\xff\xfe\x00\x00\x00\x01", "is no text"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(UsageError) as told:
        read_aliases(written(tmp_path, content))
    assert said in str(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.csv: the file of aliases cannot be read: No such file"):
        read_aliases(tmp_path / "none.csv")
