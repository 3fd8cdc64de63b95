"""Opens the lake of a warehouse: one DuckDB connection with the DuckLake catalog attached as `lake`.

The extensions are loaded from the installed packages by path, so nothing is fetched from the network. A new catalog is built beside
its place and renamed into it whole, for concurrent creation has corrupted catalogs (ducklake#1404).
"""

import importlib.util
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from warehouse.columns import is_partitioned, literal
from warehouse.fault import fault_point
from warehouse.files import METADATA, DataFile
from warehouse.layout import Layout, layout
from warehouse.schema.errors import REMEDY, GiveUp, RetryLater
from warehouse.schema.tables import SCHEMA_VERSION
from warehouse.upgrade import found_version, newsmill_version, schema_statements, write_versions

LOCK_SECONDS = 120.0
"""So long a process waits for another one, unless its caller says otherwise."""


class CatalogLocked(RetryLater):
    """Another program holds the catalog; DuckDB has waited five seconds for it."""


def duckdb_connection() -> duckdb.DuckDBPyConnection:
    """A DuckDB connection in memory, with SQLite and DuckLake loaded and nothing ever fetched.

    Raises:
        GiveUp: an extension is not installed for this version of DuckDB.
    """
    # DuckDB checks a signature over all of an extension for every connection, a third of a second; once a process is enough.
    return _connection_with(_checked_extensions(), check_signatures=False)


@cache
def _checked_extensions() -> tuple[Path, ...]:
    """The files of the extensions; their signatures are those of DuckDB's makers."""
    paths = tuple(map(_extension, ("sqlite_scanner", "ducklake")))
    _connection_with(paths, check_signatures=True).close()
    return paths


def _extension(name: str) -> Path:
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    found = folder / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension" if folder else None
    if found is None or not found.exists():
        package = f"duckdb-extension-{name.replace('_', '-')}"
        message = f"The package {package} {duckdb.__version__} is not installed. Install Newsmill again with its dependencies."
        raise GiveUp(message)
    return found


def _connection_with(extensions: Iterable[Path], *, check_signatures: bool) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_unsigned_extensions": not check_signatures,
        }
    )
    for path in extensions:
        connection.execute(f"LOAD {literal(str(path))}")
    return connection


@contextmanager
def held(path: Path, seconds: float, doing: str) -> Iterator[None]:
    """Hold the lock file `path`, waiting at most `seconds`.

    Raises:
        RetryLater: another process held it all that time.
        GiveUp: the lock file cannot be made.
    """
    lock = FileLock(path)
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        message = f"{path} has been held by another run for {seconds:.0f} s while {doing}. Try again when that run is done."
        raise RetryLater(message) from None
    except OSError as error:
        raise GiveUp(f"{path} cannot be written ({error.strerror or error}). {REMEDY}") from error
    try:
        yield
    finally:
        lock.release()


def exists(warehouse: Path) -> bool:
    """Whether the folder holds a warehouse."""
    return layout(warehouse).catalog.exists()


@contextmanager
def open_lake(warehouse: Path, *, create: bool, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a DuckDB connection with the warehouse's lake attached as `lake`; closed at the end.

    With `create`, a warehouse that does not exist is made, with all tables. Reading waits for no one. Who opens it for
    writing holds the commit lock; a warehouse of an older schema is upgraded by that, while reading leaves it as it is.

    Raises:
        GiveUp: there is no warehouse (and `create` is not set), the folder cannot be written, the catalog is damaged,
            or a newer Newsmill wrote it.
        RetryLater: another process is making the same warehouse and does not come to an end, or the catalog is locked.
    """
    place = layout(warehouse)
    if create:
        create_lake(warehouse)
    elif not place.catalog.exists():
        raise GiveUp(f"{place.root} holds no warehouse. Make one with `newsmill run INPUT --warehouse {place.root}`.")
    connection = duckdb_connection()
    try:
        _attach(connection, place.catalog, place, read_only=read_only)
        _meet_schema(connection, place, read_only=read_only)
        yield connection
    except duckdb.Error as error:
        if not read_only or not locked(error):
            raise
        raise CatalogLocked(f"{place.catalog} is locked by another program. Try again in a moment.") from error
    finally:
        connection.close()


def locked(error: BaseException) -> bool:
    """Whether an error of DuckDB only says that another process holds the catalog."""
    return isinstance(error, duckdb.Error) and "database is locked" in str(error).lower()


def conflicting(error: BaseException) -> bool:
    """Whether an error says that another process held or changed the catalog: the same commit may succeed a moment later."""
    return (
        isinstance(error, CatalogLocked) or locked(error) or (isinstance(error, duckdb.Error) and "conflict" in str(error).lower())
    )


def _attach(connection: duckdb.DuckDBPyConnection, catalog: Path, place: Layout, *, read_only: bool) -> None:
    # The catalog keeps the data path of its birth; overriding it lets a moved warehouse work.
    options = f"DATA_PATH {literal(str(place.data))}, OVERRIDE_DATA_PATH true" + (", READ_ONLY" if read_only else "")
    try:
        connection.execute(f"ATTACH {literal(f'ducklake:sqlite:{catalog}')} AS lake ({options})")
    except duckdb.Error as error:
        if locked(error):
            raise CatalogLocked(f"{catalog} is locked by another program. Try again in a moment.") from error
        message = f"{catalog} cannot be opened as a DuckLake catalog: {error}. Restore it from a backup, or choose another folder."
        raise GiveUp(message) from error


def _meet_schema(connection: duckdb.DuckDBPyConnection, place: Layout, *, read_only: bool) -> None:
    """Refuse a newer schema; bring an older one to the present, where the lake was opened for writing."""
    try:
        found = found_version(connection)
    except duckdb.Error as error:
        if locked(error):
            raise CatalogLocked(f"{place.catalog} is locked by another program. Try again in a moment.") from error
        raise GiveUp(f"{place.catalog} is not a catalog of Newsmill: {error}. Choose another folder.") from error
    if found > SCHEMA_VERSION:
        message = (
            f"{place.root} has schema version {found}, and this Newsmill ({newsmill_version()}) knows versions up to "
            f"{SCHEMA_VERSION}. Install a newer Newsmill, or choose another folder."
        )
        raise GiveUp(message)
    if found < SCHEMA_VERSION and not read_only:
        connection.execute("BEGIN")
        for statement in schema_statements(found):
            connection.execute(statement)
        add_files(connection, place, [write_versions(place, found)])
        fault_point("before-upgrade-commit")
        connection.execute("COMMIT")


def upgrade_lake(warehouse: Path, *, timeout: float = LOCK_SECONDS) -> None:
    """Bring the warehouse to the schema of this Newsmill, if it is of an older one; any commit does the same.

    Raises:
        GiveUp: there is no warehouse, or it is damaged or of a newer schema.
        RetryLater: another process holds it.
    """
    place = layout(warehouse)
    with open_lake(warehouse, create=False, read_only=True) as connection:
        if found_version(connection) == SCHEMA_VERSION:
            return
    with held(place.commit_lock, timeout, "upgrading"), open_lake(warehouse, create=False):
        pass  # opening it for writing is what upgrades it


def adopt_folder(place: Layout, *, timeout: float = LOCK_SECONDS) -> None:
    """Make the catalog name the folder where the warehouse now is, for clients that attach the catalog by themselves."""
    data_path = f"{place.data}/"
    query = f"SELECT value FROM {METADATA}.ducklake_metadata WHERE key = 'data_path'"  # noqa: S608
    with open_lake(place.root, create=False, read_only=True) as connection:
        if connection.execute(query).fetchone() == (data_path,):
            return
    with held(place.commit_lock, timeout, "publishing a moved warehouse"), open_lake(place.root, create=False) as connection:
        connection.execute(f"UPDATE {METADATA}.ducklake_metadata SET value = ? WHERE key = 'data_path'", [data_path])  # noqa: S608


def create_lake(warehouse: Path, *, timeout: float = LOCK_SECONDS) -> None:
    """Make the warehouse with all its tables, empty, unless it exists.

    Raises:
        GiveUp: the folder cannot be written.
        RetryLater: another process is making it and does not come to an end.
    """
    place = layout(warehouse)
    if place.catalog.exists():
        return
    try:
        place.data.mkdir(parents=True, exist_ok=True)
        if not os.access(place.lake, os.W_OK):
            raise PermissionError(13, "Permission denied", str(place.lake))
        with held(place.commit_lock, timeout, "making a warehouse"):
            if not place.catalog.exists():
                _build_catalog(place)
    except OSError as error:
        message = (
            f"{place.root}: no warehouse can be made there ({error.strerror or error}). Choose a folder that you may write to."
        )
        raise GiveUp(message) from error


def _build_catalog(place: Layout) -> None:
    unfinished = place.lake / f"catalog.new-{os.getpid()}.sqlite"
    for left_behind in place.lake.glob("catalog.new-*"):  # by a kill: we hold the lock, so nobody writes to it
        left_behind.unlink()
    connection = duckdb_connection()
    try:
        _attach(connection, unfinished, place, read_only=False)
        connection.execute("CALL lake.set_option('data_inlining_row_limit', 0)")
        connection.execute("BEGIN")
        for statement in schema_statements(0):
            connection.execute(statement)
        add_files(connection, place, [write_versions(place, 0)])
        connection.execute("COMMIT")
    except duckdb.Error as error:
        raise GiveUp(f"{place.root}: no warehouse can be made there: {error}. {REMEDY}") from error
    finally:
        connection.close()
    fault_point("before-create")
    unfinished.replace(place.catalog)


def add_files(connection: duckdb.DuckDBPyConnection, place: Layout, files: list[DataFile]) -> None:
    """Add Parquet files to the tables of the attached lake, within the transaction that is under way."""
    by_table: dict[tuple[str, bool], list[str]] = {}
    for file in files:
        by_table.setdefault((file.table, bool(file.lacking)), []).append(str(place.file(file.path)))
    for (table, lacking), paths in by_table.items():
        connection.execute(
            "CALL ducklake_add_data_files('lake', ?, ?, hive_partitioning => ?, allow_missing => ?)",
            [table, sorted(paths), is_partitioned(table), lacking],
        )
