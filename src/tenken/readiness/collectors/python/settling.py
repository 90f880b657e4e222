"""Each expression is followed once, however expressions lead back to each other.

What is followed leads through names, calls and parameters, and often in circles. An answer is
whole when it waits for nothing that is still being followed; it is kept then. What stands inside
a circle is kept only until the question that led into it is answered: from elsewhere it may come
to more.
"""

import ast
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable

from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.values import UNKNOWN, Value, distinct

MAX_DEPTH = 24
MAX_NAMES = 200_000
"""Evaluations of one inspection; far above what honest repositories need."""
NOTHING, TOO_DEEP = MAX_DEPTH + 2, -1
"""Depths: nothing was left open; what was left open lies too deep for any answer to be whole."""
Asked = tuple[ast.expr, Function]


class Settling(ABC):
    """Keeps what expressions can be."""

    def __init__(self) -> None:
        self._known: dict[Function, dict[ast.expr, tuple[Value, ...]]] = defaultdict(dict)
        self._settled = 0
        self._busy: dict[Asked, int] = {}
        """What is being followed, and how deep it lies."""
        self._meanwhile: dict[Asked, tuple[tuple[Value, ...], int]] = {}
        """What was found with something left open, and the depth of that."""
        self._open = NOTHING
        """The least depth of what was left open."""

    @abstractmethod
    def _evaluate(self, node: ast.expr, scope: Function) -> Iterable[Value]:
        """Follow an expression, asking for the values of what it is made of."""

    def values(self, node: ast.expr, scope: Function) -> tuple[Value, ...]:
        """Give what the expression can be; never empty."""
        known = self._known[scope]
        if (settled := known.get(node)) is not None:
            return settled
        asked = (node, scope)
        depth = len(self._busy)
        if asked in self._busy or depth > MAX_DEPTH or self._settled > MAX_NAMES:
            self._open = min(self._open, self._busy.get(asked, TOO_DEEP))
            return (UNKNOWN,)
        if (meanwhile := self._meanwhile.get(asked)) is not None:
            # Followed anew, a circle would be gone through once more for each way into it.
            self._open = min(self._open, meanwhile[1])
            return meanwhile[0]
        open_before, self._open = self._open, NOTHING
        self._busy[asked] = depth
        try:
            found = distinct(self._evaluate(node, scope))
        finally:
            del self._busy[asked]
        is_whole = self._open >= depth
        if is_whole or depth == 0 or UNKNOWN not in found:
            known[node] = found
            self._settled += 1
        else:
            self._meanwhile[asked] = (found, self._open)
        if depth == 0:
            self._meanwhile.clear()
        self._open = open_before if is_whole else min(open_before, self._open)
        return found

    def is_settled(self, node: ast.expr, scope: Function) -> bool:
        """Tell whether what the expression can be was followed to its end."""
        return node in self._known[scope]

    def unlearn(self, scope: Function) -> None:
        """Let go of what stands in a function."""
        self._known.pop(scope, None)
