"""Reads the word lists that ship in `transforms/data`: TOML, so that people who do not write Python can correct them."""

import re
import tomllib
import unicodedata
from importlib.resources import files
from typing import Any

from warehouse.schema.errors import UsageError

_LETTERS = str.maketrans(
    {**dict.fromkeys("'’‘ʼ`."), "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "ı": "i", "æ": "ae", "Æ": "Ae"}
)


def read_toml(name: str) -> dict[str, Any]:
    """Give the content of `transforms/data/<name>`; UsageError names the file and place when it is missing or is not TOML."""
    source = files("transforms").joinpath("data", name)
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"transforms/data/{name}: the file is missing; install Newsmill again") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"transforms/data/{name}: not valid TOML ({error}); correct the line it names") from None


def slug(name: str) -> str:
    """Give the name as it stands in an entity_id: lower-case ASCII where letters allow, hyphens between words ("São Tomé":
    sao-tome)."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS)).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "-", plain).strip("-")
