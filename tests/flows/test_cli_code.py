"""`newsmill code`: a text coded at once, as a run would code it."""

import io
import json
import sys
from pathlib import Path

import pytest

from tests.flows.gazette import Said, newsmill
from transforms.pipeline import Coder, load_coder
from transforms.pipelines import SHIPPED
from transforms.tables import quad_class_and_score

Capture = pytest.CaptureFixture[str]

SENTENCE = "France condemned Russia yesterday."


@pytest.fixture(scope="module")
def coder() -> Coder:
    return load_coder(SHIPPED)


def _from_stdin(monkeypatch: pytest.MonkeyPatch, capsys: Capture, content: bytes, *arguments: str) -> Said:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    return newsmill(capsys, "code", *arguments)


def test_sentence_shows_its_event_parties_date_and_rule(capsys: Capture) -> None:
    said = newsmill(capsys, "code", "--date", "2024-03-19", SENTENCE)
    assert said.code == 0
    assert "[France] <condemned 1> [Russia] [yesterday]." in said.out
    assert "ACCUSE disapprove" in said.out
    assert 'country:FRA GOV "France" -> country:RUS GOV "Russia"' in said.out
    assert "2024-03-18" in said.out
    assert "rule accuse." in said.out


def test_json_has_every_row_with_the_words_of_its_offsets(capsys: Capture) -> None:
    found = json.loads(newsmill(capsys, "code", "--json", "--date", "2024-03-19", SENTENCE).out)
    text = found["document"]["text"]
    assert found["document"]["published_date"] == "2024-03-19"
    rows = [*found["sentences"], *found["mentions"], *found["events"][0]["participants"]]
    assert all(row["text"] == text[row["start_char"] : row["end_char"]] for row in rows)
    event = found["events"][0]
    assert (event["event_type"], event["trigger_text"], event["event_start"]) == ("ACCUSE", "condemned", "2024-03-18")
    assert (event["quad_class"], event["score"]) == quad_class_and_score("ACCUSE", event["modes"])
    assert [party["entity_id"] for party in event["participants"]] == ["country:FRA", "country:RUS"]


def test_stdin_is_read_like_a_text_file(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    article = b" date 2024-03-19 19 Mar. 21:30 (UTC+3 MSK)\r\n\r\nFrance condemned Russia.\r\n"
    found = json.loads(_from_stdin(monkeypatch, capsys, article, "--json").out)
    assert found["document"]["published_at"] == "2024-03-19T18:30:00+00:00"
    assert found["document"]["text"] == "France condemned Russia."


def test_first_seed_is_coded_from_stdin(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = next((Path(__file__).parents[2] / "seeds").glob("000_*.txt"))
    found = json.loads(_from_stdin(monkeypatch, capsys, seed.read_bytes(), "--json").out)
    assert (len(found["paragraphs"]), len(found["sentences"])) == (9, 12)


def test_text_without_events_says_so(capsys: Capture) -> None:
    said = newsmill(capsys, "code", "The sky is blue.")
    assert said.code == 0
    assert "no rule of the lexicon matched" in said.out


@pytest.mark.parametrize("content", [b"", b" \n", b"\x00\x01\x02\xff\xfe" * 50])
def test_what_is_no_text_is_refused(content: bytes, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    said = _from_stdin(monkeypatch, capsys, content)
    assert said.code == 2
    assert "Nothing was coded" in said.err


def test_empty_text_says_how_to_give_one(capsys: Capture) -> None:
    said = newsmill(capsys, "code", "")
    assert (said.code, "give the text in quotes, or on stdin" in said.err) == (2, True)


def test_wrong_date_says_how_to_write_it(capsys: Capture) -> None:
    said = newsmill(capsys, "code", "--date", "19.3.2024", SENTENCE)
    assert said.code == 2
    assert "YYYY-MM-DD" in said.err
