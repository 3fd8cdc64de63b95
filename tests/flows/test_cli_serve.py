"""`newsmill serve`: what it refuses before anything starts. That it runs is shown in tests/end_to_end/test_deployment.py."""

import pytest

from tests.flows.gazette import newsmill

Capture = pytest.CaptureFixture[str]


def test_every_and_cron_are_not_given_together(capsys: Capture) -> None:
    said = newsmill(capsys, "serve", "seeds", "--every", "5", "--cron", "0 * * * *")
    assert said.code == 2
    assert "one of them" in said.err


@pytest.mark.parametrize("cron", ["hourly", "61 * * * *", "* * *"])
def test_wrong_cron_expression_is_named(cron: str, capsys: Capture) -> None:
    said = newsmill(capsys, "serve", "seeds", "--cron", cron)
    assert said.code == 2
    assert repr(cron) in said.err


def test_server_that_is_named_and_does_not_answer_is_an_error(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    monkeypatch.setenv("PREFECT_CLIENT_MAX_RETRIES", "0")
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        said = newsmill(capsys, "serve", "seeds")
    assert said.code == 1
    assert "127.0.0.1:9" in said.err
    assert "prefect server start" in said.err
