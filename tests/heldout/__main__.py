"""Print precision, recall and F1 of names (exact span and type; person, organisation, place) on each style of the held-out texts:
`python -m tests.heldout [MODEL]`."""

import sys
from collections import Counter, defaultdict
from pathlib import Path

from training.markup import read_texts
from transforms.clean import clean
from transforms.document import RawRecord
from transforms.pipeline import load_coder
from transforms.pipelines import SHIPPED

COARSE = {"PERSON": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place"}
Name = tuple[int, int, str]


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without a leading "the" and a final "'s"."""
    start += 4 if text[start:end].lower().startswith("the ") else 0
    return start, end - 2 if text[start:end].endswith(("'s", "’s")) else end


def main(arguments: list[str]) -> None:
    """Score all styles."""
    coder = load_coder(arguments[0] if arguments else SHIPPED)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for held in read_texts(sorted(Path(__file__).parent.glob("*.txt"))):
        document = clean(RawRecord("heldout", 0, 0, held.name, held.text, published=held.date))
        shift = document.text.index(held.text)
        wanted: set[Name] = {
            (*bare(document.text, mark.start + shift, mark.end + shift), COARSE[mark.label])
            for mark in held.marks
            if mark.label in COARSE
        }
        found: set[Name] = {
            (*bare(document.text, mention.start_char, mention.end_char), COARSE[mention.entity_type])
            for mention in coder.code(document).mentions
            if mention.mention_kind == "name" and mention.entity_type in COARSE
        }
        for group in (held.style.split("-")[0], held.style):
            for kind in ("all", *sorted(set(COARSE.values()))):
                own, gold = ({one for one in names if kind in ("all", one[2])} for names in (found, wanted))
                counts[f"{group} {kind}"].update(right=len(own & gold), found=len(own), wanted=len(gold))
    print(f"{'names':44} {'P':>6} {'R':>6} {'F1':>6}   gold")
    for group, count in sorted(counts.items()):
        precision, recall = count["right"] / max(count["found"], 1), count["right"] / max(count["wanted"], 1)
        f1 = 2 * count["right"] / max(count["found"] + count["wanted"], 1)
        print(f"{group:44} {precision:6.3f} {recall:6.3f} {f1:6.3f}  {count['wanted']:5}")


if __name__ == "__main__":
    main(sys.argv[1:])
