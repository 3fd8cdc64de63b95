"""Keeps account of a run's batches and says what can be committed now: whole inputs, and parts of those that only grow.

New inputs are committed as soon as they are ready, a large one in parts, so that a kill costs minutes. An input whose content
changed waits for the last commit, because documents leave with it that another input of the same run may take for known.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from flows.batches import Batch
from flows.mill import BatchResult
from flows.plan import Plan, PlannedInput, Standing, unfinished
from warehouse.schema.tables import DocumentSources, Inputs, Rejects
from warehouse.write import BatchFiles


@dataclass(frozen=True, slots=True)
class Share:
    """What one commit takes: files, and rows of document_sources, inputs and rejects."""

    files: tuple[BatchFiles, ...]
    sources: pl.DataFrame
    inputs: pl.DataFrame
    rejects: pl.DataFrame


class Ledger:
    """The account of one run. Batches are reported by `finished` and `failed`; `take` gives what is ready and not yet taken."""

    def __init__(self, plan: Plan, started_at: datetime) -> None:
        self.failures: dict[str, str] = {}
        self._plan = plan
        self._started_at = started_at
        self._inputs = {one.input.source_uri: one for one in plan.inputs}
        self._batches = {batch.batch_id: batch for batch in plan.batches}
        self._results: dict[str, BatchResult] = {}
        self._waiting: list[str] = []
        self._done: defaultdict[str, list[str]] = defaultdict(list)
        """Ids of the finished batches of each input."""

    def finished(self, batch: Batch, result: BatchResult) -> None:
        """Enter a batch whose files are written."""
        self._results[batch.batch_id] = result
        self._waiting.append(batch.batch_id)
        for uri in {one.input.source_uri for one in batch.slices}:
            self._done[uri].append(batch.batch_id)

    def failed(self, batch: Batch, reason: str) -> None:
        """Enter a batch that was given up; its inputs are tried again by the next run."""
        self.failures.update({one.input.source_uri: reason for one in batch.slices})

    @property
    def has_more(self) -> bool:
        """Whether `take` would give files now."""
        return any(self._is_ready(batch_id, last=False) for batch_id in self._waiting)

    def take(self, *, last: bool) -> Share:
        """Everything that is ready: `last` when no batch is to come any more."""
        ready = [batch_id for batch_id in self._waiting if self._is_ready(batch_id, last=last)]
        self._waiting = [batch_id for batch_id in self._waiting if batch_id not in set(ready)]
        uris = sorted({one.input.source_uri for batch_id in ready for one in self._batches[batch_id].slices})
        parts = [self._rows(self._inputs[uri]) for uri in uris]
        share = Share(
            files=tuple(piece for batch_id in sorted(ready) for piece in self._results[batch_id].files),
            sources=pl.concat([DocumentSources.create_empty(), *(sources for sources, _, _ in parts)]),
            rejects=pl.concat([Rejects.create_empty(), *(rejects for _, rejects, _ in parts)]),
            inputs=pl.concat([Inputs.create_empty(), *(row for _, _, row in parts)]),
        )
        for uri in uris:
            self._forget(uri)
        return share

    def _is_ready(self, batch_id: str, *, last: bool) -> bool:
        return all(self._may_go(self._inputs[one.input.source_uri], last=last) for one in self._batches[batch_id].slices)

    def _may_go(self, one: PlannedInput, *, last: bool) -> bool:
        return one.standing is not Standing.CHANGED or (last and self._is_whole(one))

    def _is_whole(self, one: PlannedInput) -> bool:
        return len(self._done[one.input.source_uri]) == one.batch_count

    def _rows(self, one: PlannedInput) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """The rows of one input in document_sources, rejects and inputs, from all of its batches that are finished."""
        uri = one.input.source_uri
        own = pl.col("source_uri") == uri
        results = [self._results[batch_id] for batch_id in self._done[uri]]
        sources = pl.concat([result.sources.filter(own) for result in results])
        rejects = pl.concat([result.rejects.filter(own) for result in results])
        whole = self._is_whole(one)
        if not whole:  # what an earlier run committed of the same content stays
            sources = _with_missing(sources, rejects, self._plan.committed.sources.filter(own))
            rejects = _with_missing(rejects, sources, self._plan.committed.rejects.filter(own))
        inputs = pl.DataFrame(
            {
                "source_uri": [uri],
                "content_hash": [one.content_hash if whole else unfinished(one.content_hash)],
                "byte_count": [one.input.byte_count],
                "modified_at": [one.input.modified_at],
                "record_count": [sum(r.inputs[uri].records for r in results) if whole else sources.height + rejects.height],
                "reject_count": [rejects.height],
                "loaded_at": [self._started_at],
            },
            schema=Inputs.create_empty().schema,
        )
        return sources, rejects, inputs

    def _forget(self, uri: str) -> None:
        """Let go of results that no later commit asks for: those of inputs that are committed whole."""
        if self._is_whole(self._inputs[uri]):
            for batch_id in self._done[uri]:
                self._results.pop(batch_id, None)


def _with_missing(rows: pl.DataFrame, others: pl.DataFrame, committed: pl.DataFrame) -> pl.DataFrame:
    seen: Sequence[int] = [*rows["record_index"], *others["record_index"]]
    return pl.concat([rows, committed.filter(~pl.col("record_index").is_in(seen))])
