"""The files of `--actors` as a command meets them: read and checked before anything else, warnings on stderr."""

from typing import TYPE_CHECKING

from flows.settings import Settings

if TYPE_CHECKING:
    from transforms.own_names import OwnNames


def checked_actors(settings: Settings) -> "OwnNames | None":
    """Give the user's own names, None where the settings name no file; raises UsageError for a mistake in one."""
    if not settings.actors:
        return None
    from flows.cli.terminal import messages, one_line
    from flows.own_names import read_own_names, warning_lines

    names, warnings = read_own_names(settings.actors)
    console = messages()
    for line in warning_lines(warnings):
        console.print(f"warning: {one_line(line)}", style="yellow", soft_wrap=True)
    return names
