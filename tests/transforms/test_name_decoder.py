"""Names read off the recogniser's weights all at once are those that spaCy reads off them one by one."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc

from transforms.annotate import load_model
from transforms.name_decoder import name_decoder
from transforms.pipelines import BASE, SHIPPED

TEXTS = [
    *(json.loads(line)["text"] for line in Path("tests/coding/sentences.jsonl").read_text(encoding="utf-8").splitlines()),
    "The United Nations High Commissioner for Refugees Filippo Grandi met Sheikh Mohammed bin Zayed Al Nahyan of the UAE",
    "  \n Mali  and \t Niger ",
    "Paris",
    "The House of",
    "",
    "!",
]


def parsed(nlp: Any) -> list[Doc]:
    """The texts before the recogniser has seen them, each one sentence."""
    docs = [nlp.make_doc(text) for text in TEXTS]
    for doc in docs:
        for token in doc[1:]:
            token.is_sent_start = False
    return docs


def entities(docs: list[Doc]) -> list[list[tuple[str, str]]]:
    return [[(token.ent_iob_, token.ent_type_) for token in doc] for doc in docs]


@pytest.mark.parametrize("pipeline", [SHIPPED, BASE])
def test_names_are_those_of_spacys_own_loop(pipeline: str) -> None:
    nlp = load_model(pipeline) if pipeline == SHIPPED else spacy.load(pipeline)
    decoder, component = name_decoder(nlp), nlp.get_pipe("ner")
    assert decoder is not None
    ours, theirs = parsed(nlp), parsed(nlp)
    decoder(ours)
    component.set_annotations(theirs, component.predict(theirs))
    assert entities(ours) == entities(theirs)
    assert sum(len(doc.ents) for doc in ours) > len(TEXTS)
    decoder([nlp.make_doc("")])
    decoder([])


def test_a_pipeline_that_sets_names_before_is_left_to_spacy() -> None:
    nlp = spacy.load(BASE)
    nlp.add_pipe("entity_ruler", before="ner")
    assert name_decoder(nlp) is None
