"""Finds the triggers of a sentence: every word whose lemma the lexicon knows, with the rules whose constraints hold around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from spacy.tokens import Doc, Token

from transforms.events.parties import SentenceMentions, is_political
from transforms.events.syntax import (
    clauses,
    coordinated,
    governor,
    indirect_objects,
    is_verb,
    is_verbless,
    objects,
    phrases,
    subjects,
)
from transforms.lexicon import Lexicon, Rule

if TYPE_CHECKING:
    from transforms.events.trace import SentenceTrace

_OBLIGATION = frozenset({"must", "should", "ought"})
_IN_OFFICE = frozenset({"GOV", "LEG", "JUD", "MIL", "IGO", "PTY", "OPP", "SPY"})
_CONDITIONS = frozenset({"if", "unless"})
_LIGHT_COPULAS = frozenset({"be", "remain", "stay"})


class Frame:
    """A trigger in its clause: the word, the verb that carries it (a light verb for a noun), and what stands around it.

    What no rule asks for is not looked up.
    """

    def __init__(self, head: Token, verb: Token | None, lexicon: Lexicon) -> None:
        self.head = head
        self.verb = verb
        self.known: dict[str, list[_Word]] = {}
        """What stands in each slot ("object") and behind each preposition ("in:"), as far as a rule has asked."""
        self._lexicon = lexicon

    @cached_property
    def subjects(self) -> list[Token]:
        """Who acts."""
        return subjects(self.verb, self._lexicon.object_control) if self.verb is not None else []

    @cached_property
    def objects(self) -> list[Token]:
        """Who or what is acted upon."""
        return objects(self.head, self._lexicon.object_control)

    @cached_property
    def indirect(self) -> list[Token]:
        """To whom something is given."""
        return indirect_objects(self.head)

    @cached_property
    def clauses(self) -> list[Token]:
        """Heads of the complement clauses."""
        return clauses(self.head)

    @cached_property
    def phrases(self) -> list[tuple[str, Token]]:
        """Prepositions with their nouns: those of the trigger and of its objects, and those within them."""
        found = list(phrases(self.head))
        if is_verbless(self.head):
            found += [(self.head.lower_, child) for child in self.head.children if child.dep_ == "pobj"]
        for noun in self.objects:
            found += phrases(noun)
        return found + [pair for _, noun in found for pair in phrases(noun)]

    @property
    def nouns(self) -> list[Token]:
        """The nouns that can carry participants as modifiers: the trigger itself or the verb's objects."""
        return self.objects

    @cached_property
    def holders(self) -> list[Token]:
        """Who is in the state that a noun names: of "miners on strike" and "the miners remain on strike" the miners."""
        return []


class _NounFrame(Frame):
    """The frame of a noun or adjective: its phrases, and the subject and phrases of the light verb that carries it."""

    def __init__(self, noun: Token, lexicon: Lexicon) -> None:
        verb, self._place = governor(_counted_by(noun, lexicon))
        self._above = verb
        light = verb is not None and (
            (self._place == "object" and verb.lemma_.lower() in lexicon.light)
            or (self._place not in ("object", "subject") and verb.lemma_.lower() in lexicon.light | _LIGHT_COPULAS)
            or (noun.dep_ in ("acomp", "attr") and verb.lemma_.lower() in _LIGHT_COPULAS)
            or self._place == "be"
        )
        if noun.dep_ == "acomp" and is_verb(noun.head):
            verb, light = noun.head, True
        elif is_verbless(noun):
            verb, light = noun, True
        self._carrier = verb
        self._light = light
        super().__init__(noun, verb if light or self._place == "subject" else None, lexicon)

    @cached_property
    def subjects(self) -> list[Token]:
        return subjects(self.verb, self._lexicon.object_control) if self._light and self.verb is not None else []

    @cached_property
    def objects(self) -> list[Token]:
        return [inner for word, inner in phrases(self.head) if word == "of"]

    @property
    def indirect(self) -> list[Token]:
        return []

    @cached_property
    def phrases(self) -> list[tuple[str, Token]]:
        found = list(phrases(self.head))
        found += [pair for _, inner in list(found) for pair in phrases(inner)]
        if self.verb is not None:
            found += [pair for pair in phrases(self.verb) if pair[1] is not self.head]
        return found

    @property
    def nouns(self) -> list[Token]:
        return [self.head]

    @cached_property
    def holders(self) -> list[Token]:
        return _holders(self.head, self._carrier, self._place, self._lexicon)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word around a trigger, with all the ways in which a rule can name it: "strikes", "strike", "air strike"."""

    token: Token
    own: frozenset[str]
    names: frozenset[str]


@dataclass(slots=True)
class Candidate:
    """A rule that matched at a trigger, with the words it matched."""

    rule: Rule
    frame: Frame
    words: list[Token] = field(default_factory=list)
    specificity: int = 0
    """What the rule asks for, the words of its trigger phrase included."""

    @property
    def head(self) -> Token:
        """The trigger word."""
        return self.frame.head


def candidates(
    doc: Doc, mentions: SentenceMentions, lexicon: Lexicon, trace: "SentenceTrace | None" = None
) -> Iterator[list[Candidate]]:
    """For each trigger of the sentence the rules that match there, the most specific first."""
    tokens = list(doc)
    lemmas = [token.lemma_.lower() for token in tokens]
    said: set[str] | None = None
    indexes = ((lexicon.verbs, "verb"), (lexicon.nouns, "noun"), (lexicon.adjectives, "adjective"))
    for token, word in zip(tokens, lemmas, strict=True):
        if token.i in mentions.covering:
            continue
        lemma = word.replace("-", "")
        if token.pos_ == "ADP" and is_verbless(token):
            lemma = "be"  # "Unions on strike"
        frame: Frame | None = None
        as_verb: bool | None = None
        found: list[Candidate] = []
        for entries, kind in indexes:
            if lemma not in entries or not _fits(token, kind):
                continue
            as_verb = kind == "verb" if as_verb is None else as_verb
            particles = {child.lower_ for child in token.children if child.dep_ == "prt"} if kind == "verb" else set()
            said = said or {*lemmas, *(token.lower_ for token in tokens)}
            for rest, rule in entries[lemma]:
                words = [token] if not rest and not particles else _phrase(token, rest, kind, particles, said)
                if words is None and trace is None:
                    continue
                frame = frame or (verb_frame(token, lexicon) if as_verb else noun_frame(token, lexicon))
                if words is not None and (more := constraints(rule, frame, mentions, lexicon)) is not None:
                    found.append(Candidate(rule, frame, words + more, rule.specificity + 2 * (len(words) - 1)))
                elif trace:
                    trace.missed(rule, frame, rest if words is None else None)
        if found:
            found.sort(key=lambda c: (-c.specificity, -len(c.words), -len(c.rule.modes), c.rule.rule_id))
            if trace:
                trace.matched(found)
            yield found


def verb_frame(verb: Token, lexicon: Lexicon) -> Frame:
    """The frame of a verb: its logical arguments, its phrases and those of its objects."""
    return Frame(verb, verb, lexicon)


def noun_frame(noun: Token, lexicon: Lexicon) -> Frame:
    """The frame of a noun or adjective: its phrases, and the subject and phrases of the light verb that carries it."""
    return _NounFrame(noun, lexicon)


def _holders(noun: Token, verb: Token | None, place: str, lexicon: Lexicon) -> list[Token]:
    """The noun on which the phrase with `noun` hangs, else the subject (of a passive: the object) of the verb with that phrase."""
    if noun.dep_ == "amod" and noun.i > noun.head.i:  # "three soldiers dead in ambush"
        return [noun.head]
    if noun.dep_ != "pobj":
        return []
    if verb is None:
        return [noun.head.head] if noun.head.head.pos_ in ("NOUN", "PROPN", "PRON", "NUM", "ADJ") else []
    if place in ("object", "subject"):
        return []
    return objects(verb, lexicon.object_control) or subjects(verb, lexicon.object_control)


def _fits(token: Token, kind: str) -> bool:
    if kind == "verb":
        return (
            is_verb(token)
            or is_verbless(token)
            or (token.tag_ in ("JJ", "NN", "NNP", "NNS") and token.dep_ in ("ROOT", "relcl", "ccomp"))
        )
    if kind == "noun":
        return token.pos_ in ("NOUN", "PROPN") or token.tag_ in ("NN", "NNS", "NNP", "NNPS")
    return token.pos_ in ("ADJ", "ADV") or token.tag_ in ("VBN", "VBG") or token.dep_ in ("acomp", "attr")


def _phrase(token: Token, rest: str, kind: str, particles: set[str], said: set[str]) -> list[Token] | None:
    """The words of the trigger phrase, or None when the rest of it ("out" of "carry out") is not there."""
    needed = rest.split()
    if not particles.issubset(needed):
        return None  # "call off" is another verb than "call"
    if not said.issuperset(needed):
        return None
    found = [token]
    if kind == "verb":
        if "-" in needed:  # "tear-gassed": the words up to the last hyphen stand right before
            size = len(needed) - needed[::-1].index("-")
            before = list(token.doc[max(0, token.i - size) : token.i])
            if [t.lower_ for t in before] != needed[:size]:
                return None
            found += before
            needed = needed[size:]
        for word in needed:
            part = next(
                (c for c in token.children if c.lower_ == word and c.dep_ in ("prt", "prep", "advmod", "dative", "agent")), None
            )
            part = part or (token.nbor() if token.i + 1 < len(token.doc) and token.nbor().lower_ == word else None)
            if part is None:
                return None
            found.append(part)
        return found
    before = [
        t for t in token.doc[max(0, token.i - 2 * len(needed) - 2) : token.i] if t.lower_ in needed or t.lemma_.lower() in needed
    ]
    return found + before if {t.lower_ for t in before} | {t.lemma_.lower() for t in before} >= set(needed) else None


def constraints(rule: Rule, frame: Frame, mentions: SentenceMentions, lexicon: Lexicon) -> list[Token] | None:
    """The tokens that meet the rule's constraints, or None when one of them fails."""
    if rule.voice and (rule.voice == "passive") != any(c.dep_ in ("auxpass", "nsubjpass") for c in frame.head.children):
        return None
    matched: list[Token] = []
    for place, wanted, tests, excluded in rule.around:
        words = frame.known.get(place)
        if words is None:
            words = frame.known[place] = _in_place(frame, place, lexicon)
        hits = [word for word in words if _meets(word, wanted, tests, mentions)]
        if excluded == bool(hits):
            return None
        if not excluded and (place == "object" or place[-1] == ":"):
            matched += [word.token for word in hits if not word.own.isdisjoint(wanted)]
    return matched


def _in_place(frame: Frame, place: str, lexicon: Lexicon) -> list[_Word]:
    """The words in a slot, or behind a preposition ("in:")."""
    if place[-1] == ":":
        found = [t for word, noun in frame.phrases if word == place[:-1] for t in _through(noun, lexicon)]
    else:
        match place:
            case "subject":
                nouns = frame.subjects or frame.holders
            case "object":
                nouns = frame.objects
            case "complement":
                nouns = frame.clauses
            case _:
                nouns = [c for c in frame.head.children if c.dep_ in ("compound", "amod", "nmod", "poss")]
        found = [t for noun in nouns for one in coordinated(noun) for t in _through(one, lexicon)]
    return [_word(token) for token in found]


def _word(token: Token) -> _Word:
    lemma = token.lemma_.lower()
    names = {lemma, token.lower_}
    for child in token.children:
        if child.dep_ in ("compound", "amod"):
            names.add(f"{child.lower_} {lemma}")
        elif child.dep_ in ("dobj", "prt"):
            names.add(f"{lemma} {child.lemma_.lower()}")
    return _Word(token, frozenset((lemma, token.lower_)), frozenset(names))


def _counted_by(noun: Token, lexicon: Lexicon) -> Token:
    """The noun that only counts `noun` and stands in its place in the clause: of "ten days of drills" the days."""
    above = noun.head.head
    counted = noun.dep_ == "pobj" and noun.head.lower_ == "of" and above.lemma_.lower() in lexicon.transparent
    return above if counted else noun


def _through(noun: Token, lexicon: Lexicon) -> list[Token]:
    """The noun, and what it counts or groups: of "thousands of refugees" both nouns."""
    found = [noun]
    if noun.lemma_.lower() in lexicon.transparent or noun.pos_ == "NUM":
        found += [inner for word, inner in phrases(noun) if word == "of"]
    return found


def _meets(word: _Word, wanted: frozenset[str], tests: Sequence[str], mentions: SentenceMentions) -> bool:
    return not word.names.isdisjoint(wanted) or (bool(tests) and any(_test(word.token, test, mentions) for test in tests))


def _test(token: Token, test: str, mentions: SentenceMentions) -> bool:
    if test == "#any":
        return True
    if test == "#clause":
        return is_verb(token)
    if test == "#must":
        return any(
            c.lower_ in _OBLIGATION or (c.dep_ == "aux" and c.lower_ == "to" and token.head.lemma_ in ("have", "need"))
            for c in token.children
        )
    if test == "#will":
        return any(c.dep_ == "aux" and c.lower_ in ("will", "would", "shall", "'ll", "wo") for c in token.children)
    if test == "#infinitive":
        return any(c.dep_ == "aux" and c.lower_ == "to" for c in token.children)
    if test == "#if":
        return any(t.lower_ in _CONDITIONS for t in token.doc)
    mention = mentions.at(token)
    if test == "#money":
        return mention is not None and mention.entity_type == "MONEY"
    if test == "#place" and mention is not None:
        return mention.entity_type in ("GPE", "LOC", "FAC")
    if test == "#actor":
        return mentions.names_party(token)
    if mention is None or not is_political(mention):
        return False
    match test:
        case "#person":
            return mention.entity_type == "PERSON"
        case "#official":
            return mention.sector in _IN_OFFICE
        case "#organisation":
            return mention.entity_type == "ORG"
        case "#country":
            return mention.country is not None and mention.entity_type in ("GPE", "NORP")
        case _:  # "#group"
            return mention.mention_kind == "nominal" or mention.entity_type == "NORP"
