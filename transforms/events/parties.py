"""Who stands behind a noun: the mentions of a sentence, looked up by token and turned into participants.

A noun that is no participant itself leads to the one it belongs to: "a US offer" to the United States, "Serbia's suppression of the
protest" to Serbia. Coordinated nouns give several participants, and a plural such as "both sides" gives its members.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from spacy.attrs import IDX
from spacy.tokens import Doc, Token

from transforms.document import Mention, Participant, Sentence
from transforms.events.syntax import agents_of, coordinated, is_verb, listed, phrases
from transforms.package_data import read_toml

Keys = frozenset[tuple[str | None, ...]]
POLITICAL_TYPES = frozenset({"PERSON", "ORG", "GPE", "NORP", "LOC", "FAC"})
PLACE_TYPES = frozenset({"GPE", "LOC", "FAC"})
BELONGS = ("possessive", "modifier", "of", "by", "from", "between", "against", "on", "with", "to", "in", "for")
_WHEREABOUTS = frozenset({"in", "of", "from", "throughout", "across", "inside"})
_MODIFIERS = frozenset({"compound", "amod", "nmod"})
_PAST = frozenset({"former", "ex", "retired", "ousted", "deposed"})
_SPEAKERS = {
    "it": frozenset({"ORG", "GPE", "NORP"}),
    "they": frozenset({"ORG", "GPE", "NORP", "PERSON"}),
    "he": frozenset({"PERSON"}),
    "she": frozenset({"PERSON"}),
}
"""Types of speaker that a pronoun in the reported clause can stand for."""
_APPOSITION_REACH = 2  # tokens between a noun that is no known person and the name that may stand in apposition to it


@dataclass(frozen=True, slots=True)
class Party:
    """A would-be participant: who, and the words that name it (offsets into the document's text)."""

    start_char: int
    end_char: int
    mention_index: int | None = None
    entity_id: str | None = None
    country: str | None = None
    sector: str | None = None
    through: int | None = None
    """The token of the noun that led to it, where it is not named itself: of "a US offer" the offer."""

    @property
    def key(self) -> tuple[str | None, ...]:
        """What makes two parties the same one."""
        return (self.entity_id,) if self.entity_id else (self.country, self.sector, str(self.start_char))

    def participant(self, role: str) -> Participant:
        """The party as a row of participants."""
        return Participant(role, self.start_char, self.end_char, self.mention_index, self.entity_id, self.country, self.sector)


class SentenceMentions:
    """The mentions of one sentence by token: `by_head` the one whose head a token is, `covering` the one a token lies in."""

    def __init__(self, sentence: Sentence, doc: Doc, mentions: Iterable[Mention], members: dict[str, Mention]) -> None:
        self.doc = doc
        self.offset = sentence.start_char
        self.mentions = tuple(mentions)
        self.members = members
        self._by_index = {mention.mention_index: mention for mention in self.mentions}
        self._nameless: set[int] = set()
        self.by_head: dict[int, Mention] = {}
        self.covering: dict[int, Mention] = {}
        starts: list[int] = doc.to_array(IDX).tolist() if self.mentions else []
        for mention in sorted(self.mentions, key=_precedence):
            first = max(bisect_right(starts, mention.start_char - self.offset) - 1, 0)
            end = max(bisect_left(starts, mention.end_char - self.offset), first + 1)
            self.by_head.setdefault(doc[first:end].root.i if end - first > 1 else first, mention)
            if mention.mention_kind == "name":
                for index in range(first, end):
                    self.covering.setdefault(index, mention)

    def at(self, token: Token) -> Mention | None:
        """The mention of which `token` is the head, else the name it lies in."""
        return self.by_head.get(token.i) or self.covering.get(token.i)

    def indexed(self, party: Party) -> Mention | None:
        """The mention of the sentence that names the party."""
        return self._by_index.get(party.mention_index) if party.mention_index is not None else None

    def text(self, mention: Mention) -> str:
        """The words of the mention."""
        return self.doc.text[mention.start_char - self.offset : mention.end_char - self.offset]

    def parties(self, token: Token, *, descend: Sequence[str] = BELONGS, taken: Keys = frozenset()) -> list[Party]:
        """The participants that `token` and the nouns coordinated with it stand for.

        Whoever stands behind a noun may not be among those `taken`: of "Chad moved troops to its border with Niger" it is Niger.
        """
        found: list[Party] = []
        for noun in self._listed(token):
            found += self._direct(noun) or [replace(party, through=noun.i) for party in self._descend(noun, descend, taken)]
        return unique(found)

    def _listed(self, token: Token) -> list[Token]:
        """The nouns coordinated with `token`, and countries after a comma that the parser takes for its apposition."""
        found = coordinated(token)
        first = self.at(token)
        if first is None or first.entity_type != "GPE" or not first.country:
            return found
        others = [(child, self.at(child)) for child in token.children if child.dep_ == "appos"]
        return found + [child for child, m in others if m and m.entity_type == "GPE" and m.country not in (None, first.country)]

    def direct(self, token: Token) -> list[Party]:
        """The participants that `token` and the nouns coordinated with it name themselves, without going to owners or makers."""
        return unique(party for noun in coordinated(token) for party in self._direct(noun))

    def names_party(self, token: Token) -> bool:
        """Whether `direct` gives anybody. If a list of nouns names nobody, none of its nouns does: a list may be long."""
        if token.i in self._nameless:
            return False
        if self._direct(token):
            return True
        nouns = coordinated(token)
        if any(self._direct(noun) for noun in nouns):
            return True
        self._nameless.update(noun.i for noun in nouns)
        return False

    def source(self, noun: Token, source: str) -> list[Party]:
        """The participants in one place around a noun: its possessor, its name modifiers, or a preposition's object."""
        if source == "possessive":
            return unique(p for child in noun.children if child.dep_ == "poss" for p in self.parties(child))
        if source == "modifier":
            return unique(p for child in noun.children if child.dep_ in _MODIFIERS for p in self.direct(child))
        return unique(p for word, inner in phrases(noun) if word == source for p in self.parties(inner))

    def _direct(self, noun: Token) -> list[Party]:
        mention = self.at(noun)
        is_person = mention is not None and mention.entity_type == "PERSON"
        named = next(
            (
                m
                for c in noun.children
                if c.dep_ == "appos"
                and (is_person or c.left_edge.i - noun.i <= _APPOSITION_REACH)
                and (m := self.at(c))
                and m.entity_type == "PERSON"
            ),
            None,
        )
        if named is not None and (mention is None or mention.entity_type != "PERSON" or mention.mention_kind != "name"):
            base = mention if mention is not None and mention.entity_type == "PERSON" else None
            mention = replace(
                named,
                country=named.country or (base.country if base else None),
                sector=named.sector or (base.sector if base else None),
            )
        mention = self._leader(mention)
        if mention is None or not is_political(mention):
            people = mention
            mention = self._described(noun) or self._retired(noun, mention)
            if mention is None:
                return self._speaker(noun) or self._people(noun, people)
        if mention.member_ids:
            return [self._member(mention, one) for one in mention.member_ids]
        country, sector = mention.country, mention.sector
        if mention.entity_type == "GPE" and mention.mention_kind == "nominal":
            sector = None
        if country is None and mention.mention_kind == "name" and mention.entity_type == "ORG" and sector != "IGO":
            said = self._described(noun)  # "Sunrise, a Kenyan armed group"
            country, sector = (said.country, sector or said.sector) if said else (None, sector)
        if country is None and mention.sector != "IGO" and mention.entity_type in ("PERSON", "ORG", "NORP"):
            country = self._whereabouts(noun) if mention.mention_kind == "nominal" or mention.entity_type == "ORG" else None
        several = self._countries(noun) if mention.mention_kind == "nominal" and noun.tag_ in ("NNS", "NNPS") else []
        if len(several) > 1:  # "the presidents of Ecuador and Peru", "Turkish and Greek warships": one party a country
            return [Party(mention.start_char, mention.end_char, mention.mention_index, None, one, sector) for one in several]
        return [Party(mention.start_char, mention.end_char, mention.mention_index, mention.entity_id, country, sector)]

    def _leader(self, mention: Mention | None) -> Mention | None:
        """The mention with the country for which a leader speaks whom the text calls by the name alone; else as it is."""
        if mention is None or mention.mention_kind != "name" or (mention.entity_type == "PERSON" and mention.country):
            return mention
        if mention.entity_type not in ("PERSON", "ORG", "GPE") or (mention.entity_id or "").startswith("country:"):
            return mention
        country = leaders().get(self.text(mention).lower())
        return replace(mention, country=country, sector=mention.sector or "GOV") if country else mention

    def _described(self, noun: Token) -> Mention | None:
        """The nominal in apposition that tells what an unknown name is: "the Dragons, a Colombian armed group"."""
        for child in noun.children:
            if child.dep_ == "appos" and (said := self.by_head.get(child.i)) and said.mention_kind == "nominal":
                return said if is_political(said) and said.entity_type not in PLACE_TYPES else None
        return None

    def _retired(self, noun: Token, mention: Mention | None) -> Mention | None:
        """The mention of people whose office is past, which is why they have no sector: "two former generals"."""
        if mention is None or mention.entity_type != "PERSON" or mention.mention_kind != "nominal":
            return None
        past = any(child.dep_ in _MODIFIERS and child.lower_ in _PAST for child in noun.children) or noun.lower_.startswith("ex-")
        return replace(mention, sector="ELI") if past else None

    def _speaker(self, pronoun: Token) -> list[Party]:
        """Whoever says a clause, for the pronoun that is its subject: "North Korea said it was ready"."""
        verb = pronoun.head
        kinds = _SPEAKERS.get(pronoun.lower_)
        if kinds is None or pronoun.dep_ not in ("nsubj", "nsubjpass") or verb.dep_ != "ccomp" or verb.head == verb:
            return []
        for subject in verb.head.children:
            if subject.dep_ == "nsubj" and subject.pos_ != "PRON" and (m := self.at(subject)) and m.entity_type in kinds:
                start, end = self.offset + pronoun.idx, self.offset + pronoun.idx + len(pronoun.text)
                return [replace(party, start_char=start, end_char=end, mention_index=None) for party in self.parties(subject)]
        return []

    def _people(self, number: Token, mention: Mention | None) -> list[Party]:
        """The people of whom only the number is told: "killed 12 in Kabul", "arrests 40"."""
        if (mention is not None and mention.entity_type != "CARDINAL") or number.dep_ not in ("nsubjpass", "dobj"):
            return []
        if number.tag_ != "CD" or not is_verb(number.head):
            return []
        if any(child.dep_ not in ("advmod", "quantmod", "cc") for child in number.children):
            return []
        start = self.offset + number.idx
        return [Party(start, start + len(number.text), sector="CVL")]

    def _member(self, mention: Mention, entity_id: str) -> Party:
        known = self.members.get(entity_id)
        return Party(
            mention.start_char,
            mention.end_char,
            mention.mention_index,
            entity_id,
            known.country if known else None,
            known.sector if known else None,
        )

    def _descend(self, noun: Token, order: Sequence[str], taken: Keys) -> list[Party]:
        nameless: list[Party] = []
        if noun.lemma_.lower() in listed("ways"):  # "the road to Chad" is not Chad's
            order = [source for source in order if source not in ("to", "from")]
        for source in order:
            if found := [party for party in self.source(noun, source) if party.key not in taken]:
                if source != "modifier" or any(party.country or party.sector == "IGO" for party in found):
                    return found
                nameless = nameless or found  # "coast guard ships of Japan": what follows may say more
        if nameless:
            return nameless
        if found := [p for agent in agents_of(noun) for p in self.direct(agent) if p.key not in taken]:
            return found
        aims = [c for c in noun.children if c.dep_ in ("acl", "relcl") and c.tag_ == "VB"]
        return [p for verb in aims for c in verb.children if c.dep_ in ("dobj", "obj") for p in self.parties(c)]

    def _whereabouts(self, noun: Token) -> str | None:
        """The country that a nominal's own modifiers give it: "rebels in Darfur", "Georgia's opposition"."""
        return next(iter(self._countries(noun)), None)

    def _countries(self, noun: Token) -> list[str]:
        near = [child for child in noun.children if child.dep_ in _MODIFIERS or child.dep_ == "poss"]
        near += [inner for child in near if child.dep_ == "compound" for inner in child.children if inner.dep_ in _MODIFIERS]
        near += [inner for word, inner in phrases(noun) if word in _WHEREABOUTS]
        for child in noun.children:  # "militants backed by Iran"
            if child.dep_ == "acl" and child.lemma_.lower() in listed("linked"):
                near += [inner for _, inner in phrases(child)]
        named = (self.at(one) for token in near for one in self._listed(token))
        return list(dict.fromkeys(m.country for m in named if m and m.country))


@cache
def leaders() -> dict[str, str]:
    """The country of each leader of standing.toml, by the whole name and by a surname that few others have."""
    content = read_toml("standing.toml")
    shared = set(content["shared"]["surnames"])
    found: dict[str, str] = {}
    for country, names in content["leaders"].items():
        for name in names:
            surname = name.lower().rpartition(" ")[2]
            found[name.lower()] = country
            if surname not in shared:
                found[surname] = country
    return found


def is_political(mention: Mention) -> bool:
    """Whether a mention can be a participant: a person, organisation, country, place or people that is known or named."""
    if mention.entity_type not in POLITICAL_TYPES:
        return False
    if mention.entity_type in ("LOC", "FAC"):
        return mention.country is not None
    if mention.mention_kind == "name":
        return True
    return bool(mention.entity_id or mention.country or mention.sector or mention.member_ids)


def unique(parties: Iterable[Party]) -> list[Party]:
    """The parties without repetition, in order."""
    return list({party.key: party for party in reversed(list(parties))}.values())[::-1]


def _precedence(mention: Mention) -> tuple[int, int, int]:
    """Names before nominals before pronouns, then people and organisations before the rest, then the longest."""
    kinds = {"name": 0, "nominal": 1, "pronoun": 2}
    return kinds[mention.mention_kind], 0 if mention.entity_type in POLITICAL_TYPES else 1, mention.start_char - mention.end_char
