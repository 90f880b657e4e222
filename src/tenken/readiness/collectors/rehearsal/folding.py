"""What an expression comes to, as far as its text alone tells; nothing of it is ever run.

Built for one question: with a certain result in hand, can a condition be true? Values are plain
constants and small containers of them; whatever cannot be told is `OPEN`, and stays so.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, MutableMapping

from msgspec import Struct

from tenken.readiness.collectors.python.walking import children, same, walk
from tenken.readiness.collectors.rehearsal.values import (
    BUILTINS,
    OPEN,
    Answered,
    Fields,
    Measured,
    Open,
    Repeated,
    counted,
    elements,
    held_against,
    is_same,
    of_method,
    truth_of,
    unary,
)

MAX_DEPTH = 40


class Thrown(Exception):
    """The rehearsed code raises here."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Given(Struct, frozen=True):
    """What a certain call does in a rehearsal: it gives a value, or raises."""

    value: object = OPEN
    raises: str = ""
    """The name of the error it raises."""
    met: tuple[ast.AST, ...] = ()
    """The calls of interest that are made on the way."""


Names = MutableMapping[str, object]
Told = Mapping[ast.AST, object]
"""Expressions whose value is said beforehand."""
Answers = Callable[[ast.Call, Names], "Given | None"]
"""Tells what a call does, where somebody knows; None where it is open."""
MUTATORS = frozenset({
    "append", "extend", "insert", "add", "update", "setdefault", "pop", "remove", "clear",
    "discard", "popitem", "sort", "reverse", "appendleft",
})  # fmt: skip
MIRRORED = {ast.Eq: True, ast.LtE: True, ast.GtE: True, ast.Is: True,
            ast.NotEq: False, ast.Lt: False, ast.Gt: False, ast.IsNot: False}  # fmt: skip
"""What a comparison of a value with itself comes to."""


class Folding:
    """Folds expressions under the names of one function."""

    def __init__(
        self, names: Names, answers: Answers | None = None, told: Told | None = None
    ) -> None:
        self.names = names
        self._answers = answers
        self._told = told
        self._depth = 0

    def of(self, node: ast.expr | None) -> object:
        """Give the value of an expression, or OPEN; raises `Thrown` where a call does."""
        if node is None:
            return None
        if self._told is not None and node in self._told:
            return self._told[node]
        if self._depth > MAX_DEPTH:
            return OPEN
        self._depth += 1
        try:
            return self._folded(node)
        finally:
            self._depth -= 1

    def _folded(self, node: ast.expr) -> object:  # noqa: C901, PLR0912 - one case per syntax
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self.names.get(name, OPEN)
            case ast.Await(value=inner) | ast.Starred(value=inner):
                return self.of(inner)
            case ast.NamedExpr(target=target, value=inner):
                self.names[target.id] = self.of(inner)
                return self.names[target.id]
            case ast.UnaryOp(op=op, operand=inner):
                return unary(op, self.of(inner))
            case ast.BoolOp(op=op, values=parts):
                return self._all_or_any(op, parts)
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compared(left, ops, others)
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._chosen(test, body, other)
            case ast.Call():
                return self._called(node)
            case ast.Dict(keys=keys, values=values):
                return self._table(keys, values)
            case ast.Lambda():
                return Fields({})
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                found = [self.of(part) for part in parts]
                return OPEN if any(isinstance(one, ast.Starred) for one in parts) else tuple(found)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self._comprehended(node)
            case ast.Subscript(value=base, slice=at):
                return self._item(base, at)
            case ast.Attribute(value=base, attr=attr):
                held = self.of(base)
                if isinstance(held, Fields):
                    return held.by_name.get(attr, OPEN)
                return held if isinstance(held, Answered) else OPEN
            case ast.JoinedStr(values=parts):
                told = [self.of(one.value) for one in parts if isinstance(one, ast.FormattedValue)]
                return next((one for one in told if isinstance(one, Answered)), OPEN)
            case ast.BinOp(left=left, op=op, right=right):
                result = counted(self.of(left), op, self.of(right))
                return Measured() if result is OPEN and _is_share(op, right) else result
            case _:
                for part in children(node):
                    if isinstance(part, ast.expr):
                        self.of(part)
                return OPEN

    def _all_or_any(self, op: ast.boolop, parts: list[ast.expr]) -> object:
        """`and` and `or` with three truths; what decides them ends the reading."""
        decisive = isinstance(op, ast.Or)
        value: object = OPEN
        unsure = False
        for part in parts:
            value = self.of(part)
            truth = truth_of(value)
            if truth is decisive:
                return value if not unsure else decisive
            unsure = unsure or truth is None
        if not unsure:
            return value
        return value if isinstance(value, Answered) else OPEN

    def _compared(self, left: ast.expr, ops: list[ast.cmpop], others: list[ast.expr]) -> object:
        value = self.of(left)
        if len(ops) != 1:
            for other in others:
                self.of(other)
            return OPEN
        right = self.of(others[0])
        if type(ops[0]) in MIRRORED and _is_same(left, others[0]):
            return MIRRORED[type(ops[0])]
        if _is_length(left) and isinstance(ops[0], ast.GtE) and right == 0:
            return True
        return held_against(ops[0], value, right)

    def _chosen(self, test: ast.expr, body: ast.expr, other: ast.expr) -> object:
        truth = truth_of(self.of(test))
        if truth is None:
            both = (self.of(body), self.of(other))
            return both[0] if is_same(*both) else OPEN
        return self.of(body if truth else other)

    def _table(self, keys: list[ast.expr | None], values: list[ast.expr]) -> object:
        found = {}
        for key, value in zip(keys, values, strict=True):
            told = self.of(key) if key is not None else OPEN
            held = self.of(value)
            if isinstance(told, Open) or not isinstance(told, str | int | bool):
                return OPEN
            found[told] = held
        return found

    def _comprehended(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> object:
        first = node.generators[0]
        items = elements(self.of(first.iter))
        if len(node.generators) != 1:
            return OPEN
        if items is None:
            return self._of_any_element(node.elt, first.target)
        found = []
        for item in items:
            inner = Folding({**self.names}, self._answers, self._told)
            bind(first.target, item, inner.names)
            kept = [truth_of(inner.of(test)) for test in first.ifs]
            if None in kept:
                return OPEN
            if all(kept):
                found.append(inner.of(node.elt))
        return tuple(found)

    def _of_any_element(self, element: ast.expr, target: ast.expr) -> object:
        """Over unknown elements: what is the same for each is known, but not how often."""
        inner = Folding({**self.names}, self._answers, self._told)
        bind(target, OPEN, inner.names)
        value = inner.of(element)
        return OPEN if isinstance(value, Open) else Repeated(value)

    def _item(self, base: ast.expr, at: ast.expr) -> object:
        value = self.of(base)
        if isinstance(value, Answered):
            return value
        if isinstance(at, ast.Slice):
            ends = [self.of(one) if one is not None else None for one in (at.lower, at.upper)]
            if ends[1] == 0 and ends[0] in {None, 0}:
                return ()
            return value if ends == [None, None] else OPEN
        key = self.of(at)
        if isinstance(value, dict) and isinstance(key, str | int):
            return value.get(key, OPEN)
        if isinstance(value, tuple) and isinstance(key, int) and -len(value) <= key < len(value):
            return value[key]
        return OPEN

    def _called(self, node: ast.Call) -> object:
        known = self._answers(node, self.names) if self._answers is not None else None
        if known is not None:
            if known.raises:
                raise Thrown(known.raises)
            return known.value
        arguments = [self.of(one) for one in node.args]
        named = {one.arg: self.of(one.value) for one in node.keywords}
        match node.func:
            case ast.Name(id=name) if name in BUILTINS and name not in self.names:
                return BUILTINS[name](arguments) if not named else OPEN
            case ast.Attribute(value=base, attr=method):
                held = self.of(base)
                if method in MUTATORS:
                    self._loosen([base])
                self._loosen(node.args)
                return of_method(held, method, arguments)
            case _:
                self._loosen(node.args)
                return OPEN

    def _loosen(self, nodes: list[ast.expr]) -> None:
        """A list that is handed on may come back with something in it."""
        for node in nodes:
            if isinstance(node, ast.Name) and isinstance(self.names.get(node.id), tuple | dict):
                self.names[node.id] = OPEN


def bind(target: ast.expr, value: object, names: Names) -> None:
    """Bind what stands left of an assignment or a loop."""
    match target:
        case ast.Name(id=name):
            names[name] = value
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            held = value if isinstance(value, tuple) and len(value) == len(parts) else None
            for at, part in enumerate(parts):
                bind(part, held[at] if held is not None else OPEN, names)
        case ast.Starred(value=inner):
            bind(inner, OPEN, names)
        case ast.Subscript(value=ast.Name(id=name)):
            names[name] = OPEN
        case _:
            return


def _is_share(op: ast.operator, right: ast.expr) -> bool:
    """`... / len(rows)`: a mean of what each of them came to."""
    return isinstance(op, ast.Div) and _is_length(right)


def _is_same(one: ast.expr, other: ast.expr) -> bool:
    """Written the same."""
    return same(one, other)


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
    """Give the calls of a statement."""
    return (one for one in walk(node) if isinstance(one, ast.Call))
