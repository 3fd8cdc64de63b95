"""The tagger of names that ships with Newsmill: spaCy's small entity recogniser, trained on with annotated texts of our own and
with vectors of word pieces as a further input. `training/` makes it; README there says how.
"""

import hashlib
from functools import cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from typing import Any, cast

from spacy.language import Language

from transforms.piece_vectors import PieceVectors


def weights_folder() -> Traversable:
    """Give the folder of the tagger's weights."""
    return files("transforms").joinpath("data", "names", "tagger")


_TAGGER: dict[str, Any] = {
    "model": {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "nO": None,
        "tok2vec": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {
                "@architectures": "spacy.MultiHashEmbed.v2",
                "width": 96,
                "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
                "rows": [5000, 1000, 2500, 2500],
                "include_static_vectors": True,
            },
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": 96,
                "depth": 4,
                "window_size": 1,
                "maxout_pieces": 3,
            },
        },
    }
}
"""Shape of the recogniser: that of BASE, with vectors."""


def add_tagger(nlp: Language) -> Any:
    """Add an entity recogniser with piece vectors to `nlp`, without weights."""
    nlp.vocab.vectors = cast(Any, PieceVectors(nlp.vocab.strings))
    return nlp.add_pipe("ner", config=_TAGGER)


def load_shipped(base: Language) -> Language:
    """Give `base`, loaded without its own recogniser, with the shipped one."""
    tagger = add_tagger(base)
    with as_file(weights_folder()) as folder:
        tagger.from_disk(folder, exclude=["vocab"])
    return base


@cache
def shipped_version() -> str:
    """Give 8 hex digits that change with the shipped weights."""
    digest = hashlib.blake2b(digest_size=4)
    folder = files("transforms").joinpath("data", "names")
    for entry in sorted([*folder.iterdir(), *weights_folder().iterdir()], key=lambda entry: entry.name):
        if entry.is_file():
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()
