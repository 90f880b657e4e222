"""What a piece of code does with a text that a guard has looked at: refuse it, or let it by."""

import ast
from collections.abc import Iterator, Sequence

from tenken.readiness.collectors.code.guarding.known import LOGGERS, RECORDERS
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name, number
from tenken.readiness.collectors.python.values import Environment, Literal
from tenken.readiness.collectors.python.walking import walk

CEILINGS = ("threshold", "max_risk")
FLOORS = ("minimum_score", "min_score")
LISTS = ("topics", "entity_types", "competitors", "substrings", "valid_topics", "match_types")


def refuses(body: Sequence[ast.stmt], passed: frozenset[str] = frozenset()) -> bool:
    """It raises, leaves, or puts something else in the place; giving back what came in is none."""
    found = [node for part in body for node in walk(part)]
    if not any(
        isinstance(node, ast.Raise | ast.Return | ast.Continue | ast.Assign) for node in found
    ):
        return False
    return not (len(body) == 1 and isinstance(body[0], ast.Return) and lets_in(body[0], passed))


def lets_in(node: ast.Return, passed: frozenset[str] = frozenset()) -> bool:
    """It gives back nothing, True, or the very text it was given."""
    match node.value:
        case None | ast.Constant(value=True | None):
            return True
        case ast.Name(id=name):
            return name in passed
        case _:
            return False


def gives_way(body: Sequence[ast.stmt]) -> bool:
    """A handler after which the code goes on as if nothing had been found."""
    for part in body:
        for node in walk(part):
            if isinstance(node, ast.Raise | ast.Return | ast.Continue | ast.Break):
                return False
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                return False  # a flag, or a refusal in the place of the text
    return True


def never(test: ast.expr) -> bool:
    """A condition that is false whatever was found: `False and ...`."""
    if isinstance(test, ast.Constant):
        return not test.value
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(never(one) for one in test.values)
    return False


def is_deaf(scanner: ast.Call) -> bool:
    """A scanner whose threshold no score reaches, or that is given nothing to look for."""
    high = (number(node) for name in CEILINGS if (node := argument(scanner, name)) is not None)
    low = (number(node) for name in FLOORS if (node := argument(scanner, name)) is not None)
    lists = (argument(scanner, name) for name in LISTS)
    return (
        any(one is not None and one >= 1 for one in high)
        or any(one is not None and one <= 0 for one in low)
        or any(isinstance(one, ast.List | ast.Tuple | ast.Set) and not one.elts for one in lists)
    )


def left_before(call: ast.Call, scope: Function, follower: Follower) -> bool:
    """Before the guard the function gives the text back, where a switch is off or not set."""
    for node in (
        scope.node.body if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef) else ()
    ):
        if node.lineno >= call.lineno:
            return False
        if (
            isinstance(node, ast.If)
            and _hands_back(node, scope)
            and _is_switch(node, scope, follower)
        ):
            return True
    return False


def _hands_back(node: ast.If, scope: Function) -> bool:
    last = node.body[-1]
    return isinstance(last, ast.Return) and lets_in(last, parameters(scope))


def parameters(scope: Function) -> frozenset[str]:
    """The names that a function is called with."""
    if scope.node is None:
        return frozenset()
    named = scope.node.args
    return frozenset(one.arg for one in (*named.posonlyargs, *named.args, *named.kwonlyargs))


def _is_switch(node: ast.If, scope: Function, follower: Follower) -> bool:
    """The condition hangs on a variable of the environment or on a constant that is off."""
    return any(
        isinstance(value, Environment) or (isinstance(value, Literal) and not value.value)
        for leaf in _leaves(node.test, parameters(scope))
        for value in follower.values(leaf, scope)
    )


def _leaves(test: ast.expr, own: frozenset[str]) -> Iterator[ast.expr]:
    """The names and calls a condition is made of, but for what the function was given."""
    stack: list[ast.expr] = [test]
    while stack:
        match stack.pop():
            case ast.UnaryOp(operand=operand):
                stack.append(operand)
            case ast.BoolOp(values=values):
                stack += values
            case ast.Compare(left=left, comparators=others):
                stack += [left, *others]
            case ast.Name(id=name) as leaf if name not in own:
                yield leaf
            case ast.Attribute() | ast.Call() | ast.Subscript() as leaf:
                yield leaf
            case _:
                pass


def mentions_inside(node: ast.AST, names: set[str]) -> bool:
    """A node that may decide something, with one of the names where it counts."""
    if isinstance(node, ast.If | ast.IfExp):
        return mentions(node.test, names)
    return isinstance(node, ast.Return | ast.Raise | ast.For | ast.Call) and mentions(node, names)


def mentions(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(one, ast.Name) and one.id in names for one in walk(node))


def logs(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) in LOGGERS


def records(body: Sequence[ast.stmt]) -> bool:
    """Whether something is written down in these statements."""
    return any(
        isinstance(node, ast.Call) and last_name(node.func) in RECORDERS
        for part in body
        for node in walk(part)
    )


def comes_after(node: ast.AST, call: ast.Call) -> bool:
    """It stands behind the call, be it on the same line."""
    end = (call.end_lineno or call.lineno, call.end_col_offset or call.col_offset)
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)) >= end
