"""What travels between the stages: frozen rows whose fields are named as the columns of the tables.

A stage takes the document (and what earlier stages made of it) and gives a tuple of rows; `tables.py` turns the rows of a batch
into data frames. Offsets are code points into `Document.text`, 0-based, end exclusive; indexes are 0-based within the document.
"""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A cleaned text with its metadata: what `clean` makes of one record. Columns of the table documents."""

    document_id: str
    text: str
    title: str | None = None
    publisher: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    published_date: date | None = None
    published_precision: str = "none"
    utc_offset_minutes: int | None = None
    dateline_place: str | None = None
    dateline_end: int = 0
    """End of the dateline in text (0: none): the words before it are no sentence of the body's first statement."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Columns of the table paragraphs."""

    paragraph_index: int
    kind: str
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Columns of the table sentences."""

    sentence_index: int
    paragraph_index: int
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True)
class Mention:
    """Columns of the table mentions."""

    mention_index: int
    sentence_index: int
    start_char: int
    end_char: int
    entity_type: str
    mention_kind: str
    annotator: str
    entity_id: str | None = None
    member_ids: tuple[str, ...] = ()
    country: str | None = None
    sector: str | None = None
    value_start: date | None = None
    value_end: date | None = None
    value_precision: str | None = None
    value_number: float | None = None
    unit: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geo_precision: str | None = None


@dataclass(frozen=True, slots=True)
class Affiliation:
    """Columns of the table affiliations."""

    affiliation_index: int
    sentence_index: int
    start_char: int
    end_char: int
    person_id: str
    title: str | None = None
    organisation_id: str | None = None
    country: str | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """Columns of the table participants; `event_id` and `participant_index` come from the event that holds it."""

    role: str
    start_char: int
    end_char: int
    mention_index: int | None = None
    entity_id: str | None = None
    country: str | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Casualty:
    """Columns of the table casualties."""

    kind: str
    start_char: int
    end_char: int
    count_min: int | None = None
    count_max: int | None = None
    victim_entity_id: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Columns of the table events, with its participants and casualties."""

    event_id: str
    sentence_index: int
    event_type: str
    trigger_start: int
    trigger_end: int
    trigger_lemma: str
    rule_id: str
    confidence: float
    modes: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    cameo_code: str | None = None
    negated: bool = False
    future: bool = False
    hypothetical: bool = False
    historical: bool = False
    attributed_to: str | None = None
    attributed_start: int | None = None
    attributed_end: int | None = None
    event_start: date | None = None
    event_end: date | None = None
    date_precision: str | None = None
    date_basis: str | None = None
    place: str | None = None
    place_country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geo_precision: str | None = None
    participants: tuple[Participant, ...] = ()
    casualties: tuple[Casualty, ...] = ()


@dataclass(frozen=True, slots=True)
class CodedDocument:
    """A document with the rows of every stage: what a worker makes of one record."""

    document: Document
    paragraphs: tuple[Paragraph, ...] = field(default=())
    sentences: tuple[Sentence, ...] = field(default=())
    mentions: tuple[Mention, ...] = field(default=())
    affiliations: tuple[Affiliation, ...] = field(default=())
    events: tuple[Event, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record of an input as it was read, before any cleaning.

    `body` is bytes where the input is a text file (its encoding is not known yet), str where the format tells. `published` is the
    record's date as written. `raw` is the first 4 KiB of the record, for the table rejects. `format` tells what marks the body has
    (md, html), `place` where in its file the record stands, for a message.
    """

    source_uri: str
    record_index: int
    byte_offset: int
    record_id: str
    body: str | bytes
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    language: str | None = None
    published: str | None = None
    raw: bytes = b""
    format: str = "txt"
    place: str = ""


class Rejected(Exception):  # noqa: N818 - a verdict on a record, not a fault
    """A record that cannot become a document; `reason` is one of REJECT_REASONS, the message says what to do."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
