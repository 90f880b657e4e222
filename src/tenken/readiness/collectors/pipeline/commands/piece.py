"""What the runners give back: shell text that stands in a file, to be followed further."""

import ast
import tomllib
from collections.abc import Mapping

from msgspec import Struct, field

from tenken.config.node import ABSENT, Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.python_source import parsed
from tenken.readiness.collectors.pipeline.commands.status import Mask, Options
from tenken.readiness.facts.pipeline import BlindSpot, Evaluation
from tenken.readiness.facts.tree import CollectorProblem, Tree, Unreadable
from tenken.sentence import say

MAX_TEXT = 500_000
PLAIN = Options()


class Piece(Struct, frozen=True, kw_only=True):
    """Shell text behind a command: a recipe, a script of package.json, a script file."""

    text: str
    place: Place
    """Where the text begins."""
    key: str
    """What it is, such as `Makefile:test`; a piece met again on the way down is a cycle."""
    options: Options = PLAIN
    masks: tuple[Mask, ...] = ()
    """What the runner itself does with a failure; the lines are lines of `place.path`."""


class Followed(Struct, frozen=True, kw_only=True):
    """Where a command leads: pieces, or the reason why it cannot be told."""

    pieces: tuple[Piece, ...] = ()
    blind: tuple[BlindSpot, ...] = ()
    hollow: tuple[Mask, ...] = ()
    """The command itself does nothing (`pre-commit run` with nothing staged)."""


NOWHERE = Followed()


class Files(Struct, eq=False):
    """Reads texts and documents of the tree, each once, and keeps what was malformed."""

    tree: Tree
    remote: str | None = None
    """Host and path of the forge this repository lives on, where known."""
    problems: dict[str, CollectorProblem] = field(default_factory=dict)
    judged: dict[tuple[str, ...], Evaluation | None] = field(default_factory=dict)
    """What was said of scripts that many jobs run; kept here so that they are read once."""
    _texts: dict[str, str | None] = field(default_factory=dict)
    _documents: dict[str, tuple[Node, ...]] = field(default_factory=dict)
    _tables: dict[str, Mapping[str, object]] = field(default_factory=dict)
    _modules: dict[str, ast.Module | None] = field(default_factory=dict)

    def text(self, path: str) -> str | None:
        """The text of a file; None where there is none to read."""
        if path not in self._texts:
            found = self.tree.text(path, limit=MAX_TEXT) if self.tree.entry(path) else None
            self._texts[path] = found if isinstance(found, str) else None
            if isinstance(found, Unreadable):
                sentence = say("pipeline.unreadable", path=path, because=found.because)
                self.problems[path] = CollectorProblem(path=path, line=0, sentence=sentence)
        return self._texts[path]

    def yaml(self, path: str) -> Node:
        """The first document of a YAML or JSON file; ABSENT where it cannot be used."""
        return next(iter(self.documents(path)), ABSENT)

    def documents(self, path: str) -> tuple[Node, ...]:
        """Every document of a YAML file; none where it cannot be used."""
        if path not in self._documents:
            self._documents[path] = self._read(path)
        return self._documents[path]

    def _read(self, path: str) -> tuple[Node, ...]:
        text = self.text(path)
        if text is None:
            return ()
        documents = read_yaml(text)
        if isinstance(documents, YamlError):
            self._malformed(path, documents.line, documents.detail or documents.reason)
            return ()
        return documents

    def toml(self, path: str) -> Mapping[str, object]:
        """A TOML file as plain values; empty where it cannot be used."""
        if path not in self._tables:
            self._tables[path] = self._load(path)
        return self._tables[path]

    def python(self, path: str) -> ast.Module | None:
        """A Python file as a syntax tree; None where there is none to read."""
        if path not in self._modules:
            self._modules[path] = parsed(self.text(path) or "")
        return self._modules[path]

    def _load(self, path: str) -> Mapping[str, object]:
        text = self.text(path)
        if text is None:
            return {}
        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self._malformed(path, 0, str(error))
            return {}

    def _malformed(self, path: str, line: int, detail: str) -> None:
        sentence = say("pipeline.malformed", path=path, detail=detail)
        self.problems[path] = CollectorProblem(path=path, line=line, sentence=sentence)

    def upwards(self, folder: str, *names: str) -> str | None:
        """The nearest of these files from a folder up to the root."""
        while folder != "?":
            for name in names:
                path = joined(folder, name)
                if self.tree.entry(path) is not None:
                    return path
            if not folder:
                return None
            folder = folder.rpartition("/")[0]
        return None


def joined(folder: str, name: str) -> str:
    """`a/b` and `c` to `a/b/c`; the root is an empty folder."""
    return f"{folder}/{name}" if folder else name


def folder_of(path: str) -> str:
    """The folder that holds a path."""
    return path.rpartition("/")[0]


def line_with(text: str, beginning: str) -> int:
    """The first line that begins so, white space left out; 0 where none does."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip().startswith(beginning):
            return number
    return 0


def table(value: object, *keys: str) -> Mapping[str, object]:
    """A table inside plain values; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def strings(value: object) -> tuple[str, ...]:
    """The strings of a list, or a lone string."""
    if isinstance(value, str):
        return (value,)
    return tuple(it for it in value if isinstance(it, str)) if isinstance(value, list) else ()
