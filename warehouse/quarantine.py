"""Keeps the rows of a document that broke a rule of the tables: not in the warehouse, but where somebody can look at them.

What was taken down (`newsmill remove`) goes from there too.

`DIR/quarantine/<run_id>/<document_id>/` holds one Parquet file a table and `rule.txt`, which says what was broken.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from warehouse.columns import identifier, literal
from warehouse.layout import Layout, layout
from warehouse.schema.errors import GiveUp


def quarantine(tables: Mapping[str, pl.DataFrame], warehouse: Path, run_id: str, document_id: str, rule: str) -> Path:
    """Write the rows of a document and the rule that they broke; gives the folder.

    Raises:
        GiveUp: the folder cannot be written.
    """
    folder = layout(warehouse).quarantine / run_id / document_id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "rule.txt").write_text(rule + "\n", encoding="utf-8")
        for table, rows in tables.items():
            if rows.height:
                rows.write_parquet(folder / f"{table}.parquet")
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{folder} cannot be written ({error}). Free space or change the folder's permissions."
        raise GiveUp(message) from error
    return folder


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
