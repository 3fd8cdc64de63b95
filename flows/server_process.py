"""Runs Prefect's server in a process of its own, for a run or for a schedule.

It is in a session of its own, so that Ctrl-C ends the work first and the server last, and ends with its standard input, which is
closed however this process ends, also by a kill: it never outlives the command. Connections are held from the moment it has a
port, and answered when it is up.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final

from warehouse.schema.errors import RetryLater

HOST: Final = "127.0.0.1"
STOP_SECONDS: Final = 10.0
_SHOWN_LINES: Final = 8


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A server that has been started; `url` is its API's address."""

    url: str
    process: subprocess.Popen[str]
    log: IO[bytes]

    def last_words(self) -> str | None:
        """The end of what it wrote when it has ended, None while it runs."""
        if self.process.poll() is None:
            return None
        self.log.seek(0)
        return "\n".join(self.log.read().decode(errors="replace").strip().splitlines()[-_SHOWN_LINES:])


@contextmanager
def server_process(port: int = 0, *, lasting: bool = False) -> Iterator[ServerProcess]:
    """A server at `port`, or at another one where that is taken (0: any), for as long as the block lasts.

    One that is `lasting` has the scheduler and the dashboard too. Raises RetryLater when it does not start.
    """
    command = [sys.executable, "-m", __name__, str(port), *(["lasting"] if lasting else [])]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True, text=True
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            taken = process.stdout.readline().strip()
            if not taken:
                raise RetryLater("The Prefect server did not start. Try again, or name one with PREFECT_API_URL.")
            yield ServerProcess(api_at(int(taken)), process, log)
        finally:
            process.stdin.close()
            process.stdout.close()
            try:
                process.wait(timeout=STOP_SECONDS + 1)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def api_at(port: int) -> str:
    """The address of the API of a server of this machine."""
    return f"http://{HOST}:{port}/api"


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError:
        return socket.create_server((HOST, 0))


def _serve(port: int, *, lasting: bool) -> None:
    """Serve Prefect's API until standard input is closed; the first line on standard output is the port."""
    listener = _listener(port)
    print(listener.getsockname()[1], flush=True)
    os.environ.update(PREFECT__SERVER_FINAL="1")
    if not lasting:
        os.environ.update(PREFECT__SERVER_EPHEMERAL="1", PREFECT_UI_ENABLED="0")
    import uvicorn

    level = "warning" if lasting else "critical"
    server = uvicorn.Server(uvicorn.Config("prefect.server.api.server:create_app", factory=True, log_level=level, lifespan="on"))
    threading.Thread(target=_end_with_input, args=(server,), daemon=True).start()
    server.run(sockets=[listener])


def _end_with_input(server: Any) -> None:
    sys.stdin.read()
    server.should_exit = True
    time.sleep(STOP_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), lasting="lasting" in sys.argv[2:])
