"""Headlines in Title Case and capitals get the case of running text; running text and names keep theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.tagged import tagged
from transforms.headline_case import restore_case
from transforms.pipeline import Coder

WORDS = [
    "Rebels",
    "ATTACK",
    "Border",
    "x1y2",
    "Wagner's",
    "U.S.",
    "İZMİR",
    "New",
    "York",
    "of",
    "the",
    "said",
    "Ann",
    "LEE",
    "1999",
    "-",
    "ßtraße",
]


@pytest.mark.parametrize(
    ("headline", "restored"),
    [
        ("Rebels Attack Border Town as Talks Stall in Doha", "Rebels attack border town as talks stall in Doha"),
        ("Israel-Hamas Ceasefire Deal Near, Says U.S. Envoy", "Israel-Hamas ceasefire deal near, says U.S. envoy"),
        ("CHINA SAYS US SANCTIONS VIOLATE WTO RULES", "China says US sanctions violate WTO rules"),
        ("Pakistan's Imran Khan Jailed for Ten Years", "Pakistan's Imran Khan jailed for ten years"),
        ("Nigeria: Gunmen Kill Twenty in Kaduna Village", "Nigeria: Gunmen kill twenty in Kaduna village"),
    ],
)
def test_a_headline_is_written_as_running_text(headline: str, restored: str) -> None:
    assert restore_case([headline]) == [restored]


@pytest.mark.parametrize(
    "sentence",
    [
        "The president said that the United Nations Security Council would meet.",
        "Kenya's Foreign Minister Daniel Otieno spoke.",
        "Manchester United Football Club",
        "Minister of Defence Anna Berg spoke at the Ministry of Trade and Industry of Norway.",
        "Ann Lee",
    ],
)
def test_running_text_and_names_keep_their_case(sentence: str) -> None:
    assert restore_case([sentence]) == [sentence]


def test_the_body_tells_which_words_are_names() -> None:
    body = "Zelda Crowe left the Green Spring Group on Monday after a rift."
    restored = restore_case(["Zelda Crowe Quits Green Spring Group Over Rift", body])
    assert restored == ["Zelda Crowe quits Green Spring Group over rift", body]


@pytest.mark.parametrize(
    "headline", ["BIG FIRE RAGES İSTANBUL'DA", "Big Fire Rages Near Straßenbahn Ǆ", "ǅ BIG FIRES RAGE EVERYWHERE ﬁ"]
)
def test_a_restored_headline_is_as_long_as_it_was(headline: str) -> None:
    assert len(restore_case([headline])[0]) == len(headline)


@given(st.lists(st.text(max_size=80) | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), max_size=4))
def test_any_sentences_keep_their_length_and_letters(sentences: list[str]) -> None:
    restored = restore_case(sentences)
    assert [len(sentence) for sentence in restored] == [len(sentence) for sentence in sentences]
    assert [sentence.casefold() for sentence in restored] == [sentence.casefold() for sentence in sentences]


def test_offsets_are_those_of_the_text(coder: Coder) -> None:
    found = tagged(coder.nlp, "RUSSIA AND AZERBAIJAN SIGN GAS DEAL IN BAKU")
    assert found.one("BAKU").entity_id == "place:baku-az"
    assert found.one("RUSSIA").entity_id == "country:RUS"
