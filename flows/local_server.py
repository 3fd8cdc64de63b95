"""A Prefect server for one run on this machine, when none is configured; states and logs go to the user's own Prefect database.

Prefect can start one itself, but only after importing all of its server into the run's process, and leaves it behind when that is
killed. This one starts while the run prepares its work, takes a port that is free, and ends with the run however that ends.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flows.prefect_server import configured_server
from flows.server_process import server_process
from warehouse.schema.errors import GiveUp

QUIET: Final = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
}
"""Set for a run of the command line unless the user has set them; logs still reach the server, only the terminal is kept clear."""

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
    # Heartbeats tell a lasting server that a run is alive; here they only hold up its end.
    with (
        server_process() as server,
        temporary_settings({PREFECT_API_URL: server.url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
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


def _deliver() -> None:
    """Send the logs and states that Prefect still holds back, as long as there is a server to take them."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogHandler

    EventsWorker.drain_all(timeout=10)
    APILogHandler().flush()
