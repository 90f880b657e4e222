"""Modules that are loaded by name: harmless where a table names what is read here alone."""

import ast
from collections.abc import Iterator

from tenken.pattern import Pattern
from tenken.readiness.collectors.code.absence.beside import ASIDE
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.tree import Tree

DYNAMIC = Pattern(r"import_module|__import__|runpy|exec_module|load_source|entry_points|exec|eval")
BY_NAME = frozenset({"import_module", "__import__", "run_module"})
ANYTHING = frozenset({
    "run_path", "exec_module", "load_source", "entry_points", "spec_from_file_location", "exec",
    "eval",
})  # fmt: skip
"""What these run cannot be told from their arguments."""
ROOTS = ("", "src/")


def loads_its_own(text: str, tree: Tree) -> bool:
    """Every module that this file loads by name is one of the repository."""
    module = _parsed(text)
    if module is None:
        return False
    calls = [node for node in walk(module) if isinstance(node, ast.Call)]
    if any(last_name(node.func) in ANYTHING and not _is_method(node) for node in calls):
        return False
    return all(_names_own(node, module, tree) for node in calls if last_name(node.func) in BY_NAME)


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_method(node: ast.Call) -> bool:
    """`frame.eval(...)` evaluates something of its own."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in {"exec", "eval"}


def _names_own(node: ast.Call, module: ast.Module, tree: Tree) -> bool:
    names = tuple(_loaded(node.args[0], module, tree)) if node.args else ()
    return bool(names) and all(_is_read(_module_path(it, tree), tree) for it in names)


def _is_read(path: str, tree: Tree) -> bool:
    entry = tree.entry(path) if path else None
    return entry is not None and entry.role not in ASIDE


def _loaded(argument: ast.expr, module: ast.Module, tree: Tree) -> Iterator[str]:
    """The names behind a constant, or behind `TABLE[key]`; none where neither is written."""
    match argument:
        case ast.Constant(value=str() as name):
            yield name
        case ast.Subscript(value=ast.Name(id=table)):
            for value in _table(table, module, tree):
                told = value.value if isinstance(value, ast.Constant) else None
                yield told if isinstance(told, str) else ""
        case _:
            return


def _table(name: str, module: ast.Module, tree: Tree) -> list[ast.expr]:
    """The values of a table of this module, or of the one it is imported from."""
    found = _values(name, module)
    if found:
        return found
    for node in module.body:
        if isinstance(node, ast.ImportFrom) and any(it.name == name for it in node.names):
            path = _module_path(node.module or "", tree)
            text = tree.text(path) if path else None
            other = _parsed(text) if isinstance(text, str) else None
            return _values(name, other) if other else []
    return []


def _values(name: str, module: ast.Module) -> list[ast.expr]:
    """The values of a table at the top of a module; `MappingProxyType` around it changes none."""
    for node in module.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = any(isinstance(it, ast.Name) and it.id == name for it in targets)
            table = _frozen(node.value)
            if named and isinstance(table, ast.Dict):
                return table.values
    return []


def _frozen(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(func=ast.Name(id="MappingProxyType"), args=[inner], keywords=[]):
            return inner
        case _:
            return node


def _module_path(name: str, tree: Tree) -> str:
    """The file of a module of the repository; empty for any other."""
    path = name.partition(":")[0].replace(".", "/")
    choices = (f"{root}{path}{end}" for root in ROOTS for end in (".py", "/__init__.py"))
    return next((it for it in choices if path and tree.entry(it) is not None), "")
