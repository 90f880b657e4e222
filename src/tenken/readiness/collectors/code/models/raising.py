"""Where the error of a call goes: which handler sees it, and which swallows it below."""

import ast
from collections.abc import Iterator

from tenken.place import Place
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.values import Literal
from tenken.readiness.collectors.python.walking import walk

BROAD = frozenset({"Exception", "BaseException"})
CALL_ERRORS = frozenset({
    "TimeoutError", "ConnectionError", "OSError", "IOError", "RuntimeError", "HTTPError",
    "ClientError", "RequestException",
})  # fmt: skip
REQUEST_ERRORS = frozenset({
    "BadRequestError", "AuthenticationError", "PermissionDeniedError", "NotFoundError",
    "UnprocessableEntityError", "ConflictError", "ContextWindowExceededError",
    "ContentPolicyViolationError", "ContentFilterFinishReasonError", "InvalidRequestError",
    "InvalidArgument", "Unauthenticated", "PermissionDenied", "LengthFinishReasonError",
})  # fmt: skip
"""What the request itself is to blame for: raised while the provider is well."""
ERROR_PACKAGES = (
    "openai", "anthropic", "google", "vertexai", "botocore", "litellm", "httpx", "requests",
    "aiohttp",
    "langchain", "tenacity", "asyncio", "groq", "cohere", "mistralai", "urllib3", "grpc", "azure",
    "pybreaker", "circuitbreaker", "stamina", "llama_index", "pydantic_ai", "agents", "concurrent",
    "socket", "ollama",
)  # fmt: skip


class Raising:
    """Follows errors outwards from a call."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def tries_around(self, node: ast.AST, scope: Function) -> Iterator[ast.Try]:
        """Give the `try` statements whose body holds the node, innermost first."""
        below = node
        for above in scope.module.above(node):
            if above is scope.node:
                return
            if isinstance(above, ast.Try) and any(below is statement for statement in above.body):
                yield above
            below = above

    def swallowed_at(
        self, node: ast.AST, scope: Function, *, stop: ast.Try | None = None
    ) -> ast.ExceptHandler | None:
        """Give the handler that takes the node's error and lets nothing out, below `stop`."""
        for around in self.tries_around(node, scope):
            if around is stop:
                return None
            for handler in around.handlers:
                if self.catches_calls(handler, scope):
                    if not (raises(handler) or raised_later(handler, around, scope)):
                        return handler
                    break  # it is raised again: the next `try` outwards sees it
        return None

    def spared_at(self, node: ast.AST, scope: Function) -> Place | None:
        """Give the handler that takes what the request itself is to blame for, and ends there."""
        for around in self.tries_around(node, scope):
            for handler in around.handlers:
                kinds = (
                    handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                )
                blamed = any(kind and last_name(kind) in REQUEST_ERRORS for kind in kinds)
                if blamed and not raises(handler):
                    return scope.module.place(handler)
        return None

    def catches_calls(self, handler: ast.ExceptHandler, scope: Function) -> bool:
        """Tell whether a handler sees the errors of a call to a provider."""
        if handler.type is None:
            return True
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        return any(self.is_call_error(kind, scope) for kind in kinds)

    def is_broad(self, handler: ast.ExceptHandler) -> bool:
        """Tell whether a handler takes every error."""
        if handler.type is None:
            return True
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        return any(last_name(kind) in BROAD for kind in kinds)

    def is_call_error(self, kind: ast.expr, scope: Function) -> bool:
        """Tell whether a provider that is down or slow raises this kind of error."""
        name = last_name(kind)
        if name in REQUEST_ERRORS:
            return False
        if name in BROAD or name in CALL_ERRORS:
            return True
        dotted = self._follower.dotted(kind, scope)
        if dotted:
            return any(one.startswith(ERROR_PACKAGES) for one in dotted)
        return (
            name not in BUILTIN_ERRORS
        )  # an error of the application's own may wrap the provider's


BUILTIN_ERRORS = frozenset({
    "ValueError", "KeyError", "TypeError", "AttributeError", "IndexError", "LookupError",
    "JSONDecodeError", "UnicodeDecodeError", "ZeroDivisionError", "ArithmeticError",
    "AssertionError",
    "StopIteration", "StopAsyncIteration", "ImportError", "ModuleNotFoundError",
    "FileNotFoundError",
    "NotImplementedError", "ValidationError", "KeyboardInterrupt", "PermissionError", "NameError",
})  # fmt: skip


def raises(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler can let an error out."""
    return any(isinstance(node, ast.Raise) for node in _own(handler.body))


def raised_later(handler: ast.ExceptHandler, around: ast.Try, scope: Function) -> bool:
    """`last = error` with `raise last` further down, or a raise behind the loop of attempts."""
    if any(isinstance(node, ast.Return) for node in _own(handler.body)):
        return False
    kept = {handler.name} | {
        target.id
        for node in _own(handler.body)
        if isinstance(node, ast.Assign) and handler.name in _names(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    body = getattr(scope.node, "body", None)
    later = _own(body) if isinstance(body, list) else ()
    if any(isinstance(one, ast.Raise) and kept & _names(one) for one in later):
        return True
    return any(isinstance(one, ast.Raise) for one in _behind_loop(around, scope))


def _behind_loop(around: ast.Try, scope: Function) -> list[ast.stmt]:
    below: ast.AST = around
    for above in scope.module.above(around):
        if isinstance(below, ast.For | ast.While | ast.AsyncFor):
            blocks = (getattr(above, name, None) for name in ("body", "orelse", "finalbody"))
            block = next((one for one in blocks if isinstance(one, list) and below in one), [])
            return [*below.orelse, *block[block.index(below) + 1 :]]
        if above is scope.node:
            return []
        below = above
    return []


def _names(node: ast.AST) -> set[str | None]:
    return {one.id for one in walk(node) if isinstance(one, ast.Name)}


def _own(body: list[ast.stmt]) -> Iterator[ast.AST]:
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))


def ends_before(node: ast.AST, scope: Function) -> bool:
    """Tell whether a statement in the same block ends the block before the node is reached."""
    below = node
    for above in scope.module.above(node):
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(above, block, None)
            if isinstance(statements, list) and below in statements:
                before = statements[: statements.index(below)]
                if any(
                    isinstance(one, ast.Return | ast.Raise | ast.Continue | ast.Break)
                    for one in before
                ):
                    return True
        if above is scope.node or isinstance(above, ast.ExceptHandler):
            return False
        below = above
    return False


def never_true(node: ast.AST, scope: Function, follower: Follower) -> bool:
    """Tell whether the node stands under `if False`, or under a constant that is false."""
    below = node
    for above in scope.module.above(node):
        if isinstance(above, ast.If) and below is not above.test:
            truth = _truth(above.test, scope, follower)
            if truth is not None and (below in above.body) != truth:
                return True
        if above is scope.node:
            return False
        below = above
    return False


def _truth(test: ast.expr, scope: Function, follower: Follower) -> bool | None:
    """What a constant says, also by its name; None for all that can change when it runs."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if not isinstance(test, ast.Name | ast.Attribute):
        return None
    told = {
        bool(value.value) if isinstance(value, Literal) and not value.is_default else None
        for value in follower.values(test, scope)
    }
    return told.pop() if len(told) == 1 else None
