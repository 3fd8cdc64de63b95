"""docs/data-dictionary.md is what the declared tables say."""

from pathlib import Path

import pytest

from warehouse.dictionary import data_dictionary, main
from warehouse.marts import marts
from warehouse.schema.tables import TABLES

WRITTEN = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_written_dictionary_is_up_to_date() -> None:
    again = "python -m warehouse.dictionary > docs/data-dictionary.md"
    assert WRITTEN.read_text(encoding="utf-8") == data_dictionary(), f"write it anew: {again}"


def test_command_writes_the_dictionary(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert capsys.readouterr().out == data_dictionary()


def test_every_column_is_described() -> None:
    text = data_dictionary()
    for table, schema in TABLES.items():
        assert f"### {table}\n" in text
        assert all(column.description for column in schema.columns().values()), table
    for mart in marts():
        assert f"### {mart.name}\n" in text
