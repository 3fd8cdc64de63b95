"""Prints the rows of a query as a table, CSV or JSON.

CSV and JSON are streamed and lose nothing, since programs read them. The table is for people: it is bounded, and where the
terminal is too narrow for its columns each row is written as a list of names and values instead.
"""

import base64
import csv
import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.cli.terminal import one_line, output, visible

if TYPE_CHECKING:
    import duckdb

TABLE_ROWS: Final = 1_000
"""A table shows so many rows at most."""
_FETCHED: Final = 1_000
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet run a cell of a CSV file as a formula."""
_NARROWEST_COLUMN: Final = 8
_GAP: Final = 2
_LONGEST_RULE: Final = 40
_NUMERIC: Final = frozenset(
    (
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "UHUGEINT",
        "FLOAT",
        "DOUBLE",
    )
)


class Format(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def print_rows(result: "duckdb.DuckDBPyConnection", form: Format, *, raw_csv: bool = False) -> None:
    """Write all rows of an executed query to stdout in the given form.

    Dates and times are ISO 8601, moments in UTC; in JSON lists and structs keep their shape, in CSV they are JSON inside a cell.
    In CSV a text that a spreadsheet would take for a formula gets an apostrophe before it, unless `raw_csv`.
    """
    if not result.description:
        return
    columns = _distinct([str(column[0]) for column in result.description])
    console = output()
    match form:
        case Format.TABLE:
            _print_table(console, columns, result)
        case Format.CSV:
            _write_csv(sys.stdout, columns, _rows(result), escape=console.is_terminal, raw=raw_csv)
        case Format.JSON:
            _write_json(sys.stdout, columns, _rows(result), escape=console.is_terminal)


def plain(value: Any) -> Any:
    """`value` of a DuckDB column as JSON can hold it."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() | Decimal():
            return float(value) if isfinite(value) else None
        case datetime():
            return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
        case date() | time():
            return value.isoformat()
        case bytes():
            try:
                return value.decode()
            except UnicodeDecodeError:
                return f"base64:{base64.b64encode(value).decode()}"
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case timedelta():
            return str(value)
        case _:
            return str(value)


def _rows(result: "duckdb.DuckDBPyConnection") -> Iterator[Sequence[Any]]:
    while rows := result.fetchmany(_FETCHED):
        yield from rows


def _distinct(names: Sequence[str]) -> list[str]:
    """Names of columns, each once: a second `text` becomes `text_1`, so that no JSON object has a key twice."""
    distinct: list[str] = []
    for name in names:
        number = itertools.count(1)
        candidate = name
        while candidate in distinct:
            candidate = f"{name}_{next(number)}"
        distinct.append(candidate)
    return distinct


def _cell(value: Any) -> str:
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _write_csv(out: TextIO, columns: Sequence[str], rows: Iterator[Sequence[Any]], *, escape: bool, raw: bool) -> None:
    # The quoting of csv.writer looks for its line terminator only; given both characters, a lone return in a text is quoted too.
    writer = csv.writer(_UnixLines(out), lineterminator="\r\n")
    for row in itertools.chain([columns], rows):
        cells = [_cell(value) if raw else _harmless(_cell(value), value) for value in row]
        writer.writerow([visible(cell) for cell in cells] if escape else cells)


class _UnixLines:
    """A stream for csv.writer, which writes a row at a time, that ends rows with a newline alone."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, row: str) -> int:
        return self._out.write(row.removesuffix("\r\n") + "\n")


def _harmless(cell: str, value: Any) -> str:
    """The cell with an apostrophe before it if it is text, no number, and begins as a formula of a spreadsheet does."""
    return f"'{cell}" if isinstance(value, (str, bytes)) and cell.startswith(FORMULA_STARTS) else cell


def _write_json(out: TextIO, columns: Sequence[str], rows: Iterator[Sequence[Any]], *, escape: bool) -> None:
    out.write("[")
    separator = "\n"
    for row in rows:
        line = json.dumps(dict(zip(columns, map(plain, row), strict=True)), ensure_ascii=False)
        out.write(separator + (visible(line) if escape else line))
        separator = ",\n"
    out.write("\n]\n" if separator != "\n" else "]\n")


def _print_table(console: Console, columns: Sequence[str], result: "duckdb.DuckDBPyConnection") -> None:
    columns = [one_line(name) for name in columns]  # PIVOT makes names of what documents say
    values = list(itertools.islice(_rows(result), TABLE_ROWS + 1))
    more = len(values) > TABLE_ROWS
    rows = [[one_line(_shown(value)) for value in row] for row in values[:TABLE_ROWS]]
    numeric = [_is_numeric(str(column[1])) for column in result.description or ()]
    if not console.is_terminal:
        _write_table(sys.stdout, columns, rows, numeric)
    elif len(columns) * (_NARROWEST_COLUMN + _GAP) > console.width:
        _print_lists(console, columns, rows)
    else:
        table = Table(box=box.SIMPLE_HEAD, header_style="bold", show_edge=False, pad_edge=False)
        for name, right in zip(columns, numeric, strict=True):
            table.add_column(Text(name), justify="right" if right else "left", overflow="fold", no_wrap=right)
        for row in rows:
            table.add_row(*map(Text, row))
        console.print(table)
    if more:
        console.print(f"The first {TABLE_ROWS:,} rows; --format csv or --format json gives all.")
    elif not rows:
        console.print("(no rows)")


def _write_table(out: TextIO, columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> None:
    """The table in a pipe: each row one line, nothing cut, the last column not filled up."""
    widths = [max(map(cell_len, cells)) for cells in zip(columns, *rows, strict=True)]
    if not numeric[-1]:
        widths[-1] = min(widths[-1], _LONGEST_RULE)
    for line in (columns, ["─" * width for width in widths], *rows):
        cells = []
        for cell, width, right in zip(line, widths, numeric, strict=True):
            fill = " " * (width - cell_len(cell))
            cells.append(fill + cell if right else cell + fill)
        out.write((" " * _GAP).join(cells).rstrip() + "\n")


def _print_lists(console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Each row as lines of name and value, for terminals too narrow for the columns."""
    for number, row in enumerate(rows, 1):
        console.rule(Text(f"row {number}"), align="left", style="dim")
        names = Table.grid(padding=(0, 2))
        names.add_column(style="bold", no_wrap=True)
        names.add_column(overflow="fold")
        for name, cell in zip(columns, row, strict=True):
            names.add_row(Text(name), Text(cell))
        console.print(names)


def _is_numeric(duckdb_type: str) -> bool:
    return duckdb_type in _NUMERIC or duckdb_type.startswith("DECIMAL(")


def _shown(value: Any) -> str:
    """A cell of a table: lists without JSON's quotes, floats without noise, moments without microseconds of zero."""
    match value:
        case float():
            return f"{value:.6g}" if abs(value) < 1e6 else f"{value:,.0f}" if isfinite(value) else str(value)
        case list():
            return ", ".join(_shown(item) for item in value)
        case datetime():
            moment = value.astimezone(UTC) if value.tzinfo else value
            return moment.strftime("%Y-%m-%d %H:%M:%S") + ("Z" if value.tzinfo else "")
        case _:
            return _cell(value)
