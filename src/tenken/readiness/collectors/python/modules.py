"""The repository's own Python modules, read when somebody asks for them, and what they define."""

import ast
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from weakref import WeakValueDictionary

from msgspec import Struct, field

from tenken.place import Place
from tenken.readiness.collectors.python.parse import NoTree, parse
from tenken.readiness.collectors.python.walking import FunctionNode, Shape, shape_of
from tenken.readiness.facts.tree import Entry, EntryKind, Role, Tree, Unreadable

MAX_SUFFIX_PARTS = 8
RECENT = 32


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
    parameters: tuple[ast.arg, ...] = ()
    given: frozenset[str] = frozenset()
    """The names of its parameters."""
    assigned: "dict[str, list[Assigned]]" = field(default_factory=lambda: defaultdict(list))
    functions: "dict[str, Function]" = field(default_factory=dict)
    returns: list[ast.expr] = field(default_factory=list)
    calls: list[ast.Call] = field(default_factory=list)

    @property
    def qualname(self) -> str:
        return f"{self.module.name}.{self.name}" if self.name else self.module.name

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def decorators(self) -> list[ast.expr]:
        node = self.node
        return [] if node is None or isinstance(node, ast.Lambda) else node.decorator_list


class Assigned(Struct, frozen=True, eq=False):
    """What a name is bound to, and where that expression is read."""

    value: ast.expr
    scope: Function
    is_item: bool = False
    """Bound by a loop or by unpacking: an element of the value, not the value."""


class Module(Struct, eq=False):
    """A module with a syntax tree: its shape, and what the shape means at its place."""

    name: str
    path: str
    role: Role
    shape: Shape
    imports: dict[str, str] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)
    """Every function, methods and nested ones too, with the top level first."""
    scopes: dict[ast.AST, Function] = field(default_factory=dict)
    """The function that a call or function node belongs to."""

    @property
    def tree(self) -> ast.Module:
        """Give the syntax tree."""
        return self.shape.tree

    @property
    def parents(self) -> Mapping[ast.AST, ast.AST]:
        """Give the node above each node."""
        return self.shape.parents

    @property
    def kinds(self) -> Mapping[type[ast.AST], list[ast.AST]]:
        """Give the nodes of KEPT_KINDS in their order."""
        return self.shape.kinds

    @property
    def top(self) -> Function:
        """Give the module's own top level."""
        return self.functions[0]

    def place(self, node: ast.AST) -> Place:
        """Give the `file:line` of a node."""
        return Place(self.path, getattr(node, "lineno", 0))

    def named(self, name: str) -> Sequence[ast.Name | ast.Attribute]:
        """Give where a name stands, alone or as an attribute."""
        return self.shape.named().get(name, ())

    def calls_that(self, fits: Callable[[ast.Call], bool]) -> Iterator[tuple[ast.Call, Function]]:
        """Give calls by how they are written, with the function each belongs to, in their order.

        `fits` is a function of a module: each is asked once of a tree, whatever copies there are.
        """
        return ((call, self.scopes[call]) for call in self.shape.calls_that(fits))

    def close(self) -> None:
        """Undo the circles between a module and what it holds: nobody collects them."""
        for of in self.classes.values():
            of.methods.clear()
            of.attributes.clear()
        for function in self.functions:
            function.functions.clear()
            function.assigned.clear()
        self.scopes.clear()
        self.classes.clear()
        self.functions.clear()

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
        self._loaded: tuple[Module, ...] | None = None
        self._followed: set[str] = set()
        """Modules that an import led to: values of others speak of them."""
        self._recent: deque[Shape] = deque(maxlen=RECENT)
        """Of modules that are let go of, so that a copy that comes soon is not read anew."""
        self._shapes: WeakValueDictionary[str, Shape] = WeakValueDictionary()
        self._words = {word for path in self._paths for word in _dotted(path).split(".")}
        self._meant: dict[tuple[str, str], str | None] = {}

    @property
    def loaded(self) -> tuple[Module, ...]:
        """The modules read so far."""
        if self._loaded is None:
            every = self._modules.values()
            self._loaded = tuple([found for found in every if isinstance(found, Module)])
        return self._loaded

    def module(self, path: str) -> Module | NoTree:
        """Give the module at a path, read on the first call."""
        if (found := self._modules.get(path)) is None:
            found = self._modules[path] = self._read(path)
            self._loaded = None
        return found

    def find(self, dotted: str, importer: str) -> Module | None:
        """Give the repository's own module of that name as `importer` would see it."""
        path = self.path_of(dotted, importer)
        return None if path is None else self.followed(path)

    def followed(self, path: str) -> Module | None:
        """Give the module at a path that an import led to."""
        self._followed.add(path)
        found = self.module(path)
        return found if isinstance(found, Module) else None

    def forget(self, module: Module) -> bool:
        """Let go of a module; the next who asks reads it anew. Tells whether it was let go of."""
        if module.path in self._followed:
            return False
        self._modules.pop(module.path, None)
        self._loaded = None
        self._recent.append(module.shape)
        return True

    def may_hold(self, dotted: str) -> bool:
        """Some folder or file is called like the beginning of a name; most are a library's."""
        return dotted.partition(".")[0] in self._words

    def path_of(self, dotted: str, importer: str) -> str | None:
        """Give the file that a module name means, where it is one of the repository's own."""
        if not self.may_hold(dotted):
            return None
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
        shape = self._shape(text)
        if isinstance(shape, NoTree):
            return shape
        return placed(_dotted(path), path, self._paths[path].role, shape)

    def _shape(self, text: str) -> Shape | NoTree:
        """Copies of a text share their tree and what follows from it alone."""
        if (known := self._shapes.get(text)) is not None:
            return known
        tree = parse(text)
        if isinstance(tree, NoTree):
            return tree
        shape = self._shapes[text] = shape_of(tree)
        return shape


def placed(name: str, path: str, role: Role, shape: Shape) -> Module:
    """Give the module that a shape is at a place."""
    module = Module(name=name, path=path, role=role, shape=shape)
    functions = module.functions
    classes = [Class(module=module, name=one.name, node=one.node) for one in shape.classes]
    for told, made in zip(shape.classes, classes, strict=True):
        module.classes.setdefault(told.own, made)
    for one in shape.functions:
        outer = None if one.outer is None else functions[one.outer]
        owner = None if one.owner is None else classes[one.owner]
        function = Function(
            module=module, name=one.name, node=one.node, owner=owner, outer=outer,
            parameters=one.parameters, given=one.given, returns=one.returns, calls=one.calls,
        )  # fmt: skip
        functions.append(function)
        if outer is not None:
            (owner.methods if owner else outer.functions).setdefault(one.own, function)
    module.scopes.update([(node, functions[scope]) for node, scope in shape.scopes])
    for told_name, value, scope, is_item, of in shape.bindings:
        holder = functions[scope].assigned if of is None else classes[of].attributes
        holder[told_name].append(Assigned(value, functions[scope], is_item))
    for node in shape.imports:
        module.imports.update(_imported(node, module))
    return module


def is_decorator(call: ast.Call, module: Module) -> bool:
    """`@app.post("/v1/chat/completions")` is a door, not a request."""
    above = module.parents.get(call)
    return (
        isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef) and call in above.decorator_list
    )


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
    tail = _dotted(path)
    for left in range(tail.count("."), -1, -1):
        if left < MAX_SUFFIX_PARTS:
            yield tail
        tail = tail[tail.find(".") + 1 :]


def _folders(importer: str) -> Iterator[str]:
    """Folders that may be on the path of a module, nearest first: its own, up to the root."""
    folder = importer.rpartition("/")[0]
    while folder:
        yield f"{folder}/"
        folder = folder.rpartition("/")[0]
    yield ""
