"""Precision, recall and F1 of events and their parts over annotated texts, and how often flags and circumstances are right."""

from collections.abc import Callable, Iterable, Set
from typing import NamedTuple
from unicodedata import normalize

from tests.coding.cases import FLAGS, ROLES, Expected, Outcome, is_whole
from transforms.countries import countries
from transforms.document import Event


class Measure(NamedTuple):
    """Counts over a file: what is `right`, what was `found` and what was `expected`."""

    right: int
    found: int
    expected: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.expected) if self.found + self.expected else 0.0


Items = Set[object]
PARTS: dict[str, tuple[Callable[[Expected], Items], Callable[[Event], Items]]] = {
    "type": (
        lambda expected: {expected["type"]},
        lambda found: {found.event_type},
    ),
    "modes": (
        lambda expected: {(expected["type"], mode) for mode in expected["modes"]},
        lambda found: {(found.event_type, mode) for mode in found.modes},
    ),
    "participants": (
        lambda expected: {(role, one["country"]) for role, key in ROLES.items() for one in expected[key] if one["country"]},
        lambda found: {(one.role, one.country) for one in found.participants if one.country},
    ),
    "with sector": (
        lambda expected: {
            (role, one["country"], one["sector"] or "UNK")
            for role, key in ROLES.items()
            for one in expected[key]
            if one["country"] or one["sector"]
        },
        lambda found: {(one.role, one.country, one.sector or "UNK") for one in found.participants if one.country or one.sector},
    ),
}
"""What an event is counted by: of the expected one and of the one found. No country and no sector make no item."""


def measures(found: Iterable[Outcome]) -> dict[str, Measure]:
    """Micro counts of each of PARTS, and of the whole event: type and the countries of both sides."""
    outcomes = list(found)
    pairs = [pair for outcome in outcomes for pair in outcome.required]
    expected = [one for one, _ in pairs] + [one for outcome in outcomes for one in outcome.missed]
    events = [one for _, one in pairs] + [one for outcome in outcomes for one in outcome.wrong]
    counted = {
        part: Measure(
            sum(len(of_expected(one) & of_found(event)) for one, event in pairs),
            sum(len(of_found(event)) for event in events),
            sum(len(of_expected(one)) for one in expected),
        )
        for part, (of_expected, of_found) in PARTS.items()
    }
    return counted | {"whole event": Measure(sum(is_whole(*pair) for pair in pairs), len(events), len(expected))}


def circumstances(found: Iterable[Outcome]) -> dict[str, tuple[int, int]]:
    """Right and all, over the events met: of each flag, of those that should have it, and of the date, place and counts given."""
    pairs = [pair for outcome in found for pair in outcome.required]
    rows: dict[str, tuple[int, int]] = {}
    for flag in FLAGS:
        verdicts = [(bool(one.get(flag)), getattr(event, flag)) for one, event in pairs]
        rows[flag] = sum(wanted == given for wanted, given in verdicts), len(verdicts)
        rows[f"{flag}, where it is"] = sum(given for wanted, given in verdicts if wanted), sum(wanted for wanted, _ in verdicts)
    for key, right in (("date", _date_is_right), ("place", _place_is_right), ("casualties", _casualties_are_right)):
        given_pairs = [pair for pair in pairs if key in pair[0]]
        rows[key] = sum(right(*pair) for pair in given_pairs), len(given_pairs)
    return rows


def _date_is_right(expected: Expected, found: Event) -> bool:
    return [str(found.event_start), str(found.event_end)] == expected["date"]


def _place_is_right(expected: Expected, found: Event) -> bool:
    """Whether one of the two names holds the other, "northern Iraq" and "Iraq"; of an id such as place:santa-cruz-bo its words."""
    kind, _, own = (found.place or "").rpartition(":")
    wanted = _slug(expected["place"])
    if kind == "country":
        own = countries()[own].slug
    elif kind == "place" and found.place_country:
        own = own.removesuffix(f"-{countries()[found.place_country].iso2.lower()}")
    own = _slug(own)
    return bool(own) and (own in wanted or wanted in own)


def _slug(name: str) -> str:
    """The letters and figures of a name, without accents and in lower case."""
    return "".join(c for c in normalize("NFKD", name).casefold() if c.isalnum())


def _casualties_are_right(expected: Expected, found: Event) -> bool:
    wanted = sorted((one["kind"], one["count"]) for one in expected["casualties"])
    return sorted((one.kind, one.count_min or 0) for one in found.casualties) == wanted


def twins(found: Iterable[Outcome]) -> tuple[int, Measure] | None:
    """Events found in the plain texts of pairs, and the types of the political ones; None if the texts are no pairs."""
    outcomes = [outcome for outcome in found if "twin" in outcome.case]
    plain = [outcome for outcome in outcomes if outcome.case["twin"] == "plain"]
    political = [outcome for outcome in outcomes if outcome.case["twin"] == "political"]
    return (sum(len(outcome.wrong) + len(outcome.pairs) for outcome in plain), measures(political)["type"]) if outcomes else None
