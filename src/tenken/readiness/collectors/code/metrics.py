"""The metrics that the code emits: declared, and written to by something that runs."""

import ast
from collections.abc import Iterator

from msgspec.structs import replace

from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.code.use import Uses
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import argument, last_name, own_nodes
from tenken.readiness.collectors.python.values import Literal, Made, Member, Own, Thing
from tenken.readiness.facts.code import Metric

METRIC_TYPES = frozenset({"Counter", "Gauge", "Histogram", "Summary", "create_counter",
    "create_histogram",
                          "create_up_down_counter", "create_observable_gauge",
                          "create_gauge"})  # fmt: skip
METRIC_METHODS = frozenset({"increment", "decrement", "gauge", "histogram", "distribution",
    "timing", "incr", "count",
                            "put_metric"})  # fmt: skip
METRIC_LIBRARIES = (
    "prometheus_client",
    "datadog",
    "statsd",
    "opentelemetry",
    "ddtrace",
    "aws_embedded_metrics",
)
MAKERS = ("metric", "counter", "histogram", "gauge")
"""Parts of the names of own functions that make or find an instrument by its name."""
OBSERVED = "observable"
"""Part of the names of metrics that a callback fills."""


class Metrics:
    """Finds metrics, and whether anything that runs writes to them."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._uses = Uses(reading)

    def all(self) -> Iterator[Metric]:
        """Give the metrics of production code whose names are constant."""
        for module in self._reading.production:
            for call, scope in module.calls_that(_may_make):
                for metric in _of_call(self._reading, call, scope):
                    yield replace(metric, recorded=self._is_recorded(call, scope))

    def _is_recorded(self, call: ast.Call, scope: Function) -> bool:
        """A metric that has a name at the top of a module is written to through that name."""
        names = _names_of(call, scope)
        if scope.node is not None or not names or OBSERVED in last_name(call.func):
            return self._uses.is_entered(scope)
        return any(self._uses.is_entered(one) for one in self._readers(names))

    def _readers(self, names: list[str]) -> Iterator[Function]:
        """The functions in which one of the names is read."""
        for module in self._reading.production:
            for name in names:
                for node in module.named(name):
                    if isinstance(node.ctx, ast.Load):
                        yield _home(node, module)


def _names_of(call: ast.Call, scope: Function) -> list[str]:
    parent = scope.module.parents.get(call)
    targets: list[ast.expr] = []
    if isinstance(parent, ast.Assign):
        targets = parent.targets
    elif isinstance(parent, ast.AnnAssign):
        targets = [parent.target]
    return [one.id for one in targets if isinstance(one, ast.Name)]


def _home(node: ast.AST, module: Module) -> Function:
    """The function a node stands in."""
    for above in module.above(node):
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return module.scopes.get(above, module.top)
    return module.top


def _may_make(call: ast.Call) -> bool:
    name = last_name(call.func)
    said = name.lower()
    told = name in METRIC_TYPES or name in METRIC_METHODS or any(it in said for it in MAKERS)
    return told and bool(call.args or call.keywords)


def _of_call(reading: Reading, call: ast.Call, scope: Function) -> Iterator[Metric]:
    library = _metric_library(reading, call, scope)
    node = argument(call, "name", 0)
    for value in reading.follower.values(node, scope) if library and node is not None else ():
        if isinstance(value, Literal) and isinstance(value.value, str):
            yield Metric(name=value.value, place=scope.module.place(call), library=library)


def _metric_library(reading: Reading, call: ast.Call, scope: Function) -> str:
    for value in reading.follower.values(call.func, scope):
        match value:
            case Thing(dotted) | Made(dotted) if dotted.startswith(METRIC_LIBRARIES):
                return dotted.partition(".")[0]
            case Member(base, _) if base.dotted.startswith(METRIC_LIBRARIES):
                return base.dotted.partition(".")[0]
            case Own(function) if function.name.rpartition(".")[2] in METRIC_METHODS:
                return "own"
            case Own(function) if _sends_metric(function) or _makes_instrument(function):
                return "own"
            case _:
                pass
    return ""


def _sends_metric(function: Function) -> bool:
    """It puts its first argument under `metric` in what it hands on."""
    own = [one.arg for one in function.parameters if one.arg not in {"self", "cls"}]
    return bool(own) and any(
        isinstance(key, ast.Constant) and key.value in {"metric", "metricName", "MetricName"}
        and isinstance(value, ast.Name) and value.id == own[0]
        for node in own_nodes(function) if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
    )  # fmt: skip


def _makes_instrument(function: Function) -> bool:
    """It makes an instrument of the name that it is given first."""
    own = [one.arg for one in function.parameters if one.arg not in {"self", "cls"}]
    return bool(own) and any(
        isinstance(given := argument(node, "name", 0), ast.Name) and given.id == own[0]
        for node in own_nodes(function)
        if isinstance(node, ast.Call) and last_name(node.func) in METRIC_TYPES
    )
