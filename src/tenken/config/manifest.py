"""A team's `tenken.yaml` as read: the typed application, and the line of everything in it."""

from collections.abc import Mapping

from msgspec import Struct, field

from tenken.config.application import Application
from tenken.config.node import Node, Path
from tenken.config.platform import Platform
from tenken.config.schema import dotted, line_at
from tenken.errors import Problem
from tenken.place import Place
from tenken.sentence import Sentence

NAMES = ("tenken.yaml", "tenken.yml")
"""Of the application's file: the first that is there counts."""


class PlatformFile(Struct, frozen=True, kw_only=True):
    """A `platform.yaml` as read."""

    platform: Platform
    file: str
    document: Node
    digest: str
    """`sha256:...` of its bytes: what an application pins."""

    def place(self, *path: str | int) -> Place:
        """Where a key stands."""
        return Place(self.file, line_at(self.document, path))

    def problem(self, path: Path, sentence: Sentence) -> Problem:
        """What is wrong at a key."""
        return Problem(place=self.place(*path), key=dotted(path), sentence=sentence)


class Manifest(Struct, frozen=True, kw_only=True):
    """An application file, resolved over its platform and for one environment."""

    application: Application
    file: str
    """Its path below the inspected root."""
    document: Node
    platform: PlatformFile | None = None
    environment: str = ""
    """The environment it is resolved for; empty for what all of them share."""
    moved: Mapping[Path, Path] = field(default_factory=dict)
    """Entries that an environment gives: `("slos", 0)` → where it truly stands."""
    doubts: tuple[Problem, ...] = ()
    """What can be used and hardly holds, such as an SLO above what the models promise."""

    @property
    def vendors(self) -> Mapping[str, str]:
        """The kind of each provider, by its id."""
        known = self.platform.platform.providers if self.platform else ()
        return {provider.id: provider.kind for provider in known}

    def place(self, *path: str | int) -> Place:
        """Where a key stands: `place("goals", 0, "target")`."""
        return Place(self.file, line_at(self.document, self.written(path)))

    def problem(self, path: Path, sentence: Sentence) -> Problem:
        """What is wrong at a key."""
        written = self.written(path)
        return Problem(place=self.place(*path), key=dotted(written), sentence=sentence)

    def written(self, path: Path) -> Path:
        """Where a key truly stands in the file."""
        return self.moved.get(path[:2], path[:2]) + path[2:]
