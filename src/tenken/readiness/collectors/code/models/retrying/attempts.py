"""Loops of the application's own that send a call again."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from tenken.readiness.collectors.code.models.raising import Raising
from tenken.readiness.collectors.code.models.retrying.loops import (
    always_leaves,
    asks_again,
    counts,
    decides,
    grows,
    kinds_of,
    takes_mistakes,
    tries_again,
    waits,
)
from tenken.readiness.collectors.code.models.settings import Settings
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name, number
from tenken.readiness.collectors.python.values import Display
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.calls import ABSENT, Backoff, Origin, Retry, RetryBy, Stated

TOO_WIDE = frozenset({
    "Exception", "BaseException", "APIError", "OpenAIError", "AnthropicError", "APIStatusError",
    "BadRequestError", "AuthenticationError", "ClientError", "HTTPError", "HTTPStatusError",
    "GoogleAPIError", "GoogleAPICallError", "RequestException", "NotFoundError",
    "PermissionDeniedError", "UnprocessableEntityError",
})  # fmt: skip
"""Errors under which a request that can never succeed is sent again."""
Loop = ast.For | ast.While | ast.AsyncFor
MOST_OF_A_HEAD = 60
"""Characters of a loop's first line that are told; a longer one is named by its word."""


class Attempts:
    """Reads the loops around a node."""

    def __init__(self, follower: Follower, settings: Settings, raising: Raising) -> None:
        self._follower = follower
        self._settings = settings
        self._raising = raising

    def of(self, node: ast.AST, scope: Function) -> Iterator[Retry]:
        """Give the loops that try again after an error, or by the status of the answer."""
        known: set[ast.AST] = set()
        for around in self._raising.tries_around(node, scope):
            loop = _loop_around(around, scope)
            handlers = [one for one in around.handlers if self._raising.catches_calls(one, scope)]
            if loop is None or not handlers or not tries_again(around, handlers):
                continue
            if not _goes_over_models(loop):
                known.add(loop)
                yield self._told(loop, scope, depends=_depends(around, handlers))
        loop = _loop_around(node, scope)
        if loop is None or loop in known or _goes_over_models(loop):
            return
        if asks_again(loop):
            yield self._told(loop, scope, depends=True)

    def _told(self, loop: Loop, scope: Function, *, depends: bool | None) -> Retry:
        return Retry(
            by=RetryBy.LOOP, name=_named(loop),
            place=scope.module.place(loop), backoff=self._backoff(loop, scope),
            depends_on_error=depends, attempts=self._rounds(loop, scope),
        )  # fmt: skip

    def _backoff(self, loop: Loop, scope: Function) -> Backoff:
        waited = waits(loop)
        if waited is None:
            return Backoff.NONE
        if grows(waited, loop) or any(self._grows(one, scope) for one in walk(waited)):
            return Backoff.EXPONENTIAL
        computed = any(isinstance(one, ast.Call | ast.Subscript) for one in walk(waited))
        return Backoff.UNKNOWN if computed else Backoff.FIXED

    def _grows(self, part: ast.AST, scope: Function) -> bool:
        """A function that computes a power, or a row of waits each longer than the last."""
        if isinstance(part, ast.Call):
            functions = self._follower.functions(part.func, scope)
            return any(one.node is not None and grows(one.node, one.node) for one in functions)
        return isinstance(part, ast.Subscript) and any(
            isinstance(row, Display) and _is_rising(row)
            for row in self._follower.values(part.value, scope)
        )

    def _rounds(self, loop: Loop, scope: Function) -> Stated:
        match loop:
            case ast.For(iter=ast.Call(func=ast.Name(id="range"), args=[last])):
                return self._settings.value(last, scope)
            case ast.For(iter=ast.Call(func=ast.Name(id="range"), args=[first, last])):
                return _between(
                    self._settings.value(first, scope), self._settings.value(last, scope)
                )
            case _:
                return ABSENT


def _loop_around(node: ast.AST, scope: Function) -> Loop | None:
    for above in scope.module.above(node):
        if above is scope.node:
            return None
        if isinstance(above, Loop):
            return above
    return None


def _between(first: Stated, last: Stated) -> Stated:
    """`range(1, 4)` is three rounds."""
    if first.number is None or last.number is None:
        return last
    rounds = str(int(last.number - first.number))
    return Stated(origin=Origin.LITERAL, value=rounds, place=last.place)


def _named(loop: Loop) -> str:
    """As it is written: `for attempt in range(3)`; its first word alone where that is long."""
    if isinstance(loop, ast.While):
        word, head = "while", ast.unparse(loop.test)
    else:
        word, head = "for", f"{ast.unparse(loop.target)} in {ast.unparse(loop.iter)}"
    return f"`{word} {head}`" if len(head) <= MOST_OF_A_HEAD else f"`{word}`"


def _goes_over_models(loop: Loop) -> bool:
    """Over models or regions: another way to an answer, not a retry."""
    return not isinstance(loop, ast.While) and not counts(loop.iter)


def _depends(around: ast.Try, handlers: list[ast.ExceptHandler]) -> bool | None:
    retrying = [one for one in handlers if not always_leaves(one)]
    if not retrying:
        return None
    kinds = [kind for one in retrying if not decides(one) for kind in kinds_of(one)]
    wide = any(last_name(kind) in TOO_WIDE for kind in kinds)
    return not (wide or any(takes_mistakes(one, around) for one in retrying))


def _is_rising(row: Display) -> bool:
    if isinstance(row.node, ast.Dict):
        return False
    row_s = [number(one) for one in row.node.elts]
    steps = list(pairwise(row_s))
    return bool(steps) and all(
        a is not None and b is not None and b >= 1.5 * a > 0 for a, b in steps
    )
