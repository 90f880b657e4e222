"""Holds a template against its variables, before any value is there.

Every name leads to a variable that is described; what may be absent is only used where `#if` has
looked; only what can be written comes to stand in a text. And whose words a value may become is
decided here, once: outside of a user's section stand trusted variables alone, in conditions too.
"""

from collections.abc import Iterable

from msgspec import Struct

from tenken.config.schema import nearest
from tenken.prompts.shape import SCALARS, Kind, Shape
from tenken.prompts.template import Each, If, Node, Path, Role, Section, Slot, Text
from tenken.prompts.told import Told
from tenken.sentence import say

Key = tuple[int, tuple[str, ...]]
"""Which loop's value, by which names."""
NONE = frozenset[Key]()


class Frame(Struct, frozen=True):
    """What names lead to: the variables, or the item of a loop."""

    shape: Shape
    trusted: bool
    """Of an item: its list is."""


class Found(Struct, frozen=True):
    """What a path leads to."""

    shape: Shape
    trusted: bool
    key: Key
    sure: bool
    """It is there whatever the caller gives."""


class Scope:
    """The names of one prompt."""

    def __init__(
        self, variables: Shape, *, trusted: frozenset[str], given: frozenset[str], told: Told
    ) -> None:
        """`given` has a default, so it is always there."""
        self._frames = [Frame(variables, trusted=False)]
        self._trusted = trusted
        self._given = given
        self._told = told
        self._role = Role.USER
        self.used: set[str] = set()
        """Variables that stand somewhere."""

    def check(self, section: Section) -> None:
        """Tell what is wrong with a section."""
        self._role = section.role
        self._nodes(section.nodes, NONE)

    def _nodes(self, nodes: Iterable[Node], there: frozenset[Key]) -> None:
        for node in nodes:
            match node:
                case Text():
                    pass
                case Slot(path, line):
                    self._slot(path, line, there)
                case If(path, line, then, otherwise):
                    found = self._found(path, line, there, asked=True)
                    self._nodes(then, there | {found.key} if found else there)
                    self._nodes(otherwise, there)
                case Each(path, line, body):
                    self._each(path, line, body, there)

    def _slot(self, path: Path, line: int, there: frozenset[Key]) -> None:
        found = self._found(path, line, there, asked=False)
        if found is not None and found.shape.kind not in SCALARS:
            kind = found.shape.kind.value
            self._told.add(line, "", say("prompts.no_text", name=str(path), kind=kind))

    def _each(self, path: Path, line: int, body: tuple[Node, ...], there: frozenset[Key]) -> None:
        found = self._found(path, line, there, asked=True)
        if found is None:
            return
        items = found.shape.items
        if found.shape.kind is not Kind.ARRAY or items is None:
            self._told.add(line, "", say("prompts.no_list", name=str(path)))
            return
        self._frames.append(Frame(items, trusted=found.trusted))
        self._nodes(body, there)
        self._frames.pop()

    def _found(self, path: Path, line: int, there: frozenset[Key], *, asked: bool) -> Found | None:
        """Resolve a path; `asked`: it may be absent, since that is what is asked."""
        if path.data:
            if len(self._frames) == 1:
                self._told.add(line, "", say("prompts.outside_loop", name=path.data))
                return None
            return self._permitted(_data(path, self._frames[-1]), path, line)
        number = len(self._frames) - 1 - path.up
        if number < 0 or (path.whole and number == 0):
            self._told.add(line, "", say("prompts.outside_loop", name=str(path)))
            return None
        found = self._followed(number, path, line, there)
        if found is None:
            return None
        if not (found.sure or asked):
            self._told.add(line, "", say("prompts.may_be_absent", name=str(path)))
            return None
        return self._permitted(found, path, line)

    def _followed(self, number: int, path: Path, line: int, there: frozenset[Key]) -> Found | None:
        frame = self._frames[number]
        shape, trusted, sure = frame.shape, frame.trusted, True
        for depth, name in enumerate(path.names):
            inner = shape.fields.get(name)
            if inner is None:
                close = nearest(name, shape.fields)
                known = close or ", ".join(shape.fields) or "-"
                self._told.add(line, "", say("prompts.undefined", name=str(path), known=known))
                return None
            outermost = number == 0 and depth == 0
            if outermost:
                self.used.add(name)
                trusted = name in self._trusted
            always = name in shape.required or (outermost and name in self._given)
            sure = (always and sure) or (number, path.names[: depth + 1]) in there
            shape = inner
        return Found(shape, trusted, (number, path.names), sure)

    def _permitted(self, found: Found, path: Path, line: int) -> Found | None:
        if self._role is Role.USER or found.trusted:
            return found
        sentence = say("prompts.not_trusted", name=str(path), role=self._role.value)
        self._told.add(line, "", sentence)
        return None


def _data(path: Path, frame: Frame) -> Found:
    """What a loop tells of itself says how many items there are: as trusted as its list."""
    kind = Kind.INTEGER if path.data == "@index" else Kind.BOOLEAN
    return Found(Shape(kind=kind), frame.trusted, (-1, (path.data,)), sure=True)
