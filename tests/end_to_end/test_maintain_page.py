"""Every command of docs/how-to/maintain.md, from top to bottom, on two articles."""

import re
from pathlib import Path

import pytest

from tests.end_to_end.commands import run

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "maintain.md"


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_the_commands_of_the_page_run_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "one.txt").write_text("France condemned the attack on Monday.\n")
    (tmp_path / "articles" / "two.txt").write_text("Germany and Poland signed a treaty in Berlin.\n")
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        for command in block.splitlines():
            assert run(command, tmp_path), command
    count = "newsmill query 'SELECT count(*) AS n FROM documents' --format csv"
    assert run(count, tmp_path) == "n\n1\n"
    run("newsmill run articles", tmp_path)
    assert run(count, tmp_path) == "n\n1\n", "what was taken down is not loaded again"
    assert "all" in run("newsmill verify", tmp_path)
