"""When paths last changed and by whom, from git's own objects."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from tenken.readiness.collectors.listing import shown
from tenken.readiness.collectors.plumbing import Git, GitFailed
from tenken.readiness.facts.repository import Change

MAX_CHANGES = 400
MAX_FOLLOWED = 400
FORMAT = "--format=%H%x09%ct%x09%an <%ae>"


def changes_of(git: Git, paths: Iterable[str]) -> tuple[Change, ...] | GitFailed:
    """Give the newest changes of the paths, newest first, at most MAX_CHANGES of them."""
    followed = tuple(paths)[:MAX_FOLLOWED]
    if not followed:
        return ()
    newest = ("rev-list", f"--max-count={MAX_CHANGES}", "--no-commit-header", FORMAT, "HEAD")
    listed = git.run(*newest, "--", *followed)
    if isinstance(listed, GitFailed):
        return listed
    heads = _heads(listed)
    names = ("diff-tree", "--stdin", "-r", "--root", "-m", "--name-only", "--relative", "-z")
    plain = ("--no-textconv", "--no-ext-diff")
    commits = "".join(f"{commit}\n" for commit in heads).encode()
    touched = git.run(*names, *plain, "--", *followed, stdin=commits)
    if isinstance(touched, GitFailed):
        return touched
    return tuple(_changes(heads, touched))


def moment(seconds: str) -> datetime | None:
    """The time of a commit; None where git holds nonsense."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _heads(listed: bytes) -> dict[str, tuple[str, str]]:
    """Commit → seconds and author, in git's order."""
    lines = listed.decode("utf-8", "replace").split("\n")
    parts = (line.split("\t", 2) for line in lines if line.count("\t") > 1)
    return {commit: (seconds, author) for commit, seconds, author in parts}


def _changes(heads: Mapping[str, tuple[str, str]], touched: bytes) -> Iterator[Change]:
    paths: dict[str, list[str]] = {commit: [] for commit in heads}
    current: list[str] = []
    for part in touched.split(b"\0"):
        # By version, `diff-tree --stdin -z` ends a commit's line with a newline or a NUL.
        text = shown(part).strip("\n")
        if text in paths:
            current = paths[text]
        elif text:
            current.append(text)
    for commit, (seconds, author) in heads.items():
        when = moment(seconds)
        if when is not None:
            changed = tuple(dict.fromkeys(paths[commit]))
            yield Change(commit=commit, author=author, committed_at=when, paths=changed)
