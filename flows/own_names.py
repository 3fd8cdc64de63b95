"""Reads the files of a user's own people and organisations, and hands the compiled table to the workers.

All files are read and checked before a run does any work. The workers load one file that the run wrote, not the user's: these may
change while it goes on, and its rows would differ. It is JSON by columns; what several names share stands there once.
"""

import gc
import json
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from transforms.decode import decode
from transforms.document import Rejected
from transforms.own_csv import read_csv_names
from transforms.own_names import Entries, Held, OwnEntity, OwnName, OwnNames
from transforms.own_table import compile_names, make_table
from transforms.petrarch import read_dictionary
from warehouse.schema.errors import UsageError

SHOWN_WARNINGS = 20


def read_own_names(paths: Sequence[str | Path]) -> tuple[OwnNames | None, tuple[str, ...]]:
    """Give the table of the files' names, None where there is no file, and what is to be told of them, with file and line.

    A file that ends in .csv has the columns of `transforms.own_csv`; any other is a dictionary in PETRARCH's format. Of two files
    that hold the same name the one named first counts.

    Raises:
        UsageError: a file cannot be read, or there is a mistake in it; the message has file and line.
    """
    if not paths:
        return None, ()
    return _compiled(tuple((str(path), _content(Path(path))) for path in paths))


def warning_lines(warnings: Sequence[str]) -> list[str]:
    """Give the first warnings, and how many more there are."""
    lines = list(warnings[:SHOWN_WARNINGS])
    if len(warnings) > SHOWN_WARNINGS:
        lines.append(f"and {len(warnings) - SHOWN_WARNINGS:,} more lines with a warning")
    return lines


def save_own_names(names: OwnNames, folder: Path) -> Path:
    """Write the table into `folder`, for `load_own_names` in the workers."""
    path = folder / "own_names.json"
    named = names.names.values()
    entities = {entity: place for place, entity in enumerate(dict.fromkeys(name.entity for name in named))}
    offices = {held: place for place, held in enumerate(dict.fromkeys(entity.held for entity in entities))}
    columns = {
        "digest": names.digest,
        "sectors": dict(names.sectors),
        "offices": [[(*held[:2], _day(held.start), _day(held.end)) for held in several] for several in offices],
        "entities": [(entity.entity_id, entity.entity_type, offices[entity.held]) for entity in entities],
        "names": list(names.names),
        "entity": [entities[name.entity] for name in named],
        "written": [name.written for name in named],
        "weak": [name.weak for name in named],
    }
    path.write_text(json.dumps(columns), encoding="utf-8")
    return path


def load_own_names(path: Path | None) -> OwnNames | None:
    """Give the table that `save_own_names` wrote; None without a file."""
    if path is None:
        return None
    collects = gc.isenabled()
    gc.disable()  # nothing here is garbage, and looking for it among so many new objects takes longer than making them
    try:
        return _table(json.loads(path.read_bytes()))
    finally:
        if collects:
            gc.enable()


def _table(stored: dict[str, Any]) -> OwnNames:
    offices = [
        tuple(Held(country, sector, _date(start), _date(end)) for country, sector, start, end in several)
        for several in stored["offices"]
    ]
    entities = [OwnEntity(entity_id, kind, offices[place]) for entity_id, kind, place in stored["entities"]]
    named = map(OwnName, map(entities.__getitem__, stored["entity"]), stored["written"], stored["weak"])
    return make_table(dict(zip(stored["names"], named, strict=True)), stored["sectors"], stored["digest"])


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the file of actors cannot be read: {error.strerror}. Name a file.") from error


@lru_cache(maxsize=1)
def _compiled(files: tuple[tuple[str, bytes], ...]) -> tuple[OwnNames, tuple[str, ...]]:
    return compile_names([_entries(name, content) for name, content in files])


def _entries(name: str, content: bytes) -> Entries:
    try:
        text = unicodedata.normalize("NFC", decode(content))  # as the texts are
    except Rejected as error:
        raise UsageError(f"{name}: the file of actors is no text. Save it as CSV or plain text (UTF-8).") from error
    return (read_csv_names if name.lower().endswith(".csv") else read_dictionary)(text, name)
