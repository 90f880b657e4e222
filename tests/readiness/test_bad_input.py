"""Whatever a folder holds, the command ends: with a report or one clear sentence, and bounded."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tenken.cli.main import main
from tests.readiness.hostile import (
    BOMBS,
    BROKEN,
    DEEPER,
    JUST_READ,
    LONGER,
    Files,
    inspected,
    tracked,
)
from tests.readiness.repositories import git, repository

REPORT = ("-q", "--format", "json", "--fail-on", "none")
MARK = "<script>alert(1)</script>\x1b[31m\u202e"
NAME = "docs/<script>alert(1)<\\script>\x1b[31m\u202e\n.md"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(DEEPER, id="100,000 deep"),
        pytest.param(LONGER, id="10 MB on one line"),
        pytest.param(JUST_READ, id="as long as is still read"),
        pytest.param(BROKEN, id="broken"),
        pytest.param(BOMBS, id="alias bombs"),
    ],
)
@pytest.mark.slow
def test_a_hostile_file_of_every_kind_ends_as_a_report(tmp_path: Path, files: Files) -> None:
    """Every reader meets its worst text in one inspection, and none ends as an error."""
    ended = inspected(tracked(tmp_path / "r", files), *REPORT)

    assert (ended.code, ended.told) == (0, "")
    assert ended.report["outcomes"]["error"] == 0  # type: ignore[index]


def _plain(folder: Path) -> None:
    (folder / "app.py").write_text("print(1)\n")


def _nothing(folder: Path) -> None:
    assert folder.is_dir()


def _no_commit(folder: Path) -> None:
    git(folder, "init", "-q")
    (folder / "app.py").write_text("print(1)\n")
    git(folder, "add", "-A")


def _nothing_tracked(folder: Path) -> None:
    git(folder, "init", "-q")


def _links(folder: Path) -> None:
    outside = folder.parent / "secret.py"
    outside.write_text("API_KEY = 'outside-the-repository'\n")
    (folder / "a.py").symlink_to(outside)
    (folder / "up").symlink_to(folder.parent)
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "round").mkdir()
    (folder / "round" / "again").symlink_to(folder / "round")


def _linked_and_tracked(folder: Path) -> None:
    _links(folder)
    _commit(folder)


def _odd_entries(folder: Path) -> None:
    os.mkfifo(folder / "Dockerfile")
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.open(folder, os.O_RDONLY)  # the path of a socket may not be long
        listener.bind(f"/proc/self/fd/{here}/s.py")
        os.close(here)
    _plain(folder)


def _fifo_in_place_of_a_file(folder: Path) -> None:
    _plain(folder)
    _commit(folder)
    (folder / "app.py").unlink()
    os.mkfifo(folder / "app.py")


def _a_gigabyte(folder: Path) -> None:
    for name in ("a.py", "a.yaml", "data.jsonl", "README.md"):
        with (folder / name).open("wb") as file:
            file.truncate(1_000_000_000)


def _names(folder: Path) -> None:
    for name in (b"\xff\xfe.py", b"a\nb.py", b"\x1b[31m.yaml", "\u202e.md".encode(), b"-rf", b"*"):
        path = os.fsencode(folder) + b"/" + name
        with open(path, "wb") as file:  # noqa: PTH123 - the name is not UTF-8
            file.write(b"import openai\n")
    _commit(folder)


def _git_file_that_leads_outside(folder: Path) -> None:
    repository(folder.parent / "other", {"b.py": "print(2)\n"})
    (folder / ".git").write_text(f"gitdir: {folder.parent / 'other' / '.git'}\n")
    _plain(folder)


def _git_file_that_leads_nowhere(folder: Path) -> None:
    (folder / ".git").write_text("gitdir: /nonexistent\n")
    _plain(folder)


def _broken_index(folder: Path) -> None:
    _plain(folder)
    _commit(folder)
    (folder / ".git" / "index").write_bytes(b"DIRC\x00\x00\x00\x02\xff\xff\xff\xff")


def _broken_configuration(folder: Path) -> None:
    _plain(folder)
    _commit(folder)
    (folder / ".git" / "config").write_text("[core\n")


def _commit(folder: Path) -> None:
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")


@pytest.mark.parametrize(
    "make",
    [
        _plain,
        _nothing,
        _no_commit,
        _nothing_tracked,
        _links,
        _linked_and_tracked,
        _odd_entries,
        _fifo_in_place_of_a_file,
        _a_gigabyte,
        _names,
        _git_file_that_leads_outside,
        _git_file_that_leads_nowhere,
        _broken_index,
        _broken_configuration,
    ],
)
def test_an_odd_folder_ends_as_a_report_or_a_sentence(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    """Nothing outside is read, nothing is waited for, and no trace of our code is printed."""
    folder = tmp_path / "r"
    folder.mkdir()
    make(folder)

    ended = inspected(folder, *REPORT)

    assert ended.code in {0, 2, 3}
    assert "Traceback" not in ended.told
    assert "outside-the-repository" not in ended.out
    if ended.code:
        assert ended.out == ""
        assert ended.told.startswith("tenken: ")
        assert "fault of our own" not in ended.told


def test_a_bare_repository_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """There are no files to inspect, and that is said."""
    git(tmp_path, "init", "-q", "--bare", "r.git")

    ended = inspected(tmp_path / "r.git", *REPORT)

    assert (ended.code, ended.out, ended.told.count("\n")) == (2, "", 1)


def test_without_git_on_the_machine_there_is_a_report(tmp_path: Path) -> None:
    """The files are read all the same; that history is not seen is said in the report."""
    folder = repository(tmp_path / "r", {"app.py": "print(1)\n"})
    (tmp_path / "bin").mkdir()

    ended = inspected(folder, *REPORT, path=str(tmp_path / "bin"))

    assert ended.code == 0
    assert "git" in str(ended.report["problems"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read_is_passed_over(tmp_path: Path) -> None:
    """The rest of the inspection goes on."""
    folder = repository(tmp_path / "r", {"app.py": "print(1)\n", "b.py": "print(2)\n"})
    (folder / "app.py").chmod(0)

    assert inspected(folder, *REPORT).code == 0


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 100_000, id="deep"),
        pytest.param("a: [\n", id="syntax"),
        pytest.param("- 1\n", id="a list"),
        pytest.param("3\n", id="a number"),
        pytest.param("nmae: desk\n", id="unknown key"),
        pytest.param("a: &a [*a]\n", id="round"),
        pytest.param("\x00", id="null"),
        pytest.param("name: " + "x" * 3_000_000, id="long"),
    ],
)
def test_a_malformed_manifest_is_told_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """`tenken.yaml` is the team's own word: it is read whole or refused."""
    folder = repository(tmp_path / "r", {"tenken.yaml": text})

    code = main(["--lang", "en", "check", str(folder), *REPORT])

    out, told = capsys.readouterr()
    assert (code, out) == (2, "")
    assert "tenken.yaml" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("option", ["--baseline", "--evidence", "--approvals", "--catalogue"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"{", id="syntax"),
        pytest.param(b"\xff\xfe\x00", id="binary"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"3", id="a number"),
    ],
)
def test_a_malformed_file_of_an_option_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, content: bytes
) -> None:
    """A file that was named and cannot be read is never passed over in silence."""
    folder = repository(tmp_path / "r", {"app.py": "print(1)\n"})
    given = tmp_path / "given.json"
    given.write_bytes(content)

    code = main(["--lang", "en", "check", str(folder), *REPORT, option, str(given)])

    out, told = capsys.readouterr()
    assert code in {0, 2}
    assert "given.json" in told or "given.json" in out
    assert "Traceback" not in told
    assert "fault of our own" not in told


@pytest.mark.parametrize(
    "name", ["terminal", "html", "md", "json", "sarif", "junit", "checklist", "brief"]
)
def test_nothing_of_the_repository_gets_out_unescaped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Names and contents that carry markup, escape sequences and bidirectional marks stay text."""
    files = {
        NAME: f"# {MARK}\n\n| owner | {MARK} |\n|--|--|\n",
        f".github/workflows/{MARK[:8]}.yml": f"on: push\njobs:\n  '{MARK[:8]}': [",
        "tests/test_a.py": f"def test_a():\n    assert True  # {MARK}\n",
        "app.py": f"import openai\nopenai.OpenAI().responses.create(model='{MARK[:8]}')\n",
        "docs/runbooks/x.md": f"# Runbook {MARK}\n\nSee [{MARK}](javascript:alert(1))\n",
    }
    folder = repository(tmp_path / "r", files)

    main(["check", str(folder), "-q", "--format", name, "--fail-on", "none"])

    out = capsys.readouterr().out
    assert out
    assert "\x1b[31m" not in out
    assert "\u202e" not in out
    if name not in {"terminal", "json", "sarif"}:
        assert "<script>alert" not in out
