"""What git has of the past, asked of a real repository."""

import hashlib
from pathlib import Path

import pytest

from tenken.readiness.collectors.git import open_folder
from tenken.readiness.collectors.observed.history import read_history
from tenken.readiness.facts.observed.history import HistoryFacts, digest_in
from tests.readiness.repositories import git, repository, search_path, write

FIRST, SECOND = "first\n", "second\n"


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> tuple[HistoryFacts, Path]:
    """A data set and a prompt of two versions each."""
    root = repository(tmp_path_factory.mktemp("desk"), {"a.prompt": FIRST, "evals/a.jsonl": FIRST})
    write(root, {"a.prompt": SECOND, "other.txt": "never asked for\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "second")
    opened = open_folder(root, search_path=search_path())
    found = read_history(opened.git, opened.repository, opened.tree, ["a.prompt", "evals/a.jsonl"])
    assert found
    return found, root


def test_every_version_is_known_by_its_digests(past: tuple[HistoryFacts, Path]) -> None:
    """SHA-256 of the content, and git's own."""
    history, root = past
    for text in (FIRST, SECOND):
        assert history.has_content(f"sha256:{hashlib.sha256(text.encode()).hexdigest()}")
        assert history.has_content(hashlib.sha256(text.encode()).hexdigest()[:16])
    assert history.has_content(git(root, "rev-parse", "HEAD~1:a.prompt").strip())
    assert not history.has_content(hashlib.sha256(b"third\n").hexdigest())
    assert not history.has_content(hashlib.sha256(b"never asked for\n").hexdigest())
    assert not history.has_content("latest")


def test_commits_are_those_of_the_branch(past: tuple[HistoryFacts, Path]) -> None:
    """Whole or short; a path is pinned by one of them."""
    history, root = past
    first = git(root, "rev-parse", "HEAD~1").strip()

    assert history.has_commit(first)
    assert history.has_commit(first[:7])
    assert not history.has_commit(first[:4])
    assert not history.has_commit("f" * 40)
    assert history.pins(first, "./a.prompt")
    assert not history.pins("", "a.prompt")
    assert not history.pins(first, "b.prompt")


@pytest.mark.parametrize(
    ("named", "digest"),
    [
        ("sha256:" + "AB" * 32, "ab" * 32), ("answer@" + "ab" * 8, "ab" * 8), ("v3", ""),
        ("latest", ""), ("abc", ""),
    ],
)  # fmt: skip
def test_a_digest_is_told_from_a_name(named: str, digest: str) -> None:
    """However its writer marks it."""
    assert digest_in(named) == digest
