"""What a run has to do: which inputs are new or changed, cut into batches, and what may be removed.

An input is unchanged when size and time of last change are those of the last run, else when its hash is. Documents that the
warehouse knows are not milled again, whatever input they stand in; the workers learn their ids from a file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Final

import polars as pl

from flows.batches import Batch, Limits, Slice, make_batches, slice_input
from flows.inputs import Found, InputFile, RejectedRecord
from flows.known_ids import write_known_ids
from flows.prune import Removal, plan_removal
from flows.settings import Settings
from warehouse.known import known_documents, known_inputs
from warehouse.known_records import KnownRecords, known_records
from warehouse.schema.errors import GiveUp, UsageError

UNFINISHED: Final = "0" * 8
"""How the content hash of an input begins of which only a part is committed yet: with the rest of its true hash after it."""


class Standing(Enum):
    """How an input stands to the warehouse."""

    NEW = "new"
    SAME = "same"
    """Its content is committed, wholly (and to be coded anew) or in part (a run was stopped): nothing of it leaves."""
    CHANGED = "changed"
    """Its rows are replaced, all at once and last of all: another input may refer to a document that leaves with them."""


@dataclass(frozen=True, slots=True)
class PlannedInput:
    """An input to be read: its standing, and the number of batches that it is cut into or stands in."""

    input: InputFile
    content_hash: str
    standing: Standing
    batch_count: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The work of a run.

    `rejects` are paths that are no readable input, `new_rejects` those of them that the warehouse does not list yet; `refusals` say
    why named paths are no inputs; `committed` has the records of inputs that stand the SAME and are cut; `removal` is what --prune
    takes out; `older_documents` counts those that another fingerprint than this run's coded.
    """

    inputs: tuple[PlannedInput, ...]
    batches: tuple[Batch, ...]
    unchanged: int
    rejects: tuple[RejectedRecord, ...]
    new_rejects: tuple[RejectedRecord, ...]
    refusals: tuple[str, ...]
    removal: Removal
    committed: KnownRecords
    known_ids: Path | None
    known_documents: int
    older_documents: int

    @property
    def byte_count(self) -> int:
        """Bytes to be read, as stored."""
        return sum(batch.byte_count for batch in self.batches)

    @property
    def is_empty(self) -> bool:
        """Whether the warehouse already is as this run would make it."""
        return not (self.batches or self.new_rejects or self.removal.source_uris)


def make_plan(
    found: Found,
    settings: Settings,
    fingerprint: str,
    scratch: Path,
    *,
    recode: bool = False,
    prune: bool = False,
    yes: bool = False,
) -> Plan:
    """Compare what was found with the warehouse; the ids of known documents are written beneath `scratch`.

    With `prune` and `yes`, a named path that is missing is one that was deleted on purpose. Raises UsageError when none of the
    named paths can be read.
    """
    if prune and yes:
        found = _without_missing(found)
    if found.roots and all(root.refusal for root in found.roots):
        raise UsageError(f"Nothing to read. {'. '.join(_refusals(found, ()))}.")
    if len(found.inputs) > settings.max_files:
        raise UsageError(
            f"{len(found.inputs):,} inputs were found, more than max_files = {settings.max_files:,}. Name fewer, or raise it in "
            "newsmill.toml or NEWSMILL_MAX_FILES. Nothing was read."
        )
    known = {row["source_uri"]: row for row in known_inputs(settings.warehouse).iter_rows(named=True)}

    to_read = [one for one in found.inputs if recode or not _same_stamp(one, known.get(one.source_uri))]
    limits = Limits(settings.batch_documents, settings.batch_bytes).spread(sum(one.byte_count for one in to_read), settings.workers)
    rejects = list(found.rejects)
    planned: list[tuple[PlannedInput, tuple[Slice, ...]]] = []
    for one in to_read:
        try:
            slices = slice_input(one, limits, settings.reading)
        except GiveUp as error:
            rejects.append(RejectedRecord(one.source_uri, 0, 0, "unreadable", str(error)))
            continue
        standing = _standing(slices[0].content_hash, known.get(one.source_uri), recode=recode)
        if standing is not None:
            planned.append((PlannedInput(one, slices[0].content_hash, standing, len(slices)), slices))

    # Inputs that are replaced last of all share no batch with others, which are committed as soon as they are ready.
    late = [slices for one, slices in planned if one.standing is Standing.CHANGED]
    early = [slices for one, slices in planned if one.standing is not Standing.CHANGED]
    cut = [one.input.source_uri for one, _ in planned if one.standing is Standing.SAME and one.batch_count > 1]
    listed = known_records(settings.warehouse, [one.source_uri for one in rejects]).rejects
    documents = known_documents(settings.warehouse)
    return Plan(
        inputs=tuple(one for one, _ in planned),
        batches=(*make_batches(early, limits), *make_batches(late, limits)),
        unchanged=len(found.inputs) - len(planned) - (len(rejects) - len(found.rejects)),
        rejects=tuple(rejects),
        new_rejects=tuple(_unlisted(rejects, listed)),
        refusals=_refusals(found, rejects),
        removal=plan_removal(found, rejects, known, settings.warehouse, yes=yes) if prune else Removal(),
        committed=known_records(settings.warehouse, cut),
        known_ids=_write_ids(documents, scratch) if planned and not recode else None,
        known_documents=documents.height,
        older_documents=documents.filter(pl.col("fingerprint") != fingerprint).height,
    )


def unfinished(content_hash: str) -> str:
    """The hash under which an input is listed as long as only a part of it is committed."""
    return UNFINISHED + content_hash[len(UNFINISHED) :]


def _same_stamp(one: InputFile, before: dict[str, object] | None) -> bool:
    if before is None or str(before["content_hash"]).startswith(UNFINISHED):
        return False
    return (before["byte_count"], before["modified_at"]) == (one.byte_count, one.modified_at)


def _standing(content_hash: str, before: dict[str, object] | None, *, recode: bool) -> Standing | None:
    if before is None:
        return Standing.NEW
    if before["content_hash"] == content_hash:
        return Standing.SAME if recode else None
    return Standing.SAME if before["content_hash"] == unfinished(content_hash) else Standing.CHANGED


def _without_missing(found: Found) -> Found:
    """The same, where a named path that is missing stands for itself as it was and is no reject."""
    missing = {root.refusal for root in found.roots if root.state == "missing"}
    roots = tuple(replace(root, refusal="") if root.state == "missing" else root for root in found.roots)
    return Found(found.inputs, tuple(one for one in found.rejects if one.message not in missing), roots)


def _refusals(found: Found, rejects: Sequence[RejectedRecord]) -> tuple[str, ...]:
    """Why named paths are no inputs, also those that could not be read only when they were to be cut."""
    unread = {one.source_uri: one.message for one in rejects if one.reason == "unreadable"}
    messages = (root.refusal or (unread.get(str(root.path)) if root.kind == "file" else None) for root in found.roots)
    return tuple(dict.fromkeys(message for message in messages if message))


def _unlisted(rejects: Sequence[RejectedRecord], listed: pl.DataFrame) -> Iterator[RejectedRecord]:
    before = set(listed.select("source_uri", "reason").iter_rows())
    return (one for one in rejects if (one.source_uri, one.reason) not in before)


def _write_ids(documents: pl.DataFrame, scratch: Path) -> Path | None:
    if not documents.height:
        return None
    path = scratch / "known_ids"
    write_known_ids(documents["document_id"], path)
    return path
