"""What speaks for each entity that a pronoun or noun may mean, as the names of its features.

Which of them can be meant at all is decided here (number, gender, kind of thing, syntax); how much each feature weighs is
data (coreference.toml), fitted by training.coreference.
"""

from collections.abc import Sequence
from functools import cache
from math import exp

from transforms.antecedents import SUBJECTS, Candidate, History, is_main_subject, is_subject
from transforms.clusters import Cluster
from transforms.countries import countries
from transforms.definite_nouns import SOURCE
from transforms.nominals import body_nouns, noun_kinds
from transforms.package_data import read_toml
from transforms.quotations import Quotation, reporting_verbs
from transforms.spans import Draft, SentenceParse

REACH = {"he": 5, "it": 4, "role": 40, "noun": 40}
"""Sentences over which each group of anaphors can reach back."""
_THINGS = frozenset({"organisation", "country", "settlement", "region", "place", "facility", "thing"})
_OPEN = frozenset({"BUS", "NGO", "MED", "EDU", "PTY"})
_REFLEXIVE = frozenset({"himself", "herself", "itself", "themselves"})
_FREE = _REFLEXIVE | {"his", "its", "their"}
_NEAR = {
    "organisation": frozenset({"facility"}),
    "facility": frozenset({"organisation", "place", "settlement"}),
    "settlement": frozenset({"region", "place"}),
    "region": frozenset({"settlement", "place"}),
    "place": frozenset({"settlement", "region", "facility"}),
    "country": frozenset({"settlement"}),
}
_UNSURE = frozenset({"organisation", "facility", "place", "settlement"})
"""Kinds that a tagger takes for each other, where no gazetteer knows the name."""


def group_of(draft: Draft) -> str:
    """Give the group of anaphors with weights of their own: he, it, role or noun."""
    if draft.kind == "pronoun":
        return {"male": "he", "female": "he", "thing": "it"}[draft.base]
    return "role" if draft.entity_type == "PERSON" else "noun"


def find_candidates(history: History, draft: Draft, parse: SentenceParse) -> list[Candidate]:
    """Give the entities that a pronoun or singular noun can mean, the one mentioned last first."""
    group = group_of(draft)
    quotation = history.quotations.around(draft.start)
    bound = history.owners.get((draft.sentence, clause_subject(draft, parse)))
    spoken = history.owners.get(quotation.speaker) if quotation is not None and quotation.speaker is not None else None
    barred = {bound, spoken, *_named_below(history, draft, parse), *_owners(history, draft, parse)}
    found = [
        cluster
        for cluster in history.clusters.back(draft.sentence, REACH[group])
        if cluster.key not in barred and _agrees(draft, cluster, group) and not _is_inside(draft, cluster)
    ]
    if not found:
        return []
    most = max(cluster.count for cluster in found)
    shared = _own_features(draft, parse, group, quotation)
    alike = _ranks_alike(draft, found)
    return [
        Candidate(
            cluster,
            (
                *_features(history, draft, cluster, group, parse),
                *_rank(rank, len(found)),
                *alike[rank],
                *_share(cluster, most),
                *shared,
            ),
        )
        for rank, cluster in enumerate(found)
    ]


def _ranks_alike(draft: Draft, found: Sequence[Cluster]) -> list[tuple[str, ...]]:
    """Tell which of those that a noun fits equally well was mentioned last, and whether there is but one."""
    if draft.kind == "pronoun" or draft.entity_type == "PERSON":
        return [()] * len(found)
    likeness = [_likeness(draft, cluster) for cluster in found]
    ranks: list[tuple[str, ...]] = []
    for index, word in enumerate(likeness):
        if likeness.count(word) == 1:
            ranks.append((f"{word} only",))
        else:
            ranks.append((f"{word} rank {min(likeness[:index].count(word), 2)}",))
    return ranks


def _agrees(draft: Draft, cluster: Cluster, group: str) -> bool:
    if group == "he":
        human = cluster.kind == "person" or (cluster.kind in _UNSURE and _is_unsure(cluster))
        return human and not cluster.plural and cluster.feminine in (None, draft.feminine)
    if group == "it":
        return cluster.kind in _THINGS and not cluster.plural
    if cluster.plural or (draft.country and cluster.country and draft.country != cluster.country):
        return False
    if group == "role":
        genders = {draft.feminine, cluster.feminine} - {None}
        return cluster.kind == "person" and len(genders) < 2 and (draft.base != "" or cluster.name is not None)
    return cluster.kind != "person" and bool(_likeness(draft, cluster))


def _likeness(draft: Draft, cluster: Cluster) -> str:
    """Tell how a noun fits an entity: word (of its name), head (it was called so), fit or near (by its kind), or not at all."""
    head = draft.base.split()[-1] if draft.base else ""
    if head in cluster.words and cluster.kind != "person":
        return "word"
    if head in cluster.heads:
        return "head"
    kinds = noun_kinds(draft.base) or noun_kinds(head)
    if cluster.kind == "organisation" and "organisation" in kinds and not _suits(draft, cluster):
        return ""
    if cluster.kind in kinds:
        return "fit"
    if any(cluster.kind in _NEAR.get(kind, ()) for kind in kinds):
        return "near"
    return "misread" if cluster.kind in _UNSURE and kinds & _UNSURE and _is_unsure(cluster) else ""


def _is_unsure(cluster: Cluster) -> bool:
    """Tell whether nothing but the tagger says what kind of thing a name is of."""
    return cluster.name is not None and not cluster.name.source and cluster.name.annotator == "model"


def _suits(draft: Draft, cluster: Cluster) -> bool:
    """Tell whether a noun for a body can mean the organisation: same sector, or one of them open."""
    sector = cluster.name.sector if cluster.name is not None else cluster.last.sector
    open_noun = draft.source == SOURCE or draft.base in body_nouns()
    return sector == draft.sector or (open_noun and (draft.sector is None or (sector is None and draft.sector in _OPEN)))


def _is_inside(draft: Draft, cluster: Cluster) -> bool:
    """Tell whether the last mention is part of the noun phrase, or the pronoun part of the last mention."""
    last = cluster.last
    if last.sentence != draft.sentence:
        return False
    if draft.kind == "nominal":
        return draft.first <= last.root < draft.last
    return last.kind != "name" and last.first <= draft.first < last.last


def _owners(history: History, draft: Draft, parse: SentenceParse) -> list[str | None]:
    """Give who has what a noun stands for: "his son" is not he."""
    if draft.kind == "pronoun":
        return []
    owners = (child.i for child in parse.doc[draft.root].children if child.dep_ == "poss")
    return [history.owners.get((draft.sentence, owner)) for owner in owners]


def _named_below(history: History, draft: Draft, parse: SentenceParse) -> set[str]:
    """Give the ids of the names below the verb of a pronoun that is its subject: "it" of "it paid Mali" is another country."""
    token = parse.doc[draft.root]
    if draft.kind != "pronoun" or token.dep_ not in SUBJECTS:
        return set()
    named: set[str] = set()
    for name in history.names.get(draft.sentence, ()):
        if name.start > draft.start and name.entity_id:
            path = [name.root, *(above.i for above in parse.doc[name.root].ancestors)]
            below = path[: path.index(token.head.i)] if token.head.i in path else []
            if below and parse.doc[below[-1]].dep_ not in ("conj", "parataxis"):
                named.add(name.entity_id)
    return named


def clause_subject(draft: Draft, parse: SentenceParse) -> int:
    """Give the subject token of the clause in which a mention is object, which it cannot mean; -1 if there is none."""
    token = parse.doc[draft.root]
    if draft.kind == "nominal" and token.dep_ not in ("dobj", "dative", "pobj"):
        return -1
    if token.dep_ in SUBJECTS or token.dep_ == "poss" or parse.lower[draft.first] in _FREE:
        return -1
    for above in token.ancestors:
        if above.pos_ not in ("VERB", "AUX"):
            continue
        subject = next((child for child in above.children if child.dep_ in SUBJECTS), None)
        if subject is not None:
            return above.head.i if subject.tag_ == "WP" and above.dep_ == "relcl" else subject.i
        if above.dep_ not in ("xcomp", "conj", "advcl"):
            return -1
    return -1


def _features(history: History, draft: Draft, cluster: Cluster, group: str, parse: SentenceParse) -> list[str]:
    last = cluster.last
    apart = draft.sentence - last.sentence
    distance = f"sentences {apart}" if apart < 4 else ("sentences 4-6" if apart < 7 else "sentences 7+")
    found = [distance, f"kind {cluster.kind}", f"last {last.kind}"]
    if history.parses[last.sentence].paragraph == parse.paragraph:
        found.append("same paragraph")
    if cluster.subject:
        found.append(f"subject {min(apart, 2)}")
        if draft.kind == "pronoun" and is_subject(draft, parse):
            found.append("both subjects")
    else:
        role = history.parses[last.sentence].doc[last.root].dep_
        found.append({"poss": "owner", "pobj": "behind preposition", "dobj": "object"}.get(role, "other role"))
    if cluster.subject_at >= 0 and group in ("it", "noun"):
        found.append(f"was subject {min(draft.sentence - cluster.subject_at, 3)}")
    found.append("unnamed" if cluster.name is None else "named")
    if apart == 0 and _commands(last, draft, parse):
        found.append("clause around")
        verb = parse.doc[last.root].head
        if draft.kind == "pronoun" and verb.lemma_.lower() in reporting_verbs():
            found.append("says this" if parse.doc[last.root].dep_ in SUBJECTS else "is told this")
    elif cluster.subject and apart < 3 and is_main_subject(last, history.parses[last.sentence]):
        found.append(f"main subject {apart}")
    if history.leads.get((parse.paragraph, cluster.kind)) == cluster.key:
        found.append("leads the paragraph")
    before, here = history.quotations.around(last.start), history.quotations.around(draft.start)
    if before is not here:
        found.append("from a quotation" if here is None else "into a quotation" if before is None else "across quotations")
    if draft.kind == "pronoun":
        found += _speech(history, draft, cluster, parse)
    if cluster.first_sentence == 0:
        found.append("in the title")
    if last.source == "demonym":
        found.append("demonym")
    if cluster.key == f"country:{history.home}":
        found.append("home")
    if cluster.feminine is not None and draft.feminine is not None:
        found.append("same gender")
    if group == "it":
        found.append(f"nouns between {min(history.nouns_between(last, draft), 3)}")
    verb = parse.doc[draft.root].head
    if group == "it" and parse.doc[draft.root].dep_ in SUBJECTS:
        found.append(f"{'says' if verb.lemma_.lower() in reporting_verbs() else 'does'} {cluster.kind}")
    if group == "it" and parse.doc[draft.root].dep_ == "poss" and apart == 0 and cluster.subject:
        found.append("owner of what the subject has")
    if draft.kind == "nominal":
        likeness = _likeness(draft, cluster) or "unlike"
        shape = shape_of(draft, parse)
        found += [likeness, f"{likeness} {shape}", f"{likeness} {distance}", f"{likeness} {cluster.kind}"]
        if draft.country and cluster.country:
            found.append("same country")
        if is_capital(cluster):
            found.append("capital, called so" if draft.base == "capital" else "capital")
        sector = cluster.name.sector if cluster.name is not None else None
        if draft.sector and sector:
            found.append("same sector" if draft.sector == sector else "other sector")
        if likeness in ("fit", "word", "head") and cluster.count > 2:
            found.append(f"{likeness} often {shape}")
        if group == "noun" and (draft.base.split() or [""])[-1] in history.described.get(cluster.key, ()):
            found += ["described so", f"described so {shape}", f"described so {cluster.kind}"]
        if draft.role and history.holds(cluster, draft):
            found += ["holder", f"holder {shape}", f"holder {distance}"]
    return found


def is_capital(cluster: Cluster) -> bool:
    """Tell whether a place is the capital of its country."""
    if cluster.kind != "settlement" or cluster.name is None or cluster.country not in countries():
        return False
    return cluster.name.text in countries()[cluster.country].capitals


def _commands(last: Draft, draft: Draft, parse: SentenceParse) -> bool:
    """Tell whether a mention is the subject or owner of what the anaphor is part of ("Lee said he", "Lee, who lost his")."""
    root = parse.doc[last.root]
    above = {token.i for token in parse.doc[draft.root].ancestors}
    return root.i in above or (root.dep_ in SUBJECTS and root.head.i in above)


def _speech(history: History, draft: Draft, cluster: Cluster, parse: SentenceParse) -> list[str]:
    """Tell who spoke last, for "he said" and for what follows."""
    spoke = history.quotations.before(draft.start)
    if spoke is None or spoke.speaker is None or spoke.paragraph < parse.paragraph - 1:
        return []
    if history.owners.get(spoke.speaker) != cluster.key:
        return []
    verb = parse.doc[draft.root].head
    where = "here" if spoke.paragraph == parse.paragraph else "before"
    return [f"spoke last {where}", *([f"spoke last, says {where}"] if verb.lemma_.lower() in reporting_verbs() else [])]


def _rank(rank: int, total: int) -> tuple[str, ...]:
    return ("nearest", "only one") if total == 1 else ("nearest",) if rank == 0 else (f"rank {min(rank, 3)}",)


def _share(cluster: Cluster, most: int) -> tuple[str, ...]:
    often = f"mentions {'1' if cluster.count == 1 else '2-3' if cluster.count < 4 else '4+'}"
    return (often, "mentioned most") if cluster.count == most else (often,)


def shape_of(draft: Draft, parse: SentenceParse) -> str:
    """Tell how a noun is determined: its article or owner, and whether more is said of it ("the new group of ten")."""
    first = parse.lower[draft.first]
    article = "the" if first == "the" else "this" if first in ("this", "that", "these", "those") else "bare"
    children = list(parse.doc[draft.root].children)
    if any(child.dep_ == "poss" for child in children):
        article = "owned"
    elif first in _INDEFINITE:
        article = "indefinite"
    modifiers = [child for child in children if child.i < draft.root and child.dep_ in ("amod", "compound", "nmod", "nummod")]
    before = any(draft.country is None or not child.text[0].isupper() for child in modifiers)
    after = any(child.i > draft.root and child.dep_ in ("relcl", "acl", "prep", "appos") for child in children)
    if modifiers and not before:
        article += " of a country"
    return f"{article}{' narrowed' if before else ''}{' followed' if after else ''}"


_INDEFINITE = frozenset({"a", "an", "another", "some", "any", "no", "every", "each", "one"})


def _own_features(draft: Draft, parse: SentenceParse, group: str, quotation: Quotation | None) -> list[str]:
    """Give what makes any link of this anaphor more or less likely."""
    token = parse.doc[draft.root]
    found = ["any"]
    if quotation is not None:
        found.append("any quoted")
    if draft.kind == "pronoun":
        word = parse.lower[draft.first]
        role = "reflexive" if word in _REFLEXIVE else "poss" if token.dep_ == "poss" else token.dep_
        found.append(f"any {role if role in ('reflexive', 'poss', 'nsubj', 'nsubjpass', 'dobj', 'pobj') else 'other'}")
        if group == "it" and token.dep_ in SUBJECTS:
            found.append(f"any of {'be' if token.head.lemma_ == 'be' else 'act'}")
    else:
        found += [f"any {shape_of(draft, parse)}", f"any {'known' if noun_kinds(draft.base) else 'other'} noun"]
    return found


@cache
def weights() -> dict[str, dict[str, float]]:
    """Give the weights of the features of each group of anaphors."""
    found: dict[str, dict[str, float]] = read_toml("coreference.toml")["weights"]
    return found


@cache
def _least() -> dict[str, float]:
    found: dict[str, float] = read_toml("coreference.toml")["least"]
    return found


def best_of(_: Draft, group: str, candidates: Sequence[Candidate]) -> Cluster | None:
    """Give the likeliest entity; None where "none of them" is likelier, or where it is less likely than is asked for."""
    if not candidates:
        return None
    chances = softmax([sum(weights()[group].get(name, 0.0) for name in candidate.features) for candidate in candidates])
    best = max(range(len(candidates)), key=chances.__getitem__)
    if chances[best] < _least()[group] or _has_equal(candidates, best):
        return None
    return candidates[best].cluster


def _has_equal(candidates: Sequence[Candidate], best: int) -> bool:
    """Tell whether two hold the same role and were last named together: either can be "the senator"."""
    chosen = candidates[best]
    return "holder" in chosen.features and any(
        "holder" in other.features and other.cluster.last.sentence == chosen.cluster.last.sentence
        for other in candidates
        if other is not chosen
    )


def softmax(scores: Sequence[float]) -> list[float]:
    """Give the chance of each candidate where "none of them" scores 0."""
    top = max(0.0, *scores)
    raised = [exp(score - top) for score in scores]
    total = sum(raised) + exp(-top)
    return [one / total for one in raised]
