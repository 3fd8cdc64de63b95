"""Warehouses for the tests, made as a run makes them."""

import shutil
from pathlib import Path

import pytest

from tests.warehouse.newsroom import RAID, TALKS, UNDATED, VISIT, Load, Placed, put, reject_row
from warehouse.publish import publish


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A folder for a warehouse, with a name that would break careless SQL."""
    return tmp_path / "Łukasz's data"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse that `stocked` is a copy of; making it takes longer than copying it."""
    made = tmp_path_factory.mktemp("template") / "data"
    first = [Placed(VISIT, "/in/a.txt"), Placed(RAID, "/in/b.txt", url="https://example.org/raid")]
    second = [Placed(TALKS, "/in/c.jsonl", 0), Placed(VISIT, "/in/c.jsonl", 1), Placed(UNDATED, "/in/c.jsonl", 2)]
    put(made, Load([first, second], rejects=[reject_row("/in/c.jsonl", 3)]))
    return made


@pytest.fixture
def stocked(template: Path, warehouse: Path) -> Path:
    """A warehouse of four documents, not published; VISIT stands in a.txt and in c.jsonl, and c.jsonl has a reject."""
    shutil.copytree(template, warehouse)
    return warehouse


@pytest.fixture
def published(stocked: Path) -> Path:
    """`stocked`, published."""
    publish(stocked)
    return stocked
