"""Takes down what the coder decides on its way to the events of a document, for whoever asks why.

The coder is given a trace only when somebody asks; without one it pays for nothing. What it took down is put into words by
`explain`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from transforms.document import Event, Sentence
from transforms.events.match import Candidate, Frame
from transforms.events.nesting import Draft
from transforms.events.parties import Party, SentenceMentions
from transforms.lexicon import Rule


@dataclass(frozen=True, slots=True)
class Missed:
    """A rule whose word is there but not what it asks for around it; `rest` is what is missing of its phrase, if it is that."""

    rule: Rule
    frame: Frame
    rest: str | None


@dataclass(slots=True)
class Trial:
    """The attempt to fill the roles of a rule that matched."""

    candidate: Candidate
    filled: list[tuple[str, list[Party]]] = field(default_factory=list)
    """Of actors and recipients, in this order where both were found: the place that the rule names, and who was found there."""
    home: dict[tuple[int, int], str] = field(default_factory=dict)
    """Parties without a country of their own, by their span: where they got one."""
    signs: dict[str, list[str]] = field(default_factory=dict)
    """The words that set a flag."""
    lacks: tuple[list[Party], list[Party]] | None = None
    """Actors and recipients that were found, when they are not enough for the rule."""


@dataclass(frozen=True, slots=True)
class Fate:
    """Why a rule with all its roles filled gives no event of its own: it is "part of", "a word of" or "told by" another,
    or "of another world"; then `other` is its own."""

    relation: str
    other: Candidate


@dataclass(slots=True)
class SentenceTrace:
    """What was decided in one sentence; triggers are known by the index of their head word."""

    sentence: Sentence
    mentions: SentenceMentions
    matches: dict[int, list[Candidate]] = field(default_factory=dict)
    misses: dict[int, list[Missed]] = field(default_factory=dict)
    trials: dict[int, list[Trial]] = field(default_factory=dict)
    fates: dict[int, Fate] = field(default_factory=dict)
    mode_from: dict[int, Draft] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)
    events: dict[int, Event] = field(default_factory=dict)
    """The events as they were coded; those that the body repeats of the headline are not in `Trace.events`."""

    @property
    def _trial(self) -> Trial:
        return next(reversed(self.trials.values()))[-1]

    def matched(self, candidates: Sequence[Candidate]) -> None:
        """These rules match at one trigger, the first to be tried first."""
        self.matches[candidates[0].head.i] = list(candidates)

    def missed(self, rule: Rule, frame: Frame, rest: str | None) -> None:
        """This rule knows the trigger and does not match."""
        self.misses.setdefault(frame.head.i, []).append(Missed(rule, frame, rest))

    def fills(self, candidate: Candidate) -> None:
        """The roles of this rule are looked for; what is told next is about it."""
        self.trials.setdefault(candidate.head.i, []).append(Trial(candidate))

    def filled(self, source: str, parties: Sequence[Party]) -> None:
        """These parties stand in a place that the rule names."""
        self._trial.filled.append((source, list(parties)))

    def lacks(self, actors: Sequence[Party], recipients: Sequence[Party]) -> None:
        """These are not enough for the rule."""
        self._trial.lacks = list(actors), list(recipients)

    def at_home(self, side: Sequence[Party], country: str, *, by_place: bool, domestic: bool) -> None:
        """Those of the side that have no country get this one: of the place, of the other side, or the only other one named."""
        others = "that of the other side" if domestic else "the only other country named"
        home = f"{country} is {'where it happened' if by_place else others}"
        self._trial.home.update({(party.start_char, party.end_char): home for party in side if not party.country})

    def told(self, flag: str, words: Collection[str]) -> bool:
        """Whether some word sets the flag; see `modality`."""
        if words:
            signs = self._trial.signs.setdefault(flag, [])
            signs += [word for word in sorted(words) if word not in signs]
        return bool(words)

    def dropped(self, draft: Draft, relation: str, other: Candidate) -> None:
        """The draft gives no event because of another one."""
        self.fates[draft.candidate.head.i] = Fate(relation, other)

    def took_mode(self, draft: Draft, nested: Draft) -> None:
        """The draft has its mode from the type of one nested in it."""
        self.mode_from[draft.candidate.head.i] = nested

    def settled(self, drafts: Sequence[Draft], events: Sequence[Event]) -> None:
        """The drafts that stand, and the event of each."""
        for draft, event in zip(drafts, events, strict=True):
            self.drafts[draft.candidate.head.i] = draft
            self.events[draft.candidate.head.i] = event


@dataclass(slots=True)
class Trace:
    """What was decided in a document."""

    sentences: list[SentenceTrace] = field(default_factory=list)
    events: tuple[Event, ...] = ()

    def begin(self, sentence: Sentence, mentions: SentenceMentions) -> SentenceTrace:
        """The next sentence."""
        self.sentences.append(SentenceTrace(sentence, mentions))
        return self.sentences[-1]

    def end(self, events: Sequence[Event]) -> None:
        """The events of the document, with their ids."""
        self.events = tuple(events)
