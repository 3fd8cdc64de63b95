"""A user's own names in a text: where they stand, and that what they stand for holds through the document.

They come before all other names of a sentence and nothing changes what the user says of them. A name that goes on (a longer one
that ships with Newsmill, a person with further names) is another name, and is left to the usual reading.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from transforms.gazetteer import WORD, Hit, is_shouted
from transforms.organisations import organisation_heads
from transforms.own_names import OwnEntity, OwnName, OwnNames
from transforms.own_table import APOSTROPHES
from transforms.person_names import is_full, name_words
from transforms.places import place_types
from transforms.spans import Draft, SentenceParse, make_draft
from transforms.titles import role_at_end, title_words

_NAMES = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "PRODUCT", "WORK_OF_ART", "LAW"})
_QUOTES = frozenset("\"'“‘«(—–-")


def find_own_names(parse: SentenceParse, hits: Mapping[int, Hit], own: OwnNames, day: date | None) -> list[Draft]:
    """Give the user's names in a sentence, by place; `hits` are the names that ship with Newsmill, by first token.

    `day` is the document's day of publication: it decides which country and sector hold.
    """
    found = []
    for start, end, name in _matches(parse.text, own):
        first, last = parse.tokens(start, end)
        if _goes_on(parse, first, last, start, end, name, hits) or (name.weak and not _is_supported(parse, first, last)):
            continue
        entity = name.entity
        draft = make_draft(parse, first, last, entity.entity_type, "name", "gazetteer")
        draft.start, draft.end, draft.text = parse.offset + start, parse.offset + end, parse.text[start:end]
        draft.entity_id, draft.source, draft.own = entity.entity_id, entity.source, entity
        held = entity.on(day)
        draft.country, draft.sector = held.country, held.sector
        found.append(draft)
    return found


def hold_own_ids(names: Sequence[Draft]) -> None:
    """Bring the ids that linking gave to the user's: a person's surname, wherever it stands, is the user's person too.

    A single word that the document itself takes for another person ("Okafor" where "Emeka Okafor" is named) is that person.
    """
    ids: dict[str, OwnEntity] = {}
    for draft in names:
        linked = draft.entity_id if draft.own is not None and draft.entity_type == "PERSON" else None
        if draft.own is not None and linked and (is_full(name_words(draft.text)) or linked.startswith("surname:")):
            ids.setdefault(linked, draft.own)
    for draft in names:
        if draft.entity_type == "PERSON" and draft.own is not None and draft.entity_id not in ids:
            draft.own, draft.source, draft.country, draft.sector = None, "", None, None
        elif draft.entity_type == "PERSON" and draft.own is None:
            draft.own = ids.get(draft.entity_id or "")
        if draft.own is not None:
            draft.entity_id = draft.own.entity_id


def hold_own_offices(names: Sequence[Draft], day: date | None) -> None:
    """Give the user's entities the country and sector that the user says; what the user leaves open stays as the text has it."""
    for draft in names:
        if draft.own is not None:
            held = draft.own.on(day)
            draft.country, draft.sector = held.country or draft.country, held.sector or draft.sector


def _matches(text: str, own: OwnNames) -> Iterator[tuple[int, int, OwnName]]:
    """Give the longest names of the table from left to right, as start, end and name; none overlaps another."""
    plain = text if text.isascii() else text.translate(APOSTROPHES)
    small = [word.lower() for word in WORD.findall(plain)]
    if own.lengths.keys().isdisjoint(small):  # most sentences have none, and cost no more than this
        return
    matches: list[re.Match[str]] = []
    position = 0
    while position < len(small):
        step = 1
        for count in own.lengths.get(small[position], ()):
            name = own.names.get(" ".join(small[position : position + count]))
            if name is None or position + count > len(small):
                continue
            matches = matches or list(WORD.finditer(plain))
            start, end = matches[position].start(), matches[position + count - 1].end()
            if _is_written_so(text[start:end], name, shouted=is_shouted([match.group() for match in matches])):
                yield start, end, name
                step = count
                break
        position += step


def _is_written_so(found: str, name: OwnName, *, shouted: bool) -> bool:
    """Tell whether a name is in the case it should be: the user's, capitals, or with a capital where a sentence begins."""
    if name.written is None:  # from a dictionary in capitals
        parts = found.split()
        return (parts[0][0].isupper() or parts[0][0].isdigit()) and (len(parts) == 1 or not parts[-1].islower())
    written = name.written.translate(APOSTROPHES)
    plain = " ".join(found.translate(APOSTROPHES).split())
    if plain in (written, written[0].upper() + written[1:]):
        return True
    return found.isupper() and len(found) > (2 if shouted else 3)


def _goes_on(parse: SentenceParse, first: int, last: int, start: int, end: int, name: OwnName, hits: Mapping[int, Hit]) -> bool:
    """Tell whether the tokens are a part of a longer name."""
    for hit in hits.values():
        if hit.start <= start and end <= hit.end and hit.end - hit.start > end - start and not hit.entry.weak:
            return True
    person = name.entity.entity_type == "PERSON"
    if person and first > 1 and parse.lower[first - 1] == "of" and parse.lower[first - 2] in place_types():
        return True  # "the state of Georgia"
    if not person and parse.words[last : last + 1] and parse.words[last] in organisation_heads():
        return True  # "Acme Foundation" is not Acme
    if not person and last - first > 1:
        return False
    for entity in parse.ents:
        if entity.label_ in _NAMES and entity.start <= first and last <= entity.end:
            around = (*range(entity.start, first), *range(last, entity.end))
            if (not person or entity.label_ == "PERSON") and any(_is_part(parse, index, hits) for index in around):
                return True
    if last - first > 1 or parse.words[first].isupper():
        return False
    return _is_part(parse, first - 1, hits) or _is_part(parse, last, hits)


def _is_part(parse: SentenceParse, index: int, hits: Mapping[int, Hit]) -> bool:
    """Tell whether a token beside a name can be a part of it: a capitalised word that is no title and no name of its own."""
    if not 0 <= index < len(parse.words) or parse.tags[index] != "PROPN":
        return False
    word = parse.words[index]
    if not word[0].isupper() or not word[0].isalpha():
        return False
    if any(parse.starts[index] >= hit.start and parse.ends[index] <= hit.end for hit in hits.values()):
        return False
    small = parse.lower[index]
    titled = small in title_words("honorifics") or small in title_words("suffixes")
    return not titled and not role_at_end(parse.lower[max(index - 2, 0) : index + 1])


def _is_supported(parse: SentenceParse, first: int, last: int) -> bool:
    """Tell whether the text shows that a common word is a name: the tagger within a sentence, the model, a title, an acronym."""
    word = parse.words[first]
    if last - first == 1 and word.isupper() and len(word) > 1:
        return not is_shouted(parse.words)
    if not word[0].isupper() or parse.tags[first] != "PROPN":
        return False
    opens = first == 0 or parse.words[first - 1] in _QUOTES
    named = any(entity.start == first and entity.end == last and entity.label_ in _NAMES for entity in parse.ents)
    return not opens or named or bool(role_at_end(parse.lower[max(first - 3, 0) : first]))
