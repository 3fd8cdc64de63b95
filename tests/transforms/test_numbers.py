import pytest

from transforms.numbers import read_currency, read_number, read_ordinal, read_unit


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("1,500", 1500),
        ("$1.5bn", 1.5e9),
        ("$1.5 billion", 1.5e9),
        ("two million", 2e6),
        ("twenty-five", 25),
        ("at least five", 5),
        ("two dozen", 24),
        ("a hundred", 100),
        ("three hundred and twelve", 312),
        ("one million two hundred thousand", 1_200_000),
        ("25 percent", 25),
        ("0.5%", 0.5),
        ("20,000 euros", 20000),
        ("half a million", 500_000),
        ("three and a half million", 3.5e6),
        ("three lakh", 300_000),
        ("14 000", 14000),
        ("minus 0.3", -0.3),
        ("nearly three-quarters", 0.75),
        ("one in five", 0.2),
        ("half of", 0.5),
    ],
)
def test_figures_and_words_have_a_value(text: str, value: float) -> None:
    assert read_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["dozens", "thousands", "10 to 15", "several", "between 5 and 7", "between two and three", "five or six", "hundreds", ""],
)
def test_open_numbers_and_ranges_have_no_value(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(("text", "value"), [("29th", 29), ("first", 1), ("twenty-third", 23), ("3rd", 3), ("umpteenth", None)])
def test_ordinals_are_read(text: str, value: float | None) -> None:
    assert read_ordinal(text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$5", "USD"),
        ("A$5", "AUD"),
        ("€3m", "EUR"),
        ("20 million roubles", "RUB"),
        ("£10", "GBP"),
        ("5 manats", "AZN"),
        ("five", None),
        ("NOK 6 billion", "NOK"),
        ("Rs 20 crore", "INR"),
        ("1.2 billion pesos", None),
    ],
)
def test_currencies_have_iso_codes(text: str, code: str | None) -> None:
    assert read_currency(text) == code


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("30 kilometres", "km"),
        ("about 5 miles", "mi"),
        ("two tonnes", "t"),
        ("six feet", "ft"),
        ("9", None),
        ("5,000 sq km", "km²"),
        ("4C", "°C"),
    ],
)
def test_units_are_written_one_way(text: str, unit: str | None) -> None:
    assert read_unit(text) == unit
