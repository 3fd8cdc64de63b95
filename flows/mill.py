"""The work on one batch, in a worker process: read, clean, code, check, write; only file names and counts travel back.

A record that cannot be read, cleaned or coded becomes a reject and costs nothing else. Documents are written in bounded pieces, so
that memory does not grow with a compressed input of any length.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl

from flows.batches import Batch, Slice
from flows.fields import Reading
from flows.formats import RejectedRecord
from flows.known_ids import KnownIds
from flows.own_lexicon import codes_with, read_own_lexicon
from flows.own_names import load_own_names
from flows.records import read_records
from transforms.clean import clean
from transforms.document import CodedDocument, Document, RawRecord, Rejected
from transforms.pipeline import Codes
from transforms.tables import to_tables
from transforms.unmarked import unmarked
from warehouse.quarantine import quarantine
from warehouse.schema.errors import GiveUp
from warehouse.schema.tables import DocumentSources, Rejects
from warehouse.validate import validate_batch
from warehouse.write import BatchFiles, write_batch


@dataclass(frozen=True, slots=True)
class Order:
    """What the batches of a run have in common.

    `known_ids` is the file of documents that are not milled again, `own_names` that of the user's own names, `own_lexicon` the
    folder of the run's copy of the user's lexicon; `stop_after` one of `transforms.pipeline.STOPS`. Documents in another language
    than `language` (ISO 639) are not coded.
    """

    run_id: str
    started_at: datetime
    warehouse: Path
    model: str
    known_ids: Path | None
    piece_documents: int
    piece_characters: int
    reading: Reading
    own_names: Path | None = None
    own_lexicon: Path | None = None
    stop_after: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class InputCounts:
    """Records of one input that a batch read, documents and rejects together, and the rejects among them."""

    records: int
    rejects: int


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch: files not yet committed, rows of document_sources and rejects, and counts.

    `inputs` counts by source_uri; `known` are records whose document was in the warehouse already; `undated` are documents milled
    whose record has a date that cannot be read; `languages` counts the documents that are in another language than the coded one;
    `seconds` are of the worker, by stage (read, segment, annotate, entities, events, write).
    """

    batch_id: str
    files: tuple[BatchFiles, ...]
    sources: pl.DataFrame
    rejects: pl.DataFrame
    inputs: dict[str, InputCounts]
    known: int
    undated: int
    languages: dict[str, int]
    event_types: dict[str, int]
    seconds: dict[str, float]

    @property
    def documents(self) -> int:
        """Documents milled."""
        return sum(piece.counts["documents"] for piece in self.files)

    @property
    def words(self) -> int:
        """Words of these documents."""
        return sum(piece.word_count for piece in self.files)


def mill_batch(batch: Batch, order: Order) -> BatchResult:
    """Mill one batch and write its files.

    Raises UsageError for a model or lexicon that cannot be used, GiveUp when files cannot be written.
    """
    coder = _coder(order.model, order.own_names, order.own_lexicon, order.stop_after, order.language)
    return _Milling(batch, order, coder, _known(order.known_ids)).run()


@lru_cache(maxsize=1)
def _coder(model: str, own_names: Path | None, own_lexicon: Path | None, stop_after: str | None, language: str) -> Codes:
    return codes_with(model, load_own_names(own_names), read_own_lexicon(own_lexicon), stop_after, language)


@lru_cache(maxsize=1)
def _known(path: Path | None) -> KnownIds:
    return KnownIds(path)


@dataclass
class _Milling:
    batch: Batch
    order: Order
    coder: Codes
    known: KnownIds
    sources: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[RejectedRecord] = field(default_factory=list)
    records: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    event_types: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    pieces: list[BatchFiles] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    known_count: int = 0
    undated: int = 0

    def run(self) -> BatchResult:
        spent = dict(self.coder.seconds)
        coded: list[CodedDocument] = []
        names: dict[str, tuple[str, str]] = {}
        characters = 0
        for record, document in self._documents():
            one = self._coded(record, document)
            if one is None:
                continue
            coded.append(one)
            names[document.document_id] = (record.source_uri, record.record_id)
            characters += len(document.text)
            if len(coded) >= self.order.piece_documents or characters >= self.order.piece_characters:
                self._write(coded, names)
                coded, names, characters = [], {}, 0
        if coded:
            self._write(coded, names)
        for stage, seconds in self.coder.seconds.items():
            self.seconds[stage] += seconds - spent.get(stage, 0)
        rejected = Counter(reject.source_uri for reject in self.rejects)
        return BatchResult(
            batch_id=self.batch.batch_id,
            files=tuple(self.pieces),
            sources=pl.DataFrame(self.sources, schema=DocumentSources.create_empty().schema),
            rejects=reject_rows(self.rejects, self.order.run_id),
            inputs={uri: InputCounts(self.records[uri], rejected[uri]) for uri in sorted(self.records)},
            known=self.known_count,
            undated=self.undated,
            languages=dict(self.languages),
            event_types=dict(self.event_types),
            seconds=dict(self.seconds),
        )

    def _documents(self) -> Iterator[tuple[RawRecord, Document]]:
        """Documents that are to be coded; rejects, and sources of documents that need no coding, are kept on the way."""
        for one in self.batch.slices:
            self.records[one.input.source_uri] += 0
            records = self._read(one)
            while (found := self._next(records)) is not None:
                self.records[one.input.source_uri] += 1
                if isinstance(found, RejectedRecord):
                    self.rejects.append(found)
                    continue
                record, document = found
                if document.document_id in self.done or document.document_id in self.known:
                    self.known_count += document.document_id not in self.done
                    self._keep_source(record, document)
                else:
                    yield record, document

    def _next(
        self, records: Iterator[RejectedRecord | tuple[RawRecord, Document]]
    ) -> RejectedRecord | tuple[RawRecord, Document] | None:
        start = perf_counter()
        found = next(records, None)
        self.seconds["read"] += perf_counter() - start
        return found

    def _read(self, one: Slice) -> Iterator[RejectedRecord | tuple[RawRecord, Document]]:
        for record in read_records(one.input, self.order.reading, part=one.part):
            if isinstance(record, RejectedRecord):
                yield record
                continue
            try:
                text = unmarked(record, self.order.reading.html_depth)
                longest = self.order.reading.document_characters
                yield text, clean(text, default_language=self.order.language, longest=longest)
            except Rejected as refusal:
                yield _refused(record, refusal.reason, refusal.message)
            except Exception as error:  # noqa: BLE001 - whatever one text does to the code, the next one is read
                yield _refused(record, "failed", _fault("cleaned", error))

    def _coded(self, record: RawRecord, document: Document) -> CodedDocument | None:
        try:
            coded = self.coder.code(document)
        except Rejected as refusal:
            self.rejects.append(_refused(record, refusal.reason, refusal.message))
            return None
        except Exception as error:  # noqa: BLE001 - whatever one text does to the code, the next one is coded
            self.rejects.append(_refused(record, "failed", _fault("coded", error)))
            return None
        self.done.add(document.document_id)
        self.undated += bool(record.published) and document.published_precision == "none"
        self._keep_source(record, document)
        return coded

    def _keep_source(self, record: RawRecord, document: Document) -> None:
        self.sources.append(
            {
                "document_id": document.document_id,
                "source_uri": record.source_uri,
                "record_index": record.record_index,
                "record_id": record.record_id,
                "url": record.url,
                "publisher": document.publisher,
                "loaded_at": self.order.started_at,
            }
        )

    def _write(self, coded: Sequence[CodedDocument], names: dict[str, tuple[str, str]]) -> None:
        start = perf_counter()
        number = len(self.pieces)
        batch_id = blake2b(f"{self.batch.batch_id}/{number}".encode(), digest_size=6).hexdigest() if number else self.batch.batch_id
        try:
            files = self._files(coded, names, batch_id)
        except GiveUp:
            sound = [one for one in coded if self._is_sound(one, names, batch_id)]
            if len(sound) == len(coded):  # the fault is not in the rows: a full disk, a forbidden folder
                raise
            coded = sound
            files = self._files(coded, names, batch_id)
        self.pieces.append(files)
        self.event_types.update(event.event_type for one in coded for event in one.events)
        languages = (one.document.language or self.order.language for one in coded)
        self.languages.update(language for language in languages if language != self.order.language)
        self.seconds["write"] += perf_counter() - start

    def _files(self, coded: Sequence[CodedDocument], names: dict[str, tuple[str, str]], batch_id: str) -> BatchFiles:
        tables = to_tables(coded, names, batch_id, self.coder.fingerprint)
        return write_batch(tables, self.order.warehouse, batch_id, self.order.run_id)

    def _is_sound(self, one: CodedDocument, names: dict[str, tuple[str, str]], batch_id: str) -> bool:
        """Whether a document's rows keep the rules of the tables; those that do not go to quarantine, its records to rejects."""
        tables = to_tables([one], names, batch_id, self.coder.fingerprint)
        try:
            validate_batch(tables, batch_id)
        except GiveUp as error:
            document_id = one.document.document_id
            folder = quarantine(tables, self.order.warehouse, self.order.run_id, document_id, str(error))
            kept = f"{error} Its rows are kept in {folder}."
            self.rejects += [
                RejectedRecord(row["source_uri"], row["record_index"], 0, "failed", f"{row['source_uri']}: {kept}")
                for row in self.sources
                if row["document_id"] == document_id
            ]
            self.sources = [row for row in self.sources if row["document_id"] != document_id]
            self.done.discard(document_id)
            return False
        return True


def reject_rows(rejects: Sequence[RejectedRecord], run_id: str) -> pl.DataFrame:
    """Rows of the table rejects."""
    rows = [
        {
            "source_uri": one.source_uri,
            "record_index": one.record_index,
            "byte_offset": one.byte_offset,
            "reason": one.reason,
            "message": one.message,
            "raw": one.raw,
            "run_id": run_id,
        }
        for one in rejects
    ]
    return pl.DataFrame(rows, schema=Rejects.create_empty().schema)


def _refused(record: RawRecord, reason: str, message: str) -> RejectedRecord:
    where = f"{record.source_uri}: {record.place}" if record.place else record.source_uri
    return RejectedRecord(record.source_uri, record.record_index, record.byte_offset, reason, f"{where}: {message}", record.raw)


def _fault(doing: str, error: Exception) -> str:
    return f"the document could not be {doing} ({type(error).__name__}: {error}); this is a fault of Newsmill, please report it"
