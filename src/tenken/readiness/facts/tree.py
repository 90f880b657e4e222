"""What the files of a repository are, and the one way collectors read them.

A tree is fixed when the inspection starts. Reading is bounded, never follows a link and never
runs anything; a file that cannot be read comes back as a reason, not as an exception.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from msgspec.structs import force_setattr

from tenken.sentence import Sentence


class Role(StrEnum):
    """What a file is for; only PRODUCTION speaks of what runs in production."""

    PRODUCTION = "production"
    TEST = "test"
    EXAMPLE = "example"
    DOCUMENT = "document"


class EntryKind(StrEnum):
    """What stands at a path."""

    FILE = "file"
    LINK = "link"
    """A symbolic link: listed, never followed."""


class Entry(Struct, frozen=True, kw_only=True):
    """A tracked path below the inspected root."""

    path: str
    """Forward slashes; bytes that are not UTF-8 shown as `\\xNN`."""
    size: int
    """Bytes on disk; 0 where the content is absent."""
    kind: EntryKind = EntryKind.FILE
    role: Role = Role.PRODUCTION
    name: str = ""
    """The last part of the path."""
    suffix: str = ""
    """The ending in lower case with its dot, such as `.py`; empty where there is none."""

    def __post_init__(self) -> None:
        # Kept, not worked out: every collector asks every entry for them.
        name = self.path.rpartition("/")[2]
        stem, dot, ending = name.rpartition(".")
        force_setattr(self, "name", name)
        force_setattr(self, "suffix", f".{ending.lower()}" if dot and stem else "")


class LeftOut(Struct, frozen=True, kw_only=True):
    """Files that were not read as the application's own, and why."""

    path: str
    """A folder or a file."""
    files: int
    reason: str
    """`vendored`, `generated`, `submodule` or `link`."""


class UnreadableBecause(StrEnum):
    """Why a file has no text for us."""

    ABSENT = "absent"
    """Tracked, but not here (partial clone, sparse checkout, large-file pointer)."""
    TOO_LARGE = "too_large"
    BINARY = "binary"
    LINK = "link"
    REFUSED = "refused"
    """The operating system would not let us read it."""


class Unreadable(Struct, frozen=True, kw_only=True):
    """A file without text, and the reason."""

    path: str
    because: UnreadableBecause


class CollectorProblem(Struct, frozen=True, kw_only=True):
    """A file that a collector could not understand; becomes a finding of its own."""

    path: str
    line: int
    sentence: Sentence


class Tree(Protocol):
    """The files of the inspected service."""

    @property
    def prefix(self) -> str:
        """Where the inspected root stands below the repository's top; empty at the top."""
        ...

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry that is not left out, sorted by path."""
        ...

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What was left out, largest first."""
        ...

    def entry(self, path: str) -> Entry | None:
        """Give the entry at a path, or None."""
        ...

    def below(self, folder: str) -> Iterator[Entry]:
        """Give the entries under a folder (without its slash; empty for the root)."""
        ...

    def text(self, path: str, *, limit: int = ...) -> str | Unreadable:
        """Read a file as UTF-8 (invalid bytes replaced); over `limit` bytes it is TOO_LARGE."""
        ...

    def head(self, path: str, size: int) -> bytes | Unreadable:
        """Read the first `size` bytes of a file of any length."""
        ...
