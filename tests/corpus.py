"""Invented news in any quantity, for tests: sentences recombined by number, so that the same number gives the same article."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

PLACES = ("Baku", "Nairobi", "Lima", "Oslo", "Hanoi", "Quito", "Accra", "Riga")
STATES = ("France", "Kenya", "Peru", "Norway", "Vietnam", "Ecuador", "Ghana", "Latvia")
SENTENCES = (
    "The foreign minister of {state} met his counterpart from {other} in {place} on Tuesday.",
    "{state} and {other} signed an agreement on trade and transport.",
    "Police in {place} arrested 12 protesters near the parliament.",
    "The president of {state} accused {other} of breaking the ceasefire.",
    "{state} will send food and medicine to {other} next week, a spokeswoman said.",
    "Rebels attacked a convoy outside {place}, killing at least 3 soldiers.",
    "Thousands marched through {place} to demand higher wages.",
    "{other} rejected the proposal and recalled its ambassador from {state}.",
    "The government did not withdraw its troops from the border with {other}.",
    "Talks between {state} and {other} were held in {place}, officials said.",
)


def article(number: int) -> dict[str, str]:
    """Article `number` as a record: id, title, text, date."""
    state, other = STATES[number % 8], STATES[(number // 8 + 1 + number) % 8]
    if other == state:
        other = STATES[(number + 3) % 8]
    words = {"state": state, "other": other, "place": PLACES[(number // 3) % 8]}
    first = number % len(SENTENCES)
    sentences = [SENTENCES[(first + step * (1 + number // 10 % 3)) % len(SENTENCES)].format(**words) for step in range(3)]
    return {
        "id": f"article-{number}",
        "title": f"{words['place']} news, part {number}",
        "text": f"{words['place']} news, part {number}\n\n{sentences[0]} {sentences[1]}\n\n{sentences[2]}\n",
        "date": (date(2024, 1, 1) + timedelta(days=number % 90)).isoformat(),
    }


def write_jsonl(path: Path, articles: Iterable[dict[str, str]]) -> None:
    """Write articles as a .jsonl."""
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in articles))


def write_corpus(folder: Path, count: int) -> None:
    """Write `count` articles beneath `folder`: a third as .txt, the rest in two .jsonl files that share some articles."""
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for number in range(count):
        one = article(number)
        if number % 3 == 0:
            (folder / f"{number:05}.txt").write_text(f" date {one['date']}\n\n{one['text']}")
        else:
            records.append(one)
    write_jsonl(folder / "first.jsonl", records[: len(records) * 2 // 3])
    write_jsonl(folder / "second.jsonl", [*records[len(records) * 2 // 3 :], *records[: len(records) // 25]])
