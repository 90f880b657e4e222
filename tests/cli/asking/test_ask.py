"""`tenken ask`: the answer as it comes, what it took, and one clear line where there is none."""

import json
from pathlib import Path

import pytest

from tenken.cli.asking.ask import VARIABLE
from tenken.cli.main import main
from tests.cli.serving.test_gateway import DESK, PLATFORM, desk, gateway, made
from tests.cli.test_fake_provider import serving as providing

__all__ = ["desk"]  # a fixture


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that nobody checks."""
    monkeypatch.setenv(VARIABLE, "any")


WORDS = {
    "en": ["Request ", "no connection → second: answered", "Tokens ", "first token after"],
    "ja": ["リクエスト ", "接続できない → second: 応答", "トークン ", "最初のトークンまで"],
}


@pytest.mark.parametrize("language", WORDS)
def test_what_a_gateway_here_took(
    language: str,
    desk: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The model is that of tenken.yaml; what it took is read in its journal."""
    monkeypatch.setenv(VARIABLE, made(desk, capsys))
    with gateway(desk) as running:
        url = f"http://{running.host}:{running.port}/v1"
        code = main(["--lang", language, "ask", "hello", "--path", str(desk), "--url", url])

    shown = capsys.readouterr().out
    assert code == 0
    assert shown.startswith("This answer was written by a fake provider.\n")
    assert [word for word in WORDS[language] if word not in shown] == []


@pytest.mark.parametrize("path", ["/v1", ""])
def test_what_is_seen_from_elsewhere(capsys: pytest.CaptureFixture[str], path: str) -> None:
    """Without the journal: tokens and times as they came, and where the rest is."""
    with providing() as (_, url):
        door = url.removesuffix("/v1") + path
        code = main(["--lang", "en", "ask", "hello", "--url", door, "--model", "m"])

    shown = capsys.readouterr().out
    assert code == 0
    assert "answered by m" in shown
    assert " in, 10 out" in shown
    assert "journal, which is not in this folder" in shown


HOSTILE = "\x1b[2J\x1b]0;owned\x07 a\r\u202eb\u009b31m\tc\n日本\x00"


def test_what_a_model_says_moves_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Controls and what turns text around are shown; lines, tabs and letters stay."""
    plan = {"then": {"kind": "text", "text": HOSTILE}}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    with providing("--plan", str(tmp_path / "plan.json")) as (_, url):
        code = main(["--lang", "en", "ask", "hello", "--url", url, "--model", "m"])

    shown = capsys.readouterr().out
    assert code == 0
    assert [one for one in shown if not one.isprintable() and one not in "\n\t"] == []
    assert r"\u001b[2J\u001b]0;owned\u0007 a\u000d\u202eb\u009b31m" in shown
    assert "\tc\n日本" in shown


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ('{"then": {"kind": "status", "status": 401}}', "answered 401 (invalid_api_key)"),
        ('{"then": {"kind": "cut", "after": 2}}', "could not be read: Interrupted"),
        ('{"then": {"kind": "ends_early"}}', "ended before its end"),
        ('{"then": {"kind": "malformed_event", "after": 2}}', "could not be read: DecodeError"),
    ],
)
def test_no_answer_is_told_as_one(
    plan: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line that says what happened; never a traceback, never half an answer as a whole one."""
    (tmp_path / "plan.json").write_text(plan)
    with providing("--plan", str(tmp_path / "plan.json")) as (_, url):
        code = main(["--lang", "en", "ask", "hello", "--url", url, "--model", "m"])

    assert code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--url", "http://127.0.0.1:9/v1", "--model", "m"],
            "Nobody answers at http://127.0.0.1:9",
        ),
        (["--url", "nowhere", "--model", "m"], "nowhere"),
        (["--url", "http://127.0.0.1:9/v1"], "--model NAME"),
        (["--model", "m", "--key", "NO_SUCH_KEY"], "tenken keys add"),
    ],
)
def test_what_is_missing_is_named(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is asked, or at once where nobody listens."""
    code = main(["--lang", "en", "ask", "hello", "--path", str(tmp_path), *options])

    assert code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("tls", "scheme"), [("", "http"), (", tls: {certificate: a.pem, key: b.pem}", "https")]
)
def test_a_gateway_is_called_as_its_door_speaks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tls: str, scheme: str
) -> None:
    """By the settings here."""
    settings = DESK.replace("port: 0", f"port: 9{tls}")
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(settings)

    assert main(["--lang", "en", "ask", "hello", "--path", str(tmp_path)]) == 2
    assert f"{scheme}://127.0.0.1:9/v1" in capsys.readouterr().err
