"""Whole repositories in memory, surveyed as `tenken check` surveys them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from msgspec import Struct

from tenken.evidence import Answer, Grade, Holding
from tenken.readiness.collectors.git import Opened
from tenken.readiness.collectors.survey import take_survey
from tenken.readiness.collectors.tree import DiskTree
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.registry import Probe
from tests.readiness.trees import FakeTree

Files = Mapping[str, str]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REPOSITORY = RepositoryFacts(
    is_git=True, commit="a" * 40, branch="main", remote="github.com/example/desk"
)


class Case(Struct, frozen=True, kw_only=True):
    """A repository, and the claims that are put to the test."""

    id: str
    probes: tuple[Probe, ...]
    files: Files


def surveyed(files: Files) -> Survey:
    """Every collector over the files; a crash of one fails the test."""
    tree = cast("DiskTree", FakeTree(files))
    opened = Opened(root=Path("/nowhere"), tree=tree, repository=REPOSITORY, git=None)
    survey, crashes = take_survey(opened, None, NOW)
    assert not crashes, crashes
    return survey


def changed(files: Files, *changes: tuple[str, str, str]) -> dict[str, str]:
    """The files with texts replaced, each of which must stand in its file."""
    made = dict(files)
    for path, old, new in changes:
        assert old in made[path], f"{old!r} is not in {path}"
        made[path] = made[path].replace(old, new)
    return made


def is_green(answer: Answer) -> bool:
    """It says that the claim is in effect."""
    return answer.holding is Holding.HOLDS and answer.grade >= Grade.CONFIGURED
