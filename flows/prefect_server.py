"""Finds a Prefect server to schedule with, or starts one for as long as it is needed.

A schedule fires only with a server that stays: the temporary one that a single run makes for itself has no scheduler.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from flows.server_process import ServerProcess, api_at, server_process
from warehouse.schema.errors import GiveUp, RetryLater

START_SECONDS: Final = 120.0
_ANSWER_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.2


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
    usual = api_at(usual_port)
    if _answers(usual):
        with temporary_settings({PREFECT_API_URL: usual}):
            yield Server(usual, started_here=False)
        return
    with server_process(usual_port, lasting=True) as server:
        _wait_for(server)
        with temporary_settings({PREFECT_API_URL: server.url}):
            yield Server(server.url, started_here=True)


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


def _wait_for(server: ServerProcess) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(server.url):
        last_words = server.last_words()
        if last_words is not None:
            raise GiveUp(f"The Prefect server ended at once:\n{last_words}")
        if time.monotonic() > deadline:
            raise RetryLater(f"The Prefect server did not answer within {START_SECONDS:.0f} seconds; try again.")
        time.sleep(_POLL_SECONDS)


def _answers(api: str) -> bool:
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with (
        temporary_settings({PREFECT_API_URL: api}),
        get_client(httpx_settings={"timeout": _ANSWER_SECONDS}, sync_client=True) as client,
    ):
        return client.api_healthcheck() is None
