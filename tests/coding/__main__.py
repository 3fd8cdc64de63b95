"""Score the event coder over annotated texts: `python -m tests.coding [--missed] [--record] [--half even|odd] [FILE...]`.

FILE is challenge, sentences, headlines, twins (default: those there are) or a path. `--missed` lists the cases that are wrong with
what was found; `--half` takes every other line, to write rules on one half and measure on the other; `--record` writes the scores
to scores.json, where a test holds them as the least, and the rates of errors into docs/codebook.md.
"""

import argparse
import json
from typing import Any

from tests.coding import errors
from tests.coding.cases import FILES, SCORES, Outcome, is_right, outcomes, path_of, read_cases, scores
from tests.coding.measures import circumstances, measures, twins
from transforms.document import Event
from transforms.pipeline import load_coder
from transforms.pipelines import SHIPPED


def main() -> None:
    """Score the files asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.coding", description="Score the event coder over annotated texts.")
    parser.add_argument("files", nargs="*", metavar="FILE", default=[name for name in FILES if path_of(name).exists()])
    parser.add_argument("--missed", action="store_true", help="list the cases that are wrong")
    parser.add_argument("--record", action="store_true", help="write the scores to scores.json")
    parser.add_argument("--half", choices=("even", "odd"), help="only lines 0, 2, 4 ... or 1, 3, 5 ...")
    options = parser.parse_args()
    if options.record and (options.half or set(options.files) - set(FILES)):
        parser.error("--record takes whole files of this folder")
    coder = load_coder(SHIPPED)
    recorded = json.loads(SCORES.read_text()) if SCORES.exists() else {}
    for name in options.files:
        cases = read_cases(path_of(name))
        if options.half:
            cases = cases[("even", "odd").index(options.half) :: 2]
        found = list(outcomes(coder, cases))
        whole = {} if options.half else recorded
        show(name, found, whole.setdefault(name, {"groups": {}, "f1": {}}))
        if options.missed:
            for outcome in found:
                if not is_right(outcome):
                    print(missed(outcome))
    if options.record:
        SCORES.write_text(json.dumps(recorded, indent=1) + "\n")
        sentences = list(outcomes(coder, read_cases(path_of(errors.FILE))))
        errors.PAGE.write_text(errors.written(errors.PAGE.read_text(encoding="utf-8"), sentences), encoding="utf-8")


def show(name: str, found: list[Outcome], recorded: dict[str, Any]) -> None:
    """Print the scores of a file and put them into what is recorded of it."""
    print(f"{name}: right now (first run) of all")
    for group, (right, total) in scores(found).items():
        entry = recorded["groups"].setdefault(group, {"first": right, "last": right, "cases": total})
        entry["last"], entry["cases"] = right, total
        print(f"  {group:56} {right:4} ({entry['first']:4}) of {total}")
    print(f"  {'':14}  precision  recall      F1  (first run)")
    for part, measure in measures(found).items():
        value = round(measure.f1, 4)
        entry = recorded["f1"].setdefault(part, {"first": value, "last": value})
        entry["last"] = value
        print(f"  {part:14} {measure.precision:10.3f} {measure.recall:7.3f} {value:7.3f}  ({entry['first']:.3f})")
    for key, (right, total) in circumstances(found).items():
        print(f"  {key:30} {right:4} of {total}")
    if (pairs := twins(found)) is not None:
        events, political = pairs
        print(f"  events in plain texts: {events}; types in political ones: recall {political.recall:.3f}")


def missed(outcome: Outcome) -> str:
    """A case that is wrong: its text, what was expected and what was found."""
    lines = [f"  {outcome.case['id']} [{outcome.case['group']}] {outcome.case['text']}"]
    lines += [f"      expected {_expected(one)}" for one in outcome.case["events"]]
    found = [event for _, event in outcome.pairs] + list(outcome.wrong)
    lines += [f"      found    {_found(one)}" for one in sorted(found, key=lambda event: event.trigger_start)]
    return "\n".join(lines)


def _expected(event: dict[str, Any]) -> str:
    flags = [key for key, value in event.items() if value is True]
    sides = [[f"{one['country'] or '-'}:{one['sector'] or '-'}" for one in event[key]] for key in ("actors", "recipients")]
    return _line(event["type"], event["modes"], event["trigger"], sides, flags)


def _found(event: Event) -> str:
    flags = [flag for flag in ("negated", "future", "hypothetical", "historical") if getattr(event, flag)]
    sides = [
        [f"{one.country or '-'}:{one.sector or '-'}" for one in event.participants if one.role == role]
        for role in ("actor", "recipient")
    ]
    return _line(event.event_type, event.modes, event.trigger_lemma, sides, [*flags, f"rule {event.rule_id}"])


def _line(kind: str, modes: Any, trigger: str, sides: list[list[str]], rest: list[str]) -> str:
    actors, recipients = (" ".join(side) or "-" for side in sides)
    return f"{'/'.join([kind, *modes])} ({trigger}) {actors} -> {recipients}  {', '.join(rest)}"


if __name__ == "__main__":
    main()
