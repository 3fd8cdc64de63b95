"""What a user's own names cost: time for a sentence and memory, without any, with a thousand and with 200,000 of them.

`python -m benchmarks.gazetteer`. The figures to watch are the ratios: all tables are measured in turns, in one process, on the same
documents, and of each document the fastest turn counts, so that a busy machine changes little. The names are made of syllables and
of words of the samples, so that many begin as sentences' words do.
"""

import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from pathlib import Path

from flows.engine import ONE_THREAD

os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # before the libraries that read them are loaded

from flows.inputs import find_inputs
from flows.own_names import load_own_names, save_own_names
from flows.records import read_records
from flows.settings import load_settings
from transforms.clean import clean
from transforms.document import RawRecord
from transforms.own_csv import read_csv_names
from transforms.own_names import OwnNames
from transforms.own_table import compile_names
from transforms.pipeline import Coder, load_coder

SIZES = (0, 1_000, 200_000)
TURNS = 6
_ONSETS = ("b", "ch", "d", "f", "gw", "h", "k", "l", "m", "n", "r", "sh", "t", "v", "z")
_VOWELS = ("a", "e", "i", "o", "u", "au", "ei")


def main() -> None:
    """Measure and print a Markdown table to stdout."""
    records = [record for found in find_inputs(["seeds"]).inputs for record in read_records(found) if isinstance(record, RawRecord)]
    documents = [clean(record) for record in records]
    model = load_settings().model
    starts = sorted({word for document in documents for word in document.text.split() if word.isalpha() and word[0].isupper()})
    coders: dict[int, Coder] = {}
    costs: dict[int, tuple[float, float, float, float]] = {}
    base = load_coder(model)
    for size in SIZES:
        own, costs[size] = compiled(size, starts)
        coders[size] = Coder(base.nlp, base.lexicon, base.model, base.fingerprint, own)
    sentences = sum(len(base.code(document).sentences) for document in documents)
    fastest: dict[int, list[float]] = {size: [float("inf")] * len(documents) for size in SIZES}
    for turn in range(TURNS):
        print(f"turn {turn + 1} of {TURNS}", file=sys.stderr, flush=True)
        for number, document in enumerate(documents):
            for place in range(len(SIZES)):  # each table goes first in its turn
                size = SIZES[(place + turn) % len(SIZES)]
                coders[size].seconds.clear()
                coders[size].code(document)
                fastest[size][number] = min(fastest[size][number], coders[size].seconds["entities"])
    times = {size: sum(fastest[size]) / sentences * 1e6 for size in SIZES}
    print(f"{len(documents)} documents, {sentences} sentences; the stage that finds all entities, the fastest of {TURNS} turns\n")
    print("| own names | µs a sentence | | read and compiled | loaded by a worker | memory | file for the workers |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in SIZES:
        made, loaded, memory, stored = costs[size]
        print(
            f"| {size:,} | {times[size]:,.0f} | {times[size] / times[0]:.2f} | {made:.1f} s | {loaded:.2f} s | {memory:,.0f} MB "
            f"| {stored:,.0f} MB |"
        )


def compiled(size: int, starts: Sequence[str]) -> tuple[OwnNames | None, tuple[float, float, float, float]]:
    """Give a table of `size` names, the seconds to make and to load it, its memory and its file's size in MB; None for no names."""
    if not size:
        return None, (0.0, 0.0, 0.0, 0.0)
    lines = ["name,type,country,sector,aliases"]
    for number, name in enumerate(islice(made_names(starts), size // 2)):
        kind = ("person", "organisation")[number % 2]
        lines.append(f"{name},{kind},{('NGA', 'MLI', 'GHA')[number % 3]},{('GOV', 'REB', 'NGO')[number % 3]},{name} {number}")
    text = "\n".join(lines)
    seconds = seconds_of(lambda: compile_names([read_csv_names(text, "names.csv")]))
    table = compile_names([read_csv_names(text, "names.csv")])[0]
    with tempfile.TemporaryDirectory() as folder:
        stored = save_own_names(table, Path(folder))
        megabytes = stored.stat().st_size / 1e6
        load_seconds = seconds_of(lambda: load_own_names(stored))
        tracemalloc.start()
        own = load_own_names(stored)
        memory = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    assert own == table
    assert len(table.names) == size
    return own, (seconds, load_seconds, memory / 1e6, megabytes)


def made_names(starts: Sequence[str]) -> Iterator[str]:
    """Give names of two words, all different: one that stands in the samples, and a made one."""
    syllables = ["".join(pair) for pair in product(_ONSETS, _VOWELS)]
    for number, three in enumerate(product(syllables, syllables, syllables)):
        yield f"{starts[number % len(starts)]} {''.join(three).capitalize()}"


def seconds_of(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
