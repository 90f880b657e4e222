"""Whether code asks a caller who they are, and whether it can be talked out of asking."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.collectors.code.reading import LibraryCall
from tenken.readiness.collectors.code.trust.admitting import VERIFIERS, Admitting
from tenken.readiness.collectors.code.trust.believing import admits, believes, mirrors
from tenken.readiness.collectors.code.trust.overrides import Key, Override, key_of
from tenken.readiness.collectors.code.trust.refusing import Refusing
from tenken.readiness.collectors.code.trust.schemes import (
    DECORATORS,
    LIBRARIES,
    MIDDLEWARES,
    MIXINS,
    NINJA_SCHEMES,
    NOT_WHO,
    SCHEMES,
)
from tenken.readiness.collectors.code.trust.signatures import Signatures
from tenken.readiness.collectors.code.trust.strangers import Strangers
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.indirect.aliases import behind
from tenken.readiness.collectors.python.modules import Class, Function, Module
from tenken.readiness.collectors.python.syntax import (
    argument,
    default_of,
    last_name,
    own_nodes,
)
from tenken.readiness.collectors.python.values import (
    Display,
    Instance,
    Literal,
    Made,
    Member,
    Own,
    OwnClass,
    Thing,
    Value,
)  # fmt: skip
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.code import Auth, TokenCheck

MAX_DEPTH = 4
WEAK = frozenset({Auth.OPTIONAL, Auth.CLAIMED, Auth.ADMITS})


class Asked(Struct, frozen=True):
    """One way in which a caller is asked."""

    auth: Auth
    by: str
    place: Place | None


class Access:
    """Reads dependencies, decorators, middleware and functions for checks of the caller."""

    def __init__(
        self,
        follower: Follower,
        replaced: Mapping[Key, Override] | None = None,
        refusers: frozenset[str] = frozenset(),
    ) -> None:
        self._follower = follower
        self._replaced = replaced or {}
        self._refusing = Refusing(refusers)
        self._signatures = Signatures(follower)
        self._admitting = Admitting(follower)
        self._strangers = Strangers(follower, self._refusing.refuses)
        self._asks_nobody = cache(_asks_nobody)
        self._refusal = cache(self._refusing.first)
        self._inside: dict[tuple[Function, int, bool], tuple[Asked, ...]] = {}

    def of_parameters(self, function: Function) -> Iterator[Asked]:
        """Dependencies among a function's parameters."""
        outer = function.outer or function.module.top
        for parameter in function.parameters:
            default = default_of(parameter.arg, function)
            if isinstance(default, ast.Call) and last_name(default.func) in {
                "Depends",
                "Security",
            }:
                yield from self._dependency(default, outer)
            yield from self._in_annotation(parameter.annotation, outer)

    def _in_annotation(self, node: ast.expr | None, scope: Function) -> Iterator[Asked]:
        if node is None:
            return
        node, home = behind(node, scope, self._follower.project)
        for part in walk(node) if isinstance(node, ast.Subscript) else ():
            if isinstance(part, ast.Call) and last_name(part.func) in {"Depends", "Security"}:
                yield from self._dependency(part, home)

    def of_dependencies(self, node: ast.expr | None, scope: Function) -> Iterator[Asked]:
        """A list of dependencies, or one authenticator object."""
        for value in self._follower.values(node, scope) if node is not None else ():
            if isinstance(value, Display) and not isinstance(value.node, ast.Dict):
                for element in value.node.elts:
                    if isinstance(element, ast.Call):
                        yield from self._dependency(element, value.scope)
            elif isinstance(value, Own | OwnClass | Instance | Made | Thing):
                yield from self._asks(value)

    def _dependency(self, call: ast.Call, scope: Function) -> Iterator[Asked]:
        if call.args:
            for value in self._follower.values(call.args[0], scope):
                yield from self._asks(value)

    def _asks(self, value: Value, depth: int = 0) -> Iterator[Asked]:
        asked = list(self._by_itself(value, depth))
        key = key_of(value)
        other = self._replaced.get(key) if key is not None else None
        yield from asked if other is None or not asked else self._instead(other, asked, depth)

    def _instead(self, other: Override, asked: list[Asked], depth: int) -> Iterator[Asked]:
        """What stands in for a guard asks as much, or lets everybody by."""
        by = f"dependency_overrides[{asked[0].by}]"
        weaker = Asked(Auth.OPTIONAL if other.conditional else Auth.ADMITS, by, other.place)
        for value in self._follower.values(other.node, other.scope):
            there = [*self._by_itself(value, depth)] if depth < MAX_DEPTH else []
            yield next((one for one in there if one.auth is Auth.REQUIRED), weaker)

    def _by_itself(self, value: Value, depth: int = 0) -> Iterator[Asked]:
        match value:
            case Own(function):
                below = list(self.of_parameters(function)) if depth < MAX_DEPTH else []
                yield from below
                if self._admitting.lets_in(function):
                    node = function.node or function.module.tree
                    yield Asked(Auth.ADMITS, function.name, function.module.place(node))
                elif not _builds_on_weak(function, below):
                    yield from self.inside(function, depth, depended=True)
            case Instance(of) | OwnClass(of):
                yield from _of_ninja(of)
                for name in ("__call__", "authenticate", "__init__"):
                    if name in of.methods:
                        yield from self.inside(of.methods[name], depth)
            case Made(dotted, call, home):
                yield from self._of_scheme(dotted, call, home)
            case Member(base, _):
                yield from self._of_scheme(base.dotted, base.call, base.scope)
            case Thing(dotted) if dotted.startswith(LIBRARIES):
                yield Asked(Auth.REQUIRED, dotted, None)
            case _:
                return

    def _of_scheme(self, dotted: str, call: ast.Call, scope: Function) -> Iterator[Asked]:
        name = next((part for part in dotted.split(".") if part in SCHEMES), "")
        if name and dotted.startswith(("fastapi", "ninja")):
            lax = argument(call, "auto_error")
            off = isinstance(lax, ast.Constant) and lax.value is False
            yield Asked(Auth.NONE if off else Auth.UNKNOWN, name, scope.module.place(call))
        elif dotted.startswith(LIBRARIES):
            yield Asked(Auth.REQUIRED, dotted, scope.module.place(call))

    def of_decorators(self, function: Function) -> Iterator[Asked]:
        """Decorators that ask, of a library or of the repository."""
        outer = function.outer or function.module.top
        for decorator in function.decorators:
            name = last_name(decorator)
            if name in DECORATORS and "AllowAny" not in ast.unparse(decorator):
                yield Asked(Auth.REQUIRED, name, function.module.place(decorator))
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            for value in self._follower.values(target, outer):
                if isinstance(value, Own):
                    for inner in (value.function, *value.function.functions.values()):
                        yield from self.inside(inner)
                        for third in inner.functions.values():
                            yield from self.inside(third)

    def of_class(self, of: Class) -> Iterator[Asked]:
        """A class-based view."""
        for parent in of.node.bases:
            if last_name(parent) in MIXINS:
                yield Asked(Auth.REQUIRED, last_name(parent), of.module.place(of.node))
        for assigned in of.attributes.get("permission_classes", ()):
            text = ast.unparse(assigned.value)
            auth = (
                Auth.REQUIRED if "AllowAny" not in text and text not in {"[]", "()"} else Auth.NONE
            )
            yield Asked(auth, text, of.module.place(assigned.value))
        for method in of.methods.values():
            yield from self.of_decorators(method)
            yield from self.inside(method)
        for name in ("decorators", "method_decorators"):  # of a view of Flask
            for assigned in of.attributes.get(name, ()):
                for one in getattr(assigned.value, "elts", ()):
                    if last_name(one) in DECORATORS:
                        place = of.module.place(assigned.value)
                        yield Asked(Auth.REQUIRED, last_name(one), place)

    def of_middleware(self, node: ast.expr, scope: Function) -> Iterator[Asked]:
        """A middleware class."""
        name = last_name(node)
        for value in self._follower.values(node, scope):
            if isinstance(value, OwnClass):
                for method in value.of.methods.values():
                    yield from self.inside(method)
            elif isinstance(value, Thing) and name in MIDDLEWARES:
                yield next(
                    self._of_backend(node, scope),
                    Asked(Auth.UNKNOWN, name, scope.module.place(node)),
                )

    def _of_backend(self, node: ast.expr, scope: Function) -> Iterator[Asked]:
        """`add_middleware(AuthenticationMiddleware, backend=Tokens())` that lets nobody by."""
        call = scope.module.parents.get(node)
        given = argument(call, "backend") if isinstance(call, ast.Call) else None
        for value in self._follower.values(given, scope) if given is not None else ():
            if isinstance(value, Instance) and (method := value.of.methods.get("authenticate")):
                asked = self.inside(method)
                yield from (one for one in asked if one.auth is Auth.REQUIRED)

    def of_level(self, decorator: ast.Call, router: Made, function: Function) -> Iterator[Asked]:
        """`auth_level` of Azure Functions."""
        for call, name in ((decorator, "auth_level"), (router.call, "http_auth_level")):
            node = argument(call, name)
            if node is not None:
                anonymous = "ANONYMOUS" in ast.unparse(node).upper()
                auth = Auth.NONE if anonymous else Auth.REQUIRED
                yield Asked(auth, ast.unparse(node), function.module.place(decorator))
                return

    # --------------------------------------------------------------- inside

    def inside(
        self, function: Function, depth: int = 0, *, depended: bool = False
    ) -> tuple[Asked, ...]:
        """A function that refuses a caller, itself or in what it calls."""
        key = (function, depth, depended)
        if (known := self._inside.get(key)) is None:
            known = self._inside[key] = tuple(self._looked_into(function, depth, depended))
        return known

    def _looked_into(self, function: Function, depth: int, depended: bool) -> Iterator[Asked]:
        if self._asks_nobody(function):
            return
        refusal = self._refusal(function.node or function.module.tree)
        if refusal is not None:
            auth = Auth.CLAIMED if believes(function) else Auth.REQUIRED
            asked = Asked(auth, function.name, function.module.place(refusal))
            told = self._unless_open(asked, function, depended=depended)
            switch = self._strangers.switch_around(function, refusal)
            if switch is not None and told.auth is Auth.REQUIRED:
                told = Asked(switch.auth, function.name, function.module.place(switch.node))
            yield told
            return
        if (check := self._signatures.check_in(function)) is not None:
            yield Asked(Auth.REQUIRED, function.name, function.module.place(check))
            return
        if depth >= MAX_DEPTH:
            return
        for call in function.calls[:40]:
            for inner in self._follower.functions(call.func, function):
                if inner is not function and inner.node is not None:
                    for asked in self.inside(inner, depth + 1, depended=depended):
                        yield self._unless_open(asked, function, depended=depended)

    def _unless_open(self, asked: Asked, function: Function, *, depended: bool) -> Asked:
        """What is asked, unless there is a way by that needs no credential."""
        if asked.auth is not Auth.REQUIRED:
            return asked
        way = self._strangers.way_by(function, depended=depended)
        return asked if way is None else Asked(way.auth, asked.by, function.module.place(way.node))

    def checks(self, module: Module, calls: Iterable[LibraryCall]) -> Iterator[TokenCheck]:
        """Calls that verify a credential, and whether their verification is switched off."""
        for call, scope, names in calls:
            for dotted in names:
                if dotted in VERIFIERS:
                    real = _verifies(call) and not mirrors(call) and not admits(call, module)
                    yield TokenCheck(
                        place=module.place(call), how=dotted, verifies=real,
                        known_key=self._is_key_known(call, scope),
                    )  # fmt: skip

    def _is_key_known(self, call: ast.Call, scope: Function) -> bool:
        """The key of a token stands in the code: whoever reads it makes tokens."""
        node = argument(call, "key", 1) if last_name(call.func) == "decode" else None
        values = self._follower.values(node, scope) if node is not None else ()
        return bool(values) and all(
            isinstance(one, Literal)
            and isinstance(one.value, str)
            and not one.is_default
            and "BEGIN" not in one.value
            for one in values
        )


def _of_ninja(of: Class) -> Iterator[Asked]:
    """A scheme of django-ninja refuses where `authenticate` gives nothing back."""
    bases = {last_name(one) for one in of.node.bases}
    method = of.methods.get("authenticate")
    if method is None or method.node is None or not bases & NINJA_SCHEMES:
        return
    if any(isinstance(one, ast.If | ast.IfExp | ast.Compare) for one in own_nodes(method)):
        yield Asked(Auth.REQUIRED, of.name, of.module.place(method.node))


def _builds_on_weak(function: Function, below: list[Asked]) -> bool:
    """It looks at nothing but what another dependency gives, and that one can be passed by."""
    defaults = [default_of(one.arg, function) for one in function.parameters]
    depends = [one for one in defaults if isinstance(one, ast.Call)]
    return any(one.auth in WEAK for one in below) and all(
        last_name(one.func) in {"Depends", "Security"} for one in depends
    )


def _asks_nobody(function: Function) -> bool:
    return any(word in function.qualname.lower() for word in NOT_WHO) or _sees_nobody(function)


def _sees_nobody(function: Function) -> bool:
    """Without anything of the request in hand it can only look at settings."""
    if any(one.arg not in {"self", "cls"} for one in function.parameters) or function.node is None:
        return False
    if _only_raises(function.node):
        return False  # whoever calls it has looked
    names = {node.id for node in own_nodes(function) if isinstance(node, ast.Name)}
    return (
        not names & {"request", "session", "current_user", "g", "st", "req"}
        and not function.functions
    )


def _only_raises(node: ast.AST) -> bool:
    """`raise HTTPException(401)` and nothing that could go another way."""
    body = getattr(node, "body", ())
    return (
        isinstance(body, list)
        and all(isinstance(one, ast.Expr | ast.Assign | ast.Raise) for one in body)
        and isinstance(body[-1], ast.Raise)
    )


def _accepts_none(algorithms: ast.expr) -> bool:
    """`algorithms=["none"]`: a token without any signature is good."""
    return any(
        isinstance(one, ast.Constant) and str(one.value).lower() == "none"
        for one in walk(algorithms)
    )


def _verifies(call: ast.Call) -> bool:
    """Signature and audience are checked unless the call says otherwise."""
    verify = argument(call, "verify")
    if isinstance(verify, ast.Constant) and verify.value is False:
        return False
    algorithms = argument(call, "algorithms")
    if algorithms is not None and _accepts_none(algorithms):
        return False
    options = argument(call, "options")
    if isinstance(options, ast.Dict):
        pairs = zip(options.keys, options.values, strict=True)
        return not any(
            isinstance(key, ast.Constant) and key.value in {"verify_signature", "verify_aud",
                "verify_exp"}
            and isinstance(value, ast.Constant) and value.value is False
            for key, value in pairs
        )  # fmt: skip
    return True
