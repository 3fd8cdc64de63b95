"""The deployment as its users meet it: a real Prefect server and worker, and the commands that docs/how-to/schedule.md gives."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import SERVICE_UNAVAILABLE
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import duckdb
import pytest
from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

from tests.end_to_end.processes import free_port, running, until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
DEPLOYMENT = "build-warehouse/hourly"
PATIENCE = 400.0
"""Seconds that a machine under load may take for one step."""

STORIES = {
    "first.txt": "Russia Praises Azerbaijan\n\nBAKU, March 19 - Russian President Vladimir Putin thanked Azerbaijan on Tuesday.\n",
    "second.txt": "Kenya and Ghana Sign Accord\n\nACCRA - Kenya and Ghana signed a trade agreement on 4 May 2024.\n",
}


@dataclass(frozen=True)
class Office:
    """A checkout, the environment of its commands, and where their output goes."""

    folder: Path
    environment: dict[str, str]
    server_log: Path
    worker_log: Path
    api: str

    def run(self, *command: str) -> str:
        """Run a command to its end as a user would; its output."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @retry(
        retry=retry_if_exception(lambda error: isinstance(error, HTTPError) and error.code == SERVICE_UNAVAILABLE),
        wait=wait_fixed(1),
        stop=stop_after_delay(PATIENCE),
        reraise=True,
    )
    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer of Prefect's API.

        A server on SQLite answers 503 while its services hold the database for longer than its patience; Prefect's own client
        asks again then, and so does this one.
        """
        data = json.dumps(body or {}).encode() if body is not None else None
        with urlopen(Request(f"{self.api}{path}", data=data, headers={"Content-Type": "application/json"}), timeout=30) as answer:
            return json.load(answer)

    def flow_runs(self, **conditions: Any) -> list[dict[str, Any]]:
        """All flow runs so far, the oldest first."""
        runs = self.ask("/flow_runs/filter", {"flow_runs": conditions, "sort": "EXPECTED_START_TIME_ASC"})
        assert isinstance(runs, list)
        return runs

    def completed(self) -> int:
        """How many scheduled runs have ended well; none may have ended otherwise."""
        ended = [
            run for run in self.flow_runs() if run["auto_scheduled"] and run["state_type"] in ("COMPLETED", "FAILED", "CRASHED")
        ]
        assert all(run["state_type"] == "COMPLETED" for run in ended), self.worker_log.read_text()[-4000:]
        return len(ended)

    def waiting_or_running(self) -> int:
        """How many runs have not ended."""
        return sum(run["state_type"] in ("SCHEDULED", "PENDING", "RUNNING") for run in self.flow_runs())

    def count(self, sql: str) -> int:
        """The one number that a query of the warehouse gives; 0 as long as there is no warehouse."""
        path = self.folder / "data" / "newsmill.duckdb"
        if not path.exists():
            return 0
        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute(sql).fetchone()
        assert found is not None
        return int(found[0])

    def story(self, name: str) -> None:
        """Put a story among the inputs, whole from the first moment on."""
        unfinished = self.folder / f".{name}"
        unfinished.write_text(STORIES[name])
        unfinished.rename(self.folder / "seeds" / name)


def documented_commands() -> list[list[str]]:
    """The commands of the section on work pools, as the page gives them: those of both terminals, without the export."""
    page = (ROOT / "docs" / "how-to" / "schedule.md").read_text()
    section = page.split("## With a Prefect server and a worker")[1].split("\n## ")[0]
    lines = [line for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL) for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line.startswith("prefect ")]


def _environment(home: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "NEWSMILL_"))}
    return kept | {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # Prefect's own pauses, shortened so that the test need not last for minutes.
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }


def _checkout(folder: Path) -> Path:
    """A checkout with inputs of its own; prefect.yaml and the code are the real ones."""
    (folder / "seeds").mkdir(parents=True)
    for name in ("flows", "transforms", "warehouse", "prefect.yaml"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A Prefect server that answers, started by the first documented command."""
    port = free_port()
    api = f"http://127.0.0.1:{port}/api"
    environment = _environment(tmp_path / "prefect", port) | {"PREFECT_API_URL": api}
    office = Office(_checkout(tmp_path / "checkout"), environment, tmp_path / "server.log", tmp_path / "worker.log", api)
    command = documented_commands()[0]
    assert command == ["prefect", "server", "start"]
    with running(command, office.server_log, environment, office.folder) as server:

        def answers() -> bool:
            assert server.poll() is None, office.server_log.read_text()
            try:
                return bool(office.ask("/health"))
            except OSError:
                return False

        until(answers, "answer of the server", PATIENCE, office.server_log)
        yield office


def test_deployed_schedule_keeps_the_warehouse_up_to_date(office: Office) -> None:
    *set_up, worker = documented_commands()[1:5]
    office.story("first.txt")
    office.run(*set_up[0])
    office.run(*set_up[1])
    deployed = office.ask("/deployments/filter", {})[0]
    assert [schedule["active"] for schedule in deployed["schedules"]] == [False], "the schedule comes paused"
    described = deployed["parameter_openapi_schema"]["properties"]
    assert all(parameter.get("description") for parameter in described.values()), described
    office.run(*set_up[2])
    assert office.ask(f"/deployments/{deployed['id']}")["schedules"][0]["active"]

    # The hourly schedule is on and would take an hour; the same machinery with a short one.
    office.run("prefect", "--no-prompt", "deployment", "schedule", "create", DEPLOYMENT, "--interval", "20", "--replace", "-y")
    with running(worker, office.worker_log, office.environment, office.folder):
        logs = (office.server_log, office.worker_log)
        until(lambda: office.count("SELECT count(*) FROM documents") == 1, "row by a scheduled run", PATIENCE, *logs)
        of_the_first = (
            "SELECT count(*) FROM events JOIN document_sources USING (document_id) WHERE ends_with(source_uri, '/first.txt')"
        )
        events = office.count(of_the_first)
        assert events > 0

        before = until(office.completed, "completed run", PATIENCE, *logs)
        until(lambda: office.completed() > before, "second scheduled run", PATIENCE, *logs)
        assert office.count("SELECT count(*) FROM runs") == 1, "the second run found nothing to do"

        office.story("second.txt")
        until(lambda: office.count("SELECT count(*) FROM documents") == 2, "row of a new file", PATIENCE, *logs)
        until(lambda: office.count("SELECT count(*) FROM runs") == 2, "second run with something to do", PATIENCE, *logs)
        assert office.count(of_the_first) == events

        office.run("prefect", "--no-prompt", "deployment", "schedule", "pause", "--all")
        until(lambda: not office.waiting_or_running(), "end of the scheduled runs", PATIENCE, *logs)
        _two_at_once(office)


def _two_at_once(office: Office) -> None:
    """Two flow runs triggered in the same moment, and a run from the shell beside them, all with the same new file."""
    stories = [
        {"id": str(number), "date": "2024-06-01", "text": f"Ghana accused Togo of raid number {number}. Togo denied it."}
        for number in range(40)
    ]
    unfinished = office.folder / ".many.jsonl"
    unfinished.write_text("".join(json.dumps(story) + "\n" for story in stories))
    unfinished.rename(office.folder / "seeds" / "many.jsonl")
    deployment = office.ask("/deployments/filter", {})[0]["id"]
    created = [office.ask(f"/deployments/{deployment}/create_flow_run", {"idempotency_key": key})["id"] for key in ("one", "two")]
    office.run("newsmill", "run", "seeds", "--quiet")

    def all_ended() -> list[str] | None:
        states = [office.ask(f"/flow_runs/{each}")["state_type"] for each in created]
        return states if all(state in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") for state in states) else None

    states = until(all_ended, "end of both runs", PATIENCE, office.worker_log)
    assert sorted(states) in (["CANCELLED", "COMPLETED"], ["COMPLETED", "COMPLETED"]), office.worker_log.read_text()[-4000:]
    spans = [office.ask(f"/flow_runs/{each}") for each, state in zip(created, states, strict=True) if state == "COMPLETED"]
    spans.sort(key=lambda run: str(run["start_time"]))
    assert all(earlier["end_time"] <= later["start_time"] for earlier, later in pairwise(spans)), "runs of a deployment overlap"
    assert office.count("SELECT count(*) FROM documents") == 42
    assert office.count("SELECT count(DISTINCT document_id) FROM documents") == 42
    assert office.count("SELECT count(*) FROM document_sources") == 42
    assert office.run("newsmill", "verify").splitlines()[-1].startswith("all ")


def test_serve_starts_a_server_runs_at_once_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    folder = _checkout(tmp_path / "checkout")
    port = free_port()
    environment = _environment(tmp_path / "prefect", port)
    log = tmp_path / "serve.log"
    office = Office(folder, environment, log, log, f"http://127.0.0.1:{port}/api")
    office.story("first.txt")
    command = ["newsmill", "serve", "seeds", "--every", "0.2"]
    with running(command, log, environment, folder) as serve:

        def documents(number: int) -> bool:
            assert serve.poll() is None, log.read_text()
            return office.count("SELECT count(*) FROM documents") == number

        until(lambda: documents(1), "row of the first run", PATIENCE, log)
        office.story("second.txt")
        until(lambda: documents(2), "row of a scheduled run", PATIENCE, log)
        serve.send_signal(signal.SIGINT)
        assert serve.wait(60) == 0, log.read_text()[-4000:]
    assert "Traceback" not in log.read_text()
    with pytest.raises(OSError, match="refused"):
        office.ask("/health")
    assert office.run("newsmill", "verify").splitlines()[-1].startswith("all ")
