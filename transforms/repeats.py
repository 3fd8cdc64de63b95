"""Names that the model has found in one sentence of a document and overlooked in another."""

from collections import defaultdict
from collections.abc import Sequence

from transforms.person_names import name_words, surname_key
from transforms.spans import Draft, SentenceParse, make_draft

_KINDS = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT"})


def find_repeats(names: Sequence[Draft], parses: Sequence[SentenceParse]) -> list[Draft]:
    """Give the further places of the document's names, with the same id; full names, and surnames of persons named in full."""
    known: dict[str, list[tuple[tuple[str, ...], Draft]]] = defaultdict(list)
    seen: set[tuple[str, ...]] = set()
    for draft in names:
        if draft.entity_type not in _KINDS or not draft.entity_id or draft.source not in ("", "organisation", "person"):
            continue
        words = tuple(parses[draft.sentence].words[draft.first : draft.last])
        if draft.own is None:  # the whole text has been searched for a user's names
            _remember(words, draft, known, seen)
        if draft.entity_type == "PERSON" and draft.entity_id.startswith("person:"):
            surname = name_words(draft.text)[-1]
            alone = tuple(parses[draft.sentence].words[draft.last - 1 : draft.last])
            if alone == (surname,) and len(surname) > 2 and draft.entity_id.endswith(surname_key(surname)):
                _remember(alone, draft, known, seen)
    for options in known.values():
        options.sort(key=lambda option: -len(option[0]))
    taken = {(draft.sentence, index) for draft in names for index in range(draft.first, draft.last)}
    found = []
    for parse in parses:
        index = 0
        while index < len(parse.words):
            options = known.get(parse.words[index], []) if (parse.index, index) not in taken else []
            step = 1
            for spelling, draft in options:
                last = index + len(spelling)
                free = all((parse.index, place) not in taken for place in range(index, last))
                if tuple(parse.words[index:last]) == spelling and free and (len(spelling) > 1 or _can_be_name(parse, index, draft)):
                    found.append(_copy(parse, index, last, draft))
                    step = len(spelling)
                    break
            index += step
    return found


def _remember(
    words: tuple[str, ...], draft: Draft, known: dict[str, list[tuple[tuple[str, ...], Draft]]], seen: set[tuple[str, ...]]
) -> None:
    if words and words not in seen and words[0][0].isupper() and len("".join(words)) > 2:
        seen.add(words)
        known[words[0]].append((words, draft))


def _can_be_name(parse: SentenceParse, index: int, draft: Draft) -> bool:
    """Tell whether a single word may be the name: the tagger takes surnames that begin a sentence for common words."""
    tag = parse.tags[index]
    return (
        tag == "PROPN"
        or parse.words[index].isupper()
        or (draft.entity_type == "PERSON" and tag in ("ADJ", "NOUN", "VERB", "ADV", "X"))
    )


def _copy(parse: SentenceParse, first: int, last: int, draft: Draft) -> Draft:
    copy = make_draft(parse, first, last, draft.entity_type, "name", "rule")
    copy.entity_id, copy.country, copy.sector, copy.base = draft.entity_id, draft.country, draft.sector, draft.base
    copy.feminine = draft.feminine
    return copy
