"""Everything a document mentions: names, roles and groups, pronouns, dates and numbers, linked to entities, and who holds
which office.

The steps run in one order: names of each sentence, titles, links across the document, affiliations, then nominals and
pronouns, which need all of these, and dates and numbers.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from spacy.tokens import Doc

from transforms.affiliations import Holding, find_holdings, find_titles
from transforms.antecedents import Choose
from transforms.candidates import best_of
from transforms.document import Affiliation, Document, Mention, Paragraph, Sentence
from transforms.identities import link_names
from transforms.names import SentenceNames
from transforms.own_mentions import hold_own_ids, hold_own_offices
from transforms.own_names import OwnNames
from transforms.package_data import read_toml
from transforms.quantities import find_quantities, without_values
from transforms.references import find_references
from transforms.repeats import find_repeats
from transforms.spans import Draft, SentenceParse


@dataclass(frozen=True, slots=True)
class Entities:
    """Rows of mentions and affiliations of one document."""

    mentions: tuple[Mention, ...]
    affiliations: tuple[Affiliation, ...]


_OF_STATE = frozenset({"GOV", "LEG", "JUD", "MIL", "COP", "OPP", "SPY"})
_AT_HOME = frozenset({"JUD", "COP", "OPP", "REL"})


@cache
def _first_name_countries() -> frozenset[str]:
    return frozenset(read_toml("ambiguous.toml")["first_names"])


def tag_entities(
    document: Document,
    paragraphs: Sequence[Paragraph],
    sentences: Sequence[Sentence],
    parses: Sequence[Doc],
    own: OwnNames | None = None,
    choose: Choose = best_of,
) -> Entities:
    """Give the mentions, by start and then end with their index contiguous, and the affiliations of a document.

    `parses` is parallel to `sentences`; the text of each Doc has the sentence's characters one for one. `own` are a user's own
    names and nouns, which win over those that ship with Newsmill. `choose` decides what a pronoun or noun means, of several that
    it can mean.
    """
    captions = {paragraph.paragraph_index for paragraph in paragraphs if paragraph.kind == "caption"}
    views = [
        SentenceParse(sentence, doc, in_caption=sentence.paragraph_index in captions)
        for sentence, doc in zip(sentences, parses, strict=True)
    ]
    names: list[Draft] = []
    for view in views:
        names += SentenceNames(view, _first_name_countries(), own, document.published_date).collect()
    names = without_values(names, views)
    find_titles(names, views)
    link_names(names, views)
    names = sorted([*names, *find_repeats(names, views)], key=lambda draft: draft.start)
    hold_own_ids(names)
    titles = find_titles(names, views)
    holdings = find_holdings(names, views, titles)
    holdings = _with_sole_country(names, holdings)
    _give_office(names, holdings)
    hold_own_offices(names, document.published_date)
    quantities = find_quantities(document, views, names)
    references = find_references(document, views, names, holdings, titles, own, choose)
    drafts = _without_clashes([*names, *references, *quantities])
    bodies = {(draft.sentence, draft.root): draft.entity_id for draft in references if draft.kind == "nominal"}
    affiliations = tuple(
        Affiliation(
            index, held.sentence, held.start, held.end, held.person.entity_id or "", held.title or None,
            held.organisation_id or bodies.get((held.sentence, held.body)), held.country,
            None if held.sector == "CVL" else held.sector,  # an occupation is no office
        )
        for index, held in enumerate(held for held in holdings if held.is_office)
    )  # fmt: skip
    return Entities(tuple(draft.freeze(index) for index, draft in enumerate(drafts)), affiliations)


def _with_sole_country(names: Sequence[Draft], holdings: Sequence[Holding]) -> list[Holding]:
    """Give offices of state without country the country of the document, where its names belong to one country only.

    One name is enough for those who act at home: ministers are named abroad, police, courts and clergy are not.
    """
    named = [draft.country for draft in names if draft.country and draft.entity_type != "PERSON"]
    sole = named[0] if len(set(named)) == 1 else None
    country = sole if len(named) > 1 else None
    return [
        replace(held, country=sole if held.sector in _AT_HOME else country)
        if held.country is None and held.organisation_id is None and held.sector in _OF_STATE | _AT_HOME
        else held
        for held in holdings
    ]


def _give_office(names: Sequence[Draft], holdings: Sequence[Holding]) -> None:
    """Give each person the country and the sector that the document has stated for them, from that sentence on.

    Of several the first said holds; that somebody is a man or a doctor (CVL) holds only until an office is said.
    """
    countries: dict[str, str] = {}
    sectors: dict[str, str] = {}
    pending = deque(sorted(holdings, key=lambda held: held.sentence))
    for draft in names:
        while pending and pending[0].sentence <= draft.sentence:
            held = pending.popleft()
            person = held.person.entity_id or ""
            if held.country:
                countries.setdefault(person, held.country)
            if held.sector and sectors.get(person, "CVL") == "CVL":
                sectors[person] = held.sector
        if draft.entity_type == "PERSON" and draft.entity_id:
            draft.country = countries.get(draft.entity_id)
            draft.sector = sectors.get(draft.entity_id)


def _without_clashes(drafts: Sequence[Draft]) -> list[Draft]:
    """Sort by place; of two mentions of exactly the same characters the name stays, then the one found first."""
    rank = {"name": 0, "nominal": 1, "pronoun": 2}
    kept: list[Draft] = []
    ordered = sorted(drafts, key=lambda draft: (draft.start, draft.end, rank[draft.kind]))
    for draft in ordered:
        if kept and (kept[-1].start, kept[-1].end) == (draft.start, draft.end):
            continue
        kept.append(draft)
    return kept
