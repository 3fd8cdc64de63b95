"""The article that the project was founded on, as a careful reader codes it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.transforms.test_events import brief
from transforms.clean import clean
from transforms.document import CodedDocument, Event, RawRecord
from transforms.pipeline import Coder

SEED = Path(__file__).parents[2] / "seeds" / "000_e4c073b4cb4d64d8.txt"


@pytest.fixture(scope="module")
def article(coder: Coder) -> CodedDocument:
    return coder.code(clean(RawRecord(str(SEED), 0, 0, "0", SEED.read_bytes())))


def events_with(article: CodedDocument, trigger: str) -> list[Event]:
    text = article.document.text
    return [event for event in article.events if trigger in text[event.trigger_start : event.trigger_end]]


def test_header_line_is_metadata(article: CodedDocument) -> None:
    document = article.document
    assert document.published_at == datetime(2024, 3, 19, 18, 30, tzinfo=UTC)
    assert (document.published_date, document.utc_offset_minutes, document.published_precision) == (
        date(2024, 3, 19),
        180,
        "minute",
    )
    assert document.text.startswith("According to the website")


def test_paragraphs_and_sentences(article: CodedDocument) -> None:
    assert (len(article.paragraphs), len(article.sentences)) == (9, 12)


def test_six_persons_are_six_entities(article: CodedDocument) -> None:
    persons = {m.entity_id for m in article.mentions if m.entity_type == "PERSON" and m.mention_kind == "name"}
    names = ("alexander-bastrykin", "kamran-aliyev", "heydar-aliyev", "zarifa-aliyeva", "ilham-aliyev", "vladimir-putin")
    assert persons == {f"person:{name}" for name in names}


def test_azerbaijan_is_the_country_everywhere(article: CodedDocument) -> None:
    text = article.document.text
    named = [m for m in article.mentions if text[m.start_char : m.end_char] == "Azerbaijan"]
    within = [m for m in article.mentions if "Azerbaijan" in text[m.start_char : m.end_char] and m not in named]
    assert {(m.entity_type, m.entity_id, m.country) for m in named} == {("GPE", "country:AZE", "AZE")}
    assert {m.country for m in within} == {"AZE"}
    assert text.count("Azerbaijan") == len(named) + len(within)


def test_affiliations(article: CodedDocument) -> None:
    held = {(a.person_id, a.organisation_id, a.country) for a in article.affiliations}
    assert ("person:alexander-bastrykin", "org:investigative-committee-of-russia", "RUS") in held
    assert ("person:kamran-aliyev", "org:prosecutor-generals-office-of-azerbaijan", "AZE") in held


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ("visit", "CONSULT/visit RUS>AZE"),
        ("meeting", "CONSULT RUS,AZE>-"),
        ("exchanged", "CONSULT RUS,AZE>-"),
        ("expressed satisfaction", "SUPPORT RUS>AZE"),
        ("appreciated", "SUPPORT RUS>AZE"),
        ("signed", "SUPPORT AZE,RUS>-"),
    ],
)
def test_events(article: CodedDocument, trigger: str, expected: str) -> None:
    assert expected in [brief(event) for event in events_with(article, trigger)]


def test_the_visit_took_place_in_baku(article: CodedDocument) -> None:
    [visit] = [event for event in events_with(article, "visit") if event.sentence_index == 0]
    assert (visit.place, visit.place_country) == ("place:baku-az", "AZE")


def test_the_two_prosecutors_met(article: CodedDocument) -> None:
    [meeting] = events_with(article, "meeting")
    assert {p.entity_id for p in meeting.participants} == {"person:alexander-bastrykin", "person:kamran-aliyev"}


def test_relations_that_develop_are_no_event(article: CodedDocument) -> None:
    text = article.document.text
    start = text.index("They are successfully developing")
    end = text.index("Kamran Aliyev also spoke")
    assert [e for e in article.events if start <= e.trigger_start < end] == []
