"""Finds common-noun mentions of actors in one sentence: roles, bodies, groups of people, countries and cities as nouns, and
"both sides".

What each noun stands for is data (titles.toml, nominals.toml); the parse gives the noun phrase, and the names in it the
country.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from transforms.own_names import OwnNames
from transforms.package_data import read_toml
from transforms.spans import Draft, SentenceParse, make_draft
from transforms.titles import modifier_sector, role_at_end, role_feminine, role_sector, singular

_INNER = frozenset(
    {"det", "amod", "compound", "nmod", "poss", "nummod", "predet", "case", "punct", "quantmod", "neg", "advmod", "npadvmod"}
)
_PERSON = frozenset({"person"})
_PERSON_ENDINGS = ("woman", "ologist", "ographer")
_TWO = frozenset({"two", "both", "2"})
_SKIP_HEADS = frozenset({"compound", "nmod", "amod"})
_LONGEST = 3
"""Words of the longest noun phrase that ships with Newsmill."""


@cache
def _nouns() -> dict[str, tuple[str, str | None]]:
    """Give the entity type and sector of each noun phrase of nominals.toml."""
    data = read_toml("nominals.toml")
    found: dict[str, tuple[str, str | None]] = {}
    for section, kind in (("organisations", "ORG"), ("people", "NORP")):
        for sector, nouns in data[section].items():
            for noun in nouns:
                found.setdefault(noun, (kind, None if sector == "open" else sector))
    for noun in data["countries"]["nouns"]:
        found.setdefault(noun, ("GPE", None))
    for noun in data["countries"]["places"]:
        found.setdefault(noun, ("GPE", None))
    return found


@cache
def side_nouns(kind: str) -> frozenset[str]:
    """Give the nouns whose plural stands for several named before: any, persons or countries."""
    return frozenset(read_toml("nominals.toml")["sides"][kind])


def plain_nouns() -> Mapping[str, tuple[str, str | None]]:
    """Give the entity type and sector of all nouns and noun phrases of nominals.toml."""
    return _nouns()


@cache
def body_nouns() -> frozenset[str]:
    """Give the nouns that stand for any organisation of their kind named before ("the company", "the agency")."""
    data = read_toml("nominals.toml")["organisations"]
    return frozenset(
        noun for sector in ("open", "BUS", "NGO", "MED", "EDU", "PTY", "IGO", "REB", "LAB", "CRM") for noun in data[sector]
    )


@cache
def country_nouns() -> frozenset[str]:
    """Give the nouns for a country."""
    return frozenset(read_toml("nominals.toml")["countries"]["nouns"])


@cache
def _kinds() -> dict[str, frozenset[str]]:
    data = read_toml("nominals.toml")
    found: dict[str, set[str]] = {}
    for kind, nouns in [*data["kinds"].items(), *(("organisation", nouns) for nouns in data["organisations"].values())]:
        for noun in nouns:
            found.setdefault(noun, set()).add(kind)
    return {noun: frozenset(kinds) for noun, kinds in found.items()}


def noun_kinds(noun: str) -> frozenset[str]:
    """Give the kinds of entities (see clusters.kind_of) that a noun can mean; empty for one that is in no list."""
    kinds = _kinds().get(noun, frozenset())
    person = "person" in kinds or bool(role_at_end(noun.split())) or noun.endswith(_PERSON_ENDINGS)
    return kinds | _PERSON if person else kinds


@cache
def place_sorts() -> frozenset[str]:
    """Give the nouns that name a place with "of" and its name ("the city of Baku")."""
    return frozenset(read_toml("nominals.toml")["sides"]["sorts"])


@cache
def defining_nouns() -> frozenset[str]:
    """Give the nouns that say no more than what a name before them is ("the Al-Fajr group")."""
    return frozenset(read_toml("nominals.toml")["sides"]["defining"])


class NominalReader:
    """Reads the nominal mentions of one sentence, given its names and the tokens that are titles before them."""

    def __init__(self, parse: SentenceParse, names: Sequence[Draft], title_tokens: set[int], own: OwnNames | None = None) -> None:
        self.parse = parse
        self.names = names
        self.title_tokens = title_tokens
        self.nouns = own.nouns if own is not None and own.nouns else plain_nouns()
        self.own_sectors = own.sectors if own is not None else {}
        self.tails = own.tails if own is not None else {}
        self.reach = max(own.longest_noun, _LONGEST) if own is not None else _LONGEST
        self.by_token = {index: draft for draft in names for index in range(draft.first, draft.last)}

    def read(self) -> list[Draft]:
        """Give the mentions, by place."""
        found = []
        for index, tag in enumerate(self.parse.tags):
            if tag not in ("NOUN", "PROPN", "ADJ") or index in self.by_token or index in self.title_tokens:
                continue
            draft = self._at(index)
            if draft is not None:
                found.append(draft)
        return found

    def _at(self, index: int) -> Draft | None:
        parse, token = self.parse, self.parse.doc[index]
        following = index + 1
        if (
            following < len(parse.words)
            and parse.tags[following] in ("NOUN", "PROPN")
            and (token.dep_ in _SKIP_HEADS or following in self.title_tokens)
            and token.head.i > index
        ):
            return None
        if parse.tags[index] == "ADJ" and token.dep_ in _SKIP_HEADS:
            return None
        owner = parse.words[following : following + 1] in (["'s"], ["’s"]) and token.head.i == following + 1
        if owner and f"{parse.lower[index]}'s {singular(parse.lower[following + 1])}" in _nouns():
            return None  # "the prosecutor's office" is one body
        word = parse.lower[index]
        before = [parse.lower[i] for i in range(max(index - max(self.reach - 1, 3), 0), index) if i not in self.by_token]
        words = [*before, word]
        noun, kind, sector, role = (self.tails and self._with_tail(words, index)) or self._meaning(words)
        if noun is None:
            return None
        first = left_edge(self.parse, index)
        draft = make_draft(parse, first, index + 1, kind, "nominal", "rule")
        draft.root = index
        inner = [parse.lower[i] for i in range(first, index) if i not in self.by_token and parse.tags[i] not in ("DET", "PUNCT")]
        draft.base, draft.plural = noun, (singular(word) != word and parse.doc[index].tag_ in ("NNS", "NNPS")) or kind == "NORP"
        if role:
            draft.role = " ".join([*inner, word])
            draft.sector = self.own_sectors.get(noun) or role_sector([*inner, word]) or self._body_behind(index)
            draft.feminine = role_feminine([*inner, word])
        else:
            draft.sector = self.own_sectors.get(noun) or modifier_sector(inner) or sector
        draft.country = self._country(draft, first, index)
        return draft

    def _meaning(self, words: list[str]) -> tuple[str | None, str, str | None, bool]:
        """Give the noun phrase as it is in the word lists, its entity type and sector, and whether it is a person's role."""
        last = words[-1]
        plain = singular(last)
        longest_body: tuple[str | None, str, str | None, bool] = (None, "", None, False)
        body_length = 0
        for count in range(min(self.reach, len(words)), 0, -1):
            for end in (last, plain):
                phrase = " ".join([*words[-count:-1], end]).replace(" 's", "'s").replace(" ’s", "'s")
                if phrase in self.nouns:
                    kind, sector = self.nouns[phrase]
                    longest_body, body_length = (phrase, kind, sector, False), count
                    break
            if body_length:
                break
        count = role_at_end(words)
        if count and count >= body_length:
            return " ".join([*words[-count:-1], plain]), "PERSON", None, True
        if words[-2:-1] and words[-2] in side_nouns("each") and last in side_nouns("either"):
            return last, "ORG", None, False
        if not body_length and (plain in side_nouns("any") or plain in side_nouns("countries")) and plain != last:
            return plain, "ORG", None, False
        return longest_body

    def _with_tail(self, words: list[str], index: int) -> tuple[str | None, str, str | None, bool] | None:
        """Give a user's noun that goes on behind its head, the longest first: "chamber" of "chamber of commerce"."""
        for count in range(min(self.reach, len(words)), 0, -1):
            for end in (words[-1], singular(words[-1])):
                head = " ".join([*words[-count:-1], end])
                for tail, kind, sector in self.tails.get(head, ()):
                    if tuple(self.parse.lower[index + 1 : index + 1 + len(tail)]) == tail:
                        return " ".join((head, *tail)), kind, sector, False
        return None

    def _body_behind(self, index: int) -> str | None:
        """Give the sector of the body that a role without one belongs to: "a spokesman for the army"."""
        words = self.parse.lower
        if words[index + 1 : index + 2] in (["for"], ["of"]):
            for after in range(index + 2, min(index + 5, len(words))):
                known = self.nouns.get(words[after])
                if known is not None and known[0] == "ORG":
                    return known[1]
        return None

    def _country(self, draft: Draft, first: int, index: int) -> str | None:
        """Give the country that the phrase names: within it, else right behind it after "of", "in", "from"."""
        named = [self.by_token[i] for i in range(first, index) if i in self.by_token]
        if named and named[-1].entity_type == "ORG" and named[-1].sector == "IGO":
            draft.sector = "IGO"  # "UN officials" belong to no country
            return None
        inside = [name for name in named if name.country]
        if inside:
            if inside[-1].entity_type == "ORG":
                draft.sector = draft.sector or inside[-1].sector
            return inside[-1].country
        words = self.parse.lower
        after = index + 1
        if after < len(words) and words[after] in ("of", "in", "from", "for", "at"):
            after += 1
            while after < len(words) and after not in self.by_token and (words[after] == "the" or self.parse.tags[after] == "ADJ"):
                after += 1
            owner = self.by_token.get(after)
            if (
                owner is not None
                and owner.entity_type == "ORG"
                and owner.sector == "IGO"
                and words[index + 1] in ("of", "for", "from")
            ):
                draft.sector = "IGO"
                return None
            if owner is not None and owner.country and (words[index + 1] == "of" or owner.entity_type in ("GPE", "ORG")):
                if owner.entity_type == "ORG":
                    draft.sector = draft.sector or owner.sector
                other = self.by_token.get(owner.last + 1)
                joined = (
                    other is not None
                    and words[owner.last : owner.last + 1] == ["and"]
                    and other.country not in (None, owner.country)
                )
                if other is not None and joined and draft.plural:  # "the presidents of Ecuador and Peru"
                    draft.members = (owner, other)
                    return None
                return owner.country
        return None


def left_edge(parse: SentenceParse, index: int) -> int:
    """Give the first token of the noun phrase whose head is token `index`."""
    doc = parse.doc
    first = index
    while first > 0:
        before = doc[first - 1]
        if before.text in (",", ";", ":", "(", ")", '"', "“", "”", "—", "–") or before.dep_ not in _INNER:
            break
        above, steps = before, 0
        while above.i != index and above.head.i != above.i and steps < 6:
            above, steps = above.head, steps + 1
        if above.i != index:
            break
        first -= 1
    return max(first, index - 8)


def is_sides(words: Sequence[str]) -> bool:
    """Tell whether a noun phrase (lower case) stands for two named before ("both sides", "the parties", "the two leaders")."""
    plain = singular(words[-1])
    if len(words) == 2 and words[0] in side_nouns("each"):
        return words[1] in side_nouns("either")
    if plain == words[-1]:
        return False
    if plain in ("party", "side") and words[0] in ("the", "both", "two"):
        return len([word for word in words if word not in ("the", "both", "two", "all")]) == 1
    known = any(plain in side_nouns(kind) or words[-1] in side_nouns(kind) for kind in ("any", "persons", "countries"))
    return known and bool(_TWO & set(words[:3]))
