"""How force was used, and which words of a sentence tell one use of it.

The means often stands elsewhere in the clause than the verb ("killed in a drone strike", "stabbed", "gunmen attacked"), and one
happening is often told by two words, the act and what came of it ("attacked the base, killing nine", "the air strike killed two").
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from spacy.tokens import Token

from transforms.events.match import Candidate
from transforms.events.syntax import coordinated, is_verb, listed, objects, phrases
from transforms.lexicon import Lexicon

_WITH_MEANS = frozenset({"with", "in", "by", "from", "using", "during", "of", "at", "via", "under", "to", "amid"})
_BEFORE = frozenset({"compound", "amod", "nmod", "npadvmod", "poss", "advmod"})
_MANY_SIDED = frozenset({"abduct", "destroy", "targeted", "sexual", "torture"})
"""Modes that say to whom or what was done; a means stands beside them."""
_AT_HAND = frozenset({"abduct", "sexual"})
_HAPPENED_IN = frozenset({"in", "during", "by", "from", "after", "as"})


def means(candidate: Candidate, modes: Sequence[str], lexicon: Lexicon) -> tuple[str, ...]:
    """The modes of an ASSAULT with the means that the clause tells added, and that it was aimed at somebody of note.

    Who takes captives or rapes is often armed; that is not how it is done.
    """
    if _AT_HAND.intersection(modes):
        return tuple(modes)
    if "targeted" not in modes and _kills_notable(candidate, lexicon):
        modes = (*modes, "targeted")
    if any(mode not in _MANY_SIDED for mode in modes) and not any(
        mode in less for mode in modes for less in lexicon.refines.values()
    ):
        return tuple(modes)
    told = next(_told(candidate, lexicon), None)
    return combined(modes, (told,) if told else (), lexicon.refines)


def _kills_notable(candidate: Candidate, lexicon: Lexicon) -> bool:
    """Whether a single commander, minister or journalist is killed."""
    verb = candidate.frame.verb
    if verb is None or lexicon.casualties.get(verb.lemma_.lower()) != "killed" or verb.lemma_.lower() in listed("struck_subjects"):
        return False
    struck = candidate.frame.objects if verb == candidate.head else objects(verb, lexicon.object_control)
    return any(noun.lemma_.lower() in lexicon.notable and noun.tag_ in ("NN", "NNP") for noun in struck)


def combined(modes: Iterable[str], more: Iterable[str], refines: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Both lists of modes as one, without the means that a more exact one makes needless, and with one means only."""
    found = list(dict.fromkeys((*modes, *more)))
    found = [mode for mode in found if not any(mode in refines.get(other, ()) for other in found)]
    kinds = [mode for mode in found if mode not in _MANY_SIDED]
    return tuple(mode for mode in found if mode in _MANY_SIDED or mode == kinds[0])


def _told(candidate: Candidate, lexicon: Lexicon) -> Iterator[str]:
    frame = candidate.frame
    for noun in (other for first in frame.subjects for other in coordinated(first)):
        yield from _modes_at(noun, lexicon.armed)
        yield from (mode for child in noun.children if child.dep_ in ("acl", "relcl") for mode in _of_clause(child, lexicon))
    if not is_verb(frame.head):
        yield from _modes_at(frame.head, lexicon.weapons)
    for word, noun in frame.phrases:
        if word in _WITH_MEANS:
            yield from _modes_at(noun, lexicon.weapons)
    for clause in frame.verb.children if frame.verb is not None else ():
        if clause.dep_ in ("advcl", "xcomp", "prep") and clause.lower_ in ("using", "firing", "throwing", "dropping", "wielding"):
            yield from _of_clause(clause, lexicon)


def _of_clause(verb: Token, lexicon: Lexicon) -> Iterator[str]:
    """The means in a clause such as "using machetes" or "armed with guns"."""
    nouns = [child for child in verb.children if child.dep_ in ("dobj", "obj", "pobj")]
    nouns += [noun for word, noun in phrases(verb) if word in ("with", "of")]
    for first in nouns:
        for noun in coordinated(first):
            yield from _modes_at(noun, lexicon.weapons)


def _modes_at(noun: Token, words: Mapping[str, str]) -> Iterator[str]:
    """The modes of a noun: with the word before it, alone, then of its modifiers ("machete-wielding youths")."""
    lemma = noun.lemma_.lower()
    before = [child for child in noun.children if child.dep_ in _BEFORE and child.i < noun.i]
    keys = [f"{child.lower_} {lemma}" for child in before]
    keys += [lemma, noun.lower_]
    for child in before:
        keys += [child.lemma_.lower(), child.lower_]
        keys += [inner.lemma_.lower() for inner in child.children if inner.dep_ in _BEFORE]
    yield from (words[key] for key in keys if key in words)


def tells_outcome(act: Candidate, outcome: Candidate, lexicon: Lexicon) -> bool:
    """Whether `outcome` is only what came of `act`: both words tell one happening."""
    verb = outcome.frame.verb if outcome.frame.verb is not None else outcome.head
    if outcome.head.lemma_.lower() not in lexicon.outcome or act.head == outcome.head:
        return False
    if is_verb(act.head) and act.head.pos_ == "VERB" and act.rule.trigger == "verb":
        if verb.head == act.head and verb.dep_ in ("advcl", "xcomp", "conj", "ccomp", "dep"):
            return verb.dep_ != "advcl" or verb.tag_ == "VBG" or any(c.lower_ in ("when", "as") for c in verb.children)
        return (
            act.head.head == verb
            and act.head.dep_ == "advcl"
            and any(c.dep_ in ("advmod", "mark") and c.lower_ in ("when", "as") for c in act.head.children)
        )
    if any(noun == act.head or act.head in noun.children for noun in _struck_by(outcome)):
        return True
    carrier = act.frame.verb
    return carrier is not None and verb.head == carrier and verb.dep_ in ("advcl", "xcomp", "conj") and verb.tag_ == "VBG"


def _struck_by(outcome: Candidate) -> Iterator[Token]:
    for first in outcome.frame.subjects:
        yield from coordinated(first)
    for word, noun in outcome.frame.phrases:
        if word in _HAPPENED_IN:
            yield from coordinated(noun)
