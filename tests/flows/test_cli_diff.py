"""`newsmill code --diff`: what another lexicon makes of a text, of files, of a warehouse."""

import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.corpus import write_jsonl
from tests.flows.gazette import make_gazette, newsmill
from transforms.pipeline import Coder, load_coder
from transforms.pipelines import SHIPPED

Capture = pytest.CaptureFixture[str]

LEXICON = Path(__file__).parents[2] / "transforms" / "data" / "lexicon"
WAIVE = """
[[rule]]
id = "waive-visa"
verb = ["waive", "abolish"]
object = ["visa"]
recipient = ["for", "to"]
cameo = "081"
example = "Ghana waived visas for Togolese traders."
"""
VISAS = "Ghana waived visas for Togolese traders."
CONDEMNED = "France condemned Russia."
ATTACKED = "Iran attacked Iraq."


@pytest.fixture(scope="module")
def coder() -> Coder:
    return load_coder(SHIPPED)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lexicon with a rule more, a verb less and another mode."""
    folder = tmp_path_factory.mktemp("other") / "lexicon"
    shutil.copytree(LEXICON, folder)
    with (folder / "concede.toml").open("a", encoding="utf-8") as stream:
        stream.write(WAIVE)
    accuse = (folder / "accuse.toml").read_text("utf-8")
    (folder / "accuse.toml").write_text(accuse.replace('"condemn", ', ""), "utf-8")
    assault = (folder / "assault.toml").read_text("utf-8")
    rule = assault[assault.index('id = "attack"\n') :]
    (folder / "assault.toml").write_text(assault.replace(rule, rule.replace("cameo", 'modes = ["beat"]\ncameo', 1)), "utf-8")
    return folder


def test_events_added_lost_and_changed_are_listed(other: Path, capsys: Capture) -> None:
    said = newsmill(capsys, "code", "--diff", str(other), f"{VISAS} {CONDEMNED} {ATTACKED} Peru thanked Chile.")
    assert said.code == 0
    listed = [line for line in said.out.splitlines() if line.startswith("  ")]
    assert listed[0].startswith('  - CONCEDE  country:GHA GOV "Ghana" -> ')
    assert listed[0].endswith('"waived visas" · concede.waive-visa')
    assert listed[1] == '  + ACCUSE disapprove  country:FRA GOV "France" -> country:RUS GOV "Russia"  "condemned" · accuse.condemn'
    assert listed[2].startswith("  ~ ASSAULT beat  country:IRN")
    assert listed[3].startswith("  → ASSAULT  country:IRN")
    assert listed[3].endswith("(modes)")
    assert len(listed) == 4
    assert "Peru thanked Chile." not in said.out


def test_differences_are_counted_by_rule(other: Path, capsys: Capture) -> None:
    said = newsmill(capsys, "code", "--diff", str(other), f"{VISAS} {CONDEMNED} {ATTACKED}")
    assert "1 document; events: 2 before, 2 after; 1 added, 1 lost, 1 changed, 0 by another rule" in said.out
    rows = [line.split() for line in said.out.splitlines()]
    assert ["accuse.condemn", "1", "0", "0", "0"] in rows
    assert ["concede.waive-visa", "0", "1", "0", "0"] in rows
    assert ["assault.attack", "0", "0", "1", "0"] in rows


def test_the_same_lexicon_makes_no_difference(capsys: Capture) -> None:
    said = newsmill(capsys, "code", "--diff", str(LEXICON), f"{CONDEMNED} {ATTACKED}")
    assert said.out.strip() == "1 document; events: 2 before, 2 after; no difference"


def test_a_lexicon_of_ones_own_codes_and_is_compared(other: Path, capsys: Capture) -> None:
    assert "rule concede.waive-visa" in newsmill(capsys, "code", "--lexicon", str(other), VISAS).out
    said = newsmill(capsys, "code", "--lexicon", str(other), "--diff", str(LEXICON), VISAS)
    assert "+ CONCEDE" in said.out


def test_stdin_is_compared(other: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CONDEMNED.encode())))
    assert "+ ACCUSE" in newsmill(capsys, "code", "--diff", str(other)).out


def test_files_are_read_as_a_run_reads_them(other: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text(VISAS)
    write_jsonl(tmp_path / "news" / "b.jsonl", [{"text": CONDEMNED}, {"text": ""}, {"text": ATTACKED}])
    found = json.loads(newsmill(capsys, "code", "--diff", str(other), "--json", "--input", str(tmp_path / "news")).out)
    assert (found["documents"], found["skipped"]) == (3, 1)
    assert found["counts"] == {"added": 1, "lost": 1, "changed": 1, "rule_only": 0}
    assert found["rules"]["assault.attack"] == {"added": 0, "lost": 0, "changed": 1, "rule_only": 0}
    [changed] = [row for row in found["differences"] if row["change"] == "changed"]
    assert (changed["sentence"], changed["what"]) == (ATTACKED, ["modes"])
    assert (changed["before"]["modes"], changed["after"]["modes"]) == (["beat"], [])


@pytest.mark.parametrize(("options", "documents"), [((), 4), (("--sample", "2"), 2), (("--sample", "9"), 4)])
def test_documents_of_a_warehouse_are_compared(
    options: tuple[str, ...], documents: int, other: Path, tmp_path: Path, capsys: Capture
) -> None:
    gazette = make_gazette(tmp_path / "data")
    said = newsmill(capsys, "code", "--diff", str(other), "-w", str(gazette), *options, "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["documents"] == documents


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--sample", "3", CONDEMNED), "--sample goes with --diff"),
        (("-w", "data"), "--warehouse goes with --diff"),
        (("--diff", str(LEXICON), "--explain", CONDEMNED), "leave one out"),
        (("--diff", str(LEXICON), "--input", "x", CONDEMNED), "--input and TEXT both say what to code"),
        (("--diff", str(LEXICON), "--sample", "3", CONDEMNED), "add --warehouse"),
        (("--diff", "nowhere", CONDEMNED), "The lexicon nowhere cannot be read"),
        (("--lexicon", "nowhere", CONDEMNED), "The lexicon nowhere cannot be read"),
        (("--diff", str(LEXICON), "--input", "nowhere.txt"), "nowhere.txt"),
        (("--diff", str(LEXICON), "-w", "nowhere"), "does not exist"),
    ],
)
def test_options_that_cannot_be_followed_are_refused(
    arguments: tuple[str, ...], why: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = newsmill(capsys, "code", *arguments)
    assert said.code in (1, 2)
    assert why in said.err


def test_a_mistake_in_the_other_lexicon_is_named(other: Path, tmp_path: Path, capsys: Capture) -> None:
    shutil.copytree(other, tmp_path / "lexicon")
    with (tmp_path / "lexicon" / "agree.toml").open("a") as stream:
        stream.write('\n[[rule]]\nid = "wrong"\nverb = ["nod"]\nmodes = ["visit"]\n')
    said = newsmill(capsys, "code", "--diff", str(tmp_path / "lexicon"), CONDEMNED)
    assert said.code == 2
    assert f"Lexicon, {tmp_path}/lexicon/agree.toml, line " in said.err
