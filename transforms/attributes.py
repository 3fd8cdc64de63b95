"""Part of speech, morphology and lemma of each token as spaCy's attribute ruler and lemmatizer give them, in a tenth of the time.

Both decide by the token itself (its word, tag and dependency), in a few patterns also by its neighbours. So each combination is
asked of them once a process, in a Doc of its own, and the answer is kept; the answers, and so the rows, are theirs.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, cast

from spacy.attrs import DEP, IS_SPACE, ORTH, TAG
from spacy.language import Language
from spacy.tokens import Doc

from transforms.package_data import read_toml

REMEMBERED = ("attribute_ruler", "lemmatizer")
"""Names of the components that are asked once for each combination."""
_MOST_KEPT = 500_000
"""Combinations after which the memory is emptied: some 100 bytes each."""

_Key = tuple[int, int, int, int, int]
_Answer = tuple[int, int, int]


class Attributes:
    """Sets pos, morph and lemma of the tokens of a parsed Doc; made once per pipeline."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp
        self.components: list[Callable[[Doc], Doc]] = [nlp.get_pipe(name) for name in REMEMBERED if name in nlp.pipe_names]
        self.known: dict[_Key, _Answer] = {}
        strings = nlp.vocab.strings
        self.expletive = strings.add("expl")
        self.verb_forms = _verb_forms()
        self.joined = frozenset(
            strings.add(form) for word in _neighbour_words() for form in (word, word.capitalize(), word.upper())
        )

    def __call__(self, doc: Doc) -> None:
        """Set the attributes of all tokens of `doc`."""
        if not len(doc):
            return
        if doc.to_array(IS_SPACE).any():  # a token of white space changes its tag as well
            for component in self.components:
                component(doc)
        rows: list[list[int]] = doc.to_array([ORTH, TAG, DEP]).tolist()
        known, joined, expletive = self.known, self.joined, self.expletive
        before, last = 0, len(rows) - 1
        for index, (token, (orth, tag, dep)) in enumerate(zip(doc, rows, strict=True)):
            if orth in joined or before == expletive:
                left = rows[index - 1][0] if index else 0
                key = (orth, tag, dep, left if before != expletive else before, rows[index + 1][0] if index < last else 0)
            else:
                key = (orth, tag, dep, 0, 0)
            before = dep
            answer = known.get(key)
            if answer is None:
                answer = self._ask(doc, index)
                if len(known) >= _MOST_KEPT:
                    known.clear()
                known[key] = answer
            token.pos, morph, token.lemma = answer
            cast(Any, token).set_morph(morph)

    def _ask(self, doc: Doc, index: int) -> _Answer:
        """Give what the components say of the token `index` between its neighbours."""
        first, last = max(index - 1, 0), min(index + 2, len(doc))
        near: Sequence[int] = range(first, last)
        small = Doc(
            doc.vocab,
            words=[doc[place].text for place in near],
            tags=[doc[place].tag_ for place in near],
            deps=[doc[place].dep_ for place in near],
            heads=[index - first] * len(near),
        )
        for component in self.components:
            component(small)
        token = small[index - first]
        if token.lower_ in self.verb_forms and token.tag_.startswith("VB"):
            token.lemma_ = self.verb_forms[token.lower_]
        return token.pos, cast(Any, token.morph).key, token.lemma


@cache
def _neighbour_words() -> frozenset[str]:
    return frozenset(read_toml("lemmas.toml")["by_neighbour"])


@cache
def _verb_forms() -> dict[str, str]:
    """Give the forms that the lemmatizer reads wrongly, with their lemma."""
    return {form: lemma for lemma, forms in read_toml("lemmas.toml")["verbs"].items() for form in forms}
