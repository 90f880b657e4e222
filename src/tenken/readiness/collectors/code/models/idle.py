"""What stands around a call and never acts: a breaker that cannot open, a limit nobody reaches."""

import ast

from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name, number
from tenken.readiness.collectors.python.values import Made, Value
from tenken.readiness.facts.calls import Idle

FAILURES = ("fail_max", "failure_threshold", "max_failures", "failures", "threshold")
RATES = (
    "max_rate", "calls", "requests_per_second", "rate_limit", "request_limit", "limit", "rate",
)  # fmt: skip
MOST_FAILURES = 1_000
"""A breaker that waits for more failures in a row has let an outage go by."""
MOST_CALLS = 1_000_000
"""No provider grants more calls in a period than this."""
IGNORED = ("exclude", "ignored_exceptions", "exclude_exceptions")
EVERY_ERROR = frozenset({
    "Exception", "BaseException", "OpenAIError", "APIError", "AnthropicError", "APIStatusError",
    "GoogleAPIError", "GoogleAPICallError", "ClientError", "HTTPError", "RequestException",
})  # fmt: skip
"""Errors of which a failing provider raises no other."""
RESETS = ("reset_timeout", "recovery_timeout", "timeout_duration", "recovery_time")
PERIODS = ("time_period", "period", "per_second", "duration")
SHORTEST_PERIOD_S = 0.01


def idle(value: Value, home: Function) -> Idle | None:
    """Tell why a breaker or limiter never acts on the calls of a function; None where it may."""
    if not isinstance(value, Made) or not hasattr(value.call, "lineno"):
        return None
    if home.node is not None and value.scope is home:
        return Idle.PER_CALL
    if _above(value.call, FAILURES, MOST_FAILURES) or _above(value.call, RATES, MOST_CALLS):
        return Idle.TOO_HIGH
    if _at_most(value.call, RESETS, 0) or _at_most(value.call, PERIODS, SHORTEST_PERIOD_S):
        return Idle.TOO_HIGH
    if last_name(value.call.func) == "AsyncLimiter" and _second_at_most(value.call):
        return Idle.TOO_HIGH
    return Idle.IGNORES_ALL if _ignores_all(value.call) else None


def _above(call: ast.Call, names: tuple[str, ...], most: float) -> bool:
    given = [argument(call, name) for name in names]
    first = call.args[0] if call.args and most == MOST_CALLS else None
    numbers = (number(node) for node in (*given, first) if node is not None)
    return any(one is not None and one > most for one in numbers)


def _at_most(call: ast.Call, names: tuple[str, ...], least: float) -> bool:
    """It closes again at once, or counts over no time at all."""
    given = (argument(call, name) for name in names)
    numbers = (number(node) for node in given if node is not None)
    return any(one is not None and one <= least for one in numbers)


def _second_at_most(call: ast.Call) -> bool:
    node = call.args[1] if len(call.args) > 1 else None
    value = number(node) if node is not None else None
    return value is not None and value <= SHORTEST_PERIOD_S


def _ignores_all(call: ast.Call) -> bool:
    listed = (argument(call, name) for name in IGNORED)
    return any(
        last_name(kind) in EVERY_ERROR
        for node in listed
        if isinstance(node, ast.List | ast.Tuple | ast.Set)
        for kind in node.elts
    )
