"""Writes docs/reference/command-line.md from the commands' own --help, so that it cannot go stale; a test holds them equal.

After a change of a command, an argument or a help text: `python -m flows.cli.reference > docs/reference/command-line.md`.
"""

import os
import subprocess
import sys
from typing import Final

_WIDTH: Final = "100"
_HEAD: Final = """\
# The command line

What `newsmill --help` and `newsmill COMMAND --help` print. This page is made of it by
`python -m flows.cli.reference`; change the help texts in `flows/cli/`, not this page.

Settings come from the defaults, then from `newsmill.toml` in the working directory, then from variables
named `NEWSMILL_*`, then from options: the last one wins. Every command ends with 0 when all went well,
1 when the run failed or something was found wrong, 2 for a wrong command line or wrong settings, and
130 after Ctrl-C. `newsmill --debug COMMAND ...` shows the traceback behind an error.
"""


def command_names() -> list[str]:
    """The names of all commands, sorted."""
    from flows.cli import app

    named = (command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands)
    return sorted(name.replace("_", "-") for name in named)


def reference() -> str:
    """The page, as Markdown."""
    parts = [_HEAD, _section()]
    parts += [_section(name) for name in command_names()]
    return "\n".join(parts)


def _section(*command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSMILL_", "FORCE_COLOR"))}
    environment |= {"COLUMNS": _WIDTH, "TERMINAL_WIDTH": _WIDTH, "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}
    shown = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *command, "--help"],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    lines = [line.rstrip() for line in shown.stdout.strip("\n").splitlines()]
    return "\n".join([f"## {' '.join(('newsmill', *command))}", "", "```text", *lines, "```", ""])


def main() -> None:
    """Write the page to stdout."""
    sys.stdout.write(reference())


if __name__ == "__main__":
    main()
