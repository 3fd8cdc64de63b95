"""What segmenting and entities cost beside the bare spaCy pipeline, as a Markdown table: `python -m benchmarks.entities`.

Both sides go over the same texts in one process and in turns: spaCy with all its components by `nlp.pipe`, and Newsmill's stages
segment, annotate and entities, which do the same work; the fastest turn of each counts. Short documents cost more a word, because
a document is its own model batch, whatever a run puts beside it. Memory is that of the process when all is loaded and done.
"""

import os
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from flows.engine import ONE_THREAD

os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # before the libraries that read them are loaded

from flows.settings import load_settings
from training.markup import read_texts
from training.names import TEXTS
from transforms.clean import clean
from transforms.document import Document, RawRecord
from transforms.pipeline import Coder, load_coder

TURNS = 5
STAGES = ("segment", "annotate", "entities")
GROUPS = {
    "long news (700 words and more, joined)": (700, 0),
    "news, 300 to 700 words": (300, 700),
    "briefs, 60 to 150 words": (60, 150),
}
"""Least and most words of a document; with no most, shorter ones are joined until they have the least."""
WORDS = 8_000


def main() -> None:
    """Measure and print."""
    coder = load_coder(load_settings().model)
    print("| texts | documents | words | spaCy alone, words/s | segment, annotate, entities beside it |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for group, (least, most) in GROUPS.items():
        documents = documents_of(least, most)
        words = sum(len(document.text.split()) for document in documents)
        bare, stages = in_turns(coder, documents)
        print(f"| {group} | {len(documents)} | {words:,} | {words / bare:,.0f} | {stages / bare:.2f} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(f"\nMemory of the process: {peak:,.0f} MB")


def documents_of(least: int, most: int) -> list[Document]:
    """News documents of the annotated texts with so many words, of WORDS words together."""
    texts = [text for text in read_texts(sorted(Path(TEXTS).glob("*.txt"))) if not text.style.startswith("encyclopedia")]
    bodies = [text.text for text in texts]
    if not most:
        joined, whole = [], ""
        for body in bodies:
            whole = f"{whole}\n\n{body}" if whole else body
            if len(whole.split()) >= least:
                joined.append(whole)
                whole = ""
        bodies = joined
    found: list[Document] = []
    words = 0
    for number, body in enumerate(bodies):
        count = len(body.split())
        if count >= least and (not most or count <= most) and words < WORDS:
            words += count
            found.append(clean(RawRecord("benchmark", number, 0, str(number), body, published="2024-03-19")))
    return found


def in_turns(coder: Coder, documents: Sequence[Document]) -> tuple[float, float]:
    """Seconds of the fastest turn of the bare pipeline, and of the three stages."""
    texts = [document.text for document in documents]
    bare, stages = [], []
    for _ in range(TURNS):
        start = time.perf_counter()
        for _ in coder.nlp.pipe(texts):
            pass
        bare.append(time.perf_counter() - start)
        coder.seconds.clear()
        for document in documents:
            coder.code(document)
        stages.append(sum(coder.seconds[stage] for stage in STAGES))
    return min(bare), min(stages)


if __name__ == "__main__":
    main()
