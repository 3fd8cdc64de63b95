"""Whether the text says that the event happened: negated, future, hypothetical or historical, each on its own.

Read from auxiliaries and negations of the clause, from the verbs that govern it ("plans to", "failed to", "may") and from the
adjectives of a nominal event ("planned talks").
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta

from spacy.tokens import Token

from transforms.events.match import Candidate
from transforms.events.syntax import is_verb
from transforms.lexicon import Lexicon

_DEPTH = 6
_HISTORICAL_AFTER = timedelta(days=365)
"""An event that ended longer before publication than this is background, not news."""


@dataclass(frozen=True, slots=True)
class Modality:
    """The four auxiliary modes of PLOVER."""

    negated: bool = False
    future: bool = False
    hypothetical: bool = False
    historical: bool = False

    @property
    def asserted(self) -> bool:
        """Whether the text presents the event as something that has happened."""
        return not (self.negated or self.future or self.hypothetical)


def heard(flag: str, words: Collection[str]) -> bool:
    """Whether some word sets the flag."""
    return bool(words)


def modality(
    candidate: Candidate,
    lexicon: Lexicon,
    span: tuple[date, date] | None,
    published: date | None,
    told: Callable[[str, Collection[str]], bool] = heard,
) -> Modality:
    """How the text asserts the candidate; `span` is the event's own date, if the text gives one.

    `told` is asked of every flag with the words that may set it: a trace takes them down.
    """
    negated = future = hypothetical = False
    head = candidate.head
    if not is_verb(head) or candidate.rule.trigger == "noun":
        words = {child.lemma_.lower() for child in head.children if child.dep_ in ("amod", "det", "neg", "advmod")}
        negated |= told("negated", words & lexicon.negation.get("words", frozenset()))
        future |= told("future", words & lexicon.future.get("modifiers", frozenset()))
        hypothetical |= told("hypothetical", words & lexicon.hypothetical.get("modifiers", frozenset()))
    for noun in candidate.frame.objects:
        negated |= told("negated", [child.lower_ for child in noun.children if child.dep_ == "det" and child.lower_ == "no"])
    verb: Token | None = candidate.frame.verb
    if verb is None and is_verb(head):
        verb = head
    for _ in range(_DEPTH):
        if verb is None:
            break
        auxiliaries, words = _clause_words(verb)
        negated |= told("negated", words & lexicon.negation.get("words", frozenset()))
        future |= told("future", auxiliaries & lexicon.future.get("auxiliaries", frozenset()))
        future |= told("future", [f"{verb.head.lower_} to"] if _going_to(verb) else ())
        if "would" in auxiliaries and _reported(verb, lexicon) and not _conditions(verb, lexicon):
            future |= told("future", ("would",))
        else:
            hypothetical |= told("hypothetical", auxiliaries & lexicon.hypothetical.get("auxiliaries", frozenset()))
        hypothetical |= told("hypothetical", _conditions(verb, lexicon))
        above = _governor(verb)
        if above is None:
            break
        lemma = above.lemma_.lower()
        if lemma in lexicon.reporting and verb.dep_ == "ccomp":
            break
        if above is not verb and verb.dep_ != "conj":
            negated |= told("negated", {lemma} & lexicon.negation.get("verbs", frozenset()))
            future |= told("future", {lemma} & lexicon.future.get("verbs", frozenset()))
            hypothetical |= told("hypothetical", {lemma} & lexicon.hypothetical.get("verbs", frozenset()))
        verb = above
    historical = bool(span and published and span[1] < published - _HISTORICAL_AFTER)
    if span and published:
        told("historical", [f"{span[1]}"] if historical else ())
        if span[0] > published and not hypothetical:
            future |= told("future", [f"{span[0]}"])
    return Modality(negated, future, hypothetical, historical)


def _clause_words(verb: Token) -> tuple[set[str], set[str]]:
    """Auxiliaries of the clause, and the words in it that can deny it; a coordinated verb shares those of the first."""
    auxiliaries = {word for child in verb.children if child.dep_ in ("aux", "auxpass") for word in (child.lower_, child.norm_)}
    words = {child.lower_ for child in verb.children if child.dep_ in ("neg", "advmod", "preconj", "cc")} - {"no"}
    words -= {"not", "n't"}
    words |= {"not" for child in verb.children if child.dep_ == "neg" and not _not_only(child)}
    if not auxiliaries and _shares_auxiliaries(verb):
        more, negations = _clause_words(verb.head) if is_verb(verb.head) else (set(), set())
        auxiliaries |= more
        words |= negations - {"neither"}
    if verb.dep_ == "pcomp" and verb.head.lower_ == "without":
        words.add("without")
    for child in verb.children:
        if child.dep_ in ("nsubj", "nsubjpass") and any(c.dep_ == "det" and c.lower_ in ("no", "neither") for c in child.children):
            words.add("no")
        if child.dep_ in ("nsubj", "nsubjpass") and child.lower_ in ("nobody", "none", "neither"):
            words.add("none")
    return auxiliaries, words


def _not_only(negation: Token) -> bool:
    """ "not only condemned": affirmed, and more is to come."""
    return negation.i + 1 < len(negation.doc) and negation.nbor().lower_ in ("only", "just", "merely", "simply")


def _shares_auxiliaries(verb: Token) -> bool:
    """Whether a coordinated verb goes on with the auxiliaries of the first ("will meet and sign")."""
    if verb.dep_ != "conj" or verb.tag_ != verb.head.tag_ or verb.tag_ not in ("VB", "VBN", "VBG"):
        return False
    children = {child.dep_ for child in verb.children}
    passive = any(child.dep_ in ("auxpass", "nsubjpass") for child in verb.head.children)
    return not children & {"nsubj", "nsubjpass"} and not (passive and "dobj" in children)


def _going_to(verb: Token) -> bool:
    """ "is going to visit", "is to visit", "is due to visit"."""
    if verb.dep_ != "xcomp" or not any(child.lower_ == "to" for child in verb.children):
        return False
    head = verb.head
    return (
        (head.lemma_ == "go" and head.tag_ == "VBG")
        or head.lemma_ == "be"
        or head.lower_ in ("due", "set", "scheduled", "ready", "poised", "slated")
    )


def _conditions(verb: Token, lexicon: Lexicon) -> list[str]:
    markers = lexicon.hypothetical.get("markers", frozenset())
    return [child.lower_ for child in verb.children if child.dep_ == "mark" and child.lower_ in markers]


def _reported(verb: Token, lexicon: Lexicon) -> bool:
    return verb.dep_ == "ccomp" and verb.head.lemma_.lower() in lexicon.reporting


def _governor(verb: Token) -> Token | None:
    """The verb or noun whose complement the clause of `verb` is."""
    head = verb.head
    if head == verb:
        return None
    if verb.dep_ == "ccomp" and verb.i < head.i:
        return None  # "Police arrested ten men; no one was hurt": the parser makes one clause of the other, or it is reported
    if verb.dep_ in ("xcomp", "ccomp") or (verb.dep_ == "advcl" and verb.tag_ == "VB" and verb.left_edge.lower_ == "to"):
        return head
    if verb.dep_ == "acl" and verb.tag_ == "VB":
        return head
    if verb.dep_ == "pcomp":
        return head.head
    if verb.dep_ == "conj" and is_verb(head):
        return _governor(head)
    return None
