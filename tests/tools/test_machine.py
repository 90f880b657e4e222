"""What the Makefile finds out about a machine, on machines made for the test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shape.source import ROOT
from tools import environment, interpreters, system

LOCK = ROOT / "requirements" / "run.txt"


def _program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a machine that holds nothing."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "bin" / "python"))
    return tmp_path


def test_an_interpreter_on_the_path_is_found(machine: Path) -> None:
    """What runs and says the right version is used."""
    python = _program(machine / "bin", "python3.12", "echo 3.12")

    assert interpreters.find("3.12") == str(python)


def test_a_shim_that_refuses_is_passed_over(machine: Path) -> None:
    """A version manager's shim exists for every version it has, chosen or not."""
    _program(machine / "bin", "python3.12", "echo 'not chosen' >&2; exit 127")
    python = _program(machine / "pyenv" / "versions" / "3.12.1" / "bin", "python", "echo 3.12")

    assert interpreters.find("3.12") == str(python)


def test_another_version_under_the_name_is_passed_over(machine: Path) -> None:
    """A name proves nothing; the interpreter is asked."""
    _program(machine / "bin", "python3.12", "echo 3.10")

    assert interpreters.find("3.12") is None


def test_uv_is_asked_for_its_own(machine: Path) -> None:
    """What uv installed lies where PATH does not look."""
    python = _program(machine / "kept", "python", "echo 3.13")
    _program(machine / "venv" / "bin", "uv", f"echo {python}")

    assert interpreters.find("3.13") == str(python)


def test_absent_ones_are_named(
    machine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is passed over in silence."""
    del machine
    monkeypatch.setattr(sys, "argv", ["interpreters.py", "--test"])
    monkeypatch.setattr(interpreters, "HERE", "3.11")

    assert interpreters.main() == 0
    assert "Python 3.12: absent, not tested here" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("ci", "code"), [pytest.param("true", 1, id="ci"), pytest.param("", 0, id="at home")]
)
def test_a_missing_part_is_an_error_in_ci_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, code: int
) -> None:
    """At home the line to type is printed; a pipeline stops."""
    monkeypatch.setattr(system, "PARTS", (system.Part(package="no-such-part"),))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("CI", ci)

    assert system.main() == code
    assert "apt-get install -y no-such-part" in capsys.readouterr().out


def test_a_machine_with_everything_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is installed, and nothing is said."""
    part = system.Part(package="font", files=(str(tmp_path),))
    monkeypatch.setattr(system, "PARTS", (part,))

    assert system.main() == 0


def test_an_environment_that_is_up_to_date_is_left_alone(tmp_path: Path) -> None:
    """The second `make` costs nothing; a larger lock covers a smaller one."""
    names = ("run.txt", "serve.txt", "example.txt", "test.txt", "dev.txt")
    locks = [tmp_path / name for name in names]
    for lock in locks:
        lock.write_text("", encoding="utf-8")

    environment._write_stamps(tmp_path, locks[3])
    held = environment._stamps(tmp_path)

    assert [environment._key(lock) in held for lock in locks] == [True, True, True, True, False]
    environment.bring_up_to_date(tmp_path, locks[0])  # would fail: there is no interpreter here


def test_a_changed_lock_is_noticed(tmp_path: Path) -> None:
    """A dependency that was added is installed by the next `make`."""
    lock = tmp_path / "run.txt"
    lock.write_text("", encoding="utf-8")
    environment._write_stamps(tmp_path, lock)
    lock.write_text("added==1\n", encoding="utf-8")

    assert environment._key(lock) not in environment._stamps(tmp_path)


def test_a_version_is_found_by_its_name(
    machine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make test PYTHON=python3.12` works where the name on PATH refuses to run."""
    python = _program(machine / "pyenv" / "versions" / "3.12.1" / "bin", "python", "echo 3.12")
    monkeypatch.setattr(sys, "argv", ["interpreters.py", "--find", "python3.12"])

    assert interpreters.main() == 0
    assert capsys.readouterr().out == f"{python}\n"


def test_only_how_far_it_is_is_told_of_an_installation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pip's own lines are not what somebody came for who wants to see a demonstration."""
    pip = _program(tmp_path, "pip", "echo Collecting a==1; echo ' 12 kB'; echo Processing b.whl")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    environment._told([str(pip)], "==> installing", 2)

    assert capsys.readouterr().out == (
        "==> installing\r==> installing: 1 of 2\r==> installing: 1 of 2\r==> installing: 2 of 2\n"
    )


def test_what_pip_said_is_shown_where_it_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both of its streams, in their order; in a log no line is written over another."""
    pip = _program(tmp_path, "pip", "echo Collecting a; echo 'ERROR: no such hash' >&2; exit 1")

    with pytest.raises(subprocess.CalledProcessError):
        environment._told([str(pip)], "==> installing", 2)

    assert capsys.readouterr().out == "==> installing\nCollecting a\nERROR: no such hash\n"


def test_the_packages_of_a_lock_are_counted() -> None:
    """Not its hashes, and not its remarks."""
    names = [line for line in LOCK.read_text("utf-8").splitlines() if line[:1].isalnum()]

    assert environment._held(LOCK) == len(names) > 10
