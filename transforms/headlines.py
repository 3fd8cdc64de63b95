"""Reads headlines: gives the model the words that a headline leaves out, and takes over the tree.

A parser trained on running text takes "S. Korea, US strike deal" for one long noun and "Israel told to halt push" for an active
clause. So a headline is written out as running text would say it ("and" for its commas, "will" for its infinitive, "was" before
its participle, "says" for its colon, "will" before a verb that the first parse took for a noun), parsed again, and its own tokens get
the tags, heads and relations of those words. Text, offsets and entities stay those of the headline.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc, Token

from transforms.lexicon import load_lexicon
from transforms.package_data import read_toml

_LONGEST = 30
_SHORTEST = 3
_SPEAKER = 5  # tokens at most before a colon
_SOURCE = 4  # tokens at most behind a colon or dash
_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_NOUN_ENDS = _NOUNS | {"CD", "PRP"}
_NOUN_STARTS = _NOUNS | {"JJ", "JJR", "JJS", "CD", "DT", "PRP$", "PRP", "$", "VBG", "``", "PDT"}
_PLURALS = frozenset({"NNS", "NNPS"})
_COLONS = frozenset({":", "–", "—", "--", "|"})
_BREAKS = frozenset({";", ",", "...", "…"}) | _COLONS
_SUBORDINATORS = frozenset({"as", "after", "before", "while", "but", "because", "since", "until", "when", "if", "unless", "although"})
_INSIDE = frozenset({"compound", "amod", "nmod", "npadvmod", "nummod"})
_PLURAL_WORDS = frozenset({"police", "people", "thousands", "hundreds", "dozens", "scores", "troops", "millions", "both"})
_RELAYED = ("acomp", "attr", "xcomp", "oprd", "prep", "advmod", "advcl")
"""Relations of the child that stands for an inserted verb in the tree of the headline."""
_KEPT = frozenset({"tok2vec", "tagger", "parser", "morphologizer"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of the written-out headline: the token it stands for (None: an inserted word), and the tag that token gets, if known."""

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
    )


def _third(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else verb + "s"


def read_headlines(nlp: Language, docs: Sequence[Doc], finish: Callable[[Doc], None]) -> None:
    """Give the headlines among the parsed `docs` the tree of what they leave unsaid; `finish` sets lemmas and parts of speech."""
    written = [(doc, pieces) for doc in docs if is_headline(doc) and (pieces := write_out(doc)) is not None]
    if not written:
        return
    full = [Doc(nlp.vocab, words=[piece.word for piece in pieces]) for _, pieces in written]
    for doc in full:
        for token in doc[1:]:
            token.is_sent_start = False
    for name, component in nlp.pipeline:
        if name in _KEPT and isinstance(component, TrainablePipe):
            component.set_annotations(full, component.predict(full))
    for (doc, pieces), parsed in zip(written, full, strict=True):
        _take_over(doc, pieces, parsed)
        finish(doc)
        for piece in pieces:
            if piece.origin is not None and piece.lemma:
                doc[piece.origin].lemma_ = piece.lemma
            if piece.origin is not None and piece.word == "will":
                doc[piece.origin].norm_ = "will"


def is_headline(doc: Doc) -> bool:
    """Whether a sentence has the outer form of a headline: short, and without a full stop."""
    return _SHORTEST <= len(doc) <= _LONGEST and doc[-1].text not in (".", "?", "!", ":", ",") and not doc[-1].text.endswith(".")


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
            piece = self.instead.get(token.i, Piece(token.text, token.i))
            if piece is not None:
                found.append(piece)
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
            if token.lower_ == "to" and token.i and after.tag_ == "VB" and token.tag_ == "TO":
                known = after.lower_ in self.words.plain
                if (after.text[0].isupper() and not known) or after.lower_ in self.words.goals:
                    self.before[after.i] = [Piece("the", None)]
            elif token.tag_ == "IN" and token.lower_ == "to" and after.lower_ in self.words.plain and token.i:
                if token.nbor(-1).tag_ in ("VBZ", "VBP") and after.tag_ == "NN" and self._has_object(after.i, len(self.doc)):
                    self.again = True  # "vows to jail rebels": with the verb made clear, this may come out right

    def _colon(self) -> None:
        doc = self.doc
        colon = next((t.i for t in doc if t.text in _COLONS), None)
        if colon is None or not 0 < colon < len(doc) - 1:
            return
        left, right = doc[:colon], doc[colon + 1 :]
        if len(right) <= _SOURCE < len(left) and self._is_name(right):
            self.before[colon] = [Piece(",", None)]
        elif len(left) > _SPEAKER or doc[colon].text == "|" or not self._is_name(left):
            return
        self.instead[colon] = Piece("says", colon, "VBZ", "say")

    def _is_name(self, tokens: Sequence[Token]) -> bool:
        return all(t.tag_ in _NOUN_STARTS or t.tag_ in ("IN", "POS", "HYPH") or t.text == "-" for t in tokens) and not any(
            t.lower_ in self.words.labels or t.tag_ == "CD" for t in tokens
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
        if token.tag_ in ("MD", "VBP", "VBZ"):
            return token.dep_ not in _INSIDE
        return token.tag_ == "VBD" and (self._has_object(index, end) or token.lemma_.lower() in self.words.intransitive)

    def _has_object(self, index: int, end: int) -> bool:
        return index + 1 < end and self.doc[index + 1].tag_ in _NOUN_STARTS and self.doc[index + 1].lower_ not in self.words.results

    def _is_hidden_verb(self, index: int, start: int, end: int, goes_on: bool) -> bool:
        """Whether a word that the parser took for a noun is the verb of its clause."""
        doc, words = self.doc, self.words
        token = doc[index]
        word = token.lower_
        plain = words.forms.get(word)
        if not token.text[0].islower() or word in words.never or (plain is None and word not in words.plain):
            return False
        if token.tag_ not in _NOUNS | {"VB", "VBP", "VBZ", "VBD", "VBN", "JJ"} or (token.tag_[:2] == "VB" and token.dep_ not in _INSIDE):
            return False
        nominal = (plain or word) in words.nominal
        follows = index + 1 < end
        has_object = self._has_object(index, end)
        if index == start or (index == start + 2 and doc[start + 1].text == "-"):
            return goes_on and plain is not None and has_object and token.tag_ != "VBZ"
        previous = doc[index - 1]
        if previous.tag_ == "JJ" and previous.text[0].isupper() and plain is not None and not nominal and follows:
            return True
        if previous.text == "-" and index - 2 > start:
            previous = doc[index - 3]
            nominal = False
        if previous.tag_ not in _NOUN_ENDS and previous.lower_ not in _PLURAL_WORDS:
            return False
        plural = previous.tag_ in _PLURALS or previous.lower_ in _PLURAL_WORDS or self._several(start, index)
        if plain is not None:
            if previous.tag_ == "NNS" and previous.text[0].islower():
                return False
        elif not plural or previous.lower_ in words.modifiers:
            return False
        if has_object:
            return True
        if plain is None and plural and follows and doc[index + 1].tag_ in ("IN", "RP", "RB", "TO"):
            return index == start + 1 or token.dep_ == "ROOT" or not nominal
        return not nominal and (follows or index == end - 1) and word not in words.modifiers and (follows or plain is not None)

    def _several(self, start: int, index: int) -> bool:
        """Whether the subject before `index` is "A and B", or "A, B" with the comma right before the clause."""
        before = self.doc[max(0, start - 1) : index]
        return len(before) > 0 and (
            any(t.lower_ in ("and", "&") for t in before)
            or (before[0].text == "," and start > 1 and not any(t.tag_[:2] == "VB" for t in self.doc[:start]))
        )

    def _show_verb(self, verb: int, start: int) -> None:
        word = self.doc[verb].lower_
        plain = self.words.forms.get(word)
        lemma = plain or word
        if verb >= start + 2 and self.doc[verb - 1].text == "-":  # "test-fires"
            self.instead[verb - 1] = self.instead[verb - 2] = None
            joined = self.doc[verb - 2].lower_ + lemma
            lemma = joined if joined in load_lexicon().verbs else lemma
        self.instead[verb] = Piece(plain or word, verb, "VBZ" if plain else "VBP", lemma)
        self.before.setdefault(verb, []).append(Piece("will", None))

    def _keep_verb(self, verb: int) -> None:
        """Write a verb that the parser knows for one with "will", should the headline be parsed again."""
        token = self.doc[verb]
        if token.tag_ in ("VBZ", "VBP") and token.lemma_ not in ("be", "have", "do", "near") and token.lemma_.isalpha():
            self.kept.append((verb, Piece(token.lemma_.lower(), verb, token.tag_, token.lemma_)))

    def _infinitive(self, start: int, end: int) -> bool:
        """Whether a noun with an infinitive stands for the future: "Spain to send troops"; "ready to" and "told to" get a verb."""
        doc = self.doc
        for index in range(start + 1, end - 1):
            if doc[index].lower_ != "to" or not self._is_plain_verb(index + 1):
                continue
            previous = doc[index - 1]
            if previous.lower_ in self.words.phrases["adjectives"] or previous.tag_ in ("VBN", "VBD", "JJ"):
                if index - 1 == start:
                    return False
                self._insert_be(index - 1, past=previous.tag_ in ("VBN", "VBD"))
                return True
            if previous.tag_ in _NOUN_ENDS and previous.lower_ not in self.words.with_infinitive:
                self.instead[index] = Piece("will", index, "MD")
                return True
            return False
        return False

    def _is_plain_verb(self, index: int) -> bool:
        token = self.doc[index]
        if token.tag_ == "RB" and index + 1 < len(self.doc):
            return self.doc[index + 1].tag_ == "VB"
        return token.text[0].islower() and (token.tag_ == "VB" or token.lower_ in self.words.plain)

    def _participle(self, start: int, end: int) -> bool:
        """Whether a participle without auxiliary is the verb: "12 killed in blast"."""
        for index in range(start + 1, end):
            token, previous = self.doc[index], self.doc[index - 1]
            if token.tag_ not in ("VBD", "VBN") or token.dep_ in _INSIDE or token.lemma_.lower() in self.words.intransitive:
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
        return index == end - 1 and after < len(self.doc) and self.doc[after].tag_ in ("VBD", "VBN") and self._has_object(after, len(self.doc))

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
            if index in self.before or doc[index - 1].text in ("'", '"', "’", "”") or doc[index + 1].tag_ in ("DT", "WP", "WDT", "CC"):
                continue
            until = commas[position + 1] if position + 1 < len(commas) else len(doc)
            if any(t.lemma_ == "say" or t.lower_ in ("and", "&") for t in doc[index + 1 : min(until, index + 6)]):
                continue
            own = index + 1 in self.own_subject and any(first < index for first in self.own_subject)
            self.instead[index] = Piece("while" if own else "and", index)


def _take_over(doc: Doc, pieces: Sequence[Piece], parsed: Doc) -> None:
    """Give the tokens of `doc` the tags, heads and relations of the words that stand for them."""
    stands = {place: _stand_in(parsed[place], pieces) for place in range(len(pieces))}
    origin = {place: piece.origin for place, piece in enumerate(pieces)}
    heads, deps, tags = list(range(len(doc))), ["punct"] * len(doc), [token.tag_ for token in doc]
    for place, piece in enumerate(pieces):
        if piece.origin is None:
            continue
        token = parsed[place]
        while stands.get(token.head.i) == place and token.head != token:  # it takes the place of an inserted verb
            token = token.head
        above = stands[token.head.i]
        heads[piece.origin] = piece.origin if token.head == token else _or(origin[above], piece.origin)
        deps[piece.origin] = token.dep_
        tags[piece.origin] = piece.tag or parsed[place].tag_
    taken = {piece.origin for piece in pieces}
    for index in range(len(doc) - 1):
        if index not in taken:
            heads[index] = index + 1
    for token, tag, dep in zip(doc, tags, deps, strict=True):
        token.tag_, token.dep_ = tag, dep
    for token, head in zip(doc, heads, strict=True):
        token.head = doc[head]


def _or(value: int | None, other: int) -> int:
    return other if value is None else value


def _stand_in(token: Token, pieces: Sequence[Piece]) -> int:
    """The place of the word that has the token's place in the tree: its own, or that of a child where it was inserted."""
    for _ in range(len(pieces)):
        if pieces[token.i].origin is not None:
            return token.i
        children = [child for child in token.children if child.dep_ != "punct"]
        if not children:
            token = token.head
            continue
        token = min(children, key=lambda c: (_RELAYED.index(c.dep_) if c.dep_ in _RELAYED else len(_RELAYED), c.i))
    return token.i
