"""Links the pronouns of quotations: "I" to the speaker, "you" to the one spoken to, "we" to those the speaker speaks for.

It comes last: who speaks often stands behind the quotation. "We" is weighed like other anaphors (candidates.py): the body that the
speaker heads, bodies and countries named beside the speaker, and those mentioned last.
"""

from dataclasses import dataclass
from functools import cache

from transforms.antecedents import Candidate, History, take
from transforms.clusters import Cluster, kind_of
from transforms.package_data import read_toml
from transforms.quotations import Quotation
from transforms.spans import Draft

SPOKEN = frozenset({"speaker", "group", "addressee"})
"""Kinds of pronouns that the quotation around them explains."""
_SEVERAL = frozenset({"organisation", "facility", "country", "people", "settlement", "region"})
_REACH = 8


@dataclass(frozen=True, slots=True)
class _Heard:
    """A pronoun in a quotation, with the entities mentioned before it: key and sentences apart."""

    draft: Draft
    before: tuple[tuple[str, int], ...]


class Speech:
    """The pronouns of a document's quotations."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._heard: list[_Heard] = []

    @property
    def drafts(self) -> list[Draft]:
        """Give the pronouns, by place."""
        return [heard.draft for heard in self._heard]

    def hear(self, draft: Draft) -> None:
        """Take a pronoun, and what could be meant by "we" at its place."""
        before: tuple[tuple[str, int], ...] = ()
        if draft.base == "group":
            near = self.history.clusters.back(draft.sentence, _REACH)
            before = tuple((one.key, draft.sentence - one.last.sentence) for one in near if one.kind in _SEVERAL)
        self._heard.append(_Heard(draft, before))

    def link(self) -> None:
        """Set what the pronouns stand for; all other mentions of the document are linked."""
        history = self.history
        for heard in self._heard:
            draft = heard.draft
            quotation = history.quotations.around(draft.start)
            if quotation is None or quotation.speaker is None:
                continue
            speaker = history.clusters.get(history.owners.get(quotation.speaker))
            if draft.base == "addressee":
                found = history.clusters.get(history.owners.get(quotation.hearer)) if quotation.hearer else None
                if found is not None and found.kind == "person" and found.name is not None and not found.plural:
                    take(found, draft)
            elif draft.base == "speaker":
                if speaker is not None and speaker.kind == "person" and not speaker.plural:
                    take(speaker, draft)
            elif speaker is not None:
                meant = history.choose(draft, "we", self._candidates(heard, speaker, quotation))
                if meant is not None:
                    take(meant, draft)

    def _candidates(self, heard: _Heard, speaker: Cluster, quotation: Quotation) -> list[Candidate]:
        history = self.history
        apart = dict(heard.before)
        sentence, _ = quotation.speaker or (heard.draft.sentence, 0)
        beside = {name.entity_id for name in history.names.get(sentence, ()) if name.entity_id and kind_of(name) in _SEVERAL}
        last = speaker.last
        within = {
            name.entity_id for name in history.names.get(last.sentence, ()) if last.first <= name.first and name.last <= last.last
        }
        own, role = history.organisations.get(speaker.key, ("", ""))
        keys = dict.fromkeys([*apart, *sorted(beside - {None}, key=str), *([own] if own else [])])
        if speaker.kind in _SEVERAL:
            keys = dict.fromkeys([speaker.key, *keys])
        clusters = [one for key in keys if (one := history.clusters.get(key)) is not None and one.name is not None]
        most = max((one.count for one in clusters), default=0)
        found = []
        for rank, cluster in enumerate(clusters):
            features = ["any", f"kind {cluster.kind}", f"rank {min(rank, 3)}"]
            features.append(f"sentences {min(apart[cluster.key], 4)}" if cluster.key in apart else "later")
            features.append("mentions many" if cluster.count > 3 else "mentions few")
            if cluster.count == most:
                features.append("mentioned most")
            if cluster.key == speaker.key:
                features.append("speaks")
            if cluster.key in beside:
                features.append("beside the speaker")
            if cluster.key in within and last.kind == "nominal":
                features += ["in the speaker's title", f"in the title of {'a voice' if last.base in _voices() else 'another'}"]
            if cluster.key == own:
                features += ["headed", f"headed by {'a voice' if role in _voices() else 'another'}"]
            if cluster.country is not None and cluster.country == speaker.country:
                features.append("same country")
            if cluster.name is not None and cluster.name.sector and speaker.name is not None:
                features.append("same sector" if cluster.name.sector == speaker.name.sector else "other sector")
            found.append(Candidate(cluster, tuple(features)))
        return found


@cache
def _voices() -> frozenset[str]:
    return frozenset(read_toml("nominals.toml")["quotations"]["voices"])
