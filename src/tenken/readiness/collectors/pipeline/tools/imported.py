"""The repository's own files that a script imports."""

import ast

from tenken.readiness.collectors.pipeline.commands.piece import Files, folder_of, joined
from tenken.readiness.collectors.pipeline.tools.statuses import Entry, entries


def called_files(
    module: ast.Module, path: str, files: Files
) -> list[tuple[str, tuple[Entry, ...]]]:
    """The repository's own files that a module imports, and what of them its own lines call."""
    found: list[tuple[str, tuple[Entry, ...]]] = []
    for node in ast.walk(module):
        names = [it.name for it in node.names] if isinstance(node, ast.Import) else []
        folder = folder_of(path)
        if isinstance(node, ast.ImportFrom):
            for _ in range(max(node.level - 1, 0)):
                folder = folder_of(folder)
            base = node.module or ""
            told = entries(module, [it.asname or it.name for it in node.names])
            found += [(it, told) for it in _file_of(base, folder, files)]
            names = [f"{base}.{it.name}".lstrip(".") for it in node.names]
        for name in names:
            found += [(it, ()) for it in _file_of(name, folder, files)]
    return found


def _file_of(name: str, folder: str, files: Files) -> list[str]:
    tail = name.replace(".", "/")
    roots = {folder, folder_of(folder), "", "src", "app", "backend", "server"}
    paths = (
        joined(root, f"{tail}{end}") for root in sorted(roots) for end in (".py", "/__init__.py")
    )
    return [path for path in paths if tail and files.tree.entry(path) is not None][:1]
