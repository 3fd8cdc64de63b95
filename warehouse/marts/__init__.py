"""The marts: views that answer what analysts ask first, one SQL file each.

A file opens with comment lines: what a row is, an empty `--` line, then `name: description` for every column; they become the
comments in newsmill.duckdb and the data dictionary.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

MARTS: Final = (
    *("canonical_documents", "event_facts_all", "event_facts", "entities", "dyads_monthly", "daily_counts", "arrivals"),
    "daily_input",
)
"""In the order of creation: a mart may read those before it."""


@dataclass(frozen=True, slots=True)
class Mart:
    """A mart: its name, what a row of it is, its columns with their descriptions, and its query."""

    name: str
    description: str
    columns: dict[str, str]
    query: str


@cache
def marts() -> tuple[Mart, ...]:
    """All marts, in order of creation."""
    folder = files("warehouse.marts")
    return tuple(_parse(name, (folder / f"{name}.sql").read_text(encoding="utf-8")) for name in MARTS)


def _parse(name: str, sql: str) -> Mart:
    lines = sql.splitlines()
    header_length = next(number for number, line in enumerate(lines) if not line.startswith("--"))
    header = [line.removeprefix("--") for line in lines[:header_length]]
    gap = header.index("")
    columns: dict[str, str] = {}
    for line in header[gap + 1 :]:
        if line.startswith("   "):  # goes on from the line before
            columns[next(reversed(columns))] += " " + line.strip()
        else:
            column, _, description = line.strip().partition(": ")
            columns[column] = description
    description = " ".join(line.strip() for line in header[:gap])
    return Mart(name, description, columns, "\n".join(lines[header_length:]).strip())
