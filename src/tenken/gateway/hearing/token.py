"""Tokens that let a browser speak of one answer, and of nothing else.

Signed, not kept: request, caller and end stand in the token, under a key that only gateways have.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

import msgspec
from msgspec import Struct

VERSION = b"f1"
MARK_BYTES = 16
LONGEST = 512
PURPOSE = b"tenken feedback token"
MINUTE_US = 60_000_000


class Spoken(Struct, frozen=True, array_like=True):
    """Whose answer a token speaks of, and until when it does."""

    request: str
    caller: str
    until: int
    """Minutes since 1970."""


class FeedbackTokens:
    """Makes tokens and reads them."""

    def __init__(self, key: bytes, *, hours: float) -> None:
        self._key = hmac.digest(key, PURPOSE, hashlib.sha256)
        self._minutes = round(hours * 60)

    def token(self, *, request: str, caller: str, at: int) -> bytes:
        """Give the token of an answer; `at` is in microseconds since 1970."""
        spoken = Spoken(request, caller, at // MINUTE_US + self._minutes)
        body = VERSION + b"." + _text(msgspec.msgpack.encode(spoken))
        return body + b"." + self._mark(body)

    def spoken(self, token: bytes, *, now: int) -> Spoken | None:
        """Give what a token speaks of; None for one that is not ours, or over."""
        body, dot, mark = token.rpartition(b".")
        if len(token) > LONGEST or not dot or not hmac.compare_digest(mark, self._mark(body)):
            return None
        try:
            said = urlsafe_b64decode(_padded(body.partition(b".")[2]))
            spoken = msgspec.msgpack.decode(said, type=Spoken)
        except (Error, ValueError, msgspec.DecodeError):
            return None
        return spoken if now // MINUTE_US < spoken.until else None

    def _mark(self, body: bytes) -> bytes:
        return _text(hmac.digest(self._key, body, hashlib.sha256)[:MARK_BYTES])


def _text(value: bytes) -> bytes:
    return urlsafe_b64encode(value).rstrip(b"=")


def _padded(value: bytes) -> bytes:
    return value + b"=" * (-len(value) % 4)
