"""No group of the annotated texts falls below the score it once reached, and the scorer counts as it says."""

import json
import re
from typing import Any

import pytest

from tests.coding import errors
from tests.coding.cases import FILES, SCORES, Case, Outcome, is_right, outcomes, paired, path_of, read_cases, scores
from tests.coding.measures import Measure, circumstances, measures, twins
from transforms.document import Casualty, CodedDocument, Document, Event, Participant
from transforms.pipeline import Coder, load_coder
from transforms.pipelines import SHIPPED

RECORDED = json.loads(SCORES.read_text())
TEXT = "Kenya expelled the Sudanese ambassador and cut aid."


@pytest.fixture(scope="module")
def coder() -> Coder:
    return load_coder(SHIPPED)


def test_every_file_is_recorded() -> None:
    assert set(RECORDED) == {name for name in FILES if path_of(name).exists()}


@pytest.mark.parametrize("name", RECORDED)
def test_no_score_falls_below_the_recorded_one(coder: Coder, name: str) -> None:
    found = list(outcomes(coder, read_cases(path_of(name))))
    groups, before = scores(found), RECORDED[name]["groups"]
    fallen = {group: (right, before[group]["last"]) for group, (right, _) in groups.items() if right < before[group]["last"]}
    assert not fallen, "right now and before; `python -m tests.coding --missed` lists the cases"
    assert {group: total for group, (_, total) in groups.items()} == {group: row["cases"] for group, row in before.items()}
    values = {part: measure.f1 for part, measure in measures(found).items()}
    assert {part: value for part, value in values.items() if value < RECORDED[name]["f1"][part]["last"] - 0.0001} == {}


def expected(trigger: str, event_type: str, **more: Any) -> dict[str, Any]:
    return {"trigger": trigger, "type": event_type, "modes": [], "actors": [], "recipients": []} | more


def found(trigger: str, event_type: str, **more: Any) -> Event:
    start = TEXT.index(trigger)
    return Event(trigger, 0, event_type, start, start + len(trigger), trigger, "rule", 1.0, **more)


def outcome(events: list[dict[str, Any]], *given: Event, **more: Any) -> Outcome:
    case: Case = {"id": "x", "group": "g", "text": TEXT, "events": events} | more
    return paired(case, CodedDocument(Document("d", TEXT), events=given))


def test_events_are_paired_by_trigger_before_type() -> None:
    both = [expected("expelled", "SANCTION"), expected("cut", "SANCTION")]
    made = outcome(both, found("cut", "SANCTION"), found("expelled", "SANCTION"))
    assert [(one["trigger"], event.trigger_lemma) for one, event in made.pairs] == [("expelled", "expelled"), ("cut", "cut")]


def test_another_word_of_the_happening_carries_it_too() -> None:
    made = outcome([expected("expelled", "SANCTION", also=["cut"]), expected("aid", "AID")], found("cut", "COERCE"))
    assert [(one["trigger"], event.event_type) for one, event in made.pairs] == [("expelled", "COERCE")]
    assert [one["trigger"] for one in made.missed] == ["aid"]


def test_events_of_one_type_are_paired_where_triggers_do_not_overlap() -> None:
    assert is_right(outcome([expected("expelled", "SANCTION")], found("ambassador", "SANCTION")))
    assert not is_right(outcome([expected("expelled", "SANCTION")], found("ambassador", "ACCUSE")))


def test_optional_events_count_neither_as_missed_nor_as_wrong() -> None:
    optional = [expected("cut", "SANCTION", optional=True)]
    for made in (outcome(optional), outcome(optional, found("cut", "SANCTION"))):
        assert is_right(made)
        assert measures([made])["type"] == Measure(0, 0, 0)
    assert not is_right(outcome(optional, found("cut", "ACCUSE")))


def test_right_needs_the_modes_flags_and_countries_given() -> None:
    kenya = {"text": "Kenya", "country": "KEN", "sector": "GOV"}
    wanted = [expected("expelled", "SANCTION", modes=["expel"], actors=[kenya], negated=True)]
    actor = Participant("actor", 0, 5, country="KEN", sector="GOV")
    assert is_right(outcome(wanted, found("expelled", "SANCTION", modes=("expel",), negated=True, participants=(actor,))))
    assert not is_right(outcome(wanted, found("expelled", "SANCTION", modes=("expel",), participants=(actor,))))
    assert not is_right(outcome(wanted, found("expelled", "SANCTION", negated=True, participants=(actor,))))
    assert not is_right(outcome(wanted, found("expelled", "SANCTION", modes=("expel",), negated=True)))


def test_measures_count_items_of_all_events() -> None:
    kenya = {"text": "Kenya", "country": "KEN", "sector": "GOV"}
    wanted = [expected("expelled", "SANCTION", modes=["expel"], actors=[kenya]), expected("cut", "SANCTION")]
    soldier = Participant("actor", 0, 5, country="KEN", sector="MIL")
    made = outcome(wanted, found("expelled", "SANCTION", modes=("expel", "withdraw"), participants=(soldier,)), found("aid", "AID"))
    counted = measures([made])
    assert counted["type"] == Measure(1, 2, 2)
    assert counted["modes"] == Measure(1, 2, 1)
    assert counted["participants"] == Measure(1, 1, 1)
    assert counted["with sector"] == Measure(0, 1, 1)
    assert counted["whole event"] == Measure(1, 2, 2)
    assert (counted["modes"].precision, counted["modes"].recall, counted["modes"].f1) == (0.5, 1.0, 2 / 3)


def test_flags_and_circumstances_are_counted_where_events_are_met() -> None:
    given = {"future": True, "place": "northern Iraq", "casualties": [{"kind": "killed", "count": 3}]}
    event = found("cut", "SANCTION", historical=True, place="Iraq", casualties=(Casualty("killed", 0, 5, count_min=3),))
    rows = circumstances([outcome([expected("cut", "SANCTION", **given)], event)])
    assert (rows["negated"], rows["future"], rows["historical"]) == ((1, 1), (0, 1), (0, 1))
    assert (rows["future, where it is"], rows["historical, where it is"]) == ((0, 1), (0, 0))
    assert (rows["date"], rows["place"], rows["casualties"]) == ((0, 0), (1, 1), (1, 1))


def test_twins_count_events_of_plain_texts_and_types_of_political_ones() -> None:
    plain = outcome([], found("cut", "SANCTION"), twin="plain")
    political = outcome([expected("cut", "SANCTION")], found("cut", "SANCTION"), twin="political")
    assert twins([plain, political]) == (1, Measure(1, 1, 1))
    assert twins([outcome([])]) is None


def test_the_codebook_has_the_rates_of_errors_of_this_coder(coder: Coder) -> None:
    page = errors.PAGE.read_text(encoding="utf-8")
    told = {kind: float(rate) for kind, rate in re.findall(r"^\| ([^|]+) \| \d+ of \d+ \| ([\d.]+) \|$", page, re.MULTILINE)}
    rates = errors.error_rates(list(outcomes(coder, read_cases(path_of(errors.FILE)))))
    far = {kind: (told.get(kind), made / of) for kind, made, of in rates if of >= 50 and abs(told.get(kind, 9) - made / of) > 0.03}
    assert far == {}, "write the page anew: python -m tests.coding.errors --write"


def test_errors_are_counted_by_kind() -> None:
    kenya, sudan = ({"text": name, "country": code, "sector": "GOV"} for name, code in (("Kenya", "KEN"), ("Sudan", "SDN")))
    turned = outcome(
        [
            expected("expelled", "SANCTION", modes=["expel"], actors=[kenya], recipients=[sudan], future=True),
            expected("aid", "AID"),
        ],
        found("expelled", "SANCTION", participants=(Participant("recipient", 0, 5, country="KEN"),)),
        found("cut", "SUPPORT"),
    )
    rates = {kind: (made, of) for kind, made, of in errors.error_rates([turned])}
    assert rates["event missed"] == rates["event told where there is none"] == (1, 2)
    assert rates["country of the actor missing or another"] == rates["of these, it stands as recipient"] == (1, 1)
    assert rates["recipient of another country too many"] == rates["mode missing or another"] == rates["future not seen"] == (1, 1)
    other = outcome([expected("expelled", "SANCTION")], found("expelled", "COERCE"))
    assert errors.confusions([other]) == [("SANCTION", "COERCE", 1)]
