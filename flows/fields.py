"""Which field of a record is its text, its date and so on: by a mapping of the user's, else by the usual names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "record_id": ("id", "guid", "uid"),
    "title": ("title", "headline"),
    "body": ("text", "content", "body", "article"),
    "published": ("date", "published", "published_at", "publishedat", "pubdate", "timestamp"),
    "publisher": ("source", "publisher", "outlet"),
    "url": ("url", "link"),
    "language": ("lang", "language"),
}
"""Names under which a record's fields are found, upper or lower case, the first with a value first."""


Mapped = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How records are read: the user's names of fields, and the bounds beyond which a record or a stream is rejected.

    `names` pairs mapped keys of FIELDS with the places where a value may stand: names joined by dots lead into nested objects. The
    bounds are described in `flows.settings.Settings`.
    """

    record_bytes: int = 16_000_000
    document_characters: int = 2_000_000
    decompressed_bytes: int = 200_000_000_000
    decompression_ratio: int = 500
    json_depth: int = 100
    html_depth: int = 200
    csv_columns: int = 2_000
    names: Mapped = ()


def find_fields(record: Mapping[str, Any], names: Mapped) -> dict[str, tuple[str, str]]:
    """For each key of FIELDS that `record` has a value for: the name of the field and the value as text."""
    lowered = {name.lower(): (name, record[name]) for name in reversed(list(record))}
    mapped = dict(names)
    found = {}
    for target, usual in FIELDS.items():
        separator = "\n\n" if target == "body" else ", "
        candidates = [(path, _at(record, path)) for path in mapped.get(target, ())]
        candidates += [lowered[name] for name in usual if name in lowered]
        for name, value in candidates:
            text = as_text(value, separator)
            if text:
                found[target] = (name, text if target == "body" else text.strip())
                break
    return found


def could_hold_text(record: object, names: Mapped) -> bool:
    """Whether a JSON value is an object with a field for the text, be it empty."""
    if not isinstance(record, dict):
        return False
    lowered = {str(name).lower() for name in record}
    return any(name in lowered for name in FIELDS["body"]) or any(
        _at(record, path) is not None for path in dict(names).get("body", ())
    )


def columns_read(columns: Sequence[str], names: Mapped) -> list[str]:
    """The columns of a table that a field may be found in."""
    usual = {name for all_names in FIELDS.values() for name in all_names}
    mapped = {path for _, paths in names for path in paths}
    heads = {path.split(".")[0] for path in mapped}
    return [name for name in columns if name.lower() in usual or name in mapped or name in heads]


def _at(record: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; a name that has dots itself is found whole, a list gives what its first object has."""
    if path in record:
        return record[path]
    value: Any = record
    for name in path.split("."):
        if isinstance(value, list):
            value = next((item for item in value if isinstance(item, dict)), None)
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def as_text(value: object, separator: str) -> str:
    """Make a string of a field: numbers are written out, a list is joined, {"name": ...} (as news APIs give) is its name."""
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list):
        value = separator.join(item for item in value if isinstance(item, str))
    if isinstance(value, (datetime, date)):
        value = value.isoformat()
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    text = value if isinstance(value, str) else repr(value)
    return storable(text) if text.strip() else ""


def storable(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can spell and no UTF-8 column can hold; whole pairs are joined."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
