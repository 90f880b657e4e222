"""What can happen to a connection, as data: the names are those of a plan of lines.

    {"script": [{"kind": "reset"}, {"kind": "cut", "after": 400}], "then": {"kind": "none"}}

The first connection meets the first line of the script, and so on; then comes `then`.
"""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from tenken.errors import UsageError


class Lost(StrEnum):
    """What happens to a connection."""

    NONE = "none"
    REFUSE = "refuse"
    """Nobody listens, as long as this is what comes next."""
    RESET = "reset"
    """A reset after `after` bytes of the answer; 0: before anything is asked."""
    CUT = "cut"
    """The end of the connection, in good order, after `after` bytes of the answer."""
    STALL = "stall"
    """Silence after `after` bytes of the answer."""
    DELAY = "delay"
    """Everything comes `delay_s` later, both ways."""
    SLOW = "slow"
    """No more than `rate` bytes a second, both ways: a thin line, or a slow reader."""
    GARBAGE = "garbage"
    """Bytes that are no TLS and no HTTP."""


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One connection's fate with its figures."""

    kind: Lost = Lost.NONE
    after: Annotated[int, Meta(ge=0, le=1 << 30)] = 0
    delay_s: Annotated[float, Meta(ge=0, le=600)] = 0.0
    rate: Annotated[int, Meta(ge=1)] = 1024


class Lines(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens to connections in their order."""

    script: tuple[Line, ...] = ()
    then: Line = Line()

    def line(self, number: int) -> Line:
        """Give what the connection of this number (from 0) meets."""
        return self.script[number] if number < len(self.script) else self.then


class Carried(Struct, kw_only=True):
    """One connection as the proxy saw it."""

    number: int
    kind: Lost
    up: int = 0
    """Bytes towards the provider."""
    down: int = 0
    """Bytes of the answer that were handed on."""
    open: bool = True


def lines_from(text: bytes, *, name: str) -> Lines:
    """Read a plan of lines; raises UsageError with the path of what is wrong."""
    try:
        return msgspec.json.decode(text, type=Lines)
    except msgspec.DecodeError as error:
        raise UsageError("drills.bad_plan", file=name, why=str(error)) from error
