"""`--actors` from the files to the rows: checked before any work, the same for all workers, a part of the fingerprint."""

from pathlib import Path

import duckdb
import pytest

from flows import build_warehouse
from flows.own_names import load_own_names, read_own_names, save_own_names, warning_lines
from flows.settings import load_settings
from tests.end_to_end.rows import faults_of, rows_of
from tests.flows.gazette import newsmill
from transforms.pipeline import fingerprint
from warehouse.query import connect
from warehouse.schema.errors import UsageError

Capture = pytest.CaptureFixture[str]

CSV = "name,type,entity_id,country,sector\nDelta Lions,organisation,org:lions,NGA,REB\nGrace Okafor,person,,NGA,GOV\n"
TEXT = " date 2024-03-19\n\nGrace Okafor condemned the Delta Lions in Lagos, part {}. The River Guards attacked a convoy.\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(CSV)
    return path


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.txt").write_text(TEXT.format(number))
    return folder


def ask(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with connect(warehouse) as connection:
        return connection.execute(sql).fetchall()


def test_what_a_run_writes_for_its_workers_is_what_it_read(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(
        "name,type,entity_id,country,sector,aliases,start,end\n"
        "Grace Okafor,person,,NGA,GOV,G. Okafor;Mama Grace,2020-01-01,2022-12-31\n"
        "Grace Okafor,person,,NGA,OPP,,2023-01-01,\n"
        "Réseau Sahel,organisation,org:réseau,,,,,\n"
        "Strike,organisation,,MLI,REB,,,\n"
    )
    dictionary = tmp_path / "groups.txt"
    dictionary.write_text("RIVER_GUARDS_ [NGAREB]\n")
    nouns = tmp_path / "nouns.txt"
    nouns.write_text("<AGENTS>\nCHAMBER_OF_COMMERCE [~BUS]\nPEARL_DIVER [~LAB]\n")
    names, _ = read_own_names([own, dictionary, nouns])
    assert names is not None
    assert names.sectors
    assert names.tails
    assert any(name.weak for name in names.names.values())
    assert load_own_names(save_own_names(names, tmp_path)) == names
    assert load_own_names(None) is None
    assert read_own_names([]) == (None, ())


def test_a_changed_file_is_read_anew_and_changes_the_fingerprint(own: Path) -> None:
    model = load_settings().model
    before, _ = read_own_names([own])
    own.write_text(CSV.replace("REB", "CRM"))
    after, _ = read_own_names([own])
    assert before is not None
    assert after is not None
    prints = {fingerprint(model), fingerprint(model, before.digest), fingerprint(model, after.digest)}
    assert len(prints) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("own.csv", b"name,type\nFoo,party\n", "own.csv:2: 'party' is no type"),
        ("own.CSV", b"\xef\xbb\xbfname,type\r\nFoo,\r\n", "own.CSV:2: '' is no type"),
        ("own.txt", b"name,type\nFoo,party\n", "own.txt: this is no dictionary of PETRARCH"),
        ("own.csv", b"PK\x03\x04\x00\x00\x00\x00\xff\xfe\x00\x00\x00\x01", "own.csv: the file of actors is no text"),
    ],
)
@pytest.mark.parametrize("command", ["run", "code"])
def test_a_mistake_ends_a_command_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, command: str, name: str, content: bytes, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(content)
    told = newsmill(capsys, command, "France", "--actors", name)
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert not (tmp_path / "data").exists()


def test_letters_that_are_written_as_two_characters_are_one(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("name,type\nRe\u0301seau Sahel,organisation\n", encoding="utf-8")
    names, _ = read_own_names([path])
    assert names is not None
    assert list(names.names) == ["r\u00e9seau sahel"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.csv: the file of actors cannot be read: No such file"):
        read_own_names([tmp_path / "none.csv"])


def test_of_many_warnings_the_first_are_shown() -> None:
    shown = warning_lines([f"line {number}" for number in range(1_020)])
    assert (len(shown), shown[-1]) == (21, "and 1,000 more lines with a warning")


def test_files_come_from_flags_variable_or_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings().actors == ()
    (tmp_path / "newsmill.toml").write_text('actors = ["a.csv", "b.txt"]\n')
    assert load_settings().actors == (Path("a.csv"), Path("b.txt"))
    monkeypatch.setenv("NEWSMILL_ACTORS", "c.csv:d.txt")
    assert load_settings().actors == (Path("c.csv"), Path("d.txt"))
    assert load_settings(actors=[Path("e.csv")]).actors == (Path("e.csv"),)


def test_code_shows_the_users_id_and_warns_of_common_words(own: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.chdir(own.parent)
    own.write_text(f"{CSV}Strike,organisation,,,\n")
    said = newsmill(capsys, "code", "--actors", "own.csv", "Mali condemned the Delta Lions.")
    assert 'country:MLI GOV "Mali" -> org:lions NGA REB "Delta Lions"' in said.out
    assert said.err.startswith("warning: own.csv:4: 'Strike' is a common word too")


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_a_changed_file_recodes_nothing_until_asked(own: Path, news: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = build_warehouse([str(news)], str(data), workers=0, actors=[str(own)])
    lions = "SELECT DISTINCT entity_id, country, sector, annotator FROM mentions WHERE text = 'Delta Lions'"
    assert ask(data, lions) == [("org:lions", "NGA", "REB", "gazetteer")]
    assert ask(data, "SELECT count(DISTINCT event_id) FROM participants WHERE entity_id = 'org:lions' AND sector = 'REB'") == [(4,)]

    again = build_warehouse([str(news)], str(data), workers=0, actors=[str(own)])
    assert (again.did_nothing, again.older_documents) == (True, 0)

    own.write_text(CSV.replace("REB", "CRM"))
    (news / "4.txt").write_text(TEXT.format(4))
    second = build_warehouse([str(news)], str(data), workers=0, actors=[str(own)])
    assert (second.documents, second.older_documents) == (1, 4)
    assert sorted(ask(data, f"{lions} ORDER BY ALL")) == [("org:lions", "NGA", sector, "gazetteer") for sector in ("CRM", "REB")]

    third = build_warehouse([str(news)], str(data), workers=0, actors=[str(own)], recode=True)
    assert third.replaced == 5
    assert ask(data, lions) == [("org:lions", "NGA", "CRM", "gazetteer")]
    assert len({first.fingerprint, second.fingerprint}) == 2
    assert ask(data, "SELECT DISTINCT fingerprint FROM documents") == [(third.fingerprint,)]
    assert faults_of(data) == []


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_rows_do_not_depend_on_workers_or_the_order_of_files(own: Path, news: Path, tmp_path: Path) -> None:
    other = tmp_path / "guards.txt"
    other.write_text("RIVER_GUARDS_ [NGAREB]\n")
    for name, workers, files in (("one", 0, [own, other]), ("two", 2, [other, own])):
        paths = [str(path) for path in files]
        build_warehouse([str(news)], str(tmp_path / name), workers=workers, actors=paths, batch_documents=1)
    assert rows_of(tmp_path / "one") == rows_of(tmp_path / "two")
    guards = "SELECT count(*) FROM mentions WHERE entity_id = 'org:river-guards' AND sector = 'REB'"
    assert ask(tmp_path / "two", guards) == [(4,)]
    with duckdb.connect(str(tmp_path / "two" / "newsmill.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT sector FROM entities WHERE entity_id = 'org:lions'").fetchall() == [("REB",)]
