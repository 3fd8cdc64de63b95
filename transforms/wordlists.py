"""Gives the plain lists and tables of words in transforms/data, read once a process and checked for their shape."""

import re
from functools import cache
from typing import Any

from transforms.package_data import read_toml
from warehouse.schema.errors import UsageError

_load = cache(read_toml)


@cache
def words(name: str, *path: str) -> frozenset[str]:
    """Give the list at `path` in the file `name`, as a set. Raises UsageError when it is no list of lower-case strings."""
    value = _at(name, path)
    if not isinstance(value, list) or not all(isinstance(word, str) and word == word.lower() for word in value):
        raise UsageError(f"transforms/data/{name}.toml: {'.'.join(path)} must be a list of lower-case words")
    return frozenset(value)


def alternatives(name: str, *path: str, capitalised: bool = False) -> str:
    """Give the list as the inside of a regular expression's group, longest first."""
    found = sorted(words(name, *path), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word.capitalize() if capitalised else word) for word in found)


@cache
def numbers(name: str, *path: str) -> dict[str, int]:
    """Give the table of word to whole number at `path` in the file `name`. Raises UsageError when it is none."""
    value = _at(name, path)
    if not isinstance(value, dict) or not all(isinstance(number, int) for number in value.values()):
        raise UsageError(f"transforms/data/{name}.toml: {'.'.join(path)} must be a table of word = whole number")
    return value


def _at(name: str, path: tuple[str, ...]) -> Any:
    value: Any = _load(f"{name}.toml")
    for key in path:
        if not isinstance(value, dict) or key not in value:
            raise UsageError(f"transforms/data/{name}.toml: {'.'.join(path)} is missing; put it back")
        value = value[key]
    return value
