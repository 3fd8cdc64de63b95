"""The Prefect flow: plan, mill the batches in worker processes, commit every few minutes and at the end, publish.

Prefect gives each batch its name, state, retries and logs; the text work leaves its threads through `engine`. A batch that keeps
failing fails alone: its inputs are not recorded, so that the next run tries them again.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, cast

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.aliases import read_aliases
from flows.attempts import Attempts, attempts
from flows.batches import Batch
from flows.field_report import report_fields
from flows.inputs import Found, find_inputs
from flows.ledger import Ledger, Share
from flows.mill import BatchResult, Order, reject_rows
from flows.own_lexicon import OwnLexicon, own_digest, read_own_lexicon, save_own_lexicon
from flows.own_names import read_own_names, save_own_names, warning_lines
from flows.plan import Plan, make_plan
from flows.progress import Progress, tell
from flows.settings import Settings, load_settings
from flows.standard_input import keep_stdin
from flows.summary import RunFailed, Summary
from transforms.own_names import OwnNames
from transforms.pipeline import STOPS, run_fingerprint, run_model
from warehouse.aliases import current_aliases, set_aliases
from warehouse.commit import CommitResult
from warehouse.commit import commit as commit_batches
from warehouse.duplicates import DuplicateRule
from warehouse.fault import fault_point
from warehouse.known import latest_load
from warehouse.lake import create_lake, exists
from warehouse.publish import is_published
from warehouse.publish import publish as publish_warehouse
from warehouse.quality import RunCounts, quality_rows
from warehouse.remove import remove_inputs
from warehouse.schema.errors import GiveUp, NewsmillError, Outdated, RetryLater, UsageError
from warehouse.schema.tables import DocumentSources, Inputs, Rejects

COMMIT_RECORDS = 25_000
"""Records that wait for a commit at most: so the flow's memory does not grow with the size of an input."""
IN_FLIGHT = 2
"""Batches handed out per worker: one in work and one to go on with while the flow commits."""


PLANS = 3
"""A run is planned so often at most: anew when another one changed what its plan was built on."""
STOP_SECONDS = 10.0
"""A run that is interrupted waits so long for others, to commit what is ready."""


class _Run:
    """What the tasks of one run share. A plain object, because Prefect would look through a dataclass for futures."""

    def __init__(
        self, settings: Settings, own_names: OwnNames | None, own_lexicon: OwnLexicon | None, stop_after: str | None = None
    ) -> None:
        self.settings = settings
        self.own_names = own_names
        self.own_lexicon = own_lexicon
        self.stop_after = stop_after
        started_at = _after(latest_load(settings.warehouse))
        self.summary = Summary(
            warehouse=settings.warehouse,
            run_id=f"{started_at:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}",
            started_at=started_at,
            fingerprint=run_fingerprint(settings.model, own_digest(own_names, own_lexicon), stop_after, settings.language),
            model=run_model(settings.model, stop_after),
        )
        self.batches: dict[str, Batch] = {}
        self.results: dict[str, BatchResult] = {}
        self.order: Order | None = None
        self.attempts: Attempts | None = None


def _worth_another_try(task: Any, task_run: Any, state: State[Any]) -> bool:
    return not isinstance(state.result(raise_on_failure=False), GiveUp | Outdated)


def _is_retry_later(task: Any, task_run: Any, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), RetryLater)


@flow(name="build-warehouse", task_runner=ThreadPoolTaskRunner())  # type: ignore[arg-type]
def build_warehouse(
    inputs: list[str],
    warehouse: str | None = None,
    workers: int | None = None,
    model: str | None = None,
    recode: bool = False,
    prune: bool = False,
    yes: bool = False,
    batch_documents: int | None = None,
    batch_bytes: int | None = None,
    commit_seconds: float | None = None,
    retries: int | None = None,
    aliases: str | None = None,
    actors: list[str] | None = None,
    stop_after: str | None = None,
    input_format: str | None = None,
    lexicon: str | None = None,
) -> Summary:
    """Bring a warehouse up to date with raw news text: who did what to whom, when and where, as tables for DuckDB.

    What is not given is taken from newsmill.toml in the working directory, NEWSMILL_* variables, or the defaults. Running it
    again over the same inputs does nothing. Raises RunFailed when inputs failed or prune was refused (all else is committed),
    UsageError for settings or paths that are wrong, GiveUp when the warehouse cannot be used.

    Args:
        inputs: Files, folders, globs, s3:// addresses and "-" (standard input) to read.
        warehouse: Folder of the warehouse; made if it does not exist. Default: data.
        workers: Worker processes. Default: one a core; 0 works in the flow's own process, for debugging.
        model: spaCy pipeline: the name of an installed package, or a folder.
        recode: Code the documents of the inputs anew, also those that the warehouse has.
        prune: Remove the rows of inputs beneath the given paths that are gone.
        yes: Let prune remove more than a fifth of the documents, or everything beneath a path that is missing or empty.
        batch_documents: At most this many documents in a batch.
        batch_bytes: About this many bytes of input in a batch.
        commit_seconds: Seconds between commits: what a kill can cost.
        retries: How often a batch that failed is tried again.
        aliases: CSV file with the columns seed_id and canonical_id: entities that marts show under another id. It takes the
            place of the aliases that the warehouse has; without it these stay.
        actors: Files of your own people and organisations: CSV, or actor and agent dictionaries in PETRARCH's format. They hold
            for the documents that this run codes.
        stop_after: "segment" makes documents, paragraphs and sentences only, "entities" mentions and affiliations too.
        input_format: What standard input holds; by default it is guessed.
        lexicon: Folder of your own lexicon; the documents that this run codes are coded by it in place of Newsmill's.
    """
    if stop_after is not None and stop_after not in STOPS:
        raise UsageError(f"{stop_after!r} is no stage that a run can stop after. There are: {', '.join(STOPS)}.")
    settings = load_settings(
        warehouse=warehouse,
        workers=workers,
        model=model,
        batch_documents=batch_documents,
        batch_bytes=batch_bytes,
        commit_seconds=commit_seconds,
        retries=retries,
        actors=actors or None,
        lexicon=lexicon or None,
    )
    own_lexicon = read_own_lexicon(settings.lexicon)  # a mistake in it stops the run here
    merges = read_aliases(aliases) if aliases is not None else None
    own_names, warnings = read_own_names(settings.actors)
    for line in warning_lines(warnings):
        get_run_logger().warning(line)
    run = _Run(settings, own_names, own_lexicon, stop_after)
    summary = run.summary
    worked = _bring_up_to_date(run, inputs, recode=recode, prune=prune, yes=yes, input_format=input_format)
    if merges is not None and merges != current_aliases(settings.warehouse):
        set_aliases(settings.warehouse, merges, summary.run_id, timeout=settings.lock_seconds)
        summary.aliases = len(merges)
    summary.close()
    if worked or summary.aliases is not None or (exists(settings.warehouse) and not is_published(settings.warehouse)):
        publish(run)
        summary.published = True
    if summary.state == "failed":
        raise RunFailed(summary)
    return summary


def _after(latest: datetime | None) -> datetime:
    """Now, or right after `latest` if the clock is behind it: of two loads the later one has the later time."""
    now = datetime.now(UTC)
    if latest is None or latest < now:
        return now
    get_run_logger().warning("the clock is %s behind the newest load; this run counts as later all the same", latest - now)
    return latest + timedelta(microseconds=1)


def _bring_up_to_date(run: _Run, inputs: list[str], *, recode: bool, prune: bool, yes: bool, input_format: str | None) -> bool:
    """Plan, mill and commit, and all of it anew where another run changed what the plan was built on; False: nothing to do."""
    worked = False
    with _scratch() as scratch:
        found = find_inputs(inputs, partial(keep_stdin, scratch, input_format))
        for number in range(1, PLANS + 1):
            plan = plan_run(run, found, scratch, recode=recode, prune=prune, yes=yes)
            _enter_plan(run, plan, first=number == 1)
            worked |= not plan.is_empty
            try:
                _carry_out(run, plan, scratch, recode=recode)
                break
            except Outdated as error:
                if number == PLANS:
                    raise
                get_run_logger().warning("%s This run does so by itself: it is planned anew.", error)
    return worked


@contextmanager
def _scratch() -> Iterator[Path]:
    try:
        folder = TemporaryDirectory(prefix="newsmill-", ignore_cleanup_errors=True)
    except OSError as error:
        message = f"No folder for temporary files can be made ({error}). Free space there, or set TMPDIR to another folder"
        raise GiveUp(f"{message}, and run again.") from error
    with folder as path:
        yield Path(path)


def _enter_plan(run: _Run, plan: Plan, *, first: bool) -> None:
    summary = run.summary
    reading = run.settings.reading
    if first:
        for report in report_fields((one.input for one in plan.inputs), reading) if reading.names else ():
            summary.warnings += report.warnings()
        summary.inputs, summary.unchanged = len(plan.inputs), plan.unchanged
        summary.add_rejects((one.reason, one.message) for one in plan.rejects)
    summary.refusals, summary.prune_refusal = plan.refusals, plan.removal.refusal
    summary.total_documents, summary.older_documents = plan.known_documents, plan.older_documents


def _carry_out(run: _Run, plan: Plan, scratch: Path, *, recode: bool) -> None:
    if plan.is_empty:
        return
    fault_point("after-plan")
    create_lake(run.settings.warehouse, timeout=run.settings.lock_seconds)
    ledger = Ledger(plan, run.summary.started_at)
    try:
        if plan.batches:
            _mill_all(run, plan, ledger, scratch, recode=recode)
        _close(run, plan, ledger, recode=recode)
    except BaseException as error:
        if not isinstance(error, Exception):  # Ctrl-C, SIGTERM, a cancellation by Prefect
            _save(run, ledger, recode=recode)
        raise


def _save(run: _Run, ledger: Ledger, *, recode: bool) -> None:
    """Commit the batches that are finished, in a hurry; where that fails, the next run mills them again."""
    for batch_id, result in run.results.items():
        ledger.finished(run.batches[batch_id], result)
    share = ledger.take(last=False)
    try:
        if share.inputs.height:
            _commit_share(run, share, recode=recode, timeout=STOP_SECONDS)
            publish_warehouse(run.settings.warehouse, timeout=STOP_SECONDS)
    except NewsmillError as error:
        get_run_logger().warning("interrupted, and the finished batches could not be committed: %s", error)


@task(name="plan", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5, retry_condition_fn=_is_retry_later)
def plan_run(run: _Run, found: Found, scratch: Path, *, recode: bool, prune: bool, yes: bool) -> Plan:
    """Find what is new or changed, and cut it into batches."""
    plan = make_plan(found, run.settings, run.summary.fingerprint, scratch, recode=recode, prune=prune, yes=yes)
    get_run_logger().info(
        "%d inputs to read in %d batches, %d unchanged, %d not readable, %d to remove",
        *(len(plan.inputs), len(plan.batches), plan.unchanged, len(plan.rejects), len(plan.removal.source_uris)),
    )
    return plan


@task(name="mill", cache_policy=NO_CACHE, retry_condition_fn=_worth_another_try)
def mill(run: _Run, batch_id: str) -> None:
    """Mill one batch in a worker process, and whatever of it a worker died over anew."""
    assert run.attempts is not None
    assert run.order is not None
    result = run.attempts.mill(run.batches[batch_id], run.order)
    fault_point("after-files")
    get_run_logger().info("%d documents, %d words, %d rejects", result.documents, result.words, result.rejects.height)
    run.results[batch_id] = result  # not returned, so that no state of Prefect holds on to it


@task(name="commit", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5, retry_condition_fn=_worth_another_try)
def commit(run: _Run, share: Share, *, recode: bool) -> CommitResult:
    """Bring finished batches into the lake, in one transaction."""
    result = _commit_share(run, share, recode=recode, timeout=run.settings.lock_seconds)
    get_run_logger().info(
        "snapshot %d: %d documents, %d events", result.snapshot_id, *map(result.counts.get, ("documents", "events"))
    )
    return result


def _commit_share(run: _Run, share: Share, *, recode: bool, timeout: float) -> CommitResult:
    return commit_batches(
        run.settings.warehouse,
        run.summary.run_id,
        share.files,
        share.sources,
        share.inputs,
        share.rejects,
        grown=share.grown,
        recoded=recode,
        duplicates=DuplicateRule(run.settings.duplicate_jaccard, run.settings.duplicate_days),
        timeout=timeout,
    )


@task(name="publish", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5, retry_condition_fn=_worth_another_try)
def publish(run: _Run) -> None:
    """Make newsmill.duckdb show the newest snapshot."""
    published = publish_warehouse(run.settings.warehouse, timeout=run.settings.lock_seconds)
    get_run_logger().info("%s shows snapshot %d", published.path, published.snapshot_id)


def _mill_all(run: _Run, plan: Plan, ledger: Ledger, scratch: Path, *, recode: bool) -> None:
    """Mill all batches, with commits on the way; the last one is left to `_close`."""
    settings = run.settings
    run.batches = {batch.batch_id: batch for batch in plan.batches}
    run.order = Order(
        run_id=run.summary.run_id,
        started_at=run.summary.started_at,
        warehouse=settings.warehouse,
        model=settings.model,
        known_ids=plan.known_ids,
        own_names=save_own_names(run.own_names, scratch) if run.own_names is not None else None,
        own_lexicon=save_own_lexicon(run.own_lexicon, scratch) if run.own_lexicon is not None else None,
        piece_documents=settings.batch_documents,
        piece_characters=settings.batch_bytes,
        reading=settings.reading,
        stop_after=run.stop_after,
        language=settings.language,
        document_seconds=settings.document_seconds,
    )
    finished: SimpleQueue[tuple[Batch, PrefectFuture[None]]] = SimpleQueue()
    waiting = iter(plan.batches)
    running = bytes_done = documents = words = 0
    began = committed_at = monotonic()
    tell(Progress(0, plan.byte_count, 0, 0, 0.0))
    with attempts(settings.workers, scratch) as run.attempts:
        while True:
            while running < max(settings.workers, 1) * IN_FLIGHT and (batch := next(waiting, None)) is not None:
                future = _submit(run, batch)
                future.add_done_callback(partial(_put, finished, batch))
                running += 1
            if not running:
                return
            batch, future = finished.get()
            running -= 1
            result = _entered(run, ledger, batch, future)
            bytes_done += batch.byte_count
            if result is not None:
                documents += result.documents
                words += result.words
            tell(Progress(bytes_done, plan.byte_count, documents, words, monotonic() - began))
            is_due = monotonic() - committed_at >= settings.commit_seconds or ledger.waiting_records >= COMMIT_RECORDS
            if is_due and ledger.has_more:
                _commit(run, ledger.take(last=False), recode=recode)
                publish(run)
                committed_at = monotonic()


def _put(finished: "SimpleQueue[tuple[Batch, PrefectFuture[None]]]", batch: Batch, future: PrefectFuture[None]) -> None:
    finished.put((batch, future))


def _submit(run: _Run, batch: Batch) -> PrefectFuture[None]:
    name = batch.name.replace("{", "{{").replace("}", "}}")  # Prefect formats the names of runs
    options = mill.with_options(
        task_run_name=f"mill {name}", retries=run.settings.retries, retry_delay_seconds=run.settings.retry_seconds
    )
    return options.submit(run, batch.batch_id)


def _entered(run: _Run, ledger: Ledger, batch: Batch, future: PrefectFuture[None]) -> BatchResult | None:
    """Enter a batch in the ledger; gives its result, or None when it failed."""
    error: Any = future.result(raise_on_failure=False)
    if isinstance(error, UsageError):  # every other batch fails of it too
        raise error
    result = run.results.pop(batch.batch_id, None)
    if result is not None:
        ledger.finished(batch, result)
        return result
    reason = str(error) or type(error).__name__
    get_run_logger().error("batch %s (%s) is given up: %s", batch.batch_id, batch.name, reason)
    ledger.failed(batch, reason)
    return None


def _commit(run: _Run, share: Share, *, recode: bool) -> None:
    run.summary.add_commit(cast(Any, commit)(run, quote(share), recode=recode))
    for result in share.results:
        run.summary.add_batch(result)


def _close(run: _Run, plan: Plan, ledger: Ledger, *, recode: bool) -> None:
    """Commit what is left, then remove what --prune takes out, and enter the run in the table runs."""
    settings, summary = run.settings, run.summary
    share = ledger.take(last=True)
    if share.inputs.height:
        _commit(run, share, recode=recode)
    summary.failures = ledger.failures
    summary.close()
    nothing = DocumentSources.create_empty(), Inputs.create_empty()
    gone = plan.removal.source_uris
    if summary.failures:  # what failed may hold documents that would leave
        summary.unpruned = len(gone)
    elif gone:
        summary.add_commit(remove_inputs(settings.warehouse, gone, summary.run_id, timeout=settings.lock_seconds))
        summary.removed_inputs = len(gone)
    rejects = reject_rows(plan.new_rejects, summary.run_id) if plan.new_rejects else Rejects.create_empty()
    counts = RunCounts(summary.run_id, summary.batch_ids, summary.rejects.total())
    quality = quality_rows(settings.warehouse, counts) if summary.batch_ids else None
    if quality is not None:
        summary.warnings += quality["warning"].drop_nulls().to_list()
    row, timeout = summary.row(), settings.lock_seconds
    fault_point("before-close")
    commit_batches(settings.warehouse, summary.run_id, (), *nothing, rejects, run=row, quality=quality, timeout=timeout)
