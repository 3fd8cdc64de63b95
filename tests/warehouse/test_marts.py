"""What the marts say about the four stories, counted by hand."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.newsroom import RAID, TALKS
from warehouse.aliases import set_aliases
from warehouse.marts import marts
from warehouse.publish import publish
from warehouse.query import connect


@pytest.fixture
def reader(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(published) as connection:
        yield connection


def test_header_describes_every_column_of_every_mart(reader: duckdb.DuckDBPyConnection) -> None:
    for mart in marts():
        assert mart.description
        assert [row[0] for row in reader.execute(f"DESCRIBE {mart.name}").fetchall()] == list(mart.columns)
        assert all(description.endswith(".") or description[0].isupper() for description in mart.columns.values())


def test_event_facts_hold_asserted_events_and_event_facts_all_the_rest_too(reader: duckdb.DuckDBPyConnection) -> None:
    asserted = reader.execute("SELECT event_type, event_date FROM event_facts ORDER BY ALL").fetchall()
    assert asserted == [
        ("ASSAULT", date(2023, 11, 2)),
        ("CONSULT", date(2024, 3, 19)),
        ("CONSULT", date(2024, 3, 20)),
        ("SUPPORT", date(2024, 3, 19)),
    ]
    rest = reader.execute("SELECT event_type, negated, future FROM event_facts_all WHERE negated OR future ORDER BY 1").fetchall()
    assert rest == [("AGREE", False, True), ("ASSAULT", True, False)]


def test_event_fact_is_one_wide_row(reader: duckdb.DuckDBPyConnection) -> None:
    row = reader.execute(
        "SELECT actors, actor_names, actor_countries, actor_sectors, recipients, recipient_countries, killed, injured, casualties, "
        f"sentence, url, publisher, place_country FROM event_facts WHERE document_id = '{RAID.document_id}'"
    ).fetchone()
    assert row == (
        ["org:rebels"],
        ["Rebels"],
        [],
        ["REB"],
        ["country:KEN"],
        ["KEN"],
        12,
        None,
        [{"kind": "killed", "count_min": 12, "count_max": 12}],
        RAID.paragraphs[0][0],
        "https://example.org/raid",
        "The Gazette",
        "KEN",
    )


def test_event_without_recipients_has_empty_lists_and_its_actors_in_order(reader: duckdb.DuckDBPyConnection) -> None:
    row = reader.execute(
        f"SELECT actors, recipients, recipient_names, casualties, killed FROM event_facts WHERE document_id = '{TALKS.document_id}'"
    ).fetchone()
    assert row == (["country:FRA", "country:DEU", "igo:nato"], [], [], [], None)


def test_dyads_are_directed_or_unordered_and_weigh_one_an_event(reader: duckdb.DuckDBPyConnection) -> None:
    rows = reader.execute(
        "SELECT actor, recipient, directed, event_type, events, round(weight, 3) FROM dyads_monthly ORDER BY ALL"
    ).fetchall()
    assert rows == [
        ("AZE", "RUS", True, "SUPPORT", 1, 1.0),
        ("DEU", "FRA", False, "CONSULT", 1, 0.333),
        ("DEU", "igo:nato", False, "CONSULT", 1, 0.333),
        ("FRA", "igo:nato", False, "CONSULT", 1, 0.333),
        ("RUS", "AZE", True, "CONSULT", 1, 1.0),
    ]
    assert reader.execute("SELECT DISTINCT year, month FROM dyads_monthly").fetchall() == [(2024, 3)]


def test_daily_counts_add_up_to_the_asserted_events(reader: duckdb.DuckDBPyConnection) -> None:
    assert reader.execute("SELECT sum(events) FROM daily_counts").fetchone() == (4,)
    row = reader.execute(
        "SELECT day, country, events, documents, mean_score, killed, injured FROM daily_counts WHERE event_type = 'ASSAULT'"
    )
    assert row.fetchall() == [(date(2023, 11, 2), "KEN", 1, 1, -9.0, 12, 0)]


def test_entities_count_mentions_documents_and_asserted_events(reader: duckdb.DuckDBPyConnection) -> None:
    rows = reader.execute(
        "SELECT entity_id, name, country, mention_count, document_count, event_count, first_seen, last_seen, names "
        "FROM entities WHERE entity_id IN ('country:RUS', 'country:KEN', 'country:FRA') ORDER BY 1"
    ).fetchall()
    assert rows == [
        ("country:FRA", "France", "FRA", 2, 1, 1, date(2024, 3, 20), date(2024, 3, 20), ["France", "They"]),
        ("country:KEN", "Kenya", "KEN", 2, 1, 1, date(2023, 11, 2), date(2023, 11, 2), ["Kenya"]),
        ("country:RUS", "Russia", "RUS", 2, 1, 2, date(2024, 3, 19), date(2024, 3, 19), ["Russia"]),
    ]


def test_aliases_merge_entities_in_marts_and_leave_the_tables(stocked: Path) -> None:
    set_aliases(stocked, {"org:rebels": "org:liberation-front", "igo:nato": "igo:north-atlantic-alliance"}, "run-2")
    publish(stocked)
    with connect(stocked) as connection:
        assert connection.execute("SELECT count(*) FROM entities WHERE entity_id = 'org:liberation-front'").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM entities WHERE entity_id = 'org:rebels'").fetchone() == (0,)
        assert connection.execute("SELECT actors FROM event_facts WHERE event_type = 'ASSAULT'").fetchone() == (
            ["org:liberation-front"],
        )
        found = connection.execute("SELECT count(*) FROM dyads_monthly WHERE recipient = 'igo:north-atlantic-alliance'").fetchone()
        assert found == (2,)
        assert connection.execute("SELECT count(*) FROM mentions WHERE entity_id = 'org:rebels'").fetchone() == (1,)
