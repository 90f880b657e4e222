"""Server-sent events, from bytes in any pieces to events, and back. Sans-IO.

A reader keeps the bytes of each event as they came: what nobody has to change is forwarded as it
was sent. Line ends may be CR, LF or CRLF, a chunk may end anywhere, also within a character.
"""

from msgspec import Struct

EVENT_MAX = 16 << 20
BOM = b"\xef\xbb\xbf"
END = b"\n\n"


class Event(Struct, frozen=True):
    """One event: its name, its data with lines joined by LF, and its bytes with the blank line."""

    name: bytes
    data: bytes
    raw: bytes


class TooLong(Exception):
    """An event without an end, or one that nobody can mean."""


class Events:
    """Reads events out of chunks; keeps at most one event that is not whole."""

    __slots__ = ("_limit", "_started", "rest")

    def __init__(self, limit: int = EVENT_MAX) -> None:
        self.rest = b""
        """Bytes of an event that has not ended; at the end of a stream they are a cut event."""
        self._limit = limit
        self._started = False

    def feed(self, chunk: bytes) -> list[Event]:
        """Give the events that are whole now; raises TooLong."""
        if (
            chunk.startswith(b"data: ")
            and chunk.find(b"\n") == len(chunk) - 2
            and chunk.endswith(END)
            and b"\r" not in chunk
            and self._started
            and not self.rest
        ):
            return [Event(b"", chunk[6:-2], chunk)]  # nearly all there are
        content = self.rest + chunk if self.rest else chunk
        searched = max(0, len(self.rest) - 1) if self._started else 0
        if not self._started:
            if BOM.startswith(content) and len(content) < len(BOM):
                self.rest = content
                return []
            self._started = True
            content = content.removeprefix(BOM)
        if b"\r" in content:
            both = content.count(b"\r\n")
            if both == content.count(b"\r") == content.count(b"\n"):
                return self._with_both(content, max(0, searched - 2))
            return self._with_returns(content)
        # What is kept holds no end of an event: a long one is not searched again for each chunk.
        whole, self.rest = content.rfind(END, searched), content
        found: list[Event] = []
        if whole >= 0:
            self.rest = content[whole + 2 :]
            for block in content[:whole].split(END):
                if block.startswith(b"data: ") and b"\n" not in block:
                    found.append(Event(b"", block[6:], block + END))  # nearly all there are
                elif block.strip(b"\n"):
                    found.append(_event(block + END))
        self._check()
        return found

    def _with_both(self, content: bytes, searched: int) -> list[Event]:
        """Read lines that all end with CRLF: how those say it who do not say LF."""
        whole = content.rfind(b"\r\n\r\n", searched)
        found = []
        if whole >= 0:
            found = [
                _event(block.lstrip(b"\r\n") + b"\r\n\r\n")
                for block in content[:whole].split(b"\r\n\r\n")
                if block.strip(b"\r\n")
            ]
        self.rest = content[whole + 4 :] if whole >= 0 else content
        self._check()
        return found

    def _with_returns(self, content: bytes) -> list[Event]:
        # A CR at the very end may be half of a CRLF: it is kept until its neighbour is seen.
        held = b"\r" if content.endswith(b"\r") else b""
        body = content[: len(content) - len(held)]
        found: list[Event] = []
        begin = at = 0
        line_begin = 0
        while at < len(body):
            if body[at] not in b"\r\n":
                at += 1
                continue
            empty = at == line_begin
            at += 2 if body[at : at + 2] == b"\r\n" else 1
            line_begin = at
            if empty:
                raw = body[begin:at]
                if raw.strip(b"\r\n"):
                    found.append(_event(raw))
                begin = at
        self.rest = body[begin:] + held
        self._check()
        return found

    def _check(self) -> None:
        if len(self.rest) > self._limit:
            raise TooLong(f"an event of more than {self._limit} bytes")


def only_data(chunk: bytes) -> bytes:
    r"""Give the data of a chunk that is one event, whole and of one line; or nothing.

    >>> only_data(b"event: delta\ndata: {}\n\n")
    b'{}'
    """
    if not chunk.endswith(END) or b"\r" in chunk:
        return b""
    lines = chunk.count(b"\n")
    if lines == 2 and chunk.startswith(b"data: "):
        return chunk[6:-2]
    if lines == 3 and chunk.startswith(b"event: "):
        line = chunk.find(b"\ndata: ")
        return chunk[line + 7 : -2] if line > 0 else b""
    return b""


def _is_line(event: bytes) -> bool:
    """Whether this is one whole event, of one line of data."""
    return (
        event.startswith(b"data: ")
        and event.find(b"\n") == len(event) - 2
        and event.endswith(b"\n\n")
        and b"\r" not in event
    )


def _event(raw: bytes) -> Event:
    if _is_line(raw):
        return Event(b"", raw[6:-2], raw)
    if raw.startswith(b"event: ") and b"\r" not in raw:
        end = raw.find(b"\n")
        if raw.startswith(b"data: ", end + 1) and raw.find(b"\n", end + 1) == len(raw) - 2:
            return Event(raw[7:end], raw[end + 7 : -2], raw)  # named, and the same
    name, data = b"", []
    for line in raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            data.append(value)
        elif field == b"event":
            name = value
    return Event(name, b"\n".join(data), raw)


def encode(data: bytes, name: bytes = b"") -> bytes:
    """Give an event's bytes; line ends in the data become lines of it, so one event stays one."""
    if b"\n" in name or b"\r" in name or b"\0" in name:
        raise ValueError(f"an event's name must be one line: {name!r}")
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    head = b"event: " + name + b"\n" if name else b""
    return head + b"".join(b"data: " + line + b"\n" for line in lines) + b"\n"
