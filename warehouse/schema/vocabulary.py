"""The closed sets that columns draw from, and the figures that PLOVER attaches to them.

Types, modes and contexts: PLOVER manual, Open Event Data Alliance, 2021-2023 edition (CC BY-SA 4.0), facts only. The manual
prints +3 for ACCUSE although every mode of it is negative, so -3 is used; vandalize has no score there and takes its type's.
"""

from enum import StrEnum
from typing import Final, NamedTuple


class EventType(NamedTuple):
    """What PLOVER fixes for one event type: its quad class, score and modes (mode to score)."""

    quad_class: str
    score: float
    recipient_required: bool
    modes: dict[str, float]


VERBAL_COOPERATION: Final = "verbal cooperation"
MATERIAL_COOPERATION: Final = "material cooperation"
VERBAL_CONFLICT: Final = "verbal conflict"
MATERIAL_CONFLICT: Final = "material conflict"
QUAD_CLASSES: Final = (VERBAL_COOPERATION, MATERIAL_COOPERATION, VERBAL_CONFLICT, MATERIAL_CONFLICT)

EVENT_TYPES: Final[dict[str, EventType]] = {
    "AGREE": EventType(VERBAL_COOPERATION, 2.5, False, {}),
    "CONSULT": EventType(VERBAL_COOPERATION, 2.5, False, {"visit": 4, "third-party": 1, "multilateral": 4, "phone": 1.5}),
    "SUPPORT": EventType(VERBAL_COOPERATION, 5, False, {}),
    "CONCEDE": EventType(VERBAL_COOPERATION, 4.5, False, {}),
    "COOPERATE": EventType(MATERIAL_COOPERATION, 9.5, True, {}),
    "AID": EventType(MATERIAL_COOPERATION, 10, True, {}),
    "RETREAT": EventType(
        MATERIAL_COOPERATION,
        6.5,
        False,
        {"withdraw": 8, "release": 6.5, "disarm": 10, "ceasefire": 7.5, "access": 6.5, "resign": 4.5},
    ),
    "REQUEST": EventType(VERBAL_CONFLICT, 0, False, {"assist": 0.5, "change": -1, "yield": -1, "meet": 0}),
    "ACCUSE": EventType(VERBAL_CONFLICT, -3, False, {"disapprove": -2, "investigate": -3.5, "allege": -3.5}),
    "REJECT": EventType(VERBAL_CONFLICT, -2, False, {"assist": -1.5, "change": -2, "yield": -2, "meet": -2}),
    "THREATEN": EventType(
        VERBAL_CONFLICT,
        -3.5,
        False,
        {"restrict": -3, "arrest": -3.5, "relations": -3.5, "expel": -3.5, "territory": -4, "violence": -3.5},
    ),
    "PROTEST": EventType(
        MATERIAL_CONFLICT,
        -5,
        False,
        {"demo": -5, "riot": -7, "strike": -5, "hunger": -4.5, "boycott": -4.5, "obstruct": -4.5, "vandalize": -5},
    ),
    "SANCTION": EventType(MATERIAL_CONFLICT, -6, True, {"convict": -6, "expel": -5.5, "withdraw": -6, "discontinue": -6}),
    "MOBILIZE": EventType(MATERIAL_CONFLICT, -5.5, False, {"troops": -6.5, "weapons": -6.5, "police": -5.5, "militia": -6}),
    "COERCE": EventType(
        MATERIAL_CONFLICT,
        -7,
        False,
        {
            "seize": -7,
            "restrict": -7,
            "censor": -6.5,
            "curfew": -6.5,
            "martial-law": -7.5,
            "arrest": -7,
            "deport": -7,
            "withhold": -7,
            "misinformation": -6.5,
            "cyber": -7,
        },
    ),
    "ASSAULT": EventType(
        MATERIAL_CONFLICT,
        -9,
        False,
        {
            "abduct": -8.5,
            "beat": -7.5,
            "torture": -8.5,
            "sexual": -8.5,
            "targeted": -9.5,
            "destroy": -8.5,
            "primitive": -8,
            "firearms": -9,
            "explosives": -9,
            "suicide-attack": -9.5,
            "aerial": -9.5,
            "drone": -9.5,
            "heavy-weapons": -9.5,
            "crowd-control": -7.5,
            "unconventional": -10,
        },
    ),
}
MODES: Final = tuple(sorted({mode for kind in EVENT_TYPES.values() for mode in kind.modes}))

CONTEXTS: Final = (
    *("military", "intelligence", "executive", "legislative", "election", "political_institutions", "pro_democracy"),
    *("pro_autocracy", "economic", "legal", "human_rights", "rights_freedoms", "repression", "human_security", "lgbt"),
    *("religion_ethnicity", "inequality", "diplomatic", "territory", "health", "asylum", "migration", "disasters"),
    *("natural_resource", "environment", "technology", "terrorism", "cbrn", "cyber", "misinformation", "crime"),
    *("corruption", "illegal_drugs", "trafficking"),
)

SECTORS: Final = {
    "GOV": "government",
    "MIL": "military",
    "JUD": "judiciary",
    "LEG": "legislature",
    "PTY": "party",
    "COP": "police",
    "SPY": "intelligence",
    "REB": "armed opposition",
    "OPP": "political opposition",
    "CVL": "civilian",
    "BUS": "business",
    "MED": "media",
    "EDU": "education",
    "REL": "religious",
    "LAB": "labour",
    "REF": "refugees",
    "CRM": "criminal",
    "IGO": "intergovernmental",
    "NGO": "non-governmental",
    "ELI": "former officials and notables",
    "UNK": "unknown",
}

ENTITY_TYPES: Final = (
    *("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "LAW", "PRODUCT", "WORK_OF_ART", "DATE", "TIME", "MONEY"),
    *("PERCENT", "QUANTITY", "ORDINAL", "CARDINAL", "LANGUAGE"),
)
MENTION_KINDS: Final = ("name", "nominal", "pronoun")
ANNOTATORS: Final = ("model", "gazetteer", "rule", "coreference")
PARAGRAPH_KINDS: Final = ("title", "dateline", "body", "list", "quote", "caption")
PUBLISHED_PRECISIONS: Final = ("second", "minute", "day", "none")
DATE_PRECISIONS: Final = ("day", "week", "month", "quarter", "season", "year", "decade", "century")
DATE_BASES: Final = ("text", "published")
GEO_PRECISIONS: Final = ("city", "region", "country")
ROLES: Final = ("actor", "recipient")
CASUALTY_KINDS: Final = ("killed", "injured", "arrested", "displaced", "abducted")
RUN_STATES: Final = ("running", "completed", "failed")

REJECT_REASONS: Final = {
    "missing": "the path does not exist",
    "unreadable": "the file cannot be opened or read",
    "unknown_format": "the extension is none that Newsmill reads",
    "empty": "the file or the record has no text",
    "binary": "the bytes are not text in any encoding",
    "outside": "the link or pattern leads out of the named input",
    "truncated": "the compressed stream or the Parquet file ends early or is damaged",
    "expands_too_far": "the compressed stream unfolds to more than the limits in the settings",
    "bad_json": "the line or record is not JSON",
    "bad_csv": "the line is no row of the table",
    "too_deep": "the JSON or HTML is nested deeper than the limit in the settings",
    "not_a_record": "the JSON value is not an object",
    "no_text": "the record has no text field, or it is empty",
    "too_large": "the record or its text is longer than the limit in the settings",
    "removed": "it was taken down with newsmill remove",
    "killed": "the process that worked on the document ended: killed by the system, or out of memory",
    "timeout": "the document took longer than the time limit in the settings",
    "failed": "the document could not be processed; the message says why",
}

QUALITY_MEASURES: Final = {
    "documents": "documents that the run milled",
    "rejects": "records that became rejects",
    "reject_share": "rejects among all records of the run",
    "words": "words of the documents",
    "words_per_document": "words a document, on average",
    "events": "events coded",
    "events_per_1000_words": "events in a thousand words",
    "sentences_without_entity_share": "sentences in which no entity was found, among all",
    "undated_share": "documents without a date of publication, among all",
    "publisher_documents": "documents of one publisher",
    "language_documents": "documents in one language",
}


class ExportFormat(StrEnum):
    """What a copy of the warehouse is made of."""

    PARQUET = "parquet"
    CSV = "csv"
    DUCKDB = "duckdb"
