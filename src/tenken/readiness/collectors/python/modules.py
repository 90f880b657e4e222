"""The repository's own Python modules, read when somebody asks for them, and what they define."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from tenken.place import Place
from tenken.readiness.collectors.python.parse import NoTree, parse
from tenken.readiness.collectors.python.walking import FIELDS, children
from tenken.readiness.facts.tree import Entry, EntryKind, Role, Tree, Unreadable

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
MAX_SUFFIX_PARTS = 8
OPENING = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef})
NOTED = frozenset({
    ast.Import, ast.ImportFrom, ast.Return, ast.Yield, ast.Call, ast.Assign, ast.AnnAssign,
    ast.NamedExpr, ast.withitem, ast.For, ast.AsyncFor, ast.comprehension,
})  # fmt: skip
"""A set asked first spares nine nodes of ten the patterns below."""
KEPT_KINDS = frozenset({ast.Dict, ast.Subscript, ast.Import, ast.ImportFrom, ast.Assert})
"""Nodes that collectors ask for by kind, so that none has to walk the tree again."""


class Class(Struct, eq=False):
    """A class of the repository: its methods and what its attributes are assigned."""

    module: "Module"
    name: str
    node: ast.ClassDef
    methods: "dict[str, Function]" = field(default_factory=dict)
    attributes: "dict[str, list[Assigned]]" = field(default_factory=lambda: defaultdict(list))

    @property
    def qualname(self) -> str:
        return f"{self.module.name}.{self.name}"


class Function(Struct, eq=False):
    """A function of the repository, or a module's own top level (`node` is None)."""

    module: "Module"
    name: str
    node: FunctionNode | None
    owner: Class | None = None
    outer: "Function | None" = None
    assigned: "dict[str, list[Assigned]]" = field(default_factory=lambda: defaultdict(list))
    functions: "dict[str, Function]" = field(default_factory=dict)
    returns: list[ast.expr] = field(default_factory=list)
    calls: list[ast.Call] = field(default_factory=list)

    @property
    def qualname(self) -> str:
        return f"{self.module.name}.{self.name}" if self.name else self.module.name

    @property
    def parameters(self) -> tuple[ast.arg, ...]:
        if self.node is None:
            return ()
        names = self.node.args
        return (*names.posonlyargs, *names.args, *names.kwonlyargs)

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def decorators(self) -> list[ast.expr]:
        if isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return self.node.decorator_list
        return []


class Assigned(Struct, frozen=True, eq=False):
    """What a name is bound to, and where that expression is read."""

    value: ast.expr
    scope: Function
    is_item: bool = False
    """Bound by a loop or by unpacking: an element of the value, not the value."""


class Module(Struct, eq=False):
    """A module with a syntax tree, indexed in one pass."""

    name: str
    path: str
    role: Role
    tree: ast.Module
    imports: dict[str, str] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)
    """Every function, methods and nested ones too, with the top level first."""
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    scopes: dict[ast.AST, Function] = field(default_factory=dict)
    """The function that a call or function node belongs to."""
    kinds: dict[type[ast.AST], list[ast.AST]] = field(default_factory=lambda: defaultdict(list))
    """Nodes of KEPT_KINDS in their order."""
    _names: dict[str, list[ast.Name | ast.Attribute]] | None = None

    @property
    def top(self) -> Function:
        """Give the module's own top level."""
        return self.functions[0]

    def place(self, node: ast.AST) -> Place:
        """Give the `file:line` of a node."""
        return Place(self.path, getattr(node, "lineno", 0))

    def named(self, name: str) -> Sequence[ast.Name | ast.Attribute]:
        """Give where a name stands, alone or as an attribute."""
        if self._names is None:
            self._names = {}
            for node in self.parents:
                if isinstance(node, ast.Name):
                    self._names.setdefault(node.id, []).append(node)
                elif isinstance(node, ast.Attribute):
                    self._names.setdefault(node.attr, []).append(node)
        return self._names.get(name, ())

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Give the nodes around a node, innermost first."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent


class Project:
    """Finds modules by the names that imports use, and reads each at most once."""

    def __init__(self, tree: Tree, entries: Iterable[Entry]) -> None:
        self._tree = tree
        self._paths = {
            entry.path: entry
            for entry in entries
            if entry.suffix == ".py" and entry.kind is EntryKind.FILE
        }
        self._by_tail: dict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            for tail in _tails(path):
                self._by_tail[tail].append(path)
        self._modules: dict[str, Module | NoTree] = {}
        self._meant: dict[tuple[str, str], str | None] = {}

    @property
    def loaded(self) -> tuple[Module, ...]:
        """The modules read so far."""
        return tuple(found for found in self._modules.values() if isinstance(found, Module))

    def module(self, path: str) -> Module | NoTree:
        """Give the module at a path, read on the first call."""
        if (found := self._modules.get(path)) is None:
            found = self._modules[path] = self._read(path)
        return found

    def find(self, dotted: str, importer: str) -> Module | None:
        """Give the repository's own module of that name as `importer` would see it."""
        path = self.path_of(dotted, importer)
        found = self.module(path) if path else None
        return found if isinstance(found, Module) else None

    def path_of(self, dotted: str, importer: str) -> str | None:
        """Give the file that a module name means, where it is one of the repository's own."""
        key = (dotted, importer.rpartition("/")[0])
        if key not in self._meant:
            self._meant[key] = self._path_of(dotted, importer)
        return self._meant[key]

    def _path_of(self, dotted: str, importer: str) -> str | None:
        below = dotted.replace(".", "/")
        for folder in _folders(importer):
            for path in (f"{folder}{below}/__init__.py", f"{folder}{below}.py"):
                if path in self._paths:
                    return path
        candidates = self._by_tail.get(dotted, ())
        return candidates[0] if len(candidates) == 1 and "." in dotted else None

    def shadows(self, module: Module, name: str) -> bool:
        """A package within a package, called like a library, that does not hold the name."""
        top = module.top
        holders = (top.functions, top.assigned, module.classes, module.imports)
        return (
            self._is_nested(module.path)
            and not any(name in holder for holder in holders)
            and self.path_of(f"{module.name}.{name}", module.path) is None
        )

    def _is_nested(self, path: str) -> bool:
        if not path.endswith("/__init__.py"):
            return False
        outer = path.removesuffix("/__init__.py").rpartition("/")[0]
        return f"{outer}/__init__.py" in self._paths

    def _read(self, path: str) -> Module | NoTree:
        text = self._tree.text(path)
        if isinstance(text, Unreadable):
            return NoTree(text.because.value)
        tree = parse(text)
        if isinstance(tree, NoTree):
            return tree
        return index(_dotted(path), path, self._paths[path].role, tree)


def index(name: str, path: str, role: Role, tree: ast.Module) -> Module:
    """Walk a tree once, without recursion, and note what it defines."""
    module = Module(name=name, path=path, role=role, tree=tree)
    module.functions.append(Function(module=module, name="", node=None))
    stack: list[tuple[ast.AST, Function, Class | None]] = [(tree, module.top, None)]
    while stack:
        node, scope, owner = stack.pop()
        kind = type(node)
        if kind in OPENING:
            scope, owner = _enter(node, scope, owner)
        elif kind in NOTED:
            _note(node, scope, owner)
        if kind in KEPT_KINDS:
            module.kinds[kind].append(node)
        for child in children(node):
            module.parents[child] = node
            if FIELDS[type(child)]:  # what is below nothing defines nothing
                stack.append((child, scope, owner))
    for function in module.functions:  # the stack gives the last first
        function.returns.reverse()
        function.calls.sort(key=lambda call: (call.lineno, call.col_offset))
    for nodes in module.kinds.values():
        nodes.reverse()
    return module


def is_decorator(call: ast.Call, module: Module) -> bool:
    """`@app.post("/v1/chat/completions")` is a door, not a request."""
    above = module.parents.get(call)
    return (
        isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef) and call in above.decorator_list
    )


def _enter(node: ast.AST, scope: Function, owner: Class | None) -> tuple[Function, Class | None]:
    module = scope.module
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            own = getattr(node, "name", "<lambda>")
            holder = owner.name if owner else scope.name
            function = Function(
                module=module,
                name=f"{holder}.{own}" if holder else own,
                node=node,
                owner=owner,
                outer=scope,
            )
            module.functions.append(function)
            module.scopes[node] = function
            (owner.methods if owner else scope.functions).setdefault(own, function)
            return function, None
        case ast.ClassDef(name=own):
            holder = owner.name if owner else scope.name
            found = Class(module=module, name=f"{holder}.{own}" if holder else own, node=node)
            module.classes.setdefault(own, found)
            return scope, found
        case _:
            return scope, owner


def _note(node: ast.AST, scope: Function, owner: Class | None) -> None:
    match node:
        case ast.Import() | ast.ImportFrom():
            scope.module.imports.update(_imported(node, scope.module))
        case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
            scope.returns.append(value)
        case ast.Call():
            scope.calls.append(node)
            scope.module.scopes[node] = scope
        case _:
            _note_binding(node, scope, owner)


def _note_binding(node: ast.AST, scope: Function, owner: Class | None) -> None:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                _bind(target, Assigned(value, scope), owner)
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.NamedExpr(target=target, value=value)
            | ast.withitem(context_expr=value, optional_vars=ast.expr() as target)
        ):
            _bind(target, Assigned(value, scope), owner)
        case (
            ast.For(target=target, iter=value)
            | ast.AsyncFor(target=target, iter=value)
            | ast.comprehension(target=target, iter=value)
        ):
            _bind(target, Assigned(value, scope, is_item=True), owner)
        case _:
            pass


def _bind(target: ast.expr, assigned: Assigned, owner: Class | None) -> None:
    scope = assigned.scope
    match target:
        case ast.Name(id=name):
            (owner.attributes if owner else scope.assigned)[name].append(assigned)
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if scope.owner:
            scope.owner.attributes[name].append(assigned)
        case ast.Tuple(elts=names) | ast.List(elts=names):
            pairs = assigned.value.elts if isinstance(assigned.value, ast.Tuple) else ()
            one = len(pairs) == len(names)
            for position, each in enumerate(names):
                value = pairs[position] if one else assigned.value
                _bind(each, Assigned(value, scope, is_item=not one), owner)
        case _:
            pass


def _imported(node: ast.Import | ast.ImportFrom, module: Module) -> Mapping[str, str]:
    if isinstance(node, ast.Import):
        return {
            name.asname or name.name.partition(".")[0]: name.name
            if name.asname
            else name.name.partition(".")[0]
            for name in node.names
        }
    source = node.module or ""
    if node.level:
        package = (
            module.name.split(".")
            if module.path.endswith("__init__.py")
            else module.name.split(".")[:-1]
        )
        kept = package[: len(package) - node.level + 1]
        source = ".".join([*kept, *([source] if source else [])])
    return {
        name.asname or name.name: f"{source}.{name.name}"
        for name in node.names
        if name.name != "*"
    }


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _tails(path: str) -> Iterator[str]:
    parts = _dotted(path).split(".")
    for start in range(max(0, len(parts) - MAX_SUFFIX_PARTS), len(parts)):
        yield ".".join(parts[start:])


def _folders(importer: str) -> Iterator[str]:
    """Folders that may be on the path of a module, nearest first: its own, up to the root."""
    folder = importer.rpartition("/")[0]
    while folder:
        yield f"{folder}/"
        folder = folder.rpartition("/")[0]
    yield ""
