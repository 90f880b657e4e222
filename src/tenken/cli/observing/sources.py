"""Brings together what a person named for an observation: files, folders and addresses."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from tenken.cli.writing import read_text
from tenken.errors import UsageError
from tenken.readiness.collectors.observed.logs import read_logs
from tenken.readiness.facts.observed.records import About
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.survey import Survey

LARGEST_EXPORT = 256_000_000
MOST_FILES = 1_000


class Asked(Struct, frozen=True, kw_only=True):
    """Where a person said to look."""

    logs: tuple[Path, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.logs)


def sighting(asked: Asked, about: About, survey: Survey) -> Sighting:
    """Look everywhere; raises UsageError for a place that cannot be read."""
    return Sighting(
        about=about,
        survey=survey,
        logs=read_logs(_texts(asked.logs), about) if asked.logs else None,
    )


def _texts(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    left = LARGEST_EXPORT
    for file in _files(paths):
        text = read_text(file, limit=left)
        left -= len(text)
        yield str(file), text


def _files(paths: Iterable[Path]) -> list[Path]:
    """The files that were named, and those in a folder that was; never behind a link in one."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(one for one in path.rglob("*") if one.is_file() and not one.is_symlink())
        found += inside if path.is_dir() else [path]
    if len(found) > MOST_FILES:
        raise UsageError("observe.too_many_files", n=len(found), most=MOST_FILES)
    return found
