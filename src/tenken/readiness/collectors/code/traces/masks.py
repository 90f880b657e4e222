"""Masks that mask nothing: what comes in is what goes out."""

import ast
from collections.abc import Iterator, Sequence

from tenken.pattern import Pattern, PatternError
from tenken.readiness.collectors.code.models.raising import never_true
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name, written
from tenken.readiness.collectors.python.values import Literal, Made
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.collectors.rehearsal.acting import How, Path, Rehearsal, TooManyPaths
from tenken.readiness.collectors.rehearsal.folding import Folding, Given
from tenken.readiness.collectors.rehearsal.surroundings import constants
from tenken.readiness.collectors.rehearsal.values import OPEN

KEEPS = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "str", "repr", "dumps", "dict"})
"""Calls after which all of a text can still be read."""
PURE = KEEPS | {"sub", "subn", "replace", "isinstance", "len", "get", "compile"}
"""Calls that change nothing in place, so that what they gave counts only where it is kept."""
NO_MATCH = frozenset({"", "(?!)", "$^", "a^", "$.", "x^", r"\b\B", "(?!.*)"})
"""Patterns that match nothing, or nothing that has a letter in it."""
SAME = frozenset({"\\0", "\\1", r"\g<0>", r"\g<1>"})
"""Replacements that put back what they found."""

SECRETS = " ".join((
    "Hana Sato 佐藤花 hana.sato@example.jp 090-1234-5678 +81 3-1234-5678 〒150-0001 1990-04-01",
    "4111 1111 1111 1111 4111111111111111 123-45-6789 1234 5678 9012 123456789012 AB1234567",
    "192.0.2.17 2001:db8::1 password=hunter2 token: abc Bearer abcdefghijklmnop.qrstuvwx.yz012345",
    "sk-" + "a1" * 24, "AKIA" + "A1B2" * 4, "ghp_" + "a1" * 18, "DE89370400440532013000",
    '{"email": "hana@example.jp", "api_key": "abcdef0123456789", "name": "Hana"}',
))  # fmt: skip
"""One of everything that a mask may look for; none of it is anybody's."""


class Masks:
    """Looks at what a mask gives back."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def masks_nothing(self, function: Function) -> bool:
        """Every way through the function gives its argument back as it came."""
        return self._gives_back(function) or self._is_idle(function)

    def _gives_back(self, function: Function) -> bool:
        """A rehearsal with a text full of secrets: all of it comes out on every path."""
        node = function.node
        if node is None or isinstance(node, ast.Lambda) or _changes(function):
            return False
        names = [one.arg for one in function.parameters if one.arg not in {"self", "cls"}]
        given = (
            constants(function) | dict.fromkeys(names, OPEN) | dict.fromkeys(names[:1], SECRETS)
        )
        try:
            paths = Rehearsal(lambda call, path: self._told(call, path, function)).paths(
                node.body, given
            )
        except TooManyPaths:
            return False
        returned = [one for one in paths if one.how is How.RETURNS]
        return bool(returned) and all(one.value is SECRETS for one in returned)

    def _told(self, call: ast.Call, path: Path, scope: Function) -> Sequence[Given]:
        name = written(call.func)
        if name in {"os.getenv", "os.environ.get"}:
            stated = argument(call, "default", 1)
            return (Given(Folding({}).of(stated) if stated is not None else None),)
        if name == "isinstance" and len(call.args) == 2:
            known = Folding({**path.names}).of(call.args[0]) is SECRETS
            return (Given("str" in ast.unparse(call.args[1])),) if known else ()
        if last_name(call.func) not in {"sub", "subn"} or not call.args:
            return ()
        if Folding({**path.names}).of(call.args[-1]) is not SECRETS:
            return ()
        found = [self._finds(text) for text in self._patterns(call, scope)]
        return (Given(SECRETS),) if found and not any(found) else ()

    def _patterns(self, call: ast.Call, scope: Function) -> Iterator[str]:
        base = call.func.value if isinstance(call.func, ast.Attribute) else None
        if isinstance(base, ast.Name) and base.id in {"re", "re2", "regex"}:
            texts = self._follower.values(call.args[0], scope)
            yield from (str(one.value) for one in texts if isinstance(one, Literal))
            return
        for made in self._follower.values(base, scope) if base is not None else ():
            first = made.call.args[:1] if isinstance(made, Made) else []
            for one in first:
                known = self._follower.values(one, made.scope) if isinstance(made, Made) else ()
                yield from (str(it.value) for it in known if isinstance(it, Literal))

    def _finds(self, pattern: str) -> bool:
        """A pattern of another dialect may find anything."""
        try:
            return Pattern(pattern).checked().search(SECRETS) is not None
        except PatternError:
            return True

    def _is_idle(self, function: Function) -> bool:
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


def _changes(function: Function) -> bool:
    """It puts something else in the place of what stands there: `m["text"] = mask(m["text"])`."""
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.targets[0], ast.Subscript | ast.Attribute)
        and last_name(node.value.func) not in KEEPS
        and ast.unparse(node.targets[0]) in ast.unparse(node.value)
        for node in walk(function.node or ast.Pass())
    )


def _writes(function: Function) -> bool:
    """It changes something in place: `data["email"] = ...`."""
    return any(
        isinstance(target, ast.Subscript | ast.Attribute)
        for node in walk(function.node or ast.Pass())
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    )
