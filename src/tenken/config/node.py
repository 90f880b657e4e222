"""A value with its place: what every reader of YAML, JSON and HCL gives."""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

Scalar = str | int | float | bool | None
Plain = Scalar | list["Plain"] | dict[str, "Plain"]
Path = tuple[str | int, ...]
"""The keys that lead to a value, and its number in a list."""


class Node(Struct, frozen=True, eq=False):
    """A scalar, a list or a mapping, with the line it starts on.

    Walking never raises: what is not there is `ABSENT`, which is falsy and has line 0:
    `document.at("jobs", "test", "steps")[0].at("run").text`
    """

    value: "Scalar | tuple[Node, ...] | Mapping[str, Node]"
    line: int = 0
    """Counted from 1."""
    key_lines: Mapping[str, int] = field(default_factory=dict)
    """For a mapping: the line of each key."""
    tag: str = ""
    """An explicit YAML tag such as `!reference`, else empty."""

    def at(self, *path: str) -> "Node":
        """Go down by keys; gives ABSENT where one is missing."""
        node = self
        for key in path:
            value = node.value
            # Nearly every mapping is a dict; to ask for the abstract one takes ten times as long.
            held = value if type(value) is dict else node.mapping
            node = held.get(key, ABSENT)
        return node

    @property
    def mapping(self) -> "Mapping[str, Node]":
        """The entries of a mapping; empty for anything else."""
        value = self.value
        if type(value) is dict:
            return value
        return value if isinstance(value, Mapping) else {}

    @property
    def items(self) -> "tuple[Node, ...]":
        """The elements of a list; empty for anything else."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def many(self) -> "tuple[Node, ...]":
        """The elements of a list, or a lone value as a list of one; empty when absent or null."""
        if isinstance(self.value, tuple):
            return self.value
        return (self,) if self else ()

    @property
    def text(self) -> str:
        """The scalar as text (`true`, `3`); empty for anything else."""
        value = self.value
        if type(value) is str:
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, str | int | float) else ""

    @property
    def number(self) -> float | None:
        """The scalar as a number, where it is one."""
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            return float(self.value)
        return None

    def line_of(self, key: str) -> int:
        """The line of a key, else the line of the mapping."""
        return self.key_lines.get(key, self.line)

    @property
    def plain(self) -> Plain:
        """The value as lists, dicts and scalars, without places."""
        if isinstance(self.value, tuple):
            return [item.plain for item in self.value]
        if isinstance(self.value, Mapping):
            return {key: node.plain for key, node in self.value.items()}
        return self.value

    def walk(self) -> "Iterator[Node]":
        """Give this node and every node below it."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.items or tuple(node.mapping.values())))

    def __bool__(self) -> bool:
        """False for absent and null; an empty string or a 0 is there, so true."""
        return self.value is not None


ABSENT = Node(None)
