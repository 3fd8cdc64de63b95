"""The names of one sentence: the model's entities as evidence, corrected by gazetteer, titles and the shape of names.

Order of trust: an organisation read from its head word, then the model's spans with their edges mended, then gazetteer names
that neither covers, then what follows a title. No two names overlap.
"""

from datetime import date

from transforms.gazetteer import Hit, gazetteer, use_entry
from transforms.name_evidence import (
    agrees,
    holder_behind,
    is_person,
    is_title_cut_short,
    is_town_or_area,
    model_reads_body,
    model_says_person,
    one_country,
)
from transforms.nominals import plain_nouns
from transforms.organisations import (
    find_by_head,
    name_parts,
    openers,
    organisation_heads,
    organisation_id,
    organisation_sector,
    other_heads,
)
from transforms.own_mentions import find_own_names
from transforms.own_names import OwnNames
from transforms.package_data import slug
from transforms.places import locatives, place_types
from transforms.spans import Draft, SentenceParse, make_draft
from transforms.titles import ends_title, role_at_end, role_sector, title_start, title_words

MODEL_NAMES = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "LAW", "PRODUCT", "WORK_OF_ART", "LANGUAGE"})
_PLACES = frozenset({"country", "region", "city"})
_SPLITS_PERSON = frozenset({"country", "demonym", "people"})
_EDGES = frozenset("\"'“”‘’«»()[]{},.;:-–—*/|`")
_POSSESSIVE = frozenset({"'s", "’s", "'", "’"})


class SentenceNames:
    """Collects the names of one sentence; each token belongs to one name at most."""

    def __init__(
        self, parse: SentenceParse, first_names: frozenset[str], own: OwnNames | None = None, day: date | None = None
    ) -> None:
        self.parse = parse
        self.first_names = first_names
        self.found: list[Draft] = []
        self.taken: list[Draft | None] = [None] * len(parse.words)
        self.hits: dict[int, Hit] = {}
        self.spans: dict[int, int] = {}
        for hit in gazetteer().find(parse.text):
            first, last = parse.tokens(hit.start, hit.end)
            self.hits[first] = hit
            self.spans[first] = last
        if own is not None:  # a user's own names come before all others
            for draft in find_own_names(parse, self.hits, own, day):
                self._keep(draft)

    def collect(self) -> list[Draft]:
        """Give the names, by place."""
        for first, last, kind in find_by_head(self.parse, self.hits):
            if not model_reads_body(self.parse, first, last):  # its edges are surer than those of the rule
                self._by_head(first, last, kind)
        for entity in self.parse.ents:
            if entity.label_ in MODEL_NAMES:
                self._model(entity.start, entity.end, entity.label_)
        for first in list(self.hits):
            self._gazetteer(first)
        self._titled()
        self._merge_halves()
        return sorted(self.found, key=lambda draft: draft.start)

    def _merge_halves(self) -> None:
        """Join two persons that stand side by side: they are the halves of one name."""
        for draft in list(self.found):
            other = self.taken[draft.last] if draft.last < len(self.taken) else None
            if other is None or draft.own is not None or other.own is not None:
                continue
            if draft.entity_type == other.entity_type == "PERSON" and draft in self.found:
                self.found = [kept for kept in self.found if kept is not draft and kept is not other]
                self.taken[draft.first : other.last] = [None] * (other.last - draft.first)
                self._put(draft.first, other.last, "PERSON", draft.annotator)

    # one step each

    def _by_head(self, first: int, last: int, kind: str) -> None:
        hit = self._covering(first, last)
        if hit is not None:
            self._put_hit(hit)
        elif kind == "ORG" and self._body_and_holder(first, last, "rule"):
            return
        elif kind == "ORG" or not model_says_person(self.parse, first, last):
            self._put(first, last, kind, "rule")

    def _model(self, first: int, last: int, label: str) -> None:
        words = self.parse.words
        whole = last - first
        while first < last and (
            self.taken[first] is not None or words[first] in _EDGES or self.parse.lower[first] in ("the", "a", "an")
        ):
            first += 1
        free = first
        while free < last and self.taken[free] is None:
            free += 1
        last = free
        while first < last and (words[last - 1] in _EDGES or words[last - 1] in _POSSESSIVE):
            last -= 1
        if first >= last or (last - first < whole - 1 and label != "PERSON" and not words[first][0].isupper()):
            return
        last, aged = self._reach_age(last)
        exact = self._covering(first, last)
        if exact is not None and (self._agrees(exact, label) or self._is_located(exact)):
            self._put_hit(exact)
        elif (aged and label in ("ORG", "GPE", "LOC", "FAC", "PRODUCT", "WORK_OF_ART", "NORP")) or label == "PERSON":
            self._person(first, last)
        elif label in ("GPE", "LOC") and any(words[i] == "," for i in range(first, last)):
            return  # "Baku, Azerbaijan" in one piece: the gazetteer's names are added one by one
        else:
            self._other(first, last, label)

    def _agrees(self, first: int, label: str) -> bool:
        entry = self.hits[first].entry
        if label == "ORG" and (
            is_town_or_area(entry) or (entry.source == "country" and self._in_brackets(first, self.spans[first]))
        ):
            return False  # a town that plays, an organisation's acronym
        return agrees(entry, label)

    def _reach_age(self, last: int) -> tuple[int, bool]:
        """Give the end of a name that an age follows ("Wilfredo Matute, 51,"), and whether one does."""
        words, end = self.parse.words, last
        while self._free_capital(end):
            end += 1
        follows = words[end : end + 2]
        aged = len(follows) == 2 and follows[0] == "," and follows[1].isdigit() and len(follows[1]) < 3
        if aged and words[end + 2 : end + 3] in ([","], ["."], [";"], []):
            return end, True
        return last, False

    def _is_located(self, first: int) -> bool:
        """Tell whether a known place stands right after "in", "near", "from": then it is that place whatever the model says."""
        entry = self.hits[first].entry
        place = entry.source in _PLACES and (not entry.small or self._has_area_behind(self.spans[first]))
        lower = self.parse.lower
        located = first > 0 and lower[first - 1] in locatives()
        typed = first > 1 and lower[first - 1] == "of" and lower[first - 2] in place_types()
        owner = self.taken[first - 2] if first > 1 and self.parse.words[first - 1] in _POSSESSIVE else None
        owned = owner is not None and owner.source in ("country", "region") and entry.source == "city"  # "Maine's Portland"
        settled = located or typed or owned or self._has_area_behind(self.spans[first])
        return place and settled and not self._free_capital(self.spans[first])

    def _has_area_behind(self, last: int) -> bool:
        """Tell whether a comma and a country or region follow: "Larbert, Scotland"."""
        hit = self.hits.get(last + 1) if self.parse.words[last : last + 1] == [","] else None
        return hit is not None and hit.entry.source in ("country", "region")

    def _person(self, first: int, last: int) -> None:
        parse = self.parse
        moved = True
        while moved and first < last:
            moved = False
            hit = self.hits.get(first)
            if hit and self.spans[first] < last and hit.entry.source in _SPLITS_PERSON and not self._is_first_name(first, last):
                self._put_hit(first)
                first, moved = self.spans[first], True
                continue
            for end in range(min(first + 4, last - 1), first, -1):
                role = parse.lower[first:end]
                office = role_at_end(role) == end - first and role_sector(role) not in (None, "CVL")
                if office or role[-1] in title_words("honorifics"):
                    first, moved = end, True
                    break
            else:
                if first + 1 < last and parse.lower[first] in title_words("known_fields") and self._ends_field(first):
                    first, moved = first + 1, True  # "Minister of Trade Tran Tuan Anh"
        while last - first > 2 and self._hit_ending(last) is not None:
            hit_first = self._hit_ending(last)
            if hit_first is None or hit_first <= first or self.hits[hit_first].entry.source not in ("country", "demonym"):
                break
            self._put_hit(hit_first)
            last = hit_first
        while first < last and (parse.words[last - 1] in _EDGES or parse.words[last - 1] in _POSSESSIVE):
            last -= 1
        if first >= last or not any(word[0].isupper() for word in parse.words[first:last]):
            return
        while self._free_capital(last) and last not in self.hits and last - first < 5 and not role_at_end([parse.lower[last]]):
            last += 1  # the model has cut the name short
        if last - first == 1 and (parse.words[first] in openers() or role_at_end(parse.lower[first:last])):
            return
        self._put(first, last, "PERSON", "model")

    def _other(self, first: int, last: int, label: str) -> None:
        parse = self.parse
        hit = self.hits.get(first)
        if hit and self.spans[first] < last and hit.entry.source in ("country", "demonym", "city", "people"):
            rest = self.spans[first]
            if parse.words[rest] in _POSSESSIVE:
                self._put_hit(first)
                if rest + 1 < last:
                    self._other(rest + 1, last, label)
                return
            if hit.entry.source in ("country", "city") and rest < last and self._is_realm(first):
                self._put_hit(first)  # "the leader of Azerbaijan Heydar Aliyev": what follows is the holder's name
                return
            if role_at_end(parse.lower[rest:last]) == last - rest or (
                parse.words[rest] in locatives() and hit.entry.source != "city"
            ):
                self._put_hit(first)
                return
        words = parse.lower[first:last]
        if role_at_end(words) == last - first or (
            label in ("ORG", "GPE", "LOC", "PERSON")
            and last - first == 1
            and not parse.words[first][0].isupper()
            and not any(c.isupper() for c in parse.words[first])
        ):
            return
        if label == "NORP" and first == 0 and last == 1 and parse.tags[0] == "NOUN" and hit is None:
            return  # "Vandalism of cemeteries increased": a capital for the sentence's sake
        alone = label == "ORG" and last - first == 1 and parse.lower[first] in plain_nouns()
        if alone and (first == 0 or parse.words[first] not in organisation_heads()):
            return  # "the State", "Parliament": a noun in capitals, read as one later
        if label == "ORG" and not any(letter.isupper() for word in parse.words[first:last] for letter in word):
            return  # "defence ministry"
        if label == "ORG" and is_title_cut_short(parse, last):
            return
        if label in ("ORG", "PERSON") and self._body_and_holder(first, last, "model"):
            return
        if label in ("ORG", "GPE", "LOC", "PRODUCT", "WORK_OF_ART", "FAC", "NORP") and is_person(
            parse, first, last, self.taken, self.hits
        ):
            label = "PERSON"
        if label in ("GPE", "LOC") and any(letter.isdigit() for letter in parse.words[last - 1]):
            label = "PRODUCT"
        if label in ("GPE", "LOC", "NORP") and parse.words[last - 1] in organisation_heads():
            label = "ORG"
        if label in ("ORG", "PERSON", "PRODUCT") and last - first > 1 and parse.words[last - 1] in other_heads():
            label = other_heads()[parse.words[last - 1]]
        self._put(first, last, label, "model")

    def _body_and_holder(self, first: int, last: int, annotator: str) -> bool:
        """Put a body and the person named right behind it as two names; tell whether it was so."""
        holder = holder_behind(self.parse, first, last)
        if holder is None:
            return False
        self._put(first, holder, "ORG", annotator)
        self._put(holder, last, "PERSON", annotator)
        return True

    def _gazetteer(self, first: int) -> None:
        last, hit = self.spans[first], self.hits[first]
        if any(self.taken[index] is not None for index in range(first, last)):
            return
        source = hit.entry.source
        before, after = self._neighbour(first - 1), self._neighbour(last)
        if hit.entry.weak and source == "organisation" and self._in_brackets(first, last):
            self._put_hit(first)
            return
        if hit.entry.weak:
            placed = self._has_area_behind(last) or (
                first > 0 and self.parse.lower[first - 1] in locatives() and not hit.entry.small
            )
            if source not in _PLACES or not placed or after or self.parse.tags[first] != "PROPN":
                return
        if source == "city" and (after or (before and self.parse.words[first - 1] not in openers())):
            return
        if source == "organisation" and self._neighbour(first - 1) and last - first == 1 and not hit.text.isupper():
            return
        if first == 0 and source == "people" and self.parse.tags[first] not in ("PROPN", "ADJ", "NOUN"):
            return
        self._put_hit(first)

    def _titled(self) -> None:
        """Names after a title that the model has overlooked: "Prosecutor General Kamran Aliyev"."""
        parse = self.parse
        index = 1
        while index < len(parse.words):
            if (
                (self._free_capital(index) and not self._free_capital(index - 1) | (self.taken[index - 1] is not None))
                or (
                    self._free_capital(index)
                    and ends_title(parse.lower[max(index - 9, 0) : index])
                    and not role_at_end(parse.lower[max(index - 3, 0) : index + 1])
                    and parse.lower[index] not in title_words("honorifics")
                )
                or (self._free_capital(index) and self._behind_realm(index))
            ):
                start = index
            else:
                index += 1
                continue
            last = start
            while last < len(parse.words) and (
                self._free_capital(last)
                or (last > start and parse.lower[last] in title_words("particles") and self._free_capital(last + 1))
            ):
                last += 1
            if (
                (title_start(parse.lower, parse.tags, start) < start or self._behind_realm(start))
                and parse.words[start] not in openers()
                and not role_at_end(parse.lower[start:last])
                and (last - start > 1 or parse.lower[start - 1] not in title_words("known_fields"))
            ):
                self._put(start, last, "PERSON", "rule")
                index = last
            index += 1

    def _ends_field(self, index: int) -> bool:
        """Tell whether a token ends a title such as "Minister of Trade"."""
        return ends_title(self.parse.lower[max(index - 8, 0) : index + 1])

    def _behind_realm(self, index: int) -> bool:
        """Tell whether a role and what it is over stand before a token: "Mayor of London Sadiq Khan"."""
        place = self.taken[index - 1] if index else None
        if place is None or place.entity_type not in ("GPE", "ORG"):
            return False
        return self._is_realm(place.first - 1 if self.parse.lower[place.first - 1] == "the" else place.first)

    def _is_realm(self, first: int) -> bool:
        """Tell whether a role and "of" stand before a token."""
        lower = self.parse.lower
        return first > 1 and lower[first - 1] == "of" and bool(role_at_end(lower[max(first - 5, 0) : first - 1]))

    def _free_capital(self, index: int) -> bool:
        if not 0 <= index < len(self.parse.words):
            return False
        word = self.parse.words[index]
        return self.taken[index] is None and word[0].isupper() and word[0].isalpha() and self.parse.tags[index] == "PROPN"

    def _in_brackets(self, first: int, last: int) -> bool:
        """Tell whether tokens stand in brackets after an organisation: its acronym."""
        owner = self.taken[first - 2] if first > 1 else None
        words = self.parse.words
        return owner is not None and owner.entity_type == "ORG" and words[first - 1] == "(" and words[last : last + 1] == [")"]

    def _neighbour(self, index: int) -> bool:
        return self._free_capital(index) and not role_at_end(self.parse.lower[max(index - 2, 0) : index + 1])

    def _covering(self, first: int, last: int) -> int | None:
        """Give the first token of the gazetteer name that covers [first, last), if one does."""
        for start in range(first, max(first - 3, -1), -1):
            if start in self.hits and self.spans[start] >= last:
                return start
        return None

    def _hit_ending(self, last: int) -> int | None:
        return next((first for first, end in self.spans.items() if end == last), None)

    def _is_first_name(self, first: int, last: int) -> bool:
        return self.parse.words[first] in self.first_names and last - first <= 3

    # results

    def _put(self, first: int, last: int, kind: str, annotator: str) -> None:
        if any(self.taken[index] is not None for index in range(first, last)):
            return
        draft = make_draft(self.parse, first, last, kind, "name", annotator)
        starts = [start for start in range(first, last) if start in self.hits and self.spans[start] <= last]
        inside = [self.hits[start] for start in starts if not self.hits[start].entry.small]
        if kind == "ORG":
            offset = self.parse.starts[first]
            shifted = [Hit(hit.start - offset, hit.end - offset, hit.text, hit.entry) for hit in inside]
            draft.base, draft.country = name_parts(draft.text, shifted)
            draft.sector = organisation_sector(draft.base)
            draft.entity_id = organisation_id(draft.base, draft.country)
        elif kind in ("GPE", "LOC", "FAC"):
            draft.country = one_country(inside)
            name = slug(draft.text)
            draft.entity_id = f"place:{name}" if name else None
        elif kind == "NORP":
            draft.country = one_country(inside)
        self._keep(draft)

    def _put_hit(self, first: int) -> None:
        hit, last = self.hits[first], self.spans[first]
        if any(self.taken[index] is not None for index in range(first, last)):
            return
        draft = make_draft(self.parse, first, last, hit.entry.entity_type, "name", "gazetteer")
        draft.start, draft.end, draft.text = self.parse.offset + hit.start, self.parse.offset + hit.end, hit.text
        use_entry(draft, hit.entry)
        self._keep(draft)

    def _keep(self, draft: Draft) -> None:
        draft.kind = "name"
        for index in range(draft.first, draft.last):
            self.taken[index] = draft
        self.found.append(draft)
