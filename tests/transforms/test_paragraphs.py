"""Paragraphs: layout decides, kinds are told, and every character that is not white space is in exactly one."""

import textwrap
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.clean import clean
from transforms.document import Document, RawRecord
from transforms.paragraphs import split_paragraphs

SEED = Path(__file__).parents[2] / "seeds" / "000_e4c073b4cb4d64d8.txt"
PROSE = (
    "The ministers of both countries met in the old harbour on Monday and talked for three hours about fish, ferries "
    "and the price of salt.",
    "Nobody expected much. The harbour master, who has seen many ministers come and go, brought coffee and left the room.",
    "A second meeting is planned for the spring, if the weather and the two parliaments allow it, officials said after the talks.",
)


def from_file(text: str) -> Document:
    return clean(RawRecord("file:a.txt", 0, 0, "0", text.encode()))


def paragraphs(text: str) -> list[tuple[str, str]]:
    document = from_file(text)
    return [(p.kind, document.text[p.start_char : p.end_char]) for p in split_paragraphs(document)]


def bodies(text: str) -> list[str]:
    return [piece for _, piece in paragraphs(text)]


def test_the_seed_has_nine_paragraphs() -> None:
    assert [p.kind for p in split_paragraphs(clean(RawRecord("a", 0, 0, "0", SEED.read_bytes())))] == ["body"] * 9


@pytest.mark.parametrize("width", [50, 64, 72, 80, 100])
def test_hard_wrapped_paragraphs_stay_whole_and_keep_their_line_breaks(width: int) -> None:
    wrapped = [textwrap.fill(paragraph, width) for paragraph in PROSE]
    assert bodies("\n\n".join(wrapped)) == wrapped


def test_a_short_last_line_ends_a_hard_wrapped_paragraph_without_a_blank_line() -> None:
    wrapped = [textwrap.fill(paragraph, 64) for paragraph in PROSE]
    assert bodies("\n".join(wrapped)) == wrapped


def test_an_indented_line_begins_a_hard_wrapped_paragraph() -> None:
    wrapped = [textwrap.fill(paragraph, 72, initial_indent="    ") for paragraph in PROSE]
    assert bodies("\n".join(wrapped)) == [paragraph.strip() for paragraph in wrapped]


def test_one_paragraph_a_line_is_split_at_single_line_breaks() -> None:
    assert bodies("\n".join(PROSE)) == list(PROSE)
    short = ["He left.", "She stayed in the house by the sea until spring.", "Nobody came."]
    assert bodies("\n".join(short)) == short


def test_a_line_that_goes_on_in_small_letters_is_no_paragraph() -> None:
    broken = PROSE[0].replace(" and talked", "\nand talked")
    assert bodies(f"{broken}\n{PROSE[1]}") == [broken, PROSE[1]]


def test_a_title_is_a_paragraph_of_its_own_whatever_follows_it() -> None:
    assert paragraphs(f"Ministers talk fish\n\n{PROSE[0]}")[0] == ("title", "Ministers talk fish")
    assert paragraphs("Ministers talk fish\n" + "\n".join(PROSE))[0] == ("title", "Ministers talk fish")
    record = clean(RawRecord("a", 0, 0, "0", f"Ministers talk fish\n{PROSE[0]}", title="Ministers talk fish"))
    assert [p.kind for p in split_paragraphs(record)] == ["title", "body"]
    inside = clean(RawRecord("a", 0, 0, "0", "Ministers talk fish and nothing else.", title="Ministers talk fish"))
    assert [p.kind for p in split_paragraphs(inside)] == ["body"]


def test_a_wrapped_title_is_one_paragraph() -> None:
    assert paragraphs(f"Ministers talk fish\nand salt\n\n{PROSE[0]}")[0] == ("title", "Ministers talk fish\nand salt")


def test_a_dateline_is_a_paragraph_only_when_it_stands_alone() -> None:
    alone = paragraphs(f"Ministers talk fish\n\nOSLO, May 6 (NTB)\n\n{PROSE[0]}")
    assert [kind for kind, _ in alone] == ["title", "dateline", "body"]
    assert [kind for kind, _ in paragraphs(f"Ministers talk fish\n\nOSLO, May 6 (NTB) - {PROSE[0]}")] == ["title", "body"]
    assert paragraphs(f"Ministers talk fish\n\nMonday, May 6, 2024\n\n{PROSE[0]}")[1] == ("dateline", "Monday, May 6, 2024")


@pytest.mark.parametrize("marks", ["•••", "***", "---", "–––", ("1.", "2.", "3."), ("a)", "b)", "c)"), ("(1)", "(2)", "(3)")])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_each_list_item_is_a_paragraph(marks: tuple[str, ...], between: str) -> None:
    items = [f"{mark} {word} of the accord" for mark, word in zip(marks, ("first part", "second part", "third part"), strict=True)]
    found = paragraphs(f"{PROSE[0]}\n\n{between.join(items)}\n\n{PROSE[1]}")
    assert found == [("body", PROSE[0]), *(("list", item) for item in items), ("body", PROSE[1])]


def test_a_single_dash_or_number_is_no_list() -> None:
    assert [kind for kind, _ in paragraphs(f"{PROSE[0]}\n\n– That was all, he said.\n\n2024) was hard.")] == ["body"] * 3


def test_a_wrapped_list_item_stays_whole() -> None:
    items = [textwrap.fill(f"* {paragraph}", 64, subsequent_indent="  ") for paragraph in PROSE]
    assert paragraphs("\n".join(items)) == [("list", item) for item in items]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("“We shall stay. We always did.”", "quote"),
        ('"We shall stay. We always did."', "quote"),
        ("> We shall stay.\n> We always did.", "quote"),
        ("“We shall stay,” he said. “We always did.”", "body"),
        ('"We shall stay," he said.', "body"),
        ("Photo: Jane Doe/Agency", "caption"),
        ("FILE PHOTO: Ministers at the harbour", "caption"),
        ("Image by Jane Doe.", "caption"),
        ("Ministers at the harbour. Image: Jane Doe.", "caption"),
        ("Ministers at the harbour (AP Photo/Jane Doe)", "caption"),
        ("Images of the harbour were shown on Monday.", "body"),
        ("They showed one picture: three men in black.", "body"),
        ("Photo finishes were rare, the referee said.", "body"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert paragraphs(f"{PROSE[0]}\n\n{text}\n\n{PROSE[1]}") == [("body", PROSE[0]), (kind, text), ("body", PROSE[1])]


lines = st.lists(
    st.sampled_from(
        [
            "",
            "",
            "* a item",
            "- b",
            "1. one",
            "2. two",
            "> quoted",
            "“Quote.”",
            "Photo: X",
            "OSLO, May 6 (NTB) -",
            "مرحبا بالعالم.",
            "é́ 👩‍👩‍👧 😀",
        ]
    )
    | st.text(max_size=30),
    max_size=12,
).map("\n".join)


@given(lines, st.none() | st.text(max_size=20))
@example("Title\n\n\n\n* \n*\n\n \t\n1.", "Title")
@settings(max_examples=300, deadline=None)
def test_paragraphs_partition_every_text(body: str, title: str | None) -> None:
    document = clean(RawRecord("a", 0, 0, "0", "x" + body, title=title))
    found = split_paragraphs(document)
    assert [p.paragraph_index for p in found] == list(range(len(found)))
    spans = [(p.start_char, p.end_char) for p in found]
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(document.text[a:b] == document.text[a:b].strip() != "" for a, b in spans)
    assert "".join("".join(document.text[a:b].split()) for a, b in spans) == "".join(document.text.split())
