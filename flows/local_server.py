"""A Prefect server for one run on this machine, when none is configured; states and logs go to the user's own Prefect database.

Prefect can start one itself, but only after importing all of its server into the run's process, and leaves it behind when that is
killed. This one starts while the run prepares its work, takes a port that is free, and ends with the run however that ends.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from flows.prefect_server import configured_server
from warehouse.schema.errors import GiveUp, RetryLater

QUIET: Final = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
}
"""Set for a run of the command line unless the user has set them; logs still reach the server, only the terminal is kept clear."""

STOP_SECONDS: Final = 10.0
UNREACHABLE: Final = "Failed to reach API"
"""How the message begins with which Prefect gives up a server that does not answer; it has no error class of its own."""


@contextmanager
def local_server() -> Iterator[None]:
    """Give the flow runs of this block a Prefect server: the configured one, else one for as long as the block lasts.

    The block may do other work before it runs a flow; Prefect waits for the server then. Raises GiveUp when the configured one does
    not answer or the one started here ends at once, RetryLater when that does not start.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, PREFECT_HOME, temporary_settings

    if configured_server():
        yield
        return
    process = subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        if not port:
            raise RetryLater("The Prefect server for this run did not start. Try again, or name one with PREFECT_API_URL.")
        # Heartbeats tell a lasting server that a run is alive; here they only hold up its end.
        with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{port}/api", PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            try:
                yield
            except RuntimeError as error:
                if not str(error).startswith(UNREACHABLE):
                    raise
                raise GiveUp(
                    f"The Prefect server for this run did not start. It keeps its database in {PREFECT_HOME.value()}: check that "
                    "this folder can be written and has space, or set PREFECT_HOME to another one."
                ) from error
            finally:
                _deliver()
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(timeout=STOP_SECONDS + 1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _deliver() -> None:
    """Send the logs and states that Prefect still holds back, as long as there is a server to take them."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogHandler

    EventsWorker.drain_all(timeout=10)
    APILogHandler().flush()


def _serve() -> None:
    """Serve Prefect's API until standard input is closed, which also happens when the run is killed."""
    listener = socket.create_server(("127.0.0.1", 0))  # connections are held from now on, and answered when the server is up
    print(listener.getsockname()[1], flush=True)
    os.environ.update(PREFECT__SERVER_EPHEMERAL="1", PREFECT__SERVER_FINAL="1", PREFECT_UI_ENABLED="0")
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config("prefect.server.api.server:create_app", factory=True, log_level="critical", lifespan="on")
    )
    threading.Thread(target=_end_with_input, args=(server,), daemon=True).start()
    server.run(sockets=[listener])


def _end_with_input(server: Any) -> None:
    sys.stdin.read()
    server.should_exit = True
    time.sleep(STOP_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    _serve()
