"""`newsmill code --explain` and `newsmill explain`: why an event is there, and what became of one that is made no longer."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.batches import Limits, make_batches, slice_input
from flows.fields import Reading
from flows.inputs import find_inputs
from flows.mill import Order, mill_batch
from tests.flows.gazette import Said, make_gazette, newsmill
from transforms.lexicon import compile_lexicon
from transforms.pipeline import Coder, load_coder
from transforms.pipelines import SHIPPED
from warehouse.columns import polars_schema
from warehouse.commit import commit
from warehouse.publish import publish
from warehouse.query import connect

Capture = pytest.CaptureFixture[str]

ARTICLE = """LAGOS, May 12 (Newsmill Sample) -- France condemned the attack on Russia. Peru will visit Chile next week.

The government did not arrest critics, Kenya said.
"""


@pytest.fixture(scope="module")
def coder() -> Coder:
    return load_coder(SHIPPED)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of ARTICLE, milled by the real coder."""
    place = tmp_path_factory.mktemp("milled")
    (place / "article.txt").write_text(ARTICLE)
    data, run_id = place / "data", "20240101T000000000000-aaaaaa"
    order = Order(run_id, datetime(2024, 1, 1, tzinfo=UTC), data, SHIPPED, None, 100, 1_000_000, Reading(), 300.0)
    limits = Limits(100, 1_000_000)
    inputs = find_inputs([str(place / "article.txt")]).inputs
    (batch,) = make_batches([slice_input(one, limits, Reading()) for one in inputs], limits)
    result = mill_batch(batch, order, data.parent / "mark")
    row = {
        "source_uri": inputs[0].source_uri,
        "content_hash": "0" * 32,
        "byte_count": len(ARTICLE),
        "modified_at": order.started_at,
        "record_count": 1,
        "reject_count": 0,
        "loaded_at": order.started_at,
    }
    commit(data, run_id, result.files, result.sources, pl.DataFrame([row], schema=polars_schema("inputs")), result.rejects)
    publish(data)
    return data


def events_of(warehouse: Path) -> dict[str, str]:
    """Type to id of the events."""
    with connect(warehouse) as connection:
        return dict(connection.execute("SELECT event_type, event_id FROM events").fetchall())


def explained(capsys: Capture, text: str, *options: str) -> str:
    said = newsmill(capsys, "code", "--explain", "--date", "2024-03-19", *options, text)
    assert said.code == 0, said.err
    return said.out


def reasons(capsys: Capture, text: str) -> dict[str, Any]:
    [sentence] = json.loads(explained(capsys, text, "--json"))
    assert isinstance(sentence, dict)
    return sentence


def lines(said: Said | str) -> list[str]:
    return [line.strip() for line in (said if isinstance(said, str) else said.out).splitlines()]


def test_the_tree_is_drawn_with_entities_and_the_event(capsys: Capture) -> None:
    assert """
condemned  ROOT VBD  <event 1>
├─ France  nsubj NNP  [country:FRA]
└─ attack  dobj NN  <no event>
   ├─ the  det DT
   └─ on  prep IN
      └─ Russia  pobj NNP  [country:RUS]
""" in explained(capsys, "France condemned the attack on Russia.")


def test_the_rule_is_shown_with_file_line_and_entry(capsys: Capture) -> None:
    [event] = reasons(capsys, "Kenya condemned Sudan.")["events"]
    lexicon = Path(__file__).parents[2] / "transforms" / "data" / "lexicon"
    written = (lexicon / event["file"]).read_text("utf-8").splitlines()[event["line"] - 1 :]
    assert written[: len(event["entry"].splitlines())] == event["entry"].splitlines()
    out = explained(capsys, "Kenya condemned Sudan.")
    assert f'rule {event["event"]["rule_id"]} ({event["file"]}, line {event["line"]}) matched "condemned"' in out
    assert all(f"| {line}" in out for line in event["entry"].splitlines())


def test_each_party_is_shown_with_its_place_and_the_way_there(capsys: Capture) -> None:
    roles = reasons(capsys, "Ecuador threatened to attack Togo.")["events"][0]["roles"]
    assert [(role["role"], role["entity_id"], role["source"], role["path"]) for role in roles] == [
        ("actor", "country:ECU", "subject", "threatened ↓nsubj Ecuador"),
        ("recipient", "country:TGO", "clause.object", "threatened ↓xcomp attack ↓dobj Togo"),
    ]


def test_a_country_that_is_inferred_is_named_with_its_reason(capsys: Capture) -> None:
    text = "Rebels attacked a town in Chad. The government arrested critics, Kenya said."
    assert "at home: KEN is the only other country named" in lines(explained(capsys, text))


@pytest.mark.parametrize(
    ("text", "flag", "words"),
    [
        ("Russia did not attack Georgia.", "negated", ["not"]),
        ("Russia failed to attack Georgia.", "negated", ["fail"]),
        ("Ethiopia may attack Eritrea.", "hypothetical", ["may"]),
        ("Ethiopia will attack Eritrea.", "future", ["will"]),
        ("Ethiopia attacked Eritrea in 1998.", "historical", ["1998-12-31"]),
    ],
)
def test_a_flag_names_the_word_that_sets_it(text: str, flag: str, words: list[str], capsys: Capture) -> None:
    [event] = reasons(capsys, text)["events"]
    assert event["flags"][flag] == words
    assert event["event"][flag]


def test_tense_that_became_the_type_is_told(capsys: Capture) -> None:
    out = lines(explained(capsys, "Peru will visit Chile next week."))
    assert "type       CONSULT in the future is AGREE: the tense has become the type" in out
    assert any(line.startswith('future     by "will"') and line.endswith("told by the type") for line in out)


def test_the_origin_of_the_mode_is_told(capsys: Capture) -> None:
    assert "modes      disapprove, from the rule" in lines(explained(capsys, "Kenya condemned Sudan."))
    request = explained(capsys, "Egypt urged Israel to withdraw its troops.")
    assert 'modes      yield, from RETREAT of "withdraw" (retreat.' in request


def test_rules_that_lost_are_named_with_why(capsys: Capture) -> None:
    [event] = reasons(capsys, "Egypt urged Israel to withdraw its troops.")["events"]
    assert any(rule["reason"].startswith("asks for less (") for rule in event["others"])


@pytest.mark.parametrize(
    ("text", "trigger", "why"),
    [
        ("Ecuador threatened to attack Togo.", "attack", 'part of "threatened"'),
        ("France criticised and denounced Russia.", "denounced", "tells the same of the same parties"),
        ("Strike Industries opened a shop.", "Strike", 'part of the name "Strike Industries"'),
        ("Ghana opened a shop.", "opened", "no rule found what it asks for"),
        ("The attack failed.", "attack", "nobody was found for the roles"),
    ],
)
def test_a_word_that_gave_no_event_says_why(text: str, trigger: str, why: str, capsys: Capture) -> None:
    found = {one["trigger"]: one for one in reasons(capsys, text)["no_events"]}
    assert why in found[trigger]["reason"]
    assert f'"{trigger}": ' in explained(capsys, text)


def test_a_constraint_that_fails_is_named(capsys: Capture) -> None:
    [opened] = [one for one in reasons(capsys, "Ghana opened a shop.")["no_events"] if one["trigger"] == "opened"]
    fire = next(rule for rule in opened["others"] if rule["rule_id"] == "assault.open-fire")
    assert fire["reason"].startswith("object must be fire")


def test_explaining_changes_no_event(coder: Coder, capsys: Capture) -> None:
    plain = json.loads(newsmill(capsys, "code", "--json", "--date", "2024-03-19", ARTICLE).out)["events"]
    told = json.loads(explained(capsys, ARTICLE, "--json"))
    ids = [reason["event"]["event_id"] for sentence in told for reason in sentence["events"] if not reason["note"]]
    assert ids == [event["event_id"] for event in plain]


def test_a_thousand_nested_clauses_are_explained(capsys: Capture) -> None:
    assert "<event 1>" in explained(capsys, "Peru said that " * 1000 + "Chile condemned Bolivia.")


def test_an_event_of_the_warehouse_is_explained(warehouse: Path, capsys: Capture) -> None:
    event_id = events_of(warehouse)["ACCUSE"]
    said = newsmill(capsys, "explain", event_id[:8].upper(), "-w", str(warehouse))
    assert said.code == 0
    assert said.out.startswith(f"event {event_id} of document ")
    assert "condemned  ROOT VBD  <event 1>" in said.out
    assert "subject: condemned ↓nsubj France" in said.out
    assert "version" not in said.out


def test_an_event_as_json_has_its_row_and_its_reasons(warehouse: Path, capsys: Capture) -> None:
    event_id = events_of(warehouse)["ACCUSE"]
    found = json.loads(newsmill(capsys, "explain", "--json", event_id, "-w", str(warehouse)).out)
    assert (found["event_id"], found["made"], found["changed"]) == (event_id, True, [])
    assert found["fingerprint"]["stored"] == found["fingerprint"]["current"]
    [reason] = found["explanation"]["events"]
    assert reason["event"] == found["stored"]


def test_an_event_that_is_made_no_longer_says_so(
    warehouse: Path, coder: Coder, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(__file__).parents[2] / "transforms" / "data" / "lexicon"
    sources = {path.name: path.read_text("utf-8") for path in folder.glob("*.toml")}
    sources["accuse.toml"] = sources["accuse.toml"].replace('"condemn", ', "")
    other = Coder(coder.nlp, compile_lexicon(sources), coder.model, "0" * 12)
    monkeypatch.setattr("flows.own_lexicon.load_coder", lambda model, own=None, language=None: other)
    said = newsmill(capsys, "explain", events_of(warehouse)["ACCUSE"], "-w", str(warehouse))
    assert said.code == 0
    assert f"coded by version {coder.fingerprint}; this is {'0' * 12}" in said.out
    assert "the warehouse has: ACCUSE disapprove" in said.out
    assert "This version makes it no longer" in said.out


def test_an_event_that_is_told_otherwise_says_what_differs(
    warehouse: Path, coder: Coder, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = {rule.rule_id: rule for rule in coder.lexicon.rules}
    plain = replace(rules["accuse.condemn"], modes=())
    verbs = {
        lemma: tuple((rest, plain if rule.rule_id == plain.rule_id else rule) for rest, rule in entries)
        for lemma, entries in coder.lexicon.verbs.items()
    }
    monkeypatch.setattr("flows.own_lexicon.load_coder", lambda model, own=None, language=None: coder.with_lexicon(other))
    other = replace(coder.lexicon, verbs=verbs)
    said = newsmill(capsys, "explain", events_of(warehouse)["ACCUSE"], "-w", str(warehouse))
    assert "This version tells it otherwise: modes." in said.out


def test_an_event_that_no_coder_made_shows_what_is_there(tmp_path: Path, capsys: Capture) -> None:
    gazette = make_gazette(tmp_path / "data")
    with connect(gazette) as connection:
        [(event_id,)] = connection.execute("SELECT event_id FROM events WHERE event_type = 'SUPPORT'").fetchall()
    said = newsmill(capsys, "explain", event_id, "-w", str(gazette))
    assert said.code == 0
    assert "coded by version ffffffffffffffff" in said.out
    assert "thanked  ROOT VBD" in said.out


@pytest.mark.parametrize(("event_id", "why"), [("visit.txt", "is no event_id"), ("abc", "is no event_id"), ("0" * 16, "No event")])
def test_an_unknown_event_says_where_to_look(event_id: str, why: str, warehouse: Path, capsys: Capture) -> None:
    said = newsmill(capsys, "explain", event_id, "-w", str(warehouse))
    assert said.code == 2
    assert why in said.err
    assert "newsmill query" in said.err
