"""What the mentions of a document so far stand for: one Cluster for each entity, the one mentioned last first.

Unnamed ones ("a driver") count too: a pronoun that means one of them must not be given to a name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from transforms.spans import Draft, SentenceParse

_KINDS = {"PERSON": "person", "ORG": "organisation", "LOC": "place", "FAC": "facility", "NORP": "people", "GPE": "settlement"}
_SOURCES = {"country": "country", "demonym": "country", "region": "region", "people": "region", "city": "settlement"}
_SMALL = frozenset({"of", "the", "and", "for", "in", "de", "la", "du", "des", "del", "di", "al"})


@dataclass(slots=True, eq=False)
class Cluster:
    """One entity: what names and nouns it was called by, its kind, number and gender, its first name and its last mention."""

    key: str
    kind: str
    last: Draft
    plural: bool
    subject: bool
    entity_id: str | None = None
    feminine: bool | None = None
    country: str | None = None
    count: int = 0
    name: Draft | None = None
    first_sentence: int = 0
    subject_at: int = -1
    """The last sentence that had it as a subject."""
    words: set[str] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)


class Clusters:
    """All entities mentioned so far; `back` gives them by their last mention, the nearest first."""

    def __init__(self) -> None:
        self._recent: dict[str, Cluster] = {}

    def back(self, sentence: int, reach: int) -> Iterator[Cluster]:
        """Give those mentioned in the last `reach` sentences, the nearest first."""
        for cluster in reversed(self._recent.values()):
            if sentence - cluster.last.sentence <= reach:
                yield cluster

    def get(self, entity_id: str | None) -> Cluster | None:
        """Give the cluster of an entity; None where it was not mentioned yet."""
        return self._recent.get(entity_id) if entity_id else None

    def add(self, draft: Draft, subject: bool) -> Cluster:
        """Take a mention into its cluster: the one it was linked to, that of its entity_id, or a new one."""
        key = draft.key or draft.entity_id or f"{draft.sentence}:{draft.start}:{draft.end}"
        cluster = self._recent.pop(key, None)
        if cluster is None:
            cluster = Cluster(key, kind_of(draft), draft, draft.plural, subject, draft.entity_id)
            cluster.first_sentence = draft.sentence
        self._recent[key] = cluster
        cluster.last, cluster.subject, cluster.count = draft, subject, cluster.count + 1
        cluster.country = cluster.country or draft.country
        if subject:
            cluster.subject_at = draft.sentence
        if draft.feminine is not None:
            cluster.feminine = draft.feminine
        if draft.kind == "name":
            if cluster.name is None or (not cluster.name.country and draft.country):  # an office said later holds from then on
                cluster.name = draft
            if draft.source not in ("demonym", "people"):
                cluster.words.update(word for word in name_words(draft) if word not in _SMALL)
            if draft.role:
                cluster.heads.add(draft.role.lower().split()[-1])
        elif draft.kind == "nominal" and draft.base:
            cluster.heads.add(draft.base.split()[-1])
        return cluster


def name_words(draft: Draft) -> list[str]:
    """Give the words of a name in lower case."""
    return draft.text.lower().replace("'s", "").replace("’s", "").replace(",", " ").split()


def kind_of(draft: Draft) -> str:
    """Give what sort of thing a mention stands for: person, organisation, country, region, settlement, place, facility, people
    or thing."""
    if draft.source in _SOURCES:
        return _SOURCES[draft.source]
    if (draft.entity_id or "").startswith("country:") and draft.entity_type != "PERSON":
        return "country"
    return _KINDS.get(draft.entity_type, "thing")


def are_joined(first: Draft, second: Draft, parse: SentenceParse) -> bool:
    """Tell whether two names are members of one coordination ("Russia and Azerbaijan")."""
    between = parse.lower[first.last : second.first]
    if between in (["and"], ["or"], ["&"], ["and", "the"]):
        return True
    token = parse.doc[second.root]
    return token.dep_ == "conj" and token.head.i == first.root
