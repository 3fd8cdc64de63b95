"""Scores the coreference of one annotated text.

Recall is over the marked nominals and pronouns whose entity has a name in the text: how many carry the entity_id that most of its
names carry. Precision is over the mentions that are no names and carry the id of a name: how many stand on such a mark. One that
stands on no mark is left out if it is a pronoun or may only be a title; a noun with "the" is wrong.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from training.markup import AnnotatedText, Mark
from transforms.document import CodedDocument, Mention
from transforms.pronouns import pronoun_kinds

_POINTING = ("the ", "this ", "that ", "these ", "those ")


@dataclass
class Scored:
    """Counts of right, found, hit and gold (the last two also by kind), and the errors in words."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


def score(text: AnnotatedText, shift: int, coded: CodedDocument) -> Scored:
    """Compare the mentions of a document with its marks, which lie `shift` characters before those of the document."""
    scored = Scored()
    ids = ids_of_entities(text, shift, coded)
    names = {mention.entity_id for mention in coded.mentions if mention.mention_kind == "name"}
    named = {mark.entity for mark in text.marks if mark.label and mark.entity}
    marks = [mark for mark in text.marks if mark.label is None]
    hit: set[Mark] = set()
    for mention in coded.mentions:
        if mention.mention_kind == "name" or mention.entity_id not in names:
            continue
        words = coded.document.text[mention.start_char : mention.end_char]
        under = [mark for mark in marks if covers(mention, mark, shift)]
        right = [mark for mark in under if mark.entity and ids.get(mark.entity) == mention.entity_id]
        following = coded.document.text[mention.end_char : mention.end_char + 2].strip()
        if under or (words.lower().startswith(_POINTING) and not following.isupper()):
            scored.counts.update(found=1, right=bool(right))
            if not right:
                scored.errors.append(f"wrong {words!r} at {mention.start_char}: {mention.entity_id}")
        hit |= set(right)
    for mark in marks:
        if mark.entity in named:
            word = text.text[mark.start : mark.end]
            kind = "pronoun" if word.lower() in pronoun_kinds() else "nominal"
            counts = {"gold": 1, "hit": mark in hit, f"gold {kind}": 1, f"hit {kind}": mark in hit}
            scored.counts.update({key: int(value) for key, value in counts.items()})
            if mark not in hit:
                scored.errors.append(f"missed {kind} {word!r} at {mark.start + shift}: {ids.get(mark.entity or 0)}")
    return scored


def ids_of_entities(text: AnnotatedText, shift: int, coded: CodedDocument) -> dict[int, str]:
    """Give the entity_id that most names of each marked entity carry."""
    votes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for mark in text.marks:
        if mark.label and mark.entity:
            for mention in coded.mentions:
                if mention.mention_kind == "name" and mention.entity_id and covers(mention, mark, shift, 4):
                    votes[mark.entity][mention.entity_id] += 1
    return {entity: count.most_common(1)[0][0] for entity, count in votes.items()}


def covers(mention: Mention, mark: Mark, shift: int, article: int = 0) -> bool:
    """Tell whether a mention holds a mark and ends with it; of a name it may lack `article` characters at most."""
    if mention.mention_kind == "name":
        return abs(mention.start_char - mark.start - shift) <= article and abs(mention.end_char - mark.end - shift) <= 2
    return mention.start_char <= mark.start + shift and mention.end_char == mark.end + shift
