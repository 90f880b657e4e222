"""Events that differ from one before them in their text alone: they are compared, not read.

Nearly all of a stream is such events. What was found out about one of them by reading it holds
for the next ones, as many as come together, when nothing but ordinary text stands where its text
stood.
"""

from collections.abc import Iterator

from tenken.wire.dialect import Around, Plain
from tenken.wire.sse import END, Event, Events

ENDS = (b"\n\n", b"\r\n\r\n")
_MARKS = set(b'"\\')
ORDINARY = bytes([n if n >= 0x20 and n not in _MARKS else n ^ 1 for n in range(0x100)])
"""Translates into itself what stands in a text as it is, and nothing else."""
LETTERS = ORDINARY[:0x80] + bytes([n ^ 1 for n in range(0x80, 0x100)])
"""The same of those that are characters by themselves."""
READ = -1
LESSONS = 8
"""Where every event differs in more than its text, there is nothing to be learned for ever."""


class Alike(Around, frozen=True, gc=False):
    """The same, as it is compared."""

    between: bytes
    """From the text of one to the text of the next."""
    empty: bytes
    """One without a text: whether that is content is for a reader to say."""
    begins: int
    ends: int
    """Where the text ends, counted from the end of the event."""

    def holds(self, events: bytes) -> bool:
        """Whether these are such events, all of them whole and with a text that need not be read.

        What is no such event leaves a quotation mark, if nothing else: texts have none.
        """
        if not (events.startswith(self.before) and events.endswith(self.after)):
            return False
        text = events[self.begins : self.ends]
        if text.translate(ORDINARY) != text:
            text = text.replace(self.between, b" ")
            if text.translate(ORDINARY) != text or self.empty in events:
                return False
        return text != b"" and (text.isascii() or is_utf8(text))

    def run(self, chunk: bytes, at: int) -> int:
        """Tell where the events that are such ones end that begin here: here, if there are none.

        READ where that takes more than a look. A text with an escape has to be read, and ends it.
        """
        if not chunk.startswith(self.before, at):
            return at
        escape = chunk.find(b"\\", at)
        last = chunk.rfind(self.after, at, len(chunk) if escape < 0 else escape)
        if last < 0:
            return at if 0 <= escape < chunk.find(END, at) else READ
        end = last - self.ends
        return end if self.holds(chunk[at:end]) else READ


def is_utf8(text: bytes) -> bool:
    """Whether it can be read."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def alike(event: bytes, mark: bytes) -> Alike | None:
    """Give what stands around an event's text, where it can be seen where that begins and ends.

    `mark` is what the text comes after, with its quotation mark.
    """
    before, begin, rest = event.partition(mark)
    _, end, after = rest.partition(b'"')
    if not end or mark in rest or b"\\" in event or not event.endswith(ENDS):
        return None
    before, after = before + begin, end + after
    return Alike(before, after, after + before, before + after, len(before), -len(after))


NOTHING_ALIKE = Alike(b"\0", b"\0", b"\0", b"\0", 1, -1)
"""No event begins so."""


class Skim:
    """Reads a stream's events, but for those that are alike: they come as bytes, many in one."""

    __slots__ = ("_alike", "_events", "_lessons", "_mark")

    def __init__(self, mark: bytes) -> None:
        """`mark` is what a text comes after."""
        self._mark = mark
        self._events = Events()
        self._alike = NOTHING_ALIKE
        self._lessons = LESSONS

    def learn(self, event: bytes) -> None:
        """Take this event for one whose text alone matters."""
        if self._lessons and (found := alike(event, self._mark)) is not None:
            self._alike = found
            self._lessons -= 1

    def around(self) -> Around | None:
        """Give what events are compared with."""
        return None if self._alike is NOTHING_ALIKE else self._alike

    def plain(self, reads: Plain) -> Plain | None:
        """Give what tells which chunks are whole events with text alone; None within one.

        Those that are alike are compared; `reads` says it of one that differs.
        """
        if self._events.rest:
            return None

        def is_text(chunk: bytes) -> bool:
            if self._alike.holds(chunk):
                return True
            if not reads(chunk):
                return False
            self.learn(chunk)
            return True

        return is_text

    def feed(self, chunk: bytes) -> Iterator[Event | bytes]:
        """Give the events that are whole now; raises TooLong.

        Who takes them may learn from one before the next is looked at.
        """
        at, runs = 0, True
        while at < len(chunk):
            end = at
            if runs and not self._events.rest:
                end = self._alike.run(chunk, at)
                runs = end != READ
            if end > at:
                yield chunk[at:end]
            else:
                end = chunk.find(END, at) + len(END) if runs else 0
                end = end if end >= len(END) else len(chunk)
                for event in self._events.feed(chunk[at:end]):
                    yield event.raw if self._alike.holds(event.raw) else event
            at = end
