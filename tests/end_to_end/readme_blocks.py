"""README's commands and queries, taken out of it and run; `python -m tests.end_to_end.readme_blocks` writes their results back.

A `sql` block is followed by a `text` block with what `newsmill query` prints for it; a `console` block holds `$ command`
lines, each followed by its output; the commands of a `sh` block are run for their exit code; a `python` block is run as
it stands.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.end_to_end.commands import run

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```(sql|console|sh|python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VARYING = re.compile(r"\d[\d.,]* (?=s\b|words/s)|\S+(?=/data/newsmill\.duckdb)")
"""What differs from run to run: seconds, speeds, the folder that the warehouse is in."""
ELLIPSIS = "…\n"
"""A last line of its own in an output: the rest is left out."""


@dataclass(frozen=True)
class Block:
    """One fenced block of README: its language, its text and where the text stands."""

    language: str
    text: str
    start: int
    end: int


def blocks(readme: str) -> list[Block]:
    """The fenced blocks of the text, in order."""
    return [Block(match[1], match[2], match.start(2), match.end(2)) for match in BLOCK.finditer(readme)]


def queries(readme: str) -> Iterator[tuple[str, Block]]:
    """Each SQL query with the block that holds its result."""
    found = blocks(readme)
    for block, following in pairwise(found):
        if block.language == "sql":
            assert following.language == "text", f"no result follows the query\n{block.text}"
            yield block.text, following


def sessions(readme: str) -> Iterator[tuple[str, str, int, int]]:
    """Each `$ command` of the console blocks with its output and where that stands."""
    for block in blocks(readme):
        if block.language != "console":
            continue
        for match in re.finditer(r"^\$ (.*(?:\\\n.*)*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
            yield match[1], match[2], block.start + match.start(2), block.start + match.end(2)


def shell_commands(readme: str) -> list[str]:
    """The commands of the sh blocks, comments left out."""
    lines = [line for block in blocks(readme) if block.language == "sh" for line in block.text.splitlines()]
    return [command for line in lines if (command := line.split("  #")[0].strip()) and not command.startswith("#")]


def answer(query: str, folder: Path) -> str:
    """What `newsmill query` prints for the query on the warehouse `data` in `folder`."""
    return run("newsmill query -", folder, query)


def cut(output: str, like: str) -> str:
    """The output as README shows it: without spaces at line ends, and cut where README leaves the rest out."""
    lines = output.splitlines(keepends=True)
    if like.endswith(ELLIPSIS):
        lines = [*lines[: like.count("\n") - 1], ELLIPSIS]
    return "".join(line.rstrip() + "\n" for line in lines)


def steady(output: str) -> str:
    """The output without what differs from run to run."""
    return VARYING.sub("_", output)


FIRST_RUN = "newsmill run seeds"


def build(folder: Path) -> str:
    """Make the warehouse `data` of the texts in `seeds`, in `folder`, as `make run` does; what the command prints."""
    (folder / "seeds").symlink_to(ROOT / "seeds")
    return run(FIRST_RUN, folder, workers=2)  # README shows a machine of two cores: how texts share batches is seen in the counts


def main() -> None:
    """Write the results of all queries and commands into README."""
    readme = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        outputs = {FIRST_RUN: build(folder)}
        changes = [(block.start, block.end, cut(answer(query, folder), block.text)) for query, block in queries(readme)]
        for command, output, start, end in sessions(readme):
            printed = outputs[command] if command in outputs else run(command, folder)
            changes.append((start, end, cut(printed, output).replace(place, "/home/you/newsmill")))
    for start, end, text in sorted(changes, reverse=True):
        readme = readme[:start] + text + readme[end:]
    README.write_text(readme, encoding="utf-8")


if __name__ == "__main__":
    main()
