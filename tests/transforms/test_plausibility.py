"""What is political and what only uses its words; sentences written for this test, no training text has them."""

import numpy as np
import pytest

from transforms.clean import clean
from transforms.document import RawRecord
from transforms.events.plausibility import Evidence, Weights, shipped
from transforms.pipeline import Coder

OTHER_WORLDS = [
    "The goalkeeper blocked three shots, and Iceland attacked until the whistle in Reykjavik.",
    "The carmaker fired two hundred managers in Turin and apologised to customers in Spain.",
    "In the thriller, a spy kidnaps the Russian president's daughter. Critics in London praised the ending.",
    "The striker rejected a new contract with Valencia and asked for a transfer.",
]
POLITICAL = [
    "The navy blocked three ports, and Iran attacked a tanker near Fujairah.",
    "Two Danish ministers signed an agreement to share intelligence with Norway.",
    "Gunmen kidnapped the Nigerian governor's daughter. The government in Abuja condemned the crime.",
    "Troops from Eritrea invaded the province and destroyed the airport.",
    "The rebels rejected a ceasefire with Mali and asked for talks.",
    "Police arrested the actor in Cairo after he criticised the president.",
    "Workers at the carmaker went on strike in Germany.",
    "Peru condemned Chile.",
]


def types(coder: Coder, text: str) -> list[str]:
    return [event.event_type for event in coder.code(clean(RawRecord("test", 0, 0, "0", text))).events]


@pytest.mark.parametrize("text", OTHER_WORLDS)
def test_other_worlds_give_no_event(coder: Coder, text: str) -> None:
    assert types(coder, text) == []


@pytest.mark.parametrize("text", POLITICAL)
def test_politics_keeps_its_events(coder: Coder, text: str) -> None:
    assert types(coder, text)


def test_words_without_a_weight_of_their_own_are_told_by_their_pieces() -> None:
    weights = Weights({"treaty": 1.0}, np.ones(64, dtype=np.float32), {}, 0.5)
    assert weights.of_word("treaty") - 1.0 == pytest.approx(weights.axis @ np.asarray(_vector("treaty")))
    assert weights.of_word("unheardof") == pytest.approx(weights.axis @ np.asarray(_vector("unheardof")))


def test_a_chance_is_made_of_marks_and_places() -> None:
    weights = Weights({}, np.zeros(64, dtype=np.float32), {"actor GOV": 2.0, "no object": -1.0}, 0.5)
    assert weights.chance(Evidence((), {})) == 0.5
    assert weights.chance(Evidence(("actor GOV",), {"object": ()})) == pytest.approx(1 / (1 + np.exp(-1)))


def test_long_texts_decide_no_more_than_short_ones() -> None:
    weights = Weights({"goal": -2.0}, np.zeros(64, dtype=np.float32), {}, 0.5)
    assert weights.of_words(["goal"] * 100) == -8.0
    assert weights.of_words(()) == 0.0


def test_the_shipped_weights_keep_what_is_likely_by_halves() -> None:
    assert 0 < shipped().least < 0.5


def _vector(word: str) -> list[float]:
    from transforms.piece_vectors import vector_of

    return [float(value) for value in vector_of(word)]
