"""The parse of a document: what is asked once and kept is what spaCy's own components say."""

import pytest
import spacy

from transforms.annotate import annotate, load_model
from transforms.document import Document
from transforms.paragraphs import split_paragraphs
from transforms.pipeline import load_coder
from transforms.pipelines import BASE, SHIPPED
from transforms.sentences import split_sentences
from transforms.tagger import shipped_version

TEXT = """There's no doubt: they ain't gonna stop, y'all. Let's go on, she's said, but I got ta leave; there are others.

The  president, who had been ousted, denied it. He and you have it. What did it do? "Doin' fine," that man said once.

Rebels staged attacks. They were raped, and it axed the plan. This is that which those saw; nobody knows something."""


def test_attributes_are_those_of_the_components_they_stand_for() -> None:
    nlp = load_model(BASE)
    document = Document("0" * 32, TEXT)
    sentences = split_sentences(document, split_paragraphs(document))
    for _ in range(2):  # the second time from memory
        for parse in annotate(nlp, document, sentences):
            plain = nlp.make_doc(parse.text)
            for token in plain[1:]:
                token.is_sent_start = False
            for name, component in nlp.pipeline:
                plain = component(plain)
                del name
            found = [(token.text, token.pos_, str(token.morph), token.lemma_) for token in parse]
            wanted = [(token.text, token.pos_, str(token.morph), token.lemma_) for token in plain]
            mended = {"raped": "rape", "axed": "axe", "staged": "stage"}
            wanted = [(word, tag, morph, mended.get(word, lemma)) for word, tag, morph, lemma in wanted]
            assert found == wanted


def test_the_shipped_tagger_has_a_version_that_its_weights_decide() -> None:
    assert len(shipped_version()) == 8
    assert int(shipped_version(), 16)


def test_a_pipeline_of_the_users_own_is_loaded_by_its_folder(tmp_path: object) -> None:
    folder = f"{tmp_path}/pipeline"
    spacy.load(BASE).to_disk(folder)
    assert load_model(folder)("Angela Merkel left.").ents[0].text == "Angela Merkel"


def test_a_long_document_parsed_in_parts_gives_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    coder = load_coder(SHIPPED)
    paragraphs = [f"Russia attacked Georgia on May {day}. The minister left Baku." for day in range(1, 9)]
    document = Document("0" * 32, "\n\n".join(paragraphs))
    whole = coder.code(document)
    monkeypatch.setattr("transforms.annotate.PART_CHARACTERS", 60)
    assert coder.code(document) == whole
    assert len(whole.sentences) == 16
