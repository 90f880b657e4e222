"""just and go-task: the recipes of a justfile and of Taskfile.yml."""

from collections.abc import Iterator

from msgspec import Struct, field

from tenken.config.node import Node
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.launch import Start
from tenken.readiness.collectors.pipeline.commands.piece import (
    NOWHERE,
    Files,
    Followed,
    Piece,
    folder_of,
)
from tenken.readiness.collectors.pipeline.commands.status import Mask, Options
from tenken.readiness.facts.pipeline import NeutraliserKind

JUSTFILES = ("justfile", "Justfile", ".justfile")
TASKFILES = ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml")
RECIPE = Pattern(r"^@?([A-Za-z_][A-Za-z0-9_-]*)([^:=]*):([^=].*)?$")
MAX_DEPTH = 20


class Recipe(Struct):
    """A recipe of a justfile."""

    needs: tuple[str, ...]
    lines: list[tuple[int, str]] = field(default_factory=list)


def follow(start: Start, folder: str, files: Files) -> Followed:
    """Give the recipe lines behind `just lint test`."""
    path = files.upwards(folder, *JUSTFILES)
    if path is None:
        return NOWHERE
    recipes = _recipes(files.text(path) or "")
    names = [word for word in start.words[1:] if not word.startswith("-") and "=" not in word]
    wanted = [name for name in names if name in recipes] or list(recipes)[:1]
    done: dict[str, None] = {}
    for name in wanted:
        _order(name, recipes, done, 0)
    return Followed(pieces=tuple(it for name in done for it in _pieces(name, recipes[name], path)))


def _recipes(text: str) -> dict[str, Recipe]:
    recipes: dict[str, Recipe] = {}
    current: Recipe | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if line[:1].isspace():
            if current is not None and line.strip():
                current.lines.append((number, line.strip()))
        elif found := RECIPE.match(line):
            needs = (found.group(3) or "").replace("&&", " ").split()
            current = recipes.setdefault(found.group(1), Recipe(tuple(needs)))
        elif line.strip() and not line.startswith(("#", "[")):
            current = None
    return recipes


def _order(name: str, recipes: dict[str, Recipe], done: dict[str, None], depth: int) -> None:
    recipe = recipes.get(name)
    if recipe is None or name in done or depth > MAX_DEPTH:
        return
    for need in recipe.needs:
        if need != name:
            _order(need, recipes, done, depth + 1)
    done[name] = None


def _pieces(name: str, recipe: Recipe, path: str) -> Iterator[Piece]:
    options = Options(folder=folder_of(path))
    lines = recipe.lines
    if lines and lines[0][1].startswith("#!"):
        text = "\n".join(line for _, line in lines)
        yield Piece(
            text=text, place=Place(path, lines[0][0]), key=f"{path}:{name}", options=options
        )
        return
    for number, line in lines:
        body = line.lstrip("@-")
        masks: tuple[Mask, ...] = ()
        if "-" in line[: len(line) - len(body)]:
            masks = (Mask(NeutraliserKind.DASH, number, line[:50]),)
        yield Piece(
            text=body,
            place=Place(path, number),
            key=f"{path}:{number}",
            options=options,
            masks=masks,
        )


def follow_task(start: Start, folder: str, files: Files) -> Followed:
    """Give the commands behind `task lint` of Taskfile.yml."""
    path = files.upwards(folder, *TASKFILES)
    if path is None:
        return NOWHERE
    tasks = files.yaml(path).at("tasks")
    names = [word for word in start.words[1:] if not word.startswith("-")] or ["default"]
    done: dict[str, None] = {}
    pieces = tuple(it for name in names for it in _task(name, tasks, path, done))
    return Followed(pieces=pieces)


def _task(name: str, tasks: Node, path: str, done: dict[str, None]) -> Iterator[Piece]:
    task = tasks.at(name)
    if not task or name in done or len(done) > MAX_DEPTH:
        return
    done[name] = None
    for need in task.at("deps").many:
        yield from _task(need.text or need.at("task").text, tasks, path, done)
    commands = (task.at("cmds") or task.at("cmd") or task).many
    for command in commands:
        if command.at("task"):
            yield from _task(command.at("task").text, tasks, path, done)
        elif text := command.text or command.at("cmd").text:
            ignored = "true" in {command.at("ignore_error").text, task.at("ignore_error").text}
            mask = Mask(NeutraliserKind.FLAG, command.line, "ignore_error: true")
            yield Piece(
                text=text,
                place=Place(path, command.line),
                key=f"{path}:{name}:{command.line}",
                options=Options(errexit=True, folder=folder_of(path)),
                masks=(mask,) if ignored else (),
            )
