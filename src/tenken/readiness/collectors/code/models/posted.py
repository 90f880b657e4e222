"""Requests that reach a model without a library: by their address, or by what they send."""

import ast
from collections.abc import Iterator
from typing import TypeGuard

from tenken.readiness.collectors.code.models import libraries
from tenken.readiness.collectors.code.models.clients import Used
from tenken.readiness.collectors.code.models.libraries import Client, Method
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import Display, Literal, Made, Member, Text
from tenken.readiness.collectors.python.walking import walk

PLAIN_PATHS = ("/chat/completions", ":generateContent", ":streamGenerateContent")
"""Paths that no other service has, wherever they are sent."""
CHAT = frozenset({"model", "messages"})
"""What every chat request holds: an address from settings needs nothing more to be known."""


MAX_DEPTH = 2
"""Functions that give pieces of an address, one within the other."""


class Posted:
    """Finds the requests that a model answers."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def used(self, call: ast.Call, scope: Function) -> Iterator[Used]:
        """Give the client behind a request; nothing where it asks no model."""
        text = self._url(call, scope)
        text = text if "://" in text else f"/{text.lstrip('/')}"
        host = next((name for host, name in libraries.PROVIDER_HOSTS.items() if host in text), "")
        path = next(
            (name for path, name in libraries.PROVIDER_PATHS.items() if path in text), None
        )
        by_path = path is not None and (
            host or path or any(one in text for one in PLAIN_PATHS)
        )  # fmt: skip
        opens = bool(host) and any(one in text for one in libraries.SESSION_PATHS)
        if not (by_path or opens or self._sends_chat(call, scope)):
            return
        client = Client(library="http", provider=host or path or "", retries_by_default=False)
        method = libraries.OTHER if opens else Method()
        yield Used(client, method, self._built(call, scope))

    def _url(self, call: ast.Call, scope: Function) -> str:
        nodes = (argument(call, name, at) for name, at in (("url", 0), ("url", 1)))
        texts = (
            self._address(_given_last(node, call, scope), scope)
            for node in nodes
            if node is not None
        )
        return next((text for text in texts if "/" in text), "")

    def _built(self, call: ast.Call, scope: Function) -> Made | None:
        return next(
            (value.base for value in self._follower.values(call.func, scope)
             if isinstance(value, Member)
             and value.base.dotted.startswith(libraries.HTTP_LIBRARIES)), None,
        )  # fmt: skip

    def _sends_chat(self, call: ast.Call, scope: Function) -> bool:
        """The body names a model and holds messages."""
        body = argument(call, "json") or _dumped(call)
        return body is not None and any(
            isinstance(value, Display) and _keys(value.node) >= CHAT
            for value in self._follower.values(body, scope)
        )

    def _address(self, node: ast.expr, scope: Function, depth: int = 0) -> str:
        """The address as far as it is written, also by a function of the repository."""
        pieces: list[str] = []
        for value in self._follower.values(node, scope):
            if isinstance(value, Literal):
                pieces.append(str(value.value))
            elif isinstance(value, Text):
                for one in walk(value.node):
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        pieces.append(one.value)
                    elif depth < MAX_DEPTH and _is_asked(one):
                        pieces.append(self._address(one.value, value.scope, depth + 1))
        return "".join(pieces)


def _dumped(call: ast.Call) -> ast.expr | None:
    """What is sent as a text of JSON: `content=json.dumps(body)`."""
    for name in ("content", "data"):
        match argument(call, name):
            case ast.Call(func=func, args=[body, *_]) if last_name(func) == "dumps":
                return body
            case _:
                pass
    return None


def _is_asked(node: ast.AST) -> TypeGuard[ast.FormattedValue]:
    """`{address()}` within a text."""
    return isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Call)


def _given_last(node: ast.expr, call: ast.Call, scope: Function) -> ast.expr:
    """Of several things that a name is bound to, the one bound last before the call."""
    if not isinstance(node, ast.Name) or len(scope.assigned.get(node.id, ())) < 2:
        return node
    below: ast.AST = call
    for above in scope.module.above(call):
        for suite in (getattr(above, name, None) for name in ("body", "orelse", "finalbody")):
            at = suite.index(below) if isinstance(suite, list) and below in suite else 0
            for statement in reversed(suite[:at] if isinstance(suite, list) else []):
                match statement:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == node.id:
                        return value
                    case _ if node.id in _bound_in(statement):
                        return node
                    case _:
                        pass
        if above is scope.node:
            break
        below = above
    return node


def _bound_in(statement: ast.stmt) -> set[str]:
    return {
        one.id
        for one in walk(statement)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }


def _keys(node: ast.expr) -> set[object]:
    if not isinstance(node, ast.Dict):
        return set()
    return {key.value for key in node.keys if isinstance(key, ast.Constant)}
