"""Tags invented texts for the tests of entities, and looks mentions up by their words."""

from dataclasses import dataclass
from datetime import date

from spacy.language import Language

from transforms.annotate import annotate
from transforms.document import Document, Mention, Sentence
from transforms.entities import Entities, tag_entities
from transforms.paragraphs import split_paragraphs
from transforms.sentences import split_sentences

PUBLISHED = date(2024, 3, 19)  # a Tuesday


@dataclass(frozen=True)
class Tagged:
    document: Document
    sentences: tuple[Sentence, ...]
    entities: Entities

    def of(self, words: str) -> list[Mention]:
        """The mentions of exactly these words, by place."""
        text = self.document.text
        return [mention for mention in self.entities.mentions if text[mention.start_char : mention.end_char] == words]

    def one(self, words: str) -> Mention:
        """The last mention of exactly these words."""
        found = self.of(words)
        text = self.document.text
        assert found, f"{words!r} is not among {[text[m.start_char : m.end_char] for m in self.entities.mentions]}"
        return found[-1]

    def names(self) -> list[tuple[str, str]]:
        """Words and type of the names that are neither dates nor numbers, by place."""
        values = {"DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "ORDINAL", "CARDINAL"}
        text = self.document.text
        return [
            (text[mention.start_char : mention.end_char], mention.entity_type)
            for mention in self.entities.mentions
            if mention.mention_kind == "name" and mention.entity_type not in values
        ]


def tagged(nlp: Language, text: str, published: date | None = PUBLISHED, dateline_place: str | None = None) -> Tagged:
    document = Document("0" * 32, text, published_date=published, dateline_place=dateline_place)
    paragraphs = split_paragraphs(document)
    sentences = split_sentences(document, paragraphs)
    return Tagged(document, sentences, tag_entities(document, paragraphs, sentences, annotate(nlp, document, sentences)))
