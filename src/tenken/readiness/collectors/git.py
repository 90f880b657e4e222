"""Opens the folder to inspect: where its repository stands, and its files as a tree."""

from datetime import datetime
from itertools import islice
from pathlib import Path

from msgspec import Struct

from tenken.errors import CannotInspect, UsageError
from tenken.pattern import Pattern
from tenken.readiness.collectors.history import moment
from tenken.readiness.collectors.listing import (
    Listing,
    index_lines,
    list_folder,
    list_index,
    shown,
)
from tenken.readiness.collectors.monorepo import with_outer_pipeline
from tenken.readiness.collectors.plumbing import Git, GitFailed, find_git
from tenken.readiness.collectors.roles import left_out_because
from tenken.readiness.collectors.tree import DiskTree
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.tree import CollectorProblem
from tenken.sentence import say

MAX_UNTRACKED = 200
WITH_SCHEME = Pattern(r"^[A-Za-z+]+://(?:[^/@]*@)?([^/:]+)(?::[0-9]*)?/+(.+?)(?:\.git)?/*$")
LIKE_SCP = Pattern(r"^(?:[^/@]*@)?([^/:]+)[:/]/*(.+?)(?:\.git)?/*$")
DOORS = {
    "ssh.github.com": "github.com", "www.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com", "altssh.bitbucket.org": "bitbucket.org",
    "ssh.dev.azure.com": "dev.azure.com",
}  # fmt: skip
"""Other doors of a forge, such as that of SSH on port 443."""
CASELESS = frozenset({"github.com", "gitlab.com", "bitbucket.org", "dev.azure.com"})
"""Forges to which a path in capitals is the same path."""


class Opened(Struct, frozen=True, kw_only=True):
    """A folder ready to be inspected."""

    root: Path
    tree: DiskTree
    repository: RepositoryFacts
    git: Git | None


def open_folder(path: Path, *, search_path: str | None) -> Opened:
    """List the folder's files and read where its repository stands.

    Raises UsageError where there is nothing to inspect, CannotInspect where git refuses.
    """
    root = _existing(path)
    git = find_git(root, search_path=search_path)
    if isinstance(git, GitFailed):
        return _without_git(root, "git.absent")
    top = git.line("rev-parse", "--show-toplevel")
    if top is None:
        if git.line("rev-parse", "--is-bare-repository") == "true":
            raise UsageError("git.bare", path=str(path))
        return _without_git(root, "git.not_a_repository")
    return _with_git(root, git)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UsageError("git.no_such_folder", path=str(path))
    if not path.is_dir():
        raise UsageError("git.not_a_folder", path=str(path))
    return path.resolve()


def _without_git(root: Path, reason: str) -> Opened:
    problem = CollectorProblem(path=".", line=0, sentence=say(reason))
    listing = list_folder(root)
    facts = RepositoryFacts(is_git=False, problems=(problem, *_listing_problems(listing)))
    return Opened(root=root, tree=DiskTree(root, listing), repository=facts, git=None)


def _with_git(root: Path, git: Git) -> Opened:
    lines = index_lines(git)
    if isinstance(lines, GitFailed):
        raise CannotInspect("git.refused", detail=lines.detail or lines.reason)
    listing = list_index(lines, root)
    if not listing.entries and not listing.left_out:
        # Nothing is tracked here: look at the files all the same, and say so.
        opened = _without_git(root, "git.nothing_tracked")
        return Opened(root=root, tree=opened.tree, repository=opened.repository, git=git)
    prefix = (git.line("rev-parse", "--show-prefix") or "").rstrip("/")
    listing = with_outer_pipeline(git, listing, root, prefix)
    tree = DiskTree(root, listing, prefix=prefix)
    return Opened(root=root, tree=tree, repository=_repository(git, listing), git=git)


def _listing_problems(listing: Listing) -> tuple[CollectorProblem, ...]:
    if not listing.truncated:
        return ()
    return (
        CollectorProblem(
            path=".", line=0, sentence=say("git.too_many_files", count=len(listing.entries))
        ),
    )


def _repository(git: Git, listing: Listing) -> RepositoryFacts:
    commit = git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    shallow = git.line("rev-parse", "--is-shallow-repository") == "true"
    partial = bool(git.line("config", "--local", "--get-regexp", r"^remote\..*\.promisor$"))
    changed = _changed(git, listing, commit)
    whole = commit is not None and not shallow
    count = git.line("rev-list", "--count", "HEAD") if whole else None
    return RepositoryFacts(
        is_git=True,
        commit=commit,
        committed_at=_commit_time(git, commit),
        branch=git.line("symbolic-ref", "--quiet", "--short", "HEAD"),
        dirty=bool(changed) if commit else None,
        dirty_paths=changed,
        shallow=shallow,
        partial=partial,
        commits=int(count) if count and count.isdigit() else None,
        untracked=_untracked(git),
        remote=_remote(git),
        problems=tuple(
            CollectorProblem(path=path, line=0, sentence=say("git.absent_content"))
            for path in listing.absent[:20]
        ),
    )


def _changed(git: Git, listing: Listing, commit: str | None) -> tuple[str, ...]:
    staged = (
        git.run("diff-index", "--cached", "--name-only", "--relative", "-z", commit)
        if commit
        else b""
    )
    names = (
        ()
        if isinstance(staged, GitFailed)
        else tuple(map(shown, filter(None, staged.split(b"\0"))))
    )
    return tuple(sorted({*listing.changed, *names}))


def _commit_time(git: Git, commit: str | None) -> datetime | None:
    if commit is None:
        return None
    # `cat-file` rather than `log`: no format, no signature check, no mailmap.
    raw = git.run("cat-file", "commit", commit)
    if isinstance(raw, GitFailed):
        return None
    for line in raw.split(b"\n"):
        if line.startswith(b"committer "):
            seconds = line.rsplit(b" ", 2)[-2]
            return moment(seconds.decode("ascii", "replace"))
    return None


def _untracked(git: Git) -> tuple[str, ...]:
    listed = git.run("ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    if isinstance(listed, GitFailed):
        return ()
    names = (shown(name) for name in listed.split(b"\0") if name)
    return tuple(islice((name for name in names if not left_out_because(name)), MAX_UNTRACKED))


def _remote(git: Git) -> str | None:
    url = git.line("config", "--local", "--get", "remote.origin.url")
    return remote_of(url or "") or None


def remote_of(url: str) -> str:
    """How evidence names a repository, by whatever way it was cloned; empty for none.

    Without scheme, credential, port and `.git`: of one repository HTTPS and SSH say the same.
    """
    match = WITH_SCHEME.match(url) if "://" in url else LIKE_SCP.match(url)
    if match is None or match.group(1) in {".", ".."}:
        return ""
    host, path = match.group(1).lower(), match.group(2)
    host = DOORS.get(host, host)
    if host == "dev.azure.com":
        path = path.removeprefix("v3/").replace("/_git/", "/")
    return f"{host}/{path.lower() if host in CASELESS else path}"
