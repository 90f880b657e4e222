"""Doors that are screens: a page of Streamlit, an interface of Gradio, a chat of Chainlit."""

import ast
from collections.abc import Iterator

from tenken.place import Place
from tenken.readiness.collectors.code.access import Access, Asked
from tenken.readiness.collectors.code.doors.door import Door, strongest
from tenken.readiness.collectors.code.doors.wide import Wide
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.code import Auth, Route

UI_INPUTS = frozenset({"streamlit.chat_input", "streamlit.text_input", "streamlit.text_area"})
LOGGED_IN = "is_logged_in"
"""What Streamlit's own login tells of a user."""
KEPT = ("authentication_status", "authenticated", "logged_in", "password_correct")
"""What a page remembers of a login of its own or of streamlit_authenticator."""
COMPARES = frozenset({"compare_digest", "checkpw", "verify", "verify_password", "login"})


class Screens:
    """Finds screens, and whether they ask who sits there."""

    def __init__(self, reading: Reading, access: Access) -> None:
        self._reading = reading
        self._follower = reading.follower
        self._modules = reading.production
        self._access = access

    def chat(self, function: Function, wide: Wide) -> Door:
        """A handler of Chainlit."""
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

    def of(self, module: Module) -> Iterator[Door]:
        """A Streamlit page or a Gradio interface is one door."""
        for call, scope, names in self._reading.library_calls(module):
            if not UI_INPUTS.isdisjoint(names) and not _is_of_login(call):
                yield _screen("streamlit", call, scope, self._logged_in(call, scope))
                return
            name = last_name(call.func)
            if name == "launch" and any(one.startswith("gradio") for one in names):
                auth = Auth.REQUIRED if argument(call, "auth") is not None else Auth.NONE
                yield _screen("gradio", call, scope, auth)
                return
            if name == "mount_gradio_app" and any(one.startswith("gradio") for one in names):
                yield _screen("gradio", call, scope, self._mounted(call, scope))
                return

    def _mounted(self, call: ast.Call, scope: Function) -> Auth:
        if argument(call, "auth") is not None:
            return Auth.REQUIRED
        asked = self._access.of_dependencies(argument(call, "auth_dependency"), scope)
        return strongest(asked).auth

    def _logged_in(self, call: ast.Call, scope: Function) -> Auth:
        """Whether the page stops before its input, or shows it only, for who is not logged in."""
        if any(last_name(one.func) in {"login", "Authenticate"} for one in scope.calls):
            return Auth.REQUIRED
        around = [one for one in scope.module.above(call) if isinstance(one, ast.If)]
        body = getattr(scope.node or scope.module.tree, "body", [])
        before = [
            one
            for one in body
            if isinstance(one, ast.If) and one.lineno < call.lineno and _stops(one)
        ]
        asked = any(self._asks(one.test, scope) for one in (*around, *before))
        return Auth.REQUIRED if asked else Auth.NONE

    def _asks(self, test: ast.expr, scope: Function) -> bool:
        for node in walk(test):
            if isinstance(node, ast.Attribute) and node.attr == LOGGED_IN:
                return True
            if isinstance(node, ast.Call) and self._compares(node, scope):
                return True
            told = node.value if isinstance(node, ast.Constant) else None
            told = node.attr if isinstance(node, ast.Attribute) else told
            if told in KEPT and "session_state" in ast.unparse(test):
                return any(map(_compares_something, scope.module.functions))
        return False

    def _compares(self, call: ast.Call, scope: Function) -> bool:
        return any(
            _compares_something(entered)
            or any(map(_compares_something, entered.functions.values()))
            for entered in self._follower.functions(call.func, scope)
        )


def _compares_something(function: Function) -> bool:
    """It holds what somebody typed against what is kept elsewhere."""
    return any(last_name(one.func) in COMPARES for one in function.calls)


def _is_of_login(call: ast.Call) -> bool:
    """`st.text_input("Password", type="password")` asks who is there, and nothing of a model."""
    kind = argument(call, "type")
    return isinstance(kind, ast.Constant) and kind.value == "password"


def _stops(node: ast.If) -> bool:
    return any(
        isinstance(one, ast.Call) and last_name(one.func) == "stop"
        for part in node.body
        for one in walk(part)
    )


def _screen(framework: str, call: ast.Call, scope: Function, auth: Auth) -> Door:
    route = Route(
        place=scope.module.place(call), framework=framework, method="UI", path="/",
        function=scope.qualname, auth=auth,
    )  # fmt: skip
    return Door(route, scope)
