"""The doors of the application, and whether each asks who is there."""

import ast
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from tenken.readiness.collectors.code.access import Access, Asked
from tenken.readiness.collectors.code.bounds import Bounds
from tenken.readiness.collectors.code.doors.django import Django
from tenken.readiness.collectors.code.doors.door import Door, is_open, strongest
from tenken.readiness.collectors.code.doors.messengers import opened
from tenken.readiness.collectors.code.doors.registered import Registered
from tenken.readiness.collectors.code.doors.screens import Screens
from tenken.readiness.collectors.code.doors.wide import Included, Wide
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.code.trust.overrides import overrides
from tenken.readiness.collectors.code.trust.refusers import own_refusers
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import Display, Made, first_text
from tenken.readiness.facts.code import Route

VERBS = frozenset({
    "get", "post", "put", "delete", "patch", "route", "websocket", "api_route", "head", "options",
    "api_operation", "websocket_route",
})  # fmt: skip
ROUTERS: Mapping[str, str] = {
    "FastAPI": "fastapi", "APIRouter": "fastapi", "Starlette": "starlette", "Flask": "flask",
    "Blueprint": "flask", "NinjaAPI": "django-ninja", "Router": "django-ninja", "Quart": "quart",
    "FunctionApp": "azure-functions", "Litestar": "litestar", "Sanic": "sanic",
}  # fmt: skip
APPLICATIONS = frozenset({"FastAPI", "Starlette", "Flask", "Quart"})
OF_APPLICATIONS = APPLICATIONS | {"include_router", "add_middleware"}
CHAINLIT = frozenset({"chainlit.on_message", "chainlit.on_chat_start"})


def _is_of_application(call: ast.Call) -> bool:
    return last_name(call.func) in OF_APPLICATIONS


class Routes:
    """Finds routes and what guards them."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._follower = reading.follower
        self._modules = reading.production
        refusers = own_refusers(reading.production)
        self._access = Access(reading.follower, overrides(reading), refusers)
        self._bounds = Bounds(reading.follower)
        self._screens = Screens(reading, self._access)
        self._django = Django(reading.follower, self._access, reading.production)
        self._registered = Registered(reading.follower, self._access, self._bounds)

    def all(self) -> tuple[Door, ...]:
        """Give every route of production modules."""
        found: list[Door] = []
        wide = self._application_wide()
        has_screens = self._shows_screens()
        for module in self._modules:
            for function in module.functions:
                found += self._of_function(function, wide)
            found += self._screens.of(module) if has_screens else ()
            found += self._django.of(module)
            found += self._registered.of(module, wide)
        return tuple(found)

    def _shows_screens(self) -> bool:
        """Some module imports a library of screens, under whatever name."""
        imported = (one for module in self._modules for one in module.imports.values())
        return any(one.startswith(("streamlit", "gradio")) for one in imported)

    # -------------------------------------------------------------- fastapi

    def _of_function(self, function: Function, wide: Wide) -> Iterator[Door]:
        outer = function.outer or function.module.top
        for decorator in function.decorators:
            made = decorator if isinstance(decorator, ast.Call) else None
            if (
                made is not None
                and isinstance(made.func, ast.Attribute)
                and made.func.attr in VERBS
            ):
                for value in self._follower.values(made.func.value, outer):
                    if isinstance(value, Made) and _framework(value):
                        yield self._door(function, made, value, wide)
            elif set(self._follower.dotted(decorator, outer)) & CHAINLIT:
                yield self._screens.chat(function, wide)
        if function.decorators:
            yield from opened(function, self._follower)

    def _door(self, function: Function, decorator: ast.Call, router: Made, wide: Wide) -> Door:
        module = function.module
        verb = decorator.func.attr if isinstance(decorator.func, ast.Attribute) else ""
        own_path = self._text(
            argument(decorator, "path", 0) or argument(decorator, "route"), function
        )
        path = f"{self._text(argument(router.call, 'prefix'), router.scope)}{own_path}"
        asked = self._asked(function, decorator, router, wide)
        methods = argument(decorator, "methods")
        name = verb.upper() if verb not in {"route", "api_route"} else _methods(methods)
        return Door(
            Route(
                place=module.place(decorator), framework=_framework(router),
                method=name, path=path or "/",
                function=function.qualname, auth=asked.auth, auth_by=asked.by,
                    auth_place=asked.place,
                is_open_by_design=is_open(name, path or "/"),
                    validates_input=self._bounds.of(function),
                    client_chooses_role=self._bounds.leaves_roles_open(function),
            ),
            function,
        )  # fmt: skip

    def _asked(self, function: Function, decorator: ast.Call, router: Made, wide: Wide) -> Asked:
        """The strongest of what is asked on the route, its router, the application and inside."""
        ways = [
            *self._access.of_parameters(function),
            *self._access.of_dependencies(argument(decorator, "dependencies"), function),
            *self._access.of_dependencies(argument(decorator, "auth"), function),
            *self._access.of_dependencies(argument(router.call, "dependencies"), router.scope),
            *self._access.of_dependencies(argument(router.call, "auth"), router.scope),
            *self._access.of_decorators(function),
            *wide.of(router),
            *self._access.inside(function),
            *self._access.of_level(decorator, router, function),
        ]
        return strongest(ways)

    def _application_wide(self) -> Wide:
        """Middleware of applications, and dependencies given where a router is included."""
        everywhere: list[tuple[str, Asked]] = []
        applications = 0
        included = Included(self._follower, self._access)
        for module in self._modules:
            for call, scope in module.calls_that(_is_of_application):
                if last_name(call.func) == "include_router":
                    included.read(call, scope)
                    continue
                applications += self._is_app(call, scope)
                everywhere += [(module.path, one) for one in self._of_application(call, scope)]
            for function in module.functions:
                names = {last_name(one) for one in function.decorators}
                if names & {"middleware", "before_request"}:
                    everywhere += [(module.path, one) for one in self._access.inside(function)]
        return Wide(tuple(everywhere), included, several=applications > 1)

    def _of_application(self, call: ast.Call, scope: Function) -> Iterator[Asked]:
        name = last_name(call.func)
        if name == "add_middleware" and call.args:
            yield from self._access.of_middleware(call.args[0], scope)
        elif self._is_app(call, scope):
            yield from self._access.of_dependencies(argument(call, "dependencies"), scope)
            yield from self._of_list(argument(call, "middleware"), scope)

    def _of_list(self, node: ast.expr | None, scope: Function) -> Iterator[Asked]:
        for value in self._follower.values(node, scope) if node else ():
            if isinstance(value, Display) and not isinstance(value.node, ast.Dict):
                for element in value.node.elts:
                    if isinstance(element, ast.Call) and element.args:
                        yield from self._access.of_middleware(element.args[0], value.scope)

    def _is_app(self, call: ast.Call, scope: Function) -> bool:
        if last_name(call.func) not in APPLICATIONS:
            return False
        names = self._follower.dotted(call.func, scope)
        return any(one.startswith(("fastapi", "starlette", "flask", "quart")) for one in names)

    def _text(self, node: ast.expr | None, scope: Function) -> str:
        return first_text(self._follower.values(node, scope)) if node is not None else ""


def reaching(doors: tuple[Door, ...], entered: Mapping[Function, set[int]]) -> tuple[Door, ...]:
    """Mark the routes from which a model call can be reached."""
    return tuple(
        Door(replace(door.route, reaches_model=bool(entered.get(door.function))), door.function)
        for door in doors
    )


def _framework(value: Made) -> str:
    name = value.dotted.rpartition(".")[2]
    top = value.dotted.partition(".")[0]
    found = ROUTERS.get(name, "")
    if name == "Router" and top != "ninja":
        return ""
    return (
        found
        if top in {"fastapi", "starlette", "flask", "ninja", "quart", "azure", "litestar", "sanic"}
        else ""
    )


def _methods(node: ast.expr | None) -> str:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        texts = [one.value for one in node.elts if isinstance(one, ast.Constant)]
        return ",".join(str(text).upper() for text in texts) or "ANY"
    return "GET" if node is None else "ANY"
