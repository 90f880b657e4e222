"""A request as it was received, and how its headers are asked."""

from collections.abc import Mapping

from msgspec import Struct, field

Headers = tuple[tuple[bytes, bytes], ...]
"""Names in lower case, values without surrounding blanks, in the order of the wire."""


def first(headers: Headers, name: bytes) -> bytes | None:
    """Give the first value under that name (in lower case), or None.

    >>> first(((b"accept", b"text/plain"),), b"accept")
    b'text/plain'
    """
    for key, value in headers:
        if key == name:
            return value
    return None


def by_name(headers: Headers) -> dict[bytes, bytes]:
    """Give the first value under each name."""
    return dict(headers[::-1])


def every(headers: Headers, name: bytes) -> tuple[bytes, ...]:
    """Give all values under that name (in lower case): more than one may be an attack."""
    return tuple([value for key, value in headers if key == name])


OWN = frozenset(
    {
        b"x-request-id", b"x-correlation-id", b"x-client-request-id",
        b"traceparent", b"tracestate", b"baggage",
        b"x-datadog-trace-id", b"x-datadog-parent-id", b"x-datadog-sampling-priority",
        b"x-datadog-tags", b"x-datadog-origin",
        b"x-cloud-trace-context", b"x-amzn-trace-id", b"sentry-trace",
        b"b3", b"x-b3-traceid", b"x-b3-spanid", b"x-b3-parentspanid", b"x-b3-sampled",
        b"x-stainless-retry-count",
    }
)  # fmt: skip
"""Headers in which each request says something of its own: which it is, in whose trace, which try.

None of them has a meaning for the connection, for where a body ends or for who is calling.
"""


class Notes:
    """Where a handler keeps what it has read in a head: requests with the same one share it.

    The same is a head, too, whose values under the names in `OWN` are others: nothing that was
    read in these is noted.
    """

    __slots__ = ("known", "taken")

    def __init__(self) -> None:
        self.taken: object = None
        self.known: object = None
        """What was worked out for requests with this head."""

    def __eq__(self, other: object) -> bool:
        """Tell nothing of a request: whatever was noted, requests are alike."""
        return isinstance(other, Notes)

    __hash__ = None  # type: ignore[assignment]


class Request(Struct, frozen=True, gc=False):
    """One request, complete with its body."""

    method: str
    path: str
    """As sent: nothing was decoded, and nothing that a decoder could read otherwise is let in."""
    query: str
    """Behind the question mark, as sent; empty when there is none."""
    headers: Headers
    named: Mapping[bytes, bytes]
    """The first value of each header by its name: a look-up where `first` is a search."""
    body: bytes
    peer: str
    """Address of whoever connected: a proxy's, when one stands in front."""
    received_at: float
    """When the last byte had come, on the clock of the server."""
    notes: Notes = field(default_factory=Notes)
