"""Web pages and Markdown as the texts that they hold: as if a record were a text file, with what the page says of itself."""

import re
from dataclasses import replace

from transforms.decode import decode, normalise
from transforms.document import RawRecord
from transforms.markdown import read_markdown

DEEPEST = 200
"""Bound on the nesting of a page where no settings give another."""
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)


def unmarked(record: RawRecord, deepest: int = DEEPEST) -> RawRecord:
    """The record without marks; one of another format as it is.

    Raises Rejected: "binary", "too_deep" for a page nested more than `deepest` deep, "no_text" for one without an article.
    """
    if record.format == "html":
        from transforms.webpage import read_page  # a third of a second, which only web pages are worth

        page = read_page(normalise(_decoded(record.body)), deepest)
        return replace(
            record,
            body=page.text.encode("utf-8", "replace"),
            title=record.title or page.title,
            published=record.published or page.published,
            publisher=record.publisher or page.publisher,
            url=record.url or page.url,
            language=record.language or page.language,
            format="txt",
        )
    if record.format == "md":
        text, said = read_markdown(normalise(decode(record.body) if isinstance(record.body, bytes) else record.body))
        return replace(
            record,
            body=text.encode("utf-8", "replace"),
            title=said.get("title"),
            published=said.get("published"),
            publisher=said.get("publisher"),
            url=said.get("url"),
            language=said.get("language"),
            format="txt",
        )
    return record


def _decoded(body: str | bytes) -> str:
    """A page by the encoding that it names, unless its bytes are UTF-8 or have a mark of their own."""
    if isinstance(body, str):
        return body
    named = _CHARSET.search(body[:2048])
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        if named is None or body[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return decode(body)
    try:
        return body.decode(named[1].decode(), "replace")
    except LookupError:
        return decode(body)
