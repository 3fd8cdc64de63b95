"""What all tests share: a Prefect of their own (never the user's), and invented news to mill."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.engine import ONE_THREAD

_prefect_home = tempfile.mkdtemp(prefix="newsmill-test-prefect-")
atexit.register(shutil.rmtree, _prefect_home, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith(("PREFECT_", "NEWSMILL_"))]:
    del os.environ[_name]
os.environ.update(
    PREFECT_HOME=_prefect_home,
    PREFECT_SERVER_ANALYTICS_ENABLED="false",
    DO_NOT_TRACK="1",
    PREFECT_SERVER_UI_ENABLED="false",
    PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL="CRITICAL",
)
os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # as in a worker: test processes share the cores between them already


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[str]:
    """Address of a Prefect server that all flow runs of the session share, those of child processes too."""
    from flows.local_server import local_server

    with local_server():
        from prefect.settings import PREFECT_API_URL

        url = PREFECT_API_URL.value()
        os.environ["PREFECT_API_URL"] = url
        yield url
        del os.environ["PREFECT_API_URL"]


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder with two invented texts and a .jsonl of three; one text stands in both."""
    from tests.corpus import article, write_jsonl

    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(article(0)["text"])
    (folder / "b.txt").write_text(article(1)["text"])
    write_jsonl(folder / "c.jsonl", [article(number) for number in (2, 3, 4)])
    return folder
