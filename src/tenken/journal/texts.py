"""The masked texts of one exchange, as they are kept: sealed in the journal, and in the ledger."""

from msgspec import Struct

KEPT, WITHHELD = "kept", "withheld"


class Said(Struct, frozen=True, array_like=True):
    """A text, and who wrote it."""

    who: str
    """`system`, `user`, `assistant`, `tool`, `retrieved` or `file`."""
    text: str


class Texts(Struct, frozen=True, kw_only=True, array_like=True):
    """What was said, as far as it is kept."""

    request: tuple[Said, ...] = ()
    """As it went on to the provider, values masked; the earliest are left out first."""
    answer: tuple[Said, ...] = ()
    """As the provider gave it and the guard left it, before masked values were put back."""
    cut: tuple[str, ...] = ()
    """`request`, `answer`: of which something is left out, because it was too long."""


class Whose(Struct, frozen=True, array_like=True):
    """Which exchange texts belong to: sealed texts open under no other name."""

    id: str
    span: str
    at: int
    """Microseconds since 1970, UTC."""


class Content(Struct, frozen=True):
    """What an exchange says of its texts."""

    kind: str = ""
    """`kept` or `withheld`; empty where nobody asked for them."""
    word: str = ""
    """The id of the key, or why they are not kept."""

    def __str__(self) -> str:
        """Write it as a record holds it."""
        return f"{self.kind}:{self.word}" if self.kind else ""


def content_of(written: str) -> Content:
    """Read what a record holds.

    >>> content_of("kept:3f9a01c2d4e5").word
    '3f9a01c2d4e5'
    """
    kind, _, word = written.partition(":")
    return Content(kind, word)
