"""Task names in pyproject.toml: poe, taskipy, PDM scripts and Hatch environments."""

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
MAX_SEQUENCE = 30


class Project(Struct, frozen=True):
    """A pyproject.toml and the tasks in it by name."""

    path: str
    text: str
    tasks: Mapping[str, object]


def follow(start: Start, folder: str, files: Files) -> Followed:
    """Give the command behind `poe lint`, `task lint` or a name that `hatch run` was given."""
    path = files.upwards(folder, "pyproject.toml")
    name = _name(start)
    if path is None or not name:
        return NOWHERE
    tasks = _tasks(files.toml(path))
    text = files.text(path) or ""
    project = Project(path, text, tasks)
    return Followed(pieces=tuple(_pieces(name, project, 0)))


def _name(start: Start) -> str:
    if start.program not in PROGRAMS:
        return start.words[0]
    return next((word for word in start.words[1:] if not word.startswith("-")), "")


def _tasks(settings: Mapping[str, object]) -> Mapping[str, object]:
    tasks: dict[str, object] = {}
    for name, environment in table(settings, "tool", "hatch", "envs").items():
        for script, value in table(environment, "scripts").items():
            tasks[f"{name}:{script}"] = value
            tasks.setdefault(script, value)
    tasks |= table(settings, "tool", "pdm", "scripts")
    tasks |= table(settings, "tool", "taskipy", "tasks")
    tasks |= table(settings, "tool", "poe", "tasks")
    return tasks


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
    for key in ("cmd", "shell", "sequence", "composite", "ref"):
        if key in settings:
            return _commands(settings[key])
    return strings(settings.get("script"))[:0]  # a Python call is not followed
