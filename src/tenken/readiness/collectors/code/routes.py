"""The doors of the application, and whether each asks who is there."""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.code.access import Access, Asked
from tenken.readiness.collectors.code.bounds import Bounds
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.code.trust.overrides import overrides
from tenken.readiness.collectors.python.modules import Class, Function, Module
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import (
    Display,
    Literal,
    Made,
    Own,
    OwnClass,
    Value,
)  # fmt: skip
from tenken.readiness.facts.code import Auth, Route

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
UI_INPUTS = frozenset({"streamlit.chat_input", "streamlit.text_input", "streamlit.text_area"})
OPEN = Pattern(
    r"(?i)^/?(health|healthz|healthcheck|health_check|ready|readyz|readiness|live|livez|liveness|ping|"
    r"status|metrics|docs|redoc|openapi|favicon|static|login|logout|signin|sign-in|signup|register|"
    r"token|oauth|auth|callback|version|robots|\.well-known)?(/|\.|$)"
)
PREFIXED = Pattern(
    r"(?i)/(health|healthz|ready|readyz|live|livez|ping|login|logout|token|callback|signup|register)$"
)


class Door(Struct, frozen=True, eq=False):
    """A route with the function that stands behind it."""

    route: Route
    function: Function


def _is_of_application(call: ast.Call) -> bool:
    return last_name(call.func) in OF_APPLICATIONS


class Routes:
    """Finds routes and what guards them."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._follower = reading.follower
        self._modules = reading.production
        self._access = Access(reading.follower, overrides(reading))
        self._bounds = Bounds(reading.follower)

    def all(self) -> tuple[Door, ...]:
        """Give every route of production modules."""
        found: list[Door] = []
        wide = self._application_wide()
        has_screens = self._shows_screens()
        for module in self._modules:
            for function in module.functions:
                found += self._of_function(function, wide)
            found += self._screens(module) if has_screens else ()
            found += self._django(module)
        return tuple(found)

    def _shows_screens(self) -> bool:
        """Some module imports a library of screens, under whatever name."""
        imported = (one for module in self._modules for one in module.imports.values())
        return any(one.startswith(("streamlit", "gradio")) for one in imported)

    # -------------------------------------------------------------- fastapi

    def _of_function(self, function: Function, wide: "Wide") -> Iterator[Door]:
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
                yield self._chainlit(function, wide)

    def _door(self, function: Function, decorator: ast.Call, router: Made, wide: "Wide") -> Door:
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
                is_open_by_design=_is_open(name, path or "/"),
                    validates_input=self._bounds.of(function),
                    client_chooses_role=self._bounds.leaves_roles_open(function),
            ),
            function,
        )  # fmt: skip

    def _asked(self, function: Function, decorator: ast.Call, router: Made, wide: "Wide") -> Asked:
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

    def _application_wide(self) -> "Wide":
        """Middleware of applications, and dependencies given where a router is included."""
        everywhere: list[tuple[str, Asked]] = []
        applications = 0
        included: Included = {}
        for module in self._modules:
            for call, scope in module.calls_that(_is_of_application):
                if last_name(call.func) == "include_router":
                    self._include(call, scope, included)
                    continue
                applications += self._is_app(call, scope)
                everywhere += [(module.path, one) for one in self._of_application(call, scope)]
            for function in module.functions:
                names = {last_name(one) for one in function.decorators}
                if names & {"middleware", "before_request"}:
                    everywhere += [(module.path, one) for one in self._access.inside(function)]
        return Wide(tuple(everywhere), included, several=applications > 1)

    def _include(self, call: ast.Call, scope: Function, included: "Included") -> None:
        given = argument(call, "dependencies")
        asked = list(self._access.of_dependencies(given, scope))
        for value in self._follower.values(call.args[0], scope) if asked and call.args else ():
            if isinstance(value, Made):
                included.setdefault((value.call, value.scope), []).extend(asked)

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

    # ------------------------------------------------------------- screens

    def _chainlit(self, function: Function, wide: "Wide") -> Door:
        callbacks = [
            one
            for module in self._modules
            for one in module.functions
            if any(last_name(each).endswith("auth_callback") for each in one.decorators)
        ]
        asked = (
            Asked(Auth.REQUIRED, callbacks[0].name, callbacks[0].module.place(callbacks[0].node))
            if (callbacks and callbacks[0].node is not None)
            else strongest(wide.near(function.module.path))
        )
        node = function.node
        place = function.module.place(node) if node is not None else Place(function.module.path)
        return Door(
            Route(place=place, framework="chainlit", method="UI", path="/",
                function=function.qualname,
                  auth=asked.auth, auth_by=asked.by, auth_place=asked.place),
            function,
        )  # fmt: skip

    def _screens(self, module: Module) -> Iterator[Door]:
        """A Streamlit page or a Gradio interface is one door."""
        for call, scope, names in self._reading.library_calls(module):
            if not UI_INPUTS.isdisjoint(names):
                logins = [
                    one for one in scope.calls if last_name(one.func) in {"login", "Authenticate"}
                ]
                auth = Auth.REQUIRED if logins else Auth.NONE
                yield _screen("streamlit", call, scope, auth)
                return
            if last_name(call.func) == "launch" and any(one.startswith("gradio") for one in names):
                auth = Auth.REQUIRED if argument(call, "auth") is not None else Auth.NONE
                yield _screen("gradio", call, scope, auth)
                return

    # -------------------------------------------------------------- django

    def _django(self, module: Module) -> Iterator[Door]:
        for call in module.top.calls:
            if last_name(call.func) not in {"path", "re_path"} or len(call.args) < 2:
                continue
            if not any(
                one.startswith("django.urls")
                for one in self._follower.dotted(call.func, module.top)
            ):
                continue
            for value in self._view(call.args[1], module.top):
                yield from self._view_door(value, call, module)

    def _view(self, node: ast.expr, scope: Function) -> tuple[Value, ...]:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "as_view"
        ):
            return self._follower.values(node.func.value, scope)
        return self._follower.values(node, scope)

    def _view_door(self, value: Value, call: ast.Call, module: Module) -> Iterator[Door]:
        path = f"/{self._text(call.args[0], module.top)}"
        match value:
            case Own(function):
                asked = strongest(
                    [*self._access.of_decorators(function), *self._access.inside(function)]
                )
            case OwnClass(of) if (entry := _entry(of)) is not None:
                function = entry
                asked = strongest(self._access.of_class(of))
            case _:
                return
        route = Route(
            place=module.place(call), framework="django", method="ANY", path=path,
            function=function.qualname, auth=asked.auth, auth_by=asked.by, auth_place=asked.place,
            is_open_by_design=_is_open("GET", path),
        )  # fmt: skip
        yield Door(route, function)

    def _text(self, node: ast.expr | None, scope: Function) -> str:
        for value in self._follower.values(node, scope) if node is not None else ():
            if isinstance(value, Literal) and isinstance(value.value, str):
                return value.value
        return ""


Included = dict[tuple[ast.Call, Function], list[Asked]]
"""What is asked where a router is included, by the call that makes the router."""


class Wide(Struct, frozen=True, eq=False):
    """What is asked on every route of the application, or where a router is included."""

    everywhere: tuple[tuple[str, Asked], ...]
    """With the file that says it."""
    included: "Included"
    several: bool
    """Several applications in one repository: each has its own middleware."""

    def of(self, router: Made) -> Iterator[Asked]:
        """Give what holds for the routes of a router."""
        yield from self.near(router.scope.module.path)
        yield from self.included.get((router.call, router.scope), ())

    def near(self, path: str) -> Iterator[Asked]:
        """Give what the application says that a file belongs to."""
        for said_in, asked in self.everywhere:
            if not self.several or path.startswith(said_in.rpartition("/")[0]):
                yield asked


def strongest(ways: "Iterator[Asked] | list[Asked] | tuple[Asked, ...]") -> Asked:
    """One way that always asks is enough; one that may be off is worth telling."""
    order = (
        Auth.REQUIRED, Auth.OPTIONAL, Auth.CLAIMED, Auth.ADMITS, Auth.UNKNOWN, Auth.NONE,
    )  # fmt: skip
    return min(ways, key=lambda asked: order.index(asked.auth), default=Asked(Auth.NONE, "", None))


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


@lru_cache(maxsize=1_000)
def _is_open(method: str, path: str) -> bool:
    trimmed = path.strip("/")
    if not trimmed:
        return method in {"GET", "HEAD"}
    return bool(OPEN.search(trimmed)) or bool(PREFIXED.search(f"/{trimmed}"))


def _screen(framework: str, call: ast.Call, scope: Function, auth: Auth) -> Door:
    place = scope.module.place(call)
    route = Route(
        place=place,
        framework=framework,
        method="UI",
        path="/",
        function=scope.qualname,
        auth=auth,
    )
    return Door(route, scope)


def _entry(of: Class) -> Function | None:
    for name in ("post", "get", "put", "dispatch", "create", "list"):
        if name in of.methods:
            return of.methods[name]
    return next(iter(of.methods.values()), None)
