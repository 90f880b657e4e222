"""Doors that a call tells of: `add_api_route`, `add_url_rule`, `Route(...)`, `add_resource`."""

import ast
from collections.abc import Iterator, Mapping

from tenken.readiness.collectors.code.access import Access, Asked
from tenken.readiness.collectors.code.bounds import Bounds
from tenken.readiness.collectors.code.doors.door import Door, entry_of, is_open, strongest
from tenken.readiness.collectors.code.doors.wide import Wide
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import Literal, Made, Member, Own, OwnClass, Thing
from tenken.readiness.facts.code import Route

CALLS: Mapping[str, tuple[str, str, str]] = {
    "add_api_route": ("fastapi", "endpoint", ""),
    "add_api_websocket_route": ("fastapi", "endpoint", "WEBSOCKET"),
    "add_url_rule": ("flask", "view_func", ""),
    "add_resource": ("flask", "resource", "ANY"),
    "Route": ("starlette", "endpoint", ""),
    "WebSocketRoute": ("starlette", "endpoint", "WEBSOCKET"),
    "add_post": ("aiohttp", "handler", "POST"),
    "add_get": ("aiohttp", "handler", "GET"),
    "add_put": ("aiohttp", "handler", "PUT"),
    "add_patch": ("aiohttp", "handler", "PATCH"),
    "add_delete": ("aiohttp", "handler", "DELETE"),
}
"""By name the framework, what the handler is called, and the method it tells."""
LIBRARIES = ("fastapi", "starlette", "flask", "quart", "aiohttp", "flask_restful", "flask_restx")


class Registered:
    """Finds doors by the calls that tell a framework of them."""

    def __init__(self, follower: Follower, access: Access, bounds: Bounds) -> None:
        self._follower = follower
        self._access = access
        self._bounds = bounds

    def of(self, module: Module, wide: Wide) -> Iterator[Door]:
        """Give the doors that a module registers."""
        for call, scope in module.calls_that(_may_register):
            router = self._router(call, scope)
            if router is not None:
                yield from self._doors(call, scope, router, wide)

    def _router(self, call: ast.Call, scope: Function) -> Made | bool | None:
        """What is told: an application or router; True where a list of routes is."""
        for value in self._follower.values(call.func, scope):
            match value:
                case Thing(dotted) if dotted.startswith(("starlette.routing", "fastapi.routing")):
                    return True
                case Member(base, _) if base.dotted.startswith(LIBRARIES):
                    return base
                case _:
                    pass
        return None

    def _doors(
        self, call: ast.Call, scope: Function, router: Made | bool, wide: Wide
    ) -> Iterator[Door]:
        framework, keyword, method = CALLS[last_name(call.func)]
        resource = keyword == "resource"
        handler = argument(call, keyword, 0 if resource else 2 if framework == "flask" else 1)
        handler = handler or argument(call, "resource")
        path = self._path(argument(call, "path", 1 if resource else 0) or argument(call, "rule"),
            scope)  # fmt: skip
        around = wide.of(router) if isinstance(router, Made) else wide.near(scope.module.path)
        for function, asked in self._handlers(handler, scope):
            ways = [
                *asked,
                *self._access.of_dependencies(argument(call, "dependencies"), scope),
                *around,
            ]
            told = strongest(ways)
            name = method or _methods(call)
            yield Door(
                Route(
                    place=scope.module.place(call), framework=framework, method=name,
                    path=path or "/", function=function.qualname, auth=told.auth,
                    auth_by=told.by, auth_place=told.place, is_open_by_design=is_open(name, path),
                    validates_input=self._bounds.of(function),
                    client_chooses_role=self._bounds.leaves_roles_open(function),
                ),
                function,
            )  # fmt: skip

    def _handlers(
        self, node: ast.expr | None, scope: Function
    ) -> Iterator[tuple[Function, list[Asked]]]:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "as_view"
        ):
            node = node.func.value
        for value in self._follower.values(node, scope) if node is not None else ():
            if isinstance(value, Own):
                function = value.function
                yield (
                    function,
                    [
                        *self._access.of_parameters(function),
                        *self._access.of_decorators(function),
                        *self._access.inside(function),
                    ],
                )
            elif isinstance(value, OwnClass) and (entry := entry_of(value.of)) is not None:
                yield entry, list(self._access.of_class(value.of))

    def _path(self, node: ast.expr | None, scope: Function) -> str:
        for value in self._follower.values(node, scope) if node is not None else ():
            if isinstance(value, Literal) and isinstance(value.value, str):
                return value.value
        return ""


def _may_register(call: ast.Call) -> bool:
    return last_name(call.func) in CALLS


def _methods(call: ast.Call) -> str:
    node = argument(call, "methods")
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        texts = [str(one.value) for one in node.elts if isinstance(one, ast.Constant)]
        return ",".join(text.upper() for text in texts) or "ANY"
    return "GET" if node is None else "ANY"
