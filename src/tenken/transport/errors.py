"""What can go wrong with an upstream, named for what a caller decides by.

UpstreamFailed
├── ConnectFailed   no connection: nothing was sent, so another try is safe
├── TimedOut        one of the four patiences ended; `phase` tells which
├── Interrupted     the connection ended before the reply did
└── Garbled         what came is no HTTP/1.1 reply that we accept
"""

from enum import StrEnum


class Phase(StrEnum):
    """What was waited for when the patience ended."""

    CONNECT = "connect"
    FIRST_BYTE = "first_byte"
    IDLE = "idle"
    TOTAL = "total"


class UpstreamFailed(Exception):
    """Root of the tree."""


class ConnectFailed(UpstreamFailed):
    """No connection could be made: refused, unknown host, no trust, or a forbidden address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TimedOut(UpstreamFailed):
    """The upstream took longer than it was allowed."""

    def __init__(self, phase: Phase) -> None:
        super().__init__(phase)
        self.phase = phase


class Interrupted(UpstreamFailed):
    """The upstream closed the connection in the middle of its reply, or before it."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes of the body had come")
        self.received = received


class Garbled(UpstreamFailed):
    """The upstream sent something that is no HTTP/1.1 reply, or one over a limit."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
