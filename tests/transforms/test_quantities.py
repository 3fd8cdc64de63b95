"""Dates and amounts in sentences: found whole, whatever the model has seen of them, and nothing where none is meant."""

import pytest

from tests.transforms.tagged import Tagged, tagged
from transforms.pipeline import Coder

NUMBERS = {"MONEY", "PERCENT", "QUANTITY", "CARDINAL"}


def dates_of(found: Tagged) -> list[tuple[str, str, str]]:
    text = found.document.text
    return [
        (text[one.start_char : one.end_char], str(one.value_start), str(one.value_end))
        for one in found.entities.mentions
        if one.value_start
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ceasefire lasted from Monday until Thursday.", ("Monday until Thursday", "2024-03-11", "2024-03-14")),
        ("Voters go to the polls on Saturday.", ("Saturday", "2024-03-23", "2024-03-23")),
        ("The vote was moved to Thursday.", ("Thursday", "2024-03-21", "2024-03-21")),
        ("The minister says talks failed on Saturday.", ("Saturday", "2024-03-16", "2024-03-16")),
        ("Since Friday, nobody has left.", ("Friday", "2024-03-15", "2024-03-15")),
        ("Thousands marched on New Year's Eve.", ("New Year's Eve", "2023-12-31", "2023-12-31")),
        ("The gallery opened on Easter Sunday 1998.", ("Easter Sunday 1998", "1998-04-12", "1998-04-12")),
        ("It is for fiscal 2022, which began on October 1, 2021.", ("fiscal 2022", "2021-10-01", "2022-09-30")),
        ("The entry reads 2016-12-30T23:41 and no more.", ("2016-12-30T23:41", "2016-12-30", "2016-12-30")),
    ],
)
def test_a_date_is_found_whole_and_in_the_direction_of_its_clause(coder: Coder, text: str, expected: tuple[str, str, str]) -> None:
    assert expected in dates_of(tagged(coder.nlp, text))


@pytest.mark.parametrize(
    "text",
    [
        "The plant employs 1984 people in three shifts.",
        "He lives at 1999 Juniper Avenue.",
        "Pilgrims come to the shrine every year on 13 May.",
        "The temple was begun in the fifth century BC.",
        "The choir is made up of people in their seventies.",
        "The complaint names 31 April 2017 as the day.",
        "He played superbly in the first quarter, the coach said.",
    ],
)
def test_counts_sets_ages_and_impossible_days_are_no_dates(coder: Coder, text: str) -> None:
    assert dates_of(tagged(coder.nlp, text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mayor put the damage at US$7.5 million.", ("US$7.5 million", "MONEY", 7.5e6, "USD")),
        ("Rates were raised by 50 basis points.", ("50 basis points", "QUANTITY", 50.0, "bp")),
        ("It was minus 4C in the camp at dawn.", ("minus 4C", "QUANTITY", -4.0, "°C")),
        ("Between 20 and 30 percent of it was lost.", ("Between 20 and 30 percent", "PERCENT", None, "%")),
        ("One in five pupils skips breakfast.", ("One in five", "CARDINAL", 0.2, None)),
        ("Fuel rose by 30 pence overnight.", ("30 pence", "MONEY", 0.3, "GBP")),
    ],
)
def test_an_amount_is_found_with_its_sign_scale_and_unit(
    coder: Coder, text: str, expected: tuple[str, str, float | None, str | None]
) -> None:
    found = tagged(coder.nlp, text)
    amounts = [
        (found.document.text[one.start_char : one.end_char], one.entity_type, one.value_number, one.unit)
        for one in found.entities.mentions
        if one.entity_type in NUMBERS
    ]
    assert amounts == [expected]
