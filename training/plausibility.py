"""Fits the weights that tell political events from those of other worlds: `python -m training.plausibility [--write]`.

Texts of politics and of other worlds are coded without any judgement; what the rules find in the first counts as political, in
the second as not. The texts are those of training/text whose style says which they are, training/worlds.txt, the examples of
the lexicon, and every other line of the annotated texts in tests/coding. First each word gets a weight, from whole paragraphs;
then each feature of an event. It prints how well events of texts that were not fitted (five parts in turn) are told apart;
`--write` writes transforms/data/plausibility.toml.
"""

import argparse
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.coding.cases import paired, path_of, read_cases
from training.markup import read_texts
from transforms.annotate import annotate
from transforms.clean import clean
from transforms.document import CodedDocument, RawRecord
from transforms.entities import tag_entities
from transforms.events.coder import code_events
from transforms.events.nesting import Draft
from transforms.events.parties import SentenceMentions
from transforms.events.plausibility import Evidence, Weights, content, numbers
from transforms.paragraphs import split_paragraphs
from transforms.piece_vectors import vector_of
from transforms.pipeline import Coder, load_coder
from transforms.pipelines import SHIPPED
from transforms.sentences import split_sentences

HERE = Path(__file__).parent
OUT = HERE.parent / "transforms" / "data" / "plausibility.toml"
POLITICAL = frozenset(
    {
        *("aid", "asylum", "battle", "cabinet", "campaign", "casualties", "conflict", "diplomacy"),
        *("election", "elections", "military-campaign", "police", "politics", "politics-brief", "protest", "strike"),
        *("treaty", "war"),
    }
)
OTHER = frozenset(
    {
        *("album", "art", "arts-review", "astronomy", "athlete", "athletics", "automotive", "band"),
        *("bands", "baseball", "basketball", "book", "books", "boxing", "business", "character"),
        *("chess", "comics", "commodities", "company", "computing", "consumer", "convention", "cotton"),
        *("crime-finance", "cuisine", "culture", "cycling", "feature", "festival", "fiction", "fiction-series"),
        *("fictional-universe", "film", "film-cast", "fisheries", "folklore", "football", "forex", "game"),
        *("games", "geology", "gold-wrap", "grain-tender", "interview", "legend", "livestock", "market"),
        *("markets", "mergers", "museum", "music", "mythology", "novel", "nutrition", "obituary"),
        *("opera", "parks", "photo", "radio-play", "rating", "ratings", "results", "retail"),
        *("rice", "rugby", "science", "shares", "soap", "software", "song", "space"),
        *("species", "sport", "stadium", "sugar", "tech", "technology", "tennis", "theatre"),
        *("theatre-company", "travel", "tv", "tv-episode", "tv-plot", "video-game", "weather"),
    }
)
"""What the styles of training/text say after the kind of publication."""
PARTS = 5
PENALTY_WORDS, PENALTY_AXIS, PENALTY = 2.0, 0.3, 3.0
RARE = 4
EXAMPLE = 3.0
LEAST = 0.25
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """One text: whether it is of politics, the words of its paragraphs, and the events found, each with whether it is one."""

    source: str
    political: bool | None
    paragraphs: tuple[tuple[str, ...], ...]
    events: tuple[tuple[Evidence, bool], ...]


def world_of(style: str) -> bool | None:
    """Whether a style of training/text is of politics, of another world (False), or either."""
    kind, _, subject = style.partition("-")
    if kind == "encyclopedia" and subject in POLITICAL:
        return True
    if subject.startswith("sport") or subject in OTHER or subject.split("-")[0] in OTHER or style == "tech-site":
        return False
    return True if subject in POLITICAL else None


def collect(coder: Coder) -> Iterator[Judged]:
    """Give all texts, coded."""
    for text in read_texts(sorted((HERE / "text").glob("*.txt"))):
        if (world := world_of(text.style)) is not None:
            yield judged(coder, text.style, text.text, text.date, world)
    for line in (HERE / "worlds.txt").read_text(encoding="utf-8").splitlines():
        if line[:2] in ("+ ", "- "):
            yield judged(coder, "worlds", line[2:], "2026-03-12", line[0] == "+")
    for rule in coder.lexicon.rules:
        yield judged(coder, "lexicon", rule.example, "2026-03-12", True)
    for name in ("sentences", "headlines", "challenge"):
        for case in read_cases(path_of(name))[::2]:
            found = code(coder, case["text"], case.get("published", "2026-03-12"))
            outcome = paired(case, found.coded)
            if case["events"]:
                right = {(event.trigger_start, event.rule_id) for _, event in outcome.pairs}
                events = tuple((seen, True) for key, seen in found.seen if key in right)
            else:
                events = tuple((seen, False) for _, seen in found.seen)
            yield Judged(name, True if case["events"] else None, found.paragraphs, events)


@dataclass(frozen=True, slots=True)
class Found:
    """A coded text with the evidence for each event."""

    coded: CodedDocument
    paragraphs: tuple[tuple[str, ...], ...]
    seen: tuple[tuple[tuple[int, str], Evidence], ...]


def judged(coder: Coder, source: str, text: str, date: str, political: bool) -> Judged:
    """Code one text; all its events are political or none is."""
    found = code(coder, text, date)
    return Judged(source, political, found.paragraphs, tuple((seen, political) for _, seen in found.seen))


def code(coder: Coder, text: str, date: str) -> Found:
    """Code one text without judgement and keep the evidence."""
    document = clean(RawRecord("plausibility", 0, 0, "text", text, published=date))
    paragraphs = split_paragraphs(document)
    sentences = split_sentences(document, paragraphs)
    parses = annotate(coder.nlp, document, sentences)
    entities = tag_entities(document, paragraphs, sentences, parses)
    seen: list[tuple[Draft, Evidence]] = []

    def keep(draft: Draft, evidence: Evidence) -> bool:
        seen.append((draft, evidence))
        return True

    events = code_events(document, paragraphs, sentences, parses, entities, coder.lexicon, judge=keep)
    names = {s.sentence_index: [m for m in entities.mentions if m.sentence_index == s.sentence_index] for s in sentences}
    words: dict[int, list[str]] = {}
    for sentence, doc in zip(sentences, parses, strict=True):
        mentions = SentenceMentions(sentence, doc, names[sentence.sentence_index], {})
        words.setdefault(sentence.paragraph_index, []).extend(word for _, word in content(doc, mentions))
    starts = {id(doc): sentence.start_char for sentence, doc in zip(sentences, parses, strict=True)}
    keyed = []
    for draft, evidence in seen:
        first = min(draft.candidate.words, key=lambda word: word.i)
        start = starts[id(first.doc)] + first.idx
        near = min(
            (e for e in events if e.rule_id == draft.candidate.rule.rule_id),
            key=lambda e: abs(e.trigger_start - start),
            default=None,
        )
        if near is not None:
            keyed.append(((near.trigger_start, near.rule_id), evidence))
    coded = CodedDocument(document, paragraphs, sentences, entities.mentions, entities.affiliations, events)
    return Found(coded, tuple(tuple(w) for w in words.values() if w), tuple(keyed))


def fit_words(texts: Sequence[Judged]) -> Weights:
    """Give weights of words and the axis, from paragraphs: logistic regression, sums over the root of length."""
    rows = [(words, text.political) for text in texts if text.political is not None for words in text.paragraphs]
    counts = Counter(word for words, _ in rows for word in set(words))
    vocabulary = {word: i for i, word in enumerate(sorted(word for word, n in counts.items() if n >= RARE))}
    distinct = {word: i for i, word in enumerate(sorted(counts))}
    vectors = np.array([vector_of(word) for word in distinct], dtype=np.float64)
    row_ids = np.array([r for r, (words, _) in enumerate(rows) for _ in words])
    in_all = np.array([distinct[word] for words, _ in rows for word in words])
    in_vocabulary = np.array([vocabulary.get(word, -1) for words, _ in rows for word in words])
    kept = in_vocabulary >= 0
    scale = np.array([1 / math.sqrt(len(words)) for words, _ in rows])
    label = np.array([float(bool(political)) for _, political in rows])
    balance = np.where(label > 0, 0.5 / label.mean(), 0.5 / (1 - label.mean()))
    means = np.zeros((len(rows), vectors.shape[1]))
    np.add.at(means, row_ids, vectors[in_all])
    means *= scale[:, None]
    words_weight, axis, bias = np.zeros(len(vocabulary)), np.zeros(vectors.shape[1]), 0.0
    moments = [np.zeros(len(vocabulary) + len(axis) + 1) for _ in range(2)]
    for step in range(1, 401):
        total = np.bincount(row_ids[kept], words_weight[in_vocabulary[kept]], len(rows)) * scale + means @ axis + bias
        error = (1 / (1 + np.exp(-total)) - label) * balance
        of_words = np.bincount(in_vocabulary[kept], (error * scale)[row_ids[kept]], len(vocabulary)) + PENALTY_WORDS * words_weight
        slope = np.concatenate([of_words, means.T @ error + PENALTY_AXIS * axis, [error.sum()]])
        moments[0] = 0.9 * moments[0] + 0.1 * slope
        moments[1] = 0.99 * moments[1] + 0.01 * slope**2
        change = 0.05 * (moments[0] / (1 - 0.9**step)) / (np.sqrt(moments[1] / (1 - 0.99**step)) + 1e-8) * (1 - step / 401)
        words_weight -= change[: len(vocabulary)]
        axis -= change[len(vocabulary) : -1]
        bias -= change[-1]
    rounded = {word: round(float(words_weight[i]), 2) for word, i in vocabulary.items()}
    return Weights({word: value for word, value in rounded.items() if value}, np.round(axis, 3).astype(np.float32), {}, LEAST)


def fit_features(texts: Sequence[Judged], words: Weights) -> Weights:
    """Give `words` with the weights of features: logistic regression by Newton's method."""
    rows = [(numbers(evidence, words.of_words), right, weight) for text in texts for evidence, right, weight in weighed(text)]
    counts = Counter(name for row, _, _ in rows for name in row)
    names = sorted(name for name, n in counts.items() if n >= 5)
    column = {name: i for i, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names)))
    for r, (row, _, _) in enumerate(rows):
        for name, value in row.items():
            if name in column:
                matrix[r, column[name]] = value
    label = np.array([float(right) for _, right, _ in rows])
    weight = np.array([weight for _, _, weight in rows])
    weight = weight * np.where(label > 0, len(rows) / (2 * label.sum()), len(rows) / (2 * (1 - label).sum()))
    beta = np.zeros(len(names))
    for _ in range(12):
        chance = 1 / (1 + np.exp(-np.clip(matrix @ beta, -30, 30)))
        slope = matrix.T @ ((chance - label) * weight) + PENALTY * beta
        curve = (matrix * (weight * chance * (1 - chance))[:, None]).T @ matrix + PENALTY * np.eye(len(names))
        beta -= np.linalg.solve(curve, slope)
    features = {name: round(float(beta[i]), 2) for name, i in column.items() if abs(beta[i]) >= 0.005}
    return Weights(words.words, words.axis, features, LEAST)


def weighed(text: Judged) -> Iterator[tuple[Evidence, bool, float]]:
    """Give the events of a text, those of long texts with less weight each, examples of the lexicon with more."""
    for evidence, right in text.events:
        share = 1.0 if len(text.events) < 5 else math.sqrt(5 / len(text.events))
        yield evidence, right, share * (EXAMPLE if text.source == "lexicon" else 1.0)


def fit(texts: Sequence[Judged]) -> Weights:
    """Give all weights."""
    return fit_features(texts, fit_words(texts))


def crossed(texts: Sequence[Judged]) -> list[tuple[str, bool, float]]:
    """Give source, truth and chance of each event, by weights fitted without its text."""
    found = []
    for part in range(PARTS):
        weights = fit([text for i, text in enumerate(texts) if i % PARTS != part])
        for text in texts[part::PARTS]:
            found += [(text.source, right, weights.chance(evidence)) for evidence, right in text.events]
    return found


def report(found: Sequence[tuple[str, bool, float]]) -> None:
    """Print what is kept of political events and of others, for several least chances."""
    for sources in ((), ("worlds",), ("lexicon",), ("sentences",), ("headlines",), ("challenge",)):
        chosen = [row for row in found if not sources or row[0] in sources]
        print(" ".join(sources) or "all", sum(right for _, right, _ in chosen), sum(not right for _, right, _ in chosen))
        for least in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
            kept = [chance >= least for _, right, chance in chosen if right]
            let = [chance >= least for _, right, chance in chosen if not right]
            print(f"  {least}: keeps {sum(kept) / max(len(kept), 1):.3f} of political, {sum(let) / max(len(let), 1):.3f} of others")


def written(weights: Weights) -> str:
    """Give the file of the weights."""
    lines = [
        "# Weights that tell political events from others (transforms/events/plausibility.py).",
        "# Fitted by `python -m training.plausibility --write`; change the texts there, not the figures here.",
        f"least = {weights.least}",
        f"axis = [{', '.join(f'{value:.3f}' for value in weights.axis.tolist())}]",
        "",
        "[features]",
        *(f'"{name}" = {value}' for name, value in sorted(weights.features.items())),
        "",
        "# Above 0 speaks for politics, below for another world.",
        "[words]",
        *(f'"{word}" = {value}' for word, value in sorted(weights.words.items())),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write transforms/data/plausibility.toml")
    options = parser.parse_args()
    texts = list(collect(load_coder(SHIPPED)))
    print(len(texts), "texts", sum(len(text.events) for text in texts), "events")
    report(crossed(texts))
    if options.write:
        OUT.write_text(written(fit(texts)), encoding="utf-8")


if __name__ == "__main__":
    main()
