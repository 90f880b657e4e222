"""Whether a function that sets something up is ever entered."""

import ast
from functools import cached_property

from tenken.pattern import Pattern, escape
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.values import (
    Made,
    Member,
    Own,
    Thing,
    Unknown,
    Value,
)
from tenken.readiness.facts.tree import Entry, Role

FACTORIES = frozenset({"create_app", "make_app", "get_app", "build_app"})
"""Names under which a server looks for a function that makes the application."""
APPLICATIONS = frozenset({
    "FastAPI", "Flask", "Starlette", "Quart", "Litestar", "Sanic", "Blueprint", "Blocks", "App",
})  # fmt: skip
FUNCTIONS = frozenset({"handler", "lambda_handler", "main"})
"""Names of functions that a platform calls with an event, a context or a request."""
OF_SERVER = frozenset({
    "post_fork", "post_worker_init", "worker_init", "when_ready", "on_starting", "child_init",
})  # fmt: skip
"""What gunicorn calls in its own configuration."""
STARTS = (".toml", ".cfg", ".ini", ".yaml", ".yml", ".sh", ".conf", ".json", ".tf", "Dockerfile",
          "Procfile", "Makefile", "justfile")  # fmt: skip
MAX_START_BYTES = 64_000
MAX_DEPTH = 6
WRAPPERS = (
    "tenacity.", "stamina.", "backoff.", "retrying.", "retry.", "functools.", "contextlib.",
    "pybreaker.", "circuitbreaker", "aiobreaker.", "ratelimit.", "asyncache.", "cachetools.",
    "langfuse.", "langsmith.", "opentelemetry.", "ddtrace.", "logfire.", "mlflow.", "beartype.",
    "typing.", "typing_extensions.",
)  # fmt: skip
"""Libraries whose decorators change a function and make it known to nobody."""


class Uses:
    """Looks for whoever enters a function, by calls, by other mentions and in start commands."""

    def __init__(self, reading: Reading) -> None:
        self._follower = reading.follower
        self._tree = reading.tree
        self._known: dict[Function, bool] = {}

    def is_entered(self, function: Function, depth: int = 0) -> bool:
        """Something runs it; False only where nothing in the repository does."""
        if self._is_open(function) or depth > MAX_DEPTH:
            return True
        if function not in self._known:
            self._known[function] = False  # a cycle is entered from nowhere
            self._known[function] = self._search(function, depth)
        return self._known[function]

    def _is_open(self, function: Function) -> bool:
        """The top of a module, a method, a nested or registered function: a framework may call."""
        named = isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef)
        outer = function.outer
        nested = outer is not None and outer.node is not None
        return (
            not named
            or nested
            or function.owner is not None
            or any(not self._only_wraps(one, function) for one in function.decorators)
            or _is_hook(function)
        )

    def _only_wraps(self, decorator: ast.expr, function: Function) -> bool:
        """A retry, a cache or a span around a function; what is not known may register it."""
        values = self._follower.values(decorator, function.outer or function.module.top)
        return all(
            isinstance(one, Thing | Made | Member) and one.dotted.startswith(WRAPPERS)
            for one in values
        )

    def _search(self, function: Function, depth: int) -> bool:
        mentions = self._follower.callers.of(function)
        if mentions:
            return any(self.is_entered(one.scope, depth + 1) for one in mentions)
        return self._is_referred_to(function) or self._is_started(function)

    def _is_referred_to(self, function: Function) -> bool:
        """It stands in a list or mapping, say, from where anything may call it."""
        name = function.name
        for module in self._follower.project.loaded:
            if name not in module.shape.named() or module.role is Role.TEST:
                continue
            for node in module.named(name):
                values = self._follower.values(node, module.top)
                if any(isinstance(one, Unknown) or _is(one, function) for one in values):
                    return True
        return False

    def _is_started(self, function: Function) -> bool:
        """`app.logs:configure` in a start command or an entry point."""
        name = escape(function.name)
        pattern = Pattern(rf"[:.]{name}\b|(?i:entry.?point)\W+{name}\b")
        for entry in self._starts:
            text = self._tree.text(entry.path)
            if isinstance(text, str) and function.name in text and pattern.search(text):
                return True
        return False

    @cached_property
    def _starts(self) -> tuple[Entry, ...]:
        """Files that may say what is started."""
        return tuple([
            entry for entry in self._tree.entries
            if entry.path.endswith(STARTS) and entry.size <= MAX_START_BYTES
        ])  # fmt: skip


def _is_hook(function: Function) -> bool:
    """A server or platform calls it by its name; the name alone does not make it one."""
    if function.name in OF_SERVER:
        return "gunicorn" in function.module.path
    if function.name in FACTORIES:
        return bool(function.returns) and any(
            last_name(one.func) in APPLICATIONS for one in function.calls
        )
    given = [one.arg for one in function.parameters]
    return function.name in FUNCTIONS and given[:1] in (["event"], ["request"], ["req"], ["msg"])


def _is(value: Value, function: Function) -> bool:
    return isinstance(value, Own) and value.function is function
