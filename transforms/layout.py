"""Tells what the line breaks of a text mean: a margin that was filled (hard-wrapped text), or one paragraph a line.

Decided from the layout of the whole text, not from single lines. In text wrapped at a margin the next line's first word would
not have fitted on the line before; where paragraphs stand one a line, lines stop well short of the longest, or run far on.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from transforms.wordlists import words

MARGINS: Final = (25, 120)
"""Characters that a hard-wrapped line is expected to hold at most; beyond it a line is a paragraph that was never wrapped."""
_FILLED: Final = 0.7
_ENDED: Final = 0.6
_CONTINUED: Final = 0.6
_OPEN_ENDS = words("abbreviations", "open_ends")
_TITLES = words("abbreviations", "titles")
_SPARE: Final = 12
"""Characters left on a wrapped line, beyond the next line's first word, from which a break was meant."""
_SPARE_RAGGED: Final = 4
"""The same where lines were not broken at a strict margin."""
_TERMINATORS: Final = ".!?。！？؟۔।…"
_CLOSERS: Final = "\"'”’»)]*"


@dataclass(frozen=True, slots=True)
class Layout:
    """`margin` is the width that lines are wrapped at, None when every line break ends a paragraph; `spare` the room behind a
    full stop from which a break was meant."""

    margin: int | None
    spare: int = _SPARE

    def is_break(self, line: str, following: str) -> bool:
        """Tell whether a single line break between two lines of one block ends a paragraph."""
        first = following.lstrip()[:1]
        if self.margin is None:
            return not (first.islower() and not is_ended(line))
        if _indent(following) >= _indent(line) + 2 and is_ended(line):
            return True
        room = self.margin - len(line.rstrip()) - 1 - len(_first_word(following))
        if room < self.spare or first.islower() or _goes_on(line, following):
            return False
        return is_ended(line) or room >= self.margin // 3


def layout_of(blocks: list[list[str]]) -> Layout:
    """Decide by the lines of all blocks (what stands between blank lines) that hold more than one line.

    Wrapped: the longest line is within MARGINS, at least 7 of 10 breaks stand where the next word would not have fitted, and not
    most lines end a sentence. Or, whatever the margin, most lines go on in the next as prose does.
    """
    pairs = [pair for block in blocks for pair in pairwise(block)]
    if not pairs:
        return Layout(None)
    margin = max(len(line.rstrip()) for block in blocks if len(block) > 1 for line in block)
    if not MARGINS[0] <= margin <= MARGINS[1]:
        return Layout(None)
    filled = sum(len(line.rstrip()) + 1 + len(_first_word(following)) > margin - 2 for line, following in pairs)
    ended = sum(is_ended(line) for line, _ in pairs)
    continued = sum(_goes_on(line, following) for line, following in pairs)
    is_wrapped = filled >= _FILLED * len(pairs) and (ended <= _ENDED * len(pairs) or filled == len(pairs) == 1)
    if is_wrapped:
        return Layout(margin)
    return Layout(margin, _SPARE_RAGGED) if continued >= _CONTINUED * len(pairs) and ended <= continued else Layout(None)


def is_ended(line: str) -> bool:
    """Tell whether a line stops at the end of a sentence: a terminator, quotes and brackets after it."""
    return line.rstrip().rstrip(_CLOSERS)[-1:] in _TERMINATORS and bool(line.strip())


def _goes_on(line: str, following: str) -> bool:
    """Tell whether the words at a line break show that the sentence runs on."""
    words_of = line.split()
    last = words_of[-1] if words_of else ""
    if following.lstrip()[:1].islower():
        return not is_ended(line)
    return last.lower() in _OPEN_ENDS or (last[-1:] == "." and last[:1].isupper() and last[:-1].lower() in _TITLES)


def _first_word(line: str) -> str:
    return line.split(None, 1)[0] if line.strip() else ""


def _indent(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
