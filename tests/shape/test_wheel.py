"""What is installed is what is in the source tree, and nothing else."""

import email
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.shape.source import ROOT, SRC

MOST_PACKAGES_NAMED = 12
MOST_PACKAGES_LOCKED = 30  # with the build backend


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """Build the wheel; hatchling is installed, so nothing is fetched."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_is_exactly_the_source_tree(wheel: ZipFile) -> None:
    """Catalogue, messages and templates are inside; nothing that was left lying about is."""
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    source = {
        path.relative_to(SRC.parent).as_posix()
        for path in SRC.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert inside == source


def test_nothing_in_the_wheel_runs_at_start(wheel: ZipFile) -> None:
    """A `.pth` file would run code in every Python process of whoever installs us."""
    assert [name for name in wheel.namelist() if name.endswith(".pth")] == []


def test_the_wheel_says_what_it_is(wheel: ZipFile) -> None:
    """Typed, licensed, with one command and few direct dependencies."""
    (metadata_name,) = (n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
    metadata = email.message_from_bytes(wheel.read(metadata_name))
    direct = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]

    assert metadata["License-Expression"] == "Apache-2.0 AND MIT"
    assert "tenken/py.typed" in wheel.namelist()
    assert any(name.endswith("/licenses/LICENSE") for name in wheel.namelist())
    assert any(name.endswith("/pii/data/LICENSE.txt") for name in _licences(wheel))
    assert len(direct) <= MOST_PACKAGES_NAMED


def _licences(wheel: ZipFile) -> list[str]:
    return [name for name in wheel.namelist() if ".dist-info/licenses/" in name]


LOCKS = ("run.txt", "serve.txt", "test.txt", "dev.txt")
"""Each is held by the next; `example.txt` lies between `serve.txt` and `test.txt`, `embedded.txt`
between `serve.txt` and `dev.txt`."""
SERVING = ("httptools", "uvloop", "sqlalchemy")


def test_the_lock_covers_what_the_project_asks_for() -> None:
    """A dependency that was added is locked in the same commit: `make lock`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = dict.fromkeys(LOCKS, project["dependencies"])
    for lock in LOCKS[1:]:
        wanted[lock] = wanted[lock] + project["optional-dependencies"]["serve"]

    assert {path.name for path in (ROOT / "requirements").glob("*.txt")} == {
        *LOCKS,
        "embedded.txt",
        "example.txt",
    }
    for lock, lines in wanted.items():
        names = {re.split(r"[\[<>=;]", line)[0].lower() for line in lines}
        pinned = {pin.partition("==")[0] for pin in _pins(ROOT / "requirements" / lock)}
        assert (lock, names - pinned) == (lock, set())


def test_the_inspection_alone_brings_no_server() -> None:
    """`pip install tenken`, and the action that inspects, install nothing of the gateway."""
    pinned = {pin.partition("==")[0] for pin in _pins(ROOT / "requirements" / "run.txt")}

    assert pinned.isdisjoint(SERVING)
    assert len(pinned) <= MOST_PACKAGES_LOCKED


def test_the_locks_agree() -> None:
    """What CI tests is what `make demo` runs, and every file is pinned by its hash."""
    run, serve, test, dev = (_pins(ROOT / "requirements" / name) for name in LOCKS)

    assert run <= serve <= test <= dev
    assert serve <= _pins(ROOT / "requirements" / "embedded.txt") <= dev
    assert serve <= _pins(ROOT / "requirements" / "example.txt") <= test
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert text.count("==") - text.count("== '") - text.count('== "') <= text.count("--hash")


def _pins(lock: Path) -> set[str]:
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {line.partition(" ")[0] for line in lines if "==" in line.partition(" ")[0]}
