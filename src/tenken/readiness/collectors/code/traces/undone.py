"""What takes a set-up of logging back: a later one, or handlers that are taken away."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.code.traces.sequence import Order
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import argument, last_name, own_nodes
from tenken.readiness.collectors.python.values import Display
from tenken.readiness.collectors.python.walking import walk

ROOT = "root"
CHANGES = frozenset({"setFormatter", "setLevel", "addFilter", "set_name", "removeHandler"})
"""Calls with a handler that make it known to no logger."""
BARE_HANDLERS = frozenset({"StreamHandler", "FileHandler", "RotatingFileHandler", "NullHandler"})


UNDOERS = frozenset({
    "basicConfig", "dictConfig", "clear", "removeHandler", "setFormatter", "reset_defaults",
    "configure", "remove",
})  # fmt: skip


class Undoing(Struct, frozen=True, eq=False):
    """A place after which something is no longer set up."""

    node: ast.AST
    scope: Function
    of: str
    """`root` for the handlers of the root logger, a library, or the name of one handler."""


def _may_undo(call: ast.Call) -> bool:
    return last_name(call.func) in UNDOERS


class Undone:
    """Finds what takes set-ups back."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._follower = reading.follower
        self._order = Order(reading)
        self._found: list[Undoing] | None = None

    def by(self, call: ast.Call, scope: Function, library: str) -> Place | None:
        """Give the place that takes a set-up back, where it surely runs later."""
        holder = _holder(call)
        of = (
            {library}
            if library != "logging"
            else {ROOT}
            if self._is_for_root(call, scope)
            else set()
        )
        for one in self._all():
            same = one.of in of or (one.of == holder and holder and one.scope is scope)
            if same and _is_given_after(holder, one, scope):
                continue
            if same and self._order.is_after(one.node, one.scope, call, scope):
                return one.scope.module.place(one.node)
        return None

    def is_given_to_nobody(self, call: ast.Call, scope: Function) -> bool:
        """A handler of a function that no logger, caller or list gets."""
        holder = _holder(call)
        if not holder or scope.node is None or holder not in scope.assigned:
            return False
        return not any(
            isinstance(node, ast.Name)
            and node.id == holder
            and isinstance(node.ctx, ast.Load)
            and not _only_changes(node, scope.module)
            for node in own_nodes(scope)
        )

    # ------------------------------------------------------------- undoings

    def _all(self) -> list[Undoing]:
        if self._found is None:
            self._found = [one for module in self._reading.production for one in self._in(module)]
        return self._found

    def _in(self, module: Module) -> Iterator[Undoing]:
        for call, scope in module.calls_that(_may_undo):
            if of := self._undoes(call, scope):
                yield Undoing(call, scope, of)
        empties = "logging" in module.imports.values() and bool(module.named("handlers"))
        for function in module.functions if empties else ():
            for node in own_nodes(function):
                if isinstance(node, ast.Assign) and self._empties(node, function):
                    yield Undoing(node, function, ROOT)

    def _undoes(self, call: ast.Call, scope: Function) -> str:
        match last_name(call.func):
            case "basicConfig" if _is_true(argument(call, "force")) and _is_bare(call):
                return ROOT
            case "dictConfig" if self._sets_root(call, scope):
                return ROOT
            case "clear" if self._is_list_of_root(call.func, scope):
                return ROOT
            case "removeHandler":
                return self._takes_handler(call, scope)
            case "setFormatter" if self._is_plain(call, scope):
                return self._takes_handler(call, scope)
            case "reset_defaults" if self._is("structlog", call, scope):
                return "structlog"
            case "configure" if self._is("structlog", call, scope) and _renders_text(call):
                return "structlog"
            case "remove" if not call.args and self._is("loguru", call, scope):
                return "loguru"
            case _:
                return ""

    def _is(self, library: str, call: ast.Call, scope: Function) -> bool:
        return any(one.startswith(library) for one in self._follower.dotted(call.func, scope))

    def _is_plain(self, call: ast.Call, scope: Function) -> bool:
        """`logging.Formatter(...)` of Python itself."""
        form = call.args[0] if call.args else None
        return isinstance(form, ast.Call) and self._is("logging.Formatter", form, scope)

    def _sets_root(self, call: ast.Call, scope: Function) -> bool:
        """A configuration that is written out, with handlers of the root."""
        for value in self._follower.values(call.args[0], scope) if call.args else ():
            if isinstance(value, Display) and isinstance(value.node, ast.Dict):
                keys = {one.value for one in walk(value.node) if isinstance(one, ast.Constant)}
                return bool(keys & {"root", ""}) and "json" not in ast.unparse(value.node).lower()
        return False

    def _takes_handler(self, call: ast.Call, scope: Function) -> str:
        """One handler by its name, or in a loop each that the root has."""
        handler = call.args[0] if last_name(call.func) == "removeHandler" else _receiver(call)
        if not isinstance(handler, ast.Name):
            return ""
        for above in scope.module.above(call):
            if isinstance(above, ast.For) and last_name(above.target) == handler.id:
                loops = walk(above.iter)
                return ROOT if any(self._is_handlers(one, scope) for one in loops) else ""
        return handler.id

    def _empties(self, node: ast.Assign, scope: Function) -> bool:
        """`root.handlers = []`, or other handlers that have no form."""
        bare = isinstance(node.value, ast.List) and all(map(_has_no_form, node.value.elts))
        return bare and any(self._is_handlers(one, scope) for one in node.targets)

    def _is_list_of_root(self, func: ast.expr, scope: Function) -> bool:
        return isinstance(func, ast.Attribute) and self._is_handlers(func.value, scope)

    def _is_handlers(self, node: ast.AST, scope: Function) -> bool:
        return (
            isinstance(node, ast.Attribute)
            and node.attr == "handlers"
            and self._is_root(node.value, scope)
        )

    def _is_root(self, node: ast.expr, scope: Function, depth: int = 0) -> bool:
        match node:
            case ast.Call(func=func, args=args) if last_name(func) == "getLogger":
                return not args or (
                    isinstance(args[0], ast.Constant) and args[0].value in {"", "root", None}
                )
            case ast.Attribute(attr="root"):
                return True
            case ast.Name(id=name) if depth == 0:
                bound = scope.assigned.get(name) or scope.module.top.assigned.get(name) or ()
                return any(self._is_root(one.value, one.scope, 1) for one in bound)
            case _:
                return False

    # -------------------------------------------------------------- set-ups

    def _is_for_root(self, call: ast.Call, scope: Function) -> bool:
        """Its lines go through the root logger; a handler of one named logger is its own."""
        holder = _holder(call)
        if last_name(call.func) != "setFormatter":
            return True
        given = [one for one in scope.calls if last_name(one.func) == "addHandler" and one.args
                 and last_name(one.args[0]) == holder]  # fmt: skip
        receivers = [one.func.value for one in given if isinstance(one.func, ast.Attribute)]
        return not receivers or any(self._is_root(one, scope) for one in receivers)


def _holder(call: ast.Call) -> str:
    """The name of the handler that a formatter is set on."""
    receiver = _receiver(call) if last_name(call.func) == "setFormatter" else None
    return receiver.id if isinstance(receiver, ast.Name) else ""


def _is_given_after(holder: str, undoing: Undoing, scope: Function) -> bool:
    """Handlers are taken away first, and this one is given then: `root.addHandler(handler)`."""
    return undoing.scope is scope and any(
        last_name(one.func) == "addHandler"
        and any(isinstance(it, ast.Name) and it.id == holder for it in one.args)
        and one.lineno > getattr(undoing.node, "lineno", 0)
        for one in scope.calls
    )


def _receiver(call: ast.Call) -> ast.expr | None:
    return call.func.value if isinstance(call.func, ast.Attribute) else None


def _only_changes(node: ast.Name, module: Module) -> bool:
    """`handler.setLevel(...)`, `root.removeHandler(handler)`."""
    above = module.parents.get(node)
    call = module.parents.get(above) if isinstance(above, ast.Attribute) else above
    return isinstance(call, ast.Call) and last_name(call.func) in CHANGES


def _is_bare(call: ast.Call) -> bool:
    """It gives the root handlers of its own that write plain text."""
    given = argument(call, "handlers")
    if given is None:
        form = argument(call, "format")
        return not (isinstance(form, ast.Constant) and str(form.value).lstrip().startswith("{"))
    return isinstance(given, ast.List) and all(map(_has_no_form, given.elts))


def _renders_text(call: ast.Call) -> bool:
    """The last processor is written out, and writes for people."""
    text = ast.unparse(call)
    return any(f"{one}Renderer" in text for one in ("Console", "KeyValue")) and "JSON" not in text


def _has_no_form(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) in BARE_HANDLERS


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
