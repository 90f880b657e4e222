"""Asks git which commits and which contents there ever were, of the paths that records name."""

import hashlib
from collections.abc import Iterable, Iterator

from tenken.readiness.collectors.plumbing import Git, GitFailed
from tenken.readiness.facts.observed.history import HistoryFacts
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import Tree

MOST_COMMITS = 200_000
MOST_CHANGES = 1_000
MOST_CONTENTS = 2_000
LARGEST = 5_000_000
PROMPT_FILES = frozenset({".prompt", ".jinja", ".j2", ".mustache"})
PROMPT_FOLDERS = ("prompts/", "prompt/")
DEFAULT = "refs/remotes/origin/HEAD"


def followed_paths(survey: Survey) -> frozenset[str]:
    """The files whose every version may be named by a record: prompts and data sets."""
    prompts = {one.place.path for one in survey.code.prompts}
    named = {one.path for one in survey.tree.entries if one.suffix in PROMPT_FILES
             or one.path.startswith(PROMPT_FOLDERS)}  # fmt: skip
    return frozenset(prompts | named | {one.path for one in survey.documents.datasets})


def read_history(
    git: Git | None, repository: RepositoryFacts, tree: Tree, paths: Iterable[str]
) -> HistoryFacts | None:
    """Read what there was; None without git or commits."""
    if git is None or repository.commit is None:
        return None
    heads = ["HEAD", *([DEFAULT] if git.line("rev-parse", "--verify", "-q", DEFAULT) else [])]
    listed = git.run("rev-list", f"--max-count={MOST_COMMITS}", *heads)
    if isinstance(listed, GitFailed):
        return None
    followed = sorted(set(paths))
    return HistoryFacts(
        commits=frozenset(listed.decode("ascii", "replace").split()),
        contents=frozenset(_contents(git, heads, followed)) if followed else frozenset(),
        paths=frozenset(entry.path for entry in tree.entries),
        is_whole=not (repository.shallow or repository.partial),
    )


def _contents(git: Git, heads: list[str], paths: list[str]) -> Iterator[str]:
    """Every digest of every version: git's own, and SHA-256 of what stands in it."""
    blobs = _blobs(git, heads, paths)
    sized = git.run("cat-file", "--batch-check", stdin=_lines(blobs)) if blobs else b""
    if isinstance(sized, GitFailed):
        return
    small = [name for name, size in _sizes(sized) if size <= LARGEST][:MOST_CONTENTS]
    yield from small
    printed = git.run("cat-file", "--batch", stdin=_lines(small)) if small else b""
    if not isinstance(printed, GitFailed):
        yield from (hashlib.sha256(one).hexdigest() for one in _bodies(printed))


def _blobs(git: Git, heads: list[str], paths: list[str]) -> list[str]:
    changed = git.run("rev-list", f"--max-count={MOST_CHANGES}", *heads, "--", *paths)
    if isinstance(changed, GitFailed) or not changed:
        return []
    names = ("diff-tree", "--stdin", "-r", "--root", "-m", "--raw", "--no-abbrev")
    plain = ("--no-textconv", "--no-ext-diff", "--no-commit-id")
    raw = git.run(*names, *plain, "--", *paths, stdin=changed)
    if isinstance(raw, GitFailed):
        return []
    lines = (line.split(b"\t")[0].split() for line in raw.splitlines() if line.startswith(b":"))
    return sorted({parts[3].decode() for parts in lines if parts[3].strip(b"0")})


def _sizes(printed: bytes) -> Iterator[tuple[str, int]]:
    for line in printed.decode("ascii", "replace").splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[1] == "blob":
            yield parts[0], int(parts[2])


def _bodies(printed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(printed):
        end = printed.index(b"\n", at)
        head = printed[at:end].split()
        if len(head) != 3:  # it is not here
            at = end + 1
            continue
        size = int(head[2])
        yield printed[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def _lines(names: list[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()
