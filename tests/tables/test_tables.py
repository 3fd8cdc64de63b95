"""No group of a table falls below the score it once reached; the cases themselves are well formed."""

import json
from datetime import date

import pytest

from tests.tables.cases import FOLDER, RIGHT, read_cases, results, scores
from transforms.pipeline import Coder, load_coder
from transforms.pipelines import SHIPPED

RECORDED = json.loads((FOLDER / "scores.json").read_text())


@pytest.fixture(scope="module")
def coder() -> Coder:
    return load_coder(SHIPPED)


@pytest.mark.parametrize("table", RIGHT)
def test_no_group_falls_below_its_recorded_score(coder: Coder, table: str) -> None:
    found = scores(results(coder, table))
    before = {group: row["last"] for group, row in RECORDED[table].items()}
    fallen = {group: (right, before[group]) for group, (right, _) in found.items() if right < before[group]}
    assert not fallen, "right now and before; `python -m tests.tables --missed` lists the cases"
    assert {group: total for group, (_, total) in found.items()} == {group: row["cases"] for group, row in RECORDED[table].items()}


def test_expressions_stand_in_their_texts_and_values_are_intervals() -> None:
    for case in read_cases("dates"):
        assert case["text"].count(case["expression"]) > case.get("occurrence", 0), case
        date.fromisoformat(case["published"])
        if case["start"]:
            assert date.fromisoformat(case["start"]) <= date.fromisoformat(case["end"]), case
            assert case["precision"], case
        else:
            assert case["end"] is None, case
            assert case["precision"] is None, case


def test_sentences_hold_all_characters_of_their_texts() -> None:
    for case in read_cases("sentences"):
        assert "".join("".join(case["sentences"]).split()) == "".join(case["text"].split()), case
