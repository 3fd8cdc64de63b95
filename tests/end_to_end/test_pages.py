"""Pages of docs/ from top to bottom: files are written, commands run and print what stands there, queries find rows."""

import re
from pathlib import Path

import pytest

from tests.end_to_end.commands import run, say
from tests.end_to_end.conftest import Samples

ROOT = Path(__file__).parents[2]
OWN_NAMES = ROOT / "docs" / "how-to" / "own-names.md"
ENTITIES = ROOT / "docs" / "how-it-works" / "entities.md"
EVENTS = ROOT / "docs" / "how-it-works" / "events.md"
WAREHOUSE = ROOT / "docs" / "how-it-works" / "warehouse.md"
ADD_A_RULE = ROOT / "docs" / "how-to" / "add-a-rule.md"
CODEBOOK = ROOT / "docs" / "codebook.md"


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Language, file name and content of the fenced blocks of a page."""
    return re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def pattern(shown: str) -> str:
    """A regular expression for what a page shows: "..." stands for anything, blanks at the ends of lines for nothing.

    Lines of the lexicon and confidences may be others than those shown: they change with every rule.
    """
    exact = ".*?".join(re.escape(part) for part in shown.strip("\n").split("...")).replace("\\\n", r"[ ]*\n")
    exact = re.sub(r"(\(\w+\\\.toml,\\ line\\ )\d+", r"\1\\d+", exact)
    return re.sub(r"(confidence\\ )0\\\.\d+", r"\g<1>0\\.\\d+", exact)


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("page", [OWN_NAMES, WAREHOUSE, ENTITIES, EVENTS, ADD_A_RULE, CODEBOOK], ids=lambda page: page.stem)
def test_the_page_does_what_it_says(page: Path, samples: Samples, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "transforms").symlink_to(ROOT / "transforms")
    commands = 0
    for language, name, content in blocks(page):
        if name:
            (tmp_path / name).write_text(content, encoding="utf-8")
        elif language == "sh":
            for line in content.splitlines():
                run(line, tmp_path)
        elif language == "console":
            command, _, shown = content.removeprefix("$ ").partition("\n")
            done = say(command, tmp_path)
            said = "\n".join(line.rstrip() for line in (done.err + done.out).splitlines())
            assert re.match(pattern(shown), said, re.DOTALL), f"{command}\n{said}"
            commands += 1
        elif language == "sql":
            assert len(run("newsmill query - --format csv", samples.folder, content).splitlines()) > 1, content
    assert commands == page.read_text(encoding="utf-8").count("\n$ newsmill")


def test_the_settings_of_the_page_are_settings(tmp_path: Path) -> None:
    files = {name: content for _, name, content in blocks(OWN_NAMES) if name}
    for name in ("own.csv", "lions.txt"):
        (tmp_path / name).write_text(files[name], encoding="utf-8")
    [settings] = [content for language, _, content in blocks(OWN_NAMES) if language == "toml"]
    (tmp_path / "newsmill.toml").write_text(settings, encoding="utf-8")
    said = run('newsmill code "The Delta Lions attacked the River Guards."', tmp_path)
    assert "org:delta-lions" in said
    assert "org:river-guards" in said
