"""Texts that are entries of a file of settings: `config["prompts"]["answer"]`."""

import ast

from tenken.readiness.collectors.code.prompting.files import PARSERS, PromptFiles
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.sources import Sources
from tenken.readiness.collectors.python.syntax import last_name

MAX_DEPTH = 5
"""Entries within entries."""


class Entries:
    """Goes from an entry to the call that reads its file."""

    def __init__(self, sources: Sources, files: PromptFiles) -> None:
        self._sources = sources
        self._files = files

    def are_kept(self, base: ast.expr, scope: Function, depth: int = 0) -> bool:
        """What an entry is taken from was read from a file of the repository."""
        for source, home in self._sources.of(base, scope) if depth < MAX_DEPTH else ():
            match source:
                case ast.Call(func=func) if last_name(func) in PARSERS:
                    return self._files.is_written(source, home) and not self._files.is_absent(
                        source, home
                    )
                case (
                    ast.Subscript(value=inner)
                    | ast.Call(func=ast.Attribute(value=inner, attr="get"))
                ):
                    return self.are_kept(inner, home, depth + 1)
                case _:
                    pass
        return False


def key_of(node: ast.expr) -> str:
    """The name of an entry, by subscript or by `get`."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case ast.Call(args=[ast.Constant(value=str(key)), *_]):
            return key
        case _:
            return ""
