"""Links the pronouns of quotations: "I" to the speaker, "you" to the one spoken to, "we" to the organisation that speaks.

It comes last: who speaks often stands behind the quotation. "We" in the mouth of a person stays open unless they speak for an
organisation by their title ("a NASA spokesman", "Ann Lee, its chairwoman"): it may mean a team, a country, everybody.
"""

from functools import cache

from transforms.affiliations import Holding
from transforms.antecedents import History, take
from transforms.clusters import Cluster
from transforms.package_data import read_toml
from transforms.quotations import Quotation
from transforms.spans import Draft

SPOKEN = frozenset({"speaker", "group", "addressee"})
"""Kinds of pronouns that the quotation around them explains."""
_BEHIND = frozenset({"of", "for", "at", "with"})


def link_spoken(history: History, draft: Draft) -> None:
    """Set what a pronoun in a quotation stands for; all other mentions of the document are linked."""
    quotation = history.quotations.around(draft.start)
    if quotation is None:
        return
    found = _meant(history, draft, quotation)
    if found is not None and not found.plural:
        take(found, draft)


def _meant(history: History, draft: Draft, quotation: Quotation) -> Cluster | None:
    speaker = history.clusters.get(history.owners.get(quotation.speaker or (-1, -1)))
    if draft.base == "addressee":
        hearer = history.clusters.get(history.owners.get(quotation.hearer)) if quotation.hearer else None
        return hearer if hearer is not None and hearer.kind == "person" and hearer.name is not None else None
    if speaker is None:
        return None
    if draft.base == "speaker":
        return speaker if speaker.kind == "person" else None
    return speaker if speaker.kind == "organisation" else _spoken_for(history, speaker)


def _spoken_for(history: History, speaker: Cluster) -> Cluster | None:
    """Give the organisation within "a NASA spokesman", or the one whose spokesman the text calls a named speaker."""
    last = speaker.last
    if speaker.name is not None:
        return _led_by(history, speaker)
    if last.kind == "nominal" and last.base.split()[-1] in _voices("voices"):
        for name in history.names.get(last.sentence, ()):
            if last.first <= name.first and name.last <= last.last and name.entity_type == "ORG":
                return history.clusters.get(name.entity_id)
    return None


def _led_by(history: History, speaker: Cluster) -> Cluster | None:
    """Give the one organisation for which a person speaks by the offices that the text gives them."""
    found: dict[str, Cluster] = {}
    for held in history.roles.values():
        if (
            held.person.entity_id == speaker.key
            and held.words
            and held.words[-1] in _voices("named_voices")
            and "former" not in held.words
        ):
            cluster = history.clusters.get(held.organisation_id) or _body_of(history, held)
            if cluster is not None and cluster.kind == "organisation":
                found[cluster.key] = cluster
    return next(iter(found.values())) if len(found) == 1 else None


def _body_of(history: History, held: Holding) -> Cluster | None:
    """Give what an office belongs to: by its owner ("its director", "the agency's head") or behind "of", "for", "at"."""
    noun = history.parses[held.sentence].doc[held.noun]
    owners = [child.i for child in noun.children if child.dep_ == "poss"]
    owners += [inner.i for child in noun.children if child.lower_ in _BEHIND for inner in child.children if inner.dep_ == "pobj"]
    for token in (held.body, *owners):
        cluster = history.clusters.get(history.owners.get((held.sentence, token)))
        if cluster is not None:
            return cluster
    return None


@cache
def _voices(which: str) -> frozenset[str]:
    return frozenset(read_toml("nominals.toml")["quotations"][which])
