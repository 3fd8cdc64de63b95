"""Writes a headline out as running text would say it, from a first parse that may have gone wrong.

"and" for its commas, "will" for its infinitive ("Spain to send troops"), "was" before its participle, "says" for its colon, "will"
before a verb that the parser took for a noun. What word is what is data (headlines.toml) and the verbs of the event lexicon.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Token

from transforms.gazetteer import gazetteer
from transforms.lexicon import load_lexicon
from transforms.package_data import read_toml

_SPEAKER = 5  # tokens at most before a colon
_SOURCE = 4  # tokens at most behind a colon or dash
_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_NOUN_ENDS = _NOUNS | {"CD", "PRP"}
_NOUN_STARTS = _NOUNS | {"JJ", "JJR", "JJS", "CD", "DT", "PRP$", "PRP", "$", "VBG", "``", "PDT"}
_PLURALS = frozenset({"NNS", "NNPS"})
_COLONS = frozenset({":", "–", "—", "--", "|"})
_BREAKS = frozenset({";", ",", "...", "…"}) | _COLONS
_SUBORDINATORS = frozenset(
    {"as", "after", "before", "while", "but", "because", "since", "until", "when", "if", "unless", "although"}
)
INSIDE = frozenset({"compound", "amod", "nmod", "npadvmod", "nummod"})
_PLURAL_WORDS = frozenset({"police", "people", "thousands", "hundreds", "dozens", "scores", "troops", "millions", "both"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of the written-out headline, the token it stands for (None: an inserted word), and that token's tag and lemma."""

    word: str
    origin: int | None
    tag: str = ""
    lemma: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    """What is known of words in headlines."""

    plain: frozenset[str]
    forms: dict[str, str]
    """The form in -s of each verb, with its plain form."""
    nominal: frozenset[str]
    never: frozenset[str]
    intransitive: frozenset[str]
    with_object: frozenset[str]
    modifiers: frozenset[str]
    with_infinitive: frozenset[str]
    phrases: dict[str, frozenset[str]]
    labels: frozenset[str]
    written: dict[str, str]
    results: frozenset[str]
    goals: frozenset[str]
    traded: frozenset[str]
    sources: frozenset[str]


@cache
def _words() -> _Words:
    data, lexicon = read_toml("headlines.toml"), load_lexicon()
    plain = {verb for verb in [*lexicon.verbs, *data["verbs"]["known"]] if verb.isalpha()} | lexicon.light | lexicon.reporting
    return _Words(
        frozenset(plain),
        {_third(verb): verb for verb in sorted(plain)},
        frozenset(lexicon.nouns),
        frozenset(data["verbs"]["never"]),
        frozenset(data["verbs"]["intransitive"]),
        frozenset(data["verbs"]["with_object"]),
        frozenset(data["nouns"]["modifiers"]),
        frozenset(data["nouns"]["with_infinitive"]),
        {key: frozenset(words) for key, words in data["phrases"].items()},
        frozenset(data["colon"]["labels"]),
        data["written"],
        frozenset(data["verbs"]["results"]),
        frozenset(data["nouns"]["goals"]),
        frozenset(data["nouns"]["traded"]),
        frozenset(data["colon"]["sources"]),
    )


def _third(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else verb + "s"


def write_out(doc: Doc) -> list[Piece] | None:
    """The words of the headline as running text would have them; None if they are those that stand there."""
    return _Writer(doc).pieces()


class _Writer:
    """Writes out one headline, clause by clause."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.words = _words()
        self.instead: dict[int, Piece | None] = {}
        """What stands for a token; None where it is left out."""
        self.before: dict[int, list[Piece]] = {}
        self.again = False
        self.kept: list[tuple[int, Piece]] = []
        self.own_subject: set[int] = set()
        """First tokens of clauses behind a comma that have a subject of their own."""

    def pieces(self) -> list[Piece] | None:
        """The words, or None if there is nothing to write out."""
        self._short_forms()
        self._places()
        self._colon()
        has_verb = False
        for first, end in self._clauses():
            joined = first > 0 and self.doc[first - 1].text == ","
            has_verb = self._clause(first, end, joined and has_verb) or (joined and has_verb)
        self._commas()
        if not self.instead and not self.before and not self.again:
            return None
        for verb, piece in self.kept:
            if verb not in self.instead and verb not in self.before:
                self.instead[verb] = piece
                self.before[verb] = [Piece("will", None)]
        found: list[Piece] = []
        for token in self.doc:
            found += self.before.get(token.i, ())
            shown = self.instead.get(token.i, Piece(token.text, token.i))
            if shown is not None:
                found.append(shown)
        return found

    def _short_forms(self) -> None:
        for token in self.doc:
            full = self.words.written.get(token.lower_)
            if full is None:
                continue
            hyphen = token.i + 2 < len(self.doc) and self.doc[token.i + 1].text == "-"
            if token.lower_ == "ex":
                if not hyphen:
                    continue
                self.instead[token.i + 1] = None
            self.instead[token.i] = Piece(full if token.i else full.capitalize(), token.i)

    def _places(self) -> None:
        """ "to Suriname", "to army": the parser takes what follows "to" for a verb."""
        for token in self.doc[:-1]:
            after = token.nbor()
            if token.lower_ == "to" and token.dep_ == "aux" and token.i and after.tag_ in ("JJ", "NNP", "NNS", "NNPS"):
                self.before[after.i] = [Piece("the", None)]
            elif token.lower_ == "to" and token.i and after.tag_ == "VB" and token.tag_ == "TO":
                known = after.lower_ in self.words.plain
                if (after.text[0].isupper() and not known) or after.lower_ in self.words.goals:
                    self.before[after.i] = [Piece("the", None)]
            elif token.lower_ == "to" and token.tag_ == "IN" and token.i and token.nbor(-1).tag_ in ("VBZ", "VBP"):
                # "vows to jail rebels": with the verb made clear, this may come out right
                self.again |= after.tag_ == "NN" and after.lower_ in self.words.plain and self._has_object(after.i, len(self.doc))

    def _colon(self) -> None:
        doc = self.doc
        colon = next((t.i for t in doc if t.text in _COLONS), None)
        if colon is None or not 0 < colon < len(doc) - 1:
            return
        left, right = list(doc[:colon]), list(doc[colon + 1 :])
        if len(right) <= _SOURCE < len(left) and self._is_name(right, self.words.labels - self.words.sources):
            self.before[colon] = [Piece(",", None)]
        elif len(left) > _SPEAKER or doc[colon].text == "|" or not self._is_name(left, self.words.labels):
            return
        self.instead[colon] = Piece("says", colon, "VBZ", "say")

    def _is_name(self, tokens: Sequence[Token], labels: frozenset[str]) -> bool:
        if len(tokens) == 1 and tokens[0].lower_ in self.words.sources and tokens[0].lower_ not in labels:
            return True
        return all(t.tag_ in _NOUN_STARTS or t.tag_ in ("IN", "POS", "HYPH") or t.text == "-" for t in tokens) and not any(
            t.lower_ in labels or t.tag_ == "CD" for t in tokens
        )

    def _clauses(self) -> list[tuple[int, int]]:
        """First and end of each clause: between marks, and from a subordinator on."""
        found: list[tuple[int, int]] = []
        first = 0
        for token in self.doc:
            if token.text in _BREAKS and not self._in_number(token):
                found.append((first, token.i))
                first = token.i + 1
            elif token.lower_ in _SUBORDINATORS and token.i > first:
                found.append((first, token.i))
                first = token.i
        return [(first, end) for first, end in [*found, (first, len(self.doc))] if end > first]

    def _in_number(self, token: Token) -> bool:
        return not token.whitespace_ and token.i + 1 < len(self.doc) and token.i > 0 and self.doc[token.i + 1].like_num

    def _clause(self, first: int, end: int, goes_on: bool) -> bool:
        """Write out one clause; `goes_on`: it may share the subject of the clause before. Tells whether it has a verb."""
        start = first + (self.doc[first].lower_ in _SUBORDINATORS)
        finite = next((i for i in range(start, end) if self._is_finite(i, end)), None)
        verb = next((i for i in range(start, end) if self._is_hidden_verb(i, start, end, goes_on)), None)
        if finite is not None and self._infinitive(start, finite):  # "Egypt to sign gas accord", with "accord" for a verb
            self.own_subject.add(first)
            return True
        if verb is not None and (finite is None or (verb == finite - 1 and self.doc[finite].lower_ in self.words.forms)):
            self._show_verb(verb, start)
            finite = verb
        elif finite is not None:
            self._keep_verb(finite)
        elif not (self._infinitive(start, end) or self._participle(start, end) or self._verbless(start, end)):
            return False
        if finite is None or not all(t.i in self.instead and self.instead[t.i] is None for t in self.doc[start:finite]):
            self.own_subject.add(first)
        return True

    def _is_finite(self, index: int, end: int) -> bool:
        token = self.doc[index]
        if self._is_unknown_plural(index, end):
            return False
        if token.lower_ == "close" and index + 1 < end and self.doc[index + 1].lower_ == "to":
            return False
        if token.tag_ in ("MD", "VBP", "VBZ"):
            return token.dep_ not in INSIDE and (token.lower_ not in self.words.never or token.tag_ == "VBP")
        if self._is_plain_past(index):
            return True
        return token.tag_ == "VBD" and (self._has_object(index, end) or token.lemma_.lower() in self.words.intransitive)

    def _is_event_plural(self, token: Token) -> bool:
        """Whether it is a plural that looks like a verb: the talks of "talks stall"."""
        return token.lower_ in self.words.never and token.lower_ in self.words.forms

    def _is_unknown_plural(self, index: int, end: int) -> bool:
        """Whether a noun was taken for the verb that follows it: "Cameroon separatists kidnap bishop"."""
        token = self.doc[index]
        return (
            token.tag_ == "VBZ"
            and token.lower_ not in self.words.forms
            and index + 1 < end
            and self.doc[index + 1].lower_ in self.words.plain
            and self._has_object(index + 1, end)
        )

    def _has_object(self, index: int, end: int) -> bool:
        after = index + 1 + (index + 1 < end and self.doc[index + 1].tag_ == "RP")
        return after < end and self.doc[after].tag_ in _NOUN_STARTS and self.doc[after].lower_ not in self.words.results

    def _is_plain_past(self, index: int) -> bool:
        """Whether what may be a past tense is a present one: "police beat students", "rebels lay down arms"."""
        token = self.doc[index]
        return token.tag_ == "VBD" and token.lower_ in self.words.plain and index > 0 and self.doc[index - 1].tag_ in _PLURALS

    def _is_hidden_verb(self, index: int, start: int, end: int, goes_on: bool) -> bool:
        """Whether a word that the parser took for a noun is the verb of its clause."""
        doc, words = self.doc, self.words
        token = doc[index]
        word = token.lower_
        plain = words.forms.get(word)
        if word in words.never and not (index + 1 < end and self.doc[index + 1].lower_ in words.traded):
            return False
        if not token.text[0].islower() or (plain is None and word not in words.plain):
            return False
        if token.tag_ not in _NOUNS | {"VB", "VBP", "VBZ", "VBD", "VBN", "JJ", "RB", "RP"} or (
            token.tag_[:2] == "VB" and token.dep_ not in INSIDE
        ):
            return False
        nominal = (plain or word) in words.nominal
        follows = index + 1 < end
        has_object = self._has_object(index, end)
        if index == start or (index == start + 2 and doc[start + 1].text == "-"):
            return goes_on and plain is not None and has_object and token.tag_ != "VBZ"
        if any(t.tag_ in ("TO", "VB") and t.i > start for t in doc[start:index]):
            return False
        previous = doc[index - 1]
        if previous.tag_ == "JJ" and previous.text[0].isupper() and plain is not None and not nominal and follows:
            return True
        if previous.text == "-" and index - 2 > start:
            previous = doc[index - 3]
            nominal = False
        unknown = self._is_unknown_plural(previous.i, end)
        plural = previous.tag_ in _PLURALS or unknown or _is_plural(previous) or self._several(start, index)
        if previous.tag_ not in _NOUN_ENDS and not (plural or self._is_event_plural(previous)):
            return False
        if plain is not None:
            if previous.tag_ == "NNS" and previous.text[0].islower():
                return False
        elif (not plural and not self._is_event_plural(previous)) or (nominal and previous.lower_ in words.modifiers):
            return False
        if has_object:
            return True
        if word in words.phrases["adjectives"]:
            return False  # "close to deal"
        if plain is None and plural and follows and doc[index + 1].tag_ in ("IN", "RP", "RB", "TO"):
            return index == start + 1 or token.dep_ == "ROOT" or not nominal
        return not nominal and word not in words.modifiers

    def _several(self, start: int, index: int) -> bool:
        """Whether the subject before `index` is "A and B", or "A, B" with the comma right before the clause."""
        before = self.doc[max(0, start - 1) : index]
        return not any(t.tag_ == "IN" for t in before) and (
            any(t.lower_ in ("and", "&") for t in before)
            or (before[0].text == "," and start > 1 and not any(t.tag_[:2] == "VB" for t in self.doc[:start]))
        )

    def _show_verb(self, verb: int, start: int) -> None:
        word = self.doc[verb].lower_
        plain = self.words.forms.get(word)
        lemma = shown = plain or word
        if verb >= start + 2 and self.doc[verb - 1].text == "-":  # "test-fires"
            self.instead[verb - 1] = self.instead[verb - 2] = None
            joined = self.doc[verb - 2].lower_ + lemma
            if joined in load_lexicon().verbs:
                lemma, shown = joined, "attack"
        self.instead[verb] = Piece(shown, verb, "VBZ" if plain else "VBP", lemma)
        self.before.setdefault(verb, []).append(Piece("will", None))

    def _keep_verb(self, verb: int) -> None:
        """Write a verb that the parser knows for one with "will", should the headline be parsed again."""
        token = self.doc[verb]
        if self._is_plain_past(verb):
            self._show_verb(verb, verb)
        elif token.tag_ in ("VBZ", "VBP") and token.lemma_ not in ("be", "have", "do", "near") and token.lemma_.isalpha():
            if verb + 1 < len(self.doc) and self.doc[verb + 1].tag_ == "IN":  # "hands over weapons"
                rests = load_lexicon().verbs.get(token.lemma_.lower(), ())
                self.again |= any(rest == self.doc[verb + 1].lower_ for rest, _ in rests)
            if verb + 1 < len(self.doc) and self.doc[verb + 1].tag_ == "RP" and self.doc[verb + 1].lower_ == "over":
                self.instead[verb + 1] = Piece("about", verb + 1)
            if verb and not any(child.dep_ in ("nsubj", "nsubjpass") for child in token.children) and token.dep_ == "ROOT":
                self.again = True
            self.kept.append((verb, Piece(token.lemma_.lower(), verb, token.tag_, token.lemma_)))

    def _infinitive(self, start: int, end: int) -> bool:
        """Whether a noun with an infinitive stands for the future: "Spain to send troops"; "ready to" and "told to" get a verb."""
        doc = self.doc
        for index in range(start + 1, end - 1):
            if doc[index].lower_ != "to" or not self._is_plain_verb(index + 1):
                continue
            previous = doc[index - 1]
            named = index == start + 1 and previous.text[0].isupper()
            if (not named and previous.lower_ in self.words.phrases["adjectives"]) or previous.tag_ in ("VBN", "VBD", "JJ"):
                if index - 1 == start:
                    return False
                self._insert_be(index - 1, past=previous.tag_ in ("VBN", "VBD"))
                return True
            if (named or previous.tag_ in _NOUN_ENDS) and previous.lower_ not in self.words.with_infinitive:
                self.instead[index] = Piece("will", index, "MD")
                if self.doc[index + 1].text[0].isupper():
                    self.instead[index + 1] = Piece(self.doc[index + 1].lower_, index + 1)
                return True
            return False
        return False

    def _is_plain_verb(self, index: int) -> bool:
        token = self.doc[index]
        if token.tag_ == "RB" and index + 1 < len(self.doc):
            return self.doc[index + 1].tag_ == "VB"
        return (token.text[0].islower() or token.lower_ in self.words.plain) and (
            token.tag_ == "VB" or token.lower_ in self.words.plain
        )

    def _participle(self, start: int, end: int) -> bool:
        """Whether a participle without auxiliary is the verb: "12 killed in blast"."""
        for index in range(start + 1, end):
            token, previous = self.doc[index], self.doc[index - 1]
            if token.tag_ not in ("VBD", "VBN") or token.dep_ in INSIDE or token.lemma_.lower() in self.words.intransitive:
                continue
            adverb = previous.tag_ == "RB" and index - 1 > start
            if not adverb and previous.tag_ not in _NOUN_ENDS and previous.lower_ not in _PLURAL_WORDS:
                continue
            if self._goes_on_active(index, end):
                return True
            if self._has_object(index, end) and token.lemma_.lower() not in self.words.with_object:
                continue
            self._insert_be(index - adverb, past=True)
            self.instead[index] = Piece(token.text, index, "VBN")
            return True
        return False

    def _goes_on_active(self, index: int, end: int) -> bool:
        """Whether another past tense with an object follows: "raped, tortured women" is active."""
        after = end + 1
        return (
            index == end - 1
            and after < len(self.doc)
            and self.doc[after].tag_ in ("VBD", "VBN")
            and self._has_object(after, len(self.doc))
        )

    def _verbless(self, start: int, end: int) -> bool:
        """Whether a phrase says what is the case: "Unions on strike", "Sides close to deal"."""
        for index in range(start + 1, end):
            token = self.doc[index]
            if self.doc[index - 1].tag_ not in _NOUN_ENDS:
                continue
            nouns = self.words.phrases.get(token.lower_)
            alone = token.lower_ in self.words.phrases["adjectives"]
            if alone or (nouns is not None and any(t.lower_ in nouns for t in self.doc[index + 1 : min(index + 3, end)])):
                self._insert_be(index, past=False)
                if index + 2 < end and self.doc[index + 1].lower_ == "to" and self.doc[index + 2].lower_ in self.words.nominal:
                    self.before[index + 2] = [Piece("the", None)]  # "close to deal"
                return True
        return False

    def _insert_be(self, index: int, *, past: bool) -> None:
        plural = self.doc[index - 1].tag_ in _PLURALS or self.doc[index - 1].like_num
        word = ("were" if plural else "was") if past else ("are" if plural else "is")
        self.before.setdefault(index, []).append(Piece(word, None))

    def _commas(self) -> None:
        """Commas that stand for "and"."""
        doc = self.doc
        commas = [t.i for t in doc if t.text == "," and not self._in_number(t) and 0 < t.i < len(doc) - 1]
        for position, index in enumerate(commas):
            if (
                index in self.before
                or doc[index - 1].text in ("'", '"', "’", "”")
                or doc[index + 1].tag_ in ("DT", "WP", "WDT", "CC")
            ):
                continue
            until = commas[position + 1] if position + 1 < len(commas) else len(doc)
            if any(t.lemma_ == "say" or t.lower_ in ("and", "&") for t in doc[index + 1 : min(until, index + 6)]):
                continue
            own = index + 1 in self.own_subject and any(first < index for first in self.own_subject)
            self.instead[index] = Piece("while" if own else "and", index)


def _is_plural(token: Token) -> bool:
    """Whether a word that the parser does not know for a plural is one: "police", "MPs", "Houthis"."""
    word = token.text
    if word.lower() in _PLURAL_WORDS:
        return True
    if len(word) < 3 or not word[0].isupper() or word[-1] != "s" or word[-2] in "us":
        return False
    known = gazetteer().get(word)
    return known is None or known.entity_type not in ("GPE", "LOC")
