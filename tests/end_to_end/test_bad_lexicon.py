"""A mistake in the lexicon stops a command before any work, with file, line and reason."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEXICON = ROOT / "transforms" / "data" / "lexicon"
RULE = '[[rule]]\nid = "waive-visa"\nverb = ["waive"]\nmodes = ["visit"]\n'


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Newsmill with a lexicon to which RULE was added; all else is what is installed."""
    place = tmp_path_factory.mktemp("broken")
    data = place / "transforms" / "data"
    data.mkdir(parents=True)
    for package in ("flows", "warehouse"):
        (place / package).symlink_to(ROOT / package)
    for source, target in ((ROOT / "transforms", place / "transforms"), (ROOT / "transforms" / "data", data)):
        for entry in source.iterdir():
            if entry.name not in ("data", "lexicon", "__pycache__"):
                (target / entry.name).symlink_to(entry)
    shutil.copytree(LEXICON, data / "lexicon")
    with (data / "lexicon" / "sanction.toml").open("a", encoding="utf-8") as stream:
        stream.write(RULE)
    return place


@pytest.mark.parametrize("command", [("run", "news"), ("code", "France condemned Russia.")])
def test_the_command_ends_before_any_work(command: tuple[str, ...], broken: Path, news: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *command],
        cwd=news.parent,
        env=os.environ | {"PYTHONPATH": str(broken)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    line = len((LEXICON / "sanction.toml").read_text("utf-8").splitlines()) + 4
    assert done.stderr.startswith(f"error: Lexicon, sanction.toml, line {line}, rule ")
    assert "(waive-visa): SANCTION has no mode 'visit'; it has " in done.stderr
    assert not done.stdout
    assert not (news.parent / "data").exists()
