"""Every table of the warehouse, declared once: types, keys, ranges and the description of every column.

The Parquet schema, the DuckDB comments, the data dictionary and the checks of `newsmill verify` are all read from here. Offsets are
Unicode code points into `documents.text`, 0-based, end exclusive; indexes are 0-based within the document; lists are never NULL.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import dataframely as dy
import polars as pl

from warehouse.schema import vocabulary as v

SCHEMA_VERSION: Final = 2
"""Raised once per release that changes a table; a warehouse of a newer version is refused, one of an older version upgraded.

What came later than version 1 says so: a column in its metadata (`{"since": 2}`; it must be nullable, for older files lack it), a
table in TABLES_SINCE. Nothing is ever renamed, removed or given another type.
"""


def _closed(values: Iterable[str], description: str, **options: Any) -> dy.String:
    allowed = tuple(values)
    return dy.String(
        check=lambda column: column.is_in(allowed),
        metadata={"values": allowed},
        description=f"{description} One of: {', '.join(allowed)}.",
        **options,
    )


def _closed_list(values: Iterable[str], description: str) -> dy.List:
    allowed = tuple(values)
    return dy.List(
        dy.String(),
        check=lambda column: column.list.eval(pl.element().is_in(allowed)).list.all(),
        metadata={"values": allowed},
        description=f"{description} Each one of: {', '.join(allowed)}.",
    )


def _index(description: str, **options: Any) -> dy.Int32:
    return dy.Int32(min=0, description=description, **options)


def _offset(description: str, **options: Any) -> dy.Int32:
    return dy.Int32(min=0, description=f"{description} Code points into documents.text.", **options)


def _document_id(**options: Any) -> dy.String:
    return dy.String(regex="^[0-9a-f]{32}$", description="The document, see documents.document_id.", **options)


def _country(description: str) -> dy.String:
    return dy.String(
        regex="^[A-Z]{3}$", nullable=True, description=f"{description} ISO 3166-1 alpha-3, XKX for Kosovo; NULL for an IGO."
    )


def _sector(description: str) -> dy.String:
    return _closed(v.SECTORS, description, nullable=True)


def _batch_id() -> dy.String:
    return dy.String(regex="^[0-9a-f]{12}$", description="The batch that milled the document; names the Parquet file.")


def _published_date() -> dy.Date:
    return dy.Date(nullable=True, description="The publisher's local day of publication; NULL when the input gives none.")


def _year() -> dy.Int16:
    return dy.Int16(min=0, max=9999, description="Year of published_date, 0 when undated. Partition key.")


def _month() -> dy.Int8:
    return dy.Int8(min=0, max=12, description="Month of published_date, 0 when undated. Partition key.")


class Documents(dy.Schema):
    """One row per distinct text: what was published, when and by whom."""

    document_id = dy.String(
        primary_key=True,
        regex="^[0-9a-f]{32}$",
        description="32 hex digits: blake2b-128 of the publication time and the decoded NFC text, before any repair.",
    )
    source_uri = dy.String(description="The input that brought the document first.")
    record_id = dy.String(description="The record's own id in that input, else its number there.")
    publisher = dy.String(nullable=True, description="Who published it, as the input or the dateline says.")
    title = dy.String(nullable=True, description="The headline.")
    language = dy.String(nullable=True, regex="^[a-z]{2,3}$", description="ISO 639 code of the text's language.")
    published_at = dy.Datetime(
        nullable=True,
        time_zone="UTC",
        time_unit="us",
        description="Moment of publication in UTC; NULL unless the precision is second or minute.",
    )
    published_date = _published_date()
    published_precision = _closed(v.PUBLISHED_PRECISIONS, "How exactly the input tells the publication time.")
    utc_offset_minutes = dy.Int16(
        nullable=True, min=-1080, max=1080, description="Offset of the publisher's local time from UTC, in minutes."
    )
    dateline_place = dy.String(nullable=True, description="Place named by the dateline, as written.")
    text = dy.String(min_length=1, description="The cleaned text that all offsets count in: title, blank line, body.")
    char_count = dy.Int32(min=1, description="Code points in text.")
    word_count = dy.Int32(min=0, description="Runs of non-space characters in text.")
    paragraph_count = dy.Int32(min=0, description="Rows of the document in paragraphs.")
    sentence_count = dy.Int32(min=0, description="Rows of the document in sentences.")
    fingerprint = dy.String(description="Of the code, lexicon, model and settings that coded the document.")
    supersedes = dy.String(
        nullable=True,
        regex="^[0-9a-f]{32}$",
        metadata={"since": 2},
        description="The document that this one is a later version of: the same record came again with new text. Marts leave that "
        "one out. NULL when there is none in the warehouse.",
    )
    batch_id = _batch_id()
    year = _year()
    month = _month()


class DocumentSources(dy.Schema):
    """Where each document stands: one row per record of an input. A document leaves only with its last source."""

    document_id = _document_id(primary_key=True)
    source_uri = dy.String(primary_key=True, description="The input: an absolute path or URI.")
    record_index = dy.Int64(primary_key=True, min=0, description="Number of the record within the input, from 0.")
    record_id = dy.String(description="The record's own id, else its number in the input.")
    url = dy.String(nullable=True, description="Web address of the article, as the record gives it.")
    publisher = dy.String(nullable=True, description="Publisher, as this record gives it.")
    loaded_at = dy.Datetime(time_zone="UTC", time_unit="us", description="When the run that loaded the record began.")


class Paragraphs(dy.Schema):
    """The paragraphs of each document, in order."""

    document_id = _document_id(primary_key=True)
    paragraph_index = _index("Place of the paragraph in the document.", primary_key=True)
    kind = _closed(v.PARAGRAPH_KINDS, "What the paragraph is.")
    start_char = _offset("Start of the paragraph.")
    end_char = _offset("End of the paragraph, exclusive.")
    text = dy.String(min_length=1, description="The paragraph: span(documents.text, start_char, end_char).")
    batch_id = _batch_id()
    published_date = _published_date()
    year = _year()
    month = _month()


class Sentences(dy.Schema):
    """The sentences of each document, in order; every non-space character of a paragraph is in exactly one."""

    document_id = _document_id(primary_key=True)
    sentence_index = _index("Place of the sentence in the document.", primary_key=True)
    paragraph_index = _index("The paragraph that holds the sentence.")
    start_char = _offset("Start of the sentence.")
    end_char = _offset("End of the sentence, exclusive.")
    text = dy.String(min_length=1, description="The sentence: span(documents.text, start_char, end_char).")
    batch_id = _batch_id()
    published_date = _published_date()
    year = _year()
    month = _month()


class Mentions(dy.Schema):
    """Every mention of an entity, date, amount or number, with what it stands for."""

    document_id = _document_id(primary_key=True)
    mention_index = _index("Place of the mention in the document, by start and then by end.", primary_key=True)
    sentence_index = _index("The sentence that holds the mention.")
    start_char = _offset("Start of the mention.")
    end_char = _offset("End of the mention, exclusive.")
    text = dy.String(min_length=1, description="The mention: span(documents.text, start_char, end_char).")
    entity_type = _closed(v.ENTITY_TYPES, "Type of the entity (OntoNotes).")
    mention_kind = _closed(v.MENTION_KINDS, "Name ('Baku'), nominal ('the minister') or pronoun ('he').")
    entity_id = dy.String(
        nullable=True,
        regex="^[a-z]+:.+$",
        description="What the mention refers to: country:AZE, igo:united-nations, person:kamran-aliyev, place:baku-az. A surname "
        "never given in full is surname:putin. NULL when unresolved, a date or a number.",
    )
    member_ids = dy.List(dy.String(), description="Of a plural mention ('both sides', 'the two leaders'): its members' entity_ids.")
    country = _country("Country that the entity is or belongs to.")
    sector = _sector("Sector of the entity.")
    value_start = dy.Date(nullable=True, description="Of a DATE: its first calendar day.")
    value_end = dy.Date(nullable=True, description="Of a DATE: its last calendar day, inclusive.")
    value_precision = _closed(v.DATE_PRECISIONS, "Of a DATE: how exact it is.", nullable=True)
    value_number = dy.Float64(nullable=True, description="Of a number, amount or percentage: its value.")
    unit = dy.String(nullable=True, description="Of a QUANTITY or MONEY: its unit (km, USD).")
    latitude = dy.Float64(nullable=True, min=-90, max=90, description="Of a place: degrees north.")
    longitude = dy.Float64(nullable=True, min=-180, max=180, description="Of a place: degrees east.")
    geo_precision = _closed(v.GEO_PRECISIONS, "What the coordinates stand for.", nullable=True)
    annotator = _closed(v.ANNOTATORS, "What found or last corrected the mention.")
    batch_id = _batch_id()
    published_date = _published_date()
    year = _year()
    month = _month()


class Affiliations(dy.Schema):
    """Who holds which title where, as the text states it."""

    document_id = _document_id(primary_key=True)
    affiliation_index = _index("Place of the statement in the document.", primary_key=True)
    sentence_index = _index("The sentence that states it.")
    start_char = _offset("Start of the statement (title and name).")
    end_char = _offset("End of the statement, exclusive.")
    person_id = dy.String(regex="^(person|surname):.+$", description="The person's entity_id.")
    title = dy.String(nullable=True, description="The title, as written.")
    organisation_id = dy.String(nullable=True, regex="^[a-z]+:.+$", description="The organisation's entity_id.")
    country = _country("Country of the office.")
    sector = _sector("Sector of the office.")
    batch_id = _batch_id()
    published_date = _published_date()
    year = _year()
    month = _month()


class Events(dy.Schema):
    """Who did what to whom, in PLOVER: one row per event that a rule found."""

    event_id = dy.String(
        primary_key=True,
        regex="^[0-9a-f]{16}$",
        description="16 hex digits: blake2b-64 of document_id, trigger_start, trigger_end and the ordinal among the events there.",
    )
    document_id = _document_id()
    sentence_index = _index("The sentence that tells of the event.")
    event_type = _closed(v.EVENT_TYPES, "PLOVER event type.")
    modes = _closed_list(v.MODES, "PLOVER modes of the type: how it was done.")
    contexts = _closed_list(v.CONTEXTS, "PLOVER contexts: what it was about.")
    quad_class = _closed(v.QUAD_CLASSES, "Verbal or material, cooperation or conflict.")
    score = dy.Float64(min=-10, max=10, description="PLOVER's score of the mode furthest from 0, else of the type.")
    cameo_code = dy.String(nullable=True, regex="^[0-9]{2,4}$", description="CAMEO code, for users who come from there.")
    negated = dy.Bool(description="The text says that it did not happen.")
    future = dy.Bool(description="The text says that it is to happen.")
    hypothetical = dy.Bool(description="The text says that it may or might happen, or under a condition.")
    historical = dy.Bool(description="Past background, not the news of the text.")
    trigger_start = _offset("Start of the words that tell of the event.")
    trigger_end = _offset("End of these words, exclusive.")
    trigger_text = dy.String(min_length=1, description="These words: span(documents.text, trigger_start, trigger_end).")
    trigger_lemma = dy.String(description="Lemmas of the words that the rule matched.")
    attributed_to = dy.String(nullable=True, description="entity_id of who says so.")
    attributed_start = _offset("Start of the words that name who says so.", nullable=True)
    attributed_end = _offset("End of these words, exclusive.", nullable=True)
    event_start = dy.Date(
        nullable=True,
        description="First day of the event; NULL when the text gives none and the event is not asserted as current.",
    )
    event_end = dy.Date(nullable=True, description="Last day of the event, inclusive.")
    date_precision = _closed(v.DATE_PRECISIONS, "How exact the date is.", nullable=True)
    date_basis = _closed(v.DATE_BASES, "Whether the text gives the date or publication stands for it.", nullable=True)
    place = dy.String(nullable=True, description="entity_id of the place.")
    place_country = _country("Country of the place.")
    latitude = dy.Float64(nullable=True, min=-90, max=90, description="Degrees north of the place.")
    longitude = dy.Float64(nullable=True, min=-180, max=180, description="Degrees east of the place.")
    geo_precision = _closed(v.GEO_PRECISIONS, "What the coordinates stand for.", nullable=True)
    rule_id = dy.String(min_length=1, description="The rule of the lexicon that fired.")
    confidence = dy.Float64(min_exclusive=0, max=1, description="How sure the coder is, in (0, 1].")
    fingerprint = dy.String(description="Of the code, lexicon, model and settings that coded the event.")
    batch_id = _batch_id()
    published_date = _published_date()
    year = _year()
    month = _month()

    @dy.rule()
    def modes_belong_to_type(cls) -> pl.Expr:
        """Every mode is one that PLOVER gives to the event's type."""
        checks = [
            (pl.col("event_type") == name) & ~pl.col("modes").list.eval(pl.element().is_in(list(kind.modes))).list.all()
            for name, kind in v.EVENT_TYPES.items()
        ]
        return ~pl.any_horizontal(checks)


class Participants(dy.Schema):
    """The actors and recipients of each event."""

    event_id = dy.String(primary_key=True, regex="^[0-9a-f]{16}$", description="The event.")
    role = _closed(v.ROLES, "Who acts and at whom it is directed.", primary_key=True)
    participant_index = _index("Place among the event's participants of this role.", primary_key=True)
    document_id = _document_id()
    mention_index = _index("The mention, if there is one; several participants may share one.", nullable=True)
    entity_id = dy.String(nullable=True, regex="^[a-z]+:.+$", description="Who it is, see mentions.entity_id.")
    start_char = _offset("Start of the participant's words.")
    end_char = _offset("End of these words, exclusive.")
    text = dy.String(min_length=1, description="These words: span(documents.text, start_char, end_char).")
    country = _country("Country that the participant is or belongs to.")
    sector = _sector("Sector of the participant.")
    batch_id = _batch_id()
    published_date = _published_date()
    year = _year()
    month = _month()


class Casualties(dy.Schema):
    """Counts of people killed, injured, arrested, displaced or abducted, as the text gives them for an event."""

    event_id = dy.String(primary_key=True, regex="^[0-9a-f]{16}$", description="The event.")
    casualty_index = _index("Place among the event's counts.", primary_key=True)
    document_id = _document_id()
    kind = _closed(v.CASUALTY_KINDS, "What befell them.")
    count_min = dy.Int64(nullable=True, min=0, description="At least this many.")
    count_max = dy.Int64(nullable=True, min=0, description="At most this many; NULL when open ('at least 12').")
    victim_entity_id = dy.String(nullable=True, description="entity_id of the victim or the victims' group.")
    start_char = _offset("Start of the words that give the count.")
    end_char = _offset("End of these words, exclusive.")
    batch_id = _batch_id()
    published_date = _published_date()
    year = _year()
    month = _month()


class Signatures(dy.Schema):
    """A fingerprint of each text's words, by which near-duplicates are found; documents coded before schema version 2 have none."""

    document_id = _document_id(primary_key=True)
    minhash = dy.Binary(description="MinHash of the text's runs of five words: 128 numbers of 4 bytes, least byte first.")
    batch_id = _batch_id()
    published_date = _published_date()
    year = _year()
    month = _month()


class DocumentLinks(dy.Schema):
    """Pairs of near-duplicates. Rows are only ever added: a document that has left may still stand here."""

    id_low = dy.String(primary_key=True, regex="^[0-9a-f]{32}$", description="The document whose id sorts first.")
    id_high = dy.String(primary_key=True, regex="^[0-9a-f]{32}$", description="The other one.")
    jaccard = dy.Float64(
        min_exclusive=0, max=1, description="Share of the runs of five words of either text that stand in both, counted exactly."
    )


class Inputs(dy.Schema):
    """Every input that the warehouse has read, as it was when it was read."""

    source_uri = dy.String(primary_key=True, description="The input: an absolute path or URI.")
    content_hash = dy.String(regex="^[0-9a-f]{32}$", description="blake2b-128 of the input's bytes as stored.")
    byte_count = dy.Int64(min=0, description="Size as stored, compressed or not.")
    modified_at = dy.Datetime(time_zone="UTC", time_unit="us", description="Time of last change, as the store tells.")
    record_count = dy.Int64(min=0, description="Records read, documents and rejects together.")
    reject_count = dy.Int64(min=0, description="Records that became rejects.")
    loaded_at = dy.Datetime(time_zone="UTC", time_unit="us", description="When the run that loaded the input began.")


class Rejects(dy.Schema):
    """Everything that could not become a document, with the reason and the first bytes."""

    source_uri = dy.String(primary_key=True, description="The input: an absolute path or URI.")
    record_index = dy.Int64(primary_key=True, min=0, description="Number of the record within the input, from 0.")
    byte_offset = dy.Int64(primary_key=True, min=0, description="Where the record begins in the input, decompressed.")
    reason = _closed(v.REJECT_REASONS, "Why.")
    message = dy.String(description="What was wrong and what to do.")
    raw = dy.Binary(nullable=True, description="The first 4 KiB of the record.")
    run_id = dy.String(description="The run that rejected it.")


class Runs(dy.Schema):
    """One row per run that had something to do."""

    run_id = dy.String(primary_key=True, description="Sorts by time.")
    started_at = dy.Datetime(time_zone="UTC", time_unit="us", description="When the run began.")
    finished_at = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us", description="When it ended.")
    state = _closed(v.RUN_STATES, "How it ended.")
    fingerprint = dy.String(description="Of the code, lexicon, model and settings of the run.")
    model = dy.String(description="The spaCy pipeline and its version.")
    input_count = dy.Int64(min=0, description="Inputs read.")
    document_count = dy.Int64(min=0, description="Documents milled and committed.")
    reject_count = dy.Int64(min=0, description="Records that became rejects.")
    sentence_count = dy.Int64(min=0, description="Sentences committed.")
    mention_count = dy.Int64(min=0, description="Mentions committed.")
    event_count = dy.Int64(min=0, description="Events committed.")
    word_count = dy.Int64(min=0, description="Words of the committed documents.")
    read_seconds = dy.Float64(min=0, description="Worker seconds reading and cleaning.")
    segment_seconds = dy.Float64(min=0, description="Worker seconds on paragraphs and sentences.")
    annotate_seconds = dy.Float64(min=0, description="Worker seconds in the spaCy pipeline.")
    entities_seconds = dy.Float64(min=0, description="Worker seconds on mentions and affiliations.")
    events_seconds = dy.Float64(min=0, description="Worker seconds coding events.")
    write_seconds = dy.Float64(min=0, description="Worker seconds checking and writing tables.")
    words_per_second = dy.Float64(nullable=True, min=0, description="Words committed per second of the whole run.")


class EntityAliases(dy.Schema):
    """The user's own merges: views show the canonical id in place of the seed id."""

    seed_id = dy.String(primary_key=True, regex="^[a-z]+:.+$", description="The entity_id to be replaced.")
    canonical_id = dy.String(regex="^[a-z]+:.+$", description="The entity_id that takes its place.")


class SchemaVersions(dy.Schema):
    """Which schema version the warehouse has had, and since when."""

    version = dy.Int32(primary_key=True, min=1, description="Schema version.")
    newsmill_version = dy.String(description="Newsmill that wrote it.")
    applied_at = dy.Datetime(time_zone="UTC", time_unit="us", description="When the warehouse was brought to it.")


class Quality(dy.Schema):
    """What each run left, in figures: every measure of a run beside the same one of the run before."""

    run_id = dy.String(primary_key=True, description="The run, see runs.")
    measure = _closed(v.QUALITY_MEASURES, "What is measured.", primary_key=True)
    item = dy.String(primary_key=True, description="What it is measured of: a publisher, a language; '' for the whole run.")
    value = dy.Float64(description="The figure.")
    previous = dy.Float64(nullable=True, description="The same figure of the run before that had one; NULL when none had.")
    warning = dy.String(nullable=True, description="Why the figure wants a look; NULL when it does not.")


@dataclass(frozen=True)
class Reference:
    """Each non-NULL value of `columns` in `table` must stand in the same columns of `parent` (named `parent_columns`)."""

    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


@dataclass(frozen=True)
class Span:
    """`start` and `end` lie in the document's text; `text_column`, if any, equals `span(text, start, end)`."""

    table: str
    start: str
    end: str
    text_column: str | None


TABLES: Final[dict[str, type[dy.Schema]]] = {
    "documents": Documents,
    "document_sources": DocumentSources,
    "paragraphs": Paragraphs,
    "sentences": Sentences,
    "mentions": Mentions,
    "affiliations": Affiliations,
    "events": Events,
    "participants": Participants,
    "casualties": Casualties,
    "signatures": Signatures,
    "document_links": DocumentLinks,
    "inputs": Inputs,
    "rejects": Rejects,
    "runs": Runs,
    "entity_aliases": EntityAliases,
    "quality": Quality,
    "schema_versions": SchemaVersions,
}
TABLES_SINCE: Final = {"signatures": 2, "document_links": 2, "quality": 2}
"""The schema version that brought a table, for those that did not come with version 1."""
CODED_TABLES: Final = ("documents", "paragraphs", "sentences", "mentions", "affiliations", "events", "participants", "casualties")
"""What coding gives for a document."""
TEXT_TABLES: Final = (*CODED_TABLES, "signatures")
"""Tables whose rows belong to one document; partitioned by year and month of publication. Signatures are made of documents."""

DOCUMENT_SENTENCE: Final = ("document_id", "sentence_index")
REFERENCES: Final = (
    *(Reference(table, ("document_id",), "documents", ("document_id",)) for table in (*TEXT_TABLES[1:], "document_sources")),
    Reference("documents", ("document_id",), "document_sources", ("document_id",)),
    Reference("document_sources", ("source_uri",), "inputs", ("source_uri",)),
    Reference("sentences", ("document_id", "paragraph_index"), "paragraphs", ("document_id", "paragraph_index")),
    *(Reference(table, DOCUMENT_SENTENCE, "sentences", DOCUMENT_SENTENCE) for table in ("mentions", "affiliations", "events")),
    *(
        Reference(table, ("event_id", "document_id"), "events", ("event_id", "document_id"))
        for table in ("participants", "casualties")
    ),
    Reference("participants", ("document_id", "mention_index"), "mentions", ("document_id", "mention_index")),
)
SPANS: Final = (
    *(Span(table, "start_char", "end_char", "text") for table in ("paragraphs", "sentences", "mentions", "participants")),
    Span("affiliations", "start_char", "end_char", None),
    Span("casualties", "start_char", "end_char", None),
    Span("events", "trigger_start", "trigger_end", "trigger_text"),
    Span("events", "attributed_start", "attributed_end", None),
)
