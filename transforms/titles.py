"""Titles and roles of persons: where one stands before a name, and what sector it tells.

"Deputy Foreign Minister", "army spokesman" and "Prosecutor General" are read from their end: the last words say what the role
is, the words before them narrow it.
"""

from collections.abc import Sequence
from functools import cache

from transforms.package_data import read_toml

_LONGEST = 4


@cache
def _roles() -> dict[tuple[str, ...], str | None]:
    """Give the sector of every role phrase by its words; None for those that tell none."""
    data = read_toml("titles.toml")
    found: dict[tuple[str, ...], str | None] = {}
    for sector, phrases in data["roles"].items():
        for phrase in phrases:
            found[tuple(phrase.replace("-", " - ").split())] = sector
    for phrase in data["generic"]["roles"]:
        found.setdefault(tuple(phrase.replace("-", " - ").split()), data["generic"]["default"].get(phrase))
    return found


@cache
def _generic() -> frozenset[str]:
    return frozenset(phrase.split("-")[-1].split()[-1] for phrase in read_toml("titles.toml")["generic"]["roles"])


@cache
def _modifiers() -> dict[str, str]:
    rows: dict[str, list[str]] = read_toml("titles.toml")["modifiers"]
    return {word: sector for sector, words in rows.items() for word in words}


@cache
def title_words(kind: str) -> frozenset[str]:
    """Give one of the word lists under [words] in titles.toml: former, past, male, female, honorifics, suffixes, particles."""
    return frozenset(read_toml("titles.toml")["words"][kind])


def singular(word: str) -> str:
    """Give the singular of a plural noun, near enough for look-up in the word lists ("ministers", "parties", "spokesmen")."""
    if word.endswith("men"):
        return word[:-3] + "man"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        return word[:-1]
    return word


def role_at_end(words: Sequence[str]) -> int:
    """Give how many of the last words (lower case) are a role phrase, 0 if none is."""
    roles = _roles()
    for count in range(min(_LONGEST, len(words)), 0, -1):
        phrase = tuple(words[-count:])
        if phrase in roles or (*phrase[:-1], singular(phrase[-1])) in roles:
            return count
    return 0


def role_sector(words: Sequence[str]) -> str | None:
    """Give the sector of a role phrase (lower case, modifiers included); a former one is ELI, an unknown one None."""
    if not words:
        return None
    words = [*words[:-1], singular(words[-1])]
    if title_words("past") & set(words):
        return "ELI"
    count = role_at_end(words)
    if not count:
        return None
    sector = _roles()[tuple(words[-count:])]
    before = words[:-count]
    if words[-1] in _generic() or sector is None:
        return modifier_sector(before) or sector
    return "OPP" if "opposition" in before else sector


def modifier_sector(words: Sequence[str]) -> str | None:
    """Give the sector that the words before a noun tell, the nearest first ("army" in "Russian army")."""
    modifiers = _modifiers()
    for index in range(len(words) - 1, -1, -1):
        pair = " ".join(words[index : index + 2])
        if pair in modifiers:
            return modifiers[pair]
        if words[index] in modifiers:
            return modifiers[words[index]]
    return None


def role_feminine(words: Sequence[str]) -> bool | None:
    """Tell whether a role is a woman's ("spokeswoman"), a man's ("king") or either (None)."""
    for count in (2, 1):
        phrase = " ".join(words[-count:])
        if phrase in title_words("female"):
            return True
        if phrase in title_words("male"):
            return False
    return None


def title_start(words: Sequence[str], tags: Sequence[str], name: int, floor: int = 0) -> int:
    """Give the token at which the title before the name at token `name` begins; `name` itself where there is none.

    `words` are lower case. Reaches left over what narrows the role ("Deputy Foreign Minister", "former army chief"), never
    beyond `floor`.
    """
    count = role_at_end(words[max(name - _LONGEST, floor) : name])
    start = name - count
    if not count:
        return _title_with_of(words, tags, name, floor)
    while start > floor and _narrows(words[start - 1], tags[start - 1]):
        start -= 1
    return start


def _title_with_of(words: Sequence[str], tags: Sequence[str], name: int, floor: int) -> int:
    """Find "Minister of Foreign Affairs" before a name: a role, "of" or "for", and up to four nouns."""
    for index in range(name - 2, max(name - 7, floor), -1):
        if words[index] in ("of", "for"):
            count = role_at_end(words[max(index - _LONGEST, floor) : index])
            if count and tags[index - 1] == "PROPN":
                return index - count
            return name
        if tags[index] not in ("NOUN", "PROPN", "ADJ", "CCONJ"):
            return name
    return name


def _narrows(word: str, tag: str) -> bool:
    """Tell whether a word can stand before a role as part of it; of verbs only participles such as "ousted"."""
    return word[0].isalpha() and (tag in ("ADJ", "NOUN", "PROPN") or word in title_words("former"))
