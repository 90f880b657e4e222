"""Requests that reach a model without a library: by their address, or by what they send."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.code.models import libraries
from tenken.readiness.collectors.code.models.clients import Used
from tenken.readiness.collectors.code.models.libraries import Client, Method
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument
from tenken.readiness.collectors.python.values import Display, Literal, Made, Member, Text
from tenken.readiness.collectors.python.walking import walk

PLAIN_PATHS = ("/chat/completions", ":generateContent", ":streamGenerateContent")
"""Paths that no other service has, wherever they are sent."""
CHAT = frozenset({"model", "messages"})
"""What every chat request holds: an address from settings needs nothing more to be known."""


class Posted:
    """Finds the requests that a model answers."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def used(self, call: ast.Call, scope: Function) -> Iterator[Used]:
        """Give the client behind a request; nothing where it asks no model."""
        text = self._url(call, scope)
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
        texts = (self._address(node, scope) for node in nodes if node is not None)
        return next((text for text in texts if "/" in text), "")

    def _built(self, call: ast.Call, scope: Function) -> Made | None:
        return next(
            (value.base for value in self._follower.values(call.func, scope)
             if isinstance(value, Member)
             and value.base.dotted.startswith(libraries.HTTP_LIBRARIES)), None,
        )  # fmt: skip

    def _sends_chat(self, call: ast.Call, scope: Function) -> bool:
        """The body names a model and holds messages."""
        body = argument(call, "json")
        return body is not None and any(
            isinstance(value, Display) and _keys(value.node) >= CHAT
            for value in self._follower.values(body, scope)
        )

    def _address(self, node: ast.expr, scope: Function) -> str:
        pieces: list[str] = []
        for value in self._follower.values(node, scope):
            if isinstance(value, Literal):
                pieces.append(str(value.value))
            elif isinstance(value, Text):
                pieces += [
                    str(one.value) for one in walk(value.node)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                ]  # fmt: skip
        return "".join(pieces)


def _keys(node: ast.expr) -> set[object]:
    if not isinstance(node, ast.Dict):
        return set()
    return {key.value for key in node.keys if isinstance(key, ast.Constant)}
