"""Finds and deletes, in the quarantine folder, the rows kept aside that name something which was taken down."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from warehouse.columns import identifier, literal
from warehouse.layout import Layout
from warehouse.schema.errors import GiveUp


def files_naming(place: Layout, names: Sequence[str]) -> list[Path]:
    """Files of the quarantine folder that have one of `names` (source_uris, URLs, document_ids), or stand beside one that has."""
    files = list(_files(place))
    folders = {path.parent for path in files if path.parent.name in names or _names(path, names)}
    return [path for path in files if path.parent in folders]


def delete_naming(place: Layout, names: Sequence[str]) -> list[Path]:
    """Delete these files, and give their paths.

    Raises:
        GiveUp: one cannot be deleted.
    """
    found = files_naming(place, names)
    for path in found:
        try:
            path.unlink()
        except OSError as error:
            raise GiveUp(f"{path} cannot be deleted ({error.strerror or error}). Delete it by hand: it was taken down.") from error
    return found


def _files(place: Layout) -> Iterator[Path]:
    return (path for path in sorted(place.quarantine.rglob("*")) if path.is_file() and not path.is_symlink())


def _names(path: Path, names: Sequence[str]) -> bool:
    if any(name in path.name or Path(name).name == path.name for name in names):
        return True
    if path.suffix == ".parquet":
        return _parquet_names(path, names)
    wanted = [name.encode() for name in names]
    longest = max(map(len, wanted), default=0)
    tail = b""
    with path.open("rb") as stream:
        while piece := stream.read(1_000_000):
            if any(name in tail + piece for name in wanted):
                return True
            tail = piece[-longest:]
    return False


def _parquet_names(path: Path, names: Sequence[str]) -> bool:
    with duckdb.connect() as connection:
        source = f"read_parquet({literal(str(path))}, hive_partitioning => false)"
        try:
            columns = [row[0] for row in connection.execute(f"DESCRIBE FROM {source}").fetchall()]
            asked = [name for name in ("source_uri", "document_id", "url") if name in columns]
            if not asked:
                return False
            condition = " OR ".join(f"list_contains($names, {identifier(name)})" for name in asked)
            sql = f"SELECT 1 FROM {source} WHERE {condition} LIMIT 1"  # noqa: S608
            return connection.execute(sql, {"names": list(names)}).fetchone() is not None
        except duckdb.Error:
            return True  # cannot be read: whether it holds the text nobody can say, so it goes
