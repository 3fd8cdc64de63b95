"""Keeps the rows of a document that broke a rule of the tables: not in the warehouse, but where somebody can look at them.

`DIR/quarantine/<run_id>/<document_id>/` holds one Parquet file a table and `rule.txt`, which says what was broken.
"""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from warehouse.layout import layout
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
