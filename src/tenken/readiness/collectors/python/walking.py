"""Walks syntax trees as `ast.walk` does, in half of its time, and each whole tree only once.

Most of a tree is leaves: contexts, operators, identifiers. `ast.walk` asks every field of every
node whether it holds one; here a table by node type names the few fields that can.

A shape is what follows from a tree alone, wherever its file lies: copies of a file share it.
"""

import ast
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct, field

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
LEAF_FIELDS = frozenset({
    "ctx", "op", "ops", "id", "attr", "arg", "asname", "module", "level", "kind", "type_comment",
    "is_async", "simple", "conversion", "type_ignores", "kwd_attrs", "rest",
})  # fmt: skip
"""Fields of texts, of numbers, and of nodes that say nothing alone (`Load`, `Add`)."""
IDENTIFIERS = frozenset({"id", "attr", "arg", "asname", "module", "name", "rest"})

FIELDS: Mapping[type[ast.AST], tuple[str, ...]] = {
    kind: tuple(name for name in kind._fields if name not in LEAF_FIELDS)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
} | dict.fromkeys((ast.Constant, ast.alias, ast.Global, ast.Nonlocal), ())

TEXT_FIELDS: Mapping[type[ast.AST], tuple[str, ...]] = {
    kind: tuple(one for one in kind._fields if one in IDENTIFIERS) for kind in FIELDS
} | {ast.Constant: ("value",)}
"""The fields that may hold a text: an identifier, or a constant of the code."""

OPENING = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef})
NOTED = frozenset({
    ast.Import, ast.ImportFrom, ast.Return, ast.Yield, ast.Call, ast.Assign, ast.AnnAssign,
    ast.NamedExpr, ast.withitem, ast.For, ast.AsyncFor, ast.comprehension,
})  # fmt: skip
"""A set asked first spares nine nodes of ten the patterns below."""
KEPT_KINDS = frozenset({ast.Dict, ast.Subscript, ast.Import, ast.ImportFrom, ast.Assert})
"""Nodes that collectors ask for by kind, so that none has to walk the tree again."""


def children(node: ast.AST) -> list[ast.AST]:
    """Give the nodes directly below a node."""
    found: list[ast.AST] = []
    for name in FIELDS[type(node)]:
        value = getattr(node, name)
        if type(value) is list:
            # A dictionary that spreads another one has no key there.
            found += [one for one in value if one is not None] if None in value else value
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Give a node and everything below it, nearest first."""
    waiting = deque((node,))
    while waiting:
        node = waiting.popleft()
        if FIELDS[type(node)]:
            waiting.extend(children(node))
        yield node


def same(one: ast.AST, other: ast.AST) -> bool:
    """Tell whether two nodes are written the same, as their dumps would tell, sooner."""
    stack: list[tuple[object, object]] = [(one, other)]
    while stack:
        left, right = stack.pop()
        if left is right:
            continue
        if type(left) is not type(right):
            return False
        if isinstance(left, ast.AST):
            stack += [(getattr(left, it, None), getattr(right, it, None)) for it in left._fields]
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            stack += zip(left, right, strict=True)
        elif repr(left) != repr(right):
            return False
    return True


Told = TypeVar("Told")


class Binding(NamedTuple):
    """A name that is given a value: at which function or class, and where the value is read."""

    name: str
    value: ast.expr
    scope: int
    is_item: bool
    owner: int | None
    """The class whose attribute it is; None for a name of the scope."""


class Opened(Struct, eq=False):
    """A function of a tree, or its top level (`node` is None); others are named by number."""

    own: str
    name: str
    node: FunctionNode | None
    outer: int | None = None
    owner: int | None = None
    parameters: tuple[ast.arg, ...] = ()
    given: frozenset[str] = frozenset()
    """The names of its parameters."""
    returns: list[ast.expr] = field(default_factory=list)
    calls: list[ast.Call] = field(default_factory=list)


class Described(Struct, eq=False, frozen=True):
    """A class of a tree."""

    own: str
    name: str
    node: ast.ClassDef


class Shape(Struct, eq=False, weakref=True):
    """What a tree defines, told in one pass and without regard to where its file lies."""

    tree: ast.Module
    functions: list[Opened] = field(default_factory=list)
    """Every function, methods and nested ones too, with the top level first."""
    classes: list[Described] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    scopes: list[tuple[FunctionNode | ast.Call, int]] = field(default_factory=list)
    """The function that a call belongs to, and each function node with its own."""
    kinds: dict[type[ast.AST], list[ast.AST]] = field(default_factory=lambda: defaultdict(list))
    """Nodes of KEPT_KINDS in their order."""
    names: dict[str, list[ast.Name | ast.Attribute]] | None = None
    fitting: dict[Callable[[ast.Call], bool], tuple[ast.Call, ...]] = field(default_factory=dict)
    """The calls that a question is about, by the question."""

    answers: dict[Callable[["Shape"], Any], Any] = field(default_factory=dict)
    """What was asked of the tree alone, by the question."""

    def answer(self, question: Callable[["Shape"], Told]) -> Told:
        """Answer a question on the tree alone: once, whatever copies of the text there are.

        `question` is a function of a module; nobody may change what it gives.
        """
        if question not in self.answers:
            self.answers[question] = question(self)
        told: Told = self.answers[question]
        return told

    @property
    def calls(self) -> Iterator[ast.Call]:
        """Give every call, in no order of lines."""
        return (node for node, _ in self.scopes if isinstance(node, ast.Call))

    def calls_that(self, fits: Callable[[ast.Call], bool]) -> tuple[ast.Call, ...]:
        """Give the calls of which something is so by how they are written, in their order."""
        if (known := self.fitting.get(fits)) is None:
            known = self.fitting[fits] = tuple(filter(fits, self.calls))
        return known

    def named(self) -> Mapping[str, list[ast.Name | ast.Attribute]]:
        """Give where each name stands, alone or as an attribute."""
        if self.names is None:
            self.names = {}
            for node in self.parents:
                if isinstance(node, ast.Name):
                    self.names.setdefault(node.id, []).append(node)
                elif isinstance(node, ast.Attribute):
                    self.names.setdefault(node.attr, []).append(node)
        return self.names


def shape_of(tree: ast.Module) -> Shape:
    """Walk a tree once, without recursion, and note what it defines."""
    shape = Shape(tree, [Opened("", "", None)])
    parents, kinds = shape.parents, shape.kinds
    stack: list[tuple[ast.AST, int, int | None]] = [(tree, 0, None)]
    while stack:
        node, scope, owner = stack.pop()
        kind = type(node)
        if kind in OPENING:
            scope, owner = _enter(shape, node, scope, owner)
        elif kind in NOTED:
            _note(shape, node, scope, owner)
        if kind in KEPT_KINDS:
            kinds[kind].append(node)
        for child in children(node):
            parents[child] = node
            if FIELDS[type(child)]:  # what is below nothing defines nothing
                stack.append((child, scope, owner))
    for function in shape.functions:  # the stack gives the last first
        function.returns.reverse()
        function.calls.sort(key=_position)
    for nodes in kinds.values():
        nodes.reverse()
    return shape


def by_line(shape: Shape) -> tuple[ast.Call, ...]:
    """Give the calls of a tree in the order of their lines."""
    return tuple(sorted(shape.calls, key=_position))


def _position(call: ast.Call) -> tuple[int, int]:
    return call.lineno, call.col_offset


def _enter(shape: Shape, node: ast.AST, scope: int, owner: int | None) -> tuple[int, int | None]:
    own: str = getattr(node, "name", "<lambda>")
    holder = shape.functions[scope].name if owner is None else shape.classes[owner].name
    name = f"{holder}.{own}" if holder else own
    if isinstance(node, ast.ClassDef):
        shape.classes.append(Described(own, name, node))
        return scope, len(shape.classes) - 1
    if isinstance(node, FunctionNode):
        names = node.args
        parameters = (*names.posonlyargs, *names.args, *names.kwonlyargs)
        given = frozenset([one.arg for one in parameters])
        shape.functions.append(Opened(own, name, node, scope, owner, parameters, given))
        shape.scopes.append((node, len(shape.functions) - 1))
    return len(shape.functions) - 1, None


def _note(shape: Shape, node: ast.AST, scope: int, owner: int | None) -> None:
    match node:
        case ast.Call():
            shape.functions[scope].calls.append(node)
            shape.scopes.append((node, scope))
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                _bind(shape, target, Binding("", value, scope, False, owner))
        case ast.Import() | ast.ImportFrom():
            shape.imports.append(node)
        case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
            shape.functions[scope].returns.append(value)
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.NamedExpr(target=target, value=value)
            | ast.withitem(context_expr=value, optional_vars=ast.expr() as target)
        ):
            _bind(shape, target, Binding("", value, scope, False, owner))
        case (
            ast.For(target=target, iter=value)
            | ast.AsyncFor(target=target, iter=value)
            | ast.comprehension(target=target, iter=value)
        ):
            _bind(shape, target, Binding("", value, scope, True, owner))
        case _:
            pass


def _bind(shape: Shape, target: ast.expr, bound: Binding) -> None:
    match target:
        case ast.Name(id=name):
            shape.bindings.append(bound._replace(name=name))
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            owner = shape.functions[bound.scope].owner
            if owner is not None:
                shape.bindings.append(bound._replace(name=name, owner=owner))
        case ast.Tuple(elts=names) | ast.List(elts=names):
            pairs = bound.value.elts if isinstance(bound.value, ast.Tuple) else ()
            one = len(pairs) == len(names)
            for position, each in enumerate(names):
                value = pairs[position] if one else bound.value
                _bind(shape, each, bound._replace(value=value, is_item=not one))
        case _:
            pass
