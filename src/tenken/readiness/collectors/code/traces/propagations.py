"""How the ids of a request get into the application and are handed on."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.code.branches import entered
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.code.traces.headers import request_id
from tenken.readiness.collectors.code.traces.known import INSTRUMENTS_ALL, WEB_INSTRUMENTORS
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.facts.telemetry import Propagation

PROPAGATING = frozenset({
    "instrument_app", "instrument", "extract", "get", "getlist", "add_middleware", "patch_all",
    "patch", "uuid4", "token_hex", "ulid",
})  # fmt: skip
"""Names of calls that may take over or hand on the id of a request."""


class Propagations:
    """Finds where an id of a request is taken over, or made anew."""

    def __init__(self, reading: Reading) -> None:
        self._follower = reading.follower
        self._modules = reading.production

    def all(self) -> Iterator[Propagation]:
        """Give how request ids are taken over and handed on."""
        for module in self._modules:
            for call, scope in module.calls_that(_may_propagate):
                yield from entered(self._propagation(call, scope), call, scope, self._follower)
            for node in module.kinds[ast.Subscript]:
                if (
                    isinstance(node, ast.Subscript)
                    and request_id(node.slice, module)
                    and isinstance(node.ctx, ast.Load)
                ):
                    yield Propagation(
                        place=module.place(node), how=_text(node.slice), inherits_upstream=True
                    )

    def _propagation(self, call: ast.Call, scope: Function) -> Iterator[Propagation]:
        name = last_name(call.func)
        place = scope.module.place(call)
        instruments = name in {"instrument_app", "instrument"} and _web(call)
        if name == INSTRUMENTS_ALL or name in WEB_INSTRUMENTORS or instruments:
            yield Propagation(place=place, how=name, inherits_upstream=True)
        elif name == "extract" and any(
            "propagat" in one for one in self._follower.dotted(call.func, scope)
        ):
            yield Propagation(place=place, how="propagate.extract", inherits_upstream=True)
        elif (
            name in {"get", "getlist"}
            and call.args
            and (key := request_id(call.args[0], scope.module))
        ):
            yield Propagation(place=place, how=key, inherits_upstream=True)
        elif name == "add_middleware" and call.args and last_name(call.args[0]) in {
            "CorrelationIdMiddleware", "OpenTelemetryMiddleware", "RequestContextMiddleware",
            "RawContextMiddleware",
        }:  # fmt: skip
            yield Propagation(place=place, how=last_name(call.args[0]), inherits_upstream=True)
        elif name in {"patch_all", "patch"} and any(
            one.startswith("ddtrace") for one in self._follower.dotted(call.func, scope)
        ):
            yield Propagation(place=place, how="ddtrace", inherits_upstream=True)
        elif name in {"uuid4", "token_hex", "ulid"} and _makes_request_id(call, scope.module):
            yield Propagation(place=place, how=name, inherits_upstream=False)


def _may_propagate(call: ast.Call) -> bool:
    name = last_name(call.func)
    return name in PROPAGATING or name == INSTRUMENTS_ALL or name in WEB_INSTRUMENTORS


def _web(call: ast.Call) -> bool:
    return any(name in ast.unparse(call.func) for name in WEB_INSTRUMENTORS)


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _makes_request_id(call: ast.Call, module: Module) -> bool:
    for above in module.above(call):
        if _stands_in(above, module):
            return False
        if isinstance(above, ast.Assign):
            names = [ast.unparse(target) for target in above.targets]
            named = any("request_id" in name or "trace_id" in name for name in names)
            return named and not _only_where_missing(above, names, module)
        if isinstance(above, ast.stmt):
            return False
    return False


def _stands_in(above: ast.AST, module: Module) -> bool:
    """`headers.get("x-request-id") or uuid4()`, `headers.get("x-request-id", uuid4())`."""
    if isinstance(above, ast.BoolOp | ast.IfExp):
        return True
    return (
        isinstance(above, ast.Call)
        and bool(above.args)
        and bool(request_id(above.args[0], module))
    )


def _only_where_missing(assigned: ast.Assign, names: list[str], module: Module) -> bool:
    """`if not request_id: request_id = uuid4()`."""
    over = next(iter(module.above(assigned)), None)
    return isinstance(over, ast.If) and any(name in ast.unparse(over.test) for name in names)
