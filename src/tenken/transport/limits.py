"""How much of everything is let in, and for how long it is waited."""

from collections.abc import Callable

from msgspec import Struct

from tenken.transport.message import Headers

KIB = 1024
MIB = 1024 * KIB


JSON = (b"content-type", b"application/json")


class Said(Struct, frozen=True):
    """What a client is told that is refused."""

    headers: Headers
    body: bytes


def neutral(status: int, code: str, path: str) -> Said:
    """Give a refusal that says no more than its code."""
    del path
    kind = b"server_error" if status == 500 else b"invalid_request_error"
    message, name = code.replace("_", " ").encode(), code.encode()
    shape = b'{"error":{"message":"%b","type":"%b","param":null,"code":"%b"}}'
    return Said((JSON,), shape % (message, kind, name))


class ServerLimits(Struct, frozen=True, kw_only=True):
    """What a client may send and how long it may take."""

    request_line: int = 8 * KIB
    head: int = 64 * KIB
    header_lines: int = 128
    body: int = 36 * MIB
    gzip: bool = False
    """Decode bodies with `Content-Encoding: gzip`, up to `body`; they are refused otherwise."""
    unsent: int = 64 * KIB
    """Bytes that wait for a slow client before `Reply.write` waits for it too."""
    head_s: float = 10.0
    body_s: float = 60.0
    """Without a single byte of the body."""
    idle_s: float = 75.0
    """Between two requests."""
    stalled_s: float = 120.0
    """Without a byte taken by a client that owes us reading."""
    linger_s: float = 2.0
    """After a refusal, so that a client that is still sending can read it."""
    sweep_s: float = 0.5
    """How often the times above are looked at."""
    backlog: int = 2048
    refuse: Callable[[int, str, str], Said] = neutral
    """Words a refusal from its status, its code and the path, as far as known."""


class PoolLimits(Struct, frozen=True, kw_only=True):
    """What an upstream may send, and which connections are kept."""

    head: int = 64 * KIB
    header_lines: int = 256
    unread: int = 256 * KIB
    """Bytes that wait for a slow reader before the upstream is held back."""
    idle: int = 256
    """Connections kept for the next call."""
    idle_s: float = 30.0
    """How long they are kept: below the keep-alive of common servers."""
    sweep_s: float = 0.025
    """How often the patience of calls is looked at."""
    source: str = ""
    """Connect from this address of the machine; empty for the one that it chooses."""
    allow_private: bool = False
    """Connect to loopback, private, link-local and other addresses that are not public."""
