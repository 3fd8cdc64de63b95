"""Codes the events of a document, sentence by sentence.

For each trigger the most specific rule whose roles can be filled is taken; the events of a sentence are then settled among
themselves and dated, placed and attributed. The rule that fired is named in every row.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from spacy.tokens import Doc

from transforms.document import Casualty, Document, Event, Mention, Paragraph, Sentence
from transforms.events.casualties import by_event
from transforms.events.circumstances import When, attribution, contexts_of, document_place, own_date
from transforms.events.confidence import confidence
from transforms.events.match import Candidate, candidates
from transforms.events.modality import Modality, heard, modality
from transforms.events.nesting import Draft, settle
from transforms.events.parties import SentenceMentions
from transforms.events.plausibility import Judge, Surroundings, by_shipped_weights
from transforms.events.roles import fill
from transforms.events.sharing import with_shared_recipients
from transforms.events.standing import with_sectors
from transforms.events.trace import SentenceTrace, Trace
from transforms.events.where import place_of
from transforms.lexicon import Lexicon

_TRIGGER_REACH = 4  # tokens that a trigger of several words may span; wider ones are cut to the head word


class HasMentions(Protocol):
    """What the entity stage gives."""

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The mentions of the document."""


def code_events(
    document: Document,
    paragraphs: Sequence[Paragraph],
    sentences: Sequence[Sentence],
    parses: Sequence[Doc],
    entities: HasMentions,
    lexicon: Lexicon,
    trace: Trace | None = None,
    judge: Judge = by_shipped_weights,
) -> tuple[Event, ...]:
    """The events of the document, in the order of their triggers. `parses` is parallel to `sentences`.

    `trace` takes down what was decided on the way; `judge` tells whether an event that the rules found is political.
    """
    by_sentence: dict[int, list[Mention]] = {}
    members: dict[str, Mention] = {}
    for mention in entities.mentions:
        if mention.end_char > document.dateline_end:  # the place and the agency of a dateline take part in nothing
            by_sentence.setdefault(mention.sentence_index, []).append(mention)
        if mention.entity_id and (mention.entity_id not in members or not members[mention.entity_id].country):
            members[mention.entity_id] = mention
    dateline = document_place(document, entities.mentions)
    events: list[Event] = []
    found = [
        SentenceMentions(sentence, doc, by_sentence.get(sentence.sentence_index, ()), members)
        for sentence, doc in zip(sentences, parses, strict=True)
    ]
    surroundings = Surroundings(parses, found, judge)
    for position, (sentence, mentions) in enumerate(zip(sentences, found, strict=True)):
        one = trace.begin(sentence, mentions) if trace else None
        events += _code_sentence(document, sentence, position, mentions, surroundings, dateline, lexicon, one)
    titles = {p.paragraph_index for p in paragraphs if p.kind == "title"}
    headline = {s.sentence_index for s in sentences if s.paragraph_index in titles}
    coded = _with_ids(document, _without_repeats(events, headline))
    if trace:
        trace.end(coded)
    return coded


def _without_repeats(events: Sequence[Event], headline: set[int]) -> list[Event]:
    """The events without those of the headline that the body tells again: the same type between the same countries or people."""
    body = [event for event in events if event.sentence_index not in headline]
    return [event for event in events if event.sentence_index not in headline or not any(_repeats(event, other) for other in body)]


def _repeats(event: Event, other: Event) -> bool:
    if event.event_type != other.event_type or event.negated != other.negated:
        return False
    for role in ("actor", "recipient"):
        mine, theirs = ({p.country or p.entity_id for p in one.participants if p.role == role} - {None} for one in (event, other))
        if mine and theirs and not mine & theirs:
            return False
    return True


def _code_sentence(
    document: Document,
    sentence: Sentence,
    position: int,
    mentions: SentenceMentions,
    surroundings: Surroundings,
    dateline: Mention | None,
    lexicon: Lexicon,
    trace: SentenceTrace | None,
) -> list[Event]:
    doc = mentions.doc
    drafts: list[Draft] = []
    dates: dict[int, When | None] = {}
    for matches in candidates(doc, mentions, lexicon, trace):
        for candidate in matches:
            roles = fill(candidate, mentions, lexicon, trace)
            if roles is None:
                continue
            when = dates[candidate.head.i] = own_date(candidate, mentions)
            span = (when.start, when.end) if when else None
            how = modality(candidate, lexicon, span, document.published_date, trace.told if trace else heard)
            rule = candidate.rule
            drafts.append(Draft(candidate, tuple(roles[0]), tuple(roles[1]), how, rule.event_type, rule.modes))
            break
        else:
            rule = matches[0].rule
            drafts.append(Draft(matches[0], (), (), Modality(), rule.event_type, rule.modes, is_event=False))
    settled = surroundings.plausible(settle(with_shared_recipients(drafts), lexicon, trace), position, trace)
    counts = by_event(settled, doc, mentions, lexicon)
    topics = contexts_of(doc, lexicon) if settled else ()
    events = [
        _event(document, sentence, draft, mentions, dates[draft.candidate.head.i], dateline, topics, counts, lexicon)
        for draft in settled
    ]
    if trace:
        trace.settled(settled, events)
    return events


def _event(
    document: Document,
    sentence: Sentence,
    draft: Draft,
    mentions: SentenceMentions,
    when: When | None,
    dateline: Mention | None,
    topics: tuple[str, ...],
    counts: dict[int, list[Casualty]],
    lexicon: Lexicon,
) -> Event:
    candidate, rule, how = draft.candidate, draft.candidate.rule, draft.modality
    if when is None and document.published_date and how.asserted and draft.event_type == rule.event_type:
        when = When(document.published_date, document.published_date, "day", "published")
    place = place_of(draft, mentions, lexicon, dateline if how.asserted else None)
    says = attribution(candidate, mentions, lexicon)
    start, end = _trigger_span(candidate)
    event = Event(
        event_id="",
        sentence_index=sentence.sentence_index,
        event_type=draft.event_type,
        trigger_start=sentence.start_char + start,
        trigger_end=sentence.start_char + end,
        trigger_lemma=" ".join(t.lemma_.lower() for t in sorted(set(candidate.words), key=lambda t: t.i)),
        rule_id=rule.rule_id,
        confidence=1.0,
        modes=draft.modes,
        contexts=tuple(sorted({*rule.contexts, *topics})),
        cameo_code=rule.cameo_code,
        negated=how.negated,
        future=how.future,
        hypothetical=how.hypothetical,
        historical=how.historical,
        attributed_to=says.entity_id if says else None,
        attributed_start=says.start_char if says else None,
        attributed_end=says.end_char if says else None,
        event_start=when.start if when else None,
        event_end=when.end if when else None,
        date_precision=when.precision if when else None,
        date_basis=when.basis if when else None,
        place=place.entity_id if place else None,
        place_country=place.country if place else None,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        geo_precision=place.geo_precision if place else None,
        participants=(
            *(p.participant("actor") for p in with_sectors(draft.actors, "actor", draft.event_type, mentions)),
            *(p.participant("recipient") for p in with_sectors(draft.recipients, "recipient", draft.event_type, mentions)),
        ),
        casualties=tuple(counts.get(candidate.head.i, ())),
    )
    return replace(event, confidence=confidence(event, rule))


def _trigger_span(candidate: Candidate) -> tuple[int, int]:
    """Offsets in the sentence of the words that the rule matched, if they stand close together, else of the head word."""
    words = sorted(candidate.words, key=lambda token: token.i)
    first, last = words[0], words[-1]
    if last.i - first.i > _TRIGGER_REACH:
        first = last = candidate.head
    return first.idx, last.idx + len(last.text)


def _with_ids(document: Document, events: Sequence[Event]) -> tuple[Event, ...]:
    """The events in order, each with its id: of the document, the trigger's span and the ordinal among events with that span."""
    ordinals: dict[tuple[int, int], int] = {}
    found: list[Event] = []
    for event in sorted(events, key=lambda one: (one.trigger_start, one.trigger_end, one.rule_id)):
        span = event.trigger_start, event.trigger_end
        ordinal = ordinals[span] = ordinals.get(span, -1) + 1
        key = f"{document.document_id}\0{span[0]}\0{span[1]}\0{ordinal}"
        found.append(replace(event, event_id=hashlib.blake2b(key.encode(), digest_size=8).hexdigest()))
    return tuple(found)
