"""Where the code accepts any certificate, so that TLS proves nothing about the other end."""

import ast
from collections.abc import Iterable, Iterator

from tenken.place import Place
from tenken.readiness.collectors.python.modules import Module
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.walking import walk

SENDERS = frozenset({
    "get", "post", "put", "patch", "delete", "head", "request", "stream", "Client", "AsyncClient",
})  # fmt: skip


def unchecked(modules: Iterable[Module]) -> Iterator[Place]:
    """Give each `verify=False` of a request or client, and each context set to `CERT_NONE`."""
    for module in modules:
        for call in module.shape.calls_that(_sends_unchecked):
            yield module.place(call)
        if "ssl" in module.imports.values():
            for node in walk(module.tree):
                if isinstance(node, ast.Assign) and _sets_none(node):
                    yield module.place(node)


def _sends_unchecked(call: ast.Call) -> bool:
    verify = argument(call, "verify")
    is_off = isinstance(verify, ast.Constant) and verify.value is False
    return is_off and last_name(call.func) in SENDERS


def _sets_none(node: ast.Assign) -> bool:
    """`context.verify_mode = ssl.CERT_NONE`; mentioning the constant changes nothing."""
    return (
        isinstance(node.value, ast.Name | ast.Attribute)
        and last_name(node.value) == "CERT_NONE"
        and any(
            isinstance(target, ast.Attribute) and target.attr == "verify_mode"
            for target in node.targets
        )
    )
