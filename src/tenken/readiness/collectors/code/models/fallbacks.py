"""Other ways to an answer, and whether they are ever taken when the call raises."""

import ast
from collections.abc import Callable, Iterator, Sequence

from tenken.place import Place
from tenken.readiness.collectors.code.models.clients import Clients, Used
from tenken.readiness.collectors.code.models.raising import Raising, ends_before, never_true
from tenken.readiness.collectors.code.models.retrying.answers import (
    goes_on_without,
    says_nothing,
)
from tenken.readiness.collectors.code.models.retrying.around import Link
from tenken.readiness.collectors.code.models.retrying.instead import (
    asked_without,
    behind,
    goes_by,
    returns,
)
from tenken.readiness.collectors.code.models.retrying.loops import counts, leaves
from tenken.readiness.collectors.code.models.settings import Settings, provider_of
from tenken.readiness.collectors.code.models.wide import provider_in
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import Display, Literal, Made
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.calls import ABSENT, Fallback, Origin, Stated, Target, Unreachable

SecondCalls = Callable[[ast.AST, Function], Sequence[tuple[ast.Call, Target]]]
"""Gives the model calls at or below a node, with where they go."""
MISTAKES = frozenset(
    {"TypeError", "AttributeError", "ImportError", "KeyError", "NameError", "IndexError"}
)
CANDIDATES = ("model", "provider", "region", "client", "deployment", "llm", "candidate", "target")


OF_AGENTS = frozenset({"pydantic-ai", "langchain", "langgraph"})
AGENT_PARTS = (("model", 0), ("middleware", None))
FALLBACK_FROM = {"FallbackModel": 1, "ModelFallbackMiddleware": 0}
"""What goes on to other models, and the argument from which on these stand."""


class Fallbacks:
    """Finds fallbacks of one call."""

    def __init__(
        self, follower: Follower, *, settings: Settings, raising: Raising, clients: Clients,
        seconds: SecondCalls,
    ) -> None:  # fmt: skip
        self._follower = follower
        self._settings = settings
        self._raising = raising
        self._clients = clients
        self._seconds = seconds

    def of(self, used: Used, call: ast.Call, links: Sequence[Link]) -> Iterator[Fallback]:
        """Give every fallback of a call, near ones first."""
        yield from self._of_library(used, call, links[0].scope)
        lost: Place | None = None
        told: ast.ExceptHandler | None = None
        for link in links:
            yield from self._handlers(link, lost)
            yield from self._candidates(link)
            yield from self._afterwards(link, lost)
            told_empty = told is not None and says_nothing(told)
            if told_empty:
                yield from self._by_answer(link)
            if told_empty or (lost is None and self._goes_by(link)):
                yield from self._without_answer(link)
            if lost is None:
                told = self._raising.swallowed_at(link.node, link.scope)
                lost = link.scope.module.place(told) if told else None

    def _by_answer(self, link: Link) -> Iterator[Fallback]:
        """A loop over candidates that goes on to the next where one gives nothing back."""
        loop = next(
            (one for one in link.scope.module.above(link.node) if isinstance(one, ast.For)), None
        )
        if loop is None or not (_varies(loop, link.node) and goes_on_without(loop, link.node)):
            return
        place = link.scope.module.place(loop)
        for target in self._asked_in_turn(link):
            yield Fallback(how="loop", place=place, target=target)

    def _asked_in_turn(self, link: Link) -> tuple[Target, ...]:
        """Whom the function below asks; one that could not be told where it is only one."""
        below = link.below.scope if link.below is not None else None
        found = self._seconds(below.node, below) if below and below.node else ()
        return _apart([target for _, target in found])

    # ------------------------------------------------------------- handlers

    def _handlers(self, link: Link, lost: Place | None) -> Iterator[Fallback]:
        """Second calls in the `except` blocks around a node."""
        swallowed = lost
        for around in self._raising.tries_around(link.node, link.scope):
            earlier: Place | None = None
            for handler in around.handlers:
                yield from self._handler(handler, link, swallowed or earlier)
                if earlier is None and self._raising.catches_calls(handler, link.scope):
                    earlier = link.scope.module.place(handler)
            taken = self._raising.swallowed_at(link.node, link.scope, stop=None)
            if swallowed is None and taken in around.handlers:
                swallowed = earlier

    def _candidates(self, link: Link) -> Iterator[Fallback]:
        """A loop over models or regions that goes on to the next when one raises."""
        for around in self._raising.tries_around(link.node, link.scope):
            loop = next(
                (one for one in link.scope.module.above(around) if isinstance(one, ast.For)), None
            )
            goes_on = any(
                self._raising.catches_calls(handler, link.scope)
                and not isinstance(handler.body[-1], ast.Raise | ast.Return | ast.Break)
                for handler in around.handlers
            )
            if loop is None or not (goes_on and leaves(loop)):
                continue
            others = self._others(link)
            if _varies(loop, link.node) or _chooses(loop, link.node, several=len(others) > 1):
                place = link.scope.module.place(loop)
                for target in others:
                    yield Fallback(how="loop", place=place, target=target)

    def _others(self, link: Link) -> tuple[Target, ...]:
        """Whom the candidates of a loop ask, where they are not all of one provider."""
        entered = (
            self._follower.functions(link.node.func, link.scope)
            if isinstance(link.node, ast.Call)
            else ()
        )
        found = [
            target
            for function in entered
            if function.node is not None
            for _, target in self._seconds(function.node, function)
        ]
        return _apart(found)

    def _afterwards(self, link: Link, lost: Place | None) -> Iterator[Fallback]:
        """`try: return first()`, a handler that lets it go by, and `return second()` behind it."""
        for around in self._raising.tries_around(link.node, link.scope):
            handler = next(
                (one for one in around.handlers if self._raising.catches_calls(one, link.scope)),
                None,
            )
            if handler is None or not goes_by(handler) or not returns(around, link.node):
                continue
            for statement in behind(around, link.scope):
                yield from self._instead(statement, link, lost)

    def _goes_by(self, link: Link) -> bool:
        """A handler around the call only notes its error."""
        return any(
            self._raising.catches_calls(handler, link.scope) and goes_by(handler)
            for around in self._raising.tries_around(link.node, link.scope)
            for handler in around.handlers
        )

    def _without_answer(self, link: Link) -> Iterator[Fallback]:
        """`answer = first()`, and `if not answer: answer = second()` further down."""
        for statement in asked_without(link.node, link.scope):
            yield from self._instead(statement, link, None)

    def _instead(self, statement: ast.stmt, link: Link, lost: Place | None) -> Iterator[Fallback]:
        for call, target in self._seconds(statement, link.scope):
            why = None if lost is None else Unreachable.SWALLOWED
            if never_true(call, link.scope, self._follower):
                why = Unreachable.NEVER_TRUE
            yield Fallback(
                how="except", place=link.scope.module.place(call), target=target,
                unreachable=why, unreachable_at=lost if why else None,
            )  # fmt: skip

    def _handler(
        self, handler: ast.ExceptHandler, link: Link, lost: Place | None
    ) -> Iterator[Fallback]:
        if _of_mistakes(handler):
            return
        for statement in handler.body:
            for call, target in self._seconds(statement, link.scope):
                why = self._unreachable(call, handler, link.scope, lost)
                at = lost if why is Unreachable.SWALLOWED else link.scope.module.place(handler)
                yield Fallback(
                    how="except", place=link.scope.module.place(call), target=target,
                    unreachable=why, unreachable_at=at if why else None,
                )  # fmt: skip
        if not self._has_seconds(handler, link.scope) and _answers(handler):
            why = self._unreachable(handler.body[-1], handler, link.scope, lost)
            yield Fallback(
                how="except", place=link.scope.module.place(handler.body[-1]), unreachable=why,
                unreachable_at=lost or (link.scope.module.place(handler) if why else None),
            )  # fmt: skip

    def _has_seconds(self, handler: ast.ExceptHandler, scope: Function) -> bool:
        return any(self._seconds(statement, scope) for statement in handler.body)

    def _unreachable(
        self, node: ast.AST, handler: ast.ExceptHandler, scope: Function, lost: Place | None
    ) -> Unreachable | None:
        if lost is not None:
            return Unreachable.SWALLOWED
        if not self._raising.catches_calls(handler, scope):
            return Unreachable.OTHER_ERRORS
        if ends_before(node, scope):
            return Unreachable.AFTER_RETURN
        return Unreachable.NEVER_TRUE if never_true(node, scope, self._follower) else None

    # ------------------------------------------------------------ libraries

    def _of_library(self, used: Used, call: ast.Call, scope: Function) -> Iterator[Fallback]:
        for layer, home in self._settings.layers(used, call, scope):
            for name in ("fallbacks", "fallback_models", "context_window_fallbacks"):
                node = argument(layer, name)
                if node is not None and name != "context_window_fallbacks":
                    yield from self._listed(node, home, "fallbacks=")
        for step in (*used.steps, *_outer_steps(used)):
            if step.dotted.endswith("with_fallbacks") and step.call.args:
                yield from self._listed(step.call.args[0], step.scope, "with_fallbacks")
        if used.client.library == "litellm" and used.built is not None:
            yield from self._router(used.built)
        if used.client.library in OF_AGENTS:
            for made in (*([used.built] if used.built else []), *_outer_steps(used)):
                nodes = (argument(made.call, name, position) for name, position in AGENT_PARTS)
                yield from (it for one in nodes if one for it in self._of_agent(one, made.scope))

    def _of_agent(self, node: ast.expr, scope: Function) -> Iterator[Fallback]:
        """`FallbackModel(first, second)`, or a middleware that goes on to other models."""
        for value in self._follower.values(node, scope):
            if isinstance(value, Display) and not isinstance(value.node, ast.Dict):
                for element in value.node.elts:
                    yield from self._of_agent(element, value.scope)
            elif isinstance(value, Made):
                name = value.dotted.rpartition(".")[2]
                for other in value.call.args[FALLBACK_FROM.get(name, len(value.call.args)) :]:
                    yield from self._element(other, value.scope, name)

    def _listed(self, node: ast.expr, scope: Function, how: str) -> Iterator[Fallback]:
        place = scope.module.place(node)
        for value in self._follower.values(node, scope):
            if not isinstance(value, Display) or isinstance(value.node, ast.Dict):
                yield Fallback(
                    how=how,
                    place=place,
                    target=Target(provider="", model=Stated(origin=Origin.UNKNOWN)),
                )
                continue
            for element in value.node.elts:
                yield from self._element(element, value.scope, how)

    def _element(self, node: ast.expr, scope: Function, how: str) -> Iterator[Fallback]:
        place = scope.module.place(node)
        for value in self._follower.values(node, scope):
            if isinstance(value, Literal) and isinstance(value.value, str):
                model = Stated(origin=Origin.LITERAL, value=value.value, place=value.place)
                yield Fallback(
                    how=how,
                    place=place,
                    target=Target(provider=provider_of(value.value), model=model),
                )
            elif isinstance(value, Display) and isinstance(value.node, ast.Dict):
                for inner in value.node.values:
                    yield from self._listed(inner, value.scope, how)
            elif handed := list(self._handed(node, scope)):
                for model in handed:
                    target = Target(provider=provider_of(model.value), model=model)
                    yield Fallback(how=how, place=place, target=target)
            else:
                empty = ast.Call(node, [], [])
                clients = self._clients.clients(value)
                for used in clients:
                    yield Fallback(
                        how=how, place=place, target=self._settings.target(used, empty, scope)
                    )
                if isinstance(value, Made) and not clients and provider_in(value.dotted):
                    name = argument(value.call, "model_name", 0)
                    model = self._settings.value(name, value.scope) if name else ABSENT
                    target = Target(provider=provider_in(value.dotted), model=model)
                    yield Fallback(how=how, place=place, target=target)

    def _handed(self, node: ast.expr, scope: Function) -> Iterator[Stated]:
        """The models that a call hands to a factory of the repository: `built(model.id)`."""
        if not isinstance(node, ast.Call):
            return
        for function in self._follower.functions(node.func, scope):
            names = [one.arg for one in function.parameters if one.arg not in {"self", "cls"}]
            for position, name in enumerate(names):
                given = argument(node, name, position) if "model" in name else None
                for value in self._follower.values(given, scope) if given else ():
                    if isinstance(value, Literal) and isinstance(value.value, str):
                        yield Stated(origin=Origin.LITERAL, value=value.value, place=value.place)

    def _router(self, built: Made) -> Iterator[Fallback]:
        """A router with several deployments of one name goes to the next when one fails."""
        node = argument(built.call, "model_list", 0)
        for value in self._follower.values(node, built.scope) if node else ():
            if isinstance(value, Display) and not isinstance(value.node, ast.Dict):
                for element in value.node.elts[1:]:
                    yield from self._deployment(element, value.scope)

    def _deployment(self, node: ast.expr, scope: Function) -> Iterator[Fallback]:
        for value in self._follower.values(node, scope):
            if isinstance(value, Display) and isinstance(value.node, ast.Dict):
                call = _as_call(value.node)
                model = self._settings.stated(("model",), call, value.scope, nested=("model",))
                target = Target(provider=provider_of(model.value), model=model)
                yield Fallback(how="router", place=scope.module.place(node), target=target)


def _of_mistakes(handler: ast.ExceptHandler) -> bool:
    """A handler of programming errors (an older signature, a missing key) is no fallback."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return all(kind is not None and last_name(kind) in MISTAKES for kind in kinds)


def _varies(loop: ast.For, node: ast.AST) -> bool:
    """The loop is over candidates, and the call uses the one at hand or what is made of it."""
    names = _names_in(loop.target)
    made = names | {name for statement in loop.body for name in _made_of(statement, names)}
    spoken = {*names, last_name(loop.iter), *_handed_as(loop, names)}
    candidates = any(word in name.lower() for name in spoken for word in CANDIDATES)
    return candidates and bool(made & _names_in(node))


def _chooses(loop: ast.For, node: ast.AST, *, several: bool) -> bool:
    """The round's candidate is what is called, or decides which of several is asked."""
    if counts(loop.iter) or not isinstance(node, ast.Call):
        return False
    names = _names_in(loop.target)
    made = names | {name for statement in loop.body for name in _made_of(statement, names)}
    called = names | {name for one in loop.body for name in _made_of(one, names, looked_up=True)}
    return bool(called & _names_in(node.func)) or (several and bool(made & _names_in(node)))


def _apart(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Targets of several providers; one that could not be told where it is only one."""
    if len({one.provider for one in targets}) > 1:
        return tuple(dict.fromkeys(targets))
    return (Target(provider="", model=Stated(origin=Origin.UNKNOWN)),)


def _made_of(statement: ast.stmt, names: set[str], *, looked_up: bool = False) -> Iterator[str]:
    """`client = Client(model=name)` at the top of the round, or only `client = CLIENTS[name]`."""
    if isinstance(statement, ast.Assign) and names & _names_in(statement.value):
        value = statement.value
        found = isinstance(value, ast.Subscript) or (
            isinstance(value, ast.Call) and last_name(value.func) == "get"
        )
        if found or not looked_up:
            yield from (one.id for one in statement.targets if isinstance(one, ast.Name))


def _handed_as(loop: ast.For, names: set[str]) -> Iterator[str]:
    """What the candidate is called where it is handed on: `ask(model=name)`."""
    for call in walk(loop):
        if isinstance(call, ast.Call):
            for keyword in call.keywords:
                if isinstance(keyword.value, ast.Name) and keyword.value.id in names:
                    yield keyword.arg or ""


def _names_in(node: ast.AST) -> set[str]:
    return {one.id for one in walk(node) if isinstance(one, ast.Name)}


def _outer_steps(used: Used) -> Iterator[Made]:
    """Steps on a chain that holds the client."""
    for outer in used.wrapped_by:
        if isinstance(outer, Made):
            yield outer


def _as_call(table: ast.Dict) -> ast.Call:
    """Read `{"litellm_params": {...}}` with the same eyes as keyword arguments."""
    return ast.Call(
        ast.Name("deployment"),
        [],
        [
            ast.keyword(arg=key.value, value=value)
            for key, value in zip(table.keys, table.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        ],
    )


def _answers(handler: ast.ExceptHandler) -> bool:
    """A handler that gives back a fixed text instead of an error."""
    return any(
        isinstance(node, ast.Return) and isinstance(node.value,
            ast.Constant | ast.JoinedStr | ast.Name)
        and not (isinstance(node.value, ast.Constant) and not isinstance(node.value.value, str))
        for node in handler.body
    )  # fmt: skip
