"""What coding events costs beside the bare spaCy pipeline, as a Markdown table: `python -m benchmarks.coding`.

Both sides go over the same texts in one process and in turns: spaCy with all its components by `nlp.pipe`, and the stage that codes
events, with the lexicon that ships and with one twice as large: each rule stands in it a second time under another id, with made-up
words for its own, and is read by the loader that reads a user's. Each turn gives a ratio; shown are the median and the range.
"""

import json
import os
import tempfile
import time
import tomllib
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from statistics import median
from typing import Any

from flows.engine import ONE_THREAD

os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # before the libraries that read them are loaded

from benchmarks.entities import GROUPS, documents_of
from flows.settings import load_settings
from transforms.document import Document
from transforms.lexicon import SHARED_FILE, TRIGGERS, Lexicon, load_lexicon, read_lexicon
from transforms.pipeline import Coder, load_coder

TURNS = 9


def main() -> None:
    """Measure and print."""
    coder = load_coder(load_settings().model)
    doubled = doubled_lexicon()
    print(f"{len(coder.lexicon.rules):,} rules, doubled {len(doubled.rules):,}; median of {TURNS} turns (lowest to highest)\n")
    print(
        "| texts | documents | words | events | coding beside spaCy alone | with the lexicon doubled | the latter by the former |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for group, (least, most) in GROUPS.items():
        documents = documents_of(least, most)
        words = sum(len(document.text.split()) for document in documents)
        events = sum(len(coder.code(document).events) for document in documents)
        turns = in_turns(coder, doubled, documents)
        once = [shipped / bare for bare, shipped, _ in turns]
        twice = [double / bare for bare, _, double in turns]
        growth = [double / shipped for _, shipped, double in turns]
        shown = " | ".join(f"{median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})" for ratios in (once, twice, growth))
        print(f"| {group} | {len(documents)} | {words:,} | {events} | {shown} |", flush=True)


def in_turns(coder: Coder, doubled: Lexicon, documents: Sequence[Document]) -> list[tuple[float, float, float]]:
    """Seconds of each turn: of the bare pipeline, of coding, and of coding by the doubled lexicon."""
    texts = [document.text for document in documents]
    turns = []
    for turn in range(TURNS):
        start = time.perf_counter()
        for _ in coder.nlp.pipe(texts):
            pass
        bare = time.perf_counter() - start
        seconds = {id(coder.lexicon): 0.0, id(doubled): 0.0}
        for number, document in enumerate(documents):
            lexicons = [coder.lexicon, doubled] if (turn + number) % 2 else [doubled, coder.lexicon]
            coded = coder.code_with(document, lexicons)
            for lexicon in lexicons:
                coder.seconds.clear()
                next(coded)
                seconds[id(lexicon)] += coder.seconds["events"]
        turns.append((bare, seconds[id(coder.lexicon)], seconds[id(doubled)]))
    return turns


def doubled_lexicon() -> Lexicon:
    """The shipped lexicon with a copy of each rule that other words trigger."""
    heads = {(rule.file, rule.rule_id): rule.heads for rule in load_lexicon().rules}
    with as_file(files("transforms") / "data" / "lexicon") as shipped, tempfile.TemporaryDirectory() as folder:
        for path in sorted(shipped.glob("*.toml")):
            text = path.read_text(encoding="utf-8")
            if path.name != SHARED_FILE:
                content = tomllib.loads(text)
                default = content.get("type")
                copies = [
                    _copy(rule, heads[(path.name, f"{rule.get('type', default).lower()}.{rule['id']}")]) for rule in content["rule"]
                ]
                text = "\n".join([text, *copies])
            Path(folder, path.name).write_text(text, encoding="utf-8")
        return read_lexicon(Path(folder))


def _copy(rule: dict[str, Any], heads: Sequence[str]) -> str:
    """The rule as TOML, under another id and with words that no text has."""
    kind = next(kind for kind in TRIGGERS if kind in rule)
    made_up = [" ".join(f"{word}xqz" for word in phrase.split()) for phrase in heads]
    copy = rule | {"id": f"{rule['id']}_again", kind: made_up}
    return "\n".join(["[[rule]]", *(f"{key} = {_value(value)}" for key, value in copy.items()), ""])


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {json.dumps(words)}" for key, words in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
