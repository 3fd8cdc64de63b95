"""Organisations by the shape of their name ("Ministry of X", "X Investigative Committee", "University of Y"), and one id for
all its wordings.

The model cuts such names short or splits them; a head word in capitals with what hangs on it to both sides is surer.
"""

from functools import cache

from transforms.countries import countries
from transforms.gazetteer import Hit
from transforms.package_data import read_toml, slug
from transforms.spans import SentenceParse
from transforms.titles import role_at_end

_AREA_KINDS = {"facilities": "FAC", "landscapes": "LOC", "areas": "GPE", "events": "EVENT", "laws": "LAW"}


@cache
def organisation_heads() -> dict[str, str | None]:
    """Give the sector of each head word of an organisation's name; None for those that tell none."""
    rows: dict[str, list[str]] = read_toml("organisation_heads.toml")["heads"]
    return {word: None if sector == "open" else sector for sector, words in rows.items() for word in words}


@cache
def other_heads() -> dict[str, str]:
    """Give the entity type of each head word of a name that is no organisation: FAC, LOC, GPE, EVENT, LAW."""
    data = read_toml("organisation_heads.toml")
    return {word: kind for section, kind in _AREA_KINDS.items() for word in data[section]["nouns"]}


@cache
def _joins(kind: str) -> frozenset[str]:
    return frozenset(read_toml("organisation_heads.toml")["joins"][kind])


@cache
def openers() -> frozenset[str]:
    """Give the capitalised words that begin a sentence without being part of a name."""
    return frozenset(read_toml("ambiguous.toml")["openers"])


@cache
def _variants() -> dict[str, str]:
    return {name: row["names"][0] for row in read_toml("organisation_heads.toml")["variants"] for name in row["names"]}


def find_by_head(parse: SentenceParse, hits: dict[int, Hit]) -> list[tuple[int, int, str]]:
    """Give (first token, end token, entity type) of the capitalised phrases around a head word; `hits` by first token.

    A head alone ("the Ministry") is no name.
    """
    organisations, others = organisation_heads(), other_heads()
    found: list[tuple[int, int, str]] = []
    end = 0
    for index, word in enumerate(parse.words):
        if index < end or not word[0].isupper() or not (word in organisations or word in others):
            continue
        first = _reach_left(parse, index, end, hits)
        last = _reach_right(parse, index)
        kind = "ORG" if word in organisations else others[word]
        head = index
        for follower in range(index + 1, last):  # "Party Congress", "Police Station": the last head before "of" decides
            if parse.words[follower] in _joins("any") or parse.words[follower] in _joins("some"):
                break
            if parse.words[follower] in organisations:
                kind, head = "ORG", follower
            elif parse.words[follower] in others:
                kind, head = others[parse.words[follower]], follower
        if kind == "GPE" and any(word in organisations for word in parse.words[first:head]):
            kind = "ORG"  # "Independent School District"
        if last - first < 2 or (last == head + 1 and all(_is_modifier(parse.lower[i]) for i in range(first, head))):
            continue
        found.append((first, last, kind))
        end = last
    return found


def _is_modifier(word: str) -> bool:
    return word in ("national", "federal", "foreign", "new", "former", "joint", "central", "local", "the", "acting", "deputy")


def _capital(parse: SentenceParse, index: int) -> bool:
    return parse.words[index][0].isupper()


def _reach_left(parse: SentenceParse, head: int, floor: int, hits: dict[int, Hit]) -> int:
    first = head
    words, tags = parse.words, parse.tags
    while first > floor:
        before = first - 1
        word = words[before]
        if word in ("'s", "’s", "'", "’") and before > floor and _capital(parse, before - 1):
            owner = before - 1
            while owner > floor and _capital(parse, owner - 1) and owner - 1 not in hits and words[owner - 1] not in openers():
                owner -= 1
            if owner in hits or not role_at_end(parse.lower[owner:before]):
                break  # "Azerbaijan's Ministry": the country is a name of its own
            first = owner
        elif word in ("&", "-", "–") and before > floor and _capital(parse, before - 1):
            first = before - 1
        elif word == "and" and before > floor and tags[before - 1] == "PROPN" and words[head] in ("Party", "Agency", "Commission"):
            break
        elif (
            _capital(parse, before)
            and word[0].isalpha()
            and not (word in openers() and (before == 0 or tags[before] not in ("PROPN", "ADJ")))
        ):
            first = before
        else:
            break
    while (
        first < head
        and (words[first] in openers() or words[first] in ("The", "Mr.", "Mr"))
        and tags[first] in ("DET", "ADP", "PRON", "SCONJ", "CCONJ", "ADV")
    ):
        first += 1
    return first


def _reach_right(parse: SentenceParse, head: int) -> int:
    words, count = parse.words, len(parse.words)
    last = head + 1
    while last < count and _capital(parse, last) and (words[last] in organisation_heads() or words[last] in other_heads()):
        last += 1
    while last + 1 < count:
        if words[last] not in _joins("any") and not (words[last] in _joins("some") and words[head] in _joins("after")):
            break
        follow = last + 1
        if parse.lower[follow] == "the" and follow + 1 < count:
            follow += 1
        if not _capital(parse, follow):
            break
        last = _run(parse, follow)
    return last


def _run(parse: SentenceParse, first: int) -> int:
    """Give the end of a run of capitalised words, over "and", commas and hyphens between them when "and" still follows."""
    words, count = parse.words, len(parse.words)
    last = first + 1
    while last < count:
        if _capital(parse, last) and words[last][0].isalpha() and parse.tags[last] in ("PROPN", "ADJ", "NOUN"):
            last += 1
        elif (
            (
                words[last] in ("'s", "’s")
                and last + 1 < count
                and _capital(parse, last + 1)
                and words[last + 1] in organisation_heads()
            )
            or (words[last] in ("-", "–", "&") and last + 1 < count and _capital(parse, last + 1))
            or (words[last] == "and" and last + 1 < count and _joined(parse, last, first))
        ):
            last += 2
        else:
            break
    return last


def _joined(parse: SentenceParse, conjunction: int, first: int) -> bool:
    """Tell whether "and" joins words of one name ("Trade and Industry") and not two names."""
    following = parse.doc[conjunction + 1]
    if not _capital(parse, conjunction + 1) or following.ent_type_ in ("PERSON", "GPE", "NORP") or following.dep_ != "conj":
        return False
    return first <= following.head.i < conjunction


def name_parts(name: str, hits: list[Hit]) -> tuple[str, str | None]:
    """Split an organisation's name into its base, lower case, and its country's code.

    "Investigative Committee of the Russian Federation" and "the Russian Investigative Committee" both give
    ("investigative committee", "RUS"). `hits` are the gazetteer's names in it.
    """
    country = None
    kept = name
    for hit in sorted(hits, key=lambda hit: -hit.start):
        if hit.entry.source in ("country", "demonym"):
            country = hit.entry.country
            kept = kept[: hit.start] + "\0" + kept[hit.end :]
        elif country is None and hit.entry.country:
            country = hit.entry.country
    base = " ".join(kept.lower().replace("’", "'").split())
    for joint in ("of the \0", "of \0", "in the \0", "in \0", "for \0", "\0's", "the \0", "\0"):
        base = base.replace(joint, " ")
    base = " ".join(base.removeprefix("the ").split()).removesuffix("'s").strip(" ,-'")
    return normal_base(base), country


def normal_base(base: str) -> str:
    """Give the one wording of an office that has several ("foreign ministry": "ministry of foreign affairs")."""
    base = " ".join(base.split())
    if base in _variants():
        return _variants()[base]
    if base.endswith(" ministry"):
        base = f"ministry of {base.removesuffix(' ministry')}"
    return _variants().get(base, base)


def organisation_id(base: str, country: str | None) -> str | None:
    """Give `org:investigative-committee-of-russia`, or `org:base` where the country is not known; None for an empty name."""
    name = slug(base)
    if not name:
        return None
    return f"org:{name}-of-{countries()[country].slug}" if country in countries() else f"org:{name}"


def organisation_sector(base: str) -> str | None:
    """Give the sector that a head word of the name tells, the last one before "of" first ("ministry of defence": GOV)."""
    heads = {word.lower(): sector for word, sector in organisation_heads().items()}
    front, _, _ = base.partition(" of ")
    words = front.split()
    if "prosecutor" in base:
        return "JUD"
    for word in reversed(words):
        if heads.get(word):
            return heads[word]
    return None
