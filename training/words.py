"""Make the list of common words that restores the case of headlines: `python -m training.words WORD_LIST...`.

A word is common when a WORD_LIST or the annotated texts write it in lower case, unless the latter have it more often with a
capital inside a sentence; the verbs, nouns and roles of the lexicon are common in any case. The shipped list is made with SCOWL's
american-english-small and british-english-small.
"""

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.markup import read_texts
from training.names import TEXTS
from transforms.package_data import read_toml

OUT = Path(__file__).parents[1] / "transforms" / "data" / "common_words.txt"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LISTS = ("nominals.toml", "titles.toml", "lemmas.toml")
_LOWER = re.compile(r"[a-z]{2,}")
_PLAIN = re.compile(r"[a-z]{3,}(?: [a-z]+)*")


def count_words() -> Counter[str]:
    """Occurrences in lower case less those with a capital inside a sentence, by word in lower case."""
    balance: Counter[str] = Counter()
    for annotated in read_texts(sorted(TEXTS.glob("*.txt"))):
        for line in annotated.text.splitlines():
            words = list(_WORD.finditer(line))
            plain = sum(word.group()[0].islower() for word in words)
            if plain * 2 < len(words):
                continue  # a headline or a table
            for word in words:
                if word.group()[0].islower():
                    balance[word.group().lower()] += 1
                elif word.start() > 1 and (
                    line[word.start() - 1] == " " and (line[word.start() - 2].islower() or line[word.start() - 2] == ",")
                ):
                    balance[word.group().lower()] -= 1
    return balance


def strings_of(value: Any) -> Iterator[str]:
    """All strings of a TOML value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_of(inner)


def lexicon_words() -> set[str]:
    """Words of the lexicon and of the lists of roles, nouns and dates, where they are written in lower case."""
    folder = OUT.parent / "lexicon"
    values = [read_toml(f"lexicon/{path.name}") for path in sorted(folder.glob("*.toml"))] + [read_toml(name) for name in _LISTS]
    return {word for value in values for text in strings_of(value) if _PLAIN.fullmatch(text) for word in text.split()}


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("word_list", type=Path, nargs="+", help="a word a line; those with a capital or an apostrophe are left out")
    listed = {
        word
        for path in parser.parse_args().word_list
        for word in path.read_text(encoding="utf-8").split()
        if _LOWER.fullmatch(word)
    }
    balance = count_words()
    ordinary = {word for word in (*balance, *listed) if balance.get(word, 0) >= 0 and len(word) > 1}
    words = sorted(ordinary | lexicon_words())
    OUT.write_text("\n".join(words) + "\n", encoding="utf-8")
    print(f"{len(words)} words written to {OUT}")


if __name__ == "__main__":
    main()
