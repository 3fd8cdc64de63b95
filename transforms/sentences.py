"""Cuts paragraphs into sentences by rules over the words around every full stop, with word lists in data/abbreviations.toml.

Rules rather than the model's parse: they are the same for every model, a thousand times as fast, and an analyst can read why a text
was cut. Every mark that could end a sentence is looked at once; the words before and behind it decide.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from transforms.document import Document, Paragraph, Sentence
from transforms.wordlists import alternatives, words

_TITLES = words("abbreviations", "titles")
_BEFORE_NUMBER = words("abbreviations", "before_number")
_NEVER_FINAL = words("abbreviations", "never_final")
_MAY_BE_FINAL = words("abbreviations", "may_be_final")
_MAY_BE_FINAL_SMALL = words("abbreviations", "may_be_final_small")
_FINAL_BEFORE_CAPITAL = words("abbreviations", "final_before_capital")
_AFTER_TIME = words("abbreviations", "after_time")
_PARTICLES = words("abbreviations", "particles")
_STARTERS = words("abbreviations", "starters")
_SPEECH_VERBS = words("abbreviations", "speech_verbs")
_MARKED_NAMES = words("abbreviations", "marked_names")
_SMALL_PREFIXES = tuple(words("abbreviations", "small_prefixes"))

_WHOLE_KINDS: Final = frozenset({"title", "dateline"})
_OPEN: Final = "\"'“‘«„‹([{¿¡*_"
_CLOSE: Final = "\"'”’»“›)\\]}*_"
_FAR: Final = 2000
"""Characters back to which a bracket or quotation is looked for."""
# A mark with the quotes and brackets that close behind it, before white space or the end. Full-width marks and those of Armenian,
# Ethiopic, Khmer, Burmese, Tibetan and the scripts of India need no space.
_CANDIDATE = re.compile(
    rf"(?P<mark>[.!?…؟۔]+(?:\s\.(?=[\s.]|$))*)(?P<close>(?: ?[{_CLOSE}](?![^\W_]))*)"
    r"(?P<note>(?: ?\[(?:\d{1,3}|citation needed)\])*)(?=\s|$)"
    rf"|(?P<wide>[。！？｡．։።፧፨។៕။།।॥]+[{_CLOSE}」』）]*)"
    r"|(?P<glued>(?<=[a-z]{2})[.!?][\"”]?(?=[A-Z][a-z]*\s)|(?<=\d\d)\.(?=[A-Z][a-z]{2,}\s))"
)
# In a caption the credit ("Image: Jane Doe.") is a sentence of its own, whatever stands before it.
_CREDIT = re.compile(rf"\S(?=\s+[(\[]?(?:{alternatives('layout', 'captions', 'credits', capitalised=True)})(?: by)?: ?[^\W_a-z])")
# A line of a list of sources: author, title in quotes, where and when it appeared.
_CITATION = re.compile(
    r"(?:[-*•] ?)?(?:[^\"“.\n]{2,80}\. ?)?[\"“][^\"“”\n]{3,250}[\"”][.,]?(?: ?[—–-]+)? (?=[A-Z\d])[^\".!?\n]{2,80}\b[12]\d{3}\.?"
)
# Thai, Lao, Khmer and Burmese write a blank between clauses, and none between words.
_CLAUSE_END = re.compile(r"(?<=[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\s+(?=[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])")
# Behind a quotation that closes, Japanese goes on: 「…。」と述べた.
_GOES_ON = re.compile(r"[とのがはをにで、，,]")
_LAST_WORD = re.compile(r"[^\s\"“”«»()\[\]—–]*$")
_NEXT = re.compile(rf"\s*(?P<open>(?:[{re.escape(_OPEN)}—–-]+\s?)*)(?P<word>[^\s]*)")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_NUMBER_ONLY = re.compile(r"\s*[(\[]?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})")
_PART_NUMBER = re.compile(rf"\s*(?i:{alternatives('abbreviations', 'numbered_parts')}) (?:\d{{1,3}}|[IVX]{{1,5}})")
_ROMAN = re.compile(r"[IVXLC]+")
_ATTRIBUTION = re.compile(r"\s*[-–—]{1,2}\s?[^\W\d_a-z][^.!?]{2,80}")
_SPEAKER = re.compile(r"\s*(?:(?:[A-Z][^\W\d_]*\.?[\s-]){0,4}[A-Z][^\W\d_]*|I|he|she|they)\s+(?P<verb>[a-z]+)\b")


@dataclass(frozen=True, slots=True)
class _Habits:
    """What a language other than English writes with a full stop: abbreviations, and ordinals of one or two digits."""

    abbreviations: frozenset[str] = frozenset()
    ordinal_stops: bool = False


@cache
def _habits(language: str | None) -> _Habits:
    if language not in words("abbreviations", "languages", "known"):
        return _Habits()
    return _Habits(words("abbreviations", "languages", language), language in words("abbreviations", "languages", "ordinal_stops"))


def split_sentences(document: Document, paragraphs: tuple[Paragraph, ...]) -> tuple[Sentence, ...]:
    """Give the sentences of all paragraphs in order.

    They partition each paragraph: every character that is not white space is in exactly one, and spans begin and end with such a
    character. A title, a dateline that stands alone and a line of a list of sources are one sentence.
    """
    sentences: list[Sentence] = []
    habits = _habits(document.language)
    for paragraph in paragraphs:
        text = document.text[paragraph.start_char : paragraph.end_char]
        is_whole = paragraph.kind in _WHOLE_KINDS or _CITATION.fullmatch(text) is not None
        ends = [len(text)] if is_whole else list(_ends(text, habits))
        if paragraph.kind == "caption":
            ends = sorted({*ends, *(match.end() for match in _CREDIT.finditer(text))})
        start = 0
        for end in ends:
            piece = text[start:end]
            first, last = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
            if first < last:
                base = paragraph.start_char
                sentences.append(Sentence(len(sentences), paragraph.paragraph_index, base + first, base + last))
            start = end
    return tuple(sentences)


def _ends(text: str, habits: _Habits) -> Iterator[int]:
    """Give the ends of the sentences of one paragraph; a piece without letters or digits joins the sentence before it."""
    if _CLAUSE_END.search(text) and not _CANDIDATE.search(text):
        yield from (match.start() for match in _CLAUSE_END.finditer(text))
        yield len(text)
        return
    start = checked = 0
    pending, has_word = None, False
    for match in _CANDIDATE.finditer(text):
        end = _end_of(text, match, start, habits)
        if end is None:
            continue
        has_word, checked = has_word or _has_word(text, checked, end), end
        if not has_word:
            continue
        if pending is not None:
            yield pending
        pending, start, has_word = end, end, False
    if pending is not None and _has_word(text, pending, len(text)):
        yield pending
    yield len(text)


def _has_word(text: str, start: int, end: int) -> bool:
    return _WORD.search(text, start, end) is not None


def _end_of(text: str, match: re.Match[str], start: int, habits: _Habits) -> int | None:
    """Give where the sentence ends that the mark of `match` may close, or None when it goes on."""
    if match["wide"]:
        return None if match["wide"][-1] in "」』" and _GOES_ON.match(text, match.end()) else match.end()
    if match["glued"]:
        following = _WORD.match(text, match.end())
        if following is None or (following[0].lower() not in _STARTERS and not text[match.start() - 1].isdigit()):
            return None
        return match.end()
    end = _before_opening_quote(text, match, start)
    if end >= len(text):
        return end
    following = _NEXT.match(text, end)
    assert following is not None
    word = following["word"]
    first = word[:1]
    if match["close"] and _ATTRIBUTION.fullmatch(text, end):
        return None
    if first.islower() and not _is_small_name(word) and not _is_particle(text, following, match):
        return None
    if _in_brackets(text, start, match.start("mark"), end):
        return None
    if match["mark"][-1] in "!?" and not _ends_after_question(text, match, following):
        return None
    if match["mark"] == "." and _is_foreign_abbreviation(text, match, word, habits):
        return None
    if match["mark"] == "." and not _ends_after_stop(text, match, start, word, is_closed=end > match.end("mark")):
        return None
    return end


def _is_foreign_abbreviation(text: str, match: re.Match[str], word: str, habits: _Habits) -> bool:
    last = _last_word(text, match.start("mark"))
    if last.isdigit() and len(last) < 3 and habits.ordinal_stops:
        return word[:1].isalpha()  # "am 3. März"
    return last.lower() in habits.abbreviations


def _before_opening_quote(text: str, match: re.Match[str], start: int) -> int:
    """Give the end of the mark with what closes behind it: a straight quote after a blank may as well open the next sentence."""
    end, start = match.end("mark"), max(start, match.start() - _FAR)
    for character in re.finditer(r" ?(\S)", text[end : match.end()]):
        spaced = len(character[0]) == 2
        if spaced and character[1] in "\"'" and text.count(character[1], start, end + character.start()) % 2 == 0:
            return end + character.start()
        if spaced and character[1] in "“‘«*_":
            return end + character.start()
    return match.end()


def _is_small_name(word: str) -> bool:
    return any(character.isupper() for character in word[1:4]) or word.startswith(_SMALL_PREFIXES)


def _is_particle(text: str, following: re.Match[str], match: re.Match[str]) -> bool:
    """Tell whether a sentence begins with a surname in small letters ("de Boer"), behind a word that is no abbreviation."""
    last = _last_word(text, match.start("mark"))
    return following["word"] in _PARTICLES and text[following.end() :].lstrip()[:1].isupper() and len(last) > 3 and last.isalpha()


def _in_brackets(text: str, start: int, mark: int, end: int) -> bool:
    """Tell whether the mark stands within brackets that were opened inside this sentence and close soon."""
    opened = text.rfind("(", max(start, mark - _FAR), mark)
    if opened < 0 or text.find(")", opened, end) >= 0 or not text[start:opened].strip(_OPEN + " \n"):
        return False
    return text.find(")", end, end + 200) >= 0


def _ends_after_question(text: str, match: re.Match[str], following: re.Match[str]) -> bool:
    if _last_word(text, match.end("mark")).lower() in _MARKED_NAMES:
        return following["word"].strip(",;:").lower() in _STARTERS
    if match["close"]:
        speaker = _SPEAKER.match(text, match.end())
        return not (speaker and speaker["verb"] in _SPEECH_VERBS)
    return True


def _ends_after_stop(text: str, match: re.Match[str], start: int, word: str, *, is_closed: bool) -> bool:
    last = _last_word(text, match.start("mark"))
    plain = _WORD.match(word)
    following = plain[0] if plain else ""
    if not last:
        return True
    if _NUMBER_ONLY.fullmatch(text, start, match.start("mark")) or _PART_NUMBER.fullmatch(text, start, match.start("mark")):
        return False
    if last.isdigit() and len(last) < 3 and text[: match.start("mark") - len(last)].rstrip()[-1:] == ":":  # "the list: 1. Iran"
        return False
    if match["close"] == ")" and len(last) < 5 and last.islower() and text[match.start("mark") - len(last) - 1] == "(":
        return False  # "Col. (ret.) Jones"
    if is_closed and text[match.start("mark") - len(last) - 1] not in _OPEN:
        return last.lower() not in _NEVER_FINAL
    is_starter = re.match(r"[A-Z]\.", word) is None and (
        following.lower() in _STARTERS or following.split("'")[0].split("’")[0].lower() in _STARTERS
    )
    small = last.lower()
    if small in _NEVER_FINAL and not (last.isupper() and "." not in last):
        return False
    if following[:1].isdigit() and (small in _BEFORE_NUMBER or _is_month(small)):
        return False
    if small in _BEFORE_NUMBER and _ROMAN.fullmatch(following) and following != "I":
        return False
    if small in _FINAL_BEFORE_CAPITAL:
        return is_starter or not following or (following[:1].isupper() and following.lower() not in _AFTER_TIME)
    if small in _TITLES and last[:1].isupper():
        return is_starter and small in _MAY_BE_FINAL
    if (small in _MAY_BE_FINAL and (last[:1].isupper() or "." in last)) or last in _MAY_BE_FINAL_SMALL:
        return is_starter or not following
    if _INITIALS.fullmatch(last) and (last[0].isupper() or "." in last):
        return is_starter and (len(following) > 1 or following in {"A", "I"})
    return True


def _last_word(text: str, end: int) -> str:
    """Give the word that ends at `end`, without quotes before it; 40 characters are enough for any abbreviation."""
    found = _LAST_WORD.search(text[max(0, end - 40) : end])
    return found[0].lstrip("'‘$-") if found else ""


def _is_month(word: str) -> bool:
    return word in _MAY_BE_FINAL and word[:3] in {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
