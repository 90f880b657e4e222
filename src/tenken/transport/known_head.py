"""A head that has been parsed already: the next one is compared with it instead of parsed.

A client that keeps its connection sends the same head again and again, but for the length of the
body. What was found good byte by byte is found good by one comparison; a head that differs in
anything else, and a message that is not here whole, go to the parser, which never sees the others.
"""

from msgspec import Struct
from msgspec.structs import replace

from tenken.transport.message import Request, by_name

LENGTH = b"content-length"
LENGTH_LINE = b"\r\ncontent-length:"
DIGITS_MAX = 9
END = b"\r\n\r\n"


class KnownHead(Struct, frozen=True, gc=False):
    """A head in two parts: what stands before the digits of the length, and what stands after."""

    whole: bytes
    size: int
    """With its body."""
    before: bytes
    after: bytes
    at: int
    """Where the length stands among the headers."""
    request: Request
    """The request that had it, without its body."""

    def read(self, data: bytes, now: float, *, most: int) -> Request | None:
        """Give the request that these bytes are, when they are one with this head and no more.

        A body of more than `most` bytes is for the parser to refuse.
        """
        if len(data) != self.size or not data.startswith(self.whole):
            return self._of_another_length(data, now, most)
        old, body = self.request, data[len(self.whole) :]
        return Request(
            old.method, old.path, old.query, old.headers, old.named, body, old.peer, now, old.notes
        )

    def _of_another_length(self, data: bytes, now: float, most: int) -> Request | None:
        start = len(self.before)
        end = data.find(b"\r", start, start + DIGITS_MAX + 1)
        digits = data[start:end]
        if end < 0 or not data.startswith(self.before) or not digits.isdigit():
            return None
        body_at = end + len(self.after)
        size = int(digits)
        if len(data) - body_at != size or size > most or not data.startswith(self.after, end):
            return None
        old = self.request
        headers = (*old.headers[: self.at], (LENGTH, digits), *old.headers[self.at + 1 :])
        named, body = by_name(headers), data[body_at:]
        return Request(
            old.method, old.path, old.query, headers, named, body, old.peer, now, old.notes
        )


def known_head(data: bytes, request: Request) -> KnownHead | None:
    """Take note of the head of a request, when it is all that was parsed out of these bytes."""
    size = data.find(END) + len(END)
    if size + len(request.body) != len(data):
        return None  # something stands behind it, and the parser has begun with that
    head = data[:size]
    names = [name for name, _ in request.headers]
    line = head.lower().find(LENGTH_LINE)
    if names.count(LENGTH) != 1 or line < 0:
        return None
    digits = request.headers[at := names.index(LENGTH)][1]
    start = head.find(digits, line + len(LENGTH_LINE))
    end = start + len(digits)
    if not digits.isdigit() or head[end : end + 1] != b"\r":
        return None
    # Without its body: a connection that rests keeps this.
    return KnownHead(head, len(data), head[:start], head[end:], at, replace(request, body=b""))
