"""The command line's frame: the typer application that commands hang on, its common options, and how a run ends.

Commands import what they need inside their functions, so that `newsmill --help` answers at once; an error that Newsmill raises on
purpose is one line on stderr and an exit code, never a traceback, unless `--debug` asks for it.
"""

import errno
import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.interrupts import Terminated
from warehouse.schema.errors import REMEDY, NewsmillError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells give it."""
TERMINATED = 143
"""Exit code after SIGTERM."""
STOPPED = "stopped: what was committed stays; the same command goes on from there"

OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)

app = typer.Typer(
    name="newsmill",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

WarehouseOption = Annotated[
    Path | None,
    typer.Option(
        "--warehouse",
        "-w",
        metavar="DIR",
        help="Folder of the warehouse. Default: `data`, or what newsmill.toml or NEWSMILL_WAREHOUSE says.",
        show_default=False,
    ),
]
"""Every command that opens a warehouse takes it; None means that the settings decide (`flows.settings.load_settings`)."""

ModelOption = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="spaCy pipeline to annotate with. Default: the settings'.", show_default=False),
]

ActorsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--actors",
        metavar="FILE",
        help="Your own people and organisations: CSV, or a dictionary in PETRARCH's format. Can be given more than once.",
        show_default=False,
    ),
]

LexiconOption = Annotated[
    Path | None,
    typer.Option("--lexicon", metavar="DIR", help="Code by the rules in this folder, not by Newsmill's.", show_default=False),
]


class _Debug:
    wanted = False


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"newsmill {version('newsmill')}")
        raise typer.Exit


@app.callback()
def newsmill(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and end.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Raw news text in, an event warehouse out: who did what to whom, when and where, as Parquet tables for DuckDB."""
    _Debug.wanted = debug


def main() -> None:
    """Run the command line and end the process.

    0: done, 1: the run failed, 2: bad usage or settings, 75: try again later, 130 and 143: interrupted by Ctrl-C or SIGTERM.
    """
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command line, given without the program's name, and return its exit code; errors are written to stderr."""
    _Debug.wanted = False
    try:
        app(args=arguments, prog_name="newsmill")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if code == INTERRUPTED:
            typer.echo(STOPPED, err=True)
        return code
    except Terminated:
        typer.echo(STOPPED, err=True)
        return TERMINATED
    except NewsmillError as error:
        if _Debug.wanted:
            raise
        from flows.cli.terminal import visible

        typer.echo(f"error: {visible(str(error))}", err=True)  # it may quote a document
        return error.exit_code
    except OSError as error:
        if _Debug.wanted or error.errno not in OF_THE_DISK:
            raise
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(f"error: {where}{error.strerror}. {REMEDY}", err=True)
        return 1
    return 0
