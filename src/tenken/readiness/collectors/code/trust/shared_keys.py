"""Functions that hold what a caller sends against one key that all callers share."""

import ast
from collections.abc import Iterable, Iterator

from tenken.readiness.collectors.python.modules import Module
from tenken.readiness.collectors.python.syntax import default_of, last_name, nodes_of
from tenken.readiness.collectors.python.walking import Opened, Shape, same, walk
from tenken.readiness.facts.code import TokenCheck

SENT = frozenset({"Header", "Security", "Cookie"})
"""Defaults by which a parameter is filled from what the caller sends."""


def shared_keys(modules: Iterable[Module]) -> Iterator[TokenCheck]:
    """Give each check that refuses whoever sends another key than the one that is set."""
    for module in modules:
        for branch, how in module.shape.answer(_all_refusals):
            yield TokenCheck(place=module.place(branch), how=how, verifies=True, shared=True)


def _all_refusals(shape: Shape) -> tuple[tuple[ast.If, str], ...]:
    return tuple([(branch, one.name) for one in shape.functions for branch in _refusals(one)])


def _refusals(function: Opened) -> Iterator[ast.If]:
    sent = {one.arg for one in function.parameters if _is_sent(one.arg, function)}
    for node in nodes_of(function.node) if sent and function.node is not None else ():
        if (
            isinstance(node, ast.If)
            and isinstance(node.body[-1], ast.Raise)
            and any(_differs(part, sent) for part in walk(node.test))
        ):
            yield node


def _is_sent(name: str, function: Opened) -> bool:
    default = default_of(name, function)
    return isinstance(default, ast.Call) and last_name(default.func) in SENT


def _differs(node: ast.AST, sent: set[str]) -> bool:
    """`key != settings.KEY`; a comparison with a constant in the code keeps nobody out."""
    match node:
        case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[right]):
            names = {one.id for one in (left, right) if isinstance(one, ast.Name)}
            itself = same(left, right)
            return bool(names & sent) and not (itself or isinstance(right, ast.Constant))
        case _:
            return False
