"""Processors and exporters of the application's own that change spans before they leave."""

import ast
from collections.abc import Iterator

from tenken.place import Place
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Class, Function
from tenken.readiness.collectors.python.syntax import argument, last_name, own_nodes
from tenken.readiness.collectors.python.values import Display, Instance, Made, OwnClass, Value

GIVEN = ("span_processors", "additional_span_processors", "active_span_processor")
BASES = ("SpanProcessor", "SpanExporter")
AT_END = frozenset({"on_end", "_on_ending", "export"})
"""Where a span has all of its attributes; at its start most are still to come."""
CONTENT = ("prompt", "completion", "message", "input", "output", "content", "question", "answer")
TAKES_OUT = frozenset({"pop", "clear", "popitem"})
MAX_DEPTH = 3


def changed_by(call: ast.Call, scope: Function, follower: Follower) -> Place | None:
    """Give where what a provider is given changes the attributes of spans that end."""
    given = [argument(call, name) for name in GIVEN]
    if last_name(call.func) == "add_span_processor":
        given.append(argument(call, "span_processor", 0))
    for node in given:
        for value in follower.values(node, scope) if node is not None else ():
            for of in _classes(value, follower):
                if place := _changing(of, follower):
                    return place
    return None


def scrubbed_by(call: ast.Call, scope: Function) -> Place | None:
    """`scrubbing=ScrubbingOptions(extra_patterns=[...])` of logfire; a callback only lets by."""
    options = argument(call, "scrubbing")
    patterns = argument(options, "extra_patterns") if isinstance(options, ast.Call) else None
    if patterns is None or (isinstance(patterns, ast.Constant) and not patterns.value):
        return None
    if isinstance(patterns, ast.List | ast.Tuple) and not patterns.elts:
        return None
    return scope.module.place(patterns)


def _classes(value: Value, follower: Follower, depth: int = 0) -> Iterator[Class]:
    """A processor, those of a list, or the exporter that a processor of the library is given."""
    match value:
        case Instance(of) | OwnClass(of):
            if any(last_name(one).endswith(BASES) for one in of.node.bases):
                yield of
        case Made(_, call, home) if depth < MAX_DEPTH:
            for one in (*call.args, *(it.value for it in call.keywords)):
                for inner in follower.values(one, home):
                    yield from _classes(inner, follower, depth + 1)
        case Display(ast.List() | ast.Tuple() as node, home) if depth < MAX_DEPTH:
            for one in node.elts:
                for inner in follower.values(one, home):
                    yield from _classes(inner, follower, depth + 1)
        case _:
            return


def _changing(of: Class, follower: Follower) -> Place | None:
    for name in AT_END & of.methods.keys():
        method = of.methods[name]
        below = [it for one in method.calls for it in follower.functions(one.func, method)]
        for function in (method, *below):
            node = next((one for one in own_nodes(function) if _changes(one)), None)
            if node is not None:
                return function.module.place(node)
    return None


def _changes(node: ast.AST) -> bool:
    """`span._attributes[key] = ...`, `del attributes[key]`, `attributes.pop(key)`."""
    if isinstance(node, ast.Assign | ast.Delete):
        return any(map(_is_content, node.targets))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        takes_out = node.func.attr in TAKES_OUT and _is_attributes(node.func.value)
        return takes_out and _speaks_of_content(node.args[0] if node.args else None)
    return False


def _is_content(target: ast.expr) -> bool:
    if isinstance(target, ast.Subscript):
        return _is_attributes(target.value) and _speaks_of_content(target.slice)
    return isinstance(target, ast.Attribute) and target.attr in {"_attributes", "attributes"}


def _is_attributes(node: ast.expr) -> bool:
    name = last_name(node).lower()
    return "attributes" in name or name == "attrs"


def _speaks_of_content(key: ast.expr | None) -> bool:
    """Any key, or one that is written out and holds what was asked or answered."""
    if not isinstance(key, ast.Constant):
        return True
    return any(word in str(key.value).lower() for word in CONTENT)
