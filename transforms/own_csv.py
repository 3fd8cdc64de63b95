"""Reads a user's own names from CSV: one line an entity, or several where its office changed.

It is checked as a whole; a mistake is told with file and line, the valid values and the way out.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches

from transforms.countries import codes_by_iso2, countries
from transforms.own_names import Entries, Held, NameEntry
from transforms.own_table import known_name, name_key, own_entity
from transforms.package_data import slug
from warehouse.schema.errors import UsageError
from warehouse.schema.vocabulary import SECTORS

COLUMNS = ("name", "type", "entity_id", "country", "sector", "aliases", "start", "end")
_NEEDED = ("name", "type")
TYPES = {"person": "PERSON", "organisation": "ORG", "organization": "ORG", "place": "GPE", "group": "NORP"}
_ENTITY_ID = re.compile(r"[a-z]+:\S+")


def read_csv_names(text: str, file: str) -> Entries:
    """Give the names of a CSV file with the content `text`; `file` is how messages call it.

    Columns: name and type (person, organisation, place, group); optional entity_id, country (ISO 3166-1 alpha-3), sector,
    aliases (";" between them), start and end (the first and last day on which country and sector hold). Lines with the same name
    and entity are one entity at different times. Other columns, empty lines and lines that begin with # are not looked at.

    Raises:
        UsageError: a column is missing, or a line has no name, or a value that is none.
    """
    rows = list(_rows(text, file))
    held: dict[tuple[str, str, str], list[Held]] = {}
    first: dict[tuple[str, str, str], str] = {}
    spellings: dict[tuple[str, str, str], dict[str, str]] = {}
    owners: dict[str, tuple[tuple[str, str, str], str]] = {}
    for place, row in rows:
        kind = _kind(row["type"], place)
        name, *aliases = _names(row, place)
        if row["entity_id"] and not _ENTITY_ID.fullmatch(row["entity_id"]):
            raise UsageError(f"{place}: {row['entity_id']!r} is no entity_id. It reads like org:acme; left empty it is made.")
        who = row["entity_id"] or name, kind, row["entity_id"]
        one = Held(_country(row["country"], place), _sector(row["sector"], place), *_days(row, place))
        for other in held.get(who, ()):
            if one.start is None and one.end is None and other.start is None and other.end is None and one != other:
                raise UsageError(f"{place}: {name!r} is in {first[who]} already, with other values. Give both lines start or end.")
        held.setdefault(who, []).append(one)
        first.setdefault(who, place)
        for spelling in (name, *aliases):
            owner, where = owners.setdefault(name_key(spelling), (who, place))
            if owner != who:
                raise UsageError(f"{place}: {spelling!r} is a name of another entity in {where}. Keep it in one of the two lines.")
            spellings.setdefault(who, {}).setdefault(spelling, place)
    names = []
    for who, times in held.items():
        entity = own_entity(next(iter(spellings[who])), who[1], times, who[2] or None)
        names += [NameEntry(place, spelling, entity, exact_case=True) for spelling, place in spellings[who].items()]
    return Entries(names=tuple(names))


def _rows(text: str, file: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    lines = csv.reader(line if line.strip() and not line.startswith("#") else "\n" for line in text.splitlines(keepends=True))
    header: list[str] | None = None
    try:
        for cells in lines:
            place = f"{file}:{lines.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip().lower() for cell in cells]
                missing = [name for name in _NEEDED if name not in header]
                if missing:
                    raise UsageError(
                        f"{place}: no column {' and no column '.join(missing)}. The first line reads {','.join(COLUMNS)}."
                    )
                continue
            if len(cells) != len(header):
                raise UsageError(f"{place}: {len(cells)} fields, but {len(header)} columns. Put a value with a comma in quotes.")
            given = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            yield place, {name: given.get(name, "") for name in COLUMNS}
    except csv.Error as error:
        raise UsageError(f"{file}:{lines.line_num}: {error}. Save the file as CSV (UTF-8).") from error
    if header is None:
        raise UsageError(f"{file}: no line in it. The first one names the columns: {','.join(COLUMNS)}.")


def _kind(value: str, place: str) -> str:
    if value.lower() not in TYPES:
        raise UsageError(f"{place}: {value!r} is no type. Write person, organisation, place or group.")
    return TYPES[value.lower()]


def _names(row: Mapping[str, str], place: str) -> list[str]:
    if not row["name"]:
        raise UsageError(f"{place}: the name is empty. Fill it in, or take the line out.")
    names = [row["name"], *(alias.strip() for alias in row["aliases"].split(";") if alias.strip())]
    for name in names:
        if not slug(name):
            raise UsageError(f"{place}: {name!r} has neither letter nor digit. Write the name as texts have it.")
    return list(dict.fromkeys(names))


def _country(value: str, place: str) -> str | None:
    if not value or value in countries():
        return value or None
    known = known_name(value)
    meant = codes_by_iso2().get(value.upper()) or (known.country if known is not None else None)
    meant = meant or next(iter(get_close_matches(value.upper(), sorted(countries()), n=1)), None)
    hint = f"; {meant} perhaps" if meant else ""
    raise UsageError(f"{place}: {value!r} is no country. Write its ISO 3166-1 alpha-3 code, such as AZE (XKX for Kosovo){hint}.")


def _sector(value: str, place: str) -> str | None:
    if not value or value in SECTORS:
        return value or None
    valid = ", ".join(f"{code} ({meaning})" for code, meaning in SECTORS.items())
    raise UsageError(f"{place}: {value!r} is no sector. Write one of these, or none: {valid}.")


def _days(row: Mapping[str, str], place: str) -> tuple[date | None, date | None]:
    days = []
    for column in ("start", "end"):
        try:
            days.append(date.fromisoformat(row[column]) if row[column] else None)
        except ValueError as error:
            raise UsageError(f"{place}: {row[column]!r} in {column} is no day. Write it as YYYY-MM-DD.") from error
    start, end = days
    if start is not None and end is not None and end < start:
        raise UsageError(f"{place}: the end {end} is before the start {start}. Put them right.")
    return start, end
