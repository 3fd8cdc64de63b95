"""Reads actor and agent dictionaries in the format of PETRARCH (and of TABARI before it).

Such files are long, old and never quite clean, so a line that cannot be read is told with its number and left out; only a file
that is no dictionary at all is an error. Codes are CAMEO's: cameo.toml says what country and sector they mean.

Format: docs/source/dictionaries.rst of openeventdata/petrarch2 (MIT), read for its facts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import product

from transforms.countries import countries
from transforms.organisations import organisation_heads
from transforms.own_names import Entries, Held, NameEntry, NounEntry, OwnEntity
from transforms.own_table import known_name, own_entity
from transforms.package_data import read_toml, slug
from transforms.person_names import given_names
from warehouse.schema.errors import UsageError

MOST_FLAWS = 0.5
"""A file of which a larger share of the lines cannot be read is no dictionary."""
_TWENTIETH_CENTURY = 31
_COMMENT = re.compile(r"<!--.*?(-->|$)|[#;].*")
_CODE = re.compile(r"\[([^\[\]]*)\]")
_PLURAL = re.compile(r"\{([^{}]*)\}")
_MARKER = re.compile(r"!\w+!")
_SET = re.compile(r"(!\w+!)\s*=(.*)")
_DATES = re.compile(r"([<>])\s*(\d+)|(\d+)\s*-\s*(\d+)")
_NULL_CODE = "---"
_OFFICES = frozenset({"GOV", "ELI", "LEG", "JUD"})
_MOST_NAMES = 5


@dataclass
class _Actor:
    place: str
    names: list[tuple[str, str]] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    has_code: bool = False


def read_dictionary(text: str, file: str) -> Entries:
    """Give the names and nouns of a dictionary with the content `text`; `file` is how messages call it.

    An actor is a line with a name ("_" for blanks) and perhaps a code in brackets, lines with "+" and another name, and indented
    lines with further codes and the days between which they hold. A code with "~" makes the line one of an agent: a common noun.

    Raises:
        UsageError: there is no entry in the file, or most of its lines are none.
    """
    reader = _Reader(file)
    for number, line in _lines(text):
        reader.read(f"{file}:{number}", line)
    reader.close()
    read = len(reader.names) + len(reader.nouns)
    if not read or len(reader.flaws) > MOST_FLAWS * (read + len(reader.flaws)):
        first = f" The first line that cannot be read: {reader.flaws[0]}" if reader.flaws else ""
        raise UsageError(
            f"{file}: this is no dictionary of PETRARCH, whose lines read like ACME_CORPORATION_ [USABUS]. "
            f"Name one, or a CSV file that ends in .csv.{first}"
        )
    return Entries(tuple(reader.names), tuple(reader.nouns), tuple(reader.flaws))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Give the lines that hold something, with their number from 1, without comments."""
    within = False
    for number, line in enumerate(text.splitlines(), 1):
        kept = line
        if within:
            _, closed, kept = line.partition("-->")
            if not closed:
                continue
        within = "<!--" in kept and "-->" not in kept.rpartition("<!--")[2]
        kept = _COMMENT.sub("", kept).rstrip()
        if kept.strip():
            yield number, kept


class _Reader:
    """Reads line by line; an actor is closed by the next one."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.names: list[NameEntry] = []
        self.nouns: list[NounEntry] = []
        self.flaws: list[str] = []
        self.sets: dict[str, list[str]] = {}
        self.actor: _Actor | None = None

    def read(self, place: str, line: str) -> None:
        """Read one line that is neither empty nor a comment."""
        content = line.strip()
        named_set = _SET.fullmatch(content)
        if named_set:
            self.sets[named_set[1]] = [word.strip() for word in named_set[2].split(",") if word.strip()]
            return
        if content.count("[") != content.count("]") or len(_CODE.findall(content)) != content.count("["):
            self._flaw(place, f"a bracket of {content!r} is not closed; write [CODE]")
            return
        codes = _CODE.findall(content)
        phrase = _CODE.sub("", content)
        if any("~" in code for code in codes):
            self._agent(place, phrase, codes[0])
        elif content.startswith("["):
            self._codes(place, codes)
        elif content.startswith("+"):
            if self.actor is None:
                self._flaw(place, f"{content!r} is another name of nobody; put it below the line of its actor")
                return
            self.actor.names.append((place, phrase[1:]))
            self._codes(place, codes)
        else:
            self.close()
            self.actor = _Actor(place, [(place, phrase)])
            self._codes(place, codes)

    def close(self) -> None:
        """Enter the actor whose last line has been read."""
        actor, self.actor = self.actor, None
        if actor is None:
            return
        names = []
        for place, phrase in actor.names:
            name = _without_article(_plain(phrase))
            if slug(name):
                names.append((place, name))
            else:
                self._flaw(place, "the name is empty; fill it in, or take the line out")
        if not names:
            return
        if not actor.held:
            if not actor.has_code:
                self._flaw(actor.place, f"{names[0][1]!r} has no code; add one, such as [USABUS]")
            return
        entity = _entity([name for _, name in names], actor.held)
        for place, name in names:
            if entity.entity_type != "GPE" or not _is_known_better(name, entity):
                self.names.append(NameEntry(place, name, entity, exact_case=False))

    def _codes(self, place: str, codes: Sequence[str]) -> None:
        if codes and self.actor is None:
            self._flaw(place, f"the code [{codes[0]}] belongs to nobody; put it below the line of its actor")
            return
        for code in codes:
            assert self.actor is not None
            self.actor.has_code = True
            written, _, when = code.strip().partition(" ")
            if written == _NULL_CODE:
                continue
            meaning = _meaning(written)
            days = _days(when.strip())
            if meaning is None:
                self._flaw(
                    place,
                    f"[{code}]: {written!r} is no code. It is three letters of a country (AFG), of IGO, NGO and the like, or of a "
                    "role (GOV, REB), and behind them further ones of three (AFGREB)",
                )
            elif days is None:
                self._flaw(
                    place, f"[{code}]: {when!r} is no time. Write <YYMMDD, >YYMMDD or YYMMDD-YYMMDD, or with years of 4 digits"
                )
            else:
                self.actor.held.append(Held(*meaning, *days))

    def _agent(self, place: str, phrase: str, code: str) -> None:
        sector = _sector(code.replace("~", "").strip())
        if sector is None:
            roles = ", ".join(sorted(_roles()))
            self._flaw(place, f"[{code}]: no role is in it that has a sector. These have: {roles}")
            return
        plurals = [plain for plural in _PLURAL.findall(phrase) if (plain := _plain(plural))]
        for written in (_plain(_PLURAL.sub("", phrase)), *plurals):
            unknown = [marker for marker in _MARKER.findall(written) if marker not in self.sets]
            if unknown:
                self._flaw(place, f"{unknown[0]} is not defined; put a line {unknown[0]} = WORD, WORD before this one")
                return
            if not slug(written):
                self._flaw(place, "the noun is empty; fill it in, or take the line out")
                return
            for noun in self._substituted(written):
                self.nouns.append(NounEntry(place, noun.lower(), sector))

    def _substituted(self, phrase: str) -> Iterator[str]:
        parts = re.split(r"(!\w+!)", phrase)
        for chosen in product(*(self.sets.get(part, [part]) for part in parts)):
            yield "".join(chosen)

    def _flaw(self, place: str, message: str) -> None:
        self.flaws.append(f"{place}: {message}.")


def _plain(phrase: str) -> str:
    return " ".join(phrase.replace("_", " ").split())


def _without_article(name: str) -> str:
    """Leave out "the" before a name, unless one word is left that Newsmill does not know."""
    rest = name.removeprefix("THE ")
    return rest if " " in rest or known_name(rest) is not None else name


def _entity(names: Sequence[str], held: Sequence[Held]) -> OwnEntity:
    """Give the entity of an actor: a country where its code names one and no role, else an organisation or a person."""
    code = held[0].country
    if code and all(one.country == code and one.sector is None for one in held):
        return OwnEntity(f"country:{code}", "GPE", tuple(held))
    for name in names:
        known = known_name(name)
        if known is not None and known.entity_type == "ORG":
            return own_entity(names[0], "ORG", held, known.entity_id)
    if _is_person(names[0], held):
        return own_entity(names[0], "PERSON", held)
    return own_entity(names[0], "ORG", held)


def _is_person(name: str, held: Sequence[Held]) -> bool:
    """Tell whether an actor is a person: dictionaries do not say. A first name, an initial, or an office for some time."""
    words = name.split()
    if not 2 <= len(words) <= _MOST_NAMES or any(word.capitalize() in organisation_heads() for word in words):
        return False
    if words[0].lower() in given_names() or any(len(word.rstrip(".")) == 1 for word in words):
        return True
    return any(one.start or one.end or (one.country and one.sector in _OFFICES) for one in held)


def _is_known_better(name: str, entity: OwnEntity) -> bool:
    """Tell whether a name of a country ("Kabul", "Afghan") is one that Newsmill reads as of this country, and more exactly."""
    known = known_name(name)
    return known is not None and known.country == entity.on(None).country


@cache
def _roles() -> dict[str, str]:
    rows: dict[str, list[str]] = read_toml("cameo.toml")["roles"]
    return {code: sector for sector, codes in rows.items() for code in codes}


@cache
def _countries() -> dict[str, str | None]:
    data = read_toml("cameo.toml")
    return {**dict.fromkeys(data["no_country"]["codes"]), **data["countries"], **{code: code for code in countries()}}


def _meaning(code: str) -> tuple[str | None, str | None] | None:
    """Give country and sector of an actor's code; None where it is none."""
    first = code[:3]
    if len(code) % 3 or not code.isalpha() or not code.isupper() or not (first in _countries() or first in _roles()):
        return None
    country = _countries().get(first)
    return country, _sector(code[3:] if country else code)


def _sector(code: str) -> str | None:
    """Give the sector of the first role in a code that has one."""
    roles = (code[index : index + 3] for index in range(0, len(code), 3))
    return next((_roles()[role] for role in roles if role in _roles()), None)


def _days(when: str) -> tuple[date | None, date | None] | None:
    """Give the first and the last day of a restriction, both inclusive; None where it is none."""
    if not when:
        return None, None
    match = _DATES.fullmatch(when)
    if match is None:
        return None
    side, one, start, end = match.groups()
    try:
        if side:
            return (None, _day(one)) if side == "<" else (_day(one), None)
        first, last = _day(start), _day(end)
    except ValueError:
        return None
    return (first, last) if first <= last else None


def _day(digits: str) -> date:
    """Give the day of YYMMDD or YYYYMMDD; years of two digits up to 30 are of this century, as in PETRARCH."""
    if len(digits) == 6:
        digits = ("20" if int(digits[:2]) < _TWENTIETH_CENTURY else "19") + digits
    if len(digits) != 8:
        raise ValueError(digits)
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
