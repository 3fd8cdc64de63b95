"""Markdown as running text: its marks go, its words stay. Headings, list items and quotations remain paragraphs of their own.

By rules over lines rather than a parser: what is wanted is the text with its layout, which a parse would have to be written as.
"""

import re
from typing import Final

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_ENTRY = re.compile(r"^([A-Za-z_-]+)[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)[^\n]*\n(.*?)(?:^ {0,3}\1[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$", re.MULTILINE)
_UNDERLINED = re.compile(r"^(?=\S)([^\n]+)\n {0,3}(=+|-{2,})[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$", re.MULTILINE)
_TABLE_RULE = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+(?:[ \t]*:?-{2,}:?[ \t]*)?$\n?", re.MULTILINE)
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]{1,200}\]:[ \t]*\S[^\n]*$\n?", re.MULTILINE)
_QUOTE = re.compile(r"^ {0,3}(?:> ?)+", re.MULTILINE)
_ITEM = re.compile(r"^([ \t]*)[*+][ \t]+(?:\[[ xX]\][ \t]+)?", re.MULTILINE)
_IMAGE = re.compile(r"!\[([^\]\n]{0,500})\](?:\([^()\n]{0,2000}\)|\[[^\]\n]{0,200}\])")
_LINK = re.compile(
    r"\[((?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){1,500})\](?:\((?:[^()\n]|\([^()\n]{0,500}\)){0,2000}\)|\[[^\]\n]{0,200}\])"
)
_FOOTNOTE = re.compile(r"\[\^[^\]\n]{1,100}\](?::[ \t]*)?")
_ADDRESS = re.compile(r"<((?:https?|mailto):[^<>\s]{1,2000})>")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>\n]{0,1000})?/?>")
_CODE = re.compile(r"(`+)(?!`)([^\n]{1,1000}?)(?<!`)\1(?!`)")
_STRONG = re.compile(r"(?<![\w\\*])(\*\*\*|\*\*|\*|~~)(?=[^\s*])([^\n*]{1,1000}?)(?<![\s\\])\1(?![\w*])")
_UNDERLINE = re.compile(r"(?<![\w\\_])(___|__|_)(?=[^\s_])([^\n_]{1,1000}?)(?<![\s\\])\1(?![\w])")
_HARD_BREAK = re.compile(r"(?: {2,}|\\)$", re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_METADATA: Final = {
    "title": "title",
    "date": "published",
    "published": "published",
    "publisher": "publisher",
    "source": "publisher",
    "url": "url",
    "link": "url",
    "lang": "language",
    "language": "language",
}


def read_markdown(text: str) -> tuple[str, dict[str, str]]:
    """The text without marks, and what its front matter says: title, published, publisher, url, language."""
    metadata: dict[str, str] = {}
    front = _FRONT_MATTER.match(text)
    if front is not None and _ENTRY.search(front[1]):
        for name, value in _ENTRY.findall(front[1]):
            target = _METADATA.get(name.lower())
            if target is not None:
                metadata.setdefault(target, value.strip("\"'"))
        text = text[front.end() :]
    text = _FENCE.sub(r"\2", text)
    text = _COMMENT.sub("", text)
    text = _RULE.sub("", _TABLE_RULE.sub("", _UNDERLINED.sub(r"\1\n", text)))
    text = _HEADING.sub(r"\2\n", text)
    text = _QUOTE.sub("", _DEFINITION.sub("", text))
    text = _ITEM.sub(r"\1- ", text)
    for pattern in (_IMAGE, _LINK):
        text = pattern.sub(r"\1", text)
    text = _TAG.sub("", _ADDRESS.sub(r"\1", _FOOTNOTE.sub("", text)))
    for pattern in (_CODE, _STRONG, _STRONG, _UNDERLINE, _UNDERLINE):
        text = pattern.sub(r"\2", text)
    return _ESCAPED.sub(r"\1", _HARD_BREAK.sub("", text)), metadata
