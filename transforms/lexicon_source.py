"""A file of the lexicon with the lines of its tables and keys, which a TOML reader does not tell.

A mistake is named with its line, and an event can show the entry that made it.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from warehouse.schema.errors import UsageError

_HEADER: Final = re.compile(r"\s*\[{1,2}\s*([^\[\]\"',]+?)\s*\]{1,2}\s*(?:#.*)?")
_AT_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)$")


@dataclass(frozen=True, slots=True)
class Block:
    """A table of a file as it is written: `name` of its header ("" before the first), the header's line from 1, its lines."""

    name: str
    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines, without the blank lines and comments that lead over to the next table."""
        lines = list(self.lines)
        while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
            lines.pop()
        return "\n".join(lines)

    def line_of(self, key: str | None = None, value: object = None) -> int:
        """The line of a key, of `value` in the list behind it where that is a word; the header's where they are not found."""
        if key is None:
            return self.line
        begins = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
        at = next((number for number, line in enumerate(self.lines) if begins.match(line)), None)
        if at is None:
            return self.line
        quoted = (f'"{value}"', f"'{value}'") if isinstance(value, str) else ()
        found = (number for number, line in enumerate(self.lines[at:], at) if any(word in line for word in quoted))
        return self.line + next(found, at)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the lexicon: its name, its content and its tables."""

    name: str
    content: dict[str, Any]
    blocks: tuple[Block, ...]

    @property
    def rules(self) -> list[Block]:
        """The tables of the rules, in order."""
        return [block for block in self.blocks if block.name == "rule"]

    def mistake(
        self, reason: str, block: Block | None = None, key: str | None = None, value: object = None, what: str = ""
    ) -> UsageError:
        """The error that says what is wrong where: in `block` at `key`; `what` names the block for a person."""
        line = (block or self.blocks[0]).line_of(key, value)
        return UsageError(f"Lexicon, {self.name}, line {line}{what and f', {what}'}: {reason}")

    def table(self, name: str) -> Block:
        """The table with this header, else the file's beginning."""
        return next((block for block in self.blocks if block.name == name), self.blocks[0])


def read_source(name: str, text: str) -> SourceFile:
    """Read one file; raises UsageError with the line for what is not TOML."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        raise UsageError(f"Lexicon, {name}, line {line}: not TOML: {_AT_LINE.sub('', str(error))}") from error
    return SourceFile(name, content, _blocks(text.splitlines()))


def _blocks(lines: Sequence[str]) -> tuple[Block, ...]:
    starts = [(0, "")]
    for number, line in enumerate(lines):
        header = _HEADER.fullmatch(line)
        if header and not header[1].startswith("rule."):  # [rule.preposition] goes on with the rule above it
            starts.append((number, header[1]))
    ends = [start for start, _ in starts[1:]] + [len(lines)]
    return tuple(Block(name, start + 1, tuple(lines[start:end])) for (start, name), end in zip(starts, ends, strict=True))
