"""What decides the look of log lines, and what is printed past it."""

import ast
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.code.branches import closed_by
from tenken.readiness.collectors.code.needed import needed
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.code.traces.log_forms import LogForms
from tenken.readiness.collectors.code.traces.undone import Undone
from tenken.readiness.collectors.code.use import Uses
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.facts.telemetry import LogSetup

LOGFIRE_SINKS = frozenset({"LogfireLoggingHandler", "loguru_handler", "StructlogProcessor"})
"""What hands log lines to logfire; its `configure` alone takes none."""


IDS_IN_LOGS = Pattern(
    r"otelTraceID|dd\.trace_id|logging\.googleapis\.com/trace|[\"'](?:trace_id|traceId|dd\.trace_id)[\"']"
    r"|LoggingInstrumentor\(|configure_azure_monitor\("
)
SERVER_LINES = Pattern(
    r"uvicorn\.access|gunicorn\.access|access_log\s*=\s*(?:False|None)|log_config\s*=|django\.server"
)
WRITES_LINES = Pattern(r"logging|structlog|loguru|logger|azure\.monitor")

SET_UP = LOGFIRE_SINKS | {
    "LoggingHandler",
    "configure", "wrap_logger", "add", "dictConfig", "basicConfig", "setFormatter",
    "setup_logging", "configure_azure_monitor",
}  # fmt: skip


def _may_set_up(call: ast.Call) -> bool:
    name = last_name(call.func)
    return name in SET_UP or name.endswith("Logger")


class Logs:
    """Finds log set-up and prints."""

    def __init__(self, reading: Reading) -> None:
        self._follower: Follower = reading.follower
        self._tree = reading.tree
        self._modules = reading.production
        self._uses = Uses(reading)
        self._undone = Undone(reading)
        self._forms = LogForms(reading.follower)

    def setups(self) -> Iterator[LogSetup]:
        """Give every place that configures logging."""
        for module in self._modules:
            for call, scope in module.calls_that(_may_set_up):
                for setup in self._setup(call, scope):
                    told = self._in_effect(setup, call, scope)
                    yield replace(told, is_entered=self._uses.is_entered(scope))

    def of_server(self) -> Iterator[Place]:
        """Give the places that shape the lines of the web server itself, or switch them off."""
        for module in self._modules:
            text = self._tree.text(module.path)
            match = SERVER_LINES.search(text) if isinstance(text, str) else None
            if isinstance(text, str) and match is not None:
                yield Place(module.path, text.count("\n", 0, match.start()) + 1)

    def ids(self) -> Iterator[Place]:
        """Give the places where ids of a trace are written into lines."""
        for module in self._modules:
            text = self._tree.text(module.path)
            if isinstance(text, str) and WRITES_LINES.search(text):
                match = IDS_IN_LOGS.search(text)
                if match is not None:
                    yield Place(module.path, text.count("\n", 0, match.start()) + 1)

    def _setup(self, call: ast.Call, scope: Function) -> Iterator[LogSetup]:
        name = last_name(call.func)
        place = scope.module.place(call)
        if name in {"configure", "wrap_logger"} and self._is(call, scope, "structlog"):
            structured = "JSONRenderer" in self._processors(call, scope)
            yield LogSetup(place=place, library="structlog", structured=structured)
        elif name == "add" and self._is(call, scope, "loguru"):
            serialize = argument(call, "serialize")
            given = (argument(call, "sink", 0), argument(call, "format"))
            own = any(self._forms.sink_is_json(one, scope) for one in given)
            yield LogSetup(place=place, library="loguru", structured=own or _true(serialize))
        elif name == "dictConfig":
            yield LogSetup(
                place=place, library="logging", structured=self._forms.config_is_json(call, scope)
            )
        elif name == "basicConfig" and self._is(call, scope, "logging"):
            yield LogSetup(place=place, library="logging", structured=self._json_format(call))
        elif name == "setFormatter" and call.args:
            yield LogSetup(
                place=place, library="logging", structured=self._forms.is_json(call.args[0], scope)
            )
        elif library := self._of_library(name, call, scope):
            yield LogSetup(place=place, library=library, structured=True)

    def _in_effect(self, setup: LogSetup, call: ast.Call, scope: Function) -> LogSetup:
        """Structured lines behind a constant that says no are none, unless a variable says yes."""
        if not setup.structured:
            return setup
        closed = [
            closed_by(node, home, self._follower) for node, home in self._places(call, scope)
        ]
        if closed and all(one is not None and not one.name for one in closed):
            return replace(setup, structured=False)
        asked = [needed(node, home, self._follower) for node, home in self._places(call, scope)]
        return replace(
            setup,
            off_unless=asked[0] if None not in asked else None,
            undone=self._undone.by(call, scope, setup.library),
            is_attached=not self._undone.is_given_to_nobody(call, scope),
        )

    def _places(self, call: ast.Call, scope: Function) -> list[tuple[ast.expr, Function]]:
        """The set-up, or each formatter of which it is given one: all of them have to be off."""
        first = call.args[0] if call.args else None
        if isinstance(first, ast.IfExp):
            forms = [one for one in (first.body, first.orelse) if self._forms.is_json(one, scope)]
            return [(one, scope) for one in forms] or [(call, scope)]
        rendered = self._forms.renderers(first, scope) if first is not None else []
        if rendered:
            return [(one.call, one.scope) for one in rendered]
        name = first.id if isinstance(first, ast.Name) else ""
        given = [
            one for one in scope.assigned.get(name, ()) if self._forms.is_json(one.value, scope)
        ]
        if given and needed(call, scope, self._follower) is None:
            return [(one.value, one.scope) for one in given]
        return [(call, scope)]

    def _of_library(self, name: str, call: ast.Call, scope: Function) -> str:
        """A library whose set-up is structured by itself."""
        if name == "setup_logging" and self._is(call, scope, "google.cloud.logging"):
            return "google-cloud-logging"
        if name == "Logger" and self._is(call, scope, "aws_lambda_powertools"):
            return "aws-lambda-powertools"
        if name == "configure_azure_monitor":
            return "azure-monitor-opentelemetry"
        if name in LOGFIRE_SINKS and self._is(call, scope, "logfire"):
            return "logfire"
        if name == "LoggingHandler" and self._is(call, scope, "opentelemetry"):
            return "opentelemetry" if _is_handed_on(call, scope) else ""
        return name if name.endswith("Logger") and _asks_for_json(call) else ""

    def _is(self, call: ast.Call, scope: Function, library: str) -> bool:
        return any(one.startswith(library) for one in self._follower.dotted(call.func, scope))

    def _processors(self, call: ast.Call, scope: Function) -> str:
        node = argument(call, "processors", 0)
        texts = [ast.unparse(call)]
        if isinstance(node, ast.Name):
            texts += [ast.unparse(one.value) for one in scope.assigned.get(node.id, ())]
            texts += [ast.unparse(one.value) for one in scope.module.top.assigned.get(node.id, ())]
            texts += [ast.unparse(one) for one in scope.calls if "append" in ast.unparse(one.func)]
        if "renderer" in texts[-1].lower() or "renderer" in texts[0].lower():
            texts += [
                ast.unparse(one) for one in scope.calls if not _is_of_another(one, call, scope)
            ]
        return " ".join(texts)

    def _json_format(self, call: ast.Call) -> bool:
        text = argument(call, "format")
        return isinstance(text, ast.Constant) and str(text.value).lstrip().startswith("{")


def prints(modules: Iterable[Module], served: frozenset[Function]) -> Iterator[Place]:
    """Give every `print` in the functions that serve requests."""
    for module in modules:
        for call, scope in module.scopes.items():
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id == "print"
                and scope in served
            ):
                yield module.place(call)


def _is_of_another(part: ast.Call, call: ast.Call, scope: Function) -> bool:
    """It is what another call of the same name is given."""
    around = (part, *scope.module.above(part))
    return call not in around and any(
        isinstance(one, ast.Call) and last_name(one.func) == last_name(call.func) for one in around
    )


def _is_handed_on(call: ast.Call, scope: Function) -> bool:
    """A handler that something is given: `root.addHandler(LoggingHandler())`, or by its name."""
    above = scope.module.parents.get(call)
    if not isinstance(above, ast.Assign):
        return isinstance(above, ast.Call | ast.List)
    names = {last_name(one) for one in above.targets}
    return any(
        last_name(it) in names
        for one in scope.calls
        for given in (*one.args, *(keyword.value for keyword in one.keywords))
        for it in (given.elts if isinstance(given, ast.List) else [given])
    )


def _asks_for_json(call: ast.Call) -> bool:
    """`StructuredLogger(options={"log_format": Format.JSON})` of a library we do not know."""
    given = " ".join(ast.unparse(keyword.value).lower() for keyword in call.keywords)
    return "format" in given and "json" in given


def _true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
