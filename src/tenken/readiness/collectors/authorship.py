"""Who changed the sign-offs and the texts that they sign, as git tells it."""

from collections.abc import Iterable

from tenken.readiness.collectors.git import Opened
from tenken.readiness.collectors.history import changes_of
from tenken.readiness.collectors.plumbing import GitFailed
from tenken.readiness.facts.repository import Change
from tenken.readiness.signing.court import History


def history_of(opened: Opened, paths: Iterable[str]) -> History:
    """Give the changes of each path, newest first; without git there are none."""
    repository = opened.repository
    if opened.git is None or repository.commit is None:
        return History(is_whole=False)
    changes = {path: _changes(opened, path) for path in dict.fromkeys(paths)}
    return History(
        changes=changes,
        is_whole=not repository.shallow,
        dirty=frozenset({*repository.dirty_paths, *repository.untracked}),
    )


def _changes(opened: Opened, path: str) -> tuple[Change, ...]:
    # Path by path: together, a busy text would use up the bound before a quiet sign-off's turn.
    if opened.git is None:
        return ()
    changes = changes_of(opened.git, [path])
    return () if isinstance(changes, GitFailed) else changes
