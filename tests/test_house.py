"""The rules of the house: imports go one way, and the check that says so does find a wrong one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("flows", "transforms", "warehouse")


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


def test_imports_go_one_way() -> None:
    checked = _lint_imports(ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("transforms/sentences.py", "import flows.plan"),
        ("transforms/sentences.py", "import warehouse.commit"),
        ("transforms/sentences.py", "import duckdb"),
        ("warehouse/write.py", "import transforms.document"),
        ("warehouse/schema/tables.py", "from flows import settings"),
        ("flows/mill.py", "import prefect"),
    ],
)
def test_wrong_import_is_found(module: str, line: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        for source in (ROOT / package).rglob("*.py"):
            copy = tmp_path / source.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    with (tmp_path / module).open("a") as stream:
        stream.write(f"\n{line}\n")
    checked = _lint_imports(tmp_path)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "BROKEN" in checked.stdout


def test_every_module_says_what_it_is_for() -> None:
    undescribed = [
        str(source.relative_to(ROOT))
        for package in PACKAGES
        for source in (ROOT / package).rglob("*.py")
        if (text := source.read_text(encoding="utf-8").strip()) and not text.startswith('"""')
    ]
    assert not undescribed
