"""README tells the truth: every command in it runs, every query gives the result that stands there."""

import shlex
import shutil
from pathlib import Path

import pytest

from tests.end_to_end.commands import run
from tests.end_to_end.conftest import Samples
from tests.end_to_end.readme_blocks import (
    FIRST_RUN,
    README,
    ROOT,
    answer,
    blocks,
    cut,
    queries,
    sessions,
    shell_commands,
    steady,
)

TEXT = README.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(samples: Samples, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("readme")
    for name in ("seeds", "data"):
        (place / name).symlink_to(samples.folder / name)
    return place


def test_readme_has_ten_queries() -> None:
    assert len(list(queries(TEXT))) >= 10


@pytest.mark.parametrize(("query", "result"), [pytest.param(q, b.text, id=q.split("\n")[0]) for q, b in queries(TEXT)])
def test_query_gives_the_result_that_readme_shows(query: str, result: str, folder: Path) -> None:
    assert cut(answer(query, folder), result) == result


@pytest.mark.parametrize(("command", "output"), [pytest.param(c, o, id=c) for c, o, _, _ in sessions(TEXT)])
def test_command_prints_what_readme_shows(command: str, output: str, samples: Samples, folder: Path) -> None:
    printed = samples.output if command == FIRST_RUN else run(command, folder)
    assert steady(cut(printed, output)) == steady(output)


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("command", shell_commands(TEXT))
def test_command_of_readme_runs(command: str, folder: Path, tmp_path: Path) -> None:
    words = shlex.split(command)
    match words[0]:
        case "make":
            run(shlex.join(["make", "--dry-run", *words[1:]]), ROOT)
        case "newsmill" if words[1] == "serve":
            run("newsmill serve --help", folder)  # test_deployment and test_cli_serve let it serve
        case "newsmill":
            (folder / "articles").mkdir(exist_ok=True)
            (folder / "articles" / "one.txt").write_text("The Polish president visited Lithuania on Monday.\n")
            run(command, folder)
        case "prefect" | "export":
            assert command in (ROOT / "docs/how-to/schedule.md").read_text(), "test_deployment runs the commands of that page"
        case "git" | "cd" | ".":
            pass  # fetching and entering the checkout that this test runs in
        case _:
            pytest.fail(f"README has a command that no test runs: {command}")


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("code", [pytest.param(b.text, id=b.text.split("\n")[0]) for b in blocks(TEXT) if b.language == "python"])
def test_python_of_readme_runs(code: str, samples: Samples, tmp_path: Path) -> None:
    (tmp_path / "seeds").symlink_to(samples.folder / "seeds")
    shutil.copytree(samples.folder / "data", tmp_path / "data")  # the programs may write: other tests read the samples meanwhile
    run("newsmill publish", tmp_path)
    run(shlex.join(["python", "-c", code]), tmp_path)
