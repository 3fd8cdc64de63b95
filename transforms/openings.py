"""Recognises how a news text opens: a title line, a line that holds only a date, and the dateline "BAKU, March 19 (Trend) -- ".

A dateline without date and agency needs a place in capitals, or place and country, before its dash: names of people and
headings are followed by dashes too.
"""

import re
from dataclasses import dataclass

from transforms.layout import is_ended, layout_of
from transforms.published import UNKNOWN, Published, parse_published
from transforms.wordlists import alternatives, numbers, words

_MONTH = "|".join(sorted(numbers("time", "months"), key=len, reverse=True))
_WEEKDAY = alternatives("time", "noise", "words")
_NOT_PLACES = words("layout", "datelines", "not_places") | words("time", "noise", "words") | numbers("time", "months").keys()

_WORD = r"[^\W\d_a-z][^\W\d_]*(?:[-.'’][^\W\d_]+)*\.?"
_PLACE = rf"{_WORD}(?:[ /-](?:(?:de|del|al|el|la|le|upon|sur|on|of|the)[ -])?{_WORD}){{0,3}}"
_DATE = rf"(?:(?i:{_WEEKDAY})\.?,? )?(?:(?i:{_MONTH})\.? \d{{1,2}}|\d{{1,2}} (?i:{_MONTH})\.?)(?:,? \d{{4}})?"
_AGENCY = r"\((?P<agency>[^()\n]{2,40})\)|/(?P<slashed>[^/\n]{2,30})/"
_DATELINE = re.compile(
    rf"(?P<place>{_PLACE})(?P<region>, {_PLACE})?(?:[,.]? (?P<date>{_DATE})\.?)?(?:[,.]? ?(?:{_AGENCY})\.?)?"
    rf"(?:(?P<dash>\s*(?:--+|[—–―])\s*|\s+[-_]\s+)|(?P<end>(?<=/\.)\s+|: +(?=[A-Z])|\s*(?=\n|$)))"
)
_OPENING = re.compile(r"[\"'“‘«„(\[]?[^\W_a-z]|[\"'“‘«„]")
_BYLINE = re.compile(r"(?:By|BY) [^\W\d_a-z][^\n]{2,80}")
_DATE_ONLY = re.compile(r"[^\n]{6,60}")
_LIST_ITEM = re.compile(r"\s*(?:[-*•‣–—>]\s|\(?\d{1,3}[.)]\s)")


@dataclass(frozen=True, slots=True)
class Dateline:
    """Place, agency and day that open a body; `end` is where its first statement begins, an offset into the text."""

    place: str
    end: int
    agency: str | None = None
    published: Published = UNKNOWN


def find_dateline(text: str, start: int) -> Dateline | None:
    """Find the dateline of the body that begins at `start`, behind lines that hold only a date or an author."""
    for _ in range(3):
        start += len(text[start:]) - len(text[start:].lstrip())
        if (dateline := _dateline_at(text, start)) is not None:
            return dateline
        end = text.find("\n", start)
        line = text[start:end] if end >= 0 else ""
        if not line or not (_BYLINE.fullmatch(line) or date_of_line(line) is not UNKNOWN):
            return None
        start = end
    return None


def _dateline_at(text: str, start: int) -> Dateline | None:
    match = _DATELINE.match(text, start, min(len(text), start + 200))
    if match is None:
        return None
    place, region, day = match["place"], match["region"], match["date"]
    agency = match["agency"] or match["slashed"]
    if re.split(r"[\s.]", place, maxsplit=1)[0].lower() in _NOT_PLACES:
        return None
    if not _OPENING.match(text, match.end()) and match.end() < len(text) and text[match.end()] != "\n":
        return None
    if match["dash"] is None and not day and not agency:
        return None
    if match["dash"] is None and match["end"].startswith(":") and not day:
        return None
    capitals = place.upper() == place and len(place) > 2
    if not (day or agency or capitals or (region and match["dash"].strip() not in {"-", "_"})):
        return None
    published = parse_published(day) if day and re.search(r"\d{4}", day) else UNKNOWN
    end = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())
    return Dateline((place + (region or "")).strip(), end, agency.strip() if agency else None, published)


def date_of_line(line: str) -> Published:
    """Give the day of a line that holds nothing but a date ("Friday, July 21, 2017"), else UNKNOWN."""
    return parse_published(line) if _DATE_ONLY.fullmatch(line) and any(c.isalpha() for c in line) else UNKNOWN


def title_of(text: str) -> str | None:
    """Give the title of a text file: its first one to three short lines before a blank line, without a final full stop.

    Where no line is blank and every line is a paragraph, its first line. The title is what the text begins with, its line breaks
    made blanks.
    """
    block, _, rest = text.partition("\n\n")
    if not rest:
        block, _, rest = text.partition("\n")
        lines = text.split("\n")
        if len(lines) > 1 and (layout_of([lines]).margin is not None or not is_ended(lines[1]) or lines[1][:1].islower()):
            return None
    if not rest.strip() or len(block) > 200 or block.count("\n") > 2:
        return None
    title = " ".join(block.split())
    if re.search(r"[.:;,。]$|[.。][\"”’)]$", title) or not re.match(r"[\"'“‘«¿¡(\[]?[^\W_]", title) or _LIST_ITEM.match(block):
        return None
    first = next((c for c in title if c.isalpha()), "")
    is_other = date_of_line(title) is not UNKNOWN or _BYLINE.fullmatch(title) or _dateline_at(text, 0) is not None
    return None if not first or first.islower() or is_other else title
