"""The article of a web page and what the page says of it, by trafilatura; without menus, comments and what stands around it."""

import logging
import re
from dataclasses import dataclass
from typing import Any, cast

from trafilatura import bare_extraction, load_html

from transforms.document import Rejected

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")
_VOID = frozenset(b"area base br col embed hr img input link meta param source track wbr p li dt dd tr td th option".split())
"""Elements that need no end, and so do not nest for want of one."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*")
_MOMENTS = "//meta[@property='article:published_time' or @itemprop='datePublished' or @name='article:published_time']/@content"

for _name in ("trafilatura", "htmldate", "courlan", "justext"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # what they find odd in a page is no concern of a run's


@dataclass(frozen=True, slots=True)
class Page:
    """What is read from a page; `published` is the moment or day as the page gives it."""

    text: str
    title: str | None
    published: str | None
    publisher: str | None
    url: str | None
    language: str | None


def read_page(html: str, deepest: int) -> Page:
    """Extract the main text and the metadata of a page.

    Raises Rejected: "too_deep" for elements nested more than `deepest` deep, "no_text" where no text stands in it.
    """
    if _depth(html.encode("utf-8", "replace"), deepest) > deepest:
        raise Rejected(
            "too_deep", f"elements are nested more than {deepest} deep; raise html_depth in the settings if that is right"
        )
    tree = cast(Any, load_html(html))
    if tree is None:
        raise Rejected("no_text", "the page holds no text; nothing to do unless it should")
    moments = [str(one).strip() for one in tree.xpath(_MOMENTS)]
    language = tree.get("lang") or tree.get("xml:lang")
    found = cast(Any, bare_extraction(tree, with_metadata=True, include_comments=False, include_tables=True))
    if found is None or not (found.text or "").strip():
        raise Rejected("no_text", "no article was found in the page; save its text as .txt if there is one")
    moment = next((one for one in moments if _MOMENT.fullmatch(one)), None)
    # Its paragraphs are lines; in a text a blank line stands between them.
    return Page(
        text="\n\n".join(line for line in str(found.text).split("\n") if line.strip()),
        title=found.title or None,
        published=moment if moment and moment[:10] == found.date else found.date or moment,
        publisher=found.sitename or None,
        url=found.url or None,
        language=found.language or language or None,
    )


def _depth(html: bytes, enough: int) -> int:
    """How deep elements are nested, seen from the tags alone; counted up to a little more than `enough`."""
    open_tags: list[bytes] = []
    deepest = 0
    for match in _TAG.finditer(html):
        closing, name, empty = match[1], match[2].lower(), match[3]
        if name in _VOID or empty:
            continue
        if not closing:
            open_tags.append(name)
            deepest = max(deepest, len(open_tags))
            if deepest > enough:
                break
        elif name in open_tags[-20:]:
            while open_tags.pop() != name:
                pass
    return deepest
