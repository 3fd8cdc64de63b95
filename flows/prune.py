"""What --prune takes out: inputs and rejected inputs that the warehouse lists beneath the named paths, and whose file is gone.

A removal that looks like an accident - a path that is missing or empty, more than a fifth of the documents - is refused without
--yes, and only it: new texts land all the same.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.inputs import Found, RejectedRecord, Root
from warehouse.commit import INPUT_LEVEL_REASONS
from warehouse.lake import exists, open_lake
from warehouse.remove import share_of

LARGEST_SHARE: Final = 0.2
"""Share of the warehouse's documents that --prune removes without --yes."""


@dataclass(frozen=True, slots=True)
class Removal:
    """The source_uris that leave, or why they may not."""

    source_uris: tuple[str, ...] = ()
    refusal: str = ""


def plan_removal(
    found: Found, rejects: Sequence[RejectedRecord], known_inputs: Collection[str], warehouse: Path, *, yes: bool
) -> Removal:
    """What --prune removes from the warehouse: of `known_inputs`, and of the rejected inputs that it lists.

    `rejects` are those that still are there. Raises GiveUp and RetryLater as `warehouse.lake.open_lake`.
    """
    present = {one.source_uri for one in found.inputs}
    still_rejected = {one.source_uri for one in rejects}
    unseen = [one.source_uri for one in rejects if one.reason == "unreadable"]

    def gone(source_uri: str) -> bool:
        return (
            source_uri not in present
            and any(root.covers(source_uri) for root in found.roots)
            and not any(source_uri == blocked or source_uri.startswith(f"{blocked}/") for blocked in unseen)
        )

    inputs = sorted(filter(gone, known_inputs))
    refusal = "" if yes or not inputs else _refusal(found.roots, inputs, warehouse)
    if refusal:
        return Removal(refusal=refusal)
    rejected = set(filter(gone, _rejected_inputs(warehouse))) - still_rejected
    return Removal(tuple(sorted({*inputs, *rejected})))


def _refusal(roots: Sequence[Root], inputs: Sequence[str], warehouse: Path) -> str:
    missing = [root.argument for root in roots if root.state in ("missing", "empty")]
    if missing:
        return (
            f"--prune would remove {len(inputs)} inputs because {', '.join(missing)} is missing or empty: perhaps a disk that is "
            "not mounted. Nothing was removed. If it is meant, add --yes."
        )
    share = share_of(warehouse, inputs)
    if share > LARGEST_SHARE:
        return (
            f"--prune would remove {len(inputs)} inputs and {share:.0%} of the warehouse's documents, more than "
            f"{LARGEST_SHARE:.0%}. Nothing was removed. The first is {inputs[0]}. If it is meant, add --yes."
        )
    return ""


def _rejected_inputs(warehouse: Path) -> list[str]:
    if not exists(warehouse):
        return []
    with open_lake(warehouse, create=False, read_only=True) as connection:
        sql = "SELECT DISTINCT source_uri FROM lake.rejects WHERE list_contains(?, reason)"
        return [source_uri for (source_uri,) in connection.execute(sql, [list(INPUT_LEVEL_REASONS)]).fetchall()]
