"""The command line as a newcomer and a script meet it."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from tenken import __version__
from tenken.cli.commands import COMMANDS
from tenken.cli.main import main
from tests.readiness.repositories import repository


def test_version_and_help_answer_without_loading_the_inspection() -> None:
    """`--version` and `--help` import neither probes nor Rich: they stay fast."""
    script = (
        "import sys; from tenken.cli.main import main; code = main(sys.argv[1:]); "
        "heavy = [m for m in sys.modules if m.startswith(('tenken.readiness', 'rich'))]; "
        "sys.exit(f'imported {heavy}' if heavy else code)"
    )
    for arguments in (["--version"], ["--help"], ["--lang", "ja", "--help"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    """One version, told plainly."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tenken {__version__}\n"


@pytest.mark.parametrize("name", list(COMMANDS))
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_command_has_a_help(
    name: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command's help is in the language asked for, with no message id left over."""
    assert main([name, "--help", "--lang", language]) == 0
    told = capsys.readouterr().out
    assert f"tenken {name}" in told
    assert "cli." not in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["chek"], "There is no command `chek`. Nearest: check", id="command"),
        pytest.param(["zzz"], "There is no command `zzz`. See: tenken", id="unlike any"),
        pytest.param(["check", "--tear", "A"], "There is no option `--tear`", id="option"),
        pytest.param(["keys", "add", "app", "--until", "1"], "are: --path, --state", id="options"),
        pytest.param(["check", "nowhere"], "There is no folder nowhere", id="folder"),
        pytest.param(["check", ".", "--tier", "D"], "There is no tier `D`", id="tier"),
        pytest.param(["explain", "9-9-9"], "There is no item `9-9-9`", id="item"),
        pytest.param(["--lang", "fr", "check"], "`--lang` is one of: ja, en", id="language"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, one clear line, no traceback."""
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error


def test_the_language_follows_the_locale(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A Japanese locale speaks Japanese; `--lang`, wherever it stands, wins."""
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")

    assert main(["check", "nowhere"]) == 2
    assert main(["check", "nowhere", "--lang=en"]) == 2

    japanese, english = capsys.readouterr().err.splitlines()
    assert japanese == "tenken: フォルダー nowhere がない"
    assert english == "tenken: There is no folder nowhere"


def test_a_fault_of_our_own_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An unforeseen exception is told as ours, with how to see more; the exit code is 3."""
    folder = repository(tmp_path / "r", {"a.py": ""})
    monkeypatch.setattr("tenken.cli.inspecting.run.Surveying", lambda *_, **__: 1 / 0)

    assert main(["check", str(folder)]) == 3
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/state/x"),
            "The machine refuses /state/x: the disk is full",
        ),
        (
            OSError(errno.EROFS, "Read-only file system"),
            "The machine refuses to go on: the file system is read-only",
        ),
    ],
)
def test_a_full_disk_is_no_fault_of_our_own(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    *,
    error: OSError,
    told: str,
) -> None:
    """It is told, with the path where the system says one; nobody looks for a bug of ours."""

    def full(*_arguments: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr("tenken.cli.inspecting.run.Surveying", full)

    assert main(["check", str(repository(tmp_path / "r", {"a.py": ""})), "--lang", "en"]) == 2
    assert f"tenken: {told}\n" in capsys.readouterr().err


def test_a_malformed_manifest_stops_with_every_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, each problem with its line and key."""
    manifest = "application:\n  nam: a\n  owner: b\n"
    folder = repository(tmp_path / "r", {"tenken.yaml": manifest})

    assert main(["check", str(folder)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in lines] == [
        "tenken.yaml:1:",
        "tenken.yaml:2",
        "tenken:",
    ] or lines
