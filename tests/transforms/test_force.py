"""The means of force comes from anywhere in the clause, and an act and what came of it are one event."""

import pytest

from tests.transforms.test_events import code
from transforms.events.force import combined
from transforms.lexicon import compile_lexicon, load_lexicon
from transforms.pipeline import Coder
from warehouse.schema.errors import UsageError

MEANS = [
    ("A Yemeni nurse was killed in a drone strike.", ("drone",)),
    ("Militants from Chad attacked a Sudanese village with machetes.", ("primitive",)),
    ("Gunmen attacked a Kenyan school.", ("firearms",)),
    ("Turkish warplanes bombed a Syrian village.", ("aerial",)),
]
ONE = [
    "Rebels attacked a Malian convoy, killing nine soldiers.",
    "An air strike killed two Yemeni farmers.",
]


@pytest.mark.parametrize(("sentence", "modes"), MEANS)
def test_the_means_tells_the_mode(coder: Coder, sentence: str, modes: tuple[str, ...]) -> None:
    assert [event.modes for event in code(coder, sentence).events if event.event_type == "ASSAULT"] == [modes]


@pytest.mark.parametrize("sentence", ONE)
def test_an_act_and_its_outcome_are_one_event(coder: Coder, sentence: str) -> None:
    assert [event.event_type for event in code(coder, sentence).events] == ["ASSAULT"]


def test_the_more_exact_means_stands_beside_what_was_done() -> None:
    refines = load_lexicon().refines
    assert combined(("explosives",), ("aerial",), refines) == ("aerial",)
    assert combined(("targeted",), ("drone",), refines) == ("targeted", "drone")


def test_an_unknown_means_is_named() -> None:
    with pytest.raises(UsageError, match=r"weapons.*unknown key .laser"):
        compile_lexicon({"_shared.toml": '[weapons]\nlaser = ["beam"]\n'})


def test_two_rules_with_the_same_words_leave_one_event(coder: Coder) -> None:
    assert [event.event_type for event in code(coder, "Bolivian teachers on strike for third week").events] == ["PROTEST"]
