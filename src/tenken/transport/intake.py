"""Bytes of a client in, requests out: the reading half of a connection, without the connection.

The same bytes give the same requests however they are cut. Everything that waits here is bounded:
the head, the number of its lines, the body, and what may follow before an answer is given.
"""

from collections import deque
from enum import IntEnum

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from tenken.transport.known_head import KnownHead, known_head, shared_of
from tenken.transport.limits import ServerLimits
from tenken.transport.message import Headers, Notes, Request, by_name
from tenken.transport.strictness import (
    METHODS,
    PLAIN,
    Refused,
    Target,
    inflate,
    read_framing,
    read_target,
)

SLICE = 16 * 1024
"""No more is parsed at once, so that a flood of lines or of requests is noticed early."""
_NO_TARGET = Target("", "")


class Reading(IntEnum):
    """Where in a message the bytes stand."""

    BETWEEN = 0
    HEAD = 1
    BODY = 2


# Looking up a member of an enumeration costs as much as parsing a header.
BETWEEN, HEAD, BODY = Reading


class Intake:
    """The requests of one connection, in order, with a refusal as the last of them."""

    __slots__ = (
        "_body", "_fields", "_framing",
        "_head", "_headers", "_known", "_limits", "_method", "_notes", "_now", "_parser",
        "_peer", "_quiet", "_shared", "_size", "_target", "_url", "closing", "old", "reading",
        "ready", "waits",
    )  # fmt: skip

    def __init__(self, limits: ServerLimits, peer: str) -> None:
        self._limits = limits
        self._peer = peer
        self._parser = HttpRequestParser(self)
        self._now = 0.0
        self._head: KnownHead | None = None
        self._known = b""
        self._shared: tuple[object, ...] = ()
        """What of the last head that was parsed other requests have in common with it."""
        self._notes = Notes()
        """Of those requests."""
        self._target = _NO_TARGET
        self._quiet = 0
        """Bytes since the last one that was of use: of a body, or the end of a message."""
        self._framing = PLAIN
        self._headers: Headers = ()
        self._method = ""
        self._begin()
        self.ready: deque[Request | Refused] = deque()
        self.reading = BETWEEN
        self.closing = False
        """No request follows those in `ready`."""
        self.old = False
        """The client speaks HTTP/1.0."""
        self.waits = False
        """The client waits to be told that it may send the body."""

    def _begin(self) -> None:
        self._url = b""
        self._fields: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._size = 0

    @property
    def untouched(self) -> bool:
        """No byte of a message is waiting for its rest."""
        return self.reading is BETWEEN

    @property
    def path(self) -> str:
        """Where the message that is being read goes, as it says."""
        return self._url.partition(b"?")[0].decode("latin-1")

    def feed(self, data: bytes | memoryview, now: float) -> None:
        """Take the next bytes, at most a slice; complete requests are in `ready` afterwards."""
        if self.closing:
            return
        head = self._head
        if head is not None and self.reading is BETWEEN and isinstance(data, bytes):
            request = head.read(data, now, most=self._limits.body)
            if request is not None:
                self.ready.append(request)
                return
        whole = self.reading is BETWEEN and not self.ready
        self._now = now
        self._quiet += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            cause = error.__context__
            self.refuse(cause if isinstance(cause, Refused) else Refused(400, "malformed_request"))
        if self._quiet > self._limits.head:
            self._refuse_noise()
        elif self.reading is BETWEEN and not self.ready:
            self.reading = HEAD
        self._head = self._known_head(data) if whole and isinstance(data, bytes) else None

    def _known_head(self, data: bytes) -> KnownHead | None:
        """Take note of a head that may come again; the parser stands between messages then."""
        if self.closing or self._framing is not PLAIN or len(self.ready) != 1:
            return None
        request = self.ready[0]
        if not isinstance(request, Request):
            return None
        return known_head(data, request, most=self._limits.head)

    def refuse(self, refused: Refused) -> None:
        """End the connection with this refusal, after the requests that came before it."""
        if not self.closing:
            self.closing = True
            self.ready.append(refused)

    def _refuse_noise(self) -> None:
        """Refuse a head, or what stands between the chunks of a body, that does not end."""
        if self.reading is BODY:
            self.refuse(Refused(400, "malformed_request"))
        else:
            self.refuse(Refused(431, "request_head_too_large"))

    # What the parser calls. An exception raised here stops it and is found in `_parse`.

    def on_url(self, url: bytes) -> None:
        """Collect the target, which may come in pieces."""
        self.reading = HEAD
        self._url += url
        if len(self._url) > self._limits.request_line:
            raise Refused(414, "request_line_too_long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header; behind the body it would be a trailer, which nobody here needs."""
        if self.reading is BODY:
            raise Refused(400, "trailers_refused")
        self._fields.append((name.lower(), value.strip()))

    def on_headers_complete(self) -> None:
        """Decide by the head whether the body is wanted at all."""
        parser, limits = self._parser, self._limits
        if len(self._fields) > limits.header_lines:
            raise Refused(431, "too_many_headers")
        if self._quiet > limits.head and self._head_size() > limits.head:
            raise Refused(431, "request_head_too_large")
        method = METHODS.get(parser.get_method())
        if method is None:
            raise Refused(501, "method_not_implemented")
        if parser.should_upgrade():
            raise Refused(400, "upgrade_not_supported")
        if self._url != self._known:
            self._target, self._known = read_target(self._url), self._url
        self._headers = headers = tuple(self._fields)
        framing = self._framing = read_framing(headers, parser.get_http_version(), limits)
        self._method = method
        self.old = framing.old
        self.waits = framing.waits
        self.reading = BODY
        self._quiet = 0

    def _head_size(self) -> int:
        lines = sum(len(name) + len(value) + 4 for name, value in self._fields)
        return len(self._url) + lines

    def on_body(self, part: bytes) -> None:
        """Collect the body up to its cap."""
        self._quiet = 0
        self._size += len(part)
        if self._size > self._limits.body:
            raise Refused(413, "request_too_large")
        self._body.append(part)

    def on_message_complete(self) -> None:
        """Hand over the request and be ready for the next one."""
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        if self._framing.gzip:
            body = inflate(body, self._limits.body)
        shared = (self._method, self._target, shared_of(self._headers))
        if shared != self._shared:
            self._shared, self._notes = shared, Notes()
        self.ready.append(
            Request(
                self._method,
                self._target.path,
                self._target.query,
                self._headers,
                by_name(self._headers),
                body,
                self._peer,
                self._now,
                self._notes,
            )
        )
        self._quiet = 0
        self.reading = BETWEEN
        self.waits = False
        if self.old or not self._parser.should_keep_alive():
            self.closing = True
        self._begin()
