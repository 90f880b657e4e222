"""Which of two places runs first: followed outwards, over calls and imports, until they meet."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.python.modules import Function, Module

MAX_STEPS = 40
BRANCHES = (ast.If, ast.IfExp, ast.ExceptHandler, ast.match_case)
Ways = dict[Function, set[int]]
"""For each function that leads to a place: the lines where it does."""


class Order:
    """Answers what comes after what."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._follower = reading.follower

    def is_after(self, later: ast.AST, at: Function, earlier: ast.AST, beside: Function) -> bool:
        """On every run that comes to the one, the other has been before it."""
        if _parted(later, at, earlier):
            return False
        after, before = self._ways(later, at, certain=True), self._ways(earlier, beside)
        met = [one for one in after.keys() & before.keys() if after[one] != before[one]]
        told = [min(after[one]) > max(before[one]) for one in met]
        return bool(told) and all(told)

    def _ways(self, node: ast.AST, scope: Function, *, certain: bool = False) -> Ways:
        found: Ways = defaultdict(set)
        found[scope].add(getattr(node, "lineno", 0))
        waiting = [scope]
        while waiting and len(found) < MAX_STEPS:
            for outer, at in self._outward(waiting.pop()):
                if certain and _is_conditional(at, outer):
                    continue
                if outer not in found:
                    waiting.append(outer)
                found[outer].add(getattr(at, "lineno", 0))
        return found

    def _outward(self, function: Function) -> Iterator[tuple[Function, ast.AST]]:
        if function.node is None:
            for importer, node in self._imports_of(function.module):
                yield importer.top, node
            return
        for mention in self._follower.callers.of(function):
            if mention.call is not None:
                yield mention.scope, mention.call

    def _imports_of(self, module: Module) -> Iterator[tuple[Module, ast.AST]]:
        project = self._follower.project
        for other in self._reading.production:
            for node in (*other.kinds[ast.Import], *other.kinds[ast.ImportFrom]):
                if other is module or other.parents.get(node) is not other.tree:
                    continue
                if module.path in {project.path_of(one, other.path) for one in _meant(node)}:
                    yield other, node


def _meant(node: ast.AST) -> Iterator[str]:
    """The modules that an import may mean."""
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield node.module or ""
        yield from (f"{node.module}.{one.name}" for one in node.names)


def _is_conditional(node: ast.AST, scope: Function) -> bool:
    for above in scope.module.above(node):
        if above is scope.node:
            return False
        if isinstance(above, BRANCHES):
            return True
    return False


def _parted(later: ast.AST, at: Function, earlier: ast.AST) -> bool:
    """It stands in a branch that the other does not stand in."""
    around = set(at.module.above(earlier))
    return any(
        isinstance(one, BRANCHES) and one not in around
        for one in at.module.above(later)
        if one is not at.node
    )
