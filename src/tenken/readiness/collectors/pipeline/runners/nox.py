"""noxfile.py: which commands a session runs, read from its syntax tree and never executed."""

import ast
from collections.abc import Iterator

from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.launch import Start
from tenken.readiness.collectors.pipeline.commands.piece import (
    NOWHERE,
    Files,
    Followed,
    Piece,
    folder_of,
)
from tenken.readiness.collectors.pipeline.commands.python_source import (
    constant_strings,
    listed,
    parsed,
    quoted,
)
from tenken.readiness.collectors.pipeline.commands.status import Mask, Options
from tenken.readiness.facts.pipeline import NeutraliserKind

RUNS = frozenset({"run", "run_always", "run_install"})
Session = ast.FunctionDef | ast.AsyncFunctionDef


def follow(start: Start, folder: str, files: Files) -> Followed:
    """Give the commands behind `nox -s lint tests`."""
    path = files.upwards(folder, "noxfile.py")
    module = parsed(files.text(path) or "") if path else None
    if path is None or module is None:
        return NOWHERE
    sessions = {name: node for node in module.body for name in _session_names(node)}
    chosen = _chosen(start.words[1:]) or _default(module) or tuple(sessions)
    functions = [
        node
        for name in chosen
        if isinstance(node := sessions.get(name.partition("-")[0]), Session)
    ]
    return Followed(pieces=tuple(it for node in functions for it in _pieces(node, module, path)))


def _session_names(node: ast.stmt) -> tuple[str, ...]:
    if not isinstance(node, Session):
        return ()
    for decorator in node.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if ast.unparse(call).rpartition(".")[2] == "session":
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            named = [it.value.value for it in keywords
                     if it.arg == "name" and isinstance(it.value, ast.Constant)]  # fmt: skip
            return (str(named[0]) if named else node.name,)
    return ()


def _chosen(words: tuple[str, ...]) -> tuple[str, ...]:
    names: list[str] = []
    taking = False
    for word in words:
        if word == "--":
            break
        if word.startswith("-"):
            taking = word in {"-s", "--session", "--sessions", "-e"}
            names += (
                [word.partition("=")[2]] if word.startswith("--session") and "=" in word else []
            )
        elif taking:
            names.append(word)
    return tuple(names)


def _default(module: ast.Module) -> tuple[str, ...]:
    """`nox.options.sessions = [...]`."""
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "nox.options.sessions":
            return constant_strings(node.value)
    return ()


def _pieces(function: Session, module: ast.Module, path: str) -> Iterator[Piece]:
    name = function.args.args[0].arg if function.args.args else "session"
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in RUNS and ast.unparse(node.func.value) == name:
            words = [it for arg in node.args for it in _words(arg, function, module)]
            if words:
                yield _piece(node, words, path)


def _words(arg: ast.expr, function: Session, module: ast.Module) -> tuple[str, ...]:
    """The words of an argument; `*command` is a list of the session or of the module."""
    if not isinstance(arg, ast.Starred):
        return constant_strings(arg)
    if not isinstance(arg.value, ast.Name):
        return constant_strings(arg.value)
    own = any(
        isinstance(it, ast.Name) and it.id == arg.value.id and isinstance(it.ctx, ast.Store)
        for it in ast.walk(function)
    )
    return listed(arg.value.id, function if own else module)


def _piece(node: ast.Call, words: list[str], path: str) -> Piece:
    accepted = [it for it in node.keywords if it.arg == "success_codes"]
    masks = tuple(
        Mask(NeutraliserKind.FLAG, node.lineno, f"success_codes={ast.unparse(it.value)}")
        for it in accepted
        if ast.unparse(it.value) != "[0]"
    )
    place = Place(path, node.lineno)
    options = Options(folder=folder_of(path))
    return Piece(text=quoted(words), place=place, key=str(place), options=options, masks=masks)
