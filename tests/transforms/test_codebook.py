"""The examples of docs/codebook.md are coded as the page says, and the page has every type and mode."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.transforms.test_events import code
from transforms.pipeline import Coder
from warehouse.schema.vocabulary import EVENT_TYPES

PAGE = (Path(__file__).parents[2] / "docs" / "codebook.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^### ([A-Z]+)\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| ([a-z-]+|\(none\)) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
QUOTE = re.compile(r"^> (.+)$", re.MULTILINE)


def examples() -> Iterator[tuple[str, str | None, str]]:
    """Event type, mode (None: the page promises none) and sentence of each example."""
    for name, section in SECTION.findall(PAGE):
        for mode, sentence in ROW.findall(section):
            if sentence.strip() not in ("example", "---"):
                yield name, None if mode == "(none)" else mode, sentence.strip()
        for sentence in QUOTE.findall(section):
            yield name, None, sentence


def test_page_has_every_type_and_mode() -> None:
    found = {(name, mode) for name, mode, _ in examples()}
    assert {name for name, _ in found} == set(EVENT_TYPES)
    assert {pair for pair in found if pair[1]} == {(name, mode) for name, kind in EVENT_TYPES.items() for mode in kind.modes}


@pytest.mark.parametrize(("event_type", "mode", "sentence"), [pytest.param(*one, id=one[2]) for one in examples()])
def test_example_is_coded_as_the_page_says(coder: Coder, event_type: str, mode: str | None, sentence: str) -> None:
    events = [event for event in code(coder, sentence).events if event.event_type == event_type]
    assert events
    assert mode is None or any(mode in event.modes for event in events)
