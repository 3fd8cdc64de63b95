"""Small stories written for the tests, and the rows that a coder would make of them: real tables without any of the transforms.

Offsets are found in the text, never typed, so a story reads as prose; the words are invented.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path

import polars as pl

from warehouse.columns import polars_schema
from warehouse.commit import CommitResult, commit
from warehouse.schema.tables import CODED_TABLES
from warehouse.schema.vocabulary import EVENT_TYPES
from warehouse.write import BatchFiles, write_batch

RUN_ID = "20260301T120000000000-aaaaaa"
LOADED = datetime(2026, 3, 1, 12, tzinfo=UTC)
FINGERPRINT = "f" * 16
RUN_COUNTS = ("documents", "sentences", "mentions", "events")


@dataclass(frozen=True)
class Deed:
    """An event: its type, the words that tell of it, and who does it to whom as (words, entity_id, country)."""

    event_type: str
    trigger: str
    actors: tuple[tuple[str, str, str | None], ...] = ()
    recipients: tuple[tuple[str, str, str | None], ...] = ()
    modes: tuple[str, ...] = ()
    negated: bool = False
    future: bool = False
    event_start: date | None = None
    place_country: str | None = None
    killed: tuple[str, int] | None = None


@dataclass(frozen=True)
class Story:
    """A text as paragraphs of sentences, its day of publication, and its events."""

    paragraphs: tuple[tuple[str, ...], ...]
    published_date: date | None
    deeds: tuple[Deed, ...] = ()
    title: str | None = None
    published_at: datetime | None = None
    utc_offset_minutes: int | None = None
    publisher: str | None = "The Gazette"

    @property
    def text(self) -> str:
        return "\n\n".join(" ".join(sentences) for sentences in self.paragraphs)

    @property
    def document_id(self) -> str:
        return _hex(f"{self.published_date or ''}\0{self.text}", 16)


AZE = ("Azerbaijan", "country:AZE", "AZE")
RUS = ("Russia", "country:RUS", "RUS")

VISIT = Story(
    (
        ("Envoy visits Baku 🕊️",),
        ("Russia sent an envoy to Azerbaijan on Tuesday.", "Azerbaijan thanked Russia for the visit."),
        ("Nobody was hurt.",),
    ),
    date(2024, 3, 19),
    (
        Deed("CONSULT", "sent an envoy", (RUS,), (AZE,), modes=("visit",), event_start=date(2024, 3, 19), place_country="AZE"),
        Deed("SUPPORT", "thanked", (AZE,), (RUS,)),
    ),
    title="Envoy visits Baku 🕊️",
    published_at=datetime(2024, 3, 19, 20, 30, tzinfo=UTC),  # the 20th in Baku, had it been published there
    utc_offset_minutes=180,
)
RAID = Story(
    (("Łódź, e\u0301te\u0301 — מזג האוויר. Rebels raided a depot in Kenya, and 12 people died.",), ("Kenya did not strike back.",)),
    date(2023, 11, 2),
    (
        Deed(
            "ASSAULT",
            "raided",
            (("Rebels", "org:rebels", None),),
            (("Kenya", "country:KEN", "KEN"),),
            modes=("firearms",),
            place_country="KEN",
            killed=("12 people", 12),
        ),
        Deed("ASSAULT", "strike back", (("Kenya", "country:KEN", "KEN"),), negated=True),
    ),
)
TALKS = Story(
    (("France and Germany and NATO held talks.", "They will sign an accord in May."),),
    date(2024, 3, 20),
    (
        Deed(
            "CONSULT",
            "held talks",
            (("France", "country:FRA", "FRA"), ("Germany", "country:DEU", "DEU"), ("NATO", "igo:nato", None)),
        ),
        Deed("AGREE", "sign an accord", (("They", "country:FRA", "FRA"),), future=True),
    ),
)
UNDATED = Story((("A note without a day.",),), None, publisher=None)
STORIES = (VISIT, RAID, TALKS, UNDATED)


def story(number: int, *, day: date = date(2024, 5, 1)) -> Story:
    """One of any number of distinct stories of one event each."""
    words = f"Report {number}. Russia thanked Azerbaijan for gift {number}."
    return Story(((words,),), day, (Deed("SUPPORT", "thanked", (RUS,), (AZE,)),))


@dataclass(frozen=True)
class Placed:
    """A story as a record of an input."""

    story: Story
    source_uri: str
    record_index: int = 0
    url: str | None = None
    loaded_at: datetime = LOADED
    own_id: str | None = None

    @property
    def record_id(self) -> str:
        return self.own_id or str(self.record_index)


@dataclass
class Load:
    """What a run hands to `commit`: records of inputs, grouped into batches."""

    batches: list[list[Placed]]
    known: list[Placed] = field(default_factory=list)
    rejects: list[dict[str, object]] = field(default_factory=list)
    loaded_at: datetime = LOADED

    @property
    def placed(self) -> list[Placed]:
        return [replace(placed, loaded_at=self.loaded_at) for batch in self.batches for placed in batch] + [
            replace(placed, loaded_at=self.loaded_at) for placed in self.known
        ]


def source_rows(placed: Iterable[Placed]) -> pl.DataFrame:
    rows = [
        {
            "document_id": each.story.document_id,
            "source_uri": each.source_uri,
            "record_index": each.record_index,
            "record_id": each.record_id,
            "url": each.url,
            "publisher": each.story.publisher,
            "loaded_at": each.loaded_at,
        }
        for each in placed
    ]
    return pl.DataFrame(rows, schema=polars_schema("document_sources"))


def reject_row(source_uri: str, record_index: int = 0, reason: str = "bad_json", run_id: str = RUN_ID) -> dict[str, object]:
    return {
        "source_uri": source_uri,
        "record_index": record_index,
        "byte_offset": record_index * 100,
        "reason": reason,
        "message": "Line is not JSON.",
        "raw": b"\x00{",
        "run_id": run_id,
    }


def input_rows(load: Load, content: str = "1") -> pl.DataFrame:
    placed, rejects = load.placed, [row for row in load.rejects if row["reason"] not in ("missing", "unreadable", "unknown_format")]
    uris = sorted({each.source_uri for each in placed} | {str(row["source_uri"]) for row in rejects})
    rows = []
    for uri in uris:
        bad = sum(row["source_uri"] == uri for row in rejects)
        good = sum(each.source_uri == uri for each in placed)
        rows.append(
            {
                "source_uri": uri,
                "content_hash": _hex(uri + content, 16),
                "byte_count": 1000,
                "modified_at": LOADED,
                "record_count": good + bad,
                "reject_count": bad,
                "loaded_at": load.loaded_at,
            }
        )
    return pl.DataFrame(rows, schema=polars_schema("inputs"))


def run_rows(run_id: str, state: str = "completed", written: Sequence[BatchFiles] = (), reject_count: int = 0) -> pl.DataFrame:
    """The row of a run that wrote the batches `written`."""
    counts = {f"{table[:-1]}_count": sum(batch.counts[table] for batch in written) for table in RUN_COUNTS}
    counts |= {"input_count": 1, "reject_count": reject_count, "word_count": sum(batch.word_count for batch in written)}
    seconds = {name: 0.5 for name in polars_schema("runs") if name.endswith("_seconds")}
    row = {
        "run_id": run_id,
        "started_at": LOADED,
        "finished_at": LOADED,
        "state": state,
        "fingerprint": FINGERPRINT,
        "model": "hand 1.0",
        "words_per_second": 10.0,
        **counts,
        **seconds,
    }
    return pl.DataFrame([row], schema=polars_schema("runs"))


def put(
    warehouse: Path,
    load: Load,
    run_id: str = RUN_ID,
    *,
    content: str = "1",
    replaced: Sequence[str] = (),
    recoded: bool = False,
    fingerprint: str = FINGERPRINT,
) -> CommitResult:
    """Write and commit a load, as a run does."""
    written = write(warehouse, load, run_id, fingerprint=fingerprint)
    rejects = pl.DataFrame(load.rejects, schema=polars_schema("rejects"))
    sources, inputs = source_rows(load.placed), input_rows(load, content)
    run = run_rows(run_id, written=written, reject_count=rejects.height)
    return commit(warehouse, run_id, written, sources, inputs, rejects, replaced, recoded=recoded, run=run)


def write(warehouse: Path, load: Load, run_id: str, *, fingerprint: str = FINGERPRINT) -> list[BatchFiles]:
    written = []
    for number, batch in enumerate(load.batches):
        placed = [replace(each, loaded_at=load.loaded_at) for each in batch]
        batch_id = _hex(f"{number} {[each.source_uri for each in placed]}", 6)
        written.append(write_batch(tables(placed, batch_id, fingerprint), warehouse, batch_id, run_id))
    return written


def tables(placed: Sequence[Placed], batch_id: str, fingerprint: str = FINGERPRINT) -> dict[str, pl.DataFrame]:
    """The eight coded tables of some records."""
    rows: dict[str, list[dict[str, object]]] = {table: [] for table in CODED_TABLES}
    for each in placed:
        _add(rows, each, batch_id, fingerprint)
    return {table: pl.DataFrame(rows[table], schema=polars_schema(table)) for table in CODED_TABLES}


def _add(rows: dict[str, list[dict[str, object]]], placed: Placed, batch_id: str, fingerprint: str) -> None:
    told, text = placed.story, placed.story.text
    day = told.published_date
    common: dict[str, object] = {
        "document_id": told.document_id,
        "batch_id": batch_id,
        "published_date": day,
        "year": day.year if day else 0,
        "month": day.month if day else 0,
    }
    sentences = [(number, words) for number, paragraph in enumerate(told.paragraphs) for words in paragraph]
    rows["documents"].append(
        {
            **common,
            "source_uri": placed.source_uri,
            "record_id": placed.record_id,
            "publisher": told.publisher,
            "title": told.title,
            "language": "en",
            "published_at": told.published_at,
            "published_precision": "minute" if told.published_at else "day" if day else "none",
            "utc_offset_minutes": told.utc_offset_minutes,
            "text": text,
            "char_count": len(text),
            "word_count": len(text.split()),
            "paragraph_count": len(told.paragraphs),
            "sentence_count": len(sentences),
            "fingerprint": fingerprint,
        }
    )
    at = 0
    for number, paragraph in enumerate(told.paragraphs):
        words = " ".join(paragraph)
        start = text.index(words, at)
        at = start + len(words)
        kind = "title" if words == told.title else "body"
        rows["paragraphs"].append(
            {**common, "paragraph_index": number, "kind": kind, "start_char": start, "end_char": at, "text": words}
        )
    starts, at = [], 0
    for index, (number, words) in enumerate(sentences):
        start = text.index(words, at)
        at = start + len(words)
        starts.append((start, at))
        rows["sentences"].append(
            {**common, "sentence_index": index, "paragraph_index": number, "start_char": start, "end_char": at, "text": words}
        )
    mentions: dict[tuple[int, int], int] = {}
    people = sorted(
        {
            (text.index(words, _sentence(text, starts, deed)[1]), words, entity, country)
            for deed in told.deeds
            for words, entity, country in _parties(deed)
        }
    )
    for start, words, entity, country in people:
        span = (start, start + len(words))
        if span in mentions:
            continue
        mentions[span] = len(mentions)
        rows["mentions"].append(
            {
                **common,
                "mention_index": mentions[span],
                "sentence_index": next(i for i, (s, e) in enumerate(starts) if s <= start < e),
                "start_char": span[0],
                "end_char": span[1],
                "text": words,
                "entity_type": "GPE" if country else "ORG",
                "mention_kind": "name",
                "entity_id": entity,
                "member_ids": [],
                "country": country,
                "annotator": "rule",
            }
        )
    if told.title:
        start = text.index("envoy")
        rows["affiliations"].append(
            {
                **common,
                "affiliation_index": 0,
                "sentence_index": 1,
                "start_char": start,
                "end_char": start + 5,
                "person_id": "person:the-envoy",
                "title": "envoy",
                "organisation_id": None,
                "country": "RUS",
                "sector": "GOV",
            }
        )
    for deed in told.deeds:
        _add_deed(rows, common, text, starts, deed, mentions, fingerprint)


def _sentence(text: str, starts: list[tuple[int, int]], deed: Deed) -> tuple[int, int]:
    at = text.index(deed.trigger)
    index = next(i for i, (s, e) in enumerate(starts) if s <= at < e)
    return index, starts[index][0]


def _parties(deed: Deed) -> tuple[tuple[str, str, str | None], ...]:
    return (*deed.actors, *deed.recipients)


def _add_deed(
    rows: dict[str, list[dict[str, object]]],
    common: dict[str, object],
    text: str,
    starts: list[tuple[int, int]],
    deed: Deed,
    mentions: dict[tuple[int, int], int],
    fingerprint: str,
) -> None:
    kind = EVENT_TYPES[deed.event_type]
    start = text.index(deed.trigger)
    index, sentence_start = _sentence(text, starts, deed)
    event_id = _hex(f"{common['document_id']} {start} {deed.event_type}", 8)
    scores = [kind.modes[mode] for mode in deed.modes] or [kind.score]
    rows["events"].append(
        {
            **common,
            "event_id": event_id,
            "sentence_index": index,
            "event_type": deed.event_type,
            "modes": list(deed.modes),
            "contexts": [],
            "quad_class": kind.quad_class,
            "score": float(max(scores, key=abs)),
            "negated": deed.negated,
            "future": deed.future,
            "hypothetical": False,
            "historical": False,
            "trigger_start": start,
            "trigger_end": start + len(deed.trigger),
            "trigger_text": deed.trigger,
            "trigger_lemma": deed.trigger,
            "event_start": deed.event_start,
            "event_end": deed.event_start,
            "date_precision": "day" if deed.event_start else None,
            "date_basis": "text" if deed.event_start else None,
            "place_country": deed.place_country,
            "rule_id": "hand",
            "confidence": 1.0,
            "fingerprint": fingerprint,
        }
    )
    for role, parties in (("actor", deed.actors), ("recipient", deed.recipients)):
        for number, (words, entity, country) in enumerate(parties):
            begin = text.index(words, sentence_start)
            rows["participants"].append(
                {
                    **common,
                    "event_id": event_id,
                    "role": role,
                    "participant_index": number,
                    "mention_index": mentions[(begin, begin + len(words))],
                    "entity_id": entity,
                    "start_char": begin,
                    "end_char": begin + len(words),
                    "text": words,
                    "country": country,
                    "sector": "GOV" if country else "REB" if "rebels" in entity else "IGO",
                }
            )
    if deed.killed:
        words, count = deed.killed
        begin = text.index(words)
        rows["casualties"].append(
            {
                **common,
                "event_id": event_id,
                "casualty_index": 0,
                "kind": "killed",
                "count_min": count,
                "count_max": count,
                "victim_entity_id": None,
                "start_char": begin,
                "end_char": begin + len(words),
            }
        )


def _hex(text: str, size: int) -> str:
    return blake2b(text.encode(), digest_size=size).hexdigest()
