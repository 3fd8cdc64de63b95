"""The table signatures: for each document a MinHash of its runs of five words, by which near-duplicates are found without texts.

A signature is a pure function of documents.text. Its parameters are fixed, for signatures of others cannot be compared with them:
to change one is to code all documents anew.
"""

import re
import unicodedata
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from rensa import RMinHash  # type: ignore[import-untyped]

from warehouse.columns import polars_schema

SHINGLE_WORDS: Final = 5
PERMUTATIONS: Final = 128
"""The estimate of a Jaccard of 0.8 is off by 0.035 (one standard deviation)."""
SEED: Final = 1

Hashes = npt.NDArray[np.uint64]

# Scripts without blanks between words (CJK, kana, Thai, Lao, Burmese, Khmer) count by character.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+")


def shingles(text: str) -> Hashes:
    """Hashes of the runs of five words of `text`, each once, ascending; a shorter text is one run.

    Case, punctuation, white space and forms of the same character (NFKC) make no difference.
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    runs = {" ".join(words[start : start + SHINGLE_WORDS]) for start in range(max(1, len(words) - SHINGLE_WORDS + 1))}
    [hashed] = RMinHash.hash_token_sets([list(runs)])
    return np.unique(np.array(hashed, dtype=np.uint64))


def jaccard(one: Hashes, other: Hashes) -> float:
    """The share of the runs of either text that stand in both, 0 to 1."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)


def signature(text: str) -> bytes:
    """The MinHash of `text`: 128 numbers of 4 bytes, least byte first."""
    matrix = RMinHash.digest_matrix_from_token_hash_sets([shingles(text).tolist()], PERMUTATIONS, SEED)
    [row] = matrix.to_rows()
    return np.array(row, dtype="<u4").tobytes()


def signature_matrix(signatures: pl.Series) -> npt.NDArray[np.uint32]:
    """Signatures as an array of one row each and 128 columns."""
    return np.frombuffer(b"".join(signatures.to_list()), dtype="<u4").reshape(len(signatures), PERMUTATIONS)


def signature_rows(documents: pl.DataFrame) -> pl.DataFrame:
    """The rows of the table signatures for rows of documents."""
    minhashes = pl.Series("minhash", [signature(text) for text in documents["text"]], dtype=pl.Binary)
    return documents.select(name for name in polars_schema("signatures") if name != "minhash").with_columns(minhashes)
