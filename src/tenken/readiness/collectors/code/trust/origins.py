"""Where any website may send requests that carry a user's session: CORS open to all."""

import ast
from collections.abc import Iterable, Iterator

from tenken.place import Place
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import Display, Literal

SETTERS = frozenset({"add_middleware", "CORSMiddleware", "Middleware", "CORS"})
ORIGINS = ("allow_origins", "origins", "allow_origin_regex", "resources")
CREDENTIALS = ("allow_credentials", "supports_credentials")
ANYBODY = frozenset({"*", ".*", "https?://.*", "https://.*", r"https?:\/\/.*"})


def open_origins(modules: Iterable[Module], follower: Follower) -> Iterator[Place]:
    """Give each place that lets every origin send credentials."""
    for module in modules:
        for call, scope in module.calls_that(_is_cors):
            if _is_open(call, scope, follower):
                yield module.place(call)


def _is_cors(call: ast.Call) -> bool:
    if last_name(call.func) not in SETTERS:
        return False
    return any("CORS" in last_name(one) for one in (call.func, *call.args[:1]))


def _is_open(call: ast.Call, scope: Function, follower: Follower) -> bool:
    given = [node for name in CREDENTIALS if (node := argument(call, name)) is not None]
    told = {value for node in given for value in _texts(node, scope, follower)}
    if "True" not in told:
        return False
    named = [node for name in ORIGINS if (node := argument(call, name)) is not None]
    return any(text in ANYBODY for node in named for text in _texts(node, scope, follower))


def _texts(node: ast.expr, scope: Function, follower: Follower) -> Iterator[str]:
    for value in follower.values(node, scope):
        match value:
            case Literal(value=known):
                yield str(known)
            case Display(node=ast.List() | ast.Tuple() | ast.Set() as display, scope=home):
                for element in display.elts:
                    yield from _texts(element, home, follower)
            case _:
                pass
