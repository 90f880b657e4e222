"""A text as somebody may have meant it to be read, with the way back to what was written."""

from collections.abc import Sequence

from msgspec import Struct


class Span(Struct, frozen=True):
    """Characters of a text: the first, and the one behind the last."""

    start: int
    end: int


class View(Struct, frozen=True, kw_only=True):
    """Another reading of a text: decoded, without what cannot be seen, letters put together."""

    name: str
    """Such as `base64` or `invisible`; with two steps `base64+rot13`."""
    text: str
    """What is read, folded and in small letters: gates and rules are held against it."""
    starts: Sequence[int]
    """For each character of the view, the first character of the original that made it."""
    ends: Sequence[int]
    """For each character of the view, the one behind the last that made it."""

    def span(self, start: int, end: int) -> Span:
        """Give the characters of the original behind those of the view."""
        if not self.starts:
            return Span(0, 0)
        first = min(start, len(self.starts) - 1)
        last = min(max(start, end - 1), len(self.ends) - 1)
        return Span(
            min(self.starts[first], self.starts[last]), max(self.ends[first], self.ends[last])
        )
