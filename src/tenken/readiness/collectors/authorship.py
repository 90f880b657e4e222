"""Who changed the sign-offs and the texts that they sign, as git tells it."""

from collections.abc import Iterable

from tenken.readiness.collectors.git import Opened
from tenken.readiness.collectors.history import changes_of
from tenken.readiness.collectors.plumbing import Git, GitFailed
from tenken.readiness.facts.repository import Change
from tenken.readiness.signing.court import History


def history_of(opened: Opened, paths: Iterable[str]) -> History:
    """Give the changes of each path, newest first; without git there are none."""
    repository, git = opened.repository, opened.git
    if git is None or repository.commit is None:
        return History(is_whole=False)
    return History(
        # Path by path: a busy text would use up the bound before a quiet sign-off's turn.
        changes={path: _changes(git, path) for path in dict.fromkeys(paths)},
        is_whole=not repository.shallow,
        dirty=frozenset({*repository.dirty_paths, *repository.untracked}),
    )


def _changes(git: Git, path: str) -> tuple[Change, ...]:
    changes = changes_of(git, [path])
    return () if isinstance(changes, GitFailed) else changes
