"""The checks of a warehouse as SQL: each one a query that gives the rows which break a rule.

Types, required columns, ranges, closed sets, keys, references and spans are read from the declared tables, so a new column is
checked without a line here; what else must hold stands in consistency.sql.
"""

from collections.abc import Iterator
from importlib.resources import files

import dataframely as dy

from warehouse.columns import columns, identifier, literal
from warehouse.schema.tables import REFERENCES, SPANS, TABLES, TEXT_TABLES, Reference, Span
from warehouse.schema.vocabulary import EVENT_TYPES


def checks() -> Iterator[tuple[str, str]]:
    """Names and queries of all checks on rows, over relations named as the tables, those of `vocabulary_relations`, and run_files.

    run_files (run_id, table_name, rows) has the text tables' files; run_id is that of no run where a commit wrote the file anew.
    """
    for table in TABLES:
        yield f"{table}: every key stands once", _key(table)
        yield f"{table}: no NULL in a required column", _broken_rules(table, _required(table))
        yield f"{table}: values within their ranges, closed sets and forms", _broken_rules(table, _values(table))
    for reference in REFERENCES:
        yield f"{reference.table}: ({', '.join(reference.columns)}) stands in {reference.parent}", _orphans(reference)
    for span in SPANS:
        gives = f" and give {span.text_column}" if span.text_column else ""
        yield f"{span.table}: {span.start}, {span.end} lie in the text{gives}", _wrong_spans(span)
    for table in TEXT_TABLES[1:]:
        yield f"{table}: batch_id, published_date, year and month are those of the document", _not_inherited(table)
    yield from _written_checks()


def vocabulary_relations() -> Iterator[str]:
    """SQL that makes the relations event_types (event_type, quad_class, score) and event_modes (event_type, mode, score)."""
    types = ", ".join(f"({literal(name)}, {literal(kind.quad_class)}, {kind.score})" for name, kind in EVENT_TYPES.items())
    yield f"CREATE TEMP VIEW event_types AS SELECT * FROM (VALUES {types}) AS t(event_type, quad_class, score)"  # noqa: S608
    modes = ", ".join(
        f"({literal(name)}, {literal(mode)}, {score})" for name, kind in EVENT_TYPES.items() for mode, score in kind.modes.items()
    )
    yield f"CREATE TEMP VIEW event_modes AS SELECT * FROM (VALUES {modes}) AS t(event_type, mode, score)"  # noqa: S608


def _written_checks() -> Iterator[tuple[str, str]]:
    sql = (files("warehouse") / "consistency.sql").read_text(encoding="utf-8")
    for statement in sql.split("\n\n")[1:]:
        name, _, query = statement.strip().partition("\n")
        yield name.removeprefix("-- "), query.rstrip(";")


def _key(table: str) -> str:
    key = ", ".join(TABLES[table].primary_key())
    return f"SELECT {key}, count(*) AS times FROM {table} GROUP BY {key} HAVING count(*) > 1"  # noqa: S608


def _broken_rules(table: str, rules: dict[str, str]) -> str:
    key = ", ".join(TABLES[table].primary_key())
    broken = ", ".join(f"CASE WHEN {condition} THEN {literal(rule)} END" for rule, condition in rules.items())
    any_of = (
        " OR ".join(f"({condition})" for condition in rules.values()) or "false"
    )  # the names are put together for what is broken alone
    return f"SELECT {key}, concat_ws('; ', {broken}) AS rules FROM {table} WHERE {any_of}"  # noqa: S608


def _required(table: str) -> dict[str, str]:
    return {
        f"{name} is NULL": f"{identifier(name)} IS NULL"
        for name, column in columns(table).items()
        if not column.nullable or column.primary_key
    }


def _values(table: str) -> dict[str, str]:
    rules: dict[str, str] = {}
    for name, column in columns(table).items():
        rules |= {f"{name} {rule}": condition for rule, condition in _column_rules(identifier(name), column)}
    return rules or {"": "false"}


def _column_rules(name: str, column: dy.Column) -> Iterator[tuple[str, str]]:
    allowed = (column.metadata or {}).get("values")
    if allowed is not None:
        listed = ", ".join(literal(value) for value in allowed)
        member = f"list_has_all([{listed}], {name})" if isinstance(column, dy.List) else f"{name} IN ({listed})"
        yield "is none of its closed set", f"NOT {member}"
    if isinstance(column, dy.List):
        yield "holds NULL", f"len({name}) <> list_count({name})"
    for bound, operator in (("min", "<"), ("min_exclusive", "<="), ("max", ">"), ("max_exclusive", ">=")):
        limit = getattr(column, bound, None)
        if limit is not None:
            yield f"{operator} {limit}", f"{name} {operator} {limit}"
    if isinstance(column, dy.Float64):
        yield "is not a number", f"NOT isfinite({name})"
    if isinstance(column, dy.String):
        if column.min_length is not None:
            yield f"is shorter than {column.min_length}", f"length({name}) < {column.min_length}"
        if column.regex is not None:
            yield f"is not of the form {column.regex}", f"NOT regexp_matches({name}, {literal(column.regex)})"


def _orphans(reference: Reference) -> str:
    given = " AND ".join(f"c.{name} IS NOT NULL" for name in reference.columns)
    pairs = zip(reference.columns, reference.parent_columns, strict=True)
    same = " AND ".join(f"c.{name} = p.{parent}" for name, parent in pairs)
    key = ", ".join(f"c.{name}" for name in dict.fromkeys((*TABLES[reference.table].primary_key(), *reference.columns)))
    return f"SELECT {key} FROM {reference.table} c ANTI JOIN {reference.parent} p ON {same} WHERE {given}"  # noqa: S608


def _wrong_spans(span: Span) -> str:
    start, end = f"t.{span.start}", f"t.{span.end}"
    right = f"{start} < {end} AND {end} <= length(d.text)"
    if span.text_column:
        right += f" AND substring(d.text, {start} + 1, {end} - {start}) = t.{span.text_column}"
    key = ", ".join(f"t.{name}" for name in TABLES[span.table].primary_key())
    return (
        f"SELECT {key}, {start}, {end} FROM {span.table} t JOIN documents d USING (document_id) "  # noqa: S608
        f"WHERE ({start} IS NOT NULL OR {end} IS NOT NULL) AND NOT coalesce({right}, false)"
    )


def _not_inherited(table: str) -> str:
    key = ", ".join(f"t.{name}" for name in TABLES[table].primary_key())
    same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM d.{name}" for name in ("batch_id", "published_date", "year", "month"))
    return f"SELECT {key} FROM {table} t JOIN documents d USING (document_id) WHERE NOT ({same})"  # noqa: S608
