"""Reads a user's merges of entities: a CSV file with the columns seed_id and canonical_id.

It is read and checked as a whole before a run does any work; a mistake is told with its line.
"""

import csv
import re
from pathlib import Path

from transforms.decode import decode
from transforms.document import Rejected
from warehouse.schema.errors import UsageError

COLUMNS = ("seed_id", "canonical_id")
_ENTITY_ID = re.compile(r"[a-z]+:\S+")


def read_aliases(path: str | Path) -> dict[str, str]:
    """Give the canonical entity_id of each seed entity_id of a CSV file, in the order of the file.

    The first line names the columns; others beside seed_id and canonical_id (a note, say) are not looked at. Empty lines, and
    lines that begin with #, are skipped.

    Raises:
        UsageError: the file cannot be read, lacks a column, or a line of it has no entity_id, gives an entity another name twice,
            or replaces what replaces another.
    """
    path = Path(path)
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: the file of aliases cannot be read: {error.strerror}. Name a CSV file.") from error
    except Rejected as error:
        raise UsageError(f"{path}: the file of aliases is no text. Save it as CSV (UTF-8).") from error
    lines = csv.reader(line if line.strip() and not line.startswith("#") else "\n" for line in text.splitlines(keepends=True))
    header: list[str] | None = None
    aliases: dict[str, str] = {}
    said: dict[str, int] = {}
    for row in lines:
        place = f"{path}:{lines.line_num}"
        if not any(row):
            continue
        if header is None:
            header = [name.strip() for name in row]
            missing = [name for name in COLUMNS if name not in header]
            if missing:
                raise UsageError(f"{place}: no column {' and no column '.join(missing)}. The first line reads {','.join(COLUMNS)}.")
            continue
        if len(row) != len(header):
            raise UsageError(f"{place}: {len(row)} fields, but {len(header)} columns. Put a value that holds a comma in quotes.")
        seed, canonical = (row[header.index(name)].strip() for name in COLUMNS)
        for value in (seed, canonical):
            if not _ENTITY_ID.fullmatch(value):
                raise UsageError(f"{place}: {value!r} is no entity_id. It reads like person:jane-doe or country:AZE.")
        if seed == canonical:
            raise UsageError(f"{place}: {seed} would replace itself. Take the line out.")
        if seed in said and aliases[seed] != canonical:
            raise UsageError(f"{place}: {seed} became {aliases[seed]} in line {said[seed]}. Keep one of the two lines.")
        aliases.setdefault(seed, canonical)
        said.setdefault(seed, lines.line_num)
    if header is None:
        raise UsageError(f"{path}: no line in it. The first one reads {','.join(COLUMNS)}.")
    for seed, canonical in aliases.items():
        if canonical in aliases:
            raise UsageError(
                f"{path}:{said[seed]}: {canonical} is itself replaced, in line {said[canonical]}. "
                f"Point {seed} at {aliases[canonical]}."
            )
    return aliases
