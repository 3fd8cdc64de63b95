"""Print the score of each group of the tables, first and now: `python -m tests.tables [--missed] [--record]`.

`--missed` lists the cases that are wrong; `--record` writes the scores to scores.json, where a test holds them as the least.
"""

import json
import sys

from tests.tables.cases import FOLDER, RIGHT, results, scores
from transforms.pipeline import load_coder
from transforms.pipelines import SHIPPED


def main(arguments: list[str]) -> None:
    """Score all tables."""
    coder = load_coder(SHIPPED)
    path = FOLDER / "scores.json"
    recorded = json.loads(path.read_text()) if path.exists() else {}
    for table in RIGHT:
        found = list(results(coder, table))
        groups = recorded.setdefault(table, {})
        print(f"{table}: right now (first run) of all")
        for group, (right, total) in scores(iter(found)).items():
            entry = groups.setdefault(group, {"first": right, "last": right, "cases": total})
            entry["last"], entry["cases"] = right, total
            print(f"  {group:24} {right:4} ({entry['first']:4}) of {total}")
        if "--missed" in arguments:
            for case, is_right in found:
                if not is_right:
                    print(f"  {json.dumps(case, ensure_ascii=False)}")
    if "--record" in arguments:
        path.write_text(json.dumps(recorded, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
