"""Who calls a function of the repository: the way from a model call up to the routes.

Calls are indexed by the last name they are written with, then each candidate is followed, so that
only the functions somebody asks about cost anything.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from msgspec import Struct

from tenken.readiness.collectors.python.held.holders import TABLES, Holders, Run
from tenken.readiness.collectors.python.modules import Class, Function, Module, Project
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import (
    Instance,
    Made,
    Member,
    Own,
    OwnClass,
    Thing,
    Value,
)
from tenken.readiness.collectors.python.walking import Shape
from tenken.readiness.facts.tree import Role

MAX_CANDIDATES = 60
MAX_LEVELS = 8
MAX_ABOVE = 300
COMMON_NAMES = frozenset({
    "get", "run", "create", "invoke", "call", "execute", "process", "handle", "update", "delete",
    "post", "put", "send", "start", "stop", "close", "open", "read", "write", "load", "save",
    "add",
    "format", "join", "append", "items", "values", "keys", "main", "stream", "generate", "chat",
})  # fmt: skip
"""Too common to take an unresolved `x.name()` for the repository's only function so called."""


SENDS = frozenset({
    "delay", "apply_async", "send", "send_with_options", "kiq", "defer", "defer_async", "remote",
    "spawn", "enqueue", "submit",
})  # fmt: skip
"""Methods that a task has from its queue: what is called is the function."""
FOLLOWED = (Own, OwnClass, Instance, Thing, Made, Member)


class Followed(Protocol):
    """What is needed of the follower."""

    project: Project

    def values(self, node: ast.expr, scope: Function) -> tuple[Value, ...]:
        """Give what the expression can be."""
        ...

    def is_settled(self, node: ast.expr, scope: Function) -> bool:
        """Tell whether that will be the same whenever it is asked."""
        ...


class Mention(Struct, frozen=True, eq=False):
    """A place where a function is called, or handed on as a value (`call` is None)."""

    node: ast.expr
    scope: Function
    call: ast.Call | None


class Callers:
    """Finds mentions of functions, and everything above a function."""

    def __init__(self, follower: Followed) -> None:
        self._follower = follower
        self._mentions: dict[str, list[Mention]] | None = None
        self._definitions: dict[str, int] = {}
        self._of: dict[Function, tuple[Mention, ...]] = {}
        self._holders = Holders(follower)
        self._led: dict[str, dict[int, list[Function]]] = {}
        """For a name, the functions that its mentions lead to, by number."""

    def of(self, function: Function) -> tuple[Mention, ...]:
        """Give the mentions of a function in production; what tests pass in does not count."""
        if (known := self._of.get(function)) is None:
            self._of[function] = ()  # a cycle ends here
            known = self._of[function] = tuple(self._search(function))
        return known

    def forget(self, function: Function) -> None:
        """Let go of what is known of a function."""
        self._of.pop(function, None)

    def above(self, function: Function) -> dict[Function, Function]:
        """Give every function from which `function` can be entered, with the step below each."""
        found: dict[Function, Function] = {function: function}
        level = [function]
        for _ in range(MAX_LEVELS):
            level = [
                mention.scope
                for below in level
                for mention in self._outward(below)
                if mention.scope not in found and not found.update({mention.scope: below})
            ]
            if not level or len(found) > MAX_ABOVE:
                break
        return found

    def _outward(self, function: Function) -> Iterator[Mention]:
        yield from self.of(function)
        if function.outer is not None and function.outer.node is not None:
            yield Mention(
                ast.Name(""), function.outer, None
            )  # a nested function runs for its outer

    def arguments(self, function: Function, name: str) -> Iterator[tuple[ast.expr, Function]]:
        """Give what callers pass for a parameter."""
        names = [one.arg for one in function.parameters]
        shift = 1 if function.owner and names[:1] in (["self"], ["cls"]) else 0
        position = names.index(name) - shift
        for mention in self.of(function):
            if mention.call is not None:
                passed = argument(mention.call, name, position if position >= 0 else None)
                if passed is not None:
                    yield passed, mention.scope

    def named(self, name: str) -> list[Mention]:
        """Give where production mentions a function or class of that name."""
        return self._index().get(name, [])[:MAX_CANDIDATES]

    def _search(self, function: Function) -> Iterator[Mention]:
        wanted = function.name.rpartition(".")[2]
        if function.owner and wanted in {"__init__", "__call__"}:
            wanted = function.owner.name.rpartition(".")[2]
        found = (
            self._followed(wanted, function)
            if function.owner is None
            else (one for one in self.named(wanted) if self._means(one, function, wanted))
        )
        yield from self._with_runs(function, (one for one in found if one.scope is not function))

    def _with_runs(self, function: Function, found: Iterator[Mention]) -> Iterator[Mention]:
        """Mentions, and the calls by which whoever was handed the function runs it."""
        runs: list[Run] = []
        is_listed = False
        for one in found:
            yield one
            if one.call is None:
                runs += self._holders.running(one.node, one.scope)
                is_listed = is_listed or _is_listed(one)
        if isinstance(function.node, ast.Lambda):
            home = function.outer or function.module.top
            runs += self._holders.running(function.node, home)
        if function.decorators:
            runs += self._holders.registered(function)
        if is_listed:
            runs += self._holders.chosen(function)
        for run in dict.fromkeys(runs):
            if run.scope is not function:
                yield Mention(run.call, run.scope, None)

    def _followed(self, name: str, function: Function) -> Iterator[Mention]:
        """The mentions of a name that lead to a function; each is followed to its end once."""
        led = self._led.setdefault(name, {})
        for number, mention in enumerate(self.named(name)):
            if (functions := led.get(number)) is None:
                values = self._follower.values(mention.node, mention.scope)
                functions = [one.function for one in values if isinstance(one, Own)]
                if self._follower.is_settled(mention.node, mention.scope):
                    led[number] = functions
            if function in functions:
                yield mention

    def _means(self, mention: Mention, function: Function, wanted: str) -> bool:
        values = self._follower.values(mention.node, mention.scope)
        for value in values:
            if _is(value, function):
                return True
        if function.owner is None:
            return False
        if any(isinstance(one, Own) and self._stands_in(function, one) for one in values):
            return True
        followed = any(isinstance(one, FOLLOWED) for one in values)
        alone = self._definitions.get(wanted, 0) == 1 and wanted not in COMMON_NAMES
        return not followed and alone and isinstance(mention.node, ast.Attribute)

    def _stands_in(self, function: Function, written: Own) -> bool:
        """A method written against an interface or a parent enters those that stand in for it."""
        asked, own = written.function.owner, function.owner
        if asked is None or own is None or asked is own:
            return False
        if written.function.name.rpartition(".")[2] != function.name.rpartition(".")[2]:
            return False
        return asked in self._parents(own) or self._fits(own, asked)

    def _fits(self, own: Class, asked: Class) -> bool:
        """A protocol is met by whatever has its methods, without a word."""
        bases = {last_name(one) for one in asked.node.bases}
        return "Protocol" in bases and asked.methods.keys() <= own.methods.keys()

    def _parents(self, of: Class) -> set[Class]:
        found: set[Class] = set()
        stack = [of]
        while stack and len(found) < MAX_LEVELS:
            below = stack.pop()
            for base in below.node.bases:
                for value in self._follower.values(base, below.module.top):
                    if isinstance(value, OwnClass) and value.of not in found:
                        found.add(value.of)
                        stack.append(value.of)
        return found

    def _index(self) -> dict[str, list[Mention]]:
        if self._mentions is None:
            self._mentions = defaultdict(list)
            modules = [one for one in self._follower.project.loaded if one.role is Role.PRODUCTION]
            for module in modules:
                for function in module.functions:
                    short = function.name.rpartition(".")[2]
                    self._definitions[short] = self._definitions.get(short, 0) + 1
                for name in module.classes:
                    self._definitions[name] = self._definitions.get(name, 0) + 1
            for module in modules:
                self._add(module, self._mentions)
        return self._mentions

    def _add(self, module: Module, mentions: dict[str, list[Mention]]) -> None:
        functions, defined = module.functions, self._definitions
        for name, node, scope, call in module.shape.answer(_written_mentions):
            if name in defined:
                mentions[name].append(Mention(node, functions[scope], call))


class _Written(NamedTuple):
    """A mention as the tree alone tells it: its scope is the number of a function."""

    name: str
    node: ast.expr
    scope: int
    call: ast.Call | None


def _written_mentions(shape: Shape) -> tuple[_Written, ...]:
    return tuple([
        _Written(last_name(node), node, scope, call)
        for node, scope, call in _values_handed_on(shape)
        if isinstance(node, ast.Name | ast.Attribute)
    ])  # fmt: skip


def _is_listed(mention: Mention) -> bool:
    return isinstance(mention.scope.module.parents.get(mention.node), TABLES)


def _values_handed_on(shape: Shape) -> Iterator[tuple[ast.expr, int, ast.Call | None]]:
    for call, scope in shape.scopes:
        if isinstance(call, ast.Call):
            yield call.func, scope, call
            if isinstance(call.func, ast.Attribute) and call.func.attr in SENDS:
                yield call.func.value, scope, call
            for value in (*call.args, *(keyword.value for keyword in call.keywords)):
                yield value, scope, None
    for number, function in enumerate(shape.functions):
        if isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in function.node.decorator_list:
                yield decorator, function.outer or 0, None
        for value in function.returns:
            yield value, number, None
    yield from _listed(shape)


def _listed(shape: Shape) -> Iterator[tuple[ast.expr, int, ast.Call | None]]:
    """What stands in a table that a name is bound to, or that is handed on or gone through."""
    for bound in shape.bindings:
        yield from ((one, bound.scope, None) for one in _entries(bound.value))
    for call, scope in shape.scopes:
        if isinstance(call, ast.Call):
            for value in (*call.args, *(keyword.value for keyword in call.keywords)):
                yield from ((one, scope, None) for one in _entries(value))


def _entries(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.Dict(values=found) | ast.List(elts=found) | ast.Tuple(elts=found):
            return found
        case ast.Set(elts=found):
            return found
        case _:
            return []


def _is(value: Value, function: Function) -> bool:
    if isinstance(value, Own):
        return value.function is function
    if isinstance(value, OwnClass):
        return function.owner is value.of and function.name.endswith("__init__")
    if isinstance(value, Instance):
        return function.owner is value.of and function.name.endswith("__call__")
    return False
