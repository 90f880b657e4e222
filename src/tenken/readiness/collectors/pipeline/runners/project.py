"""Task names in pyproject.toml and its kin: poe, taskipy, PDM, Rye, Hatch, Pixi, Pipenv."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.launch import Start
from tenken.readiness.collectors.pipeline.commands.piece import (
    NOWHERE,
    Files,
    Followed,
    Piece,
    folder_of,
    line_with,
    strings,
    table,
)
from tenken.readiness.collectors.pipeline.commands.status import Mask, Options
from tenken.readiness.facts.pipeline import NeutraliserKind

PROGRAMS = frozenset({"poe", "poethepoet", "task"})
SHORT = frozenset({"pdm"})
"""Programs that take the name of a script in place of a command of their own."""
OF_PROGRAM = {"pixi": "pixi.toml", "pipenv": "Pipfile"}
MAX_SEQUENCE = 30


class Project(Struct, frozen=True):
    """A pyproject.toml and the tasks in it by name."""

    path: str
    text: str
    tasks: Mapping[str, object]


def follow(start: Start, folder: str, files: Files) -> Followed:
    """Give the command behind `poe lint`, `task lint` or a name that `hatch run` was given."""
    name = _name(start)
    for file in ("pyproject.toml", *OF_PROGRAM.values()) if name else ():
        path = files.upwards(folder, file)
        tasks = _tasks(files.toml(path), file) if path else {}
        if path is not None and name in tasks:
            project = Project(path, files.text(path) or "", tasks)
            return Followed(pieces=tuple(_pieces(name, project, 0)))
    return NOWHERE


def _name(start: Start) -> str:
    if start.program not in PROGRAMS | SHORT:
        return start.words[0]
    return next((word for word in start.words[1:] if not word.startswith("-")), "")


def _tasks(settings: Mapping[str, object], file: str) -> Mapping[str, object]:
    if file == OF_PROGRAM["pipenv"]:
        return table(settings, "scripts")
    if file == OF_PROGRAM["pixi"]:
        return _pixi(settings)
    tasks: dict[str, object] = {**_pixi(table(settings, "tool", "pixi"))}
    tasks |= table(settings, "tool", "rye", "scripts")
    for name, environment in table(settings, "tool", "hatch", "envs").items():
        for script, value in table(environment, "scripts").items():
            tasks[f"{name}:{script}"] = value
            tasks.setdefault(script, value)
    tasks |= table(settings, "tool", "pdm", "scripts")
    tasks |= table(settings, "tool", "taskipy", "tasks")
    tasks |= table(settings, "tool", "poe", "tasks")
    return tasks


def _pixi(settings: Mapping[str, object]) -> dict[str, object]:
    features = table(settings, "feature").values()
    given = [table(settings, "tasks"), *(table(one, "tasks") for one in features)]
    return {name: value for tasks in given for name, value in tasks.items()}


def _pieces(name: str, project: Project, depth: int) -> Iterator[Piece]:
    value = project.tasks.get(name)
    if value is None or depth > MAX_SEQUENCE:
        return
    path, tasks = project.path, project.tasks
    place = Place(path, line_with(project.text, f"{name.rpartition(':')[2]} ="))
    masks: tuple[Mask, ...] = ()
    if table(value).get("ignore_fail"):
        masks = (Mask(NeutraliserKind.FLAG, place.line, "ignore_fail"),)
    for command in _commands(value):
        if command in tasks and command != name:
            yield from _pieces(command, project, depth + 1)
            continue
        ignored = (Mask(NeutraliserKind.DASH, place.line, command[:50]),)
        yield Piece(
            text=command.removeprefix("- "),
            place=place,
            key=f"{path}:{name}:{command}",
            options=Options(folder=folder_of(path)),
            masks=masks + (ignored if command.startswith("- ") else ()),
        )


def _commands(value: object) -> tuple[str, ...]:
    """The commands of a task in any of its written forms."""
    if isinstance(value, list):
        return tuple(it for part in value[:MAX_SEQUENCE] for it in _commands(part))
    if isinstance(value, str):
        return (value,)
    settings = table(value)
    first = settings.get("depends-on") or settings.get("depends_on") or settings.get("chain")
    if first and isinstance(first, list):
        rest = {key: it for key, it in settings.items() if it is not first}
        return (*_commands(first), *_commands(rest))
    for key in ("cmd", "shell", "sequence", "composite", "ref"):
        if key in settings:
            return _commands(settings[key])
    return strings(settings.get("script"))[:0]  # a Python call is not followed
