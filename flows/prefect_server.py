"""Finds a Prefect server to schedule with, or starts one for as long as it is needed.

A schedule fires only with a server that stays: the temporary one that a single run makes for itself has no scheduler. The server
started here is in a session of its own, so that Ctrl-C ends the work first and the server last, and ends with its standard input,
so that it never outlives the command.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from warehouse.schema.errors import GiveUp, RetryLater

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 120.0
_ANSWER_SECONDS: Final = 5.0
_STOP_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.2
_SHOWN_LINES: Final = 8


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers: its API's address, and whether it ends with this process."""

    url: str
    started_here: bool


@contextmanager
def reachable_server() -> Iterator[Server]:
    """A Prefect server, set as the one that this process and its children use.

    Raises GiveUp when PREFECT_API_URL (or the Prefect profile) names one that does not answer, or none can be started; RetryLater
    when the one started here does not answer in time.
    """
    os.environ.update(PREFECT_SERVER_ANALYTICS_ENABLED="false", DO_NOT_TRACK="1")
    from prefect.settings import PREFECT_API_URL, PREFECT_SERVER_API_PORT, temporary_settings

    configured = configured_server()
    if configured:
        yield Server(configured, started_here=False)
        return
    usual_port = PREFECT_SERVER_API_PORT.value()  # 4200 unless the user says otherwise
    usual = _api(usual_port)
    if _answers(usual):
        with temporary_settings({PREFECT_API_URL: usual}):
            yield Server(usual, started_here=False)
        return
    port = usual_port if _is_free(usual_port) else _free_port()
    with _started(port) as url, temporary_settings({PREFECT_API_URL: url}):
        yield Server(url, started_here=True)


def configured_server() -> str | None:
    """The API's address that PREFECT_API_URL or the profile names, None without one; raises GiveUp when nothing answers there."""
    from prefect.settings import PREFECT_API_URL

    url: str | None = PREFECT_API_URL.value()
    if url and not _answers(url):
        raise GiveUp(
            f"No Prefect server answers at {url}, which PREFECT_API_URL or the Prefect profile names. "
            "Start it with `prefect server start`, or unset PREFECT_API_URL to have one started here."
        )
    return url


@contextmanager
def _started(port: int) -> Iterator[str]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(port)], stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
        )
        assert process.stdin is not None
        try:
            url = _api(port)
            deadline = time.monotonic() + START_SECONDS
            while not _answers(url):
                if process.poll() is not None:
                    log.seek(0)
                    lines = log.read().decode(errors="replace").strip().splitlines()[-_SHOWN_LINES:]
                    raise GiveUp("The Prefect server ended at once:\n" + "\n".join(lines))
                if time.monotonic() > deadline:
                    raise RetryLater(f"The Prefect server did not answer within {START_SECONDS:.0f} seconds; try again.")
                time.sleep(_POLL_SECONDS)
            yield url
        finally:
            process.stdin.close()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _run_server(port: int) -> None:
    """Serve Prefect's API, dashboard and scheduler until standard input is closed, which a kill of the parent does too."""
    os.environ.update(PREFECT__SERVER_FINAL="1")
    threading.Thread(target=_end_with_input, daemon=True).start()
    import uvicorn

    uvicorn.run("prefect.server.api.server:create_app", factory=True, host=HOST, port=port, log_level="warning")


def _end_with_input() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _api(port: int) -> str:
    return f"http://{HOST}:{port}/api"


def _answers(api: str) -> bool:
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with (
        temporary_settings({PREFECT_API_URL: api}),
        get_client(httpx_settings={"timeout": _ANSWER_SECONDS}, sync_client=True) as client,
    ):
        return client.api_healthcheck() is None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    _run_server(int(sys.argv[1]))
