"""What a document has mentioned so far, and what links need to know of it: subjects, counts, holders of roles, the country it
is about."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from transforms.affiliations import Holding
from transforms.countries import countries
from transforms.document import Document
from transforms.gazetteer import gazetteer
from transforms.spans import Draft, SentenceParse
from transforms.titles import role_at_end

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
NEAR = 4
"""Sentences over which a noun such as "the group" can reach back."""
_FAR = 40
_DOMINANT = 0.6


class History:
    """The mentions up to here, in order; `home` is the country the document is about, None where it is about several."""

    def __init__(self, document: Document, names: Sequence[Draft], holdings: Sequence[Holding]) -> None:
        self.text = document.text
        self.seen: list[Draft] = []
        self.subjects: dict[int, bool] = {}
        self.parses: dict[int, SentenceParse] = {}
        self.counts: Counter[str] = Counter()
        self.home = _home_country(document, names)
        self.names = {sentence: list(same) for sentence, same in groupby(names, key=lambda name: name.sentence)}
        self.countries = tuple(dict.fromkeys(name.country for name in names if name.country and name.entity_type != "PERSON"))
        self.roles = {(held.sentence, held.noun): held for held in holdings}
        self.holders: dict[str, list[tuple[int, str | None, Draft]]] = {}
        for held in holdings:
            for key in role_keys(held.words):
                self.holders.setdefault(key, []).append((held.start, held.country or held.person.country, held.person))

    def add(self, draft: Draft, parse: SentenceParse) -> None:
        """Take a mention into account for those after it."""
        self.seen.append(draft)
        self.parses[draft.sentence] = parse
        if draft.entity_id:
            self.counts[draft.entity_id] += 1
        self.subjects[id(draft)] = is_subject(draft, parse)

    def back(self, sentence: int, reach: int = _FAR) -> Iterator[Draft]:
        """Give the mentions before, the nearest first, over `reach` sentences."""
        for draft in reversed(self.seen):
            if sentence - draft.sentence > reach:
                return
            yield draft

    def back_by_sentence(
        self, sentence: int, fits: Callable[[Draft], bool], reach: int = _FAR
    ) -> Iterator[tuple[int, list[Draft]]]:
        """Give the mentions that fit, each sentence's by place, the nearest sentence first."""
        fitting = (draft for draft in self.back(sentence, reach) if fits(draft))
        for number, same in groupby(fitting, key=lambda draft: draft.sentence):
            yield number, list(reversed(list(same)))

    def only_country(self, sentence: int) -> str | None:
        """Give the country of a sentence whose names belong to one only."""
        found = {name.country for name in self.names.get(sentence, ()) if name.country}
        return next(iter(found)) if len(found) == 1 else None


def copy_link(source: Draft, draft: Draft) -> None:
    """Let a mention stand for what another stands for."""
    draft.entity_id, draft.country = source.entity_id, source.country or draft.country
    draft.sector = draft.sector or source.sector
    draft.annotator = "coreference"
    if draft.feminine is None:
        draft.feminine = source.feminine


def give_members(draft: Draft, members: Sequence[Draft]) -> None:
    """Let a plural stand for several; it has a sector where they share one."""
    draft.member_ids = tuple(member.entity_id or "" for member in members)
    draft.annotator, draft.plural, draft.country = "coreference", True, None
    sectors = {member.sector for member in members}
    draft.sector = sectors.pop() if len(sectors) == 1 else None


def is_subject(draft: Draft, parse: SentenceParse) -> bool:
    """Tell whether a mention is, or is joined to, the subject of a clause."""
    token = parse.doc[draft.root]
    while token.dep_ in ("conj", "appos") and token.head.i != token.i:
        token = token.head
    return token.dep_ in SUBJECTS


def are_joined(first: Draft, second: Draft, parse: SentenceParse) -> bool:
    """Tell whether two names are members of one coordination ("Russia and Azerbaijan")."""
    between = parse.lower[first.last : second.first]
    if between in (["and"], ["or"], ["&"], ["and", "the"]):
        return True
    token = parse.doc[second.root]
    return token.dep_ == "conj" and token.head.i == first.root


def role_keys(words: Iterable[str]) -> frozenset[str]:
    """Give what a role can be called by later: its phrase in the word lists ("prosecutor general", "president")."""
    kept = [word for word in words if word[0].isalpha()]
    return frozenset({" ".join(kept[-max(role_at_end(kept), 1) :])}) if kept else frozenset()


def _home_country(document: Document, names: Sequence[Draft]) -> str | None:
    """Give the country the document is about: that of most names, or the first and twice as frequent as the next.

    Else it is that of the dateline.
    """
    counts = Counter(draft.country for draft in names if draft.country and draft.country in countries())
    if counts:
        ranked = counts.most_common(2)
        country, most = ranked[0]
        second = ranked[1][1] if len(ranked) > 1 else 0
        first = next(draft.country for draft in names if draft.country in countries())
        if most >= _DOMINANT * counts.total() or (country == first and most >= 2 * second):
            return country
    if document.dateline_place:
        hits = gazetteer().find(document.dateline_place)
        return hits[-1].entry.country if hits else None
    return None
