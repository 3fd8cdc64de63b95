"""Makes a document of a record: decoded, its header and title recognised, repaired, and named by what was published.

`document_id` is computed from the publication and the text before any repair, so the same article in two files is one document, and
a better repair does not make it another. A date that cannot be read leaves the document undated; only what is no text is rejected.
"""

import re
from dataclasses import replace
from hashlib import blake2b

from transforms.decode import decode, normalise
from transforms.document import Document, RawRecord, Rejected
from transforms.headers import read_header
from transforms.languages import language_of
from transforms.openings import date_of_line, find_dateline, title_of
from transforms.published import UNKNOWN, Published, parse_published
from transforms.repair import repair
from transforms.unmarked import unmarked

LONGEST = 2_000_000
"""Characters of a text where no settings give another bound."""

_SPACES = re.compile(r"\s+")


def clean(record: RawRecord, *, default_language: str = "en", longest: int = LONGEST) -> Document:
    """Decode, repair and describe one record; of a web page its article, of Markdown its words.

    The text is the title, a blank line and the body, unless the body begins with the title. The day of publication is the record's,
    else the header's, else that of a line under the title or of the dateline if it gives the year. The language is the record's,
    else what the text surely is in, else `default_language` (ISO 639).
    Raises Rejected: "binary", "empty" (a text file without text) or "no_text" (a record or page without), "too_large" for a text of
    more than `longest` characters, and as `unmarked`.
    """
    record = unmarked(record)
    raw_body = normalise(decode(record.body) if isinstance(record.body, bytes) else record.body)
    header = read_header(raw_body)
    raw_body = raw_body[header.body_start :].strip()
    raw_title = _one_line(normalise(record.title or header.title or ""))
    published = parse_published(record.published) if record.published else UNKNOWN
    published = header.published if published is UNKNOWN else published

    body = repair(raw_body)
    if not any(character.isalnum() for character in body):
        if isinstance(record.body, bytes):
            raise Rejected("empty", "holds no text; nothing to do unless it should")
        raise Rejected("no_text", "the text field holds no text; fill it or leave the record out")
    title = _one_line(repair(raw_title)) or (title_of(body) if isinstance(record.body, bytes) else None) or None
    text = _join(title, body)
    if len(text) > longest:
        limit = f"longer than {longest:,} characters; split it or raise document_characters in the settings"
        raise Rejected("too_large", f"the text is {limit}")
    body_start = _title_end(text, title)
    dateline = find_dateline(text, body_start)
    if published is UNKNOWN:
        published = date_of_line(text[body_start:].split("\n", 1)[0])
    if published is UNKNOWN and dateline is not None:
        published = dateline.published
    return Document(
        document_id=_document_id(published, _join(raw_title, raw_body)),
        text=text,
        title=title,
        publisher=_one_line(repair(record.publisher or header.publisher or (dateline.agency if dateline else None) or "")) or None,
        language=language_of(record.language or header.language, text, default_language),
        published_at=published.published_at,
        published_date=published.published_date,
        published_precision=published.published_precision,
        utc_offset_minutes=published.utc_offset_minutes,
        dateline_place=dateline.place if dateline else None,
        dateline_end=dateline.end if dateline else 0,
    )


def with_dateline(document: Document) -> Document:
    """A document read back from its table, with the end of its dateline, which no column holds."""
    dateline = find_dateline(document.text, _title_end(document.text, document.title))
    return replace(document, dateline_end=dateline.end if dateline else 0)


def _join(title: str | None, body: str) -> str:
    return body if not title or _title_end(body, title) else f"{title}\n\n{body}"


def _title_end(text: str, title: str | None) -> int:
    """Give where the text goes on behind a title that it begins with, whatever its line breaks; 0 when it does not."""
    if not title:
        return 0
    pattern = r"\s+".join(re.escape(word) for word in title.split())
    match = re.compile(rf"{pattern}(?!\w)\s*", re.IGNORECASE).match(text)
    return match.end() if match else 0


def _document_id(published: Published, text: str) -> str:
    return blake2b(f"{published.key}\0{text}".encode(), digest_size=16).hexdigest()


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
