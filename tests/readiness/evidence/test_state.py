"""The state of a service: kept apart from its repository."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tenken.errors import UsageError
from tenken.readiness.evidence import state
from tenken.readiness.evidence.state import KEPT_REPORTS, State, open_state

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> State:
    """Give the state of a service in a repository."""
    root = tmp_path / "repository"
    root.mkdir()
    return open_state(tmp_path / "state", root, "shift desk/../x")


def test_a_service_has_a_folder_of_its_own(tmp_path: Path, kept: State) -> None:
    """Two clones of one service do not share their evidence, and no name leads elsewhere."""
    other = tmp_path / "other"
    other.mkdir()

    assert kept.folder.parent == tmp_path / "state"
    assert kept.folder != open_state(tmp_path / "state", other, "shift desk/../x").folder
    assert open_state(tmp_path, other, "x", asked=tmp_path / "here").folder == tmp_path / "here"


@pytest.mark.parametrize("inside", ["", ".tenken", "a/b"])
def test_nothing_is_kept_in_the_repository(tmp_path: Path, inside: str) -> None:
    """Not even where somebody asks for it."""
    root = tmp_path / "repository"
    root.mkdir()
    with pytest.raises(UsageError):
        open_state(tmp_path, root, "x", asked=root / inside)


def test_a_link_into_the_repository_is_inside(tmp_path: Path) -> None:
    """Whatever it is called."""
    root = tmp_path / "repository"
    root.mkdir()
    (tmp_path / "link").symlink_to(root)
    with pytest.raises(UsageError):
        open_state(tmp_path, root, "x", asked=tmp_path / "link")


def test_reports_are_kept_and_the_oldest_let_go(kept: State) -> None:
    """The newest is the last one; a bounded number stays."""
    for minute in range(KEPT_REPORTS + 3):
        kept.keep_report(f"{minute}", NOW + timedelta(minutes=minute))

    assert len(kept.reports()) == KEPT_REPORTS
    assert kept.last_report() == f"{KEPT_REPORTS + 2}".encode()
    assert list(kept.folder.rglob("*.part")) == []


def test_without_reports_there_is_no_last_one(kept: State) -> None:
    """The first inspection has nothing to compare with."""
    assert kept.last_report() is None


def test_a_report_too_large_is_passed_over(kept: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a foreign file cannot fill the memory."""
    kept.keep_report("1", NOW)
    kept.keep_report("12345", NOW + timedelta(minutes=1))
    monkeypatch.setattr(state, "LARGEST_REPORT", 3)

    assert kept.last_report() == b"1"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """In one sentence, not as a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError):
        State(folder=tmp_path / "file" / "below").keep_report("1", NOW)


def test_the_masking_key_is_made_once_and_for_its_owner_alone(kept: State) -> None:
    """The same value has the same mask in every line of this folder."""
    key = kept.mask_key()

    assert len(key) == 32
    assert kept.mask_key() == key
    assert stat.S_IMODE(os.stat(kept.folder / "mask.key").st_mode) == 0o600  # noqa: PTH116 - the mode


def test_what_is_kept_is_for_its_owner_alone(kept: State) -> None:
    """A report tells the weak places of a service, with file and line."""
    kept.keep_report("{}", NOW)

    assert stat.S_IMODE(kept.folder.stat().st_mode) == 0o700
