"""A reader that asks a warehouse without pause: no error, no child without its parent, no two views of different snapshots.

`python -m tests.end_to_end.reader DIR` loops until its standard input is closed, and prints what it saw as JSON.
"""

import json
import select
import sys
from pathlib import Path

import duckdb

CHILDREN = ("paragraphs", "sentences", "mentions", "affiliations", "events", "participants", "casualties", "document_sources")
TOGETHER = "SELECT (SELECT sum(sentence_count) FROM documents), (SELECT count(*) FROM sentences)"


def look(database: Path) -> list[str]:
    """What one look at the warehouse finds wrong."""
    wrong = []
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            for table in CHILDREN:
                sql = f"SELECT count(*) FROM {table} LEFT JOIN documents d USING (document_id) WHERE d.document_id IS NULL"
                wrong += [f"{lost} rows of {table} without a document" for (lost,) in connection.execute(sql).fetchall() if lost]
            sql = "SELECT count(*) FROM participants LEFT JOIN events e USING (event_id) WHERE e.event_id IS NULL"
            wrong += [f"{lost} participants without an event" for (lost,) in connection.execute(sql).fetchall() if lost]
            told, found = connection.execute(TOGETHER).fetchall()[0]
            if (told or 0) != found:
                wrong.append(f"documents tell of {told} sentences, and there are {found}")
    except duckdb.Error as error:
        wrong.append(f"{type(error).__name__}: {error}")
    return wrong


def main(folder: Path) -> None:
    """Look until standard input ends."""
    database, looks = folder / "newsmill.duckdb", 0
    wrong: list[str] = []
    while not select.select([sys.stdin], [], [], 0)[0]:
        if database.exists():
            wrong += look(database)
            looks += 1
    print(json.dumps({"looks": looks, "wrong": wrong}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
