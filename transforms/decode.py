"""Bytes to text, and text to one kind of line end: the form that document_id is computed from.

Marks first, then UTF-8, then Windows-1252 where its result reads like a Latin text (detectors guess short news texts wrongly), then
charset-normalizer. Bytes that are no text are refused rather than decoded to rubbish.
"""

import codecs
import re
import unicodedata
from typing import Final

from charset_normalizer import from_bytes

from transforms.document import Rejected

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\v\b\x1a\x1b") | {127})
_MOST_CONTROLS: Final = 0.01
"""Share of control bytes above which bytes are taken for binary."""
_SAMPLE: Final = 1 << 16
# In a Latin text that was written as Windows-1252 a capital or a sign does not stand inside a small-letter word.
_UNLATIN = re.compile(r"[a-zß-öø-ÿ][À-ÖØ-ÞŠŒŽŸ]|[^\W\d_][¡-¬®-¿×÷€‚ƒ„†‡ˆ‰‹›˜™][^\W\d_]|[À-ÿŠŒŽšœžŸ]{4}|[\x81\x8d\x8f\x90\x9d]")
_HIGH_LETTER = re.compile(r"[À-ÖØ-öø-ÿŠŒŽšœžŸƒ]")
_LETTER = re.compile(r"[A-Za-z]")


def decode(data: bytes) -> str:
    """Decode the bytes of a text file. Raises Rejected ("binary") when they are text in no encoding."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    nul = data.count(0)
    if nul and (wide := _wide_encoding(data, nul)):
        return data.decode(wide, "replace")
    if len(data) - len(data.translate(None, _CONTROLS)) > len(data) * _MOST_CONTROLS:
        raise Rejected("binary", "too many control bytes for a text; give a text file, or leave this one out")
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    if nul:
        raise Rejected("binary", "holds NUL bytes and is no Unicode text; give a text file, or leave this one out")
    # The bytes that Windows-1252 leaves undefined become control characters, which _UNLATIN refuses.
    latin = data.decode("cp1252", "surrogateescape").translate({0xDC00 + byte: byte for byte in range(256)})
    if not _UNLATIN.search(latin) and len(_HIGH_LETTER.findall(latin)) <= 0.3 * len(_LETTER.findall(latin)):
        return latin
    sample = data if len(data) <= _SAMPLE else data[:_SAMPLE].rpartition(b"\n")[0] or data[:_SAMPLE]
    best = from_bytes(sample).best()
    if best is None:
        raise Rejected("binary", "text in no encoding that is known; save it as UTF-8")
    return data.decode(best.encoding, "replace")


def _wide_encoding(data: bytes, nul: int) -> str | None:
    """Tell UTF-16 without a mark by where its NUL bytes stand (Latin text: every second byte)."""
    half = len(data) // 2
    if len(data) % 2 or nul < 0.4 * half:
        return None
    even = data[::2].count(0)
    if even > 0.9 * nul and _is_wide(data, "utf-16-be"):
        return "utf-16-be"
    return "utf-16-le" if even < 0.1 * nul and _is_wide(data, "utf-16-le") else None


def _is_wide(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return sum(character < " " and character not in "\t\n\r\f" for character in text) <= len(text) * _MOST_CONTROLS


def normalise(text: str) -> str:
    """Give the text in NFC, with line feeds as its only line ends and without surrogates.

    CRLF, CR, U+2028, U+0085, vertical tab and form feed become one line feed, U+2029 (a paragraph's end) two.
    """
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if "\x85" in text and not re.search(r"[\x80-\x84\x86-\x9f]", text):  # else it is an ellipsis of Windows-1252
            text = text.replace("\x85", "\n")
        text = unicodedata.normalize("NFC", text.replace("\u2028", "\n").replace("\u2029", "\n\n"))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\v", "\n").replace("\f", "\n") if "\v" in text or "\f" in text else text
