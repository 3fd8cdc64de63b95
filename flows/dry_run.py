"""What a run would do, without doing it: nothing is written but in a temporary folder that is gone afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from flows.batches import Batch, Slice
from flows.field_report import FieldReport, report_fields
from flows.formats import TEXTS, RejectedRecord
from flows.inputs import find_inputs
from flows.own_lexicon import OwnLexicon, codes_with, own_digest
from flows.plan import Plan, make_plan
from flows.records import read_records
from flows.settings import Settings
from flows.standard_input import keep_stdin
from transforms.clean import clean
from transforms.document import Document, RawRecord, Rejected
from transforms.own_names import OwnNames
from transforms.pipeline import Codes, run_fingerprint, run_model
from transforms.unmarked import unmarked
from warehouse.known import known_speed

_TEXTS_COUNTED: Final = 50
"""Of a batch of texts, so many are cleaned to see how many words a byte gives."""
_SAMPLE: Final = 10
"""Documents that are coded to see how fast that is, where no earlier run tells."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """The plan and what is shown with it.

    `speed` is in words a second by all workers; `basis` says where it is from, "" where nothing is to be read. `first` is the first
    record that is to be read, as it would be stored, or why it would be rejected.
    """

    plan: Plan
    fields: tuple[FieldReport, ...]
    first: Document | RejectedRecord | None
    words: int
    speed: float
    basis: str

    @property
    def seconds(self) -> float:
        """The estimated time."""
        return self.words / self.speed if self.speed else 0.0


def dry_run(
    inputs: list[str],
    settings: Settings,
    own_names: OwnNames | None,
    own_lexicon: OwnLexicon | None = None,
    *,
    stop_after: str | None = None,
    input_format: str | None = None,
    recode: bool = False,
    prune: bool = False,
    yes: bool = False,
) -> DryRun:
    """Plan a run over `inputs`. Raises as `flows.plan.make_plan`, and UsageError for a model that cannot be used."""
    with TemporaryDirectory(prefix="newsmill-") as folder:
        scratch = Path(folder)
        found = find_inputs(inputs, lambda: keep_stdin(scratch, input_format))
        fingerprint = run_fingerprint(settings.model, own_digest(own_names, own_lexicon), stop_after, settings.language)
        plan = make_plan(found, settings, fingerprint, scratch, recode=recode, prune=prune, yes=yes)
        fields = report_fields((one.input for one in plan.inputs), settings.reading)
        first = _first(plan, settings)
        if not plan.batches:
            return DryRun(plan, tuple(fields), first, 0, 0.0, "")
        words = round(_words_per_byte(plan.batches[0], settings) * plan.byte_count)
        speed = known_speed(settings.warehouse, run_model(settings.model, stop_after))
        if speed is not None:
            return DryRun(plan, tuple(fields), first, words, speed, "as fast as the largest run before")
        speed, count = _measured(plan, settings, codes_with(settings.model, own_names, own_lexicon, stop_after, settings.language))
        basis = f"by a sample of {count} documents" if count else ""
        return DryRun(plan, tuple(fields), first, words, speed * max(1, settings.workers), basis)


def _slices(plan: Plan) -> Iterator[Slice]:
    return (one for batch in plan.batches for one in batch.slices)


def _first(plan: Plan, settings: Settings) -> Document | RejectedRecord | None:
    for one in _slices(plan):
        for record in read_records(one.input, settings.reading, part=one.part):
            return record if isinstance(record, RejectedRecord) else _cleaned(record, settings)
    return None


def _cleaned(record: RawRecord, settings: Settings) -> Document | RejectedRecord:
    try:
        return clean(
            unmarked(record, settings.html_depth), default_language=settings.language, longest=settings.document_characters
        )
    except Rejected as refusal:
        message = f"{record.source_uri}: {refusal.message}"
        return RejectedRecord(record.source_uri, record.record_index, record.byte_offset, refusal.reason, message, record.raw)


def _words_per_byte(batch: Batch, settings: Settings) -> float:
    words = byte_count = 0
    for one in batch.slices[:_TEXTS_COUNTED]:
        byte_count += one.byte_count
        for record in read_records(one.input, settings.reading, part=one.part):
            if isinstance(record, RejectedRecord):
                continue
            if one.input.format in TEXTS:
                document = _cleaned(record, settings)
                words += len(document.text.split()) if isinstance(document, Document) else 0
            else:
                words += len(record.body.split())
    return words / max(1, byte_count)


def _measured(plan: Plan, settings: Settings, coder: Codes) -> tuple[float, int]:
    """Words a second of one worker, and by how many documents that was seen."""
    words = count = 0
    start = perf_counter()
    for one in _slices(plan):
        for record in read_records(one.input, settings.reading, part=one.part):
            document = None if isinstance(record, RejectedRecord) else _cleaned(record, settings)
            if not isinstance(document, Document):
                continue
            try:
                coder.code(document)
            except Rejected:
                continue
            words += len(document.text.split())
            count += 1
            if count == _SAMPLE:
                return words / (perf_counter() - start), count
    return words / (perf_counter() - start), count
