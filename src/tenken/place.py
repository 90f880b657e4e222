"""Where something stands in a repository: the `file:line` that every finding points to."""

from msgspec import Struct


class Place(Struct, frozen=True, order=True):
    """A line of a file, relative to the inspected root; line 0 means the file as a whole.

    >>> str(Place("ci/test.yaml", 12))
    'ci/test.yaml:12'
    """

    path: str
    """Relative to the root that was inspected, with forward slashes."""
    line: int = 0
    """Counted from 1."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path
