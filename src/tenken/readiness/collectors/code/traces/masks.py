"""Masks that mask nothing: what comes in is what goes out."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.code.models.raising import never_true
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.values import Made

KEEPS = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "str", "repr", "dumps", "dict"})
"""Calls after which all of a text can still be read."""
PURE = KEEPS | {"sub", "subn", "replace", "isinstance", "len", "get", "compile"}
"""Calls that change nothing in place, so that what they gave counts only where it is kept."""
NO_MATCH = frozenset({"", "(?!)", "$^", "a^", "$.", "x^", r"\b\B", "(?!.*)"})
"""Patterns that match nothing, or nothing that has a letter in it."""
SAME = frozenset({"\\0", "\\1", r"\g<0>", r"\g<1>"})
"""Replacements that put back what they found."""


class Masks:
    """Looks at what a mask gives back."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def masks_nothing(self, function: Function) -> bool:
        """Every way through the function gives its argument back as it came."""
        given = {one.arg for one in function.parameters} | rest_names(function)
        kept = given - set(function.assigned)
        if _writes(function) or any(last_name(one.func) not in PURE for one in function.calls):
            return False
        returned = list(self._returned(function))
        return bool(returned) and all(self._keeps(one, kept, function) for one in returned)

    def _returned(self, function: Function) -> Iterator[ast.expr]:
        if isinstance(function.node, ast.Lambda):
            yield function.node.body
            return
        for one in function.returns:
            if not never_true(one, function, self._follower):
                yield one

    def _keeps(self, node: ast.expr, kept: set[str], scope: Function) -> bool:
        match node:
            case ast.Name(id=name):
                return name in kept
            case ast.Call(func=ast.Attribute(value=base, attr="sub" | "subn"), args=[*_, text]):
                return self._keeps(text, kept, scope) and self._replaces_nothing(node, base, scope)
            case ast.Call(func=ast.Attribute(value=text, attr=attr), args=[]) if attr in KEEPS:
                return self._keeps(text, kept, scope)
            case ast.Call(func=func, args=[text]) if last_name(func) in KEEPS:
                return self._keeps(text, kept, scope)
            case _:
                return False

    def _replaces_nothing(self, call: ast.Call, base: ast.expr, scope: Function) -> bool:
        by_module = isinstance(base, ast.Name) and base.id in {"re", "re2", "regex"}
        texts = [one.value for one in call.args[:-1] if isinstance(one, ast.Constant)]
        if any(text in SAME for text in texts[-1:]):
            return True
        if by_module:
            return any(text in NO_MATCH for text in texts[:1])
        compiled = [one for one in self._follower.values(base, scope) if isinstance(one, Made)]
        return any(
            isinstance(first, ast.Constant) and first.value in NO_MATCH
            for one in compiled
            for first in one.call.args[:1]
        )


def rest_names(function: Function) -> set[str]:
    """The names of `*args` and `**rest`."""
    if function.node is None:
        return set()
    named = function.node.args
    return {one.arg for one in (named.vararg, named.kwarg) if one is not None}


def _writes(function: Function) -> bool:
    """It changes something in place: `data["email"] = ...`."""
    return any(
        isinstance(target, ast.Subscript | ast.Attribute)
        for node in ast.walk(function.node or ast.Pass())
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    )
