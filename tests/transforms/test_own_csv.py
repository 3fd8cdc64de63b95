"""A user's names from CSV: what the file may look like, and what a mistake in it is answered with."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.own_csv import read_csv_names
from transforms.own_names import Entries, Held
from transforms.own_table import compile_names, name_key
from warehouse.schema.errors import UsageError
from warehouse.schema.vocabulary import SECTORS


def entities(entries: Entries) -> dict[str, str]:
    return {entry.name: entry.entity.entity_id for entry in entries.names}


def test_only_name_and_type_are_needed_and_other_columns_are_left_alone() -> None:
    entries = read_csv_names('# mine\n\ntype,note,name\nperson,"boss, they say",Grace Okafor\n', "own.csv")
    assert entities(entries) == {"Grace Okafor": "person:grace-okafor"}
    assert entries.names[0].place == "own.csv:4"


@pytest.mark.parametrize(
    ("kind", "entity_type", "entity_id"),
    [
        ("person", "PERSON", "person:delta-lions"),
        ("Organisation", "ORG", "org:delta-lions"),
        ("organization", "ORG", "org:delta-lions"),
        ("place", "GPE", "place:delta-lions"),
        ("group", "NORP", "group:delta-lions"),
    ],
)
def test_an_id_is_made_of_type_and_name(kind: str, entity_type: str, entity_id: str) -> None:
    [entry] = read_csv_names(f"name,type\nDelta Lions,{kind}\n", "own.csv").names
    assert (entry.entity.entity_type, entry.entity.entity_id) == (entity_type, entity_id)


def test_a_name_that_newsmill_knows_keeps_its_id_unless_the_user_gives_one() -> None:
    text = "name,type,entity_id,sector\nNATO,organisation,,MIL\nEcowas,organisation,org:mine,IGO\n"
    assert entities(read_csv_names(text, "own.csv")) == {"NATO": "igo:nato", "Ecowas": "org:mine"}


def test_aliases_are_names_of_the_same_entity() -> None:
    entries = read_csv_names("name,type,aliases\nSahel Relief Network,organisation,SRN; Réseau Sahel ;;\n", "own.csv")
    assert set(entities(entries)) == {"Sahel Relief Network", "SRN", "Réseau Sahel"}
    assert len({entry.entity for entry in entries.names}) == 1


def test_lines_of_one_name_are_one_entity_at_different_times() -> None:
    text = "name,type,country,sector,start,end\nA Baker,person,NGA,GOV,2015-01-01,2019-05-29\nA Baker,person,NGA,OPP,2019-05-30,\n"
    [entry] = read_csv_names(text, "own.csv").names
    assert entry.entity.on(date(2015, 1, 1)) == entry.entity.on(date(2019, 5, 29)) == entry.entity.held[0]
    assert entry.entity.on(date(2024, 1, 1)).sector == "OPP"
    assert entry.entity.on(date(2014, 1, 1)) == entry.entity.on(None) == Held("NGA", None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "own.csv: no line in it. The first one names the columns: name,type"),
        ("id,label\na,b\n", "own.csv:1: no column name and no column type. The first line reads name,type"),
        ("name,type\nFoo\n", "own.csv:2: 1 fields, but 2 columns"),
        ("name,type\nFoo,person\n\n ,person\n", "own.csv:4: the name is empty. Fill it in, or take the line out."),
        ("name,type\n!!,person\n", "own.csv:2: '!!' has neither letter nor digit"),
        ("name,type\nFoo,party\n", "own.csv:2: 'party' is no type. Write person, organisation, place or group."),
        ("name,type,country\nFoo,person,XYZ\n", "own.csv:2: 'XYZ' is no country. Write its ISO 3166-1 alpha-3 code"),
        ("name,type,country\nFoo,person,NG\n", "; NGA perhaps"),
        ("name,type,country\nFoo,person,Nigeria\n", "; NGA perhaps"),
        ("name,type,sector\nFoo,person,GOVT\n", "own.csv:2: 'GOVT' is no sector. Write one of these, or none: GOV (gov"),
        ("name,type,entity_id\nFoo,person,the boss\n", "own.csv:2: 'the boss' is no entity_id. It reads like org:acme"),
        ("name,type,start\nFoo,person,1/2/2020\n", "own.csv:2: '1/2/2020' in start is no day. Write it as YYYY-MM-DD."),
        ("name,type,start,end\nFoo,person,2020-02-01,2020-01-01\n", "own.csv:2: the end 2020-01-01 is before the start 2020-02-01"),
        ("name,type,sector\nFoo,person,GOV\nFoo,person,OPP\n", "own.csv:3: 'Foo' is in own.csv:2 already, with other values"),
        ("name,type,aliases\nFoo,person,F\nBar,person,F\n", "own.csv:3: 'F' is a name of another entity in own.csv:2"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_and_line(content: str, said: str) -> None:
    with pytest.raises(UsageError) as told:
        read_csv_names(content, "own.csv")
    assert said in str(told.value)


@pytest.mark.parametrize("name", ["Police", "May", "Will", "Strike", "Monday", "Wagner", "Grace", "security service"])
def test_a_common_word_is_told_with_file_and_line(name: str) -> None:
    table, warnings = compile_names([read_csv_names(f"name,type,entity_id\n{name},organisation,org:x\n", "own.csv")])
    assert warnings[0].startswith(f"own.csv:2: {name!r} is a common word too")
    assert table.names[name_key(name)].weak


@pytest.mark.parametrize("name", ["Okafor", "Azov", "SRN", "Delta Lions", "Grace Okafor", "Hezbollah"])
def test_a_name_that_is_no_common_word_is_not(name: str) -> None:
    _, warnings = compile_names([read_csv_names(f"name,type\n{name},organisation\n", "own.csv")])
    assert warnings == ()


def test_of_two_files_with_one_name_the_first_counts_and_the_second_is_told() -> None:
    files = [read_csv_names(f"name,type,sector\nDelta Lions,organisation,{sector}\n", f"{sector}.csv") for sector in ("REB", "CRM")]
    table, warnings = compile_names(files)
    assert table.names["delta lions"].entity.held[0].sector == "REB"
    assert warnings == ("CRM.csv:2: 'Delta Lions' stands in REB.csv:2 already; that line counts.",)


def test_the_digest_changes_with_the_content_and_not_with_its_order_or_comments() -> None:
    head, one, two = "name,type,sector", "Delta Lions,organisation,REB", "River Guards,organisation,REB"

    def digest(*lines: str) -> str:
        return compile_names([read_csv_names("\n".join((head, *lines)), "own.csv")])[0].digest

    assert digest(one, two) == digest("# note", two, one)
    assert digest(one, two) != digest(one, two.replace("REB", "CRM"))
    assert digest(one, two) != digest(one)


WORDS = st.text(st.sampled_from("abcdefgéøş'-."), min_size=1, max_size=8).filter(lambda word: word[0].isalpha())
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(lambda words: " ".join(word[0].upper() + word[1:] for word in words))


@given(st.dictionaries(NAMES, st.tuples(st.sampled_from(["person", "organisation"]), st.sampled_from(sorted(SECTORS))), max_size=8))
def test_every_name_that_is_written_is_found_in_the_table_under_its_own_words(rows: dict[str, tuple[str, str]]) -> None:
    rows = {name: rows[name] for name in {name_key(name): name for name in rows}.values()}
    lines = [f"{name},{kind},person:p{number},{sector}" for number, (name, (kind, sector)) in enumerate(rows.items())]
    table, _ = compile_names([read_csv_names("\n".join(["name,type,entity_id,sector", *lines]), "own.csv")])
    assert {found.written for found in table.names.values()} == {" ".join(name.split()) for name in rows}
    for number, (name, (_, sector)) in enumerate(rows.items()):
        found = table.names[name_key(name)]
        assert (found.entity.entity_id, found.entity.held[0].sector) == (f"person:p{number}", sector)
        key = name_key(name).split(" ")
        assert len(key) in table.lengths[key[0]]
