"""Headlines are read as the running text that they stand for."""

import pytest

from transforms.clean import clean
from transforms.document import Event, RawRecord
from transforms.pipeline import Coder, load_coder
from transforms.pipelines import SHIPPED


@pytest.fixture(scope="module")
def coder() -> Coder:
    return load_coder(SHIPPED)


def events(coder: Coder, text: str) -> list[Event]:
    record = RawRecord("headlines", 0, 0, "a", text, publisher="test", published="2026-03-12")
    return list(coder.code(clean(record)).events)


def sides(event: Event, role: str) -> list[str | None]:
    return [one.country for one in event.participants if one.role == role]


@pytest.mark.parametrize(
    ("headline", "kind", "actors", "recipients"),
    [
        ("S. Korea, US Strike Deal on Troop Costs", "AGREE", ["KOR", "USA"], []),  # noun taken for verb, comma for "and"
        ("Colombian Rebels Lay Down Arms", "RETREAT", ["COL"], []),
        ("Mali expels French ambassador", "SANCTION", ["MLI"], ["FRA"]),
        ("Turkey, Egypt to sign gas accord", "AGREE", ["TUR", "EGY"], []),  # infinitive for the future
        ("Somali minister killed in suicide attack", "ASSAULT", [], ["SOM"]),  # participle without auxiliary
        ("Bolivian teachers on strike for third week", "PROTEST", ["BOL"], []),  # no verb at all
        ("US-China trade talks resume in Geneva", "CONSULT", ["USA", "CHN"], []),  # both parties in one compound
        ("Cameroon separatists kidnap bishop", "ASSAULT", ["CMR"], ["CMR"]),
        ("12 Killed in Kabul Blast", "ASSAULT", [], ["AFG"]),  # people of whom only the number is told
    ],
)
def test_headline_gives_its_event(coder: Coder, headline: str, kind: str, actors: list[str], recipients: list[str]) -> None:
    (event,) = events(coder, headline)
    assert (event.event_type, sides(event, "actor"), sides(event, "recipient")) == (kind, actors, recipients)


def test_infinitive_is_future(coder: Coder) -> None:
    (event,) = events(coder, "France to send 400 troops to Cyprus")
    assert (event.event_type, event.future) == ("MOBILIZE", True)


def test_offsets_stay_those_of_the_headline(coder: Coder) -> None:
    text = "Belarus jails critic, expels Polish envoy"
    assert [text[one.trigger_start : one.trigger_end].split()[0] for one in events(coder, text)] == ["jails", "expels"]


def test_nouns_of_a_verbless_headline_stay_nouns(coder: Coder) -> None:
    assert not events(coder, "Paris fashion week: looks to remember")
