"""Texts that are entries of a file of settings: `config["prompts"]["answer"]`."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.code.prompting.files import PARSERS, PromptFiles
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.sources import Sources
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.walking import same

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
        return any(self._is_read(one, scope) for one in _put_into(base, scope))

    def _is_read(self, node: ast.expr, scope: Function) -> bool:
        for source, home in self._sources.of(node, scope):
            if isinstance(source, ast.Call) and last_name(source.func) in PARSERS:
                written = self._files.is_written(source, home)
                return written and not self._files.is_absent(source, home)
        return False


def _put_into(base: ast.expr, scope: Function) -> Iterator[ast.expr]:
    """What is kept under the keys of a table: `self.known[name] = yaml.safe_load(file)`."""
    table = base.value if isinstance(base, ast.Subscript) else base
    module = scope.module
    for one in module.kinds[ast.Subscript]:
        if isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store):
            put = module.parents.get(one)
            if isinstance(put, ast.Assign) and same(one.value, table):
                yield put.value


def key_of(node: ast.expr) -> str:
    """The name of an entry, by subscript or by `get`."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case ast.Call(args=[ast.Constant(value=str(key)), *_]):
            return key
        case _:
            return ""
