"""A mention while it is being worked on: found in one sentence, corrected and linked by later steps, then frozen into a
Mention."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from spacy.attrs import ENT_IOB, ENT_TYPE, ORTH, POS, SPACY
from spacy.strings import StringStore
from spacy.tokens import Doc

from transforms.document import Mention, Sentence
from transforms.own_names import OwnEntity


class ModelEntity(NamedTuple):
    """What the model takes for a name or a value: tokens [start, end) and spaCy's label."""

    start: int
    end: int
    label_: str


_COLUMNS = [ORTH, POS, SPACY, ENT_IOB, ENT_TYPE]
_INSIDE, _OUTSIDE = 1, 2


def _entities(rows: Sequence[Sequence[int]], strings: StringStore) -> Iterator[ModelEntity]:
    first = None
    for index, row in enumerate(rows):
        if row[3] == _INSIDE and first is not None:
            continue
        if first is not None:
            yield ModelEntity(first, index, strings[rows[first][4]])
        first = index if row[3] > _OUTSIDE else None
    if first is not None:
        yield ModelEntity(first, len(rows), strings[rows[first][4]])


class SentenceParse:
    """One sentence with its parse; turns offsets of its text into tokens and back. `in_caption`: it stands under a picture."""

    def __init__(self, sentence: Sentence, doc: Doc, *, in_caption: bool = False) -> None:
        self.index = sentence.sentence_index
        self.paragraph = sentence.paragraph_index
        self.in_caption = in_caption
        self.offset = sentence.start_char
        self.doc = doc
        strings = doc.vocab.strings
        rows: list[list[int]] = doc.to_array(_COLUMNS).tolist()  # one look for all, ten times as fast as going over the tokens
        self.words = [strings[row[0]] for row in rows]
        self.lower = [word.lower() for word in self.words]
        self.tags = [strings[row[1]] for row in rows]
        self.text = "".join([f"{word} " if row[2] else word for word, row in zip(self.words, rows, strict=True)])
        self.starts = []
        position = 0
        for word, row in zip(self.words, rows, strict=True):
            self.starts.append(position)
            position += len(word) + row[2]
        self.ends = [start + len(word) for start, word in zip(self.starts, self.words, strict=True)]
        self.ents = tuple(_entities(rows, strings)) if any(row[3] > _OUTSIDE for row in rows) else ()

    def tokens(self, start: int, end: int) -> tuple[int, int]:
        """Give the first token and the one after the last that offsets of the sentence's text touch."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        return first, max(bisect_left(self.starts, end), first + 1)

    def root(self, first: int, last: int) -> int:
        """Give the token that the others in [first, last) hang on: the head of the phrase."""
        doc = self.doc
        for index in range(first, last):
            head = doc[index].head.i
            if head == index or not first <= head < last:
                return index
        return last - 1


@dataclass(slots=True, eq=False)
class Draft:
    """A mention in the making. `start` and `end` are offsets in the document, `first`, `last` and `root` tokens of the
    sentence.

    `source` tells what a gazetteer name is (see gazetteer.Entry), `base` is an organisation's name without its country,
    `feminine` is None where the text does not tell, `plural` means several, `own` is an entity of the user's, `key` names the
    cluster of one without entity_id.
    """

    sentence: int
    start: int
    end: int
    first: int
    last: int
    root: int
    text: str
    entity_type: str
    kind: str
    annotator: str
    entity_id: str | None = None
    member_ids: tuple[str, ...] = ()
    country: str | None = None
    sector: str | None = None
    value_start: date | None = None
    value_end: date | None = None
    value_precision: str | None = None
    value_number: float | None = None
    unit: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geo_precision: str | None = None
    source: str = ""
    base: str = ""
    role: str = ""
    feminine: bool | None = None
    plural: bool = False
    members: tuple["Draft", ...] = field(default=())
    own: OwnEntity | None = None
    key: str = ""

    def freeze(self, index: int) -> Mention:
        """Give the row of the table mentions."""
        return Mention(
            mention_index=index,
            sentence_index=self.sentence,
            start_char=self.start,
            end_char=self.end,
            entity_type=self.entity_type,
            mention_kind=self.kind,
            annotator=self.annotator,
            entity_id=self.entity_id,
            member_ids=self.member_ids,
            country=self.country,
            sector=self.sector,
            value_start=self.value_start,
            value_end=self.value_end,
            value_precision=self.value_precision,
            value_number=self.value_number,
            unit=self.unit,
            latitude=self.latitude,
            longitude=self.longitude,
            geo_precision=self.geo_precision,
        )


def make_draft(parse: SentenceParse, first: int, last: int, entity_type: str, kind: str, annotator: str) -> Draft:
    """Make a draft of the tokens [first, last) of a sentence."""
    start, end = parse.starts[first], parse.ends[last - 1]
    return Draft(
        sentence=parse.index,
        start=parse.offset + start,
        end=parse.offset + end,
        first=first,
        last=last,
        root=parse.root(first, last),
        text=parse.text[start:end],
        entity_type=entity_type,
        kind=kind,
        annotator=annotator,
    )
