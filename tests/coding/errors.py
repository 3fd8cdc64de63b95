"""Kinds of error and their rates over the annotated sentences, as docs/codebook.md shows them: `python -m tests.coding.errors`.

`--write` puts the tables into the page; `python -m tests.coding --record` does so too.
"""

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.coding.cases import FLAGS, Expected, Outcome, countries_expected, countries_found, outcomes, path_of, read_cases
from tests.coding.measures import circumstances
from transforms.document import Event
from transforms.pipeline import load_coder
from transforms.pipelines import SHIPPED

PAGE = Path(__file__).parents[2] / "docs" / "codebook.md"
FILE = "sentences"
BEGIN, END = "<!-- errors: written by python -m tests.coding.errors --write -->", "<!-- end of errors -->"
_MOST_PAIRS = 8

Row = tuple[str, int, int]
"""A kind of error, how often it was made, and how often it could have been."""


def error_rates(found: Sequence[Outcome]) -> list[Row]:
    """Each kind of error, with how often it was made and out of how many."""
    pairs = [pair for outcome in found for pair in outcome.required]
    typed = [(wanted, event) for wanted, event in pairs if wanted["type"] == event.event_type]
    missed = sum(len(outcome.missed) for outcome in found)
    spurious = sum(len(outcome.wrong) for outcome in found)
    rows = [
        ("event missed", missed, len(pairs) + missed),
        ("event told where there is none", spurious, len(pairs) + spurious),
        ("wrong type", len(pairs) - len(typed), len(pairs)),
    ]
    for role, other in (("actor", "recipient"), ("recipient", "actor")):
        with_country = [(w, e) for w, e in typed if countries_expected(w, role)]
        lacking = [(w, e) for w, e in with_country if countries_expected(w, role) - countries_found(e, role)]
        turned = [
            (w, e) for w, e in lacking if (countries_expected(w, role) - countries_found(e, role)) & countries_found(e, other)
        ]
        rows.append((f"country of the {role} missing or another", len(lacking), len(with_country)))
        rows.append((f"of these, it stands as {other}", len(turned), len(lacking)))
        rows.append((f"{role} of another country too many", sum(_more(w, e, role) for w, e in typed), len(typed)))
    with_mode = [(w, e) for w, e in typed if w["modes"]]
    rows.append(("mode missing or another", sum(bool(set(w["modes"]) - set(e.modes)) for w, e in with_mode), len(with_mode)))
    rows.append(("mode too many", sum(bool(set(e.modes) - set(w["modes"])) for w, e in typed), len(typed)))
    for flag in FLAGS:
        flagged = [e for w, e in pairs if w.get(flag)]
        plain = [e for w, e in pairs if not w.get(flag)]
        rows.append((f"{flag} not seen", sum(not getattr(e, flag) for e in flagged), len(flagged)))
        rows.append((f"{flag} where it is not", sum(getattr(e, flag) for e in plain), len(plain)))
    told = circumstances(found)
    rows += [(f"{key} wrong or missing", told[key][1] - told[key][0], told[key][1]) for key in ("date", "place", "casualties")]
    return rows


def confusions(found: Sequence[Outcome]) -> list[tuple[str, str, int]]:
    """The pairs of types of which one was taken for the other, the most frequent first: expected, found, how often."""
    counts = Counter(
        (wanted["type"], event.event_type)
        for outcome in found
        for wanted, event in outcome.required
        if wanted["type"] != event.event_type
    )
    return [(*pair, count) for pair, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def section(found: Sequence[Outcome]) -> str:
    """The tables as they stand on the page."""
    rows = [f"| {kind} | {made} of {of} | {made / of if of else 0:.2f} |" for kind, made, of in error_rates(found)]
    pairs = [f"{wanted} as {given} ({count})" for wanted, given, count in confusions(found)[:_MOST_PAIRS]]
    lines = [
        f"Counted on the {len(found)} short texts of `tests/coding/{FILE}.jsonl`, each annotated with all its events.",
        "Countries and modes are judged where the type is right.",
        "",
        "| kind of error | how often | rate |",
        "| --- | --- | --- |",
        *rows,
        "",
        f"Types most often taken for another: {', '.join(pairs) or 'none'}.",
    ]
    return "\n".join(lines)


def written(page: str, found: Sequence[Outcome]) -> str:
    """The page with the tables between their marks."""
    block = f"{BEGIN}\n{section(found)}\n{END}"
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: block, page, flags=re.DOTALL)


def _more(wanted: Expected, event: Event, role: str) -> bool:
    return bool(countries_found(event, role) - countries_expected(wanted, role))


def main() -> None:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.coding.errors", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the tables into docs/codebook.md")
    options = parser.parse_args()
    found = list(outcomes(load_coder(SHIPPED), read_cases(path_of(FILE))))
    if options.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    else:
        print(section(found))


if __name__ == "__main__":
    main()
