"""Settings: who wins, and what a wrong one says."""

from pathlib import Path

import pytest

from flows.settings import load_settings
from warehouse.schema.errors import UsageError


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("WAREHOUSE", "MODEL", "WORKERS", "COMMIT_SECONDS"):
        monkeypatch.delenv(f"NEWSMILL_{name}", raising=False)


def test_flags_win_over_environment_over_file_over_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().commit_seconds == 120
    Path("newsmill.toml").write_text("commit_seconds = 7\nworkers = 3\nretries = 9\n")
    monkeypatch.setenv("NEWSMILL_COMMIT_SECONDS", "8")
    monkeypatch.setenv("NEWSMILL_WORKERS", "4")
    settings = load_settings(workers=5, model=None)
    assert (settings.retries, settings.commit_seconds, settings.workers) == (9, 8, 5)
    assert settings.model == "newsmill_sm"


def test_warehouse_is_absolute_and_beneath_the_working_directory(tmp_path: Path) -> None:
    assert load_settings().warehouse == tmp_path / "data"
    assert load_settings(warehouse=Path("a/../b")).warehouse == tmp_path / "b"


def test_an_unknown_key_is_named_with_its_file_and_the_valid_keys(tmp_path: Path) -> None:
    Path("newsmill.toml").write_text("wrokers = 3\n")
    with pytest.raises(UsageError) as error:
        load_settings()
    assert "'wrokers'" in str(error.value)
    assert str(tmp_path / "newsmill.toml") in str(error.value)
    assert "workers" in str(error.value)


@pytest.mark.parametrize(
    ("toml", "variable", "flag", "place"),
    [
        ("workers = 'many'", None, None, "newsmill.toml"),
        ("workers = 2", "many", None, "NEWSMILL_WORKERS"),
        ("workers = 2", "2", -1, "--workers"),
    ],
)
def test_a_wrong_value_is_named_with_the_place_that_gave_it(
    toml: str, variable: str | None, flag: int | None, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("newsmill.toml").write_text(toml)
    if variable is not None:
        monkeypatch.setenv("NEWSMILL_WORKERS", variable)
    with pytest.raises(UsageError) as error:
        load_settings(workers=flag)
    assert place in str(error.value)
    assert "Worker processes" in str(error.value)


def test_a_file_that_is_not_utf8_is_named() -> None:
    Path("newsmill.toml").write_bytes("# Zürich\n".encode("latin-1"))
    with pytest.raises(UsageError, match=r"newsmill\.toml is not UTF-8: byte 3"):
        load_settings()


def test_an_unknown_variable_is_named_with_the_valid_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_CRASH_AT", "nowhere")
    assert load_settings().retries == 2
    monkeypatch.setenv("NEWSMILL_WROKERS", "3")
    with pytest.raises(UsageError, match=r"NEWSMILL_WROKERS.*NEWSMILL_WORKERS"):
        load_settings()


def test_a_file_that_is_no_toml_is_named_with_the_line() -> None:
    Path("newsmill.toml").write_text("workers = 2\nmodel = \n")
    with pytest.raises(UsageError, match=r"(?s)newsmill\.toml is not TOML.*line 2"):
        load_settings()
