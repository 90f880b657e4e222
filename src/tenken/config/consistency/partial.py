"""What a file says besides what is wrong in it: all of its problems are told in one run."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from tenken.config.application import Application
from tenken.config.node import Node, Path
from tenken.errors import Problem
from tenken.pattern import Pattern

STEP = Pattern(r"[^.\[\]`]+")
"""A key or a number in `goals[0].due`."""


def path_of(key: str) -> Path:
    """Give the steps of `goals[0].due`."""
    return tuple(int(step) if step.isdigit() else step for step in STEP.findall(key))


class Rest(Struct, frozen=True):
    """An application without what is wrong of it."""

    application: Application
    beside: frozenset[Path]
    """Parts that something was taken out of."""

    def tells(self, problem: Problem) -> bool:
        """Whether a problem of the rest is one: not what only lacks what was taken out."""
        return path_of(problem.key)[:-1] not in self.beside


def without(document: Node, wrong: Iterable[Problem]) -> Rest | None:
    """Give what is left; None where what is wrong is needed to know the rest."""
    paths = [_keyed(path_of(problem.key)) for problem in wrong]
    while all(paths):
        plain: Any = document.plain
        for path in paths:
            _take_out(plain, path)
        try:
            application = msgspec.convert(plain, Application, strict=False)
        except msgspec.ValidationError as error:
            wider = _wider(paths, path_of(str(error).partition(" - at `$.")[2]))
            if wider is None:
                return None
            paths = wider
        else:
            return Rest(application, frozenset(path[:-1] for path in paths))
    return None


def _keyed(path: Path) -> Path:
    """Up to the last key: of a list all is taken out, so that what follows keeps its number."""
    return path if not path or isinstance(path[-1], str) else _keyed(path[:-1])


def _wider(paths: list[Path], lacking: Path) -> list[Path] | None:
    """Take out the part, too, that cannot be without what was taken out of it."""
    if not lacking or not isinstance(lacking[-1], str):
        return None
    wider = [lacking if path[:-1] == lacking else path for path in paths]
    return wider if wider != paths else None


def _take_out(plain: Any, path: Path) -> None:
    for step in path[:-1]:
        try:
            plain = plain[step]
        except (LookupError, TypeError):
            return  # something around it is out already
    if isinstance(plain, dict):
        plain.pop(path[-1], None)
