"""Who changed a file, as the inspection can tell from a real repository."""

from pathlib import Path

from tenken.readiness.collectors.authorship import history_of
from tenken.readiness.collectors.git import open_folder
from tests.readiness.repositories import git, repository, search_path, write

FILE = "signoffs/x.yaml"


def commit(folder: Path, author: str) -> None:
    """Commit everything as a person."""
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x", f"--author={author}")


def test_changes_are_told_newest_first(tmp_path: Path) -> None:
    """Each path by itself, with the last author at its head."""
    folder = repository(tmp_path / "r", {FILE: "1", "other": "1"})
    write(folder, {FILE: "2"})
    commit(folder, "Ken Ito <ken@example.com>")
    history = history_of(open_folder(folder, search_path=search_path()), [FILE, "other", FILE])

    assert [change.author for change in history.changes[FILE]] == [
        "Ken Ito <ken@example.com>",
        "Hana Sato <hana@example.com>",
    ]
    assert len(history.changes["other"]) == 1
    assert history.is_whole
    assert history.dirty == frozenset()


def test_what_is_not_committed_is_dirty(tmp_path: Path) -> None:
    """Changed, or staged."""
    folder = repository(tmp_path / "r", {FILE: "1", "other": "1"})
    write(folder, {FILE: "2 and longer"})
    opened = open_folder(folder, search_path=search_path())

    assert history_of(opened, [FILE]).dirty == {FILE}


def test_a_shallow_clone_is_not_whole(tmp_path: Path) -> None:
    """Its last commit seems to have written everything."""
    folder = repository(tmp_path / "r", {FILE: "1"})
    write(folder, {"other": "1"})
    commit(folder, "Ken Ito <ken@example.com>")
    git(tmp_path, "clone", "-q", "--depth=1", folder.as_uri(), "shallow")
    history = history_of(open_folder(tmp_path / "shallow", search_path=search_path()), [FILE])

    assert history.changes[FILE][0].author == "Ken Ito <ken@example.com>"
    assert not history.is_whole


def test_without_git_nobody_is_known(tmp_path: Path) -> None:
    """A folder has no history."""
    write(tmp_path, {FILE: "1"})
    history = history_of(open_folder(tmp_path, search_path=search_path()), [FILE])

    assert history.changes == {}
    assert not history.is_whole


def test_a_path_is_no_pattern(tmp_path: Path) -> None:
    """A file named like a pattern is followed alone."""
    folder = repository(tmp_path / "r", {"*.yaml": "1", "a.yaml": "1"})
    write(folder, {"a.yaml": "2"})
    commit(folder, "Ken Ito <ken@example.com>")
    history = history_of(open_folder(folder, search_path=search_path()), ["*.yaml"])

    assert len(history.changes["*.yaml"]) == 1
