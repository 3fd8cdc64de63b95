"""The declared tables as DuckDB sees them: SQL types, column lists, quoting, and the SELECT that reads a table's files.

Views name every column with its declared type, so that a file whose columns stand in another order reads the same.
"""

from collections.abc import Collection, Iterable

import dataframely as dy
import polars as pl

from warehouse.schema.tables import TABLES, TABLES_SINCE, TEXT_TABLES

PARTITION_COLUMNS = ("year", "month")
"""Stand in the path of a file, not in the file."""

_SQL_TYPES: dict[type[dy.Column], str] = {
    dy.String: "VARCHAR",
    dy.Int8: "TINYINT",
    dy.Int16: "SMALLINT",
    dy.Int32: "INTEGER",
    dy.Int64: "BIGINT",
    dy.Float64: "DOUBLE",
    dy.Bool: "BOOLEAN",
    dy.Date: "DATE",
    dy.Datetime: "TIMESTAMPTZ",
    dy.Binary: "BLOB",
}


def sql_type(column: dy.Column) -> str:
    """DuckDB's type of a declared column, as it is written in SQL."""
    if isinstance(column, dy.List):
        return f"{sql_type(column.inner)}[]"
    return _SQL_TYPES[type(column)]


def literal(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def columns(table: str) -> dict[str, dy.Column]:
    """Declared columns of a table, by name, in order."""
    return TABLES[table].columns()


def since(table: str, name: str | None = None) -> int:
    """The schema version that brought a table, or one of its columns."""
    of_table = TABLES_SINCE.get(table, 1)
    return of_table if name is None else max(of_table, (columns(table)[name].metadata or {}).get("since", 1))


def polars_schema(table: str) -> pl.Schema:
    """Declared columns of a table with their polars types."""
    return pl.Schema({name: column.dtype for name, column in columns(table).items()})


def in_declared_types(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Rows that DuckDB gave, with the declared polars types (DuckDB calls UTC Etc/UTC: the same moments)."""
    schema = polars_schema(table)
    return frame.with_columns(
        pl.col(name).dt.convert_time_zone("UTC") if isinstance(schema[name], pl.Datetime) else pl.col(name).cast(schema[name])
        for name in frame.columns
    )


def is_partitioned(table: str) -> bool:
    """Whether the table's files lie in year=/month= folders."""
    return table in TEXT_TABLES


def file_columns(table: str) -> list[str]:
    """Names of the columns that stand in the table's Parquet files."""
    skipped = PARTITION_COLUMNS if is_partitioned(table) else ()
    return [name for name in columns(table) if name not in skipped]


def create_table(table: str, catalog: str) -> list[str]:
    """SQL statements that create the empty table in an attached lake."""
    body = ", ".join(f"{identifier(name)} {sql_type(column)}" for name, column in columns(table).items())
    statements = [f"CREATE TABLE {catalog}.{table} ({body})"]
    if is_partitioned(table):
        statements.append(f"ALTER TABLE {catalog}.{table} SET PARTITIONED BY ({', '.join(PARTITION_COLUMNS)})")
    return statements


def select_files(table: str, paths: Iterable[str], lacking: Collection[str] = ()) -> str:
    """A SELECT of all declared columns over Parquet files given by absolute path; no paths give no rows.

    `lacking` are columns that the files do not have, for an older schema wrote them: they are NULL.
    """
    listed = ", ".join(literal(path) for path in paths)
    if not listed:
        empty = ", ".join(f"CAST(NULL AS {sql_type(column)}) AS {identifier(name)}" for name, column in columns(table).items())
        return f"SELECT {empty} WHERE false"
    # The hive types already are the declared ones; a cast over them could keep DuckDB from skipping files.
    skipped = PARTITION_COLUMNS if is_partitioned(table) else ()
    select = ", ".join(
        identifier(name)
        if name in skipped
        else f"CAST({'NULL' if name in lacking else identifier(name)} AS {sql_type(column)}) AS {identifier(name)}"
        for name, column in columns(table).items()
    )
    types = ", ".join(f"'{name}': {sql_type(columns(table)[name])}" for name in skipped)
    hive = f"hive_partitioning => true, hive_types => {{{types}}}" if skipped else "hive_partitioning => false"
    return f"SELECT {select} FROM read_parquet([{listed}], {hive})"  # noqa: S608
