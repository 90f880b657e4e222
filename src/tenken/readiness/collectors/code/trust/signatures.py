"""Requests whose signature is checked: by a messenger's own library, or by a keyed digest."""

import ast
from collections.abc import Iterator
from functools import cached_property

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name, own_nodes
from tenken.readiness.collectors.python.values import Made, Member, Thing
from tenken.readiness.collectors.python.walking import walk

VERIFYING = (
    "slack_bolt.adapter", "linebot.WebhookHandler", "linebot.WebhookParser",
    "linebot.v3.WebhookHandler", "linebot.v3.WebhookParser", "linebot.v3.webhook.WebhookHandler",
    "linebot.v3.webhook.WebhookParser", "stripe.Webhook.construct_event", "svix.Webhook.verify",
    "svix.webhooks.Webhook.verify", "botbuilder",
)  # fmt: skip
"""What raises for a request that is not signed, before anybody sees what it says."""
TOPS = tuple({one.partition(".")[0] for one in VERIFYING})
METHODS = frozenset({
    "handle", "async_handle", "parse", "construct_event", "verify", "process", "process_activity",
})  # fmt: skip
ANSWERING = frozenset({"compare_digest", "is_valid_request"})
"""What says no, and leaves it to the code to stop."""
MAX_DEPTH = 2


class Signatures:
    """Finds where a request stops that is not signed as it should be."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._stopping: dict[ast.AST, tuple[ast.If, ...]] = {}
        """By the node of a function: copies of a text share theirs."""

    def check_in(self, function: Function) -> ast.AST | None:
        """Give the place where a function stops a request with a wrong signature."""
        for call in function.calls if self._knows_messengers else ():
            if last_name(call.func) in METHODS and self._verifies(call, function):
                return call
        for node in self._stops_in(function) if self._compares_digests else ():
            if self._refused(node.test, function):
                return node
        return None

    @cached_property
    def _knows_messengers(self) -> bool:
        """Some module imports a library that verifies requests itself."""
        loaded = self._follower.project.loaded
        return any(name.startswith(TOPS) for one in loaded for name in one.imports.values())

    @cached_property
    def _compares_digests(self) -> bool:
        """Some module speaks of such an answer at all."""
        loaded = self._follower.project.loaded
        return any(not ANSWERING.isdisjoint(one.shape.named()) for one in loaded)

    def _stops_in(self, function: Function) -> tuple[ast.If, ...]:
        node = function.node or function.module.tree
        if (known := self._stopping.get(node)) is None:
            known = self._stopping[node] = tuple([
                one for one in own_nodes(function) if isinstance(one, ast.If) and _stops(one)
            ])  # fmt: skip
        return known

    def _verifies(self, call: ast.Call, scope: Function) -> bool:
        for value in self._follower.values(call.func, scope):
            dotted = value.dotted if isinstance(value, Thing | Member | Made) else ""
            if dotted.startswith(VERIFYING):
                return True
        return False

    def _refused(self, test: ast.expr, scope: Function) -> bool:
        """`not signed(body, header)`, where that compares a keyed digest."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return any(self._compares(one, scope, 0) for one in _calls(operand))
            case ast.BoolOp(op=ast.Or(), values=parts):
                return any(self._refused(one, scope) for one in parts)
            case _:
                return False

    def _compares(self, call: ast.Call, scope: Function, depth: int) -> bool:
        if last_name(call.func) in ANSWERING:
            return True
        if depth >= MAX_DEPTH:
            return False
        return any(
            self._compares(inner, entered, depth + 1)
            for entered in self._follower.functions(call.func, scope)
            for inner in _returned(entered)
        )


def _returned(function: Function) -> Iterator[ast.Call]:
    """The calls whose answer a function gives back, or decides by."""
    names: set[str] = set()
    for node in function.returns:
        yield from _calls(node)
        names |= {one.id for one in walk(node) if isinstance(one, ast.Name)}
    for name in names:
        for bound in function.assigned.get(name, ()):
            yield from _calls(bound.value)
    for branch in own_nodes(function):
        if isinstance(branch, ast.If) and any(isinstance(one, ast.Return) for one in branch.body):
            yield from _calls(branch.test)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in walk(node) if isinstance(one, ast.Call))


def _stops(node: ast.If) -> bool:
    """The request ends here: an error, or an answer that says it is refused."""
    last = node.body[-1]
    if isinstance(last, ast.Raise):
        return True
    ended = isinstance(last, ast.Return) or (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and last_name(last.value.func) == "abort"
    )
    told = (one.value for one in walk(last) if isinstance(one, ast.Constant))
    return ended and any(str(one) in {"400", "401", "403"} for one in told)
