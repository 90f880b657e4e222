"""Doors of Django: paths, views, view sets, and what its settings ask of all of them."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.code.access import Access, Asked
from tenken.readiness.collectors.code.doors.door import Door, entry_of, is_open, strongest
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Class, Function, Module
from tenken.readiness.collectors.python.syntax import entry, last_name
from tenken.readiness.collectors.python.values import Own, OwnClass, Value, first_text
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.code import Auth, Route

OPENED = frozenset({"login_not_required", "permission_classes", "authentication_classes"})
"""Decorators that take a view out of what the settings ask."""
REST = ("APIView", "ViewSet", "GenericViewSet", "ModelViewSet", "ReadOnlyModelViewSet")


class Django:
    """Finds the views behind paths."""

    def __init__(self, follower: Follower, access: Access, modules: tuple[Module, ...]) -> None:
        self._follower = follower
        self._access = access
        self._modules = modules
        self._settings: dict[str, list[Asked]] | None = None

    def of(self, module: Module) -> Iterator[Door]:
        """Give the doors that a module's paths lead to."""
        for call in module.top.calls:
            name = last_name(call.func)
            if len(call.args) < 2 or name not in {"path", "re_path", "register"}:
                continue
            told = self._follower.dotted(call.func, module.top)
            if name == "register" and any(one.startswith("rest_framework") for one in told):
                for value in self._follower.values(call.args[1], module.top):
                    yield from self._door(value, call, module)
            elif any(one.startswith("django.urls") for one in told):
                for value in self._view(call.args[1], module.top):
                    yield from self._door(value, call, module)

    def _view(self, node: ast.expr, scope: Function) -> tuple[Value, ...]:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "as_view"
        ):
            return self._follower.values(node.func.value, scope)
        return self._follower.values(node, scope)

    def _door(self, value: Value, call: ast.Call, module: Module) -> Iterator[Door]:
        path = f"/{first_text(self._follower.values(call.args[0], module.top))}"
        match value:
            case Own(function):
                asked = [*self._access.of_decorators(function), *self._access.inside(function)]
                asked += self._by_settings(function)
            case OwnClass(of) if (way := entry_of(of)) is not None:
                function = way
                asked = [*self._access.of_class(of), *self._by_settings_of_class(of)]
            case _:
                return
        told = strongest(asked)
        route = Route(
            place=module.place(call), framework="django", method="ANY", path=path,
            function=function.qualname, auth=told.auth, auth_by=told.by, auth_place=told.place,
            is_open_by_design=is_open("GET", path),
        )  # fmt: skip
        yield Door(route, function)

    # -------------------------------------------------------------- settings

    def _by_settings(self, function: Function) -> list[Asked]:
        names = {last_name(one) for one in function.decorators}
        if names & OPENED:
            return []
        wide = self._asked_by_settings()
        return [*wide["middleware"], *(wide["rest"] if "api_view" in names else ())]

    def _by_settings_of_class(self, of: Class) -> list[Asked]:
        if "permission_classes" in of.attributes:
            return []
        wide = self._asked_by_settings()
        rest = any(last_name(one).endswith(REST) for one in of.node.bases)
        return [*wide["middleware"], *(wide["rest"] if rest else ())]

    def _asked_by_settings(self) -> dict[str, list[Asked]]:
        """`LoginRequiredMiddleware`, and the permissions that views have by default."""
        if self._settings is None:
            self._settings = {"middleware": [], "rest": []}
            for module in self._modules:
                for one in module.top.assigned.get("MIDDLEWARE", ()):
                    if "LoginRequiredMiddleware" in _last_words(one.value):
                        place = module.place(one.value)
                        asked = Asked(Auth.REQUIRED, "LoginRequiredMiddleware", place)
                        self._settings["middleware"].append(asked)
                for one in module.top.assigned.get("REST_FRAMEWORK", ()):
                    permissions = entry(one.value, "DEFAULT_PERMISSION_CLASSES")
                    names = _last_words(permissions) if permissions is not None else set()
                    if names and not names & {"AllowAny", "IsAuthenticatedOrReadOnly"}:
                        place = module.place(one.value)
                        asked = Asked(Auth.REQUIRED, "DEFAULT_PERMISSION_CLASSES", place)
                        self._settings["rest"].append(asked)
        return self._settings


def _last_words(node: ast.expr) -> set[str]:
    texts = (one.value for one in walk(node) if isinstance(one, ast.Constant))
    return {str(one).rpartition(".")[2] for one in texts if one}
