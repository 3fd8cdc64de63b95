"""Fits the weights of an event's confidence to texts annotated with all their events: `python -m training.confidence [--write]`.

Of every event that the coder finds in tests/coding, the annotation tells whether one of its type is told there. The weights make
that likely (logistic, L2). It prints, over texts that were not fitted to (five parts in turn), how many events of each band of
confidence are right; `--write` writes transforms/data/confidence.toml. Fit anew after a change of the lexicon.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from flows.engine import ONE_THREAD

os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # before the libraries that read them are loaded

import numpy as np
from numpy.typing import NDArray

from tests.coding.cases import FILES, outcomes, path_of, read_cases
from transforms.document import Event
from transforms.events.confidence import features
from transforms.lexicon import Rule, load_lexicon
from transforms.pipeline import Coder, load_coder
from transforms.pipelines import SHIPPED

OUT = Path(__file__).parents[1] / "transforms" / "data" / "confidence.toml"
PARTS = 5
RARE = 8
PENALTY = 1.5
STEPS = 60
BANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


@dataclass(frozen=True, slots=True)
class Judged:
    """An event that the coder found: the part of the texts it is from, what is true of it, and whether it is told."""

    part: int
    features: tuple[str, ...]
    right: bool


def collect(coder: Coder) -> list[Judged]:
    """Give all events that the coder finds in the annotated texts; both texts of a pair are of one part."""
    rules = {rule.rule_id: rule for rule in load_lexicon().rules}
    found: list[Judged] = []
    for name in FILES:
        for number, outcome in enumerate(outcomes(coder, read_cases(path_of(name)))):
            part = number // 2 % PARTS
            found += [_judged(part, event, rules, expected["type"] == event.event_type) for expected, event in outcome.pairs]
            found += [_judged(part, event, rules, False) for event in outcome.wrong]
    return found


def _judged(part: int, event: Event, rules: dict[str, Rule], right: bool) -> Judged:
    return Judged(part, tuple(features(event, rules[event.rule_id])), right)


class Fit:
    """Weights by name, fitted to some events by Newton's method."""

    def __init__(self, events: Sequence[Judged]) -> None:
        counts: dict[str, int] = {}
        for event in events:
            for name in event.features:
                counts[name] = counts.get(name, 0) + 1
        self.names = sorted(name for name, count in counts.items() if count >= RARE)
        columns = {name: index for index, name in enumerate(self.names)}
        rows = np.zeros((len(events), len(self.names)))
        for row, event in enumerate(events):
            for name in event.features:
                if name in columns:
                    rows[row, columns[name]] = 1.0
        right = np.array([event.right for event in events], dtype=np.float64)
        penalty = np.full(len(self.names), PENALTY)
        penalty[columns["any"]] = 0.01
        weights: NDArray[np.float64] = np.zeros(len(self.names))
        for _ in range(STEPS):
            chance = 1 / (1 + np.exp(-rows @ weights))
            slope = rows.T @ (right - chance) - penalty * weights
            curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(penalty)
            weights = weights + np.linalg.solve(curve, slope)
        self.weights = dict(zip(self.names, (float(weight) for weight in weights), strict=True))

    def chance(self, event: Judged) -> float:
        """Give the chance that an event is right."""
        return float(1 / (1 + np.exp(-sum(self.weights.get(name, 0.0) for name in event.features))))


def reliability(events: Sequence[Judged]) -> list[tuple[float, float, int, float, float]]:
    """Give (from, below, events, mean confidence, share right) of each band; the weights were fitted without the event's part."""
    fits = [Fit([event for event in events if event.part != part]) for part in range(PARTS)]
    judged = [(fits[event.part].chance(event), event.right) for event in events]
    rows = []
    for low, high in pairwise(BANDS):
        band = [(chance, right) for chance, right in judged if low <= chance < high]
        if band:
            chances, rights = zip(*band, strict=True)
            rows.append((low, min(high, 1.0), len(band), float(np.mean(chances)), float(np.mean(rights))))
    return rows


def main(arguments: list[str]) -> None:
    """Collect, check, fit and write."""
    events = collect(load_coder(SHIPPED))
    print(f"{len(events)} events, {sum(event.right for event in events)} of them right")
    print("| confidence | events | mean confidence | right |\n| --- | ---: | ---: | ---: |")
    error = 0.0
    for low, high, count, mean, share in reliability(events):
        error += count / len(events) * abs(mean - share)
        print(f"| {low:.1f} to {high:.1f} | {count} | {mean:.2f} | {share:.2f} |")
    print(f"expected calibration error {error:.3f}")
    if "--write" in arguments:
        fit = Fit(events)
        lines = [
            "# What speaks for and against an event being told as coded, in log odds (transforms/events/confidence.py).",
            "# Fitted to the texts of tests/coding by `python -m training.confidence --write`. Apache-2.0 as the code.",
            "",
            "[weights]",
            *(f'"{name}" = {weight:.2f}' for name, weight in fit.weights.items() if abs(weight) >= 0.005),
        ]
        OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
