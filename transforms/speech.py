"""Links the pronouns of quotations: "I" to the speaker, "you" to the one spoken to, "we" to the organisation that speaks.

It comes last: who speaks often stands behind the quotation. "We" in the mouth of a person stays open unless they speak for an
organisation by their title ("a NASA spokesman"): it may mean a team, a country, everybody.
"""

from functools import cache

from transforms.antecedents import History, take
from transforms.clusters import Cluster
from transforms.package_data import read_toml
from transforms.quotations import Quotation
from transforms.spans import Draft

SPOKEN = frozenset({"speaker", "group", "addressee"})
"""Kinds of pronouns that the quotation around them explains."""


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
    """Give the organisation within "a NASA spokesman"."""
    last = speaker.last
    if speaker.name is None and last.kind == "nominal" and last.base.split()[-1] in _voices():
        for name in history.names.get(last.sentence, ()):
            if last.first <= name.first and name.last <= last.last and name.entity_type == "ORG":
                return history.clusters.get(name.entity_id)
    return None


@cache
def _voices() -> frozenset[str]:
    return frozenset(read_toml("nominals.toml")["quotations"]["voices"])
