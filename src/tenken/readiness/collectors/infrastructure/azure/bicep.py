"""Bicep with places: resources and module calls, with parameters put in where they are known.

The tags are those of `hcl`: `!ref` for what is not known, `!template` for text in pieces.
"""

from collections.abc import Iterator, Mapping

import tree_sitter
import tree_sitter_bicep
from msgspec import Struct

from tenken.config.node import Node
from tenken.readiness.collectors.infrastructure.azure.conditions import is_left_out
from tenken.readiness.collectors.nesting import longest_line, too_deep_at

MAX_BYTES = 64_000
LONGEST_LINE = 40_000
MAX_DEPTH = 60
MAX_LOST = 10
"""Looks ahead, to the end of the file, for a way out of what is no Bicep; each takes longer with
the length of the file, and a file that a tool can deploy needs none."""

GRAMMAR = tree_sitter.Language(tree_sitter_bicep.language())
Syntax = tree_sitter.Node
NAMED = frozenset({"parameter_declaration", "variable_declaration"})
CASTS = frozenset({"int", "string", "bool", "toLower", "json"})


class Declared(Struct, frozen=True, kw_only=True):
    """A resource (`type` with its version cut off) or a module (`type` is the file)."""

    symbol: str
    type: str
    body: Node
    line: int


class BicepFile(Struct, frozen=True, kw_only=True):
    """What one file declares, with the given parameters put in."""

    resources: tuple[Declared, ...]
    modules: tuple[Declared, ...]
    variables: tuple[Node, ...] = ()
    """Values that have a name, whether a resource takes them or an expression hides them."""


def read_bicep(text: str, inputs: Mapping[str, Node]) -> BicepFile | None:
    """Read a file; None where it is too large or no Bicep. What is broken in it is left out."""
    source = text.encode("utf-8", "replace")
    root = _parsed(text, source)
    if root is None:
        return None
    reader = _Reader(source, inputs)
    reader.learn(root.named_children)
    return BicepFile(
        resources=tuple(reader.declared(root.named_children, "resource_declaration")),
        modules=tuple(reader.declared(root.named_children, "module_declaration")),
        variables=reader.named,
    )


def _parsed(text: str, source: bytes) -> Syntax | None:
    if len(source) > MAX_BYTES or longest_line(text) > LONGEST_LINE:
        return None
    if too_deep_at(text, MAX_DEPTH) is not None:
        return None
    lost = 0

    def give_up(_offset: int, has_error: bool) -> bool:
        nonlocal lost
        lost += has_error
        return lost > MAX_LOST

    try:
        return (
            tree_sitter.Parser(GRAMMAR)
            .parse(lambda offset, _: source[offset : offset + 65_536], progress_callback=give_up)
            .root_node
        )
    except ValueError:  # given up
        return None


class _Reader:
    """Turns syntax into nodes; names stand for what they are known to be."""

    def __init__(self, source: bytes, inputs: Mapping[str, Node]) -> None:
        self._source = source
        self._inputs = inputs
        self._names: dict[str, Node] = {}

    def text(self, node: Syntax) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    @property
    def named(self) -> tuple[Node, ...]:
        """The values of all parameters and variables that have one."""
        return tuple(self._names.values())

    def learn(self, statements: list[Syntax]) -> None:
        """Parameters and variables, in the order in which they stand."""
        for statement in statements:
            children = statement.named_children
            if not children or statement.type not in NAMED:
                continue
            name = next((self.text(one) for one in children if one.type == "identifier"), "")
            last = children[-1]
            has_value = last.type not in {"type", "identifier", "decorators"} or len(children) > 2
            if name in self._inputs:
                self._names[name] = self._inputs[name]
            elif has_value and last.type != "type":
                self._names[name] = self.value(last, 0)

    def declared(self, statements: list[Syntax], kind: str) -> Iterator[Declared]:
        for statement in statements:
            if statement.type != kind:
                continue
            parts = {child.type: child for child in statement.named_children}
            body = parts.get("object") or _inner_object(statement)
            if is_left_out(statement, lambda node: self.value(node, 0)):
                continue
            if "identifier" in parts and "string" in parts and body is not None:
                yield Declared(
                    symbol=self.text(parts["identifier"]),
                    type=self.text(parts["string"]).strip("'").partition("@")[0],
                    body=self.value(body, 0),
                    line=statement.start_point.row + 1,
                )

    def value(self, node: Syntax, depth: int) -> Node:
        """A literal, or a tagged node."""
        line = node.start_point.row + 1
        if depth > MAX_DEPTH:
            return Node("", line, {}, "!ref")
        match node.type:
            case "object":
                return self._object(node, depth)
            case "array":
                return Node(tuple(self.value(one, depth + 1) for one in node.named_children), line)
            case "string":
                return self._string(node, depth)
            case "identifier":
                known = self._names.get(self.text(node))
                return known or Node(self.text(node), line, {}, "!ref")
            case "call_expression":
                return self._call(node, depth)
            case _:
                return self._plain(node, line)

    def _plain(self, node: Syntax, line: int) -> Node:
        text = self.text(node)
        match node.type:
            case "number" if len(text) < 20 and text.lstrip("-").isdigit():
                return Node(int(text), line)
            case "boolean":
                return Node(text == "true", line)
            case "null":
                return Node(None, line)
            case _:
                return Node(text[:200], line, {}, "!ref")

    def _object(self, node: Syntax, depth: int) -> Node:
        values: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for one in node.named_children:
            parts = one.named_children
            if one.type == "object_property" and len(parts) > 1:
                key = self.text(parts[0]).strip("'")
                values[key] = self.value(parts[-1], depth + 1)
                lines[key] = one.start_point.row + 1
        return Node(values, node.start_point.row + 1, lines)

    def _string(self, node: Syntax, depth: int) -> Node:
        line = node.start_point.row + 1
        pieces = []
        for part in node.named_children:
            if part.type == "interpolation" and part.named_children:
                pieces.append(self.value(part.named_children[0], depth + 1))
            elif part.type in {"string_content", "escape_sequence"}:
                pieces.append(Node(self.text(part), line))
        if any(piece.tag or piece.items or piece.mapping for piece in pieces):
            return Node(tuple(pieces), line, {}, "!template")
        return Node("".join(piece.text for piece in pieces), line)

    def _call(self, node: Syntax, depth: int) -> Node:
        """A cast is what it is given; anything else is not known."""
        name = self.text(node.named_children[0])
        arguments = node.named_children[-1].named_children
        if name in CASTS and len(arguments) == 1:
            return self.value(arguments[0], depth + 1)
        return Node(self.text(node)[:200], node.start_point.row + 1, {}, "!ref")


def _inner_object(statement: Syntax) -> Syntax | None:
    """The object behind `if (...)` or inside `[for ...]`."""
    for child in statement.named_children:
        if child.type in {"if_statement", "for_statement"}:
            found = next((one for one in child.named_children if one.type == "object"), None)
            if found is not None:
                return found
    return None
