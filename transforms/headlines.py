"""Reads headlines: gives the model the words that a headline leaves out, and takes over the tree.

A parser trained on running text takes "S. Korea, US strike deal" for one long noun and "Israel told to halt push" for an active
clause. So a headline is written out as running text (`headline_writing.py`) and parsed again, and its own tokens get the tags,
heads and relations of the words that stand for them. Text, offsets and entities stay those of the headline.
"""

from collections.abc import Callable, Sequence

from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc, Token

from transforms.gazetteer import gazetteer
from transforms.headline_writing import INSIDE, Piece, write_out

_LONGEST = 30
_SHORTEST = 3
_PREFIXES = frozenset({"al", "el", "abu", "ex", "anti", "pro", "non", "pan", "mid", "vice", "post", "pre", "ul", "as", "ash", "ar"})
_RELAYED = ("acomp", "attr", "xcomp", "oprd", "prep", "advmod", "advcl")
"""Relations of the child that stands for an inserted verb in the tree of the headline."""
_KEPT = frozenset({"tok2vec", "tagger", "parser", "morphologizer"})


def read_headlines(nlp: Language, docs: Sequence[Doc], finish: Callable[[Doc], None]) -> None:
    """Give the headlines among the parsed `docs` the tree of what they leave unsaid; `finish` sets lemmas and parts of speech."""
    written = [(doc, pieces) for doc in docs if is_headline(doc) and (pieces := write_out(doc)) is not None]
    if not written:
        return
    full = [Doc(nlp.vocab, words=[piece.word for piece in pieces]) for _, pieces in written]
    for doc in full:
        for token in doc[1:]:
            token.is_sent_start = False
    for name, component in nlp.pipeline:
        if name in _KEPT and isinstance(component, TrainablePipe):
            component.set_annotations(full, component.predict(full))
    for (doc, pieces), parsed in zip(written, full, strict=True):
        _take_over(doc, pieces, parsed)
        finish(doc)
        for piece in pieces:
            if piece.origin is not None and piece.lemma:
                doc[piece.origin].lemma_ = piece.lemma
            if piece.origin is not None and piece.word == "will":
                doc[piece.origin].norm_ = "will"


def pair_compounds(doc: Doc) -> None:
    """Make both sides of "US-China talks" modifiers of the noun, one coordinated with the other, and "Saudi" one of "Saudi-led"."""
    if "-" not in doc.text and "–" not in doc.text:
        return
    for token in doc[1:-1]:
        if token.text not in ("-", "–") or token.whitespace_ or token.nbor(-1).whitespace_:
            continue
        first, second = token.nbor(-1), token.nbor()
        noun = second.head
        while noun.dep_ == "compound" and noun.head.i > noun.i:
            noun = noun.head
        if not first.text[0].isupper() or first.dep_ not in INSIDE or noun.i <= second.i or noun.pos_ not in ("NOUN", "PROPN"):
            continue
        if gazetteer().get(f"{first.text}-{second.text}") is not None or first.lower_ in _PREFIXES:
            continue  # "Guinea-Bissau", "Al-Shabaab"
        if second.text[0].isupper() and first.head == second and second.dep_ in ("compound", "amod", "nmod"):
            first.head, first.dep_ = noun, "compound"
            second.head, second.dep_ = first, "conj"
        elif second.lower_ == "led" and first.head == second:
            first.head, first.dep_ = noun, "compound"


def is_headline(doc: Doc) -> bool:
    """Whether a sentence has the outer form of a headline: short, and without a full stop."""
    return _SHORTEST <= len(doc) <= _LONGEST and doc[-1].text not in (".", "?", "!", ":", ",") and not doc[-1].text.endswith(".")


def _take_over(doc: Doc, pieces: Sequence[Piece], parsed: Doc) -> None:
    """Give the tokens of `doc` the tags, heads and relations of the words that stand for them."""
    stands = {place: _stand_in(parsed[place], pieces) for place in range(len(pieces))}
    origin = {place: piece.origin for place, piece in enumerate(pieces)}
    heads, deps, tags = list(range(len(doc))), ["punct"] * len(doc), [token.tag_ for token in doc]
    for place, piece in enumerate(pieces):
        if piece.origin is None:
            continue
        token = parsed[place]
        while stands.get(token.head.i) == place and token.head != token:  # it takes the place of an inserted verb
            token = token.head
        above = stands[token.head.i]
        heads[piece.origin] = piece.origin if token.head == token else _or(origin[above], piece.origin)
        deps[piece.origin] = token.dep_
        tags[piece.origin] = piece.tag or parsed[place].tag_
    taken = {piece.origin for piece in pieces}
    for index in range(len(doc) - 1):
        if index not in taken:
            heads[index] = index + 1
    for token, tag, dep in zip(doc, tags, deps, strict=True):
        token.tag_, token.dep_ = tag, dep
    for token, head in zip(doc, heads, strict=True):
        token.head = doc[head]


def _or(value: int | None, other: int) -> int:
    return other if value is None else value


def _stand_in(token: Token, pieces: Sequence[Piece]) -> int:
    """The place of the word that has the token's place in the tree: its own, or that of a child where it was inserted."""
    for _ in range(len(pieces)):
        if pieces[token.i].origin is not None:
            return token.i
        children = [child for child in token.children if child.dep_ != "punct"]
        if not children:
            token = token.head
            continue
        token = min(children, key=lambda c: (_RELAYED.index(c.dep_) if c.dep_ in _RELAYED else len(_RELAYED), c.i))
    return token.i
