"""Gives headlines in Title Case or CAPITALS the case of running text before the model reads them, character for character.

A parser trained on running text takes "Rebels Attack Border Town" for one long name. A word keeps its capital where the body of
the document writes it so, where a known name or the name of a person stands, or where it is no common word. Offsets stay those of
the text.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import cast

from transforms.gazetteer import gazetteer
from transforms.organisations import organisation_heads
from transforms.own_names import OwnNames
from transforms.package_data import read_toml
from transforms.person_names import given_names
from transforms.titles import title_words

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LONG = 4
"""Letters from which a word tells the case of its sentence: shorter ones are often in lower case in Title Case too."""
_FEWEST = 3
_SHORT = 4
_ENDINGS = ("'s", "’s", "s", "es", "ed", "d", "ing", "ly", "er", "ers")
_BEGINS = re.compile(r"(?:[:!?]|[a-z]{2}\.) [\"“'‘]?$", re.IGNORECASE)
_ACRONYM = re.compile(r"[^AEIOUY]{2,4}")


@cache
def common_words() -> frozenset[str]:
    """Give the words that running text writes in lower case."""
    return frozenset(files("transforms").joinpath("data", "common_words.txt").read_text(encoding="utf-8").split())


@cache
def small_words() -> frozenset[str]:
    """Give the words that Title Case leaves in lower case."""
    return frozenset(read_toml("layout.toml")["headlines"]["lower"])


def restore_case(sentences: Sequence[str], own: OwnNames | None = None) -> list[str]:
    """Give the sentences of a document, headlines among them in the case of running text; each is as long as it was.

    `own` are a user's names: a headline writes them as the user does.
    """
    shouted = [_headline(sentence) for sentence in sentences]
    if not any(shouted):
        return list(sentences)
    body = _Body((sentence for sentence, headline in zip(sentences, shouted, strict=True) if not headline), own)
    return [
        body.restored(sentence, capitals=headline == "capitals") if headline else sentence
        for sentence, headline in zip(sentences, shouted, strict=True)
    ]


def _headline(sentence: str) -> str | None:
    """Tell whether a sentence is in "title" case or "capitals", None where it is in neither."""
    long_words = [word for word in sentence.split() if len(word) >= _LONG and word[0].isalpha()]
    if len(long_words) < _FEWEST or any(word[0].islower() and word not in small_words() for word in sentence.split()):
        return None
    letters = [word.group() for word in _WORD.finditer(sentence) if len(word.group()) >= _LONG]
    if len(letters) < _FEWEST:
        return None
    capitals = sum(word.isupper() for word in letters)
    if capitals * 4 >= len(letters) * 3:
        return "capitals"
    if capitals * 2 > len(letters) or (
        len(letters) <= _SHORT and letters[-1] in organisation_heads() and not is_common(letters[0].lower())
    ):
        return None  # "Manchester United Football Club"
    common = sum(is_common(word.lower()) for word in letters[sentence[0].isalpha() :] if word[0].isupper())
    return "title" if common >= 2 and common * 3 >= len(letters) else None


def is_common(word: str) -> bool:
    """Tell whether a word in lower case, or what it is a form of, is a common word."""
    known = common_words()
    return word in known or any(
        word.endswith(end) and word.removesuffix(end) in known for end in _ENDINGS if len(word) > len(end) + 3
    )


class _Body:
    """What the running text of the document writes of each word."""

    def __init__(self, sentences: Iterable[str], own: OwnNames | None) -> None:
        self.own = own
        self.lower: Counter[str] = Counter()
        self.capital: Counter[str] = Counter()
        self.forms: dict[str, str] = {}
        for sentence in sentences:
            for place, match in enumerate(_WORD.finditer(sentence)):
                word = match.group()
                if word[0].islower():
                    self.lower[word] += 1
                elif place:
                    key = word.lower()
                    self.capital[key] += 1
                    self.forms.setdefault(key, word)

    def restored(self, sentence: str, *, capitals: bool) -> str:
        """Give one headline in the case of running text."""
        matches = list(_WORD.finditer(sentence))
        shown = [_plain(match.group()) if capitals else match.group() for match in matches]
        named = self._named(sentence, matches, shown)
        written = self._written([match.group().lower() for match in matches]) if self.own else {}
        pieces: list[str] = []
        position = 0
        for place, match in enumerate(matches):
            word = match.group()
            key = word.lower()
            if place in written:
                new = written[place] or shown[place]
            elif len(key) != len(word) or (word[0].islower() and not capitals):
                new = word
            elif place in named:
                new = self.forms.get(key, shown[place])
            elif self.capital[key] > self.lower[key]:
                new = self.forms[key]
            elif (
                self.lower[key] or self.lower[key.removesuffix("'s")] or (is_common(key) and not (word.isupper() and not capitals))
            ):
                new = key
            else:
                new = shown[place]
            if not place or _BEGINS.search(sentence, 0, match.start()):
                new = new[0].upper() + new[1:]
            pieces += [sentence[position : match.start()], new if len(new) == len(word) else word]
            position = match.end()
        return "".join([*pieces, sentence[position:]])

    def _written(self, words: Sequence[str]) -> dict[int, str]:
        """Give the words of the user's names by their place, as the user writes them; empty where only capitals are known."""
        found: dict[int, str] = {}
        own = cast(OwnNames, self.own)
        for place, word in enumerate(words):
            for count in own.lengths.get(word, ()):
                name = own.names.get(" ".join(words[place : place + count]))
                if name is not None and place + count <= len(words):
                    parts = name.written.split() if name.written else []
                    for offset in range(count):
                        found.setdefault(place + offset, parts[offset] if len(parts) == count else "")
                    break
        return found

    def _named(self, sentence: str, matches: Sequence[re.Match[str]], shown: Sequence[str]) -> set[int]:
        """Give the places of the words that are part of a name: a known one, a first name and the word behind it, a head."""
        starts = {match.start(): place for place, match in enumerate(matches)}
        named: set[int] = set()
        text = list(sentence)
        for match, word in zip(matches, shown, strict=True):
            text[match.start() : match.end()] = word
        for hit in gazetteer().find("".join(text)):
            inside = [starts[start] for start in range(hit.start, hit.end) if start in starts]
            if len(inside) > 1 or (not hit.entry.weak and not self.lower[hit.text.lower()]):
                named.update(inside)
        for place, word in enumerate(shown):
            before = shown[place - 1] if place else ""
            follows = place > 0 and sentence[matches[place - 1].end() : matches[place].start()] == " "
            first = before.lower()
            if (
                follows
                and first in given_names()
                and not (is_common(first) or self.lower[first] or word.lower() in title_words("particles"))
            ):
                named.update((place - 1, place))
            elif follows and word in organisation_heads() and place - 1 in named:
                named.add(place)
        return named


def _plain(word: str) -> str:
    """Give a word in capitals with one only at its beginning, unless it is an acronym."""
    known = gazetteer().get(word)
    if _ACRONYM.fullmatch(word) or (known is not None and not known.weak):
        return word
    return word[0] + word[1:].lower()
