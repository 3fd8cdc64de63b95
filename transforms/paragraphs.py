"""Cuts a text into paragraphs and tells what each is: title, dateline, body, list, quote or caption.

Blank lines end paragraphs; whether single line breaks do is told by the layout (layout.py). The text itself is never changed: a
hard-wrapped paragraph keeps its line breaks, so that offsets stay those of the document.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from transforms.document import Document, Paragraph
from transforms.layout import Layout, layout_of
from transforms.openings import date_of_line, find_dateline
from transforms.published import UNKNOWN
from transforms.wordlists import alternatives

_BLANK = re.compile(r"\n\s*\n")
_BULLET = re.compile(r"\s*[•‣◦▪●○■□*▶►✓✔]\s+\S")
_DASH_ITEM = re.compile(r"\s*[-–—]\s+\S")
_NUMBERED = re.compile(r"\s*(?:\(?(\d{1,3})[.)]|\(?([a-zA-Z])\))\s+\S")
_QUOTED_LINE = re.compile(r"\s*>+ ?")
_CURLY_QUOTATION = re.compile(r"[“«„][^“”«»„]*[”»“]?\.?")
_STRAIGHT_QUOTATION = re.compile(r'"[^"]*"?\.?')


_MARKERS = alternatives("layout", "captions", "markers")
_CREDITS = alternatives("layout", "captions", "credits", capitalised=True)
_CAPTION = re.compile(
    rf"[(\[]?(?i:{_MARKERS})(?: (?i:credit|by|courtesy of))?\s*(?::|/(?=[A-Z])|$|\bby [A-Z])|[(\[]\w+ (?:{_CREDITS})/"
)
_CREDIT_AT_END = re.compile(
    rf"\s[(\[]?(?:(?:{_CREDITS})(?: (?:by|courtesy of))?: ?|(?:{_CREDITS}) by )[^\n.]{{2,80}}\.?[)\]]?$"
    rf"|\((?:\w+ )?(?:{_CREDITS})/[^()]*\)$"
)
_CREDITED = re.compile(rf"\((?:(?:{_CREDITS})(?: by| courtesy of|:) |(?:\w+ )?(?:{_CREDITS})/)[^()]*\)$")
_LONGEST_CAPTION = 500


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str


def split_paragraphs(document: Document) -> tuple[Paragraph, ...]:
    """Give the paragraphs of a document in order; every character that is not white space is in exactly one."""
    text = document.text
    title_end = _title_end(document)
    blocks = [part for block in _blocks(text, title_end) for part in _parts(block, title_end)]
    layout = layout_of([[line.text for line in block] for block in blocks if block[0].start >= title_end])
    runs = [run for block in blocks for run in (_runs(block, layout) if block[0].start >= title_end else [block])]
    spans = [_strip(text, run[0].start, run[-1].start + len(run[-1].text)) for run in runs]
    numbered = _numbered(text, spans)
    dateline = find_dateline(text, title_end)
    paragraphs = []
    for index, (start, end) in enumerate(spans):
        if start < title_end:
            kind = "title"
        elif (dateline is not None and end <= dateline.end) or (index < 4 and date_of_line(text[start:end]) is not UNKNOWN):
            kind = "dateline"
        else:
            kind = "list" if index in numbered else _kind(text[start:end])
        paragraphs.append(Paragraph(index, kind, start, end))
    return tuple(paragraphs)


def _title_end(document: Document) -> int:
    """Give the end of the title when the text begins with it and it has lines of its own, else 0."""
    if not document.title:
        return 0
    pattern = r"\s+".join(re.escape(word) for word in document.title.split())
    match = re.compile(rf"\s*{pattern}[^\S\n]*(?=\n|$)", re.IGNORECASE).match(document.text)
    return match.end() if match else 0


def _blocks(text: str, title_end: int) -> Iterator[list[_Line]]:
    start = 0
    bounds = [match.span() for match in _BLANK.finditer(text, title_end)]
    if title_end and not (bounds and bounds[0][0] <= title_end):
        bounds.insert(0, (title_end, title_end))
    for end, following in [*bounds, (len(text), len(text))]:
        lines, position = [], start
        for line in text[start:end].split("\n"):
            if line.strip():
                lines.append(_Line(position, line))
            position += len(line) + 1
        if lines:
            yield lines
        start = following


def _parts(block: list[_Line], title_end: int) -> Iterator[list[_Line]]:
    """Cut a block where a line tells by itself that it begins a paragraph: list items, quoted lines, captions, a date."""
    dashes = sum(_DASH_ITEM.match(line.text) is not None for line in block) > 1
    part = [block[0]]
    for line, following in pairwise(block):
        quoted = _QUOTED_LINE.match(line.text) is not None
        if (
            quoted != (_QUOTED_LINE.match(following.text) is not None)
            or _BULLET.match(following.text)
            or _NUMBERED.match(following.text)
            or (dashes and _DASH_ITEM.match(following.text))
            or _CAPTION.match(following.text.strip())
            or _CREDITED.search(line.text.rstrip())
            or date_of_line(line.text.strip()) is not UNKNOWN
        ) and line.start >= title_end:
            yield part
            part = []
        part.append(following)
    yield part


def _runs(part: list[_Line], layout: Layout) -> Iterator[list[_Line]]:
    """Cut a part where the layout says that a line break ends a paragraph; quoted lines stay together."""
    run = [part[0]]
    for line, following in pairwise(part):
        if not _QUOTED_LINE.match(line.text) and layout.is_break(line.text, following.text):
            yield run
            run = []
        run.append(following)
    yield run


def _numbered(text: str, spans: list[tuple[int, int]]) -> set[int]:
    """Find list items that need company to be told from prose: dashes and numbers, in neighbouring paragraphs."""
    found = set()
    dashes = [i for i, (start, end) in enumerate(spans) if _DASH_ITEM.match(text, start, end)]
    numbers = [(i, match[1] or match[2]) for i, (start, end) in enumerate(spans) if (match := _NUMBERED.match(text, start, end))]
    for first, second in pairwise(dashes):
        if second == first + 1:
            found |= {first, second}
    for (first, number), (second, following) in pairwise(numbers):
        if following == (str(int(number) + 1) if number.isdecimal() else chr(ord(number) + 1)) and second <= first + 3:
            found |= {first, second}
    return found


def _kind(paragraph: str) -> str:
    if _BULLET.match(paragraph):
        return "list"
    if _QUOTED_LINE.match(paragraph) or _CURLY_QUOTATION.fullmatch(paragraph) or _STRAIGHT_QUOTATION.fullmatch(paragraph):
        return "quote"
    if len(paragraph) <= _LONGEST_CAPTION and (_CAPTION.match(paragraph) or _CREDIT_AT_END.search(paragraph)):
        return "caption"
    return "body"


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
