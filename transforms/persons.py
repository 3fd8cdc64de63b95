"""Gives the persons of a document their ids: full names, and which of them a surname or first name alone means.

A full name is known by its first and last word, so that initials and middle names make no second person.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from transforms.package_data import slug
from transforms.person_names import given_names, is_full, name_words, surname_key
from transforms.spans import Draft
from transforms.titles import role_at_end, role_feminine, singular

_Key = tuple[str, str]


def link_persons(drafts: Sequence[Draft]) -> None:
    """Set entity_id and `feminine` of every PERSON (`drafts` by place in the text)."""
    named = [(draft, words) for draft in drafts if draft.entity_type == "PERSON" and (words := name_words(draft.text))]
    named = [(draft, words) for draft, words in named if slug(words[-1])]
    document = _Persons(named)
    for draft, words in named:
        draft.entity_id = document.identify(draft, words)
    for draft, _ in named:
        draft.feminine = document.feminine.get(draft.entity_id or "")


class _Persons:
    """The full names of one document, and what has been said of each so far."""

    def __init__(self, named: Sequence[tuple[Draft, list[str]]]) -> None:
        spellings: dict[_Key, Counter[str]] = defaultdict(Counter)
        for _, words in named:
            if is_full(words):
                spellings[_key(words)][slug(" ".join(words))] += 1
        self.ids = {key: f"person:{max(names, key=lambda name: names[name])}" for key, names in spellings.items()}
        self.by_surname: dict[str, list[_Key]] = defaultdict(list)
        self.by_first: dict[str, list[_Key]] = defaultdict(list)
        for key in self.ids:
            self.by_first[key[0]].append(key)
            self.by_surname[key[1]].append(key)
        self.feminine: dict[str, bool] = {}
        for key, entity_id in self.ids.items():
            if key[0] in given_names():
                self.feminine[entity_id] = given_names()[key[0]]
        self.roles: dict[_Key, set[str]] = defaultdict(set)
        self.mentions: Counter[_Key] = Counter()
        self.last: dict[_Key, int] = {}

    def identify(self, draft: Draft, words: list[str]) -> str:
        """Give the id of one mention; those before it have been identified."""
        role = draft.role.lower().split()
        feminine = role_feminine(role) if role else None
        key = _key(words) if is_full(words) else self._meant(words, role, feminine)
        if key is None:
            entity_id = f"surname:{slug(' '.join(words))}"
        else:
            entity_id = self.ids[key]
            self.mentions[key] += 1
            self.last[key] = draft.start
            if role:
                self.roles[key].add(_role_name(role))
        if feminine is not None:
            self.feminine[entity_id] = feminine
        return entity_id

    def _meant(self, words: list[str], role: list[str], feminine: bool | None) -> _Key | None:
        """Give the full name that a surname, else a first name, means.

        Of several it is the one of that role or gender, then the one named most so far, then the one named last.
        """
        candidates = self.by_surname.get(surname_key(words[-1])) or self.by_first.get(slug(words[-1]), [])
        if len(candidates) > 1 and role:
            candidates = [key for key in candidates if _role_name(role) in self.roles[key]] or candidates
        if len(candidates) > 1 and feminine is not None:
            candidates = [key for key in candidates if self.feminine.get(self.ids[key], feminine) == feminine] or candidates
        if not candidates:
            return None
        return max(candidates, key=lambda key: (self.mentions[key], self.last.get(key, -1), -candidates.index(key)))


def _key(words: Sequence[str]) -> _Key:
    return slug(words[0]), surname_key(words[-1])


def _role_name(role: Sequence[str]) -> str:
    words = [*role[:-1], singular(role[-1])]
    return " ".join(words[-max(role_at_end(words), 1) :])
