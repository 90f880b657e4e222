"""`tenken init` writes what it found, never over a file, and lifts no verdict."""

import json
import shutil
from pathlib import Path

import pytest

from tenken.cli.main import main
from tests.readiness.repositories import git, repository
from tests.shape.source import ROOT

APPLICATION = ROOT / "examples" / "shift-desk-before"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Give the example application as a repository with one commit."""
    folder = shutil.copytree(APPLICATION, tmp_path / "desk")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "as found")
    return folder


def grades(folder: Path, out: Path) -> dict[str, tuple[str, str]]:
    """The outcome and the grade of every item."""
    main(["check", str(folder), "--format", "json", "--out", str(out), "--fail-on", "none"])
    report = json.loads(out.read_text("utf-8"))
    return {item["id"]: (item["outcome"], item["grade"]) for item in report["items"]}


def test_a_draft_lifts_no_verdict(desk: Path, tmp_path: Path) -> None:
    """Placeholders count for nothing: no item has a higher grade than before."""
    before = grades(desk, tmp_path / "before.json")
    assert main(["init", str(desk)]) == 0
    after = grades(desk, tmp_path / "after.json")

    lifted = {id_ for id_, (_, grade) in after.items() if grade > before[id_][1]}
    verified = {id_ for id_, (outcome, _) in after.items() if outcome == "verified"}
    assert lifted == set()
    assert {id_ for id_ in verified if before[id_][0] != "verified"} == set()
    # What was seen to be false is not put in doubt by a draft that repeats what the code does.
    assert {id_ for id_, (told, _) in before.items() if told == "failed"} <= {
        id_ for id_, (told, _) in after.items() if told == "failed"
    }


def test_the_files_are_written_and_told(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With how much was found and how much waits, and what to do next."""
    assert main(["init", str(desk)]) == 0

    told = capsys.readouterr().err
    assert "Wrote tenken.yaml: " in told
    assert "Wrote platform.yaml: " in told
    assert f"then: tenken check {desk}" in told
    assert "gpt-4o-mini" in (desk / "tenken.yaml").read_text("utf-8")


@pytest.mark.parametrize("there", ["tenken.yaml", "tenken.yml", "platform.yaml"])
def test_a_file_that_is_there_is_left(
    there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever stands in it, and under either name."""
    folder = repository(tmp_path / "r", {there: "mine\n", "main.py": "x = 1\n"})

    assert main(["init", str(folder)]) == 0

    assert (folder / there).read_text("utf-8") == "mine\n"
    assert f"{there} is there already: left as it is" in capsys.readouterr().err
    other = "tenken.yaml" if there == "platform.yaml" else "platform.yaml"
    assert (folder / other).exists()


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    """A link of a stranger's repository leads our file nowhere."""
    folder = repository(tmp_path / "r", {"main.py": "x = 1\n"})
    (folder / "tenken.yaml").symlink_to(tmp_path / "elsewhere")

    assert main(["init", str(folder)]) == 0
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, exit code 2."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    folder = repository(tmp_path / "r", {"main.py": "x = 1\n"})
    monkeypatch.setattr("pathlib.Path.open", refuse)

    assert main(["init", str(folder)]) == 2
    assert "Cannot write tenken.yaml: Permission denied" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_dry_run_shows_and_writes_nothing(
    language: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both files, in the language asked for."""
    assert main(["init", str(desk), "--dry-run", "--lang", language]) == 0

    shown = capsys.readouterr().out
    assert "# ---- tenken.yaml\n" in shown
    assert "# ---- platform.yaml\n" in shown
    assert ("担当チーム" in shown) == (language == "ja")
    assert not (desk / "tenken.yaml").exists()
