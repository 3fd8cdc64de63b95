"""Keeps account of a run's batches and says what can be committed now: whole inputs, and parts of those that only grow.

New inputs are committed as soon as they are ready, a large one in parts, so that a kill costs minutes. An input whose content
changed waits for the last commit, because documents leave with it that another input of the same run may take for known.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from flows.batches import Batch
from flows.mill import BatchResult
from flows.plan import Plan, PlannedInput, Standing, unfinished
from warehouse.schema.tables import DocumentSources, Inputs, Rejects
from warehouse.write import BatchFiles

_RECORD: Final = ("source_uri", "record_index")


@dataclass(frozen=True, slots=True)
class Share:
    """What one commit takes: files, and rows of document_sources, inputs and rejects; of inputs that are
    listed in `grown` (source_uri, record_index) only these records. `results` are of the batches in it."""

    files: tuple[BatchFiles, ...]
    sources: pl.DataFrame
    inputs: pl.DataFrame
    rejects: pl.DataFrame
    grown: pl.DataFrame
    results: tuple[BatchResult, ...]


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
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """Of each growing input, its records and rejects that are taken."""
        self._committed = {
            uri: (rows.select(*_RECORD), rejects.select(*_RECORD))
            for uri, one in self._inputs.items()
            if self._grows(one)
            for own in [pl.col("source_uri") == uri]
            for rows, rejects in [(plan.committed.sources.filter(own), plan.committed.rejects.filter(own))]
        }

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
    def waiting_records(self) -> int:
        """How many records the next commit would take up, about: what is held until then."""
        return sum(self._results[one].sources.height for one in self._waiting if self._is_ready(one, last=False))

    @property
    def has_more(self) -> bool:
        """Whether `take` would give files now."""
        return any(self._is_ready(batch_id, last=False) for batch_id in self._waiting)

    def take(self, *, last: bool) -> Share:
        """Everything that is ready: `last` when no batch is to come any more."""
        ready = [batch_id for batch_id in self._waiting if self._is_ready(batch_id, last=last)]
        self._waiting = [batch_id for batch_id in self._waiting if batch_id not in set(ready)]
        uris = sorted({one.input.source_uri for batch_id in ready for one in self._batches[batch_id].slices})
        parts = [self._rows(self._inputs[uri], set(ready)) for uri in uris]
        share = Share(
            files=tuple(piece for batch_id in sorted(ready) for piece in self._results[batch_id].files),
            sources=pl.concat([DocumentSources.create_empty(), *(sources for sources, *_ in parts)]),
            rejects=pl.concat([Rejects.create_empty(), *(rejects for _, rejects, *_ in parts)]),
            inputs=pl.concat([Inputs.create_empty(), *(row for *_, row, _ in parts)]),
            grown=pl.concat([DocumentSources.create_empty().select(*_RECORD), *(grown for *_, grown in parts)]),
            results=tuple(self._results[batch_id] for batch_id in sorted(ready)),
        )
        for uri in uris:
            self._forget(uri, set(ready))
        return share

    def _is_ready(self, batch_id: str, *, last: bool) -> bool:
        return all(self._may_go(self._inputs[one.input.source_uri], last=last) for one in self._batches[batch_id].slices)

    def _may_go(self, one: PlannedInput, *, last: bool) -> bool:
        return one.standing is not Standing.CHANGED or (last and self._is_whole(one))

    def _is_whole(self, one: PlannedInput) -> bool:
        return len(self._done[one.input.source_uri]) == one.batch_count

    def _grows(self, one: PlannedInput) -> bool:
        """Whether the records of an input are committed bit by bit, so that they are never held all at once."""
        return one.batch_count > 1 and one.standing is not Standing.CHANGED

    def _rows(self, one: PlannedInput, ready: Collection[str]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Rows of one input in document_sources, rejects and inputs: of all its batches, of a growing one those of `ready` only;
        and, of a growing one, which records they replace."""
        uri = one.input.source_uri
        own = pl.col("source_uri") == uri
        grows = self._grows(one)
        results = [self._results[batch_id] for batch_id in self._done[uri] if not grows or batch_id in ready]
        sources = pl.concat([result.sources.filter(own) for result in results])
        rejects = pl.concat([result.rejects.filter(own) for result in results])
        whole = self._is_whole(one)
        count = self._counts[uri]
        count["records"] += sum(result.inputs[uri].records for result in results)
        count["rejects"] += rejects.height
        grown = pl.concat([rows.select(*_RECORD) for rows in (sources, rejects)]) if grows else sources.select(*_RECORD).clear()
        left = [rows.join(grown, on=_RECORD, how="anti") for rows in self._committed.pop(uri, ())]
        if grows and whole:  # what only another version of Newsmill took for records of the same content
            grown = pl.concat([grown, *left])
        elif grows:
            self._committed[uri] = left[0], left[1]
            count_left, rejects_left = left[0].height, left[1].height
        if whole or not grows:
            count_left = rejects_left = 0
        inputs = pl.DataFrame(
            {
                "source_uri": [uri],
                "content_hash": [one.content_hash if whole else unfinished(one.content_hash)],
                "byte_count": [one.input.byte_count],
                "modified_at": [one.input.modified_at],
                "record_count": [count["records"] + count_left + rejects_left],
                "reject_count": [count["rejects"] + rejects_left],
                "loaded_at": [self._started_at],
            },
            schema=Inputs.create_empty().schema,
        )
        return sources, rejects, inputs, grown

    def _forget(self, uri: str, ready: Collection[str]) -> None:
        """Let go of results that no later commit asks for."""
        one = self._inputs[uri]
        if self._is_whole(one) or self._grows(one):
            for batch_id in self._done[uri]:
                if batch_id in ready:
                    self._results.pop(batch_id, None)
