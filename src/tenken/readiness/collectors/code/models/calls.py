"""Every place where the code calls a model, with what is stated around it."""

import ast
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cache
from typing import TypeVar

from msgspec.structs import replace

from tenken.readiness.collectors.code.models import libraries
from tenken.readiness.collectors.code.models.clients import Clients, Used, calls_objects, is_whole
from tenken.readiness.collectors.code.models.fallbacks import Fallbacks
from tenken.readiness.collectors.code.models.pacing import Pacing
from tenken.readiness.collectors.code.models.parsing import Parsing
from tenken.readiness.collectors.code.models.posted import Posted
from tenken.readiness.collectors.code.models.raising import Raising
from tenken.readiness.collectors.code.models.retrying import around
from tenken.readiness.collectors.code.models.retrying.around import Around, Link
from tenken.readiness.collectors.code.models.retrying.breakers import Breakers
from tenken.readiness.collectors.code.models.retrying.instead import given_up
from tenken.readiness.collectors.code.models.settings import (
    BASES,
    NESTED_RETRIES,
    NESTED_TIMEOUTS,
    RETRIES,
    TIMEOUTS,
    TOKENS,
    Settings,
    weakest,
)  # fmt: skip
from tenken.readiness.collectors.code.models.tokens import by_key, by_token
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function, Module, is_decorator
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import Made, Member
from tenken.readiness.collectors.python.walking import by_line, walk
from tenken.readiness.facts.calls import (
    ABSENT,
    Backoff,
    Flow,
    LlmCall,
    Retry,
    RetryBy,
    Stated,
    Target,
    Wrapping,
)  # fmt: skip

TASKS = frozenset({"task", "shared_task", "actor", "job", "celery_task", "background", "activity"})
MAX_BELOW = 3


Seen = TypeVar("Seen")


class Calls:
    """Finds model calls in modules."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._clients = Clients(follower)
        self._posted = Posted(follower)
        self._settings = Settings(follower)
        self._parsing = Parsing(follower, self._settings)
        self._raising = Raising(follower)
        self._around = Around(follower, self._settings, self._raising)
        self._pacing = Pacing(follower, self._around)
        self._breakers = Breakers(follower, self._around)
        self._fallbacks = Fallbacks(
            follower, settings=self._settings, raising=self._raising, clients=self._clients,
            seconds=self.seconds,
        )  # fmt: skip
        self._calls_below = cache(_calls_below)
        self._calls_objects: dict[str, bool] = {}
        """By the paths of modules: a module itself would be held on to."""
        self._used: dict[Function, dict[ast.Call, tuple[Used, ...]]] = defaultdict(dict)

    @property
    def clients(self) -> Clients:
        """Tells which clients a value is."""
        return self._clients

    @property
    def raising(self) -> Raising:
        """Tells where errors go."""
        return self._raising

    @property
    def around(self) -> Around:
        """Tells what leads to a node."""
        return self._around

    def entered(self, call: ast.Call, scope: Function) -> tuple[Function, ...]:
        """Give the repository's functions that a call enters."""
        return self._follower.functions(call.func, scope)

    def forget(self, module: Module) -> None:
        """Let go of what is known of a module that nobody will ask about again."""
        if self._follower.forget(module):
            for function in module.functions:
                self._used.pop(function, None)
            module.close()

    def of(self, module: Module) -> Iterator[tuple[ast.Call, Function, LlmCall]]:
        """Give the model calls of a module in the order of their lines."""
        for call, scope in calls_of(module):
            if used := self.used(call, scope):
                yield call, scope, self._describe(call, scope, used)

    def used(self, call: ast.Call, scope: Function) -> tuple[Used, ...]:
        """Give the clients that a call reaches; empty where it calls no model."""
        used = self._used[scope]
        if (known := used.get(call)) is None:
            used[call] = ()  # no call is asked about while it is looked at
            known = used[call] = tuple(self._reached(call, scope))
        return known

    def _reached(self, call: ast.Call, scope: Function) -> Iterator[Used]:
        name = last_name(call.func)
        if name in libraries.ADDERS:
            yield from self._added(call, scope)
        elif name in libraries.METHOD_NAMES or self._may_be_called(call.func, scope):
            for value in self._follower.values(call.func, scope):
                yield from self._clients.used(value, call, scope)
        if name in libraries.HTTP_VERBS and not is_decorator(call, scope.module):
            yield from self._posted.used(call, scope)
        for node in call.args[:3]:  # to_thread(client.messages.create, ...), breaker.call(...)
            if isinstance(node, ast.Attribute) and node.attr in libraries.METHOD_NAMES:
                for value in self._follower.values(node, scope):
                    if isinstance(value, Member):
                        yield from self._clients.used(value, call, scope)

    def _may_be_called(self, node: ast.expr, scope: Function) -> bool:
        if isinstance(node, ast.Name):
            return is_whole(node, scope)
        module = scope.module
        if module.path not in self._calls_objects:
            self._calls_objects[module.path] = calls_objects(module)
        return self._calls_objects[module.path]

    def _added(self, call: ast.Call, scope: Function) -> Iterator[Used]:
        """A generator that joins a pipeline, which calls it."""
        for node in (*call.args, *(keyword.value for keyword in call.keywords)):
            for value in self._follower.values(node, scope):
                if not isinstance(value, Made):
                    continue
                client = self._clients.client_of(value)
                if client is not None and client.library in {"haystack", "semantic-kernel"}:
                    yield Used(client, libraries.Method(), value)

    def seconds(
        self, node: ast.AST, scope: Function, depth: int = 0
    ) -> Sequence[tuple[ast.Call, Target]]:
        """Give the model calls in a statement, directly or a few functions down."""
        found: list[tuple[ast.Call, Target]] = []
        for call in self._calls_below(node):
            home = scope.module.scopes.get(call, scope)
            used = self.used(call, home)
            if used:
                found.append((call, self._settings.target(used[0], call, home)))
            elif depth < MAX_BELOW:
                found += [
                    (call, self._passed_on(target, call, function, home))
                    for function in self._follower.functions(call.func, home)
                    if function.node is not None
                    for _, target in self.seconds(function.node, function, depth + 1)[:1]
                ]
        return found

    def _passed_on(
        self, target: Target, call: ast.Call, function: Function, home: Function
    ) -> Target:
        """The model that this call hands to a function of the repository, where it hands one."""
        names = [one.arg for one in function.parameters if one.arg not in {"self", "cls"}]
        for position, name in enumerate(names):
            if "model" in name and (node := argument(call, name, position)) is not None:
                return Target(
                    provider=target.provider,
                    model=self._settings.value(node, home),
                    region=target.region,
                )
        return target

    # ---------------------------------------------------------- description

    def _describe(self, call: ast.Call, scope: Function, used: tuple[Used, ...]) -> LlmCall:
        links = self._around.links(call, scope)
        targets = tuple(dict.fromkeys(self._settings.target(one, call, scope) for one in used))
        providers = {target.provider for target in targets}
        first = used[0]
        parsed = self._parsing.of(used, call, scope)
        return LlmCall(
            place=scope.module.place(call),
            library=first.client.library,
            provider=targets[0].provider if len(providers) == 1 else "",
            function=scope.qualname,
            operation=libraries.operation_of(first.method, targets[0].model.value),
            role=scope.module.role,
            model=weakest(target.model for target in targets),
            base_url=weakest(self._settings.first(BASES, one, call, scope) for one in used),
            region=targets[0].region,
            targets=targets,
            is_fallback=self._is_fallback(links),
            client=first.built.scope.module.place(first.built.call) if first.built else None,
            timeout=self._timeout(used, call, scope, links),
            retries=_once(
                (*self._client_retries(used, call, scope), *self._around.retries(links)),
                lambda retry: retry.place,
            ),
            retries_unknown=any(
                one.built is not None and not hasattr(one.built.call, "lineno") for one in used
            ),
            fallbacks=_once(
                (fallback for one in used for fallback in self._fallbacks.of(one, call, links)),
                lambda fallback: (fallback.place, fallback.target),
            ),
            breakers=(*self._breakers.around(links), *_router_breaker(first)),
            limiters=(
                *self._around.wrappings(links, around.LIMITERS),
                *self._limiters(used),
                *self._pacing.of(links),
            ),
            max_tokens=weakest(
                self._settings.first(TOKENS, one, call, scope, nested=TOKENS) for one in used
            ),
            streaming=any(one.method.streaming for one in used) or _flag(call, "stream"),
            structured=parsed.structured,
            parse_lost=parsed.lost,
            flow=self._flow(call, scope, links),
            by_token=by_token(used, self._follower),
            by_key=by_key(used, self._follower),
        )

    def _timeout(
        self, used: tuple[Used, ...], call: ast.Call, scope: Function, links: Sequence[Link]
    ) -> Stated:
        found = weakest(
            self._settings.first(TIMEOUTS, one, call, scope, nested=NESTED_TIMEOUTS)
            for one in used
        )
        if found.is_stated and found.value != "none":
            return found
        for link in links:
            around_it = self._deadline(link)
            if around_it.is_stated:
                return around_it
        return found

    def _deadline(self, link: Link) -> Stated:
        """`asyncio.wait_for(...)` or `async with asyncio.timeout(...)` around a node."""
        for above in link.scope.module.above(link.node):
            if above is link.scope.node:
                break
            if isinstance(above, ast.Call) and last_name(above.func) == "wait_for":
                node = argument(above, "timeout", 1)
                return self._settings.value(node, link.scope) if node else ABSENT
            if isinstance(above, ast.With | ast.AsyncWith):
                for item in above.items:
                    opened = item.context_expr
                    if isinstance(opened, ast.Call) and last_name(opened.func) in DEADLINES:
                        node = argument(opened, "delay", 0)
                        return self._settings.value(node, link.scope) if node else ABSENT
        return ABSENT

    def _client_retries(
        self, used: tuple[Used, ...], call: ast.Call, scope: Function
    ) -> Iterator[Retry]:
        for one in used:
            names, nested = _retry_names(one.client)
            stated = self._settings.first(names, one, _asked(call), scope, nested=nested)
            if stated.is_stated:
                if one.client.counts_the_first and stated.number == 1:
                    stated = replace(stated, value="0")
                by_kind = one.client.retries_by_default
                yield Retry(
                    by=RetryBy.CLIENT, name=one.client.library,
                    place=stated.place or scope.module.place(call), attempts=stated,
                    depends_on_error=True if by_kind else None,
                    backoff=Backoff.EXPONENTIAL if by_kind else Backoff.UNKNOWN,
                )  # fmt: skip
            for step in (*one.steps, *(made for made in one.wrapped_by if isinstance(made, Made))):
                if step.dotted.endswith("with_retry"):
                    yield _with_retry(step, self._settings)

    def _flow(self, call: ast.Call, scope: Function, links: Sequence[Link]) -> Flow:
        for link in links:
            if any(last_name(one) in TASKS for one in link.scope.decorators):
                return Flow.QUEUE
            handed = [
                one
                for one in link.scope.calls
                if last_name(one.func) in {"add_task", "delay", "apply_async"}
            ]
            if handed and any(link.node in one.args for one in handed):
                return Flow.QUEUE
        return Flow.ASYNC if scope.is_async and _awaited(call, scope) else Flow.SYNC

    def _is_fallback(self, links: Sequence[Link]) -> bool:
        """Every way to it leads through the handler of another model call."""
        for scope in dict.fromkeys(link.scope for link in links):
            handled = [self._in_handler(link) for link in links if link.scope is scope]
            if any(handled):
                return all(handled)
        return False

    def _in_handler(self, link: Link) -> bool:
        for above in link.scope.module.above(link.node):
            if above is link.scope.node:
                break
            if isinstance(above, ast.ExceptHandler):
                parent = link.scope.module.parents.get(above)
                body = parent.body if isinstance(parent, ast.Try) else []
                return any(self.seconds(one, link.scope) for one in body)
        return any(self.seconds(one, link.scope) for one in given_up(link.node, link.scope))

    def _limiters(self, used: tuple[Used, ...]) -> Iterator[Wrapping]:
        for one in used:
            if one.built is None:
                continue
            node = argument(one.built.call, "rate_limiter")
            for value in self._follower.values(node, one.built.scope) if node else ():
                if isinstance(value, Made):
                    yield Wrapping(library=value.dotted.partition(".")[0],
                                          place=one.built.scope.module.place(
                        one.built.call))  # fmt: skip


DEADLINES = frozenset({"timeout", "timeout_at", "fail_after", "move_on_after"})


def _once(found: Iterable[Seen], key: Callable[[Seen], Hashable]) -> tuple[Seen, ...]:
    """Keep the first of those that are one by their key."""
    kept: dict[Hashable, Seen] = {}
    for one in found:
        kept.setdefault(key(one), one)
    return tuple(kept.values())


def _retry_names(client: libraries.Client) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the library calls its retries; an agent's own are for answers that do not fit."""
    if client.library != "pydantic-ai":
        return RETRIES, NESTED_RETRIES
    return tuple(one for one in RETRIES if one != "retries"), tuple(
        one for one in NESTED_RETRIES if one != "retries"
    )


def _asked(call: ast.Call) -> ast.Call:
    """With a `response_model`, retries of the call are for answers that do not fit it."""
    if all(keyword.arg != "response_model" for keyword in call.keywords):
        return call
    kept = [keyword for keyword in call.keywords if keyword.arg != "max_retries"]
    return ast.copy_location(ast.Call(call.func, call.args, kept), call)


def _calls_below(node: ast.AST) -> tuple[ast.Call, ...]:
    return tuple([one for one in walk(node) if isinstance(one, ast.Call)])


def calls_of(module: Module) -> Iterator[tuple[ast.Call, Function]]:
    """Give the calls of a module by line."""
    return ((call, module.scopes[call]) for call in module.shape.answer(by_line))


def _flag(call: ast.Call, name: str) -> bool:
    node = argument(call, name)
    return isinstance(node, ast.Constant) and node.value is True


def _awaited(call: ast.Call, scope: Function) -> bool:
    return any(
        isinstance(above, ast.Await | ast.AsyncFor | ast.AsyncWith)
        for above in scope.module.above(call)
        if above is not scope.node
    )


def _router_breaker(used: Used) -> Iterator[Wrapping]:
    """A litellm router stops sending to a deployment that fails, where that is stated."""
    if used.client.library == "litellm" and used.built is not None:
        names = {keyword.arg for keyword in used.built.call.keywords}
        if names & {"allowed_fails", "cooldown_time", "allowed_fails_policy"}:
            yield Wrapping(library="litellm", place=used.built.scope.module.place(used.built.call))


def _with_retry(step: Made, settings: Settings) -> Retry:
    attempts = settings.stated(("stop_after_attempt",), step.call, step.scope)
    kinds = argument(step.call, "retry_if_exception_type")
    wide = kinds is None or any(
        word in ast.unparse(kinds) for word in ("Exception,", "(Exception", "APIError")
    )
    jitter = argument(step.call, "wait_exponential_jitter")
    off = isinstance(jitter, ast.Constant) and jitter.value is False
    return Retry(
        by=RetryBy.FRAMEWORK, name="with_retry", place=step.scope.module.place(step.call),
        attempts=attempts, depends_on_error=not wide,
        backoff=Backoff.NONE if off else Backoff.EXPONENTIAL,
    )  # fmt: skip
