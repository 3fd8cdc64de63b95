"""Persons' names in their parts: what to leave out, the surname to compare, and what a first name tells of gender."""

from collections.abc import Sequence
from functools import cache

from transforms.package_data import read_toml, slug
from transforms.titles import title_words


@cache
def given_names() -> dict[str, bool]:
    """Give for a first name (lower case) whether it is a woman's."""
    data = read_toml("first_names.toml")
    return {name: feminine for feminine, key in ((True, "female"), (False, "male")) for name in data[key]}


def name_words(text: str) -> list[str]:
    """Give a person's name as its words, without honorifics, suffixes, nicknames and initials in the middle ("John F.
    Kennedy")."""
    words = [word.strip(",\"“”'‘’") for word in text.split()]
    words = [word for word in words if word]
    while len(words) > 1 and words[0].lower() in title_words("honorifics"):
        words = words[1:]
    while len(words) > 1 and words[-1].lower() in title_words("suffixes"):
        words = words[:-1]
    return [word for i, word in enumerate(words) if not (0 < i < len(words) - 1 and len(word.rstrip(".")) == 1)]


def surname_key(word: str) -> str:
    """Give a surname as it is compared: lower-case ASCII, without an article ("al-Assad", "Assad": assad)."""
    plain = slug(word)
    for article in ("al-", "el-", "as-", "ash-", "an-"):
        if plain.startswith(article) and len(plain) > len(article) + 1:
            return plain.removeprefix(article)
    return plain


def is_full(words: Sequence[str]) -> bool:
    """Tell whether a name has more than a surname with its particles ("von der Leyen" has not)."""
    return len([word for word in words if word.lower() not in title_words("particles")]) > 1
