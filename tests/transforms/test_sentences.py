"""Sentences: where they end, where they do not, and that they partition every paragraph of every text."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.clean import clean
from transforms.document import Document, RawRecord
from transforms.paragraphs import split_paragraphs
from transforms.sentences import split_sentences

SEED = Path(__file__).parents[2] / "seeds" / "000_e4c073b4cb4d64d8.txt"


def sentences_of(document: Document) -> list[str]:
    found = split_sentences(document, split_paragraphs(document))
    return [document.text[s.start_char : s.end_char] for s in found]


def split(text: str, title: str | None = None) -> list[str]:
    return sentences_of(clean(RawRecord("a", 0, 0, "0", text, title=title)))


def test_the_seed_has_twelve_sentences() -> None:
    assert len(sentences_of(clean(RawRecord("a", 0, 0, "0", SEED.read_bytes())))) == 12


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith met Gen. Mark Milley.|Then Dr. Li left.",
        "He met Lt. Col. John Smith Jr. and Sens. Cruz and Rubio.|They left.",
        "She lives in Washington D.C.|The city is large.",
        "They met in the U.S.|He left.",
        "The U.S. President met U.N. Secretary-General Guterres.|He left.",
        "The U.S.-led force left.|It was late.",
        "At 5 p.m. EST it began.|At 6 p.m. Monday it ended.|It rained at 7 p.m.|The end was near.",
        "Apple Inc. of California sued Acme Corp.|The firm lost.",
        "Acme Inc. Chief Executive Jane Doe spoke.",
        "On Jan. 5 he left.|In Sept. he came back.",
        "Polls close at 8 p.m.|Results are due at 6 a.m. Friday.|They sell tea, etc.|Prices are low.",
        "He was named as Piotr K.|Prosecutors said so.|It fell in 465 B.C.|Xerxes was dead.",
        "See vol. II, for it.|The island [pop. 900] is small.|Nobody was hurt.|de Boer fled.",
        "He left. [1]|The mayor agreed.[2] [3]|Lt. Col. (ret.) Jones spoke.|The list: 1. Iran.",
        "No. 5 is alive.|See Art. 12 and pp. 5 to 7.|No.|That is wrong.",
        "St. Petersburg is big, e.g. in winter, cf. Smith et al. 2020.|It snows.",
        "Bread, milk, etc.|The shop was closed.",
    ],
)
def test_abbreviations_end_a_sentence_only_before_a_word_that_begins_one(text: str) -> None:
    assert split(text.replace("|", " ")) == text.split("|")


@pytest.mark.parametrize(
    "text",
    [
        "J. K. Rowling and Donald J. Trump spoke.|They left.",
        "George W. Bush met J. A. Smith.|It was late.",
        "He spoke of Group F.|In the group are four teams.",
    ],
)
def test_initials_do_not_end_a_sentence(text: str) -> None:
    assert split(text.replace("|", " ")) == text.split("|")


@pytest.mark.parametrize(
    "text",
    [
        "It rose 3.5 percent to $4.2 million.|15 people left in 2019.|20 came.",
        "See http://example.org/a.b?c=d.|Then mail a.b@example.org.|Visit example.com now.",
        "He said... nothing.|It fell...|The rest is silence.|Wait… what?|Yes . . . perhaps.",
        "1. Introduction and scope of the text",
        "What?!|No way!!|Yahoo! Inc. fell.|Then it rose.",
        "It ended.[1]|Then it began.[2][3]|Good.",
        "The iPhone sold.|iPhone sales rose.|al-Shabaab claimed it.",
    ],
)
def test_numbers_addresses_and_ellipses(text: str) -> None:
    assert split(text.replace("|", " ")) == text.split("|")


@pytest.mark.parametrize(
    "text",
    [
        '"I will go," he said.|"She left.|They stayed."|Then he left.',
        "“We won.|It is over.”|The minister left.",
        '"Why?" he asked.|"Stop!" she cried.|"Really?" Smith asked.|"Where?"|"There."',
        "He asked, “Is it true?”|The answer is no.",
        'He said "No." and left.|The so-called "U.N." Security Council met.',
        "(He left.|She stayed.)|Then it rained.",
        "The man (b. 1950. He died) said so.|He won (see below).|Next.",
        '"The talks were hard. "|Nobody left.',
        "“The sea is calm.” – Jane Doe, captain",
    ],
)
def test_quotes_and_brackets_belong_to_the_sentence_that_they_close(text: str) -> None:
    assert split("It began. " + text.replace("|", " ")) == ["It began.", *text.split("|")]


def test_quotes_set_apart_by_blanks_open_and_close_in_turn() -> None:
    assert split('He went . " She left . " Nobody knew . " Why ? " he asked .') == [
        "He went .",
        '" She left . "',
        "Nobody knew .",
        '" Why ? " he asked .',
    ]


@pytest.mark.parametrize(
    "text",
    [
        *[
            "今天下雨。|明天晴天！|真的吗？|是的。",
            "هل هذا صحيح؟ |نعم. |هذا صحيح.",
            "यह सच है। |हाँ।|ठीक।",
            "Это так? |Да. |Он ушёл.",
        ],
        *["یہ سچ ہے۔ |جی ہاں۔", "Նա եկավ։ |Հետո գնաց։", "ሚኒስትሩ መጣ። |ከዚያ ሄደ፧ |አዎ።", "រដ្ឋមន្ត្រីមកដល់។ |គាត់បានទៅវិញ។"],
        *["外相は「会談は終わった。」と述べた。|翌日に帰国した。", "¿Viene el ministro? |¡Sí! |Llegó ayer."],
        "รัฐมนตรีเดินทางถึงเมืองหลวงเมื่อวันจันทร์ |เขาจะกลับในเดือนมีนาคม",
    ],
)
def test_other_scripts_end_sentences_with_their_own_marks(text: str) -> None:
    assert split(text.replace("|", "")) == [piece.strip() for piece in text.split("|")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Am 3. März kam Dr. Meier, z. B. mit dem Zug.|Er blieb bis zum 5. Mai.|Dann ging er."),
        ("de", "Der Preis stieg auf 1,5 Mrd. Euro.|Im Jahr 2024.|Das war bzw. ist viel."),
        ("fr", "M. Dupont a rencontré Mme. Leroy.|Ils sont partis."),
        ("es", "El Sr. López viajó a EE. UU. con la Dra. Ruiz.|Volvió el lunes."),
        ("ru", "Он родился в 1970 г. Москве помог.|Завод им. Ленина закрыт.|А. Б. Иванов уехал."),
        ("tr", "Toplantı 3. Ordu binasında yapıldı.|Dr. Kaya geldi."),
    ],
)
def test_other_languages_have_their_own_abbreviations(language: str, text: str) -> None:
    assert sentences_of(clean(RawRecord("a", 0, 0, "0", text.replace("|", " "), language=language))) == text.split("|")


def test_a_missing_blank_after_a_full_stop_is_seen_before_a_clear_beginning() -> None:
    assert split("The talks ended.The ministers left. Visit Node.Js now.") == [
        "The talks ended.",
        "The ministers left.",
        "Visit Node.Js now.",
    ]


def test_titles_headings_and_list_items_are_one_sentence_each() -> None:
    text = "Background\n\nIt rained. It snowed.\n\n* First item\n* Second item"
    assert split(text, title="Storm! What now? A guide") == [
        "Storm! What now? A guide",
        "Background",
        "It rained.",
        "It snowed.",
        "* First item",
        "* Second item",
    ]


def test_a_credit_is_a_sentence_of_its_own() -> None:
    assert split("It rained.\n\nThe harbour at dawn Image: Jane Doe.")[1:] == ["The harbour at dawn", "Image: Jane Doe."]


def test_a_dateline_belongs_to_the_first_sentence() -> None:
    assert split("BAKU, March 19 (Trend) -- The talks began. They ended.") == [
        "BAKU, March 19 (Trend) -- The talks began.",
        "They ended.",
    ]


def test_marks_without_words_join_the_sentence_before_them() -> None:
    assert split("Great. 🎉 !!! ...") == ["Great. 🎉 !!! ..."]
    assert split("a. " + ". " * 20_000 + "b")[0].startswith("a.")


pieces = st.lists(
    st.sampled_from(
        [
            ". ",
            "! ",
            "? ",
            "… ",
            '." ',
            ".” ",
            "“",
            '"',
            "'",
            "(",
            ") ",
            "Mr. ",
            "U.S. ",
            "The ",
            "he ",
            "5.5 ",
            "。",
            "؟ ",
            "\n",
            "\r\n",
            "\n\n",
            "مرحبا ",
            "é́",
            "👩‍👩‍👧",
            "* ",
            "Image: Jo.",
        ]
    )
    | st.text(max_size=5),
    max_size=40,
).map("".join)


@given(pieces, st.none() | st.text(max_size=20))
@example("x. . . .", None)
@settings(max_examples=300, deadline=None)
def test_sentences_partition_the_paragraphs_of_every_text(body: str, title: str | None) -> None:
    document = clean(RawRecord("a", 0, 0, "0", "x" + body, title=title))
    paragraphs = split_paragraphs(document)
    sentences = split_sentences(document, paragraphs)
    assert [s.sentence_index for s in sentences] == list(range(len(sentences)))
    spans = [(s.start_char, s.end_char) for s in sentences]
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(document.text[a:b] == document.text[a:b].strip() != "" for a, b in spans)
    for paragraph in paragraphs:
        inside = [s for s in sentences if s.paragraph_index == paragraph.paragraph_index]
        assert inside
        assert all(paragraph.start_char <= s.start_char < s.end_char <= paragraph.end_char for s in inside)
        joined = "".join("".join(document.text[s.start_char : s.end_char].split()) for s in inside)
        assert joined == "".join(document.text[paragraph.start_char : paragraph.end_char].split())


def test_a_line_of_a_list_of_sources_is_one_sentence() -> None:
    lines = [
        '* Ali Shuaib. "Plane crash kills 103 in Libya" — Reuters, May 12, 2010',
        '"Twelve dead in fire". Reuters, January 3, 2010',
    ]
    assert split("\n\n".join(lines)) == lines


def test_a_stop_without_space_behind_it_ends_a_sentence_before_a_capital() -> None:
    assert split('"It is over."Then the lights went out.') == ['"It is over."', "Then the lights went out."]
    assert split("The fee is $3.50.Members pay $2.") == ["The fee is $3.50.", "Members pay $2."]


def test_a_heading_with_a_number_is_one_sentence() -> None:
    assert split("Chapter 2. The flight\n\nThey left at dawn.") == ["Chapter 2. The flight", "They left at dawn."]
