"""Child processes of a process, as Linux lists them: for tests that kill one."""

from contextlib import suppress
from pathlib import Path


def children_of(pid: int) -> list[int]:
    """Ids of the child processes of `pid`."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def command_of(pid: int) -> str:
    """The command line of a process, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def workers_of(pid: int) -> list[int]:
    """Ids of the worker processes of a run."""
    return [child for child in children_of(pid) if "spawn_main" in command_of(child)]
