"""What a gateway and the process of a detector say to each other: a length, then a message."""

import socket
import time

import msgspec
from msgspec import Struct

from tenken.guardrails.match import Match
from tenken.guardrails.text import Context

HEAD = 4
LARGEST = 4 << 20
"""Bytes of a message: a text comes in pieces of some thousand characters, with what it is held
against."""


class Begin(Struct, frozen=True, kw_only=True, tag=True):
    """What the process is to run."""

    file: str
    source: str
    function: str
    each_s: float
    """The time for one text."""


class Ask(Struct, frozen=True, kw_only=True, tag=True):
    """A text to look at."""

    text: str
    context: Context


class Ready(Struct, frozen=True, tag=True):
    """The file was loaded, and has the function."""


class Refused(Struct, frozen=True, kw_only=True, tag=True):
    """The file cannot be used."""

    why: str
    """The end of the id of a sentence."""
    line: int = 0
    error: str = ""
    """The kind of an error, never its text."""


class Saw(Struct, frozen=True, kw_only=True, tag=True):
    """The matches in a text."""

    matches: tuple[Match, ...]


class Raised(Struct, frozen=True, kw_only=True, tag=True):
    """The function gave no matches."""

    error: str


Said = Begin | Ask
Answered = Ready | Refused | Saw | Raised
_SAID: msgspec.msgpack.Decoder[Said] = msgspec.msgpack.Decoder(Said)
_ANSWERED: msgspec.msgpack.Decoder[Answered] = msgspec.msgpack.Decoder(Answered)


class TooLarge(Exception):
    """A message that is larger than any should be."""


def framed(message: Said | Answered) -> bytes:
    """Give the bytes of a message; raises TooLarge."""
    content = msgspec.msgpack.encode(message)
    if len(content) > LARGEST:
        raise TooLarge
    return len(content).to_bytes(HEAD) + content


def answered(stream: socket.socket, until: float) -> Answered:
    """Read what the process says; raises TimeoutError, OSError, EOFError, DecodeError."""
    return _ANSWERED.decode(_frame(stream, until))


def said(stream: socket.socket) -> Said:
    """Read what the process is told, however long it takes; raises EOFError at the end."""
    return _SAID.decode(_frame(stream, None))


def _frame(stream: socket.socket, until: float | None) -> bytes:
    size = int.from_bytes(_read(stream, HEAD, until))
    if size > LARGEST:
        raise EOFError
    return _read(stream, size, until)


def _read(stream: socket.socket, size: int, until: float | None) -> bytes:
    read = bytearray()
    while len(read) < size:
        if until is not None:
            # Nought would mean not to wait at all, and be another error.
            stream.settimeout(max(1e-4, until - time.monotonic()))
        piece = stream.recv(size - len(read))
        if not piece:
            raise EOFError
        read += piece
    return bytes(read)
