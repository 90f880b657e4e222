"""Guards that see less than what goes by them: some requests, a piece of a text, another text."""

import ast
from collections.abc import Iterator, Sequence

from tenken.readiness.collectors.code.guarding.refusing import lets_in, parameters
from tenken.readiness.collectors.code.models.retrying.around import Link
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name, number, written
from tenken.readiness.facts.code import GuardWeakness

CHANCE = frozenset({"random", "randint", "randrange", "uniform", "randbelow", "getrandbits"})
SHORT = 1_000
"""Characters; what is cut off after more of them is a limit, not a way by."""
TEXT_FIRST = frozenset({"analyze"})
"""Guards that are given the text first and its language after it."""
LABELS = frozenset({"role", "type", "kind", "status", "action", "event", "language", "lang"})
"""What stands beside a text and tells what it is."""


def seen_less(links: Sequence[Link]) -> GuardWeakness | None:
    """Give what a guard does not see, from its call outwards; the first link is the call."""
    call = links[0].node if links else None
    if not isinstance(call, ast.Call):
        return None
    if _looks_elsewhere(call):
        return GuardWeakness.SEES_LITTLE
    for link in links:
        names = {part.id for part in ast.walk(link.node) if isinstance(part, ast.Name)}
        if any(_lets_some_by(test, names) for test in _tests(link.node, link.scope)):
            return GuardWeakness.SOMETIMES
    return None


def _looks_elsewhere(call: ast.Call) -> bool:
    """A constant, the beginning of a text, or the same text in the place of two."""
    texts = [one for one in call.args if not isinstance(one, ast.Starred)]
    dumped = [ast.dump(one) for one in texts if isinstance(one, ast.Name | ast.Attribute)]
    if len(dumped) != len(set(dumped)):
        return True
    asked = texts[:1] if last_name(call.func) in TEXT_FIRST else texts[-1:]
    return any(map(_is_text, asked)) or any(map(_is_beginning, texts))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_beginning(node: ast.expr) -> bool:
    """`text[:20]`."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Slice):
        return False
    end = number(node.slice.upper) if node.slice.upper is not None else None
    return end is not None and 0 <= end < SHORT


def _tests(node: ast.AST, scope: Function) -> Iterator[ast.expr]:
    """The conditions around a step, and of what gives the text back before it."""
    for above in scope.module.above(node):
        if above is scope.node:
            break
        if isinstance(above, ast.If | ast.IfExp):
            yield above.test
    body = getattr(scope.node, "body", ())
    for statement in body if isinstance(body, list) else ():
        if statement.lineno >= getattr(node, "lineno", 0):
            return
        last = statement.body[-1] if isinstance(statement, ast.If) else None
        if isinstance(last, ast.Return) and lets_in(last, parameters(scope)):
            yield statement.test


def _lets_some_by(test: ast.expr, names: set[str]) -> bool:
    """By chance, or by a word that anyone can write into the text itself."""
    for part in ast.walk(test):
        match part:
            case ast.Call(func=func) if last_name(func) in CHANCE:
                return True
            case ast.Call(func=ast.Attribute(value=text, attr="startswith" | "endswith")):
                if _root(text) in names:
                    return True
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=str())]):
                if _root(left) in names and last_name(left) not in LABELS:
                    return True
            case _:
                pass
    return False


def _root(node: ast.expr) -> str:
    """`text`, also behind `text.strip()`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return written(node).partition(".")[0]
