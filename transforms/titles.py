"""Titles and roles of persons by their words: where one stands before a name, and what sector it tells.

"Deputy Foreign Minister", "army spokesman" and "Prosecutor General" are read from their end: the last words say what the role
is, the words before them narrow it.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import product

from transforms.package_data import read_toml

_LONGEST = 6
_REACH = 9
"""Tokens over which "Minister of Trade, Industry and Energy" can stretch before a name."""


def _spellings(phrase: str) -> list[tuple[str, ...]]:
    """Give the tokens of a phrase; the tokenizer cuts off the full stop of some abbreviations ("Lt", ".") and not of others."""
    words = phrase.replace("-", " - ").split()
    options = [((word,), (word[:-1], ".")) if word.endswith(".") and len(word) > 2 else ((word,),) for word in words]
    return [tuple(token for tokens in choice for token in tokens) for choice in product(*options)]


@cache
def _roles() -> dict[tuple[str, ...], str | None]:
    """Give the sector of every role phrase by its words; None for those that tell none."""
    data = read_toml("titles.toml")
    found: dict[tuple[str, ...], str | None] = {}
    for sector, phrases in data["roles"].items():
        for phrase in phrases:
            found.update(dict.fromkeys(_spellings(phrase), sector))
    for phrase in data["generic"]["roles"]:
        for words in _spellings(phrase):
            found.setdefault(words, data["generic"]["default"].get(phrase))
    return found


@cache
def _generic() -> frozenset[str]:
    return frozenset(phrase.split("-")[-1].split()[-1] for phrase in read_toml("titles.toml")["generic"]["roles"])


@cache
def state_roles() -> frozenset[str]:
    """Give the roles without sector that serve the state where only a country stands with them ("the Soviet leader")."""
    return frozenset(read_toml("titles.toml")["generic"]["state"]["roles"])


@cache
def _modifiers() -> dict[str, str]:
    rows: dict[str, list[str]] = read_toml("titles.toml")["modifiers"]
    return {word: sector for sector, words in rows.items() for word in words}


@cache
def title_words(kind: str) -> frozenset[str]:
    """Give one of the word lists under [words] in titles.toml."""
    return frozenset(read_toml("titles.toml")["words"][kind])


@cache
def _suffixed() -> tuple[tuple[str, ...], ...]:
    """Give what can follow a role as part of it, the longest first ("- in - waiting", "second class")."""
    phrases = [tuple(phrase.replace("-", " - ").split()) for phrase in read_toml("titles.toml")["words"]["suffixed"]]
    return tuple(sorted([*(("-", *phrase) for phrase in phrases), *phrases], key=len, reverse=True))


@lru_cache(maxsize=50_000)
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
    if not words:
        return 0
    last = words[-1]
    longest = _role_ends().get(last, 0) or _role_ends().get(singular(last), 0)
    if longest:
        roles = _roles()
        for count in range(min(longest, len(words)), 0, -1):
            phrase = tuple(words[-count:])
            if phrase in roles or (*phrase[:-1], singular(last)) in roles:
                return count
    if words[-1] in _suffix_ends():
        for suffix in _suffixed():
            if tuple(words[-len(suffix) :]) == suffix:
                count = role_at_end(words[: -len(suffix)])
                return count + len(suffix) if count else 0
    return 0


@cache
def _role_ends() -> dict[str, int]:
    """Give the length of the longest role phrase that ends with a word."""
    longest: dict[str, int] = {}
    for phrase in _roles():
        longest[phrase[-1]] = max(longest.get(phrase[-1], 0), len(phrase))
    return longest


@cache
def _suffix_ends() -> frozenset[str]:
    return frozenset(suffix[-1] for suffix in _suffixed())


def ends_title(words: Sequence[str]) -> bool:
    """Tell whether words (lower case) end with a role or with one and its field ("minister of transport")."""
    if role_at_end(words[-_LONGEST:]):
        return True
    if not words or words[-1] not in title_words("known_fields"):
        return False
    for index in range(len(words) - 2, max(len(words) - _REACH, 0), -1):
        if words[index] in ("of", "for"):
            return bool(role_at_end(words[max(index - _LONGEST, 0) : index]))
    return False


def role_sector(words: Sequence[str]) -> str | None:
    """Give the sector of a role phrase (lower case, modifiers included); a former one is ELI, an unknown one None."""
    if not words:
        return None
    words = [*words[:-1], singular(words[-1])]
    if title_words("past") & set(words):
        return "ELI"
    if words[-1] in title_words("waiting"):
        return None
    count = role_at_end(words)
    if not count:
        return None
    phrase = tuple(words[-count:])
    while phrase not in _roles():
        phrase = phrase[:-1]
    sector = _roles()[phrase]
    before = words[:-count]
    if phrase[-1] in _generic() or sector is None:
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
    """Give the token at which the titles before the name at token `name` begin; `name` itself where there is none.

    `words` are lower case. Reaches left over what narrows the role ("Deputy Foreign Minister", "former army chief"), never
    beyond `floor`.
    """
    parts = title_parts(words, tags, name, floor)
    return parts[0][0] if parts else name


def title_parts(words: Sequence[str], tags: Sequence[str], name: int, floor: int = 0) -> list[tuple[int, int]]:
    """Give the tokens of each title before a name, from left to right: "Vice President Dr." are two."""
    parts: list[tuple[int, int]] = []
    end = name
    while len(parts) < 3:
        start = _one_title(words, tags, end, floor)
        if start >= end or (parts and not _can_stack(words, parts[0])):
            break
        parts.insert(0, (start, end))
        end = start
    return parts


def _can_stack(words: Sequence[str], part: tuple[int, int]) -> bool:
    """Tell whether a title can stand behind another before one name: a rank, or an abbreviation."""
    phrase = " ".join(words[part[0] : part[1]])
    return phrase.endswith(".") or phrase in title_words("styles") or phrase in title_words("ranks")


def _one_title(words: Sequence[str], tags: Sequence[str], end: int, floor: int) -> int:
    count = role_at_end(words[max(end - _LONGEST, floor) : end])
    start = end - count
    if not count:
        return _title_with_of(words, tags, end, floor)
    if _can_stack(words, (start, end)) and role_at_end(words[max(start - _LONGEST, floor) : start]):
        return start
    return narrowed(words, tags, start, floor)


def narrowed(words: Sequence[str], tags: Sequence[str], start: int, floor: int) -> int:
    """Give the token at which the words begin that narrow a role beginning at `start` ("deputy", "vice-president-cum-")."""
    while start > floor:
        if words[start - 1] == "old" and words[start - 2 : start - 1] == ["-"]:
            break  # "34-year-old farmer"
        if words[start - 1] == "-" and start - 2 >= floor and _hyphened(words[start - 2], tags[start - 2]):
            start -= 2
        elif _narrows(words[start - 1], tags[start - 1]):
            start -= 1
        elif words[start - 1].isdigit() and len(words[start]) < 3:
            start -= 1  # "800 m champion"
        else:
            break
    return start


def _title_with_of(words: Sequence[str], tags: Sequence[str], name: int, floor: int) -> int:
    """Find "Minister of Foreign Affairs" before a name: a role, "of" or "for", and some nouns."""
    if name and words[name - 1] in ("and", "&", ",", "of", "for"):
        return name
    for index in range(name - 2, max(name - _REACH, floor), -1):
        if words[index] in ("of", "for"):
            count = role_at_end(words[max(index - _LONGEST, floor) : index])
            if count and (tags[index - 1] == "PROPN" or is_portfolio(words[index - count : index])):
                return narrowed(words, tags, index - count, floor)
            if tags[index - 1] not in ("NOUN", "PROPN"):
                return name
        elif tags[index] not in ("NOUN", "PROPN", "ADJ", "CCONJ") and words[index] not in ("the", ",", "&"):
            return name
    return name


def role_end(words: Sequence[str], first: int, end: int) -> int:
    """Give the token behind the role within the title at [first, end), without its field: "minister" of "minister of trade"."""
    if role_at_end(words[first:end]):
        return end
    for index in range(end - 2, first, -1):
        if words[index] in ("of", "for") and role_at_end(words[first:index]):
            return index
    return end


def is_portfolio(words: Sequence[str]) -> bool:
    """Tell whether what follows a role with "of" or "for" is its field, article and all ("minister of the interior")."""
    return _ends_with(words, title_words("portfolio"))


def has_field(words: Sequence[str]) -> bool:
    """Tell whether bare nouns that follow a role with "of" or "for" are its field ("inspector general of police")."""
    return _ends_with(words, title_words("fields"))


def _ends_with(words: Sequence[str], phrases: frozenset[str]) -> bool:
    words = [*words[:-1], singular(words[-1])] if words else []
    return any(" ".join(words[-count:]) in phrases for count in range(1, min(_LONGEST, len(words)) + 1))


def _hyphened(word: str, tag: str) -> bool:
    """Tell whether a word can stand before a hyphen within a title ("ex-", "under-", "vice-")."""
    return word[0].isalpha() and (tag in ("ADP", "ADV", "X", "NUM") or _narrows(word, tag))


def _narrows(word: str, tag: str) -> bool:
    """Tell whether a word can stand before a role as part of it; of verbs only participles such as "ousted"."""
    return word[0].isalpha() and (
        tag in ("ADJ", "NOUN", "PROPN") or word in title_words("former") or word in title_words("narrowing")
    )
