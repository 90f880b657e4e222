"""What git knows of the inspected repository."""

from datetime import datetime

from msgspec import Struct

from tenken.readiness.facts.tree import CollectorProblem


class Change(Struct, frozen=True, kw_only=True):
    """A commit that touched a path we follow."""

    commit: str
    """40 hex digits."""
    author: str
    """Name and address as git has them."""
    committed_at: datetime
    paths: tuple[str, ...]


class RepositoryFacts(Struct, frozen=True, kw_only=True):
    """Where the inspection stands: the commit, and what of it can be seen."""

    is_git: bool
    commit: str | None = None
    """HEAD; None without commits or without git."""
    committed_at: datetime | None = None
    branch: str | None = None
    dirty: bool | None = None
    """Tracked files differ from HEAD; None where it could not be told."""
    dirty_paths: tuple[str, ...] = ()
    shallow: bool = False
    partial: bool = False
    """A partial clone: some contents may be absent."""
    commits: int | None = None
    """How many commits HEAD has; None where history is cut off."""
    authors: int | None = None
    changes: tuple[Change, ...] = ()
    """Newest first, for the followed paths, bounded."""
    untracked: tuple[str, ...] = ()
    """Files git does not track and does not ignore, bounded."""
    remote: str | None = None
    """The host and path of `origin`, without any credential."""
    problems: tuple[CollectorProblem, ...] = ()
