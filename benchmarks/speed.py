"""Words per second on the samples, as a Markdown table: the bare spaCy pipeline, the whole of Newsmill beside it, and whole runs.

Machines differ and so does their load, so the figure to watch is the ratio: both sides are measured in turns, in one process, and
the median turn counts. Every library is kept to one thread, as in a worker process. `make bench`, or
`python -m benchmarks.speed INPUT...` for other texts.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from flows.engine import ONE_THREAD

os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # before the libraries that read them are loaded

from flows.inputs import find_inputs
from flows.records import read_records
from flows.settings import load_settings
from transforms.clean import clean
from transforms.document import Document, RawRecord, Rejected
from transforms.pipeline import STAGES, Coder, load_coder
from transforms.tables import to_tables

TURNS = 3
SECONDS_A_TURN = 3.0
"""A turn goes over the texts again until it has lasted about so long."""


def main(arguments: Sequence[str]) -> None:
    """Measure and print the table to stdout; progress goes to stderr."""
    inputs = list(arguments) or ["seeds"]
    records = [record for found in find_inputs(inputs).inputs for record in read_records(found) if isinstance(record, RawRecord)]
    records = list({document.document_id: record for record, document in _documents(records)}.values())
    words = sum(len(document.text.split()) for _, document in _documents(records))
    say(f"{len(records)} documents, {words} words")
    coder = load_coder(load_settings().model)
    bare, whole, shares = in_turns(coder, records, words)
    runs = whole_runs(inputs)
    print(f"{len(records)} documents, {words:,} words; {coder.model}; Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print("| what | words/s | |")
    print("| --- | ---: | --- |")
    print(f"| the spaCy pipeline alone, one process | {bare:,.0f} | 100% |")
    stages = ", ".join(f"{stage} {share:.0%}" for stage, share in shares.items())
    print(f"| the whole pipeline, one process | {whole:,.0f} | {whole / bare:.0%}; of its time: {stages} |")
    print(f"| `newsmill run`, empty warehouse | {words / runs[0]:,.0f} | {runs[0]:.1f} s from start to end |")
    print(f"| `newsmill run` again | | {runs[1]:.1f} s to find that nothing changed |")


def in_turns(coder: Coder, records: Sequence[RawRecord], words: int) -> tuple[float, float, dict[str, float]]:
    """Words per second of the bare model and of the whole pipeline, and each stage's share of the latter's time."""
    texts = [document.text for _, document in _documents(records)]

    def bare() -> None:
        for _ in coder.nlp.pipe(texts):
            pass

    def whole() -> None:
        coded = [coder.code(document) for _, document in _documents(records)]
        sources = {one.document.document_id: ("benchmark", "0") for one in coded}
        to_tables(coded, sources, "0" * 12, coder.fingerprint)

    bare()
    whole()
    coder.seconds.clear()
    speeds: dict[str, list[float]] = {"bare": [], "whole": []}
    total = 0.0
    for turn in range(TURNS):
        say(f"turn {turn + 1} of {TURNS}")
        speeds["bare"].append(words / seconds_of(bare)[0])
        seconds, times = seconds_of(whole)
        speeds["whole"].append(words / seconds)
        total += seconds * times
    shares = {stage: coder.seconds[stage] / total for stage in STAGES}
    return median(speeds["bare"]), median(speeds["whole"]), shares | {"the rest": 1 - sum(shares.values())}


def seconds_of(work: Callable[[], None]) -> tuple[float, int]:
    """Seconds that one call of `work` takes, over as many calls as fill a turn, and how many these were."""
    start = time.perf_counter()
    times = 0
    while times == 0 or time.perf_counter() - start < SECONDS_A_TURN:
        work()
        times += 1
    return (time.perf_counter() - start) / times, times


def whole_runs(inputs: Sequence[str]) -> list[float]:
    """Seconds of `newsmill run` into an empty warehouse, and of a second one that has nothing to do."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PREFECT_HOME": str(Path(folder) / "prefect")}
        command = [
            sys.executable,
            "-c",
            "from flows.cli import main; main()",
            "run",
            *inputs,
            "--warehouse",
            f"{folder}/data",
            "--quiet",
        ]
        subprocess.run([*command[:-2], f"{folder}/warm", "--quiet"], env=environment, check=True, stdout=subprocess.DEVNULL)
        for _ in range(2):
            say("newsmill run")
            start = time.perf_counter()
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            seconds.append(time.perf_counter() - start)
    return seconds


def say(message: str) -> None:
    """Tell on stderr how far the benchmark is."""
    print(message, file=sys.stderr, flush=True)


def _documents(records: Sequence[RawRecord]) -> list[tuple[RawRecord, Document]]:
    documents = []
    for record in records:
        try:
            documents.append((record, clean(record)))
        except Rejected as rejected:
            say(f"left out: {record.source_uri}: {rejected.message}")
    return documents


if __name__ == "__main__":
    main(sys.argv[1:])
