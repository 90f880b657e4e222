"""What a prompt's body is made of, and how it is read.

    {{role "system"}}    whose words follow; at the top level only
    {{name}}  {{order.id}}  {{this}}  {{this.id}}  {{../name}}  {{@index}}
    {{#if path}} ... {{else}} ... {{/if}}
    {{#each path}} ... {{/each}}
    {{! a remark }}

This is a subset of dotprompt: no helpers, no partials, no raw blocks, nothing that runs.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Union

from msgspec import Struct
from msgspec.structs import replace

from tenken.pattern import Pattern
from tenken.prompts.tags import Tag, Written, pieces
from tenken.prompts.told import Told
from tenken.sentence import say

DEPTH_MAX = 8
BLANK = " \t\n"
"""Not the wide space that a Japanese paragraph begins with."""
PATH = Pattern(
    r"((?:\.\./)*)(this|[A-Za-z_][A-Za-z0-9_]{0,63})((?:\.[A-Za-z_][A-Za-z0-9_]{0,63})*)"
)
DATA = frozenset({"@index", "@first", "@last"})
ROLE = Pattern(r"""role\s+(?:"([a-z]+)"|'([a-z]+)')""")
BLOCK = Pattern(r"#(if|each)\s+(\S+)")


class Role(StrEnum):
    """Whose words a section holds."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


ROLES = {"system": Role.SYSTEM, "user": Role.USER, "assistant": Role.ASSISTANT,
         "model": Role.ASSISTANT}  # fmt: skip
"""`model` is dotprompt's word."""


class Path(Struct, frozen=True):
    """Where a value is: so many loops up, then by these names."""

    up: int
    names: tuple[str, ...]
    """Empty for the item of a loop itself."""
    data: str = ""
    """What a loop tells of itself: `@index`."""
    whole: bool = False
    """It begins at the item of a loop, not at a name within it."""

    def __str__(self) -> str:
        names = ".".join(("this", *self.names) if self.whole else self.names)
        return self.data or "../" * self.up + names


class Text(Struct, frozen=True):
    """Words of the template itself."""

    text: str


class Slot(Struct, frozen=True):
    """Where a value comes to stand."""

    path: Path
    line: int


class If(Struct, frozen=True):
    """One of two parts."""

    path: Path
    line: int
    then: "tuple[Node, ...]" = ()
    otherwise: "tuple[Node, ...]" = ()


class Each(Struct, frozen=True):
    """A part for every item of a list."""

    path: Path
    line: int
    body: "tuple[Node, ...]" = ()


Node = Union[Text, Slot, If, Each]  # noqa: UP007 - it names itself before it is there


class Section(Struct, frozen=True):
    """What one role says."""

    role: Role
    line: int
    nodes: tuple[Node, ...] = ()


class _Open(Struct, eq=False):
    """A block that is not closed yet."""

    kind: str
    path: Path
    line: int
    nodes: list[Node]
    then: tuple[Node, ...] | None = None


def sections(body: str, *, first_line: int, told: Told) -> tuple[Section, ...]:
    """Read a body; what is wrong with it is told."""
    reader = _Reader(told)
    reader.take(pieces(body, first_line=first_line, told=told))
    return reader.sections


class _Reader:
    def __init__(self, told: Told) -> None:
        self._told = told
        self._open: list[_Open] = []
        self._nodes: list[Node] = []
        self._sections: list[Section] = []
        self._lost = False
        """Text without a role was told once."""

    @property
    def sections(self) -> tuple[Section, ...]:
        return tuple(self._sections)

    def take(self, parts: Iterable[Written | Tag]) -> None:
        for part in parts:
            if isinstance(part, Written):
                self._put(Text(part.text), 0)
            else:
                self._tag(part.inner, part.line)
        for block in self._open:
            self._told.add(block.line, "", say("prompts.not_closed", name=f"#{block.kind}"))
        self._end_section()
        if not self._sections:
            self._told.add(0, "", say("prompts.no_role"))

    def _put(self, node: Node, line: int) -> None:
        if not self._sections and not (isinstance(node, Text) and not node.text.strip()):
            if not self._lost:
                self._told.add(line, "", say("prompts.no_role"))
            self._lost = True
        (self._open[-1].nodes if self._open else self._nodes).append(node)

    def _tag(self, inner: str, line: int) -> None:
        if role := ROLE.fullmatch(inner):
            self._role(role[1] or role[2], line)
        elif block := BLOCK.fullmatch(inner):
            self._begin(block[1], block[2], line)
        elif inner in {"else", "/if", "/each"}:
            self._turn_or_end(inner, line)
        else:
            path = self._path(inner, line)
            if path is not None:
                self._put(Slot(path, line), line)

    def _role(self, name: str, line: int) -> None:
        role = ROLES.get(name)
        if role is None:
            known = ", ".join(sorted(ROLES))
            self._told.add(line, "", say("prompts.unknown_role", name=name[:32], known=known))
        elif self._open:
            self._told.add(line, "", say("prompts.role_in_block", name=self._open[-1].kind))
        elif role is Role.SYSTEM and self._sections:
            self._told.add(line, "", say("prompts.system_later"))
        else:
            self._end_section()
            self._sections.append(Section(role, line))

    def _begin(self, kind: str, written: str, line: int) -> None:
        if len(self._open) >= DEPTH_MAX:
            self._told.add(line, "", say("prompts.too_deep", most=DEPTH_MAX))
        path = self._path(written, line) or Path(0, ())
        self._open.append(_Open(kind, path, line, []))

    def _turn_or_end(self, inner: str, line: int) -> None:
        block = self._open[-1] if self._open else None
        if inner == "else":
            if block is None or block.kind != "if" or block.then is not None:
                self._told.add(line, "", say("prompts.stray_tag", name=inner))
                return
            block.then, block.nodes = tuple(block.nodes), []
            return
        if block is None or inner != f"/{block.kind}":
            self._told.add(line, "", say("prompts.stray_tag", name=inner))
            return
        self._open.pop()
        nodes = tuple(block.nodes)
        if block.kind == "each":
            self._put(Each(block.path, block.line, nodes), block.line)
        elif block.then is None:
            self._put(If(block.path, block.line, nodes), block.line)
        else:
            self._put(If(block.path, block.line, block.then, nodes), block.line)

    def _path(self, written: str, line: int) -> Path | None:
        if written in DATA:
            return Path(0, (), data=written)
        found = PATH.fullmatch(written)
        if found is None:
            self._told.add(line, "", say("prompts.unknown_tag", name=written[:64] or "-"))
            return None
        whole = found[2] == "this"
        first = () if whole else (found[2],)
        rest = tuple(found[3].split(".")[1:])
        return Path(len(found[1]) // 3, (*first, *rest), whole=whole)

    def _end_section(self) -> None:
        """Trim the template's own text at both ends: never a value."""
        if self._sections:
            self._sections[-1] = replace(self._sections[-1], nodes=_trimmed(self._nodes))
        self._nodes = []


def _trimmed(nodes: list[Node]) -> tuple[Node, ...]:
    if nodes and isinstance(nodes[0], Text):
        nodes = [Text(nodes[0].text.lstrip(BLANK)), *nodes[1:]]
    if nodes and isinstance(nodes[-1], Text):
        nodes = [*nodes[:-1], Text(nodes[-1].text.rstrip(BLANK))]
    return tuple([one for one in nodes if not isinstance(one, Text) or one.text])
