"""A head that has been parsed already: the next one is compared with it instead of parsed.

A client that keeps its connection sends the same head again and again, but for the length of the
body and for what each request says of its own, such as its trace. What was found good byte by byte
is found good by one comparison, and what stands in place of those values has to be of plain
characters; a head that differs in anything else, and a message that is not here whole, go to the
parser, which never sees the others.
"""

from msgspec import Struct
from msgspec.structs import replace

from tenken.transport.message import OWN, Headers, Request, by_name

LENGTH = b"content-length"
LENGTH_LINE = b"\r\ncontent-length:"
DIGITS_MAX = 9
LINES_MAX = 64
"""Heads of more lines are not taken apart: that costs more than to parse them."""
END = b"\r\n\r\n"
PLAIN = bytes(range(0x21, 0x7F))
"""Nothing in them is taken away from the ends of a value, and nothing ends it."""


OTHERS = OWN | {LENGTH}
"""Headers whose values may be others in each request."""


def shared_of(headers: Headers) -> tuple[object, ...]:
    """Give what requests have in common whose heads are the same but for those values."""
    return tuple([pair[0] if pair[0] in OTHERS else pair for pair in headers])


class Own(Struct, frozen=True, gc=False):
    """A head in parts, between which those values stand that each request has its own of."""

    parts: tuple[bytes, ...]
    at: tuple[int, ...]
    """Where those values stand among the headers, the length of the body among them."""
    length: int
    """Which of them is that."""
    most: int
    """A head of so many bytes is short enough."""


class KnownHead(Struct, frozen=True, gc=False):
    """A head in two parts: what stands before the digits of the length, and what stands after.

    Where requests say something of their own these are empty: it is in more parts.
    """

    whole: bytes
    size: int
    """With its body."""
    before: bytes
    after: bytes
    at: int
    """Where the length stands among the headers."""
    request: Request
    """The request that had it, without its body."""
    own: Own | None = None

    def read(self, data: bytes, now: float, *, most: int) -> Request | None:
        """Give the request that these bytes are, when they are one with this head and no more.

        A body of more than `most` bytes is for the parser to refuse.
        """
        if len(data) != self.size or not data.startswith(self.whole):
            if self.own is not None:
                return self._of_its_own(data, self.own, now, most)
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

    def _of_its_own(self, data: bytes, own: Own, now: float, most: int) -> Request | None:
        """Read what it says of its own; all else in its head has to be the same."""
        before, *parts = own.parts
        body_at, values = len(before), []
        if not data.startswith(before):
            return None
        for part in parts:
            end = data.find(b"\r", body_at)
            if end <= body_at or not data.startswith(part, end):
                return None
            values.append(data[body_at:end])
            body_at = end + len(part)
        digits = values[own.length]
        if len(digits) > DIGITS_MAX or not digits.isdigit() or body_at > own.most:
            return None
        size = int(digits)
        if len(data) - body_at != size or size > most or b"".join(values).translate(None, PLAIN):
            return None
        old, headers = self.request, [*self.request.headers]
        for place, value in zip(own.at, values, strict=True):
            headers[place] = (headers[place][0], value)
        named, body = by_name(said := tuple(headers)), data[body_at:]
        return Request(
            old.method, old.path, old.query, said, named, body, old.peer, now, old.notes
        )


def known_head(data: bytes, request: Request, *, most: int) -> KnownHead | None:
    """Take note of the head of a request, when it is all that was parsed out of these bytes.

    `most` bytes of a head are let in.
    """
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
    own = None if OWN.isdisjoint(names) else own_in(head, request.headers, most=most)
    # Without its body, and in parts of one kind: a connection that rests keeps this.
    before, after = (head[:start], head[end:]) if own is None else (b"", b"")
    return KnownHead(head, len(data), before, after, at, replace(request, body=b""), own)


def own_in(head: bytes, headers: Headers, *, most: int) -> Own | None:
    """Find the values that each request has its own of; None where a line is oddly written."""
    first, *lines = head[: -len(END)].split(b"\r\n")
    if len(lines) != len(headers) or len(lines) > LINES_MAX:
        return None
    parts, at, length = list[bytes](), list[int](), 0
    line_at, part_at = len(first), 0
    for place, (line, (name, value)) in enumerate(zip(lines, headers, strict=True)):
        line_at += 2
        said, _, rest = line.partition(b":")
        if said.lower() != name or rest.strip() != value:
            return None
        line_end = line_at + len(line)
        counts = name == LENGTH
        if counts or name in OWN:
            if value and rest.endswith(value) and not value.translate(None, PLAIN):
                parts.append(head[part_at : line_end - len(value)])
                part_at = line_end
                length = len(at) if counts else length
                at.append(place)
            elif counts:
                return None
        line_at = line_end
    parts.append(head[part_at:])
    # The reader counts four bytes around a name and its value, of which there may be three.
    return Own(tuple(parts), tuple(at), length, most - len(lines))
