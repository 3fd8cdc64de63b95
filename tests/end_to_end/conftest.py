"""The warehouse of the samples, built once for all tests that only read it."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from tests.end_to_end.readme_blocks import build


@dataclass(frozen=True)
class Samples:
    """A folder with `seeds` and the warehouse `data` that `newsmill run seeds` made of them, and what it printed."""

    folder: Path
    output: str


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory, worker_id: str, request: pytest.FixtureRequest) -> Samples:
    base = tmp_path_factory.getbasetemp()
    place = (base if worker_id == "master" else base.parent) / "samples"
    with FileLock(f"{place}.lock"):  # the processes of pytest-xdist share it
        output = place / "output.txt"
        if not output.exists():
            request.getfixturevalue("prefect_server")
            place.mkdir()
            output.write_text(build(place), encoding="utf-8")
    return Samples(place, output.read_text(encoding="utf-8"))
