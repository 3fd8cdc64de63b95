"""`newsmill show`: which document is found, and how its text is marked."""

import io
from pathlib import Path

import duckdb
import pytest
from rich.console import Console
from rich.text import Text

from flows.cli.marked import print_events, print_text
from flows.cli.show import find_document
from flows.cli.terminal import isolated, visible
from tests.flows.gazette import make_gazette, newsmill
from tests.warehouse.newsroom import RAID, VISIT
from transforms.document import CodedDocument, Document, Event, Mention, Participant
from warehouse.schema.errors import UsageError

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def gazette(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_gazette(tmp_path_factory.mktemp("gazette")))


@pytest.mark.parametrize(
    "name",
    [VISIT.document_id, VISIT.document_id[:9], VISIT.document_id[:9].upper(), "/news/visit.txt", "visit.txt", "copies.jsonl:2"],
)
def test_document_is_found_by_id_prefix_path_name_or_record(name: str, gazette: str, capsys: Capture) -> None:
    said = newsmill(capsys, "show", name, "-w", gazette)
    assert said.code == 0
    assert f"document {VISIT.document_id}" in said.out
    assert "/news/visit.txt" in said.out
    assert "/news/copies.jsonl" in said.out


def test_a_record_id_goes_before_the_start_of_a_document_id() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE documents (document_id VARCHAR, published_date DATE, title VARCHAR)")
        connection.execute("CREATE TABLE document_sources (document_id VARCHAR, source_uri VARCHAR, record_id VARCHAR)")
        for document_id, record_id in (("a" * 32, "1"), ("b" * 32, "a"), ("c" * 32, "aaaaaa")):
            connection.execute("INSERT INTO documents VALUES (?, NULL, NULL)", [document_id])
            connection.execute("INSERT INTO document_sources VALUES (?, '/x.jsonl', ?)", [document_id, record_id])
        found = {name: find_document(connection, name) for name in ("a", "aaaaaa", "aaaaaaa", "A" * 32, "x.jsonl:a")}
        assert {name: document_id[0] for name, document_id in found.items()} == {
            "a": "b",
            "aaaaaa": "c",
            "aaaaaaa": "a",
            "A" * 32: "a",
            "x.jsonl:a": "b",
        }
        with pytest.raises(UsageError, match="No document is called 'bbbbb'"):
            find_document(connection, "bbbbb")


def test_a_warehouse_that_was_moved_is_told(tmp_path: Path, capsys: Capture) -> None:
    make_gazette(tmp_path / "before")
    (tmp_path / "before").rename(tmp_path / "after")
    for command in (("show", "visit.txt"), ("query", "FROM documents"), ("tables",)):
        said = newsmill(capsys, *command, "-w", str(tmp_path / "after"))
        assert said.code == 1
        assert f"newsmill publish --warehouse {tmp_path / 'after'}" in said.err


def test_path_is_found_from_its_own_folder(tmp_path: Path, gazette: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert newsmill(capsys, "show", "../../../../../../../../news/old/note.txt", "-w", gazette).code == 0


def test_file_of_many_records_lists_them(gazette: str, capsys: Capture) -> None:
    said = newsmill(capsys, "show", "copies.jsonl", "-w", gazette)
    assert said.code == 2
    assert RAID.document_id in said.err
    assert VISIT.document_id in said.err


def test_unknown_document_says_where_to_look(gazette: str, capsys: Capture) -> None:
    said = newsmill(capsys, "show", "visit.tx", "-w", gazette)
    assert said.code == 2
    assert "newsmill query" in said.err


def test_marks_stand_around_mentions_and_triggers(gazette: str, capsys: Capture) -> None:
    said = newsmill(capsys, "show", "visit.txt", "-w", gazette)
    assert "[Russia] <sent an envoy 1> to [Azerbaijan] on Tuesday. [Azerbaijan] <thanked 2> [Russia] for the visit." in said.out
    assert '1 CONSULT visit  country:RUS GOV "Russia" -> country:AZE GOV "Azerbaijan"' in said.out
    assert "2024-03-19 (day, from text)" in said.out


def test_text_without_its_marks_is_the_text(gazette: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    shown = Text.from_ansi(newsmill(capsys, "show", "copies.jsonl:0", "-w", gazette).out).plain
    assert RAID.text.replace("raided", "raided 1").replace("strike back", "strike back 2") in shown
    assert "ASSAULT (negated)" in shown
    assert "killed: 12" in shown


def _document(text: str) -> Document:
    return Document("0" * 32, text)


def _print(coded: CodedDocument, *, colour: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=colour, color_system="standard" if colour else None, width=200)
    print_text(console, coded)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _mention(index: int, start: int, end: int, entity_type: str) -> Mention:
    return Mention(index, 0, start, end, entity_type, "name", "rule")


def test_overlapping_marks_nest_and_lose_no_character() -> None:
    text = "President of France Macron met them."
    mentions = (_mention(0, 0, 26, "PERSON"), _mention(1, 13, 19, "GPE"), _mention(2, 13, 26, "ORG"))
    event = Event("0" * 16, 0, "CONSULT", 20, 30, "meet", "r", 1.0)
    coded = CodedDocument(_document(text), mentions=mentions, events=(event,))
    plain = _print(coded, colour=False)
    assert plain.startswith("[President of [[France] <Macron]] met 1> them.")
    assert "".join(c for c in plain.replace(" 1>", "") if c not in "[]<>").strip() == text
    assert text.replace("met", "met 1") in Text.from_ansi(_print(coded, colour=True)).plain


def test_two_events_of_one_trigger_share_its_number_list() -> None:
    events = tuple(Event(f"{n:016}", 0, "CONSULT", 5, 8, "meet", "r", 1.0) for n in range(2))
    assert "They <met 1,2> today." in _print(CodedDocument(_document("They met today."), events=events), colour=False)


def test_control_characters_become_visible_and_offsets_stay() -> None:
    text = "a\x1b[2Jb\x9bc\x7f\u202ed\u2066\n\te"
    shown = visible(text)
    assert len(shown) == len(text)
    assert shown == "a␛[2Jb\ufffdc␡\ufffdd\ufffd\n\te"


def test_right_to_left_names_do_not_turn_the_line_around() -> None:
    text = "מזג met Bob"
    parties = (Participant("actor", 0, 3), Participant("recipient", 8, 11))
    event = Event("0" * 16, 0, "CONSULT", 4, 7, "meet", "r", 1.0, participants=parties)
    console = Console(file=io.StringIO(), width=200)
    print_events(console, CodedDocument(_document(text), events=(event,)))
    assert isinstance(console.file, io.StringIO)
    assert '"\u2068מזג\u2069" -> "Bob"' in console.file.getvalue()
    assert isolated("Bob") == "Bob"
