"""A caller's API at one side, another provider's at the other: read, said anew, and said back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from tenken.wire.asked import Asked
from tenken.wire.dialect import (
    BROKEN,
    Answer,
    Failed,
    Outgoing,
    Piece,
    Reading,
    Spoilt,
)
from tenken.wire.translate.conversation import Conversation
from tenken.wire.translate.told import (
    Begun,
    CallBegun,
    CallPart,
    Ended,
    Failing,
    Part,
    TextPart,
    Told,
)


class Writing(Protocol):
    """Writes the caller's stream."""

    def write(self, part: Part) -> bytes:
        """Give the bytes of a part; empty for what waits for another one."""
        ...


class Caller(Protocol):
    """The caller's API."""

    def conversation(self, asked: Asked) -> Conversation:
        """Read what is said; raises Refusal for what no other API has words for."""
        ...

    def whole(self, told: Told, asked: Asked) -> bytes:
        """Write a whole answer."""
        ...

    def writing(self, asked: Asked) -> Writing:
        """Begin to write a stream."""
        ...


class Hearing(Protocol):
    """Reads the provider's stream."""

    def feed(self, chunk: bytes) -> Iterable[Part]:
        """Give the parts that are whole now; raises Unreadable."""
        ...


class Side(Protocol):
    """The provider's API."""

    def outgoing(self, conversation: Conversation, *, model: str) -> Outgoing:
        """Say it; raises Refusal for what there are no words for."""
        ...

    def whole(self, body: bytes) -> Told:
        """Read a whole answer; raises Unreadable."""
        ...

    def hearing(self) -> Hearing:
        """Begin to read a stream."""
        ...

    def failed(
        self, status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
    ) -> Failed:
        """Sort an error."""
        ...


class Translated:
    """A dialect that says everything anew."""

    def __init__(self, caller: Caller, side: Side) -> None:
        self._caller = caller
        self._side = side

    def outgoing(self, asked: Asked, *, model: str) -> Outgoing:
        """Give the request in the provider's words."""
        return self._side.outgoing(self._caller.conversation(asked), model=model)

    def answer(self, body: bytes, asked: Asked) -> Answer:
        """Give the answer in the caller's words."""
        told = self._side.whole(body)
        try:
            written = self._caller.whole(told, asked)
        except BROKEN as error:  # what a tool is given is read when it is said anew
            raise Spoilt(str(error)) from error
        return Answer(
            body=written,
            usage=told.usage,
            finish=told.finish,
            upstream_id=told.id,
        )

    def reading(self, asked: Asked) -> Reading:
        """Begin to read a stream and to write another."""
        return _Stream(self._side.hearing(), self._caller.writing(asked))

    def failed(
        self, status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
    ) -> Failed:
        """Sort an error."""
        return self._side.failed(status, headers, body, now=now)


class _Stream:
    def __init__(self, hearing: Hearing, writing: Writing) -> None:
        self._hearing = hearing
        self._writing = writing

    def plain(self) -> None:
        return None

    def around(self) -> None:
        return None

    def feed(self, chunk: bytes) -> list[Piece]:
        try:
            return [self._piece(part) for part in self._hearing.feed(chunk)]
        except BROKEN as error:  # as above
            raise Spoilt(str(error)) from error

    def _piece(self, part: Part) -> Piece:
        if isinstance(part, Failing):
            return Piece(forward=b"", failure=part.failure, said=part.said)
        forward = self._writing.write(part)
        match part:
            case Begun(id=id_):
                return Piece(forward=forward, upstream_id=id_)
            case TextPart() | CallBegun() | CallPart():
                return Piece(forward=forward, content=True)
            case Ended(finish=finish, usage=usage):
                return Piece(forward=forward, finish=finish, usage=usage, done=True)
