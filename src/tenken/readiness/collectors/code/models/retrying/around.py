"""What stands around a call: retries, breakers and limiters, in all functions above it."""

import ast
from collections.abc import Iterator, Sequence
from itertools import starmap

from msgspec import Struct
from msgspec.structs import replace

from tenken.place import Place
from tenken.readiness.collectors.code.models.handing import Handing
from tenken.readiness.collectors.code.models.idle import idle
from tenken.readiness.collectors.code.models.raising import Raising
from tenken.readiness.collectors.code.models.retrying.attempts import TOO_WIDE, Attempts
from tenken.readiness.collectors.code.models.settings import Settings
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name, number
from tenken.readiness.collectors.python.values import Made, Own, Thing, Value
from tenken.readiness.facts.calls import (
    ABSENT,
    Backoff,
    Retry,
    RetryBy,
    Stated,
    Unreachable,
    Wrapping,
)

RETRY_DECORATORS = frozenset({
    "tenacity.retry", "stamina.retry", "backoff.on_exception", "retrying.retry", "retry.retry",
    "retry_async.retry", "tenacity.Retrying.wraps", "google.api_core.retry.Retry",
    "google.api_core.retry_async.AsyncRetry", "google.api_core.retry.AsyncRetry",
})  # fmt: skip
RETRY_CONTEXTS = frozenset(
    {"tenacity.Retrying", "tenacity.AsyncRetrying", "stamina.retry_context"}
)
GROWING = ("exponential", "expo", "fibo")
CEILINGS = ("max", "multiplier", "max_value", "factor", "initial")
"""Arguments of a growing wait that keep it at nothing when they are."""
SHORTEST_WAIT_S = 0.01
BREAKERS = (
    "pybreaker",
    "circuitbreaker",
    "aiobreaker",
    "purgatory",
    "hyx.circuitbreaker",
    "lasier",
)
LIMITERS = (
    "aiolimiter", "pyrate_limiter", "ratelimit", "throttled", "langchain_core.rate_limiters",
    "asyncio_throttle", "limiter", "self_limiters", "token_throttle", "openlimit", "limits",
)  # fmt: skip
INBOUND = (
    "slowapi",
    "fastapi_limiter",
    "flask_limiter",
    "django_ratelimit",
    "fastapi_throttle",
    "asgi_ratelimit",
)
MAX_ABOVE = 24


class Link(Struct, frozen=True, eq=False):
    """One function on the way up from a call, with the node that leads down to the call."""

    scope: Function
    node: ast.AST
    runs: tuple[Function, ...] = ()
    """Those that run the function below, where it is only handed to them here."""
    below: "Link | None" = None
    """The next step down to the call."""


class Around:
    """Looks from a call outwards."""

    def __init__(self, follower: Follower, settings: Settings, raising: Raising) -> None:
        self._follower = follower
        self._settings = settings
        self._raising = raising
        self._loops = Attempts(follower, settings, raising)
        self._handing = Handing(follower)
        self._above: dict[Function, tuple[Link, ...]] = {}

    def links(self, node: ast.AST, scope: Function) -> tuple[Link, ...]:
        """Give the call's own function and those that lead to it, nearest first.

        A function that leads down twice (once in a `try`, once in its handler) has two links.
        """
        found = [Link(scope, node)]
        level = {scope: found[0]}
        known = {scope}
        while level and len(known) < MAX_ABOVE:
            above = [
                replace(link, below=below)
                for function, below in level.items()
                for link in self.above(function)
            ]
            fresh = [link for link in above if link.scope not in known]
            found += sorted(fresh, key=lambda link: getattr(link.node, "lineno", 0))
            level = {link.scope: link for link in reversed(fresh)}
            known.update(level)
        return tuple(found)

    def passing_by(self, call_scope: Function, guard: Function) -> Place | None:
        """A function from which one gets to the call without passing the guard."""
        seen = {call_scope}
        stack = [call_scope]
        while stack:
            function = stack.pop()
            if function is guard:
                continue
            if any(guard is runner for runner, _ in self._handing.decorating(function)):
                continue
            above = [link.scope for link in self.above(function) if guard not in link.runs]
            if not above or len(seen) > MAX_ABOVE:
                return function.module.place(function.node or function.module.tree)
            stack += [one for one in above if one not in seen]
            seen.update(above)
        return None

    def above(self, function: Function) -> tuple[Link, ...]:
        """Give the functions that lead to this one, each with the node that does."""
        if (known := self._above.get(function)) is None:
            known = self._above[function] = tuple(self._leading(function))
        return known

    def _leading(self, function: Function) -> Iterator[Link]:
        yield from starmap(Link, self._handing.decorating(function))
        for mention in self._follower.callers.of(function):
            yield from self._mentioned(mention.call or mention.node, mention.scope)
        if (
            function.node is not None
            and function.outer is not None
            and function.outer.node is not None
        ):
            yield from self._mentioned(function.node, function.outer)

    def _mentioned(self, node: ast.AST, scope: Function) -> Iterator[Link]:
        """A place that calls a function, or hands it to others that run it."""
        running = tuple(self._handing.handed(node, scope)) if not _is_called(node) else ()
        yield from starmap(Link, running)
        yield Link(scope, node, tuple(dict.fromkeys(runner for runner, _ in running)))

    # -------------------------------------------------------------- retries

    def retries(self, links: Sequence[Link]) -> Iterator[Retry]:
        """Give the retries of decorators, contexts and loops."""
        for link in links:
            past = self.passing_by(links[0].scope, link.scope)
            down = list(_down(link))
            around = (*self._loops.of(link.node, link.scope), *self._contexts(link))
            for retry in (self._seeing(one, down[1:]) for one in around):
                yield replace(retry, bypassed=past)
            for retry in (self._seeing(one, down) for one in self._decorators(link.scope)):
                yield replace(retry, bypassed=past)

    def _seeing(self, retry: Retry, below: Sequence[Link]) -> Retry:
        """A retry with what is taken out of its sight on the way up to it."""
        spares: Place | None = None
        for link in reversed(below):
            handler = self._raising.swallowed_at(link.node, link.scope)
            if handler is not None:
                return _lost(retry, handler, link.scope)
            spares = spares or self._raising.spared_at(link.node, link.scope)
        return replace(retry, spares=spares)

    def _decorators(self, scope: Function) -> Iterator[Retry]:
        outer = scope.outer or scope.module.top
        for decorator in scope.decorators:
            call = decorator if isinstance(decorator, ast.Call) else None
            for value in self._follower.values(decorator, outer):
                made = value if isinstance(value, Made) else None
                dotted = value.dotted if isinstance(value, Thing | Made) else ""
                if dotted in RETRY_DECORATORS:
                    at = made.call if made else call
                    home = made.scope if made else outer
                    yield self._aimed(self._retry(dotted, at, home, decorator), at, home)

    def _contexts(self, link: Link) -> Iterator[Retry]:
        for above in link.scope.module.above(link.node):
            if above is link.scope.node:
                return
            if isinstance(above, ast.For | ast.AsyncFor):
                for value in self._follower.values(above.iter, link.scope):
                    if isinstance(value, Made) and value.dotted in RETRY_CONTEXTS:
                        found = self._retry(value.dotted, value.call, value.scope, above.iter)
                        yield self._aimed(found, value.call, value.scope)

    def _aimed(self, retry: Retry, call: ast.Call | None, home: Function) -> Retry:
        """A retry that waits for errors which no call of a provider raises never runs."""
        node = self._retried(retry.name, call, home)
        kinds = self._kinds(node, home) if node is not None else []
        if not kinds or any(self._raising.is_call_error(kind, home) for kind in kinds):
            return retry
        return replace(retry, unreachable=Unreachable.OTHER_ERRORS, unreachable_at=retry.place)

    def _retried(self, name: str, call: ast.Call | None, home: Function) -> ast.expr | None:
        """What a retry waits for, where it is told by kinds of error."""
        if call is None:
            return None
        if name in {"stamina", "backoff"}:
            word = "on" if name == "stamina" else "exception"
            return argument(call, word, 0 if name == "stamina" else 1)
        condition = argument(call, "retry")
        for value in self._follower.values(condition, home) if condition else ():
            if isinstance(value, Made) and value.dotted.endswith(".retry_if_exception_type"):
                return argument(value.call, "exception_types", 0)
        return None

    def _retry(self, dotted: str, call: ast.Call | None, home: Function, node: ast.expr) -> Retry:
        by = RetryBy.DECORATOR
        place = home.module.place(call or node)
        name = dotted.partition(".")[0]
        if name == "stamina":
            on = (argument(call, "on") or (call.args[0] if call.args else None)) if call else None
            return Retry(by=by, name=name, place=place, depends_on_error=self._is_narrow(on, home),
                         backoff=Backoff.EXPONENTIAL,
                             attempts=self._attempts(call, home))  # fmt: skip
        if name == "backoff":
            kinds = argument(call, "exception", 1) if call else None
            how = argument(call, "wait_gen", 0) if call else None
            return Retry(by=by, name=name, place=place,
                depends_on_error=self._is_narrow(kinds, home),
                         backoff=_growth(how), attempts=self._attempts(call, home))  # fmt: skip
        if name == "google":
            return Retry(by=by, name=name, place=place, backoff=Backoff.EXPONENTIAL,
                         depends_on_error=True, attempts=self._attempts(call, home))  # fmt: skip
        wait = argument(call, "wait") if call else None
        condition = argument(call, "retry") if call else None
        return Retry(
            by=by, name=name, place=place, depends_on_error=self._condition(condition, home),
            backoff=self._wait(wait, home), attempts=self._attempts(call, home),
        )  # fmt: skip

    def _attempts(self, call: ast.Call | None, home: Function) -> Stated:
        if call is None:
            return ABSENT
        for name in ("attempts", "max_tries", "stop_max_attempt_number", "tries"):
            if (node := argument(call, name)) is not None:
                return self._settings.value(node, home)
        stop = argument(call, "stop")
        for value in self._follower.values(stop, home) if stop else ():
            if isinstance(value, Made) and "attempt" in value.dotted and value.call.args:
                return self._settings.value(value.call.args[0], value.scope)
        return ABSENT

    def _wait(self, wait: ast.expr | None, home: Function) -> Backoff:
        if wait is None:
            return Backoff.NONE
        growth = [_growth_of(value) for value in self._follower.values(wait, home)]
        if Backoff.EXPONENTIAL in growth or Backoff.NONE in growth:
            return Backoff.NONE if Backoff.NONE in growth else Backoff.EXPONENTIAL
        return _growth(wait) if Backoff.UNKNOWN in growth else growth[0]

    def _condition(self, condition: ast.expr | None, home: Function) -> bool | None:
        if condition is None:
            return False  # tenacity then retries whatever is raised
        for value in self._follower.values(condition, home):
            if isinstance(value, Made):
                kind = value.dotted.rpartition(".")[2]
                first = argument(value.call, "exception_types", 0)
                if kind in {"retry_if_exception_type", "retry_if_not_exception_type"}:
                    negative = kind.startswith("retry_if_not")
                    return True if negative and first else self._is_narrow(first, value.scope)
                if kind == "retry_if_exception":
                    return self._predicate(argument(value.call, "predicate", 0), value.scope)
        return None

    def _predicate(self, node: ast.expr | None, home: Function) -> bool | None:
        for value in self._follower.values(node, home) if node else ():
            if isinstance(value, Own) and isinstance(value.function.node, ast.Lambda):
                return not isinstance(value.function.node.body, ast.Constant)
            if isinstance(value, Own):
                returned = value.function.returns
                return not all(
                    isinstance(one, ast.Constant) and one.value is True for one in returned
                )
        return None

    def _is_narrow(self, node: ast.expr | None, home: Function) -> bool | None:
        if node is None:
            return False
        kinds = self._kinds(node, home)
        return None if not kinds else not any(last_name(kind) in TOO_WIDE for kind in kinds)

    def _kinds(self, node: ast.expr, home: Function) -> list[ast.expr]:
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            return list(node.elts)
        if isinstance(node, ast.Name):
            for assigned in (
                *home.assigned.get(node.id, ()),
                *home.module.top.assigned.get(node.id, ()),
            ):
                if isinstance(assigned.value, ast.Tuple | ast.List | ast.Set):
                    return list(assigned.value.elts)
            functions = self._follower.values(node, home)
            if any(isinstance(one, Own) for one in functions):
                return []
        return [node] if isinstance(node, ast.Name | ast.Attribute) else []

    def wrappings(self, links: Sequence[Link], families: tuple[str, ...]) -> Iterator[Wrapping]:
        """Give objects of these libraries that stand around the call."""
        for link in links:
            past = self.passing_by(links[0].scope, link.scope)
            for node, home in self._guards(link):
                for value in self._follower.values(node, home):
                    if library := _library(value, families):
                        place = home.module.place(node)
                        found = idle(value, home)
                        yield Wrapping(library=library, place=place, idle=found, bypassed=past)

    def _guards(self, link: Link) -> Iterator[tuple[ast.expr, Function]]:
        scope = link.scope
        for decorator in scope.decorators:
            yield decorator, scope.outer or scope.module.top
        for above in scope.module.above(link.node):
            if above is scope.node:
                break
            if isinstance(above, ast.With | ast.AsyncWith):
                for item in above.items:
                    yield item.context_expr, scope
            if isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute):
                yield above.func.value, scope
        line = getattr(link.node, "lineno", 0)
        for call in scope.calls:  # `await limiter.acquire()` before the call
            if (
                isinstance(call.func, ast.Attribute)
                and call.lineno < line
                and _takes(call.func.attr)
            ):
                yield call.func.value, scope


def _down(link: Link) -> Iterator[Link]:
    """The steps from a function down to the call."""
    step: Link | None = link
    while step is not None:
        yield step
        step = step.below


def _is_called(node: ast.AST) -> bool:
    return isinstance(node, ast.Call | ast.FunctionDef | ast.AsyncFunctionDef)


def _takes(name: str) -> bool:
    return name in {
        "acquire",
        "try_acquire",
        "try_acquire_async",
        "wait",
        "consume",
        "hit",
        "limit",
        "take",
        "acquire_async",
    }


def _library(value: Value, families: tuple[str, ...]) -> str:
    dotted = value.dotted if isinstance(value, Made | Thing) else ""
    return next((name for name in families if dotted == name or dotted.startswith(f"{name}.")), "")


def _lost(retry: Retry, handler: ast.ExceptHandler, home: Function) -> Retry:
    at = home.module.place(handler)
    return replace(retry, unreachable=Unreachable.SWALLOWED, unreachable_at=at)


def _growth(node: ast.expr | None) -> Backoff:
    text = ast.unparse(node) if node is not None else ""
    if any(word in text for word in GROWING):
        return Backoff.EXPONENTIAL
    if any(word in text for word in ("fixed", "constant", "wait_random")):
        return Backoff.FIXED
    return Backoff.UNKNOWN if text else Backoff.NONE


def _growth_of(value: Value) -> Backoff:
    if not isinstance(value, Made):
        return Backoff.UNKNOWN
    name = value.dotted.rpartition(".")[2]
    given = [number(node) for key in CEILINGS if (node := argument(value.call, key))]
    if any(one is not None and one < SHORTEST_WAIT_S for one in given):
        return Backoff.NONE
    base = argument(value.call, "exp_base")
    if base is not None and number(base) == 1:
        return Backoff.FIXED
    if any(word in name for word in GROWING) or name == "wait_incrementing":
        return Backoff.EXPONENTIAL
    return Backoff.FIXED if name.startswith("wait_") and name != "wait_chain" else Backoff.UNKNOWN
