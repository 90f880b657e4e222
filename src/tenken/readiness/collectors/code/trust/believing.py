"""Checks of a caller that believe whatever is sent, or let in whoever fails them."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import argument, default_of, last_name, own_nodes
from tenken.readiness.collectors.python.walking import same

CONVERSIONS = frozenset({"UUID", "int", "str", "strip", "lower", "upper", "isdigit", "len", "dict",
    "startswith", "removeprefix", "split", "partition", "replace", "get", "call_next",
    "HTTPException", "JSONResponse", "warning", "info", "error", "debug", "Header"})  # fmt: skip
"""What changes, takes or refuses a value and tells nothing of who sent it."""
NAMING = ("user", "email", "tenant", "account", "member", "employee", "customer", "role")
"""Headers that say who somebody is; anybody can say so."""
PROVING = ("auth", "token", "key", "secret", "sign", "jwt", "cookie", "session", "password",
    "assertion", "identity", "principal", "oidc", "jwt", "goog", "amzn", "cert", "verif",
    "decode", "digest", "hmac", "valid", "login", "check", "introspect")  # fmt: skip
"""Words of headers that prove it or that a proxy sets, and of calls that look at a proof."""
REQUESTS = frozenset({"request", "req", "headers", "scope", "websocket", "conn", "event"})
OTHER_SENDERS = frozenset({"cookies", "client", "remote_addr", "session", "state"})


def believes(function: Function) -> bool:
    """It takes a header, changes its type, and holds it against nothing and nobody."""
    if not _takes_header(function):
        return False
    if _asks_only_for_a_name(function):
        return True
    if any(not (last_name(one.func) in CONVERSIONS or mirrors(one)) for one in function.calls):
        return False
    return not any(
        isinstance(node, ast.Compare) and _holds_against(node) for node in own_nodes(function)
    )


def _asks_only_for_a_name(function: Function) -> bool:
    """All it takes is a header that names somebody: to find the name on a list proves nothing."""
    names = [one.lower() for one in _headers(function)]
    if not names or not all(_has(one, NAMING) and not _has(one, PROVING) for one in names):
        return False
    defaults = [default_of(one.arg, function) for one in function.parameters]
    others = any(
        isinstance(one, ast.Call) and last_name(one.func) in {"Depends", "Security", "Cookie"}
        for one in defaults
    )
    seen = {node.attr for node in own_nodes(function) if isinstance(node, ast.Attribute)}
    return not others and not seen & OTHER_SENDERS and not any(map(_may_prove, function.calls))


def _may_prove(call: ast.Call) -> bool:
    """A call that can look at more of the request than the name: given it whole, or nothing."""
    if not _has(last_name(call.func).lower(), PROVING):
        return False
    given = [*call.args, *(one.value for one in call.keywords)]
    whole = (one for one in given if isinstance(one, ast.Name | ast.Attribute))
    return not given or any(last_name(one) in REQUESTS for one in whole)


def _headers(function: Function) -> Iterator[str]:
    """Names of the headers that are taken; one that is not written out is called `token`."""
    for one in function.parameters:
        default = default_of(one.arg, function)
        if isinstance(default, ast.Call) and last_name(default.func) == "Header":
            yield _constant(argument(default, "alias")) if argument(default, "alias") else one.arg
    for node in own_nodes(function):
        match node:
            case ast.Call(
                func=ast.Attribute(ast.Attribute(attr="headers"), "get"), args=[key, *_]
            ):
                yield _constant(key)
            case ast.Subscript(value=ast.Attribute(attr="headers"), slice=key):
                yield _constant(key)
            case _:
                pass


def _constant(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return "token"


def _has(name: str, words: tuple[str, ...]) -> bool:
    return any(word in name for word in words)


def _takes_header(function: Function) -> bool:
    by_default = (default_of(one.arg, function) for one in function.parameters)
    return any(
        isinstance(default, ast.Call) and last_name(default.func) == "Header"
        for default in by_default
    ) or any(
        isinstance(node, ast.Attribute) and node.attr == "headers" for node in own_nodes(function)
    )


def _holds_against(node: ast.Compare) -> bool:
    """Neither a constant nor the value itself is anything to hold it against."""
    return any(
        not isinstance(one, ast.Constant) and not same(one, node.left) for one in node.comparators
    )


def mirrors(call: ast.Call) -> bool:
    """`compare_digest(key, key)`."""
    return len(call.args) == 2 and same(call.args[0], call.args[1])


def admits(call: ast.Call, module: Module) -> bool:
    """Whoever fails the check is somebody all the same: `except ...: return "anonymous"`."""
    return any(
        isinstance(node.body[-1], ast.Return) and _is_somebody(node.body[-1].value)
        for node in _handlers(call, module)
    )


def _handlers(call: ast.Call, module: Module) -> Iterator[ast.ExceptHandler]:
    inner: ast.AST = call
    for node in module.above(call):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        if isinstance(node, ast.Try) and inner in node.body:
            yield from node.handlers
        inner = node


def _is_somebody(node: ast.expr | None) -> bool:
    match node:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Dict(keys=keys, values=values):
            words = " ".join(ast.unparse(one) for one in (*keys, *values) if one).lower()
            return bool(keys) and not any(word in words for word in ("error", "none", "40"))
        case _:
            return False
