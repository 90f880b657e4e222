"""What stands between a stream's reader and its caller, and what each API's stream gives it."""

from typing import Any, Protocol

import msgspec

from tenken.wire.dialect import BROKEN
from tenken.wire.words.words import Json, Words


class Screen(Protocol):
    """Looks at texts while they come."""

    @property
    def stopped(self) -> str:
        """What the user is told once the stream is stopped; empty while it goes on."""
        ...

    def told(self, channel: str, text: str) -> str:
        """Take the next piece of a text; gives what may be told now, perhaps nothing."""
        ...

    def ended(self, channel: str) -> str:
        """Take the end of a text; gives what was held of it."""
        ...

    def whole(self, words: Words) -> None:
        """Look at texts that are whole, and put others in their places where need be."""
        ...


class Screened(Protocol):
    """A caller's stream of one API, with only what was looked at in it."""

    def feed(self, forward: bytes) -> bytes:
        """Take events for the caller; gives those that may be told now.

        After a stop it gives the stream's valid end, and nothing any more.
        """
        ...

    def close(self) -> bytes:
        """Give what is held where a stream ends without saying so."""
        ...


def encoded(event: Json) -> bytes:
    """Give an event as its line of data."""
    return b"data: %b\n\n" % msgspec.json.encode(event)


def named(event: Json) -> bytes:
    """Give an event under the name of its type."""
    return b"event: %b\n" % str(event["type"]).encode() + encoded(event)


def read(data: bytes) -> Json | None:
    """Give the object that an event holds; None for what is none."""
    try:
        value: Any = msgspec.json.decode(data)
    except BROKEN:
        return None
    return value if isinstance(value, dict) else None
