"""tasks.py: which commands a task of Invoke runs, read from its syntax tree, never executed."""

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
from tenken.readiness.collectors.pipeline.commands.python_source import constant_strings, parsed
from tenken.readiness.collectors.pipeline.commands.status import Mask, Options
from tenken.readiness.facts.pipeline import NeutraliserKind

MAX_DEPTH = 8


def follow(start: Start, folder: str, files: Files) -> Followed:
    """Give the commands behind `invoke lint test`."""
    path = files.upwards(folder, "tasks.py")
    module = parsed(files.text(path) or "") if path else None
    if path is None or module is None:
        return NOWHERE
    tasks = {node.name: node for node in module.body
             if isinstance(node, ast.FunctionDef) and _decorator(node)}  # fmt: skip
    names = [word.replace("-", "_") for word in start.words[1:] if not word.startswith("-")]
    return Followed(pieces=tuple(it for name in names for it in _task(name, tasks, path, 0)))


def _decorator(function: ast.FunctionDef) -> ast.expr | None:
    for one in function.decorator_list:
        call = one.func if isinstance(one, ast.Call) else one
        if ast.unparse(call).rpartition(".")[2] == "task":
            return one
    return None


def _task(name: str, tasks: dict[str, ast.FunctionDef], path: str, depth: int) -> Iterator[Piece]:
    """The tasks that must run before it, then its own commands."""
    function = tasks.get(name)
    if function is None or depth > MAX_DEPTH:
        return
    decorator = _decorator(function)
    if isinstance(decorator, ast.Call):
        given = [*decorator.args, *(it.value for it in decorator.keywords if it.arg == "pre")]
        for node in (part for one in given for part in ast.walk(one)):
            if isinstance(node, ast.Name):
                yield from _task(node.id, tasks, path, depth + 1)
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from _command(node, node.func, function, path)


def _command(
    node: ast.Call, called: ast.Attribute, function: ast.FunctionDef, path: str
) -> Iterator[Piece]:
    context = function.args.args[0].arg if function.args.args else "c"
    texts = constant_strings(node.args[0]) if node.args else ()
    if called.attr != "run" or ast.unparse(called.value) != context or not texts:
        return
    ignored = [it for it in node.keywords if it.arg == "warn" and ast.unparse(it.value) == "True"]
    masks = tuple(Mask(NeutraliserKind.FLAG, node.lineno, "warn=True") for _ in ignored)
    place = Place(path, node.lineno)
    options = Options(folder=folder_of(path))
    yield Piece(text=texts[0], place=place, key=str(place), options=options, masks=masks)
