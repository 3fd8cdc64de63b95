"""Repairs what transport did to a text (mojibake, HTML entities, invisible characters) and leaves its style alone.

Quotes, dashes, ligatures and widths stay as the newsroom wrote them: offsets point into this text, and a reader must find it there.
"""

import re

import ftfy

from transforms.decode import normalise

_CONFIG = ftfy.TextFixerConfig(
    unescape_html=True,
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    fix_line_breaks=False,
    normalization="NFC",
    explain=False,
)
_KEEP_ENTITIES = _CONFIG._replace(unescape_html=False)
# Mojibake is two characters beyond ASCII in a row, or one that stands for a lead byte before a blank; ftfy, which is slow, need not
# see lines without any. A markup sign in the text says that its entities are meant (ftfy's own rule).
_SUSPECT = re.compile(r"[^\x00-\x7f]{2}|[\x80-\x9f]|[ÂÃâà-ï][ ?]|&#?\w+;|\x1b")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff]"
)
_MANY_BLANK_LINES = re.compile(r"\n{3,}")


def repair(text: str) -> str:
    """Give the text in NFC without mojibake, entities, control and zero-width characters and blanks at line ends, stripped.

    Joiners (U+200C, U+200D) stay: emoji and several scripts need them.
    """
    if _SUSPECT.search(text):
        config = _KEEP_ENTITIES if "<" in text else _CONFIG
        lines = [ftfy.fix_text(line, config) if _SUSPECT.search(line) else line for line in text.split("\n")]
        text = normalise("\n".join(lines))
    text = normalise(_INVISIBLE.sub("", text))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _MANY_BLANK_LINES.sub("\n\n", text).strip()
