"""The annotated texts of this folder are well formed: closed sets, spans that stand in the text, real dates.

Checked for every table here; what the coder makes of the texts is measured elsewhere.
"""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from transforms.countries import countries
from warehouse.schema.vocabulary import CASUALTY_KINDS, CONTEXTS, EVENT_TYPES, SECTORS

FOLDER = Path(__file__).parent
TABLES = sorted(FOLDER.glob("*.jsonl"))
KINDS = ("sentence", "headline", "paragraph")
KEYS = {"id", "group", "kind", "text", "published", "events"}
TWIN_KEYS = {"pair", "twin"}  # of a paragraph that has a twin: which pair, and whether "plain" or "political"
EVENT_KEYS = {"trigger", "type", "modes", "actors", "recipients"}
FLAGS = {"negated", "future", "hypothetical", "historical", "optional"}
EXTRA_KEYS = FLAGS | {"occurrence", "also", "contexts", "place", "date", "casualties"}
PARTY_KEYS = {"text", "country", "sector"}
# PLOVER tells these as AGREE when they are still to come, so that none of them carries `future`.
NEVER_FUTURE = {"CONSULT", "SUPPORT", "COOPERATE", "AID", "RETREAT", "AGREE", "CONCEDE"}

Case = dict[str, Any]


def _cases(table: Path) -> list[Case]:
    return [json.loads(line) for line in table.read_text(encoding="utf-8").splitlines()]


def _events(table: Path) -> list[tuple[Case, dict[str, Any]]]:
    return [(case, event) for case in _cases(table) for event in case["events"]]


def test_there_are_tables() -> None:
    assert TABLES


def test_ids_and_texts_are_unique_over_all_tables() -> None:
    cases = [case for table in TABLES for case in _cases(table)]
    assert {one: count for one, count in Counter(case["id"] for case in cases).items() if count > 1} == {}
    assert {one: count for one, count in Counter(case["text"] for case in cases).items() if count > 1} == {}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_keys_are_those_of_the_format(table: Path) -> None:
    for case in _cases(table):
        assert set(case) in (KEYS, KEYS | TWIN_KEYS), case["id"]
        assert case.get("twin", "plain") in ("plain", "political"), case["id"]
        assert case["kind"] in KINDS, case["id"]
        assert case["group"], case["id"]
        assert case["text"] == " ".join(case["text"].split()), case["id"]
        date.fromisoformat(case["published"])
    for case, event in _events(table):
        assert set(event) >= EVENT_KEYS, case["id"]
        assert set(event) <= EVENT_KEYS | EXTRA_KEYS, case["id"]
        assert all(event[flag] is True for flag in FLAGS & set(event)), case["id"]
        assert all(event[key] for key in {"also", "contexts", "casualties"} & set(event)), case["id"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_words_stand_in_the_text(table: Path) -> None:
    for case, event in _events(table):
        text = case["text"]
        assert event["trigger"], case["id"]
        assert text.count(event["trigger"]) > event.get("occurrence", 0), (case["id"], event["trigger"])
        parties = [*event["actors"], *event["recipients"]]
        words = [party["text"] for party in parties] + event.get("also", []) + [event.get("place", text)]
        assert [one for one in words if not one or one not in text] == [], case["id"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_events_have_triggers_of_their_own_in_the_order_of_the_text(table: Path) -> None:
    for case in _cases(table):
        starts = []
        for event in case["events"]:
            start = -1
            for _ in range(event.get("occurrence", 0) + 1):
                start = case["text"].index(event["trigger"], start + 1)
            starts.append(start)
        assert starts == sorted(set(starts)), case["id"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_codes_are_of_the_ontology(table: Path) -> None:
    known = countries()
    for case, event in _events(table):
        assert event["type"] in EVENT_TYPES, case["id"]
        assert set(event["modes"]) <= set(EVENT_TYPES[event["type"]].modes), (case["id"], event["modes"])
        assert set(event.get("contexts", [])) <= set(CONTEXTS), case["id"]
        assert not (event.get("future") and event["type"] in NEVER_FUTURE), (case["id"], event["type"])
        for party in [*event["actors"], *event["recipients"]]:
            assert set(party) == PARTY_KEYS, case["id"]
            assert party["country"] is None or party["country"] in known, (case["id"], party)
            assert party["sector"] is None or party["sector"] in SECTORS, (case["id"], party)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_dates_are_intervals_and_casualties_are_counts(table: Path) -> None:
    for case, event in _events(table):
        if "date" in event:
            start, end = event["date"]
            assert date.fromisoformat(start) <= date.fromisoformat(end), case["id"]
        for casualty in event.get("casualties", []):
            assert set(casualty) == {"kind", "count"}, case["id"]
            assert casualty["kind"] in CASUALTY_KINDS, case["id"]
            assert isinstance(casualty["count"], int), case["id"]
            assert casualty["count"] > 0, case["id"]
