"""The command `newsmill`: one module a command, all on the application of `app.py`."""

from flows.cli import code, explain, export, maintain, query, remove, run, serve, show, snapshots, verify  # noqa: F401 - importing a command's module registers it
from flows.cli.app import app, main, run_command

__all__ = ["app", "main", "run_command"]

_ORDER = (
    *("run", "query", "tables", "show", "code", "explain", "verify", "publish", "serve"),
    *("snapshots", "rollback", "maintain", "remove", "export"),
)
app.registered_commands.sort(key=lambda command: _ORDER.index(command.callback.__name__) if command.callback else len(_ORDER))
