"""Which functions of a script give its exit status, and which of its names hold it."""

import ast
from collections.abc import Collection, Iterator

from msgspec import Struct, field

from tenken.readiness.collectors.pipeline.commands.python_source import dotted

EXITS = frozenset({"sys.exit", "exit", "quit", "os._exit", "SystemExit"})
RUNNERS = frozenset({"asyncio.run", "anyio.run", "trio.run", "int", "bool"})
"""Calls that give what the call within them gives."""
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Statuses(Struct):
    """Functions and names whose value the script ends with."""

    functions: set[str] = field(default_factory=set)
    names: set[tuple[str, str]] = field(default_factory=set)
    """Each with the function that it stands in; no function is the module."""


def statuses(module: ast.Module, given: Collection[str] = ()) -> Statuses:
    """Follow what is handed to an exit back through calls, returns and names.

    `given` are functions whose value another file ends with.
    """
    found = Statuses(functions={*given})
    own = {it.name: it for it in module.body if isinstance(it, FunctionNode)}
    scopes = {"": module, **own}
    queue = [
        (scope, value)
        for scope, node in scopes.items()
        for part in _within(node)
        if (value := _ends_with(part)) is not None
    ]
    queue += [(name, one) for name in given if name in own for one in _returned(own[name])]
    while queue:
        scope, value = queue.pop()
        inner = unwrapped(value)
        if isinstance(inner, ast.Call) and (name := dotted(inner.func)) not in found.functions:
            found.functions.add(name)
            queue += [(name, one) for one in (_returned(own[name]) if name in own else ())]
        elif isinstance(inner, ast.Name) and (scope, inner.id) not in found.names:
            found.names.add((scope, inner.id))
            queue += [(scope, one) for one in _assigned(inner.id, scopes[scope])]
    return found


class Entry(Struct, frozen=True):
    """A function of another file that a script is: it calls that, and may end with its value."""

    name: str
    gives_status: bool

    @property
    def call(self) -> str:
        """The line that begins it."""
        return f"sys.exit({self.name}())" if self.gives_status else f"{self.name}()"


def entries(module: ast.Module, imported: Collection[str]) -> tuple[Entry, ...]:
    """The imported functions that the lines of a script call, outside its own functions."""
    ending = statuses(module).functions
    called = {
        dotted(inner.func)
        for node in _within(module)
        if isinstance(node, ast.Expr) and isinstance(inner := unwrapped(node.value), ast.Call)
    }
    return tuple(
        Entry(name, name in ending) for name in imported if name in ending or name in called
    )


def unwrapped(node: ast.expr) -> ast.expr:
    """`main()` of `asyncio.run(main())`, `await main()` and `int(main())`."""
    match node:
        case ast.Await(value=value):
            return unwrapped(value)
        case ast.Call(func=function, args=[ast.expr() as first]) if dotted(function) in RUNNERS:
            return unwrapped(first)
        case _:
            return node


def _ends_with(node: ast.AST) -> ast.expr | None:
    match node:
        case ast.Call(func=function, args=[ast.expr() as value]) if dotted(function) in EXITS:
            return value
        case _:
            return None


def _within(scope: ast.Module | FunctionNode) -> Iterator[ast.AST]:
    """What stands in a scope and in none of the functions in it."""
    queue: list[ast.AST] = [*scope.body]
    while queue:
        node = queue.pop()
        yield node
        if not isinstance(node, FunctionNode | ast.ClassDef | ast.Lambda):
            queue += ast.iter_child_nodes(node)


def _returned(function: FunctionNode) -> Iterator[ast.expr]:
    for node in _within(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value


def _assigned(name: str, scope: ast.Module | FunctionNode) -> Iterator[ast.expr]:
    for node in _within(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=own)], value=value) if own == name:
                yield value
            case _:
                pass
