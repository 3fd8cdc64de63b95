"""The work on one batch, in a worker process: read, clean, code, check, write; only file names and counts travel back.

A record that cannot be read, cleaned or coded becomes a reject and costs nothing else. Documents are written in bounded pieces, so
that memory does not grow with a compressed input of any length.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from flows.batches import Batch, Slice
from flows.deadline import OutOfTime, deadline
from flows.fields import Reading
from flows.formats import RejectedRecord
from flows.known_ids import KnownIds
from flows.marks import MarkFile, Place, Stage
from flows.own_lexicon import codes_with, read_own_lexicon
from flows.own_names import load_own_names
from flows.portion import WHOLE, Portion, Refusal
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

FIRST_WORDS: Final = RawRecord("", 0, 0, "0", "France condemned the attack in Kenya on Monday.")
"""Coded as soon as the model is loaded: what is loaded with the first text counts for the time limit of no document."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the batches of a run have in common.

    `known_ids` is the file of documents that are not milled again, `own_names` that of the user's own names, `own_lexicon` the
    folder of the run's copy of the user's lexicon; `stop_after` one of `transforms.pipeline.STOPS`. Documents in another language
    than `language` (ISO 639) are not coded. A document may take `document_seconds`.
    """

    run_id: str
    started_at: datetime
    warehouse: Path
    model: str
    known_ids: Path | None
    piece_documents: int
    piece_characters: int
    reading: Reading
    document_seconds: float
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


def mill_batch(
    batch: Batch,
    order: Order,
    mark: Path,
    portion: Portion = WHOLE,
    refused: Mapping[Place, Refusal] = MappingProxyType({}),
) -> BatchResult:
    """Mill one batch, or a portion of it, and write its files; the file `mark` always says where this process is.

    A record at a place in `refused` becomes a reject unseen. Raises UsageError for a model or lexicon that cannot be used, GiveUp
    when files cannot be written, MemoryError when there is too little of it.
    """
    at = MarkFile(mark)
    try:
        at.note(Stage.NOTHING)
        coder, known = _coder_of(order), _known(order.known_ids)
        return _Milling(batch, order, at, coder, known, portion, refused).run()
    finally:
        at.close()


def combined(results: Sequence[BatchResult]) -> BatchResult:
    """The results of all portions of a batch as one."""
    inputs: defaultdict[str, list[InputCounts]] = defaultdict(list)
    seconds: defaultdict[str, float] = defaultdict(float)
    for result in results:
        for uri, counts in result.inputs.items():
            inputs[uri].append(counts)
        for stage, spent in result.seconds.items():
            seconds[stage] += spent
    return BatchResult(
        batch_id=results[0].batch_id,
        files=tuple(piece for result in results for piece in result.files),
        sources=pl.concat([result.sources for result in results]),
        rejects=pl.concat([result.rejects for result in results]),
        inputs={
            uri: InputCounts(sum(one.records for one in counts), sum(one.rejects for one in counts))
            for uri, counts in sorted(inputs.items())
        },
        known=sum(result.known for result in results),
        undated=sum(result.undated for result in results),
        languages=dict(sum((Counter(result.languages) for result in results), Counter())),
        event_types=dict(sum((Counter(result.event_types) for result in results), Counter())),
        seconds=dict(seconds),
    )


def _coder_of(order: Order) -> Codes:
    return _coder(order.model, order.own_names, order.own_lexicon, order.stop_after, order.language)


@lru_cache(maxsize=1)
def _coder(model: str, own_names: Path | None, own_lexicon: Path | None, stop_after: str | None, language: str) -> Codes:
    coder = codes_with(model, load_own_names(own_names), read_own_lexicon(own_lexicon), stop_after, language)
    coder.code(clean(FIRST_WORDS, default_language=language))
    coder.seconds.clear()
    return coder


@lru_cache(maxsize=1)
def _known(path: Path | None) -> KnownIds:
    return KnownIds(path)


@dataclass
class _Milling:
    batch: Batch
    order: Order
    mark: MarkFile
    coder: Codes
    known: KnownIds
    portion: Portion
    refused: Mapping[Place, Refusal]
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
        for piece, one in enumerate(self.batch.slices):
            if not self.portion.enters(piece):
                continue
            self.records[one.input.source_uri] += 0
            for place, record in self._read(piece, one):
                self.records[one.input.source_uri] += 1
                cleaned = self._cleaned(place, record)
                if cleaned is None:
                    continue
                text, document = cleaned
                if document.document_id in self.done or document.document_id in self.known:
                    self.known_count += document.document_id not in self.done
                    self._keep_source(text, document)
                else:
                    yield text, document

    def _read(self, piece: int, one: Slice) -> Iterator[tuple[Place, RawRecord]]:
        """The records of a slice that belong to the portion; those that cannot be read are rejects."""
        records = read_records(one.input, self.order.reading, part=one.part)
        place = (piece, 0)
        while self.portion.end is None or place < self.portion.end:
            refusal = self.refused.get(place)
            found = refusal if refusal is not None and refusal.stage is Stage.READING else self._next(place, records)
            if found is None:
                return
            if place >= self.portion.first:
                if isinstance(found, RawRecord):
                    yield place, found
                else:
                    self.records[one.input.source_uri] += 1
                    self.rejects.append(_unread(one, place, found) if isinstance(found, Refusal) else found)
            if isinstance(found, Refusal):
                return
            place = (piece, place[1] + 1)

    def _next(self, place: Place, records: Iterator[RawRecord | RejectedRecord]) -> RawRecord | RejectedRecord | Refusal | None:
        start = perf_counter()
        self.mark.note(Stage.READING, place)
        try:
            with deadline(self.order.document_seconds):
                return next(records, None)
        except OutOfTime:
            return out_of_time(Stage.READING, self.order.document_seconds)
        finally:
            self.seconds["read"] += perf_counter() - start

    def _cleaned(self, place: Place, record: RawRecord) -> tuple[RawRecord, Document] | None:
        refusal = self.refused.get(place)
        if refusal is not None:
            self.rejects.append(_refused(record, refusal.reason, refusal.message))
            return None
        start = perf_counter()
        self.mark.note(Stage.CODING, place)
        try:
            with deadline(self.order.document_seconds):
                text = unmarked(record, self.order.reading.html_depth)
                longest = self.order.reading.document_characters
                return text, clean(text, default_language=self.order.language, longest=longest)
        except (Rejected, OutOfTime, Exception) as error:  # noqa: BLE001 - whatever one text does to the code, the next one is read
            self.rejects.append(self._reject(record, "cleaned", error))
            return None
        finally:
            self.seconds["read"] += perf_counter() - start

    def _coded(self, record: RawRecord, document: Document) -> CodedDocument | None:
        self.mark.note(Stage.CODING, self.mark.read().place)
        try:
            with deadline(self.order.document_seconds):
                coded = self.coder.code(document)
        except (Rejected, OutOfTime, Exception) as error:  # noqa: BLE001 - whatever one text does to the code, the next one is coded
            self.rejects.append(self._reject(record, "coded", error))
            return None
        self.done.add(document.document_id)
        self.undated += bool(record.published) and document.published_precision == "none"
        self._keep_source(record, document)
        return coded

    def _reject(self, record: RawRecord, doing: str, error: BaseException) -> RejectedRecord:
        if isinstance(error, MemoryError):
            raise error
        if isinstance(error, Rejected):
            return _refused(record, error.reason, error.message)
        if isinstance(error, OutOfTime):
            self._renew_coder()
            refusal = out_of_time(Stage.CODING, self.order.document_seconds)
            return _refused(record, refusal.reason, refusal.message)
        return _refused(record, "failed", _fault(doing, error))

    def _renew_coder(self) -> None:
        # It was interrupted wherever it was; what it had half done in its caches must not reach the next document.
        _coder.cache_clear()
        spent = self.coder.seconds
        self.mark.note(Stage.NOTHING)
        self.coder = _coder_of(self.order)
        self.coder.seconds = spent

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
        self.mark.note(Stage.WRITING, self.mark.read().place)
        batch_id = self._piece_id(len(self.pieces))
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

    def _piece_id(self, number: int) -> str:
        if self.portion.is_whole and not number:
            return self.batch.batch_id
        part = f"{number}" if self.portion.is_whole else f"{self.portion.name}/{number}"
        return blake2b(f"{self.batch.batch_id}/{part}".encode(), digest_size=6).hexdigest()

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


def _unread(one: Slice, place: Place, refusal: Refusal) -> RejectedRecord:
    """The reject of a record that cannot be read, and of what stands behind it."""
    index = place[1] + (one.part.first_record if one.part is not None else 0)
    offset = one.part.start if one.part is not None and one.input.format != "parquet" else 0  # row groups are no bytes
    message = f"{one.input.source_uri}: from record {index} on: {refusal.message}"
    return RejectedRecord(one.input.source_uri, index, offset, refusal.reason, message)


def out_of_time(stage: Stage, seconds: float) -> Refusal:
    """The refusal of a record that took longer than `seconds`."""
    doing = "read" if stage is Stage.READING else "coded"
    message = f"it could not be {doing} within {seconds:g} s (document_seconds). Give it more time and load its input with --recode"
    return Refusal(stage, "timeout", message)


def _fault(doing: str, error: BaseException) -> str:
    return f"the document could not be {doing} ({type(error).__name__}: {error}); this is a fault of Newsmill, please report it"
