"""Whether a library that was started keeps any trace: some report errors only unless told."""

import ast
from collections.abc import Iterator, Mapping

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.values import Display, Literal, Value

RATES = frozenset({"sample_rate", "traces_sample_rate"})
ASKED_FOR: Mapping[str, frozenset[str]] = {
    "sentry": frozenset({"traces_sample_rate", "traces_sampler", "enable_tracing"}),
}
"""Libraries that trace nothing by default, and the settings that have them trace."""


def keeps_nothing(library: str, call: ast.Call, scope: Function, follower: Follower) -> bool:
    """A rate of 0, or none of the settings without which the library traces nothing."""
    given = {one.arg: one.value for one in call.keywords if one.arg}
    asked_for = ASKED_FOR.get(library, frozenset())
    rates = asked_for or RATES
    if any(name in rates and _says_no(node, scope, follower) for name, node in given.items()):
        return True
    if not asked_for or given.keys() & asked_for:
        return False
    return not any(_may_ask(one, asked_for, scope, follower) for one in _starred(call))


def _starred(call: ast.Call) -> Iterator[ast.expr]:
    return (one.value for one in call.keywords if one.arg is None)


def _may_ask(node: ast.expr, names: frozenset[str], scope: Function, follower: Follower) -> bool:
    """Settings that are handed on together: what they hold, or may hold where that is not seen."""
    values = follower.values(node, scope)
    return not values or any(not isinstance(one, Display) or _holds(one, names) for one in values)


def _holds(one: Display, names: frozenset[str]) -> bool:
    if not isinstance(one.node, ast.Dict):
        return False
    pairs = zip(one.node.keys, one.node.values, strict=True)
    return any(
        key is None or (isinstance(key, ast.Constant) and key.value in names and not _zero(value))
        for key, value in pairs
    )


def _says_no(node: ast.expr, scope: Function, follower: Follower) -> bool:
    if isinstance(node, ast.Constant):
        return _zero(node)
    values = follower.values(node, scope)
    return bool(values) and all(_is_no(one) for one in values)


def _is_no(value: Value) -> bool:
    """0 and nothing that could replace it."""
    return isinstance(value, Literal) and not value.is_default and not value.value


def _zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value
