"""When an event took place, who says so and what it was about; also the place of a dateline."""

from dataclasses import dataclass
from datetime import date

from spacy.tokens import Doc, Token

from transforms.document import Document, Mention
from transforms.events.match import Candidate
from transforms.events.parties import Party, SentenceMentions
from transforms.events.syntax import is_verb, phrases, surface_subjects
from transforms.lexicon import Lexicon

_CLAUSES = frozenset({"ccomp", "advcl", "relcl", "acl", "parataxis", "csubj"})


@dataclass(frozen=True, slots=True)
class When:
    """The days of an event, inclusive, how exact they are and whether the text or the publication gives them."""

    start: date
    end: date
    precision: str
    basis: str


def own_date(candidate: Candidate, mentions: SentenceMentions) -> When | None:
    """The date expression that belongs to the trigger's clause, the nearest in the tree."""
    anchors = {candidate.head.i} | ({candidate.frame.verb.i} if candidate.frame.verb is not None else set())
    best: tuple[int, When] | None = None
    for token_index, mention in mentions.by_head.items():
        if mention.entity_type not in ("DATE", "TIME") or mention.value_start is None or mention.value_end is None:
            continue
        token = mentions.doc[token_index]
        if token.dep_ == "pobj" and token.head.lower_ == "for":  # "a programme for 2024-2026" is not dated by it
            continue
        steps = _steps(token, anchors)
        if steps is not None and (best is None or steps < best[0]):
            best = steps, When(mention.value_start, mention.value_end, mention.value_precision or "day", "text")
    return best[1] if best else None


def _steps(token: Token, anchors: set[int]) -> int | None:
    """Steps up the tree from a date to the trigger, None when another clause lies between them."""
    for step in range(12):
        if token.i in anchors:
            return step
        if step and token.dep_ in _CLAUSES and is_verb(token):
            return None
        if token.head == token:
            return None
        token = token.head
    return None


def attribution(candidate: Candidate, mentions: SentenceMentions, lexicon: Lexicon) -> Party | None:
    """Who says that the event happened: the subject of the reporting verb above it, or the object of "according to"."""
    token = candidate.frame.verb if candidate.frame.verb is not None else candidate.head
    for _ in range(8):
        said = [token.head] if token.dep_ in ("ccomp", "parataxis") and token.head != token else []
        said += [child for child in token.children if child.dep_ == "parataxis"]
        for verb in said:
            if verb.lemma_.lower() in lexicon.reporting and verb is not candidate.head:
                for subject in surface_subjects(verb, lexicon.object_control):
                    if found := mentions.parties(subject):
                        return found[0]
        if token.head == token:
            break
        token = token.head
    for word in mentions.doc:
        if word.lower_ == "according":
            for _, noun in phrases(word.head if word.head.lower_ == "to" else word):
                if found := mentions.parties(noun):
                    return found[0]
            for child in word.children:
                for noun in child.children:
                    if found := mentions.parties(noun):
                        return found[0]
    return None


def contexts_of(doc: Doc, lexicon: Lexicon) -> tuple[str, ...]:
    """The PLOVER contexts that the words of the sentence speak of."""
    return tuple(sorted({context for token in doc for context in lexicon.contexts.get(token.lemma_.lower(), ())}))


def document_place(document: Document, mentions: tuple[Mention, ...]) -> Mention | None:
    """The place that the dateline names, if a mention stands on it."""
    if not document.dateline_place:
        return None
    return next((m for m in mentions if m.entity_type == "GPE" and m.end_char <= max(document.dateline_end, 1)), None)
