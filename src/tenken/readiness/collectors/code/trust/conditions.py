"""What a check of a caller depends on besides the credential: settings, and what anyone sends."""

import ast
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, default_of, last_name, written
from tenken.readiness.collectors.python.values import Environment, Literal
from tenken.readiness.collectors.python.walking import walk

SETTINGS = frozenset({
    "settings", "config", "configuration", "cfg", "conf", "environ", "env", "flags",
})  # fmt: skip
"""Words under which a program keeps what it was told from outside."""
SENT = frozenset({"headers", "cookies", "query_params", "client", "remote_addr"})
"""Attributes of a request that hold what its sender wrote."""
FILLED = frozenset({"Header", "Cookie", "Query"})
"""Defaults by which a framework fills a parameter from the request."""
SAME = frozenset({
    "strip", "lower", "upper", "removeprefix", "removesuffix", "split", "partition", "rpartition",
    "replace", "get", "getlist", "bool", "str", "int", "len", "startswith", "endswith",
    "strtobool",
})  # fmt: skip
"""Calls that tell nothing new of the value they are made on."""
NEGATING = (ast.NotEq, ast.NotIn, ast.IsNot)
OWN_MACHINE = frozenset({"127.0.0.1", "::1", "localhost", "testclient"})
MAX_DEPTH = 3


class Kind(StrEnum):
    """Who decides a condition."""

    NOBODY = "nobody"
    """It is a constant of the code."""
    SETTING = "setting"
    ANYBODY = "anybody"


class Condition(Struct, frozen=True, eq=False):
    """A part of a test that somebody else than the holder of a credential decides."""

    node: ast.expr
    key: str
    """The same for each place where the same is asked."""
    negated: bool
    kind: Kind
    within: ast.AST | None
    """The function that it is a part of."""
    value: object = None
    """Of a constant; else what it is where it is nothing."""


class Conditions:
    """Reads the conditions of a function."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def of(self, function: Function, *, depended: bool) -> Iterator[Condition]:
        """Give each condition, the whole before its parts; a dependency also takes queries."""
        if function.node is None or isinstance(function.node, ast.Lambda):
            return
        stack: list[ast.AST] = [*function.node.body]
        while stack:
            node = stack.pop()
            found = self._read(node, function, depended=depended)
            if found is not None:
                yield found
            elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                stack += ast.iter_child_nodes(node)

    def _read(self, node: ast.AST, function: Function, *, depended: bool) -> Condition | None:
        if not isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.Compare):
            return None
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            return None
        positive, negated = _positive(node)
        within = function.node
        if (known := self._constant(node, function)) is not None:
            return Condition(
                node=node, key=positive, negated=False, kind=Kind.NOBODY, within=within,
                value=known.value,
            )  # fmt: skip
        if self.is_setting(node, function):
            empty = () if self._is_always_set(node, function) else None
            return Condition(
                node=node, key=positive, negated=negated, kind=Kind.SETTING, within=within,
                value=empty,
            )  # fmt: skip
        if self._is_anybodys(node, function, depended=depended):
            return Condition(
                node=node, key=positive, negated=negated, kind=Kind.ANYBODY, within=within
            )
        return None

    def _constant(self, node: ast.expr, function: Function) -> Literal | None:
        """What it is on every run, wherever it is bound."""
        if not isinstance(node, ast.Name | ast.Attribute) or is_given(node, function):
            return None
        values = self._follower.values(node, function)
        known = [one for one in values if isinstance(one, Literal) and not one.is_default]
        return known[0] if len(values) == 1 and known else None

    # ------------------------------------------------------------- settings

    def is_setting(self, node: ast.expr, function: Function, depth: int = 0) -> bool:
        """What the process was started with decides it, and nothing of the request."""
        match node:
            case ast.Compare(left=left, comparators=others):
                sides = [one for one in (left, *others) if not _is_constant(one)]
                return bool(sides) and all(self.is_setting(it, function, depth) for it in sides)
            case ast.Call(func=ast.Attribute(value=base, attr=name)) if name in SAME:
                return self._is_of_settings(base, function, depth) or self._is_told(node, function)
            case ast.Subscript(value=base):
                return self._is_of_settings(base, function, depth) or self._is_told(node, function)
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in SAME:
                return self.is_setting(inner, function, depth)
            case ast.Call(args=[], keywords=[]):
                return self._is_told(node, function) or self._gives_setting(node, function, depth)
            case ast.Name() | ast.Attribute():
                return self._is_kept(node) or self._is_told(node, function)
            case ast.Call():
                return self._is_told(node, function)
            case _:
                return False

    def _is_always_set(self, node: ast.expr, function: Function) -> bool:
        """`os.environ["KEY"]`: it may be empty, but never missing, as a header may."""
        if is_given(node, function):
            return False
        return all(
            isinstance(one, Environment) and not one.may_be_none
            for one in self._follower.values(node, function)
        )

    def _is_of_settings(self, base: ast.expr, function: Function, depth: int) -> bool:
        """`config["KEY"]`, `settings.key.strip()`."""
        return last_name(base).lower() in SETTINGS or self.is_setting(base, function, depth)

    def _is_kept(self, node: ast.expr) -> bool:
        """`settings.debug`, `app.config`: kept where a program keeps its settings."""
        path = written(node)
        return any(part.strip("_").lower() in SETTINGS for part in path.split(".")[:-1])

    def _is_told(self, node: ast.expr, function: Function) -> bool:
        if is_given(node, function):
            return False
        name = node.id if isinstance(node, ast.Name) else ""
        values = self._follower.values(node, function)
        settable = any(isinstance(one, Environment) or can_change(one) for one in values)
        return settable or self._is_made_of_settings(name, function)

    def _is_made_of_settings(self, name: str, function: Function) -> bool:
        """`SKIP = os.environ.get("SKIP") == "1"` at the top of a module."""
        bound = function.module.top.assigned.get(name, ()) if name else ()
        return bool(bound) and all(
            isinstance(one.value, ast.Compare | ast.Call)
            and self.is_setting(one.value, one.scope, MAX_DEPTH)
            for one in bound
        )

    def _gives_setting(self, call: ast.Call, function: Function, depth: int) -> bool:
        """A function of the repository without arguments that gives back nothing but settings."""
        if is_given(call.func, function):
            return False
        entered = self._follower.functions(call.func, function) if depth < MAX_DEPTH else ()
        return bool(entered) and all(
            bool(one.returns)
            and all(self.is_setting(given, one, depth + 1) for given in one.returns)
            for one in entered
        )

    # -------------------------------------------------------------- anybody

    def _is_anybodys(self, node: ast.expr, function: Function, *, depended: bool) -> bool:
        """Whoever knows the code can send what makes it true, and what makes it false."""
        match node:
            case ast.Compare(left=left, comparators=[right]):
                if _names_own_machine(left, right) or not (
                    _is_constant(right) or _is_constant(left)
                ):
                    return False
                asked = left if _is_constant(right) else right
                return self.is_sent(asked, function, depended=depended)
            case ast.Call(func=ast.Attribute(attr="startswith" | "endswith"), args=[text]):
                whole = _is_constant(text) and not _names_own_machine(node, text)
                return whole and self.is_sent(node, function, depended=depended)
            case ast.Name() | ast.Attribute() | ast.Call():
                return self.is_sent(node, function, depended=depended)
            case _:
                return False

    def is_sent(
        self, node: ast.expr, function: Function, *, depended: bool, depth: int = 0
    ) -> bool:
        """A text of the request as its sender wrote it, or a piece of it."""
        match node:
            case ast.Call(func=ast.Attribute(value=base, attr=name)) if name in SAME:
                return self.is_sent(base, function, depended=depended, depth=depth)
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in SAME:
                return self.is_sent(inner, function, depended=depended, depth=depth)
            case ast.Subscript(value=base) | ast.Await(value=base):
                return self.is_sent(base, function, depended=depended, depth=depth)
            case ast.Attribute(value=base, attr=name):
                if name in SENT and (depended or name != "query_params"):
                    return _is_request(base)
                return name != "state" and self.is_sent(
                    base, function, depended=depended, depth=depth
                )
            case ast.Name(id=name):
                return self._is_sent_name(name, function, depended=depended, depth=depth)
            case _:
                return False

    def _is_sent_name(self, name: str, function: Function, *, depended: bool, depth: int) -> bool:
        if bound := function.assigned.get(name, ()):
            return depth < MAX_DEPTH and all(
                self.is_sent(one.value, function, depended=depended, depth=depth + 1)
                for one in bound
            )
        if name not in {one.arg for one in function.parameters}:
            return False
        given = default_of(name, function)
        kind = last_name(given.func) if isinstance(given, ast.Call) else _annotated(name, function)
        if kind in FILLED:
            return depended or kind != "Query"
        return isinstance(given, ast.Call) and kind in {"Depends", "Security"} and (
            self._may_be_missing(given, function)
        )  # fmt: skip

    def _may_be_missing(self, given: ast.Call, function: Function) -> bool:
        """`Depends(HTTPBearer(auto_error=False))`: nothing sent is None."""
        home = function.outer or function.module.top
        for value in self._follower.values(given.args[0], home) if given.args else ():
            made = getattr(value, "call", None)
            off = argument(made, "auto_error") if isinstance(made, ast.Call) else None
            if isinstance(off, ast.Constant) and off.value is False:
                return True
        return False


def is_given(node: ast.expr, function: Function) -> bool:
    """A parameter or a local name, or a part of one: what it holds is told where it comes from."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    if not isinstance(node, ast.Name) or node.id in {"self", "cls"}:
        return False
    inside: Function | None = function
    while inside is not None and inside.node is not None:
        if node.id in inside.assigned or any(one.arg == node.id for one in inside.parameters):
            return True
        inside = inside.outer
    return False


def can_change(value: object) -> bool:
    """The default of a setting, in place of which another may be given."""
    return (
        isinstance(value, Literal)
        and value.is_default
        and bool(value.name)
        and value.name.isupper()
    )


def _positive(node: ast.expr) -> tuple[str, bool]:
    """A key that `x`, `x is None` and `x is not None` share, and whether it is turned."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[ast.Constant(value=None)]):
            return ast.unparse(left), isinstance(op, ast.Is | ast.Eq)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            text = f"{ast.unparse(left)} {type(op).__name__.removeprefix('Not')} "
            text = text.replace(" IsNot ", " Is ")
            return text + ast.unparse(right), isinstance(op, NEGATING)
        case _:
            return ast.unparse(node), False


def _is_constant(node: ast.expr) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return all(isinstance(one, ast.Constant) for one in parts)


def _names_own_machine(*nodes: ast.expr) -> bool:
    """A request from the machine itself is nobody's from outside."""
    return any(
        isinstance(part, ast.Constant) and part.value in OWN_MACHINE
        for node in nodes
        for part in walk(node)
    )


def _is_request(node: ast.expr) -> bool:
    name = last_name(node).lower()
    return name in {"req", "r", "websocket", "ws", "connection"} or "request" in name


def _annotated(name: str, function: Function) -> str:
    """`Annotated[str, Header()]`."""
    found = next(one.annotation for one in function.parameters if one.arg == name)
    for part in walk(found) if isinstance(found, ast.Subscript) else ():
        if isinstance(part, ast.Call) and last_name(part.func) in FILLED:
            return last_name(part.func)
    return ""
