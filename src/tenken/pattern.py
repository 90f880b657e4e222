"""Patterns on a stranger's text: RE2, which takes linear time on anything.

The layer that google-re2 ships makes positions in the text of every group of every match. That is
three quarters of the time of a search, and hardly anybody asks for them: here bytes become text,
and offsets become positions, when somebody asks.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import re2

PatternError = re2.error
MEMORY = 64 << 20
"""What a pattern may remember of the states it was in; beyond that RE2 is slower, not wrong."""
_ANCHOR = re2._re2.RE2.Anchor  # noqa: SLF001 - the library names its anchors nowhere else
_ANYWHERE, _AT_START, _WHOLE = _ANCHOR.UNANCHORED, _ANCHOR.ANCHOR_START, _ANCHOR.ANCHOR_BOTH
_NOWHERE = (-1, -1)
_KNOWN = "\x00known\x00"
"""A text of our own that every set must find."""


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = MEMORY
    options.log_errors = False  # it would write to the standard error of whoever runs us
    return options


Spans = list[tuple[int, int]]
"""Offsets in bytes of the whole match and of each group."""


def escape(text: str) -> str:
    """Give the pattern that finds the text itself."""
    return str(re2.escape(text))


class Match:
    """Where a pattern was found; group 0 is all of it, a group that took no part is None."""

    __slots__ = ("_counted", "_encoded", "_pattern", "_spans")

    def __init__(
        self, pattern: "Pattern", encoded: bytes, spans: Spans, counted: tuple[int, int] = (0, 0)
    ) -> None:
        self._pattern = pattern
        self._encoded = encoded
        self._spans = spans
        self._counted = counted
        """An offset that is not behind the match, and its position, to count on from."""

    def __getitem__(self, group: int | str) -> str | Any:
        number = self._pattern.names[group] if isinstance(group, str) else group
        begin, end = self._spans[number]
        return None if begin < 0 else self._encoded[begin:end].decode()

    def group(self, group: int | str = 0) -> str | Any:
        """Give the text of a group."""
        return self[group]

    def groups(self) -> tuple[str | Any, ...]:
        """Give the texts of all groups but 0."""
        return tuple(self[group] for group in range(1, len(self._spans)))

    @property
    def lastindex(self) -> int:
        """The number of the last group that took part; 0 where none did."""
        return max(number for number, (begin, _) in enumerate(self._spans) if begin >= 0)

    def start(self, group: int = 0) -> int:
        """Give the position at which a group begins."""
        return self._position(self._spans[group][0])

    def end(self, group: int = 0) -> int:
        """Give the position at which a group ends."""
        return self._position(self._spans[group][1])

    def _position(self, offset: int) -> int:
        known, position = self._counted
        return -1 if offset < 0 else position + len(self._encoded[known:offset].decode())


class Pattern:
    """A pattern, compiled when it is first used: no run uses all of them."""

    __slots__ = ("_made", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._made: Any = None

    @property
    def names(self) -> dict[str, int]:
        """The numbers of the groups that have names."""
        return {name.decode(): number for name, number in self._re2.NamedCapturingGroups()}

    def checked(self) -> "Pattern":
        """Compile at once: a pattern that a stranger wrote may be none, a PatternError."""
        self._made = self._re2
        return self

    def search(self, text: str) -> Match | None:
        """Give the first place in the text."""
        return self._once(_ANYWHERE, text)

    def match(self, text: str) -> Match | None:
        """Find it at the beginning of the text."""
        return self._once(_AT_START, text)

    def begins(self, text: str) -> int:
        """Give where the first place begins; the length of the text if there is none."""
        encoded = text.encode()
        begin: int = (self._made or self._re2).Match(_ANYWHERE, encoded, 0, len(encoded))[0][0]
        if begin < 0:
            return len(text)
        return begin if len(encoded) == len(text) else len(encoded[:begin].decode())

    def fullmatch(self, text: str) -> Match | None:
        """Find it as the whole text."""
        return self._once(_WHOLE, text)

    def finditer(self, text: str) -> Iterator[Match]:
        """Give every place, none over another."""
        encoded = text.encode()
        offset = position = 0
        for spans in self._every(encoded):
            begin = spans[0][0]
            position += len(encoded[offset:begin].decode())
            offset = begin
            yield Match(self, encoded, spans, (offset, position))

    def words(self, text: str) -> list[tuple[int, str]]:
        """Give where every place begins, and what stands there: `finditer` without its matches."""
        encoded = text.encode()
        match, size = (self._made or self._re2).Match, len(encoded)
        found: list[tuple[int, str]] = []
        offset = position = at = 0
        while at <= size:
            begin, end = match(_ANYWHERE, encoded, at, size)[0]
            if begin < 0:
                break
            position += len(encoded[offset:begin].decode())
            word = encoded[begin:end].decode()
            found.append((position, word))
            position += len(word)
            offset = end
            at = end if end > at else _after_character(encoded, at)
        return found

    def places(self, text: str) -> list[tuple[int, int]]:
        """Give where the first group of every place begins and ends, or all of it without one."""
        encoded = text.encode()
        found: list[tuple[int, int]] = []
        offset = position = 0
        for spans in self._every(encoded):
            begin, end = spans[1] if len(spans) > 1 and spans[1] != _NOWHERE else spans[0]
            position += len(encoded[offset : spans[0][0]].decode())
            offset = spans[0][0]
            start = position + len(encoded[offset:begin].decode())
            found.append((start, start + len(encoded[begin:end].decode())))
        return found

    def findall(self, text: str) -> list[Any]:
        """Give the texts found: of the only group where there is one, of all where there are."""
        encoded = text.encode()
        found: list[Any] = []
        for spans in self._every(encoded):
            texts = ["" if begin < 0 else encoded[begin:end].decode() for begin, end in spans]
            found.append(texts[-1] if len(texts) <= 2 else tuple(texts[1:]))
        return found

    def split(self, text: str) -> list[str | Any]:
        """Give the texts between the places, with the groups of each place between them."""
        pieces: list[str | Any] = []
        done = 0
        encoded = text.encode()
        for spans in self._every(encoded):
            pieces += [encoded[done : spans[0][0]].decode(), *Match(self, encoded, spans).groups()]
            done = spans[0][1]
        return [*pieces, encoded[done:].decode()]

    def sub(self, to: str | Callable[[Match], str], text: str) -> str:
        """Replace every place by a text, taken literally, or by what is made of the match."""
        pieces: list[str] = []
        done = 0
        encoded = text.encode()
        for spans in self._every(encoded):
            made = to if isinstance(to, str) else to(Match(self, encoded, spans))
            pieces += [encoded[done : spans[0][0]].decode(), made]
            done = spans[0][1]
        return "".join([*pieces, encoded[done:].decode()]) if pieces else text

    @property
    def _re2(self) -> Any:
        if self._made is None:
            self._made = re2.compile(self.text, _options())._regexp  # noqa: SLF001 - what its own layer calls
        return self._made

    def _once(self, anchor: object, text: str) -> Match | None:
        encoded = text.encode()
        spans: Spans = (self._made or self._re2).Match(anchor, encoded, 0, len(encoded))
        return None if spans[0] == _NOWHERE else Match(self, encoded, spans)

    def _every(self, encoded: bytes) -> Iterable[Spans]:
        match, end = (self._made or self._re2).Match, len(encoded)
        spans: Spans = match(_ANYWHERE, encoded, 0, end)
        return () if spans[0] == _NOWHERE else self._from(spans, encoded)

    def _from(self, spans: Spans, encoded: bytes) -> Iterator[Spans]:
        """Give what was found and what stands behind it."""
        match, at, end = self._re2.Match, 0, len(encoded)
        while spans[0] != _NOWHERE:
            yield spans
            at = spans[0][1] if spans[0][1] > at else _after_character(encoded, at)
            if at > end:
                return
            spans = match(_ANYWHERE, encoded, at, end)


def _after_character(encoded: bytes, at: int) -> int:
    """An empty match at an offset was found: the next one is a character further on."""
    at += 1
    while at < len(encoded) and encoded[at] & 0b1100_0000 == 0b1000_0000:
        at += 1
    return at


class PatternSet:
    """Many patterns searched for at once: tells which of them a text holds, not where."""

    __slots__ = ("among",)

    def __init__(self, patterns: Sequence[str], *, memory: int) -> None:
        """Compile them; more memory keeps more of the states that texts lead to."""
        options = _options()
        options.max_mem = memory
        made = re2.Set.SearchSet(options)
        for pattern in (*patterns, _KNOWN):
            made.Add(pattern)
        made.Compile()
        self.among: Callable[[bytes], list[int] | None] = made._set.Match  # noqa: SLF001 - what its own layer calls
        """As `found` of UTF-8, but None for no number: pieces of streams are looked at by it."""
        # A set that did not fit into its memory finds nothing, and says nothing.
        if len(patterns) not in self.found(_KNOWN):
            raise PatternError("set too large")

    def found(self, text: str | bytes) -> list[int]:
        """Give the numbers of the patterns that are found, in no order; bytes are UTF-8."""
        encoded = text.encode() if isinstance(text, str) else text
        return self.among(encoded) or []
