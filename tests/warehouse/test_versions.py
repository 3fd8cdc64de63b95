"""Corrections: which document is a later version of which, whatever order they come in, and that marts use the latest."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.warehouse.newsroom import Load, Placed, Story, put
from tests.warehouse.test_duplicates import DAY, counted, report
from warehouse.lake import open_lake
from warehouse.remove import remove_inputs
from warehouse.verify import verify


def version(number: int, day: date = DAY) -> Story:
    """The same report with ever more words changed: too many to be a near-duplicate, enough to know it again."""
    return report(7, day, changed=20 * number)


def supersedes(warehouse: Path) -> dict[str, str | None]:
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return dict(connection.execute("SELECT document_id, supersedes FROM lake.documents").fetchall())


def assert_whole(warehouse: Path) -> None:
    assert [(c.name, c.detail) for c in verify(warehouse) if not c.passed and not c.name.startswith("newsmill.duckdb")] == []


@pytest.mark.slow
@pytest.mark.parametrize("order", [(2, 0, 1), (1, 2, 0), None])
def test_the_same_record_with_new_text_supersedes_in_any_order(warehouse: Path, order: tuple[int, ...] | None) -> None:
    placed = [Placed(version(n, DAY + timedelta(n)), f"/in/{n}.jsonl", 3, own_id="A-17") for n in range(3)]
    other = Placed(report(8), "/in/9.jsonl", 3, own_id="A-18")
    if order is None:
        put(warehouse, Load([[*placed, other]]))
    else:
        put(warehouse, Load([[other]]), "run-0")
        for number in order:
            put(warehouse, Load([[placed[number]]]), f"run-{number + 1}")
    ids = [one.story.document_id for one in placed]
    assert supersedes(warehouse) == {ids[0]: None, ids[1]: ids[0], ids[2]: ids[1], other.story.document_id: None}
    assert_whole(warehouse)
    found = counted(warehouse, "SELECT document_id FROM event_facts ORDER BY 1")
    assert found == sorted([(ids[2],), (other.story.document_id,)])
    assert counted(warehouse, "SELECT count(*) FROM event_facts_all") == [(4,)]


@pytest.mark.slow
def test_a_removed_version_gives_way_to_the_one_before(warehouse: Path) -> None:
    ids = []
    for number in range(3):
        placed = Placed(version(number, DAY + timedelta(number)), f"/in/{number}.jsonl", own_id="A-17")
        ids.append(placed.story.document_id)
        put(warehouse, Load([[placed]]), f"run-{number}")
    remove_inputs(warehouse, ["/in/1.jsonl"], "run-4")
    assert supersedes(warehouse) == {ids[0]: None, ids[2]: ids[0]}
    remove_inputs(warehouse, ["/in/2.jsonl"], "run-5")
    assert counted(warehouse, "SELECT document_id FROM event_facts") == [(ids[0],)]
    assert_whole(warehouse)


def test_a_file_that_changed_holds_the_new_text_only(warehouse: Path) -> None:
    put(warehouse, Load([[Placed(version(0), "/in/a.jsonl", own_id="A-17")]]), "run-1")
    put(warehouse, Load([[Placed(version(1), "/in/a.jsonl", own_id="A-17")]]), "run-2", content="2")
    assert supersedes(warehouse) == {version(1).document_id: None}


def test_a_near_duplicate_that_corrects_counts_and_the_corrected_one_does_not(warehouse: Path) -> None:
    first, corrected = report(9), report(9, changed=3)
    put(warehouse, Load([[Placed(first, "/in/1.jsonl", own_id="x"), Placed(corrected, "/in/2.jsonl", own_id="x")]]))
    found = counted(warehouse, "SELECT document_id, canonical_id, is_canonical, superseded_by FROM canonical_documents")
    last = corrected.document_id
    assert sorted(found) == sorted([(first.document_id, last, False, last), (last, last, True, None)])


def test_the_web_address_names_a_record_too(warehouse: Path) -> None:
    url = "https://example.org/story"
    put(warehouse, Load([[Placed(version(0), "/in/1.html", url=url), Placed(version(1), "/in/2.html", url=url)]]))
    assert supersedes(warehouse)[version(1).document_id] == version(0).document_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Placed(report(1), "/in/1.jsonl", own_id="5"), Placed(report(2), "/in/2.jsonl", own_id="5")),  # numbered anew every day
        (Placed(version(0), "/in/1.jsonl", 4), Placed(version(1), "/in/2.jsonl", 4)),  # the number in the file is no id
        (Placed(version(0), "/in/1.jsonl", own_id="5"), Placed(version(1), "/in/2.jsonl", own_id="6")),
        (Placed(version(0), "/in/1.jsonl", url=""), Placed(version(1), "/in/2.jsonl", url="")),
    ],
)
def test_other_records_are_no_versions(warehouse: Path, one: Placed, other: Placed) -> None:
    put(warehouse, Load([[one, other]]))
    assert set(supersedes(warehouse).values()) == {None}
