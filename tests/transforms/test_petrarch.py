"""Dictionaries in PETRARCH's format: names, codes, days and nouns, and the flaws that such files have."""

from datetime import date

import pytest

from transforms.own_names import Entries, Held, OwnEntity
from transforms.own_table import compile_names
from transforms.petrarch import read_dictionary
from warehouse.schema.errors import UsageError

ACTORS = """\
# a comment
RIVER_GUARDS_ [NGAREB] ; another
+GUARDS OF_THE RIVER_   # TABARI's blanks
<!-- of several
NOT_READ_ [NGAREB]
lines -->
JOHN_EZE_
+J._EZE_
\t[NGAGOV 150601-190529]
\t[NGAOPP >20190530]
\t[NGAELI]
"""


def entity(entries: Entries, name: str) -> OwnEntity:
    return next(entry.entity for entry in entries.names if entry.name == name)


def test_names_synonyms_and_comments() -> None:
    entries = read_dictionary(ACTORS, "a.txt")
    assert [(entry.place, entry.name) for entry in entries.names] == [
        ("a.txt:2", "RIVER GUARDS"),
        ("a.txt:3", "GUARDS OF THE RIVER"),
        ("a.txt:7", "JOHN EZE"),
        ("a.txt:8", "J. EZE"),
    ]
    assert entries.warnings == ()
    assert entity(entries, "GUARDS OF THE RIVER") == OwnEntity("org:river-guards", "ORG", (Held("NGA", "REB"),))


@pytest.mark.parametrize(
    ("day", "sector"),
    [
        (date(2015, 5, 31), "ELI"),
        (date(2015, 6, 1), "GOV"),
        (date(2019, 5, 29), "GOV"),
        (date(2019, 5, 30), "OPP"),
        (date(2031, 1, 1), "OPP"),
        (None, "ELI"),
    ],
)
def test_days_decide_and_are_included(day: date | None, sector: str) -> None:
    person = entity(read_dictionary(ACTORS, "a.txt"), "JOHN EZE")
    assert (person.entity_id, person.entity_type) == ("person:john-eze", "PERSON")
    assert person.on(day) == next(held for held in person.held if held.sector == sector)


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        ("<301231", None, date(2030, 12, 31)),
        (">310101", date(1931, 1, 1), None),
        ("> 20000229", date(2000, 2, 29), None),
        ("19700101-000101", date(1970, 1, 1), date(2000, 1, 1)),
        ("700101 - 710101", date(1970, 1, 1), date(1971, 1, 1)),
    ],
)
def test_days_are_written_in_several_ways(when: str, start: date | None, end: date | None) -> None:
    [held] = entity(read_dictionary(f"JOHN_EZE_ [NGAGOV {when}]", "a.txt"), "JOHN EZE").held
    assert (held.start, held.end) == (start, end)


@pytest.mark.parametrize(
    ("code", "country", "sector"),
    [
        ("NGAGOV", "NGA", "GOV"),
        ("NGAREBXYZ", "NGA", "REB"),
        ("NGAXYZMIL", "NGA", "MIL"),
        ("NGAINS", "NGA", "REB"),
        ("PALPTY", "PSE", "PTY"),
        ("KSVGOV", "XKX", "GOV"),
        ("IGOUNO", None, "IGO"),
        ("NGOHRI", None, "NGO"),
        ("MNC", None, "BUS"),
        ("WAFREB", None, "REB"),
        ("REB", None, "REB"),
        ("USAMNC", "USA", "BUS"),
    ],
)
def test_codes_give_country_and_sector(code: str, country: str | None, sector: str) -> None:
    assert entity(read_dictionary(f"RIVER_GUARDS_ [{code}]", "a.txt"), "RIVER GUARDS").held == (Held(country, sector),)


@pytest.mark.parametrize(
    ("line", "entity_id"),
    [
        ("GRACE_OKAFOR_ [NGACVL]", "person:grace-okafor"),
        ("K._OBI_ [NGACVL]", "person:k-obi"),
        ("ADAEZE_OBI_ [NGAGOV]", "person:adaeze-obi"),
        ("ADAEZE_OBI_ [NGABUS 000101-050101]", "person:adaeze-obi"),
        ("RIVER_PARTY_ [NGAGOV 000101-050101]", "org:river-party"),
        ("THE_RIVER_GUARDS_ [NGAREB]", "org:river-guards"),
        ("THE_UNITED_NATIONS_ [IGOUNO]", "igo:united-nations"),
        ("THE_SHADOW_ [NGAREB]", "org:the-shadow"),
        ("NATO_ [IGOWSTNAT]", "igo:nato"),
    ],
)
def test_ids_are_of_persons_organisations_and_those_that_newsmill_knows(line: str, entity_id: str) -> None:
    assert read_dictionary(line, "a.txt").names[0].entity.entity_id == entity_id


def test_a_code_of_a_country_alone_means_it_but_for_names_that_newsmill_knows_better() -> None:
    entries = read_dictionary("NIGERIA_ [NGA]\n+LAGOS_\n+NIGERIAN_\n+NAIJA_\nDELTA_GUARDS_ [NGAREB]", "a.txt")
    assert [(entry.name, entry.entity.entity_id) for entry in entries.names] == [
        ("NAIJA", "country:NGA"),
        ("DELTA GUARDS", "org:delta-guards"),
    ]


def test_a_null_code_gives_no_sector_and_no_warning() -> None:
    entries = read_dictionary("RIVER_GUARDS_ [NGAREB <101231] [---]\nNOBODY_ [---]", "a.txt")
    assert entity(entries, "RIVER GUARDS").on(date(2020, 1, 1)) == Held("NGA", None)
    assert (len(entries.names), entries.warnings) == (1, ())


def test_agents_are_nouns_with_plurals_and_substitution_sets() -> None:
    text = "!PERSON! = MAN, WOMEN\nHERDS!PERSON! [~AGR]\nCATTLE_THIEF {CATTLE_THIEVES}[~CRM]\nPOLICE {} [~COP] # x\nAID_BODY [NGO~]"
    table, warnings = compile_names([read_dictionary(text, "g.txt")])
    assert dict(table.sectors) == {
        "herdsman": "CVL",
        "herdswomen": "CVL",
        "cattle thief": "CRM",
        "cattle thieves": "CRM",
        "police": "COP",
        "aid body": "NGO",
    }
    assert table.nouns["aid body"] == ("ORG", "NGO")
    assert table.nouns["cattle thief"] == ("NORP", "CRM")
    assert warnings == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("BROKEN_ [NGAREB", "a.txt:4: a bracket of 'BROKEN_ [NGAREB' is not closed; write [CODE]."),
        ("ENVIRONMENT [~ENV}", "a.txt:4: a bracket of 'ENVIRONMENT [~ENV}' is not closed"),
        ("U.N._", "a.txt:4: 'U.N.' has no code; add one, such as [USABUS]."),
        ("X_ [QQQGOV]", "a.txt:4: [QQQGOV]: 'QQQGOV' is no code. It is three letters of a country"),
        ("X_ [NGAGO]", "a.txt:4: [NGAGO]: 'NGAGO' is no code"),
        ("X_ [NGAGOV 2004017-20061201]", "a.txt:4: [NGAGOV 2004017-20061201]: '2004017-20061201' is no time"),
        ("X_ [NGAGOV 050230-060101]", "is no time"),
        ("X_ [NGAGOV 060101-050101]", "is no time"),
        ("_ [NGAGOV]", "a.txt:4: the name is empty"),
        ("WITCH [~QQQ]", "a.txt:4: [~QQQ]: no role is in it that has a sector. These have: ADR, AGR"),
        ("HERDS!FOLK! [~AGR]", "a.txt:4: !FOLK! is not defined; put a line !FOLK! = WORD, WORD before this one"),
        ("{} [~AGR]", "a.txt:4: the noun is empty"),
    ],
)
def test_a_flaw_is_told_with_file_and_line_and_left_out(line: str, said: str) -> None:
    entries = read_dictionary(f"A_GUARDS_ [NGAREB]\nB_GUARDS_ [NGAREB]\nC_GUARDS_ [NGAREB]\n{line}\n", "a.txt")
    assert len(entries.names) == 3
    assert any(said in warning for warning in entries.warnings), entries.warnings


@pytest.mark.parametrize("line", ["+SYNONYM_", "\t[NGAGOV]"])
def test_what_belongs_to_nobody_is_told(line: str) -> None:
    entries = read_dictionary(f"{line}\nA_GUARDS_ [NGAREB]\n", "a.txt")
    assert entries.warnings[0].startswith("a.txt:1: ")
    assert len(entries.names) == 1


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "name,type\nFoo,person\nBar,person\n", "A text of a newspaper.\nIt goes on.\nA_GUARDS_ [NGAREB]\n"]
)
def test_a_file_that_is_no_dictionary_is_an_error(text: str) -> None:
    with pytest.raises(UsageError, match=r"a\.txt: this is no dictionary of PETRARCH"):
        read_dictionary(text, "a.txt")
