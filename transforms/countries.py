"""The countries of the world with their names, demonyms and capitals, as data with one look-up by code.

Codes are ISO 3166-1 alpha-3, XKX for Kosovo. Former states (SUN, CSK, YUG, SCG, DDR) keep their withdrawn codes: an article on
the Soviet Union is not one on Russia. Taiwan, Palestine, Hong Kong and Western Sahara have ISO codes and are countries here;
the EU is an IGO.
"""

from dataclasses import dataclass
from functools import cache

from transforms.package_data import read_toml, slug


@dataclass(frozen=True, slots=True)
class Country:
    """One country; `latitude` and `longitude` are degrees of a point in its middle. `iso2` is empty for a former state.

    `precision` is city for a state or territory that is one city (Hong Kong, Monaco), else country.
    """

    code: str
    iso2: str
    latitude: float
    longitude: float
    names: tuple[str, ...]
    adjectives: tuple[str, ...]
    people: tuple[str, ...]
    capitals: tuple[str, ...]
    precision: str = "country"

    @property
    def entity_id(self) -> str:
        """Give `country:AZE`."""
        return f"country:{self.code}"

    @property
    def slug(self) -> str:
        """Give the short name as it ends an organisation's id (`russia`)."""
        return slug(self.names[0])


@cache
def countries() -> dict[str, Country]:
    """Give every country by its alpha-3 code."""
    return {
        code: Country(
            code=code,
            iso2=row.get("iso2", ""),
            latitude=row["lat"],
            longitude=row["lon"],
            names=tuple(row["names"]),
            adjectives=tuple(row.get("adjectives", ())),
            people=tuple(row.get("people", ())),
            capitals=tuple(row.get("capitals", ())),
            precision=row.get("precision", "country"),
        )
        for code, row in read_toml("countries.toml").items()
    }


@cache
def codes_by_iso2() -> dict[str, str]:
    """Give the alpha-3 code for each two-letter code (AZ: AZE)."""
    return {country.iso2: code for code, country in countries().items() if country.iso2}
