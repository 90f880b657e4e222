"""What a dialect gives: the request as a provider wants it, and its answer as the caller does.

One value of `Dialect` stands for one pair of a caller's API and a provider's. Where both are the
same, bytes pass through untouched but for the model's name.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

import msgspec
from msgspec import Struct

from tenken.wire.asked import Asked, Header
from tenken.wire.failure import Failure
from tenken.wire.refusal import Refused
from tenken.wire.splice import Body, whole
from tenken.wire.usage import Usage

BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What a decoder raises for what nobody can read: no JSON, letters that are none, too deep."""


class Unreadable(Exception):
    """An answer that is none of this dialect."""


class Spoilt(Unreadable):
    """An answer that its model could not write: a call that is no JSON, an end that is none.

    Nothing speaks against the target: whose tools are hard to call must not cool it for others.
    """


class Outgoing(Struct, frozen=True):
    """What is sent: the path below the provider's base, the body, and headers of the dialect."""

    path: str
    body: Body
    headers: tuple[Header, ...] = ()

    @property
    def written(self) -> bytes:
        """The body in one."""
        return whole(self.body)


class Answer(Struct, frozen=True, kw_only=True):
    """A whole answer, as the caller gets it, and what was read in it."""

    body: bytes
    usage: Usage | None = None
    finish: str = ""
    upstream_id: str = ""
    failure: Failure | None = None
    """The provider says in an answer with a status of success that it failed."""
    said: str = ""


class Piece(Struct, frozen=True, kw_only=True):
    """A part of a stream, as the caller gets it."""

    forward: bytes
    """Empty for what the caller is not to see."""
    content: bool = False
    """Text or part of a tool call: from here on there is no way back to another target."""
    usage: Usage | None = None
    finish: str = ""
    upstream_id: str = ""
    done: bool = False
    """The stream is whole."""
    failure: Failure | None = None
    """The provider says within the stream that it failed."""
    said: str = ""


Plain = Callable[[bytes], bool]


class Around(Struct, frozen=True, gc=False):
    """What stands around the text of an event that tells nothing else."""

    before: bytes
    after: bytes


class Reading(Protocol):
    """Reads one provider's stream."""

    def plain(self) -> Plain | None:
        """Give what tells, until something is fed, which chunks need not be.

        These are whole events with nothing but text, which the caller gets as they are. None where
        every event has to be read.
        """
        ...

    def around(self) -> Around | None:
        """Give what stood around the text of the event that others are compared with, if any."""
        ...

    def feed(self, chunk: bytes) -> list[Piece]:
        """Give what is whole now; raises Unreadable."""
        ...


class Failed(Struct, frozen=True, kw_only=True):
    """A provider's error, sorted."""

    failure: Failure
    status: int
    retry_after_s: float | None = None
    said: str = ""
    """The provider's own message; shown to the caller for mistakes of its own."""
    param: str | None = None
    code: str = ""
    spoilt: bool = False
    """The answer was `Spoilt`."""
    refused: Refused | None = None
    """What the caller is told when no target had words for the request."""


class Dialect(Protocol):
    """A caller's API at one side, a provider's at the other."""

    def outgoing(self, asked: Asked, *, model: str) -> Outgoing:
        """Give the request for a provider's model; raises Refusal where it has no words for it."""
        ...

    def answer(self, body: bytes, asked: Asked) -> Answer:
        """Read a whole answer; raises Unreadable."""
        ...

    def reading(self, asked: Asked) -> Reading:
        """Begin to read a stream."""
        ...

    def failed(
        self, status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
    ) -> Failed:
        """Sort an error that the provider answered."""
        ...
