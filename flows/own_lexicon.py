"""A user's own lexicon in place of Newsmill's: read and checked before any work, and a copy of it for the workers.

The workers load what the run wrote, not the user's folder: its files may change while the run goes on, and the rows would differ.
Rows made by it carry another fingerprint, which depends on what is in the files alone.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from transforms.lexicon import Lexicon, compile_lexicon, load_lexicon, read_sources
from transforms.own_names import OwnNames
from transforms.pipeline import Coder, Codes, load_coder, load_stopping, run_fingerprint


@dataclass(frozen=True)
class OwnLexicon:
    """The files of a lexicon by name, and what they say."""

    sources: Mapping[str, str]
    lexicon: Lexicon

    @property
    def digest(self) -> str:
        """What the fingerprint takes of it: the same for the same files, wherever they are."""
        digest = hashlib.blake2b(digest_size=16)
        for name, text in sorted(self.sources.items()):
            digest.update(f"{name}\0{text}\0".encode())
        return digest.hexdigest()


def read_own_lexicon(folder: Path | None) -> OwnLexicon | None:
    """Give the lexicon in a folder; without one None, after a look at Newsmill's own.

    Raises:
        UsageError: a lexicon cannot be read or has a mistake; the message has file and line.
    """
    if folder is None:
        load_lexicon()
        return None
    sources = read_sources(folder)
    return OwnLexicon(sources, compile_lexicon(sources, folder))


def save_own_lexicon(own: OwnLexicon, scratch: Path) -> Path:
    """Write the files into a folder in `scratch`, for `read_own_lexicon` in the workers."""
    folder = scratch / "lexicon"
    folder.mkdir()
    for name, text in own.sources.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


def own_digest(names: OwnNames | None, own: OwnLexicon | None) -> str:
    """What the fingerprint takes of a user's own names and lexicon."""
    return (names.digest if names else "") + (f" lexicon {own.digest}" if own else "")


def codes_with(model: str, names: OwnNames | None, own: OwnLexicon | None, stop_after: str | None, language: str = "en") -> Codes:
    """Load what codes by this model, these names and this lexicon, up to a stage."""
    if stop_after is None:
        return coder_with(model, names, own, language)
    return load_stopping(model, names, stop_after, own_digest(names, own), language)


def coder_with(model: str, names: OwnNames | None, own: OwnLexicon | None, language: str = "en") -> Coder:
    """Load a Coder for this model, these names and this lexicon."""
    coder = load_coder(model, names, language)
    if own is None:
        return coder
    version = run_fingerprint(model, own_digest(names, own), None, language)
    return Coder(coder.nlp, own.lexicon, coder.model, version, names, language)
