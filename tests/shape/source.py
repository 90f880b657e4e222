"""The project's own files, parsed once: what every test of the shape looks at."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "tenken"
MESSAGES = SRC / "messages"
ITEMS = SRC / "readiness" / "items"

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(Struct, frozen=True, kw_only=True):
    """A Python file of ours."""

    path: Path
    name: str
    """Relative to the repository, with forward slashes."""
    lines: int
    tree: ast.Module
    nodes: tuple[ast.AST, ...]
    """Every node of the tree, walked once for all who look."""

    def functions(self) -> Iterator[Function]:
        """Give every function and method, nested ones too."""
        return (node for node in self.nodes if isinstance(node, Function))

    def calls(self) -> Iterator[ast.Call]:
        """Give every call."""
        return (node for node in self.nodes if isinstance(node, ast.Call))

    def strings(self) -> Iterator[str]:
        """Give every string constant."""
        return (
            node.value
            for node in self.nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )


@cache
def modules(folder: str) -> tuple[Module, ...]:
    """Parse every module below a folder of the repository."""
    return tuple(_parse(path) for path in sorted((ROOT / folder).rglob("*.py")))


@cache
def all_modules() -> tuple[Module, ...]:
    """Parse everything that we maintain by hand."""
    return (*modules("src"), *modules("tests"), *modules("tools"), *modules("bench"))


@cache
def tracked() -> tuple[Path, ...]:
    """List the files that git tracks, present ones only."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True, text=True
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file() and not path.is_symlink())


def _parse(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, filename=str(path))
    return Module(
        path=path,
        name=path.relative_to(ROOT).as_posix(),
        lines=text.count("\n"),
        tree=tree,
        nodes=tuple(ast.walk(tree)),
    )
