"""What a run did: the account that the flow returns, the command line prints and the table runs keeps."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final

import polars as pl

from flows.mill import BatchResult
from warehouse.commit import CommitResult
from warehouse.schema.errors import NewsmillError
from warehouse.schema.tables import Runs

SHOWN_REJECTS: Final = 3
"""Of each reason, so many messages are kept for the summary; all stand in the table rejects."""
TIMED: Final = ("read", "segment", "annotate", "entities", "events", "write")


@dataclass(slots=True)
class Summary:
    """Counts of a run, all of what is committed; `words` and `event_types` are of the documents milled.

    `known` are records whose document the warehouse already had, `replaced` documents coded anew, `removed` documents that left
    with their last source; `undated` documents have a date that cannot be read; `languages` counts those in
    other languages than the coded one. `failures` gives the reason for every input whose
    batch failed, `refusals` say why named paths are no inputs, `prune_refusal` why --prune removed nothing; `unpruned` inputs are
    gone and were kept because a batch failed. `older_documents` of `total_documents` were coded by another fingerprint. `seconds`
    is the time of the whole run, `stage_seconds` those of the workers. `batch_ids` are those of the files written, `warnings` of
    mapped fields that were not found and of the table quality. `aliases` is how many entities another takes the place of,
    None where the run changed nothing of that.
    """

    warehouse: Path
    run_id: str
    started_at: datetime
    fingerprint: str
    model: str
    state: str = "running"
    inputs: int = 0
    unchanged: int = 0
    removed_inputs: int = 0
    documents: int = 0
    replaced: int = 0
    known: int = 0
    undated: int = 0
    removed: int = 0
    sentences: int = 0
    mentions: int = 0
    events: int = 0
    words: int = 0
    seconds: float = 0.0
    older_documents: int = 0
    total_documents: int = 0
    published: bool = False
    aliases: int | None = None
    batch_ids: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    refusals: tuple[str, ...] = ()
    prune_refusal: str = ""
    unpruned: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    event_types: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    stage_seconds: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=monotonic)
    rejects: Counter[str] = field(default_factory=Counter)
    reject_messages: dict[str, list[str]] = field(default_factory=dict)

    @property
    def words_per_second(self) -> float:
        """Words milled per second of the whole run."""
        return self.words / self.seconds if self.seconds else 0.0

    @property
    def did_nothing(self) -> bool:
        """Whether the warehouse already was as the run would have made it."""
        return not (self.inputs or self.removed_inputs or self.published or self.failures)

    def add_batch(self, result: BatchResult) -> None:
        """Count a batch whose files are committed."""
        self.words += result.words
        self.known += result.known
        self.undated += result.undated
        self.batch_ids += [piece.batch_id for piece in result.files]
        self.event_types.update(result.event_types)
        self.languages.update(result.languages)
        self.add_rejects(result.rejects.select("reason", "message").iter_rows())
        for stage, seconds in result.seconds.items():
            self.stage_seconds[stage] = self.stage_seconds.get(stage, 0.0) + seconds

    def add_commit(self, result: CommitResult) -> None:
        """Count what a commit added to the warehouse and took from it."""
        self.documents += result.counts["documents"]
        self.sentences += result.counts["sentences"]
        self.mentions += result.counts["mentions"]
        self.events += result.counts["events"]
        self.replaced += result.documents_replaced
        self.removed += result.documents_removed
        self.total_documents += result.documents_added - result.documents_removed

    def add_rejects(self, rejects: Iterable[tuple[str, str]]) -> None:
        """Count rejects, given as reason and message."""
        for reason, message in rejects:
            self.rejects[reason] += 1
            shown = self.reject_messages.setdefault(reason, [])
            if len(shown) < SHOWN_REJECTS:
                shown.append(message)

    def close(self) -> None:
        """Take the time, and call the run failed if a batch failed, a named path is no input or --prune was refused."""
        self.seconds = monotonic() - self.began  # whatever becomes of the clock meanwhile
        self.state = "failed" if self.failures or self.refusals or self.prune_refusal else "completed"

    def row(self) -> pl.DataFrame:
        """The run's row of the table runs; `close` comes first."""
        rows = {
            "run_id": self.run_id,
            "started_at": self.started_at,
            "finished_at": self.started_at + timedelta(seconds=monotonic() - self.began),
            "state": self.state,
            "fingerprint": self.fingerprint,
            "model": self.model,
            "input_count": self.inputs,
            "document_count": self.documents,
            "reject_count": self.rejects.total(),
            "sentence_count": self.sentences,
            "mention_count": self.mentions,
            "event_count": self.events,
            "word_count": self.words,
            **{f"{stage}_seconds": self.stage_seconds.get(stage, 0.0) for stage in TIMED},
            "words_per_second": self.words_per_second if self.words else None,
        }
        return pl.DataFrame([rows], schema=Runs.create_empty().schema)


class RunFailed(NewsmillError):  # noqa: N818 - it says what happened, as the other errors do
    """Something that a run was asked for could not be done; everything else is committed. `summary` tells what was done."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        reasons = [f"{len(summary.failures)} inputs failed and are tried again by the next run"] if summary.failures else []
        reasons += [*summary.refusals, summary.prune_refusal.removesuffix(".")]
        super().__init__(f"{'. '.join(filter(None, reasons))}. Everything else is committed.")
