"""What many small commits cost, and what `newsmill maintain` makes of it: catalog, files, time to open and to publish.

`python -m benchmarks.maintenance [--commits 1000]` makes two warehouses of the same rows, through the warehouse layer and without a
model: one in many commits of one document, one in a single commit; then it maintains the first and compares.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from tests.warehouse.newsroom import Load, Placed, put, story
from warehouse.lake import open_lake
from warehouse.layout import layout
from warehouse.maintain import maintain
from warehouse.publish import publish
from warehouse.query import connect

REPEATED = 5


def main() -> None:
    """Print the table of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=1000)
    commits = parser.parse_args().commits
    with tempfile.TemporaryDirectory() as folder:
        many, single = Path(folder) / "many", Path(folder) / "single"
        began = time.perf_counter()
        for number in range(commits):
            put(many, Load([[placed(number)]]), f"run-{number:05}")
            if number % 100 == 99:
                tell(f"{number + 1} commits in {time.perf_counter() - began:.0f} s")
        put(single, Load([[placed(number) for number in range(commits)]]), "run-single")
        publish(many)
        publish(single)
        rows = [("one commit", *figures(single)), (f"{commits} commits", *figures(many))]
        began = time.perf_counter()
        done = maintain(many)
        tell(f"maintain: {time.perf_counter() - began:.1f} s, failed checks: {[check.name for check in done.failed]}")
        rows.append(("after maintain, within the retention", *figures(many)))
        began = time.perf_counter()
        done = maintain(many, retention=timedelta(0))
        tell(f"maintain without retention: {time.perf_counter() - began:.1f} s, {len(done.snapshots_expired)} snapshots expired")
        rows.append(("after maintain, without retention", *figures(many)))
    sys.stdout.write("| warehouse | catalog kB | files on disk | lake MB | attach ms | publish ms | query ms |\n")
    sys.stdout.write("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
    for name, *values in rows:
        sys.stdout.write(f"| {name} | {' | '.join(f'{value:,.1f}' for value in values)} |\n")


def placed(number: int) -> Placed:
    """A story as a file of its own."""
    return Placed(story(number), f"/in/{number}.txt")


def figures(warehouse: Path) -> tuple[float, ...]:
    """Catalog kB, data files, their MB, and ms to attach the lake and count, to publish anew, to query what is published."""
    place = layout(warehouse)
    files = [path for path in place.data.rglob("*") if path.is_file()]
    return (
        place.catalog.stat().st_size / 1000,
        len(files),
        sum(path.stat().st_size for path in files) / 1e6,
        milliseconds(lambda: attach(warehouse)),
        milliseconds(lambda: publish_anew(warehouse)),
        milliseconds(lambda: query(warehouse)),
    )


def attach(warehouse: Path) -> None:
    """What every run does first: open the lake and ask what is known."""
    with open_lake(warehouse, create=False, read_only=True) as connection:
        connection.execute("SELECT count(*) FROM lake.inputs").fetchall()


def publish_anew(warehouse: Path) -> None:
    """Write newsmill.duckdb from nothing."""
    layout(warehouse).published.unlink()
    publish(warehouse)


def query(warehouse: Path) -> None:
    """What a reader does first."""
    with connect(warehouse) as connection:
        connection.execute("SELECT event_type, count(*) FROM event_facts GROUP BY ALL").fetchall()


def milliseconds(work: Callable[[], None]) -> float:
    """The shortest of some tries."""
    took = []
    for _ in range(REPEATED):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took) * 1000


def tell(line: str) -> None:
    """Progress, to stderr."""
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
