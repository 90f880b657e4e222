"""What an answer tells, in no API's words: whole, or in the parts of a stream."""

from typing import Literal

from msgspec import Raw, Struct

from tenken.wire.failure import Failure
from tenken.wire.usage import Usage

Finish = Literal["stop", "length", "tools", "filter"]


class ToldCall(Struct, frozen=True):
    """The model asks for a tool."""

    id: str
    name: str
    arguments: Raw


class Told(Struct, frozen=True, kw_only=True):
    """A whole answer."""

    id: str
    model: str
    text: str = ""
    calls: tuple[ToldCall, ...] = ()
    finish: Finish
    usage: Usage | None = None


class Begun(Struct, frozen=True):
    """A stream has begun."""

    id: str
    model: str


class TextPart(Struct, frozen=True):
    """Some words."""

    text: str


class CallBegun(Struct, frozen=True):
    """A tool is asked for; its arguments follow."""

    id: str
    name: str


class CallPart(Struct, frozen=True):
    """Some of the arguments' JSON, of the call that began last."""

    json: str


class Ended(Struct, frozen=True):
    """The stream is whole."""

    finish: Finish
    usage: Usage | None


class Failing(Struct, frozen=True):
    """The provider says within the stream that it failed."""

    failure: Failure
    said: str


Part = Begun | TextPart | CallBegun | CallPart | Ended | Failing
EMPTY = Raw(b"{}")
