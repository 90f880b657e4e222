"""A team's `tenken.yaml` as read: the typed application, and the line of everything in it."""

from dataclasses import dataclass

from tenken.config.application import Application
from tenken.config.node import Node
from tenken.config.schema import line_at
from tenken.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """An application file, resolved over its platform."""

    application: Application
    file: str
    """Its path below the inspected root."""
    document: Node

    def place(self, *path: str | int) -> Place:
        """Where a key stands: `place("goals", 0, "target")`."""
        return Place(self.file, line_at(self.document, path))
