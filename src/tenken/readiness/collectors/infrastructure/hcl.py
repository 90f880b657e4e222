"""HCL with places: what Terraform files say, as nodes, with expressions left as expressions.

A block is a mapping under its type, always in a list; its labels stand under `LABELS`. What is not
a literal carries a tag that says what it is, and `terraform.scope` works it out:

    !ref       a reference as text, `google_service_account.desk.email`
    !template  a list of pieces, texts and expressions
    !call      a list: the function's name, then its arguments
    !if        a list: condition, then, else
    !op        a list: operator, left, right
    !dynamic   a `dynamic` block, under the type it makes
    !expr      anything else, as text
"""

from collections.abc import Iterator

import tree_sitter
import tree_sitter_hcl
from msgspec import Struct

from tenken.config.node import Node
from tenken.remembered import remembered

MAX_BYTES = 400_000
LONGEST_LINE = 40_000
MAX_DEPTH = 60
LONGEST_EXPRESSION = 200
LABELS = "#labels"

GRAMMAR = tree_sitter.Language(tree_sitter_hcl.language())
Syntax = tree_sitter.Node


class HclError(Struct, frozen=True):
    """Why a text, or a line of it, is not HCL we can use."""

    line: int
    reason: str
    """`hcl_syntax`, `hcl_too_large`, `hcl_too_deep`."""


class HclFile(Struct, frozen=True):
    """A file's blocks and attributes, and what could not be read in it."""

    body: Node
    errors: tuple[HclError, ...] = ()


@remembered
def read_hcl(text: str) -> HclFile:
    """Read a file; what is broken in it is left out and reported, and nothing is raised."""
    source = text.encode("utf-8", "replace")
    if len(source) > MAX_BYTES or any(len(line) > LONGEST_LINE for line in source.split(b"\n")):
        return HclFile(Node({}, 1), (HclError(0, "hcl_too_large"),))
    root = tree_sitter.Parser(GRAMMAR).parse(source).root_node
    reader = _Reader(source)
    body = next((child for child in root.named_children if child.type == "body"), root)
    node = reader.body(body, 0)
    return HclFile(node, (*_first_error(root), *reader.errors[:1]))


def _first_error(root: Syntax) -> tuple[HclError, ...]:
    if not root.has_error:
        return ()
    # Depth first by a cursor: the tree may be as deep as the file is long.
    cursor = root.walk()
    while True:
        node = cursor.node
        if node is None or node.is_error or node.is_missing:
            return (HclError(_line(node or root), "hcl_syntax"),)
        if node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return (HclError(0, "hcl_syntax"),)


def _line(node: Syntax) -> int:
    return node.start_point.row + 1


class _Reader:
    """Turns syntax into nodes, counting how deep it is."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self.errors: list[HclError] = []

    def text(self, node: Syntax) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def body(self, body: Syntax, depth: int) -> Node:
        """A mapping of attributes, and of block types to lists of blocks."""
        values: dict[str, Node] = {}
        blocks: dict[str, list[Node]] = {}
        lines: dict[str, int] = {}
        if depth > MAX_DEPTH:
            return self._too_deep(body)
        for child in body.named_children:
            if child.type == "attribute" and len(child.named_children) > 1:
                name, expression = child.named_children[:2]
                values[self.text(name)] = self.expression(expression, depth + 1)
                lines[self.text(name)] = _line(name)
            elif child.type == "block":
                kind, block = self._block(child, depth)
                blocks.setdefault(kind, []).append(block)
                lines.setdefault(kind, _line(child))
        made = {kind: Node(tuple(many), many[0].line) for kind, many in blocks.items()}
        return Node({**values, **made}, _line(body), lines)

    def _block(self, block: Syntax, depth: int) -> tuple[str, Node]:
        words: list[str] = []
        content = Node({}, _line(block))
        for child in block.named_children:
            if child.type in {"identifier", "string_lit"}:
                words.append(self.text(child).strip('"'))
            elif child.type == "body":
                content = self.body(child, depth + 1)
        kind, *labels = words or [""]
        line = _line(block)
        if kind == "dynamic" and labels:
            # The iterator is called as the block it makes, unless the block says otherwise.
            mapping = {"iterator": Node(labels[0], line), **content.mapping}
            return labels[0], Node(mapping, line, content.key_lines, "!dynamic")
        if not labels:
            return kind, Node(content.mapping, line, content.key_lines)
        named = Node(tuple(Node(label, line) for label in labels), line)
        return kind, Node({**content.mapping, LABELS: named}, line, content.key_lines)

    def expression(self, node: Syntax, depth: int) -> Node:
        """A literal, or a tagged node."""
        if depth > MAX_DEPTH:
            return self._too_deep(node)
        children = node.named_children
        match node.type:
            case "expression" if len(children) == 1:
                return self.expression(children[0], depth + 1)
            case "expression" if children and children[0].type == "variable_expr":
                return self._written(node, "!ref")
            case "literal_value" | "operation" | "collection_value" | "template_expr" if children:
                return self.expression(children[0], depth + 1)
            case "conditional" if len(children) == 3:
                return self._many(children, depth, "!if", node)
            case _:
                return self._single(node, children, depth)

    def _single(self, node: Syntax, children: list[Syntax], depth: int) -> Node:
        match node.type:
            case "string_lit" | "quoted_template" | "heredoc_template":
                return self._template(node, children, depth)
            case "variable_expr":
                return self._written(node, "!ref")
            case "tuple":
                parts = [child for child in children if child.type == "expression"]
                return self._many(parts, depth, "", node)
            case "object":
                return self._object(node, depth)
            case "function_call":
                return self._call(node, children, depth)
            case "unary_operation":
                return self._unary(node, children, depth)
            case "binary_operation":
                return self._binary(node, depth)
            case _:
                return self._plain(node)

    def _plain(self, node: Syntax) -> Node:
        match node.type:
            case "numeric_lit":
                return Node(_number(self.text(node)), _line(node))
            case "bool_lit":
                return Node(self.text(node) == "true", _line(node))
            case "null_lit":
                return Node(None, _line(node))
            case _:
                return self._written(node, "!expr")

    def _many(self, parts: list[Syntax], depth: int, tag: str, node: Syntax) -> Node:
        return Node(
            tuple(self.expression(part, depth + 1) for part in parts), _line(node), {}, tag
        )

    def _written(self, node: Syntax, tag: str) -> Node:
        end = min(node.end_byte, node.start_byte + 4 * LONGEST_EXPRESSION)
        words = self._source[node.start_byte : end].decode("utf-8", "replace").split()
        return Node("".join(words)[:LONGEST_EXPRESSION], _line(node), {}, tag)

    def _too_deep(self, node: Syntax) -> Node:
        self.errors.append(HclError(_line(node), "hcl_too_deep"))
        return Node("", _line(node), {}, "!expr")

    def _object(self, node: Syntax, depth: int) -> Node:
        values: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for element in node.named_children:
            if element.type != "object_elem" or len(element.named_children) < 2:
                continue
            key_node, value_node = element.named_children[0], element.named_children[-1]
            key = self.expression(key_node, depth + 1)
            name = key.text or self.text(key_node)[:LONGEST_EXPRESSION]
            values[name] = self.expression(value_node, depth + 1)
            lines[name] = _line(key_node)
        return Node(values, _line(node), lines)

    def _call(self, node: Syntax, children: list[Syntax], depth: int) -> Node:
        name = Node(self.text(children[0]), _line(node))
        arguments = [
            self.expression(argument, depth + 1)
            for child in children[1:]
            if child.type == "function_arguments"
            for argument in child.named_children
            if argument.type == "expression"
        ]
        return Node((name, *arguments), _line(node), {}, "!call")

    def _unary(self, node: Syntax, children: list[Syntax], depth: int) -> Node:
        inner = self.expression(children[-1], depth + 1) if children else Node(None)
        sign = self._source[node.start_byte : node.start_byte + 1]
        if sign == b"-" and inner.number is not None and not inner.tag:
            return Node(-inner.number, _line(node))
        if sign == b"!":
            return Node((Node("!", _line(node)), inner), _line(node), {}, "!op")
        return self._written(node, "!expr")

    def _binary(self, node: Syntax, depth: int) -> Node:
        sides: tuple[list[Syntax], list[Syntax]] = ([], [])
        operator = ""
        for child in node.children:
            if child.is_named:
                sides[bool(operator)].append(child)
            elif not operator:
                operator = self.text(child)
        if not all(sides):
            return self._written(node, "!expr")
        parts = [Node(operator, _line(node)), *(self._side(side, depth) for side in sides)]
        return Node(tuple(parts), _line(node), {}, "!op")

    def _side(self, side: list[Syntax], depth: int) -> Node:
        if len(side) == 1:
            return self.expression(side[0], depth + 1)
        if side[0].type != "variable_expr":
            return Node("", _line(side[0]), {}, "!expr")
        text = "".join("".join(self.text(part) for part in side).split())
        return Node(text[:LONGEST_EXPRESSION], _line(side[0]), {}, "!ref")

    def _template(self, node: Syntax, children: list[Syntax], depth: int) -> Node:
        pieces = tuple(self._pieces(node, children, depth))
        if all(isinstance(piece.value, str) and not piece.tag for piece in pieces):
            return Node("".join(piece.text for piece in pieces), _line(node))
        lone = len(pieces) == 1 and node.type != "heredoc_template"
        return pieces[0] if lone else Node(pieces, _line(node), {}, "!template")

    def _pieces(self, node: Syntax, children: list[Syntax], depth: int) -> Iterator[Node]:
        heredoc = node.type == "heredoc_template"
        start, end = self._inside(node, children)
        for child in children:
            if child.type not in {"template_interpolation", "template_directive"}:
                continue
            yield from self._literal(start, child.start_byte, _line(child), heredoc=heredoc)
            start = child.end_byte
            inner = [part for part in child.named_children if part.type == "expression"]
            is_value = child.type == "template_interpolation" and bool(inner)
            yield (
                self.expression(inner[0], depth + 1) if is_value else self._written(child, "!expr")
            )
        yield from self._literal(start, end, _line(node), heredoc=heredoc)

    def _inside(self, node: Syntax, children: list[Syntax]) -> tuple[int, int]:
        """Where the text of a string or a heredoc begins and ends."""
        if node.type != "heredoc_template":
            return node.start_byte + 1, node.end_byte - 1
        newline = self._source.find(b"\n", node.start_byte)
        return (newline + 1 or node.end_byte), (
            children[-1].start_byte if children else node.end_byte
        )

    def _literal(self, start: int, end: int, line: int, *, heredoc: bool) -> Iterator[Node]:
        if start >= end:
            return
        text = self._source[start:end].decode("utf-8", "replace")
        yield Node(text if heredoc else _unescaped(text), line)


ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text.replace("$${", "${").replace("%%{", "%{")
    characters = iter(text)
    made = "".join(
        ESCAPES.get(next(characters, ""), "\\") if character == "\\" else character
        for character in characters
    )
    return made.replace("$${", "${").replace("%%{", "%{")


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text) if len(text) < 40 else 0.0
