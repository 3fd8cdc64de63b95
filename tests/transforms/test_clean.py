"""Cleaning: encodings, repair, headers, titles, datelines, and a document_id that does not depend on the file."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.clean import clean
from transforms.document import Document, RawRecord, Rejected

SEED = Path(__file__).parents[2] / "seeds" / "000_e4c073b4cb4d64d8.txt"


def from_file(body: bytes | str) -> Document:
    data = body.encode() if isinstance(body, str) else body
    return clean(RawRecord("file:a.txt", 0, 0, "0", data))


def from_record(body: str, title: str | None = None, published: str | None = None, publisher: str | None = None) -> Document:
    return clean(RawRecord("file:a.jsonl", 3, 99, "id", body, title=title, published=published, publisher=publisher))


def outcome(record: RawRecord) -> tuple[Document | None, str | None]:
    try:
        return clean(record), None
    except Rejected as rejected:
        return None, rejected.reason


def test_the_seed_is_dated_by_its_header_which_is_not_text() -> None:
    document = from_file(SEED.read_bytes())
    assert document.published_at is not None
    assert document.published_at.isoformat() == "2024-03-19T18:30:00+00:00"
    assert (document.published_date, document.published_precision, document.utc_offset_minutes) == (
        date(2024, 3, 19),
        "minute",
        180,
    )
    assert document.text.startswith("According to the website")
    assert document.text.endswith("of the Russian Federation.")
    assert (document.title, document.publisher, document.dateline_place) == (None, None, None)


SENTENCE = "Zürich, “Łódź” – naïve café."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_are_decoded_with_and_without_a_mark(encoding: str) -> None:
    text = (SENTENCE + " And plain words enough to tell. ") * 3
    assert from_file(text.encode(encoding)).text == text.strip()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "The café in Málaga, he said, “was closed” – señor Núñez agreed. Über 40 €."),
        ("latin-1", "Le président de la République a été reçu à l'Élysée."),
        ("cp1251", "Президент России Владимир Путин провёл встречу с главой Азербайджана в Москве. " * 4),
        ("cp1250", "Prezydent Łodzi powiedział, że święto odbędzie się w środę, a źródła mówią co innego. " * 4),
        ("gb18030", "中国外交部发言人星期三在北京举行的例行记者会上表示，双方应通过对话解决分歧。" * 4),
        ("shift_jis", "日本の外務大臣は水曜日に東京で記者会見を開き、両国の関係について話した。" * 4),
    ],
)
def test_other_encodings_are_recognised(encoding: str, text: str) -> None:
    assert from_file(text.encode(encoding)).text == text.strip()


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        b"\x7fELF\x02\x01\x01" + b"\0" * 60,
        b"GIF89a\x01\x00\x01\x00\x80\x01\x00\xff",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    ],
)
def test_binary_bytes_are_rejected(data: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        from_file(data)
    assert caught.value.reason == "binary"


@pytest.mark.parametrize(
    "body", [b" \n\t\n", b"\xef\xbb\xbf", "\u200b\n".encode(), b" date 2024-03-19 19 Mar. 21:30 (UTC+3 MSK)\n\n", b"***"]
)
def test_a_file_without_text_is_empty(body: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        from_file(body)
    assert caught.value.reason == "empty"


def test_a_record_without_text_says_no_text() -> None:
    with pytest.raises(Rejected) as caught:
        from_record("\u200b \n", title="Only a title")
    assert caught.value.reason == "no_text"


def test_line_ends_are_line_feeds_and_line_tails_go() -> None:
    assert from_file("One two.  \r\n\r\nThree.\rFour.\u2028Five.\u2029Six.\n\n\n\n\nSeven.\x0cEight").text == (
        "One two.\n\nThree.\nFour.\nFive.\n\nSix.\n\nSeven.\nEight"
    )


def test_mojibake_and_entities_are_repaired_and_style_is_kept() -> None:
    assert (
        from_record("The minister&#39;s plan &amp; â€œpeaceâ€\x9d in MÃ¡laga.").text == "The minister's plan & “peace” in Málaga."
    )
    kept = "“Curly” ‘quotes’ — dashes… ﬁne Ｗide ½ 10³ <b>&amp;</b>"
    assert from_record(kept).text == kept


def test_invisible_characters_go_and_joiners_stay() -> None:
    assert (
        from_record("zero\u200bwidth \ufeffmark so\u00adft \u202bright\u202c bell\x07 a\x00b").text
        == "zerowidth mark soft right bell ab"
    )
    assert from_record("family 👩‍👩‍👧 می‌خواهم").text == "family 👩‍👩‍👧 می‌خواهم"


def test_text_is_composed() -> None:
    assert from_record(unicodedata.normalize("NFD", "Łódź Zürich")).text == "Łódź Zürich"


@pytest.mark.parametrize(
    ("header", "precision", "day"),
    [
        (" date 2024-03-19 19 Mar. 21:30:10 (UTC-05:30)\n\n", "second", date(2024, 3, 19)),
        ("date 2024-03-19\n\n", "day", date(2024, 3, 19)),
        ("Date: 2024-05-01\n\n", "day", date(2024, 5, 1)),
        ("Published: March 19, 2024\n", "day", date(2024, 3, 19)),
        ("DATE: 2024-05-01T10:00Z\n\n", "minute", date(2024, 5, 1)),
    ],
)
def test_date_lines_at_the_top_are_metadata(header: str, precision: str, day: date) -> None:
    document = from_file(header + "The body stands here and ends with a stop.")
    assert document.text == "The body stands here and ends with a stop."
    assert (document.published_precision, document.published_date) == (precision, day)


def test_a_record_whose_text_begins_with_a_header_line_is_dated_by_it_unless_it_has_its_own_date() -> None:
    body = " date 2024-03-19 19 Mar. 21:30 (UTC+3 MSK)\n\nThe body."
    assert from_record(body) == from_file(body)
    assert from_record(body, published="2024-03-20").published_date == date(2024, 3, 20)
    assert from_record(body, published="2024-03-20").text == "The body."


def test_a_block_of_header_lines_gives_title_publisher_and_date() -> None:
    document = from_file("Title: A plan for peace\r\nSource: The Gazette\r\nDate: 2024-05-01\r\nLanguage: de\r\n\r\nThe body.")
    assert (document.title, document.publisher, document.language) == ("A plan for peace", "The Gazette", "de")
    assert document.published_date == date(2024, 5, 1)
    assert document.text == "A plan for peace\n\nThe body."


@pytest.mark.parametrize(
    "text",
    [
        "Source: police said on Monday\nthat nobody was hurt.",
        "Date: to be announced\n\nThe talks were put off.",
        "Location unknown: the ship is lost.\n\nMore follows.",
        "The body.\n\nDate: 2024-05-01",
    ],
)
def test_lines_that_only_look_like_a_header_stay_text(text: str) -> None:
    assert from_file(text).text == text


def test_a_short_first_line_before_a_blank_one_is_the_title() -> None:
    document = from_file("Ministers sign a pact\n\nThey met in Oslo.")
    assert (document.title, document.text) == ("Ministers sign a pact", "Ministers sign a pact\n\nThey met in Oslo.")


@pytest.mark.parametrize(
    "text",
    [
        "They met in Oslo.\n\nThen they left.",
        "They met\nin Oslo and they signed.\n\nThen they left.",
        "- first item\n\n- second item",
        "Monday, May 6, 2024\n\nThen they left.",
        "A single line without a stop",
        "continued from page one\n\nThen they left.",
        "OSLO, May 6 (NTB) -\n\nThen they left.",
    ],
)
def test_other_first_lines_are_no_title(text: str) -> None:
    document = from_file(text)
    assert (document.title, document.text) == (None, text)


def test_the_title_of_a_record_stands_before_its_body_once() -> None:
    assert from_record("They met.", title=" Ministers\n sign ").text == "Ministers sign\n\nThey met."
    for body in ("Ministers sign\n\nThey met.", "MINISTERS SIGN\nThey met.", "Ministers  sign: they met."):
        assert from_record(body, title="Ministers sign").text == body
    assert from_record("Ministers signed.", title="Ministers sign").text == "Ministers sign\n\nMinisters signed."


@pytest.mark.parametrize(
    ("opening", "place", "agency"),
    [
        ("BAKU, March 19 (Trend) -- ", "BAKU", "Trend"),
        ("PARIS (Reuters) - ", "PARIS", "Reuters"),
        ("Kyiv, 3 May — ", "Kyiv", None),
        ("WASHINGTON — ", "WASHINGTON", None),
        ("MOSCOW, March 19. /TASS/. ", "MOSCOW", "TASS"),
        ("Port-au-Prince, Haiti (AP) — ", "Port-au-Prince, Haiti", "AP"),
        ("Rio de Janeiro, Jan. 5, 2023 (EFE) -- ", "Rio de Janeiro", "EFE"),
        ("NEW YORK (AP) _ ", "NEW YORK", "AP"),
    ],
)
def test_datelines_give_place_and_agency(opening: str, place: str, agency: str | None) -> None:
    document = from_file(f"Ministers sign a pact\n\n{opening}The ministers met on Monday.")
    assert (document.dateline_place, document.publisher) == (place, agency)
    assert document.text[document.dateline_end :] == "The ministers met on Monday."
    assert from_record(f"{opening}The ministers met.", publisher="Own").publisher == "Own"


@pytest.mark.parametrize(
    "text",
    [
        "Angela Merkel — who retired — spoke.",
        "BREAKING — The minister left.",
        "The minister (left) spoke - and left.",
        "Oslo is cold.",
        "March 19 - The day came.",
    ],
)
def test_other_openings_are_no_datelines(text: str) -> None:
    assert (from_file(text).dateline_place, from_file(text).dateline_end) == (None, 0)


def test_the_day_comes_from_the_dateline_only_when_nothing_else_tells_it() -> None:
    body = "LONDON, March 5, 2024 - The talks began."
    assert from_record(body).published_date == date(2024, 3, 5)
    assert from_record(body, published="2024-03-06").published_date == date(2024, 3, 6)
    assert from_record("LONDON, March 5 - The talks began.").published_date is None
    assert from_file("A title\n\nTuesday, March 5, 2024\n\nThe talks began.").published_date == date(2024, 3, 5)


def test_an_unreadable_date_leaves_the_record_undated() -> None:
    assert from_record("The talks began.", published="soon").published_precision == "none"


def test_the_same_article_has_the_same_id_in_any_file() -> None:
    body = "Zürich’s ministers met.\n\nThey left."
    same = {
        from_record(body, "A title", "2024-05-01").document_id,
        from_record(f"A title\r\n\r\n{unicodedata.normalize('NFD', body)}", None, "1 May 2024").document_id,
        from_file(f"\ufeffDate: 2024-05-01\r\n\r\nA title\r\n\r\n{body}\r\n").document_id,
        from_file(f"Date: 2024-05-01\n\nA title\n\n{body}".encode("cp1252")).document_id,
    }
    assert len(same) == 1
    other = {from_record(body, "A title", day).document_id for day in (None, "2024-05-02", "2024-05-01T00:00Z")}
    assert len(same | other | {from_record(body, "B title", "2024-05-01").document_id}) == 5


@pytest.mark.parametrize(
    ("given_language", "language"), [("EN-us", "en"), ("deu", "de"), ("English", "en"), ("", "xx"), (None, "xx")]
)
def test_language_is_a_code_or_the_default(given_language: str | None, language: str) -> None:
    record = RawRecord("a", 0, 0, "0", "Text.", language=given_language)
    assert clean(record, default_language="xx").language == language


@given(st.binary(max_size=400))
@example(b"\xff\xfe\x00\xd8")
@example(b"date 9999-12-31 23:59 UTC-18\n\nx")
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_clean_document_or_a_reject(data: bytes) -> None:
    document, reason = outcome(RawRecord("file:a.txt", 0, 0, "0", data))
    assert reason in {None, "binary", "empty"}
    if document is None:
        return
    assert document.text == document.text.strip() != ""
    assert unicodedata.is_normalized("NFC", document.text)
    assert not set(document.text) & set("\r\0\u2028\ufeff\u200b")
    assert document.text.encode()


@given(st.text(max_size=300), st.none() | st.text(max_size=60), st.none() | st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_record_gives_a_clean_document_or_a_reject(body: str, title: str | None, published: str | None) -> None:
    document, reason = outcome(RawRecord("a", 0, 0, "0", body, title=title, published=published))
    assert reason in {None, "no_text"}
    if document is None:
        return
    assert document.dateline_end <= len(document.text)
    assert document.text == document.text.strip() != ""
    assert unicodedata.is_normalized("NFC", document.text)
    assert (document.text + (document.title or "") + (document.publisher or "")).encode()
