"""`--lexicon` of a run: checked before any work, the same for all workers, a part of the fingerprint."""

import shutil
from pathlib import Path

import pytest

from flows import build_warehouse
from flows.own_lexicon import own_digest, read_own_lexicon, save_own_lexicon
from flows.settings import load_settings
from tests.end_to_end.rows import faults_of, rows_of
from tests.flows.gazette import newsmill
from warehouse.query import connect
from warehouse.schema.errors import UsageError

Capture = pytest.CaptureFixture[str]
LEXICON = Path(__file__).parents[2] / "transforms" / "data" / "lexicon"
RULE = """type = "CONCEDE"

[[rule]]
id = "waive-visa"
verb = ["waive"]
object = ["visa"]
recipient = ["for"]
example = "Ghana waived visas for Togolese traders."
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    shutil.copytree(LEXICON, folder)
    (folder / "visas.toml").write_text(RULE)
    return folder


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(f" date 2024-03-19\n\nGhana waived visas for Togolese traders, part {number}.\n")
    return folder


def rules_of(warehouse: Path) -> list[tuple[object, ...]]:
    with connect(warehouse) as connection:
        return connection.execute("SELECT rule_id, count(*) FROM events GROUP BY ALL").fetchall()


def test_the_fingerprint_depends_on_what_the_files_say_alone(mine: Path, tmp_path: Path) -> None:
    first, copy = read_own_lexicon(mine), tmp_path / "other"
    shutil.copytree(mine, copy)
    assert own_digest(None, read_own_lexicon(copy)) == own_digest(None, first) != own_digest(None, None)
    (copy / "visas.toml").write_text(RULE.replace('"waive"', '"waive", "abolish"'))
    assert own_digest(None, read_own_lexicon(copy)) != own_digest(None, first)


def test_workers_load_what_the_run_read(mine: Path, tmp_path: Path) -> None:
    own = read_own_lexicon(mine)
    assert own is not None
    saved = save_own_lexicon(own, tmp_path)
    (mine / "visas.toml").unlink()
    again = read_own_lexicon(saved)
    assert again is not None
    assert again.digest == own.digest


def test_a_mistake_stops_the_run_before_any_work(mine: Path, news: Path, tmp_path: Path, capsys: Capture) -> None:
    (mine / "visas.toml").write_text(RULE.replace('"for"', '"fro"'))
    said = newsmill(capsys, "run", str(news), "-w", str(tmp_path / "data"), "--lexicon", str(mine))
    assert said.code == 2
    assert f"{mine / 'visas.toml'}, line 7, rule 1 (waive-visa): recipient has 'fro'" in said.err.replace("\n", " ")
    assert not (tmp_path / "data").exists()
    with pytest.raises(UsageError, match="There is no lexicon"):
        read_own_lexicon(news)


def test_the_setting_holds_for_code_too(mine: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(mine.parent)
    Path("newsmill.toml").write_text('lexicon = "mine"\n')
    assert load_settings().lexicon == Path("mine")
    assert load_settings(lexicon=Path("other")).lexicon == Path("other")
    assert "concede.waive-visa" in newsmill(capsys, "code", "Ghana waived visas for Togolese traders.").out


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_rows_are_made_by_the_users_rules_whatever_the_workers(mine: Path, news: Path, tmp_path: Path) -> None:
    for name, workers in (("one", 0), ("two", 2)):
        build_warehouse([str(news)], str(tmp_path / name), workers=workers, lexicon=str(mine), batch_documents=1)
    assert rows_of(tmp_path / "one") == rows_of(tmp_path / "two")
    assert rules_of(tmp_path / "two") == [("concede.waive-visa", 3)]
    without = build_warehouse([str(news)], str(tmp_path / "one"), workers=0)
    assert (without.did_nothing, without.older_documents) == (True, 3)
    build_warehouse([str(news)], str(tmp_path / "one"), workers=0, recode=True)
    assert rules_of(tmp_path / "one") == []
    assert faults_of(tmp_path / "one") == []
