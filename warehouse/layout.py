"""Where everything of a warehouse lies on disk; no other module knows the names.

DuckDB reads a listed path as a pattern and takes `key=value` folders for partitions, so folders whose names hold such
characters are refused here, once, with the reason.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from warehouse.schema.errors import UsageError
from warehouse.schema.tables import TEXT_TABLES

FORBIDDEN_IN_PATH = "*?[]={}"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one warehouse folder; `root` is absolute and free of symbolic links."""

    root: Path

    @property
    def lake(self) -> Path:
        """Everything that belongs to the lake."""
        return self.root / "lake"

    @property
    def catalog(self) -> Path:
        """DuckLake's catalog, a SQLite file."""
        return self.lake / "catalog.sqlite"

    @property
    def data(self) -> Path:
        """The folder beneath which all Parquet files lie."""
        return self.lake / "data"

    @property
    def commit_lock(self) -> Path:
        """Held while a commit is under way."""
        return self.lake / "commit.lock"

    @property
    def publish_lock(self) -> Path:
        """Held while newsmill.duckdb is replaced."""
        return self.lake / "publish.lock"

    @property
    def removals(self) -> Path:
        """What was taken down and must not come back."""
        return self.lake / "removals.json"

    @property
    def quarantine(self) -> Path:
        """Rows of documents that broke a rule of the tables, by run and document."""
        return self.root / "quarantine"

    @property
    def exports(self) -> Path:
        """The list of copies that were made of the warehouse to hand on."""
        return self.root / "exports.json"

    @property
    def published(self) -> Path:
        """The file that people open."""
        return self.root / "newsmill.duckdb"

    def file(self, relative: str) -> Path:
        """Absolute path of a data file from its path relative to the data folder."""
        return self.data / relative

    def relative(self, path: str | Path) -> str:
        """Path of a data file relative to the data folder, with forward slashes."""
        return Path(path).relative_to(self.data).as_posix()


def layout(warehouse: Path) -> Layout:
    """The layout of the warehouse folder `warehouse`, which need not exist.

    Raises:
        UsageError: the absolute path holds a character that DuckDB would not take literally.
    """
    root = Path(warehouse).expanduser().resolve()
    bad = sorted(set(FORBIDDEN_IN_PATH) & set(str(root)))
    if bad:
        message = f"{root}: the warehouse's path holds {' '.join(bad)}, which DuckDB reads as a pattern or a partition."
        raise UsageError(message + " Choose another folder.")
    return Layout(root)


def data_file(table: str, stem: str, year: int, month: int) -> str:
    """Relative path of a data file: `main/events/year=2024/month=3/<stem>.parquet`, unpartitioned for operational tables."""
    partition = f"year={year}/month={month}/" if table in TEXT_TABLES else ""
    return f"main/{table}/{partition}{stem}.parquet"


def operation_id() -> str:
    """An id for a change of the warehouse that no run makes, of the form of a run_id: it sorts by time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"


def fresh_stem(first: str, run_id: str) -> str:
    """A file stem that no other file has, for files that a commit writes: `<first>-<run_id>-<6 hex digits>`."""
    return f"{first}-{run_id}-{secrets.token_hex(3)}"


def written_by(path: str) -> str:
    """What follows the batch_id in the name of a text table's file: the run_id if a worker of that run wrote it.

    For a file that a commit wrote, perhaps with rows of other runs, it is longer and no run_id (see `fresh_stem`).
    """
    return PurePosixPath(path).stem.partition("-")[2]
