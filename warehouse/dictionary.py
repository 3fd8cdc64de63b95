"""The data dictionary: every table and mart with its columns, written from the same declarations as the tables themselves.

`python -m warehouse.dictionary > docs/data-dictionary.md` writes it anew.
"""

import sys
from collections.abc import Iterator

from warehouse.columns import columns, sql_type
from warehouse.marts import Mart, marts
from warehouse.schema.tables import REFERENCES, TABLES, TEXT_TABLES

INTRODUCTION = """# Data dictionary

<!-- Written by `python -m warehouse.dictionary` from the declared tables; a test holds it equal to them. -->

Every table and mart of `newsmill.duckdb`. The same words stand there as comments:
`SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'events'`.

Offsets are Unicode code points into `documents.text`, from 0, end exclusive; the macro `span(text, start_char, end_char)` gives
the characters. Indexes count from 0 within the document. Lists are empty, never NULL. Primary keys are bold; a column that may
be NULL says so. Tables that describe text are partitioned by `year` and `month` of publication: name both in `WHERE` to read
fewer files.
"""


def data_dictionary() -> str:
    """The whole dictionary as Markdown; docs/data-dictionary.md holds exactly this."""
    parts = [INTRODUCTION, "## Tables\n"]
    parts += ["\n".join(_table(table)) for table in TABLES]
    parts.append(
        "## Marts\n\nViews that count only asserted events (not negated, future or hypothetical) of canonical documents, unless "
        "the name ends in `_all`. `entity_aliases` is applied in them.\n"
    )
    parts += ["\n".join(_mart(mart)) for mart in sorted(marts(), key=lambda mart: mart.name)]
    return "\n".join(parts)


def _table(table: str) -> Iterator[str]:
    yield f"### {table}\n"
    yield f"{(TABLES[table].__doc__ or '').strip()}\n"
    yield "| column | type | NULL | description |"
    yield "| --- | --- | --- | --- |"
    key = TABLES[table].primary_key()
    for name, column in columns(table).items():
        shown = f"**{name}**" if name in key else name
        nullable = "yes" if column.nullable and name not in key else ""
        yield f"| {shown} | {sql_type(column)} | {nullable} | {_cell(column.description or '')} |"
    yield ""
    links = [
        f"- ({', '.join(reference.columns)}) refers to {reference.parent}"
        for reference in REFERENCES
        if reference.table == table and (reference.parent in TEXT_TABLES or reference.parent == "inputs")
    ]
    if links:
        yield "\n".join(links) + "\n"


def _mart(mart: Mart) -> Iterator[str]:
    yield f"### {mart.name}\n"
    yield f"{mart.description}\n"
    yield "| column | description |"
    yield "| --- | --- |"
    for name, description in mart.columns.items():
        yield f"| {name} | {_cell(description)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write the page to stdout."""
    sys.stdout.write(data_dictionary())


if __name__ == "__main__":
    main()
