"""What git has of the past, to tell whether what a record names was ever there."""

from msgspec import Struct

from tenken.pattern import Pattern

DIGEST = Pattern(r"(?i)(?:sha256:|sha256-|sha1:)?([0-9a-f]{12,64})")
SHORTEST_COMMIT = 7


class HistoryFacts(Struct, frozen=True, kw_only=True):
    """Commits of the default branch, and digests of what prompts and data sets ever were."""

    commits: frozenset[str] = frozenset()
    contents: frozenset[str] = frozenset()
    """Of every version of every prompt and data set: SHA-256, and git's own id of it."""
    paths: frozenset[str] = frozenset()
    """Tracked now."""
    is_whole: bool = True
    """False where history is cut off or contents are absent: what is not here may be there."""

    def has_commit(self, named: str) -> bool:
        """Whether it is a commit of the default branch; a short name counts from 7 digits on."""
        if len(named) == 40:
            return named in self.commits
        return len(named) >= SHORTEST_COMMIT and any(one.startswith(named) for one in self.commits)

    def has_content(self, named: str) -> bool:
        """Whether a digest is that of a version."""
        digest = digest_in(named)
        if len(digest) in {40, 64}:
            return digest in self.contents
        return bool(digest) and any(one.startswith(digest) for one in self.contents)

    def pins(self, commit: str, named: str) -> bool:
        """Whether a commit and a path together say which content it was."""
        path = named.removeprefix("./").partition("#")[0]
        return path in self.paths and bool(commit) and self.has_commit(commit)


def digest_in(named: str) -> str:
    """The hexadecimal of a digest, a version that ends in one with it; empty without."""
    found = DIGEST.fullmatch(named.strip().rpartition("@")[2])
    return found.group(1).lower() if found else ""
