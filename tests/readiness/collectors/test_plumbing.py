"""Commands of git side by side: each is answered, and none outlives who asked."""

from pathlib import Path

import pytest

from tenken.readiness.collectors.plumbing import Git, GitFailed, side_by_side


def program(folder: Path, line: str) -> Git:
    """Something that is run in the place of git."""
    script = folder / "git"
    script.write_text(f"#!/bin/sh\n{line}\n")
    script.chmod(0o755)
    return Git(str(script), folder, {"PATH": "/usr/bin:/bin"})


def test_each_question_has_its_own_answer(tmp_path: Path) -> None:
    """They are at work at once; whoever is asked for first."""
    git = program(tmp_path, 'for last; do :; done; echo "$last"')

    with side_by_side(git, {"a": ("one",), "b": ("two",)}) as asked:
        told = [asked[name].line() for name in ("b", "a")]

    assert told == ["two", "one"]


def test_nobody_is_left_behind(tmp_path: Path) -> None:
    """Whatever happens in the block, a command that was not waited for is ended."""
    git = program(tmp_path, "exec sleep 600")

    with pytest.raises(ValueError, match="broken"), side_by_side(git, {"a": (), "b": ()}) as asked:
        raise ValueError("broken")

    assert [one.has_ended for one in asked.values()] == [True, True]


def test_a_program_that_is_not_there_gives_no_answer(tmp_path: Path) -> None:
    """As one that refuses."""
    git = Git(str(tmp_path / "absent"), tmp_path, {})

    with side_by_side(git, {"a": ()}) as asked:
        found = asked["a"].answer()

    assert isinstance(found, GitFailed)
    assert found.reason == "refused"
