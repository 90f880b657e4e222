"""What writes log lines as JSON: formatters, renderers and sinks, of libraries or one's own."""

import ast
from collections.abc import Iterable, Iterator

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, entry, last_name, own_nodes
from tenken.readiness.collectors.python.values import (
    Display,
    Literal,
    Made,
    Own,
    OwnClass,
    Thing,
    Value,
)
from tenken.readiness.collectors.python.walking import walk

JSON_FORMATTERS = ("pythonjsonlogger", "python_json_logger", "json_log_formatter",
    "google.cloud.logging", "ecs_logging",
                   "logstash_formatter", "jsonlogger", "watchtower", "aws_lambda_powertools",
                   "json_logging",
                   "logging_json", "msgspec_logging", "asgi_correlation_id_json",
                   "azure.monitor.opentelemetry")  # fmt: skip
KNOWN_BY_NAME = ("jsonlogger", "JsonFormatter", "JSONFormatter", "json_log", "JSONRenderer",
    "ecs_logging", "StackdriverFormatter")  # fmt: skip
DUMPS = frozenset({"dumps", "encode", "dump"})
WRITES = frozenset({"print", "write", "writelines"})
RENDERER = "structlog.processors.JSONRenderer"
WITH_RENDERERS = "structlog.stdlib.ProcessorFormatter"


class LogForms:
    """Tells whether lines come out as JSON."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def is_json(self, node: ast.expr, scope: Function) -> bool:
        """A formatter of a library, or a class of the repository that dumps JSON."""
        if isinstance(node, ast.IfExp):
            return any(self.is_json(one, scope) for one in (node.body, node.orelse))
        target = node.func if isinstance(node, ast.Call) else node
        for value in self._follower.values(target, scope):
            if (told := self._told(value)) is not None:
                return told
        if self.renderers(node, scope):
            return True
        if isinstance(node, ast.Name):
            assigned = (
                *scope.assigned.get(node.id, ()),
                *scope.module.top.assigned.get(node.id, ()),
            )
            return any(
                self.is_json(one.value, one.scope)
                for one in assigned
                if isinstance(one.value, ast.Call)
            )
        return False

    def _told(self, value: Value) -> bool | None:
        match value:
            case Thing(dotted) if dotted.startswith(JSON_FORMATTERS) or "Json" in dotted:
                return True
            case OwnClass(of) if (method := of.methods.get("format")) is not None:
                dumps = any(last_name(one.func) in DUMPS for one in method.calls)
                return dumps or any(last_name(one) == "JsonFormatter" for one in of.node.bases)
            case OwnClass(of):
                return any("json" in ast.unparse(parent).lower() for parent in of.node.bases)
            case _:
                return None

    def renderers(self, node: ast.expr, scope: Function) -> list[Made]:
        """The renderers of JSON that a formatter of structlog is made with."""
        found: list[Made] = []
        for value in self._follower.values(node, scope):
            if isinstance(value, Made) and value.dotted == WITH_RENDERERS:
                for name, position in (("processor", 0), ("processors", None)):
                    given = argument(value.call, name, position)
                    if given is not None:
                        found += self._rendering(given, value.scope)
        return found

    def _rendering(self, node: ast.expr, scope: Function) -> Iterator[Made]:
        for value in self._follower.values(node, scope):
            if isinstance(value, Made) and value.dotted == RENDERER:
                yield value
            elif isinstance(value, Display) and not isinstance(value.node, ast.Dict):
                for element in value.node.elts:
                    yield from self._rendering(element, value.scope)

    def sink_is_json(self, node: ast.expr | None, scope: Function) -> bool:
        """A function of one's own that dumps what it is given, and hands on or writes that."""
        for value in self._follower.values(node, scope) if node is not None else ():
            if isinstance(value, Own) and _hands_on_json(value.function):
                return True
        return False

    def config_is_json(self, call: ast.Call, scope: Function) -> bool:
        """A dictConfig whose formatter is one that writes JSON."""
        texts = [ast.unparse(call)]
        for node in call.args[:1]:
            name = last_name(node)
            for assigned in (
                *scope.assigned.get(name, ()),
                *scope.module.top.assigned.get(name, ()),
            ):
                texts.append(ast.unparse(assigned.value))
                texts += self._own_formatters(assigned.value, scope)
        text = " ".join(texts)
        return any(word in text for word in KNOWN_BY_NAME) or self._shapes_a_handler(call, scope)

    def _own_formatters(self, node: ast.expr, scope: Function) -> Iterator[str]:
        for part in walk(node):
            if isinstance(part, ast.Name | ast.Attribute) and self.is_json(part, scope):
                yield "JsonFormatter"

    def _shapes_a_handler(self, call: ast.Call, scope: Function) -> bool:
        """Some handler of a configuration that is written out has such a formatter."""
        for value in self._follower.values(call.args[0], scope) if call.args else ():
            if not (isinstance(value, Display) and isinstance(value.node, ast.Dict)):
                continue
            forms = entry(value.node, "formatters")
            handlers = entry(value.node, "handlers")
            if isinstance(forms, ast.Dict) and isinstance(handlers, ast.Dict):
                used = _used(handlers.values)
                return any(
                    self._is_form(form, value.scope)
                    for name, form in _named(forms)
                    if name in used
                )
        return False

    def _is_form(self, form: ast.expr, scope: Function) -> bool:
        given = (entry(form, key) for key in ("()", "class"))
        return any(self._is_factory(one, scope) for one in given if one is not None)

    def _is_factory(self, node: ast.expr, scope: Function) -> bool:
        """A class, or its name: `"app.logs.Lines"`."""
        if self.is_json(node, scope):
            return True
        for value in self._follower.values(node, scope):
            if isinstance(value, Literal) and isinstance(value.value, str):
                found = self._follower.thing(value.value, scope.module)
                if value.value.count(".") and any(self._told(one) for one in found):
                    return True
                source, _, name = value.value.rpartition(".")
                if source == scope.module.name and name in scope.module.classes:
                    return bool(self._told(OwnClass(scope.module.classes[name])))
        return False


def _hands_on_json(function: Function) -> bool:
    """`print(json.dumps(record))`, `return json.dumps(...)`, or a field of the record for it."""
    dumped = [one for one in function.calls if last_name(one.func) in DUMPS]
    names = {
        last_name(target)
        for node in own_nodes(function)
        if isinstance(node, ast.Assign) and any(_holds(node.value, one) for one in dumped)
        for target in node.targets
    }
    given = (
        *function.returns,
        *(one for call in function.calls if last_name(call.func) in WRITES for one in call.args),
    )
    kept = any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Subscript) for target in node.targets)
        and any(_holds(node.value, one) for one in dumped)
        for node in own_nodes(function)
    )
    return kept or any(
        any(_holds(node, one) for one in dumped)
        or any(isinstance(part, ast.Name) and part.id in names for part in walk(node))
        for node in given
    )


def _holds(node: ast.AST, inner: ast.AST) -> bool:
    return any(one is inner for one in walk(node))


def _named(table: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(table, ast.Dict):
        for key, node in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, node


def _used(handlers: Iterable[ast.expr]) -> set[str]:
    """The formatters that some handler names."""
    found = (entry(one, "formatter") for one in handlers)
    return {str(one.value) for one in found if isinstance(one, ast.Constant)}
