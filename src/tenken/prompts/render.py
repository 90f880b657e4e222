"""Fills a template in.

Values are put into a list beside the template's own words: nothing is ever read again, so whatever
a value says, it stays that value.
"""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from tenken.prompts.shape import Json
from tenken.prompts.template import Each, If, Node, Path, Role, Section, Slot, Text

RENDERED_MAX = 1_000_000
"""Characters."""
STEPS_MAX = 10_000
"""Values, texts and turns of loops, in some ten milliseconds: a loop in a loop makes much of
little."""
ABSENT = None


class TooLong(Exception):
    """More came out than may."""


class Piece(Struct, frozen=True):
    """Words of one origin."""

    text: str
    given: bool
    """By the caller, not by the template or its lists."""


class Spoken(Struct, frozen=True):
    """What one role says."""

    role: Role
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join([one.text for one in self.pieces])


class _Item(Struct, frozen=True):
    value: Json
    index: int = 0
    last: bool = False
    trusted: bool = False


def rendered(
    sections: Iterable[Section], values: Mapping[str, Json], *, trusted: frozenset[str]
) -> tuple[Spoken, ...]:
    """Give what is said; sections that say nothing are left out. Raises TooLong.

    The values are those that were found good.
    """
    budget = _Budget()
    found: list[Spoken] = []
    for section in sections:
        renderer = _Renderer(dict(values), trusted, budget)
        renderer.nodes(section.nodes)
        if pieces := tuple(renderer.pieces):
            found.append(Spoken(section.role, pieces))
    return tuple(found)


class _Budget:
    """How much may still come out."""

    def __init__(self) -> None:
        self._size = RENDERED_MAX
        self._steps = STEPS_MAX

    def spend(self, size: int) -> None:
        self._size -= size
        self._steps -= 1
        if self._size < 0 or self._steps < 0:
            raise TooLong


class _Renderer:
    def __init__(self, values: dict[str, Json], trusted: frozenset[str], budget: _Budget) -> None:
        self._items = [_Item(values)]
        self._trusted = trusted
        self._budget = budget
        self.pieces: list[Piece] = []

    def nodes(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            match node:
                case Text(text):
                    self._say(text, given=False)
                case Slot(path):
                    self._say(written(self._value(path)), given=not self._is_trusted(path))
                case If(path, _, then, otherwise):
                    self._budget.spend(0)
                    self.nodes(then if holds(self._value(path)) else otherwise)
                case Each(path, _, body):
                    self._each(path, body)

    def _each(self, path: Path, body: tuple[Node, ...]) -> None:
        items, trusted = self._value(path) or [], self._is_trusted(path)
        for number, value in enumerate(items):
            self._budget.spend(0)
            last = number == len(items) - 1
            self._items.append(_Item(value, number, last, trusted))
            self.nodes(body)
            self._items.pop()

    def _say(self, text: str, *, given: bool) -> None:
        self._budget.spend(len(text))
        if not text:
            return
        last = self.pieces[-1] if self.pieces else None
        if last is not None and not given and not last.given:
            self.pieces[-1] = Piece(last.text + text, given=False)
        else:
            self.pieces.append(Piece(text, given=given))

    def _value(self, path: Path) -> Json:
        item = self._items[-1 - path.up]
        match path.data:
            case "@index":
                return item.index
            case "@first":
                return item.index == 0
            case "@last":
                return item.last
            case _:
                pass
        value = item.value
        for name in path.names:
            value = value.get(name) if value is not ABSENT else ABSENT
        return value

    def _is_trusted(self, path: Path) -> bool:
        if path.data:
            return self._items[-1].trusted
        number = len(self._items) - 1 - path.up
        return path.names[0] in self._trusted if number == 0 else self._items[number].trusted


def holds(value: Json) -> bool:
    """Tell whether `#if` takes a value for true: as everywhere, but that an object always is."""
    return isinstance(value, dict) or bool(value)


def written(value: Json) -> str:
    """Give a value as text: a text as it is, numbers and truth as JSON writes them."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
