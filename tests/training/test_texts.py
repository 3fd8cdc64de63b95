"""The annotated texts, and what the trainer makes of them."""

import random
from pathlib import Path

import pytest
import spacy

from training.markup import LABELS, Mark, read_texts, unmark
from training.names import TEXTS, Sentence, Varied, example, sentences_of, train, untrained, with_values
from transforms.pipelines import BASE
from transforms.tagger import add_tagger

FILES = sorted(TEXTS.glob("*.txt"))


def test_marks_have_the_offsets_of_the_plain_text() -> None:
    text, marks = unmark("{P:1 Ann Lee} flew to {G Oslo}; {:1 she} waited.")
    assert text == "Ann Lee flew to Oslo; she waited."
    assert marks == (Mark(0, 7, "PERSON", 1), Mark(16, 20, "GPE", None), Mark(22, 25, None, 1))


@pytest.mark.parametrize(
    ("content", "message"),
    [("no header\n", "no header"), ("=== a1 | newswire | 2024-01-01\n\nHalf a {P mark\n", "brace")],
)
def test_broken_markup_is_refused_with_its_file(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_text(content)
    with pytest.raises(ValueError, match=rf"bad\.txt.*{message}"):
        list(read_texts([path]))


def test_every_document_has_an_id_of_its_own_and_names_without_blanks() -> None:
    texts = list(read_texts(FILES))
    assert len({text.name for text in texts}) == len(texts) > 100
    for text in texts:
        for mark in text.marks:
            name = text.text[mark.start : mark.end]
            assert name == name.strip(), f"{text.name}: {name!r}"


def test_no_name_is_lost_to_cleaning_and_few_to_sentence_boundaries() -> None:
    marked = kept = 0
    for text in read_texts(FILES):
        marked += sum(mark.label is not None for mark in text.marks)
        kept += sum(len(sentence.names) for sentence in sentences_of(text))
    assert kept > 0.99 * marked


def test_exchanged_names_stand_at_their_offsets() -> None:
    sentences = [sentence for text in list(read_texts(FILES))[:30] for sentence in sentences_of(text)]
    varied = Varied(sentences, random.Random(3))
    pool = {(label, name.lower()) for label, names in varied.pool.items() for name in names}
    for sentence in sentences:
        changed = varied.vary(sentence)
        assert len(changed.names) == len(sentence.names)
        for start, end, label in changed.names:
            assert (label, changed.text[start:end].lower()) in pool


def test_an_example_has_the_marked_names_and_the_taught_dates() -> None:
    nlp = spacy.load(BASE)
    (taught,) = with_values([Sentence("Zoya Bek left Ruse on Tuesday.", ((0, 8, "PERSON"), (14, 18, "GPE")))], nlp)
    made = example(nlp, taught)
    assert [(entity.text, entity.label_) for entity in made.reference.ents] == [
        ("Zoya Bek", "PERSON"), ("Ruse", "GPE"), ("Tuesday", "DATE"),
    ]  # fmt: skip
    assert set(LABELS.values()) <= set(nlp.get_pipe("ner").labels)  # type: ignore[attr-defined]


def test_the_wider_tagger_begins_as_good_as_the_one_it_comes_from() -> None:
    text = "Angela Merkel met officials of the European Union in Warsaw on Monday."
    found = [(entity.text, entity.label_) for entity in untrained()(text).ents]
    assert found == [(entity.text, entity.label_) for entity in spacy.load(BASE)(text).ents]


@pytest.mark.slow
def test_weights_trained_on_two_dozen_texts_are_read_again(tmp_path: Path) -> None:
    text = "Angela Merkel met officials in Warsaw on Monday."
    trained = train(list(read_texts(FILES))[:24], 1, 1)
    trained.get_pipe("ner").to_disk(tmp_path, exclude=["vocab"])  # type: ignore[attr-defined]
    again = spacy.load(BASE, exclude=["ner"])
    add_tagger(again).from_disk(tmp_path, exclude=["vocab"])
    found = [(entity.text, entity.label_) for entity in again(text).ents]
    assert found == [(entity.text, entity.label_) for entity in trained(text).ents]
    assert {label for _, label in found} >= {"PERSON", "GPE", "DATE"}
