"""Near-duplicates: which pairs are linked, that order makes no difference, and which document of a group counts."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.newsroom import AZE, RUS, Deed, Load, Placed, Story, put
from warehouse.duplicates import rows_per_band, spans
from warehouse.lake import open_lake
from warehouse.publish import publish
from warehouse.query import connect
from warehouse.remove import remove_inputs
from warehouse.signatures import jaccard, shingles, signature, signature_matrix
from warehouse.verify import verify

WORDS = ("river", "court", "bridge", "minister", "harvest", "signal", "winter", "copper", "market", "letter", "garden", "engine")
DAY = date(2024, 5, 6)


def report(seed: int, day: date | None = DAY, changed: int = 0, words: int = 120) -> Story:
    """A text of `words` words drawn by `seed` with its first `changed` words replaced, and one event."""
    drawn = random.Random(seed)
    text = [f"{drawn.choice(WORDS)}{drawn.randrange(50)}" for _ in range(words)]
    text[:changed] = [f"new{number}" for number in range(changed)]
    sentences = (f"{' '.join(text)}.", "Russia thanked Azerbaijan.")
    return Story((sentences,), day, (Deed("SUPPORT", "thanked", (RUS,), (AZE,)),))


def links(warehouse: Path) -> list[tuple[str, str, float]]:
    with open_lake(warehouse, create=False, read_only=True) as connection:
        return connection.execute("SELECT id_low, id_high, jaccard FROM lake.document_links ORDER BY ALL").fetchall()


def pair(one: Story, other: Story) -> tuple[str, str]:
    low, high = sorted((one.document_id, other.document_id))
    return low, high


def enter(warehouse: Path, runs: Sequence[Sequence[Sequence[Story]]]) -> None:
    """Commit stories, grouped into runs of batches; each stands in an input of its own."""
    for number, batches in enumerate(runs):
        put(warehouse, Load([[Placed(one, f"/in/{one.document_id}.txt") for one in batch] for batch in batches]), f"run-{number}")


def counted(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    publish(warehouse)
    with connect(warehouse) as connection:
        return connection.execute(sql).fetchall()


def test_pairs_share_four_fifths_of_their_words_within_a_week(warehouse: Path) -> None:
    first, near, far = report(1), report(1, DAY + timedelta(7), changed=5), report(1, changed=30)
    late, undated, also_undated = report(1, DAY + timedelta(15)), report(1, None), report(1, None, changed=4)
    enter(warehouse, [[[first, near, far, late, undated, also_undated, report(2)]]])
    found = links(warehouse)
    assert {row[:2] for row in found} == {pair(first, near), pair(undated, also_undated)}
    [exact] = [share for low, high, share in found if (low, high) == pair(first, near)]
    assert exact == jaccard(shingles(first.text), shingles(near.text)) > 0.8
    assert [check for check in verify(warehouse) if not check.passed and not check.name.startswith("newsmill.duckdb")] == []


@pytest.mark.slow
@settings(max_examples=2, deadline=None)
@given(st.randoms(use_true_random=False))
def test_pairs_are_the_same_in_any_order(tmp_path_factory: pytest.TempPathFactory, order: random.Random) -> None:
    stories = [report(seed, DAY + timedelta(3 * seed % 5), changed) for seed in range(3) for changed in (0, 3, 6)]
    together, apart = tmp_path_factory.mktemp("a") / "data", tmp_path_factory.mktemp("b") / "data"
    enter(together, [[stories]])
    order.shuffle(stories)
    enter(apart, [[stories[:3], stories[3:5]], [stories[5:]]])
    assert links(together) == links(apart)
    assert len(links(together)) >= 6


def test_the_earliest_of_a_group_counts_also_through_others(warehouse: Path) -> None:
    chain = [report(3, DAY + timedelta(days), changed) for days, changed in ((1, 0), (0, 8), (2, 16))]
    alone = report(4)
    enter(warehouse, [[chain], [[alone]]])
    assert {row[:2] for row in links(warehouse)} == {pair(chain[0], chain[1]), pair(chain[1], chain[2])}
    found = counted(warehouse, "SELECT document_id, canonical_id, is_canonical FROM canonical_documents ORDER BY 1")
    wanted = [(one.document_id, chain[1].document_id, one is chain[1]) for one in chain]
    assert found == sorted([*wanted, (alone.document_id, alone.document_id, True)])
    with connect(warehouse) as connection:
        for mart in ("event_facts", "daily_counts", "dyads_monthly"):
            sql = f"SELECT {'count(*)' if mart == 'event_facts' else 'sum(events)'} FROM {mart}"
            assert connection.execute(sql).fetchall() == [(2,)]
        assert connection.execute("SELECT count(*) FROM event_facts_all").fetchall() == [(4,)]
        seen = connection.execute("SELECT document_count, event_count FROM entities WHERE entity_id = 'country:RUS'").fetchall()
        assert seen == [(2, 2)]


@pytest.mark.slow
def test_a_link_outlives_its_document_and_views_pass_over_it(warehouse: Path) -> None:
    first, second = report(5), report(5, DAY + timedelta(1))
    enter(warehouse, [[[first]], [[second]]])
    before = links(warehouse)
    assert len(before) == 1
    remove_inputs(warehouse, [f"/in/{first.document_id}.txt"], "run-9")
    assert links(warehouse) == before
    assert counted(warehouse, "SELECT * FROM canonical_documents") == [(second.document_id, second.document_id, True, None)]
    enter(warehouse, [[], [[first]]])
    assert links(warehouse) == before
    assert counted(warehouse, "SELECT count(*) FROM event_facts") == [(1,)]


def test_coding_anew_adds_no_link(warehouse: Path) -> None:
    first, second = report(6), report(6, DAY + timedelta(1))
    enter(warehouse, [[[first, second]]])
    before = links(warehouse)
    load = Load([[Placed(one, f"/in/{one.document_id}.txt") for one in (first, second)]])
    put(warehouse, load, "run-2", recoded=True)
    assert links(warehouse) == before


def test_the_signature_is_that_of_every_version_of_the_library() -> None:
    assert signature("Russia thanked Azerbaijan for the gift on Monday.")[:16].hex() == "439364d7d8f207cbb55129c53e0d65c6"


def test_case_punctuation_and_spaces_make_no_difference_and_chinese_counts_by_character() -> None:
    assert jaccard(shingles("The envoy — left, for   Baku on Monday"), shingles("the ENVOY left for Baku on Monday!")) == 1
    assert len(shingles("外交部长周一抵达首都")) == 6
    assert len(shingles("Two words")) == len(shingles("")) == 1


def test_of_pairs_at_the_limit_nearly_all_agree_in_a_band() -> None:
    one = [signature(report(seed, words=300).text) for seed in range(200)]
    other = [signature(report(seed, changed=28, words=300).text) for seed in range(200)]
    shares = [jaccard(shingles(report(s, words=300).text), shingles(report(s, changed=28, words=300).text)) for s in range(3)]
    assert all(0.8 < share < 0.85 for share in shares)
    rows = rows_per_band(0.8)
    same = signature_matrix(pl.Series(one)) == signature_matrix(pl.Series(other))
    met = sum(any(line[at : at + rows].all() for at in range(0, 128 - rows + 1, rows)) for line in same)
    assert met >= 199


def test_stretches_of_days_are_joined() -> None:
    days = pl.Series([date(2024, 1, 20), date(2024, 1, 1), None, date(2024, 1, 3), date.max], dtype=pl.Date)
    assert spans(days, 2) == [
        None,
        (date(2023, 12, 30), date(2024, 1, 5)),
        (date(2024, 1, 18), date(2024, 1, 22)),
        (date.max - timedelta(2), date.max),
    ]
