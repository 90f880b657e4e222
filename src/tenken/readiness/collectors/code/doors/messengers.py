"""Doors that a messenger's framework opens, and whose requests it verifies itself."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.code.doors.door import Door
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument
from tenken.readiness.collectors.python.values import Literal, Made
from tenken.readiness.facts.code import Auth, Route

SLACK = frozenset({"App", "AsyncApp"})
EVENTS = frozenset({"event", "message", "command", "action", "shortcut", "view"})
SWITCH = "request_verification_enabled"


def opened(function: Function, follower: Follower) -> Iterator[Door]:
    """Give the doors of a function that listens to a messenger: `@app.event("app_mention")`."""
    outer = function.outer or function.module.top
    for decorator in function.decorators:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not (isinstance(target, ast.Attribute) and target.attr in EVENTS):
            continue
        for value in follower.values(target.value, outer):
            if isinstance(value, Made) and _is_slack(value):
                yield _door(function, decorator, value, follower)


def _is_slack(made: Made) -> bool:
    return made.dotted.startswith("slack_bolt.") and made.dotted.rpartition(".")[2] in SLACK


def _door(function: Function, decorator: ast.expr, made: Made, follower: Follower) -> Door:
    switch = argument(made.call, SWITCH)
    off = isinstance(switch, ast.Constant) and switch.value is False
    path = "/"
    outer = function.outer or function.module.top
    first = decorator.args[:1] if isinstance(decorator, ast.Call) else []
    for node in first:
        for value in follower.values(node, outer):
            path = str(value.value) if isinstance(value, Literal) else path
    route = Route(
        place=function.module.place(decorator), framework="slack", method="EVENT", path=path,
        function=function.qualname, auth=Auth.NONE if off else Auth.REQUIRED,
        auth_by="" if off else made.dotted, auth_place=made.scope.module.place(made.call),
        validates_input=True,
    )  # fmt: skip
    return Door(route, function)
