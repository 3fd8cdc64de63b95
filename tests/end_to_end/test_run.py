"""`newsmill run` as a user types it: in a process of its own, with the Prefect server that it starts for itself."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from flows.cli import run_command
from tests.end_to_end.rows import faults_of
from warehouse.query import connect


def newsmill(folder: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"} | variables
    command = [sys.executable, "-c", "from flows.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.slow
def test_a_first_run_builds_a_warehouse_and_a_second_one_has_nothing_to_do(news: Path, tmp_path: Path) -> None:
    first = newsmill(tmp_path, "run", "news", "--workers", "2")
    assert first.returncode == 0, first.stderr
    assert "5 new" in first.stdout
    assert str(tmp_path / "data" / "newsmill.duckdb") in first.stdout
    assert all(line.endswith(("words/s", "left")) for line in first.stderr.splitlines()), first.stderr
    assert faults_of(tmp_path / "data") == []
    second = newsmill(tmp_path, "run", "news/*")
    assert (second.returncode, second.stderr) == (0, "")
    assert "Nothing to do: 3 inputs are unchanged" in second.stdout
    with closing(sqlite3.connect(Path(os.environ["PREFECT_HOME"]) / "prefect.db")) as prefect:
        sql = (
            "SELECT t.state_type FROM task_run t JOIN flow_run f ON f.id = t.flow_run_id "
            "WHERE t.name LIKE 'mill a.txt%' AND instr(f.parameters, ?)"  # other tests share this server
        )
        states = prefect.execute(sql, [str(tmp_path / "data")]).fetchall()
    assert states == [("COMPLETED",)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [("PREFECT_API_URL", "http://127.0.0.1:9/api", "unset PREFECT_API_URL"), ("PREFECT_HOME", "/dev/null/x", "set PREFECT_HOME")],
)
def test_a_prefect_server_that_cannot_be_had_is_told(name: str, value: str, advice: str, news: Path, tmp_path: Path) -> None:
    done = newsmill(tmp_path, "run", str(news), "--workers", "0", **{name: value})
    assert done.returncode == 1
    assert value in done.stderr
    assert advice in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("prefect_server")
def test_a_quiet_run_prints_nothing_when_nothing_is_wrong(news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["run", str(news), "--quiet", "--workers", "0", "--warehouse", str(tmp_path / "data")]) == 0
    assert capsys.readouterr() == ("", "")


def test_help_needs_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys, contextlib, io\n"
        "from flows.cli import run_command\n"
        "with contextlib.redirect_stdout(io.StringIO()) as said: code = run_command(['run', '--help'])\n"
        "assert code == 0 and '--recode' in said.getvalue()\n"
        "print(*sorted({'prefect', 'spacy', 'polars', 'duckdb', 'dataframely', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("", "")


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_the_flow_runs_from_a_plain_script_without_a_guard(news: Path, tmp_path: Path) -> None:
    script = tmp_path / "build.py"
    script.write_text(
        "from flows import build_warehouse\n"
        "print('script')\n"
        "summary = build_warehouse(['news'], 'out', workers=1)\n"
        "print(summary.documents)\n"
    )
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["script", "5"]
    with connect(tmp_path / "out") as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchall() == [(5,)]


def test_version_and_wrong_usage(tmp_path: Path) -> None:
    assert newsmill(tmp_path, "--version").stdout.startswith("newsmill ")
    wrong = newsmill(tmp_path, "run", "--no-such-option", "x")
    assert (wrong.returncode, "--no-such-option" in wrong.stderr) == (2, True)
    assert newsmill(tmp_path, "run").returncode == 2
