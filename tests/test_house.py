"""The rules of the house: imports go one way, and the check that says so does find a wrong one."""

import ast
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


UNSAFE_CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}


def _unsafe(source: str) -> list[str]:
    """What a module does that runs data as code: pickles, eval and its like, a shell."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.partition(".")[0] in UNSAFE_MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in UNSAFE_MODULES:
            found.append(str(node.module))
        elif isinstance(node, ast.Call):
            found += [ast.unparse(node.func)] if ast.unparse(node.func) in UNSAFE_CALLS else []
            found += ["shell=True" for keyword in node.keywords if keyword.arg == "shell" and ast.unparse(keyword.value) != "False"]
    return found


def test_nothing_runs_data_as_code() -> None:
    sources = [source for package in PACKAGES for source in (ROOT / package).rglob("*.py")]
    found = {str(source.relative_to(ROOT)): _unsafe(source.read_text(encoding="utf-8")) for source in sources}
    assert {name: unsafe for name, unsafe in found.items() if unsafe} == {}
    assert _unsafe("import pickle.x\neval('1')\nrun('ls', shell=True)\nre.compile('a')") == ["pickle.x", "eval", "shell=True"]
