"""The same input gives the same rows, however a run is cut, ordered and spread."""

from pathlib import Path

import pytest

from flows import build_warehouse
from tests.corpus import write_corpus
from tests.end_to_end.rows import faults_of, rows_of

pytestmark = pytest.mark.usefixtures("prefect_server")

SMALL = 40
LARGE = 520


def built(tmp_path: Path, name: str, paths: list[Path], **options: float) -> dict[str, list[str]]:
    warehouse = tmp_path / name
    build_warehouse([str(path) for path in paths], str(warehouse), **options)  # type: ignore[arg-type]
    assert faults_of(warehouse) == []
    return rows_of(warehouse)


@pytest.mark.slow
def test_rows_do_not_depend_on_workers_batches_commits_and_order(tmp_path: Path) -> None:
    write_corpus(tmp_path / "in", SMALL)
    paths = sorted((tmp_path / "in").iterdir())
    reference = built(tmp_path, "reference", paths, workers=0)
    assert len(reference["documents"]) == SMALL
    assert len(reference["document_sources"]) > SMALL  # some stand in two files
    assert len(reference["events"]) > SMALL
    assert built(tmp_path, "two-workers", paths[::-1], workers=2, batch_documents=7) == reference
    assert built(tmp_path, "ones", paths[::-1], workers=0, batch_documents=1, commit_seconds=1) == reference


@pytest.mark.slow
def test_rows_of_many_documents_do_not_depend_on_workers_batches_and_order(tmp_path: Path) -> None:
    write_corpus(tmp_path / "in", LARGE)
    paths = sorted((tmp_path / "in").iterdir())
    reference = built(tmp_path, "reference", paths, workers=1, batch_documents=10_000, batch_bytes=1_000_000_000)
    assert len(reference["documents"]) == LARGE
    for name, workers, documents, order in (("sevens", 2, 7, 1), ("all-by-two", 2, 10_000, -1), ("ones", 2, 1, -1)):
        assert built(tmp_path, name, paths[::order], workers=workers, batch_documents=documents) == reference, name
