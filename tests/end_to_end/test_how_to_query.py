"""Every command, query and program of docs/how-to/query.md runs on the samples, as it is written there."""

import re
from pathlib import Path

import pytest

from tests.end_to_end.commands import run
from tests.end_to_end.conftest import Samples

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "query.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("newsmill")]


@pytest.fixture(scope="module")
def folder(samples: Samples, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory in which `newsmill run seeds` has been run."""
    folder = tmp_path_factory.mktemp("how-to-query")
    (folder / "data").symlink_to(samples.folder / "data")
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_command_runs(command: str, folder: Path) -> None:
    said = run(command, folder)
    target = command.partition(">")[2].strip()
    assert (folder / target).stat().st_size if target else len(said.splitlines()) >= 1


@pytest.mark.parametrize("sql", [sql for sql in blocks("sql") if not sql.startswith("COPY")])
def test_query_finds_something(sql: str, folder: Path) -> None:
    rows = run("newsmill query - --format csv", folder, sql).splitlines()
    assert len(rows) > 1 or "FROM rejects" in sql, "the samples have no rejects, but rows of everything else"


def test_copy_leaves_a_file(folder: Path) -> None:
    [copy] = [sql for sql in blocks("sql") if sql.startswith("COPY")]
    run("newsmill query - --unsafe", folder, copy)
    assert (folder / "event_facts.parquet").stat().st_size > 0


def test_program_prints_events(folder: Path) -> None:
    [program] = blocks("python")
    (folder / "program.py").write_text(program)
    assert "event_type" in run("python program.py", folder)
