"""Opens newsmill.duckdb for reading, and confines what SQL of a stranger can do with the connection.

SQL is a program: it can read any file, attach databases, load extensions. A confined connection reaches the files of this warehouse
and nothing else, and cannot be told otherwise. What would still write into the lake's folder (DuckDB allows COPY to a folder that
it may read) is refused by the kind of statement, before it runs.
"""

import re
from itertools import pairwise
from pathlib import Path
from typing import Final

import duckdb

from warehouse.columns import literal
from warehouse.layout import layout
from warehouse.schema.errors import GiveUp, UsageError

READING: Final = frozenset({"SELECT", "EXPLAIN", "CREATE"})
"""Kinds of statements that a confined connection runs; the file is read-only, so CREATE makes temporary tables and PIVOT works."""
_WRITING_KEYWORDS: Final = frozenset({"copy", "export"})
_REFUSED_FUNCTIONS: Final = frozenset(
    {"enable_logging", "enable_profiling", "enable_profile", "truncate_duckdb_logs", "query"}  # query(...) would hide the others
)
_WORD: Final = re.compile(r'^"?(\w+)\b.*$', re.DOTALL)
WAY_OUT: Final = (
    "`newsmill query` reads this warehouse and nothing else. `--format csv > FILE` and `newsmill export` write files; "
    "`--unsafe` runs SQL that you trust without these limits."
)


def connect(warehouse: Path, *, confined: bool = False) -> duckdb.DuckDBPyConnection:
    """A read-only DuckDB connection on the warehouse's newsmill.duckdb; the caller closes it.

    It shows the snapshot that was published when it was opened, however long it stays open. `confined` as `confine` does.

    Raises:
        GiveUp: the file is missing or damaged, or (confined) it shows another folder because the warehouse was moved.
    """
    path = layout(warehouse).published
    if not path.exists():
        raise GiveUp(f"{path} does not exist. Make it with `newsmill run INPUT --warehouse {path.parent}`.")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise GiveUp(f"{path} cannot be opened: {error}. `newsmill publish --warehouse {path.parent}` writes it anew.") from error
    if confined:
        try:
            _refuse_moved(connection, warehouse)
            confine(connection, warehouse)
        except BaseException:
            connection.close()
            raise
    return connection


def confine(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """Let the connection read the lake's data files and no other file, load nothing, and keep it so until it is closed."""
    connection.execute(f"SET allowed_directories = [{literal(f'{layout(warehouse).data}/')}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def refuse_writing(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Refuse SQL that does more than read, for a confined connection. SQL that cannot be parsed raises DuckDB's own error.

    Raises:
        UsageError: a statement is of another kind than `READING`, or calls a function that writes.
    """
    kinds = [str(getattr(statement.type, "name", statement.type)) for statement in connection.extract_statements(sql)]
    for kind in kinds:
        if kind not in READING:
            raise UsageError(f"A statement of the kind {kind} is not allowed here. {WAY_OUT}")
    _refuse_tokens(sql, explains="EXPLAIN" in kinds)


def _refuse_tokens(sql: str, *, explains: bool) -> None:
    encoded = sql.encode()  # duckdb.tokenize counts bytes
    starts = [*(start for start, _ in duckdb.tokenize(sql)), len(encoded)]
    words = [encoded[start:end].decode(errors="replace").strip().lower() for start, end in pairwise(starts)]
    for word, following in pairwise([*words, ""]):
        name = _WORD.sub(r"\1", word)  # without the comments that may follow it
        if (explains and name in _WRITING_KEYWORDS) or (name in _REFUSED_FUNCTIONS and following.startswith("(")):
            raise UsageError(f"{name.upper()} is not allowed here. {WAY_OUT}")


def _refuse_moved(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    place = layout(warehouse)
    try:
        row = connection.execute("SELECT root FROM newsmill_info").fetchone()
    except duckdb.Error as error:
        raise GiveUp(f"{place.published} is no file of Newsmill: {error}. `newsmill publish` writes it anew.") from error
    if row is None or row[0] != str(place.root):
        raise GiveUp(
            f"{place.published} shows the files of {row[0] if row else 'no folder'}: the warehouse was moved or copied. "
            f"`newsmill publish --warehouse {place.root}` writes it anew."
        )
