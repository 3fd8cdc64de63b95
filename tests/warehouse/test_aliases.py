"""The user's merges of entities, filled as docs/how-it-works/warehouse.md shows it."""

import re
from pathlib import Path

import pytest

from tests.warehouse.newsroom import RAID, Load, Placed, put
from warehouse.publish import publish
from warehouse.query import connect

PAGE = Path(__file__).parents[2] / "docs" / "how-it-works" / "warehouse.md"


def rebels(warehouse: Path) -> list[str]:
    """Ids of organisations in the mart entities."""
    with connect(warehouse) as connection:
        found = connection.execute("SELECT entity_id FROM entities WHERE entity_id LIKE 'org:%'").fetchall()
    return [row[0] for row in found]


def test_program_on_the_page_merges_entities_now_and_in_later_runs(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published.rename(published.parent / "data")
    data = published.parent / "data"
    monkeypatch.chdir(data.parent)
    publish(data)
    assert rebels(data) == ["org:rebels"]
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(program, PAGE.name, "exec"), {})
    assert rebels(data) == ["org:liberation-front"]
    put(data, Load([[Placed(RAID, "/in/again.txt")]]), "run-2", recoded=True)
    publish(data)
    assert rebels(data) == ["org:liberation-front"]
