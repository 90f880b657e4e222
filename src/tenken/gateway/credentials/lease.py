"""What a provider is called with, for as long as it is good."""

from typing import Protocol

from msgspec import Struct

from tenken.wire.splice import Body

FOREVER = 1 << 62
"""No moment is later, in microseconds since 1970."""


class Unobtainable(Exception):
    """A source gave no credential; says why, without anything secret."""


class NoCredential(Exception):
    """There is none that is good now: the call is not made."""


class Called(Struct, frozen=True, kw_only=True):
    """A call that is about to be made, as far as a signature covers it."""

    method: bytes
    host: bytes
    path: bytes
    """As it is sent, with its query."""
    headers: tuple[tuple[bytes, bytes], ...]
    """Lower-case names; only those that are to be signed."""
    body: Body
    region: str
    at_us: int
    """Microseconds since 1970, UTC."""


class Signs(Protocol):
    """Makes the header lines of one call, which are good for no other."""

    def lines(self, called: Called) -> bytes:
        """Give whole header lines, each with its line end."""
        ...


class Lease(Struct, frozen=True, kw_only=True):
    """A credential that was obtained: the same lines for all calls, or what signs each."""

    lines: bytes = b""
    """Whole header lines, each with its line end."""
    signer: Signs | None = None
    expires_us: int = FOREVER
    """Microseconds since 1970, UTC."""
    lasts_s: float | None = None
    """For how long from when it was asked for, where no moment is told; who keeps it reckons."""
    again_s: float | None = None
    """When to look again, where it does not expire but may be another by then."""
    static: str = ""
    """What it is made from, where that is a key that never expires by itself."""

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return f"Lease(expires_us={self.expires_us})"


def header_lines(*headers: tuple[bytes, bytes]) -> bytes:
    """Write headers as they stand in a request's head; raises Unobtainable for a broken one."""
    if any(b"\r" in value or b"\n" in value or not value for _, value in headers):
        raise Unobtainable("the credential is empty or holds a line end")
    return b"".join([b"%b: %b\r\n" % pair for pair in headers])


class Source(Protocol):
    """Where a credential comes from. Blocks, so it is asked in a thread of its own."""

    def fetch(self) -> Lease:
        """Give a new one; raises Unobtainable, or whatever the vendor's library raises."""
        ...
