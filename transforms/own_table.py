"""Compiles a user's own names into one frozen table by their words, so that the time for a sentence does not depend on how many
there are, and says which of them are common words.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from spacy.lang.en.stop_words import STOP_WORDS

from transforms.gazetteer import WORD, Entry, gazetteer
from transforms.lexicon import load_lexicon
from transforms.nominals import plain_nouns
from transforms.organisations import openers, organisation_heads
from transforms.own_names import Entries, Held, OwnEntity, OwnName, OwnNames
from transforms.package_data import slug
from transforms.person_names import given_names
from transforms.places import is_weak
from transforms.titles import role_at_end, singular, title_words
from transforms.wordlists import numbers, words

APOSTROPHES = str.maketrans("’‘ʼ", "'''")
_PREFIXES = {"PERSON": "person", "ORG": "org", "GPE": "place", "NORP": "group"}


def name_key(name: str) -> str:
    """Give a name as it is looked up: its words and signs in small letters, a blank between them."""
    return " ".join(word.lower() for word in WORD.findall(name.translate(APOSTROPHES)))


def own_entity(name: str, entity_type: str, held: Sequence[Held], entity_id: str | None = None) -> OwnEntity:
    """Give the entity of a name; without an `entity_id` it has the one that Newsmill knows it by, else one made of the name."""
    if entity_id is None:
        known = known_name(name) if entity_type in ("ORG", "GPE") else None
        fits = known is not None and known.entity_type == entity_type and known.source != "country"
        entity_id = known.entity_id if known is not None and fits else None
    return OwnEntity(entity_id or f"{_PREFIXES[entity_type]}:{slug(name)}", entity_type, tuple(held))


def known_name(name: str) -> Entry | None:
    """Give what the names that ship with Newsmill say of this one, also where it is given in capitals."""
    small = " ".join(word if word in ("of", "the", "and") else word.capitalize() for word in name.lower().split())
    return gazetteer().get(name) or (gazetteer().get(small) if name.isupper() else None)


def is_common(name: str) -> bool:
    """Tell whether a name is also an English word that news are full of ("Police", "May", "Will"), or a first name alone."""
    small = name.lower()
    if " " in small:
        return small in plain_nouns() or role_at_end(small.split()) == len(small.split())
    return is_weak(name) or small in _common_words() or singular(small) in _common_words()


@cache
def _common_words() -> frozenset[str]:
    lexicon = load_lexicon()
    verbs = {word for index in (lexicon.verbs, lexicon.nouns, lexicon.adjectives) for word in index}
    heads = {word.lower() for word in (*organisation_heads(), *openers())}
    days = {*numbers("dates", "months"), *words("dates", "weekdays")}
    nouns = {noun for noun in plain_nouns() if " " not in noun}
    roles = {word for word in verbs | nouns | heads if role_at_end([word])}
    return frozenset(STOP_WORDS | verbs | heads | days | nouns | roles | given_names().keys() | title_words("honorifics"))


def compile_names(files: Iterable[Entries]) -> tuple[OwnNames, tuple[str, ...]]:
    """Make the table of all files, and what is to be told of their names. Of two entries for one name the first counts."""
    names: dict[str, OwnName] = {}
    places: dict[str, str] = {}
    sectors: dict[str, str] = {}
    warnings: list[str] = []
    for entries in files:
        warnings += entries.warnings
        for entry in entries.names:
            key = name_key(entry.name)
            if key in names:
                if names[key].entity != entry.entity:
                    warnings.append(f"{entry.place}: {entry.name!r} stands in {places[key]} already; that line counts.")
                continue
            weak = is_common(entry.name)
            if weak:
                warnings.append(
                    f"{entry.place}: {entry.name!r} is a common word too; it counts only where the text shows a name. "
                    "A longer name is surer."
                )
            names[key] = OwnName(entry.entity, " ".join(entry.name.split()) if entry.exact_case else None, weak)
            places[key] = entry.place
        for noun in entries.nouns:
            sectors.setdefault(noun.noun, noun.sector)
    return make_table(names, sectors, _digest(names, sectors)), tuple(warnings)


def make_table(names: Mapping[str, OwnName], sectors: Mapping[str, str], digest: str) -> OwnNames:
    """Make the table of compiled names, by their keys, and of nouns with their sectors: all else in it follows from these."""
    lengths: dict[str, set[int]] = {}
    for key in names:
        first, _, _ = key.partition(" ")
        lengths.setdefault(first, set()).add(key.count(" ") + 1)
    return OwnNames(
        names=names,
        lengths={first: tuple(sorted(counts, reverse=True)) for first, counts in lengths.items()},
        nouns={**plain_nouns(), **{noun: (_noun_type(noun), sector) for noun, sector in sectors.items()}} if sectors else {},
        sectors=sectors,
        tails=_tails(sectors),
        longest_noun=max((len(noun.split()) for noun in sectors), default=0),
        digest=digest,
    )


def _noun_type(noun: str) -> str:
    """Give ORG for a noun that names a body, NORP for one that names people."""
    if noun in plain_nouns():
        return plain_nouns()[noun][0]
    last = _split_tail(noun)[0].split()[-1]
    body = plain_nouns().get(last, ("", None))[0] == "ORG" or last.capitalize() in organisation_heads()
    return "ORG" if body else "NORP"


def _tails(sectors: Mapping[str, str]) -> dict[str, tuple[tuple[tuple[str, ...], str, str], ...]]:
    tails: dict[str, tuple[tuple[tuple[str, ...], str, str], ...]] = {}
    for noun, sector in sectors.items():
        head, tail = _split_tail(noun)
        if tail:
            tails[head] = (*tails.get(head, ()), (tuple(tail.split()), _noun_type(noun), sector))
    return {head: tuple(sorted(found, key=lambda one: (-len(one[0]), one))) for head, found in tails.items()}


def _split_tail(noun: str) -> tuple[str, str]:
    """Split "chamber of commerce" into "chamber" and "of commerce"; the second part is empty where no such word is in it."""
    words_of = noun.split()
    places = [place for place, word in enumerate(words_of) if place and word in words("cameo", "nouns", "behind")]
    place = places[0] if places else len(words_of)
    return " ".join(words_of[:place]), " ".join(words_of[place:])


def _digest(names: Mapping[str, OwnName], sectors: Mapping[str, str]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for key in sorted(names):
        digest.update(f"{key}\0{names[key]}\n".encode())
    for noun in sorted(sectors):
        digest.update(f"{noun}\0{sectors[noun]}\n".encode())
    return digest.hexdigest()
