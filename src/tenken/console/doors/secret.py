"""What opens a door: random, shown once, and kept as a digest only."""

import hashlib
import hmac
from collections.abc import Callable

from msgspec import Struct

Chance = Callable[[int], str]
"""Gives so many random bytes as text that stands in an address: `secrets.token_urlsafe`."""
BYTES = 32
PREFIX = "tkc_"
SHOWN = 6
"""So much of a token is shown later, to tell it from others."""


class Made(Struct, frozen=True, kw_only=True):
    """A new secret: whoever asked for it sees it now or never."""

    text: str
    sha256: bytes


def made(chance: Chance, prefix: str = "") -> Made:
    """Give a new one."""
    text = prefix + chance(BYTES)
    return Made(text=text, sha256=digest(text))


def digest(text: str) -> bytes:
    """Give what it is looked up by. 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(text.encode()).digest()


def csrf(session: str) -> str:
    """Give what each form of a session has to bring: only its pages can know it."""
    return hmac.new(session.encode(), b"tenken console form", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare without telling by the time how much was right."""
    return hmac.compare_digest(one.encode(), other.encode())
