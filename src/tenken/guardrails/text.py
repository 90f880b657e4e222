"""What a detector looks at: a text, its other forms, and what is known of where it came from."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from tenken.guardrails.folding import fold, lower
from tenken.guardrails.view import View
from tenken.guardrails.views.decoding import decoded


class Origin(StrEnum):
    """Who wrote a part: what it may ask for depends on it."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    RETRIEVED = "retrieved"
    FILE = "file"


UNTRUSTED = frozenset({Origin.TOOL, Origin.RETRIEVED, Origin.FILE})
"""Data that was fetched: nobody who may give orders wrote it."""


class Direction(StrEnum):
    """Towards the model, or away from it."""

    INWARD = "inward"
    OUTWARD = "outward"


class Context(Struct, frozen=True, kw_only=True):
    """Where a text stands, and what a detector may hold it against."""

    direction: Direction
    origin: Origin
    use_case: str = ""
    system: str = ""
    """The system prompt of the request: what an answer must not give away."""
    canary: str = ""
    """A token of chance that the gateway put into the system prompt of this request."""
    given: tuple[str, ...] = ()
    """The texts that an answer is to rest on."""
    history: tuple[str, ...] = ()
    """What the same user said before in this session, oldest first."""
    terms: Mapping[str, tuple[str, ...]] = {}
    """Words of the policy by risk, such as the names of competitors."""


class Text:
    """A text and its other forms, each made once, when a detector first asks.

    `folded` and `lowered` are as long as the original: a place in one is the place in all.
    """

    # No `cached_property`: it takes a lock each time, and every request has several texts.
    __slots__ = ("_folded", "_lowered", "_views", "original")

    def __init__(
        self, original: str, *, folded: str | None = None, lowered: str | None = None
    ) -> None:
        self.original = original
        # A stream has folded every piece as it came.
        self._folded = folded
        self._lowered = lowered
        self._views: tuple[View, ...] | None = None

    @property
    def folded(self) -> str:
        """Full-width and styled characters as plain ones; the text for patterns on case."""
        if self._folded is None:
            self._folded = fold(self.original)
        return self._folded

    @property
    def lowered(self) -> str:
        """The folded text in small letters; gates are held against it."""
        if self._lowered is None:
            self._lowered = lower(self.folded)
        return self._lowered

    @property
    def views(self) -> tuple[View, ...]:
        """Its other readings, each with the way back; gates are held against them too."""
        if self._views is None:
            self._views = decoded(self.folded)
        return self._views
