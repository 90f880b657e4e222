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


def test_what_it_reads_may_be_longer_than_a_pipe(tmp_path: Path) -> None:
    """While it prints: neither waits for the other."""
    given = b"0123456789abcdef\n" * 40_000

    assert program(tmp_path, "exec cat").run("x", stdin=given) == given
    assert program(tmp_path, "exit 0").run("x", stdin=given) == b""


def test_no_more_is_taken_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit of a few kilobytes can hold a name of a gigabyte."""
    monkeypatch.setattr("tenken.readiness.collectors.plumbing.MAX_OUTPUT", 1_000_000)
    git = program(tmp_path, "exec yes")

    with side_by_side(git, {"a": ()}) as asked:
        assert asked["a"].answer() == GitFailed("too_large")

    assert asked["a"].has_ended


def test_what_never_answers_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it has shut what it prints to."""
    monkeypatch.setattr("tenken.readiness.collectors.plumbing.TIMEOUT_S", 0.05)

    for line in ("exec sleep 600", "exec sleep 600 >&- 2>&-"):
        assert program(tmp_path, line).run("x") == GitFailed("timeout")
