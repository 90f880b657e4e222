"""What each API's small file beside this one gives: how a request is read, and answers written."""

from typing import Protocol

import msgspec
from msgspec import Struct

from tenken.drills.provider.hearing import Heard
from tenken.drills.provider.telling import Telling
from tenken.transport.message import Headers

EVENTS = b"text/event-stream"
BROKEN = b'{"broken": '


class Refusing(Struct, frozen=True):
    """An error as an API tells it."""

    body: bytes
    headers: Headers = ()


class Dialect(Protocol):
    """One API."""

    streams_as: bytes
    """The content type of its streams."""
    malformed: bytes
    """An event that is none."""
    overloaded: bytes
    """The event that says so within a stream."""
    wrong: bytes
    """JSON that is no answer of this API."""

    def heard(self, body: bytes) -> Heard:
        """Read a request; raises msgspec.DecodeError."""
        ...

    def whole(self, telling: Telling) -> bytes:
        """Give a whole answer."""
        ...

    def pieces(self, telling: Telling) -> list[bytes]:
        """Give the events of a stream; the last one is its end."""
        ...

    def part(self, text: str) -> bytes:
        """Give one event with text."""
        ...

    def padding(self, size: int) -> bytes:
        """Give one event of that size without meaning."""
        ...

    def refusing(self, status: int) -> Refusing:
        """Give an error."""
        ...


def message_of(status: int) -> str:
    """Say that the error was planned: nobody should look for its cause."""
    return f"The fake provider was told to answer {status}."


def event(data: object, name: str = "") -> bytes:
    """Write one server-sent event."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + msgspec.json.encode(data) + b"\n\n"


def named(name: str, **data: object) -> bytes:
    """Write an event whose name stands in its data too."""
    return event({"type": name, **data}, name)
