"""What a document has mentioned so far, and what links need to know of it: subjects, counts, holders of roles, the country it
is about."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from transforms.affiliations import Holding
from transforms.clusters import Cluster, Clusters
from transforms.countries import countries
from transforms.document import Document
from transforms.gazetteer import gazetteer
from transforms.interviews import find_turns
from transforms.quotations import Quotations
from transforms.spans import Draft, SentenceParse
from transforms.titles import role_at_end

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
NEAR = 4
"""Sentences over which a noun such as "the group" can reach back."""
_FAR = 40
_VALUES = frozenset({"DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "ORDINAL", "CARDINAL", "LANGUAGE"})
_DOMINANT = 0.6
_INDEFINITE = frozenset({"a", "an", "another", "one"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that an anaphor can mean, and what speaks for it."""

    cluster: Cluster
    features: tuple[str, ...]


Choose = Callable[[Draft, str, Sequence[Candidate]], Cluster | None]
"""Decides which candidate an anaphor of some group means, None for none of them."""


class History:
    """The mentions up to here, in order; `home` is the country the document is about, None where it is about several."""

    def __init__(
        self,
        document: Document,
        parses: Sequence[SentenceParse],
        names: Sequence[Draft],
        holdings: Sequence[Holding],
        choose: Choose,
    ) -> None:
        self.text = document.text
        self.seen: list[Draft] = []
        self.subjects: dict[int, bool] = {}
        self.home = _home_country(document, names)
        self.names = {sentence: list(same) for sentence, same in groupby(names, key=lambda name: name.sentence)}
        self.countries = tuple(dict.fromkeys(name.country for name in names if name.country and name.entity_type != "PERSON"))
        self.roles = {(held.sentence, held.noun): held for held in holdings}
        self.holders: dict[str, list[tuple[int, str | None, Draft]]] = {}
        for held in holdings:
            for key in role_keys(held.words):
                self.holders.setdefault(key, []).append((held.start, held.country or held.person.country, held.person))
        self.choose = choose
        self.clusters = Clusters()
        self.person_heads: set[str] = set()
        self.called: set[str] = set()
        self.owners: dict[tuple[int, int], str] = {}
        self.leads: dict[tuple[int, str], str] = {}
        self.quotations = Quotations(document.text, parses)
        self.quotations.add_turns(find_turns(document.text, parses, names))
        self.parses = {parse.index: parse for parse in parses}
        self.described = _descriptions(names, holdings, self.parses)
        self._subject_nouns: dict[int, list[int]] = {}

    def add(self, draft: Draft, parse: SentenceParse) -> None:
        """Take a mention into account for those after it."""
        self.seen.append(draft)
        subject = is_subject(draft, parse)
        self.subjects[id(draft)] = subject
        if draft.entity_type in _VALUES or (draft.kind == "pronoun" and not (draft.entity_id or draft.key)):
            return
        known = draft.entity_id is not None and draft.sector is not None
        open_noun = draft.kind == "nominal" and not draft.key and draft.annotator != "coreference" and not known
        if open_noun and not draft.plural and draft.entity_type != "PERSON" and parse.lower[draft.first] not in _INDEFINITE:
            return  # "the group", of which nothing is known: no antecedent to prefer to a name
        cluster = self.clusters.add(draft, subject)
        for index in range(draft.first, draft.last):
            self.owners.setdefault((draft.sentence, index), cluster.key)
        self.owners[draft.sentence, draft.root] = cluster.key
        self.leads.setdefault((parse.paragraph, cluster.kind), cluster.key)
        if draft.kind == "name":
            before = draft.first - 1
            if before >= 0 and parse.tags[before] == "NOUN" and parse.doc[before].tag_ == "NN":
                cluster.heads.add(parse.lower[before])  # "carrier Qantas"
        self.called |= cluster.heads
        if cluster.kind == "person":
            self.person_heads |= cluster.heads
        elif draft.kind == "name":
            self.called |= cluster.words

    def nouns_between(self, last: Draft, draft: Draft) -> int:
        """Count the singular nouns that are subjects between two mentions and were taken for none."""
        count = 0
        for sentence in range(last.sentence, draft.sentence + 1):
            for index in self._subject_nouns_of(sentence):
                after = sentence > last.sentence or index >= last.last
                if after and (sentence < draft.sentence or index < draft.first):
                    count += (sentence, index) not in self.owners
        return count

    def _subject_nouns_of(self, sentence: int) -> list[int]:
        if sentence not in self._subject_nouns:
            self._subject_nouns[sentence] = [
                token.i for token in self.parses[sentence].doc if token.dep_ in SUBJECTS and token.tag_ in ("NN", "NNP")
            ]
        return self._subject_nouns[sentence]

    def holds(self, cluster: Cluster, draft: Draft) -> bool:
        """Tell whether the text has said by now that the person holds the role."""
        return any(
            person.entity_id == cluster.key and start <= draft.start and (not draft.country or country == draft.country)
            for key in role_keys(draft.role.split())
            for start, country, person in self.holders.get(key, ())
        )

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


def take(cluster: Cluster, draft: Draft) -> None:
    """Let a mention stand for what a cluster stands for."""
    source = cluster.name or cluster.last
    copy_link(source, draft)
    draft.entity_type = source.entity_type
    draft.member_ids = cluster.last.member_ids if cluster.name is None else ()
    draft.key = cluster.key


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


def is_main_subject(draft: Draft, parse: SentenceParse) -> bool:
    """Tell whether a mention is the subject of its sentence's main verb."""
    token = parse.doc[draft.root]
    return token.dep_ in SUBJECTS and token.head.dep_ == "ROOT"


def role_keys(words: Iterable[str]) -> frozenset[str]:
    """Give what a role can be called by later: its phrase in the word lists ("prosecutor general", "president")."""
    kept = [word for word in words if word[0].isalpha()]
    return frozenset({" ".join(kept[-max(role_at_end(kept), 1) :])}) if kept else frozenset()


def _descriptions(names: Sequence[Draft], holdings: Sequence[Holding], parses: Mapping[int, SentenceParse]) -> dict[str, set[str]]:
    """Give the nouns that the whole document says of each name: "student" of "X, a student" in its last sentence."""
    found: dict[str, set[str]] = {}
    for held in holdings:
        if held.words:
            found.setdefault(held.person.entity_id or "", set()).add(held.words[-1])
    for name in names:
        if name.entity_id and name.source not in ("demonym", "people"):
            root = parses[name.sentence].doc[name.root]
            nouns = [child for child in root.children if child.dep_ == "appos"]
            nouns += [root.head] if root.dep_ == "appos" else []
            words = [noun.lower_ for noun in nouns if noun.tag_ == "NN"]
            if words:
                found.setdefault(name.entity_id, set()).update(words)
    return found


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
