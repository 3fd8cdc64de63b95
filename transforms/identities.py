"""Links the names of a whole document: which mentions of persons, organisations and places are one entity.

One reading per name per document: once a full name is there, its surname is that person; an organisation named once with its
country is the same where the country is left out. Ids are made from the document alone, so runs need no shared state.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from transforms.gazetteer import gazetteer, use_entry
from transforms.organisations import organisation_id, organisation_sector
from transforms.package_data import slug
from transforms.person_names import is_full, name_words, surname_key
from transforms.persons import link_persons
from transforms.place_links import link_places
from transforms.spans import Draft, SentenceParse

_LINK_TYPES = frozenset({"ORG", "GPE", "LOC", "FAC", "PRODUCT", "WORK_OF_ART", "NORP", "EVENT", "LAW", "PERSON"})

_AROUND_GEORGIA = frozenset({"RUS", "ARM", "AZE", "TUR"})


def link_names(drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> None:
    """Set entity_id, and what follows from it, of all names of a document (`drafts` by place in the text)."""
    _one_reading(drafts)
    link_places(drafts, parses)
    _american_bodies(drafts)
    link_persons(drafts)
    _organisations(drafts, parses)


def _one_reading(drafts: Sequence[Draft]) -> None:
    """Give a name that the model reads in several ways the one it has most; a known person's surname is that person."""
    persons = {
        surname_key(words[-1])
        for draft in drafts
        if draft.entity_type == "PERSON" and " of " not in draft.text and is_full(words := name_words(draft.text))
    }
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for draft in drafts:
        if not draft.source:
            votes[draft.text][draft.entity_type] += 2 if draft.annotator == "rule" else 1
    places = {draft.text for draft in drafts if draft.source in ("country", "region", "city")} - {
        draft.text for draft in drafts if surname_key(draft.text) in persons
    }
    for draft in drafts:
        if draft.source and draft.source != "city":
            continue
        entry = gazetteer().get(draft.text) if draft.entity_type == "PERSON" and draft.text in places and not draft.role else None
        if entry is not None:
            use_entry(draft, entry)
            continue
        kind = draft.entity_type
        if not draft.source:
            best = max(votes[draft.text].values())
            kinds = [kind for kind, count in votes[draft.text].items() if count == best]
            if draft.annotator == "model" and kind not in kinds:
                kind = kinds[0]
        if " " not in draft.text and surname_key(draft.text) in persons and kind != "PERSON" and draft.source in ("", "city"):
            kind = "PERSON"
        if kind != draft.entity_type:
            draft.entity_type, draft.source = kind, ""
            draft.entity_id = draft.country = draft.sector = None
            draft.latitude = draft.longitude = draft.geo_precision = None
            if kind == "ORG":
                draft.base = draft.text.lower()
                draft.sector, draft.entity_id = organisation_sector(draft.base), organisation_id(draft.base, None)
            elif kind in ("GPE", "LOC", "FAC") and slug(draft.text):
                draft.entity_id = f"place:{slug(draft.text)}"


def _american_bodies(drafts: Sequence[Draft]) -> None:
    """Give the bodies of the state of Georgia their country where the document is not on the Caucasus."""
    if not _is_american_georgia(drafts):
        return
    for draft in drafts:
        if draft.entity_type == "ORG" and draft.country == "GEO":
            draft.country = "USA"
            draft.entity_id = organisation_id(draft.base, None)


def _is_american_georgia(drafts: Sequence[Draft]) -> bool:
    """Tell whether "Georgia" is the state: American cities or states are named, and nothing of the Caucasus."""
    american = any(draft.country == "USA" and draft.source in ("city", "region") for draft in drafts)
    caucasian = any(
        draft.country in _AROUND_GEORGIA or (draft.country == "GEO" and draft.source != "country" and draft.entity_type != "ORG")
        for draft in drafts
    )
    return american and not caucasian


def _organisations(drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> None:
    _owned_bodies(drafts, parses)
    organisations = [draft for draft in drafts if draft.entity_type == "ORG"]
    countries: dict[str, set[str]] = defaultdict(set)
    for draft in organisations:
        if draft.base and draft.country:
            countries[draft.base].add(draft.country)
    acronyms: dict[str, Draft] = {}
    for draft in organisations:
        if draft.base and not draft.country and len(countries[draft.base]) == 1:
            draft.country = next(iter(countries[draft.base]))
            draft.entity_id = organisation_id(draft.base, draft.country)
        words = [word for word in draft.text.replace("-", " ").split() if word[0].isupper()]
        if len(words) > 2:
            acronyms.setdefault("".join(word[0] for word in words), draft)
    for draft, bracketed in _bracketed(drafts, parses):
        acronyms[bracketed.text.strip(".")] = draft
    for draft in drafts:
        known = acronyms.get(draft.text.replace(".", ""))
        if known is None or known is draft or draft.source == "country" or draft.entity_type not in _LINK_TYPES:
            continue
        if draft.source == "organisation" and known.source != "organisation":
            known.entity_id, known.country, known.sector = draft.entity_id, draft.country, draft.sector
        else:
            draft.entity_type, draft.entity_id, draft.country, draft.sector = "ORG", known.entity_id, known.country, known.sector
    longer: dict[str, set[str | None]] = defaultdict(set)
    for draft in organisations:
        words = draft.text.split()
        for count in range(1, len(words)):
            longer[" ".join(words[:count])].add(draft.entity_id)
    for draft in organisations:
        if not draft.source and len(longer[draft.text] - {draft.entity_id}) == 1 and " " not in draft.text:
            other = next(iter(longer[draft.text] - {draft.entity_id}))
            source = next(known for known in organisations if known.entity_id == other)
            draft.entity_id, draft.country, draft.sector = source.entity_id, source.country, source.sector


def _owned_bodies(drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> None:
    """Give "Defence Ministry" of "Azerbaijan's Defence Ministry" its country."""
    for before, draft in pairwise(drafts):
        owned = draft.entity_type == "ORG" and not draft.source and draft.country is None and before.country is not None
        if owned and before.sentence == draft.sentence and before.source in ("country", "demonym"):
            between = parses[draft.sentence].words[before.last : draft.first]
            if between in (["'s"], ["’s"], ["'"], ["’"], []):
                draft.country = before.country
                draft.entity_id = organisation_id(draft.base, draft.country)


def _bracketed(drafts: Sequence[Draft], parses: Sequence[SentenceParse]) -> list[tuple[Draft, Draft]]:
    """Give the pairs of an organisation and the acronym in brackets after it."""
    pairs = []
    for before, after in pairwise(drafts):
        same = before.sentence == after.sentence and after.first == before.last + 1 and before.entity_type == "ORG"
        if (
            same
            and parses[before.sentence].words[before.last] == "("
            and after.text.isupper()
            and len(before.text) > len(after.text)
        ):
            pairs.append((before, after))
    return pairs
