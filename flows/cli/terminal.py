"""What commands write to a terminal or a pipe: consoles of the right width, and text that cannot act on the terminal.

A document is anybody's text: an escape sequence in it must not move the cursor, nor an override turn a line around. Each such
character is shown as one visible character, so offsets stay what they are.
"""

import io
import sys
import unicodedata
from typing import Final

from rich.console import Console

PIPE_WIDTH: Final = 100_000
"""Columns of a table that no person's screen bounds: in a pipe nothing is cut or wrapped."""

_KEPT: Final = "\n\t"
_LINE_BREAKS: Final = str.maketrans({"\n": "␤", "\t": " "})
_VISIBLE: Final = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in _KEPT},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
    **dict.fromkeys((0x2028, 0x2029), 0x2424),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD),
}
"""C0 controls by their pictures (U+2400), C1 controls and bidirectional overrides by the replacement character."""

_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"


def visible(text: str) -> str:
    """`text` of the same length with every control character but newline and tab replaced by a visible one."""
    return text.translate(_VISIBLE)


def one_line(text: str) -> str:
    """`text` of the same length that stays on one line: as `visible`, with newlines and tabs replaced too."""
    return visible(text).translate(_LINE_BREAKS)


def isolated(text: str) -> str:
    """`text` wrapped so that right-to-left letters in it leave the order of what stands around it alone."""
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"
    return text


def output() -> Console:
    """A console on stdout: as wide as the terminal, or without bound in a pipe; characters it cannot encode are escaped."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    return console


def messages() -> Console:
    """A console on stderr, for what is not the command's result."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)
