"""The tagger of names that ships with Newsmill: spaCy's small entity recogniser, trained on with annotated texts of our own and
with vectors of word pieces as a further input. `training/` makes it; README there says how.
"""

import copy
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


def add_tagger(nlp: Language, config: dict[str, Any]) -> Any:
    """Add an entity recogniser with piece vectors to `nlp`, without weights; `config` is that of the base pipeline's own."""
    nlp.vocab.vectors = cast(Any, PieceVectors(nlp.vocab.strings))
    wider = copy.deepcopy({key: value for key, value in config.items() if key != "factory"})
    wider["model"]["tok2vec"]["embed"]["include_static_vectors"] = True
    return nlp.add_pipe("ner", config=wider)


def load_shipped(base: Language) -> Language:
    """Give `base`, loaded without its own recogniser, with the shipped one."""
    tagger = add_tagger(base, base.config["components"]["ner"])
    with as_file(weights_folder()) as folder:
        tagger.from_disk(folder)
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
