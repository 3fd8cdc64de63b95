"""Pages of docs/ from top to bottom: files are written, commands run and print what stands there, queries find rows."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Samples

ROOT = Path(__file__).parents[2]
OWN_NAMES = ROOT / "docs" / "how-to" / "own-names.md"
ENTITIES = ROOT / "docs" / "how-it-works" / "entities.md"


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Language, file name and content of the fenced blocks of a page."""
    return re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "NEWSMILL_"))}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PREFECT_HOME": str(folder / "prefect"),
        "PYTHONUTF8": "1",
    }
    return subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


def pattern(shown: str) -> str:
    """A regular expression for what a page shows: "..." stands for anything, blanks at the ends of lines for nothing."""
    return ".*?".join(re.escape(part) for part in shown.strip("\n").split("...")).replace("\\\n", r"[ ]*\n")


@pytest.mark.parametrize("page", [OWN_NAMES, ENTITIES], ids=lambda page: page.stem)
def test_the_page_does_what_it_says(page: Path, samples: Samples, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    commands = 0
    for language, name, content in blocks(page):
        if name:
            (tmp_path / name).write_text(content, encoding="utf-8")
        elif language == "sh":
            done = run(tmp_path, content)
            assert done.returncode == 0, content + done.stdout + done.stderr
        elif language == "console":
            command, _, shown = content.removeprefix("$ ").partition("\n")
            done = run(tmp_path, command)
            said = "\n".join(line.rstrip() for line in (done.stderr + done.stdout).splitlines())
            assert re.match(pattern(shown), said, re.DOTALL), f"{command}\n{said}"
            commands += 1
        elif language == "sql":
            done = run(samples.folder, f"newsmill query --format csv {shlex.quote(content)}")
            assert len(done.stdout.splitlines()) > 1, content + done.stderr
    assert commands == page.read_text(encoding="utf-8").count("\n$ newsmill")


def test_the_settings_of_the_page_are_settings(tmp_path: Path) -> None:
    files = {name: content for _, name, content in blocks(OWN_NAMES) if name}
    for name in ("own.csv", "lions.txt"):
        (tmp_path / name).write_text(files[name], encoding="utf-8")
    [settings] = [content for language, _, content in blocks(OWN_NAMES) if language == "toml"]
    (tmp_path / "newsmill.toml").write_text(settings, encoding="utf-8")
    done = run(tmp_path, 'newsmill code "The Delta Lions attacked the River Guards."')
    assert "org:delta-lions" in done.stdout, done.stderr
    assert "org:river-guards" in done.stdout
