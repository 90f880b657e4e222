"""Spans that the code opens around its model calls: blocks, decorators, a library's own tracer."""

import ast
from collections.abc import Iterator

from tenken.place import Place
from tenken.readiness.collectors.code.guarding.found import Known
from tenken.readiness.collectors.code.models.retrying.around import Around
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.values import Made, Member, Own, Thing, Value
from tenken.readiness.collectors.python.walking import walk

OPENERS = frozenset(
    {"trace", "start_as_current_span", "start_span", "start_as_current_observation", "span"}
)
DECORATORS = frozenset({
    *(f"ddtrace.llmobs.decorators.{kind}" for kind in (
        "llm", "workflow", "task", "agent", "tool", "embedding", "retrieval")),
    "ddtrace.tracer.wrap", "ddtrace.trace.tracer.wrap", "langfuse.observe",
    "langfuse.decorators.observe", "langsmith.traceable", "langsmith.run_helpers.traceable",
    "weave.op", "mlflow.trace", "logfire.instrument", "sentry_sdk.trace",
    "traceloop.sdk.decorators.workflow", "traceloop.sdk.decorators.task",
    "traceloop.sdk.decorators.agent", "elasticapm.capture_span", "newrelic.agent.function_trace",
    "aws_xray_sdk.core.xray_recorder.capture", "aws_xray_sdk.core.xray_recorder.capture_async",
    "aws_lambda_powertools.Tracer.capture_method",
})  # fmt: skip
ALSO_DECORATES = ".start_as_current_span"
"""A tracer's block that may stand on a function as well."""
BRIDGED = "prompty"
BRIDGES = frozenset({"prompty.tracer.Tracer.add"})
"""What hands a library's own traces to a function of the application."""


class Spans:
    """Looks for spans around calls."""

    def __init__(self, reading: Reading, around: Around) -> None:
        self._follower: Follower = reading.follower
        self._modules = reading.production
        self._around = around
        self._bridge = next(self._bridges(), None)

    def of(self, one: Known) -> Place | None:
        """Give the span that stands around a model call, here or above."""
        for link in self._around.links(one.call, one.scope):
            found = self._block(link.node, link.scope) or self._decorator(link.scope)
            if found is not None:
                return found
        return self._bridge if one.fact.library == BRIDGED else None

    def _block(self, node: ast.AST, scope: Function) -> Place | None:
        for above in scope.module.above(node):
            if above is scope.node:
                return None
            if isinstance(above, ast.With | ast.AsyncWith):
                for item in above.items:
                    if _opens(item.context_expr):
                        return scope.module.place(item.context_expr)
        return None

    def _decorator(self, scope: Function) -> Place | None:
        outer = scope.outer or scope.module.top
        for decorator in scope.decorators:
            made = decorator.func if isinstance(decorator, ast.Call) else decorator
            if any(_makes_span(one) for one in self._follower.values(made, outer)):
                return scope.module.place(decorator)
        return None

    def _bridges(self) -> Iterator[Place]:
        """`Tracer.add("...", function)` with a function that opens a span."""
        for module in self._modules:
            for call, scope in module.calls_that(_adds):
                if BRIDGES & set(self._follower.dotted(call.func, scope)):
                    given = [v for node in call.args for v in self._follower.values(node, scope)]
                    if any(_opens_inside(one) for one in given):
                        yield module.place(call)


def _adds(call: ast.Call) -> bool:
    return last_name(call.func) == "add"


def _makes_span(value: Value) -> bool:
    dotted = value.dotted if isinstance(value, Thing | Member | Made) else ""
    return dotted in DECORATORS or dotted.endswith(ALSO_DECORATES)


def _opens_inside(value: Value) -> bool:
    if not isinstance(value, Own) or value.function.node is None:
        return False
    return any(isinstance(one, ast.expr) and _opens(one) for one in walk(value.function.node))


def _opens(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and last_name(node.func) in OPENERS
        and "trace" in ast.unparse(node.func)
    )
