"""Opens the folder to inspect: where its repository stands, and its files as a tree."""

from collections.abc import Mapping
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
    listing_of,
    shown,
)
from tenken.readiness.collectors.monorepo import with_outer_pipeline
from tenken.readiness.collectors.plumbing import (
    Git,
    GitFailed,
    Started,
    find_git,
    side_by_side,
)
from tenken.readiness.collectors.roles import left_out_because
from tenken.readiness.collectors.tree import DiskTree
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.tree import CollectorProblem
from tenken.sentence import say

MAX_UNTRACKED = 200
HEAD = "HEAD^{commit}"
"""Not `HEAD`, which may be the name of a file."""
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "top": ("rev-parse", "--show-toplevel"),
    "index": listing_of("."),
    "untracked": ("ls-files", "--others", "--exclude-standard", "-z", "--", "."),
    "prefix": ("rev-parse", "--show-prefix"),
    "commit": ("rev-parse", "--verify", "--quiet", HEAD),
    "shallow": ("rev-parse", "--is-shallow-repository"),
    "promisor": ("config", "--local", "--get-regexp", r"^remote\..*\.promisor$"),
    "staged": ("diff-index", "--cached", "--name-only", "--relative", "-z", HEAD, "--"),
    "count": ("rev-list", "--count", HEAD, "--"),
    # `cat-file` rather than `log`: no format, no signature check, no mailmap.
    "written": ("cat-file", "commit", HEAD),
    "branch": ("symbolic-ref", "--quiet", "--short", "HEAD"),
    "remote": ("config", "--local", "--get", "remote.origin.url"),
}
"""All that is asked of git on opening a folder; what is not needed costs nobody any time."""
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
    with side_by_side(git, QUESTIONS) as asked:
        if asked["top"].line() is None:
            if git.line("rev-parse", "--is-bare-repository") == "true":
                raise UsageError("git.bare", path=str(path))
            return _without_git(root, "git.not_a_repository")
        return _with_git(root, git, asked)


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


def _with_git(root: Path, git: Git, asked: Mapping[str, Started]) -> Opened:
    printed = asked["index"].answer()
    if isinstance(printed, GitFailed):
        raise CannotInspect("git.refused", detail=printed.detail or printed.reason)
    listing = list_index(index_lines(printed), root)
    if not listing.entries and not listing.left_out:
        # Nothing is tracked here: look at the files all the same, and say so.
        opened = _without_git(root, "git.nothing_tracked")
        return Opened(root=root, tree=opened.tree, repository=opened.repository, git=git)
    prefix = (asked["prefix"].line() or "").rstrip("/")
    listing = with_outer_pipeline(git, listing, root, prefix)
    tree = DiskTree(root, listing, prefix=prefix)
    return Opened(root=root, tree=tree, repository=_repository(asked, listing), git=git)


def _listing_problems(listing: Listing) -> tuple[CollectorProblem, ...]:
    if not listing.truncated:
        return ()
    return (
        CollectorProblem(
            path=".", line=0, sentence=say("git.too_many_files", count=len(listing.entries))
        ),
    )


def _repository(asked: Mapping[str, Started], listing: Listing) -> RepositoryFacts:
    commit = asked["commit"].line()
    shallow = asked["shallow"].line() == "true"
    changed = _changed(asked["staged"].answer() if commit else b"", listing)
    whole = commit is not None and not shallow
    count = asked["count"].line() if whole else None
    return RepositoryFacts(
        is_git=True,
        commit=commit,
        committed_at=_commit_time(asked["written"].answer()) if commit else None,
        branch=asked["branch"].line(),
        dirty=bool(changed) if commit else None,
        dirty_paths=changed,
        shallow=shallow,
        partial=bool(asked["promisor"].line()),
        commits=int(count) if count and count.isdigit() else None,
        untracked=_untracked(asked["untracked"].answer()),
        remote=remote_of(asked["remote"].line() or "") or None,
        problems=tuple(
            CollectorProblem(path=path, line=0, sentence=say("git.absent_content"))
            for path in listing.absent[:20]
        ),
    )


def _changed(staged: bytes | GitFailed, listing: Listing) -> tuple[str, ...]:
    printed = b"" if isinstance(staged, GitFailed) else staged
    names = tuple(map(shown, filter(None, printed.split(b"\0"))))
    return tuple(sorted({*listing.changed, *names}))


def _commit_time(raw: bytes | GitFailed) -> datetime | None:
    if isinstance(raw, GitFailed):
        return None
    for line in raw.split(b"\n"):
        if line.startswith(b"committer "):
            seconds = line.rsplit(b" ", 2)[-2]
            return moment(seconds.decode("ascii", "replace"))
    return None


def _untracked(listed: bytes | GitFailed) -> tuple[str, ...]:
    if isinstance(listed, GitFailed):
        return ()
    names = (shown(name) for name in listed.split(b"\0") if name)
    return tuple(islice((name for name in names if not left_out_because(name)), MAX_UNTRACKED))


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
