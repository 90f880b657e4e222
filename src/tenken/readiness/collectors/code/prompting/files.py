"""Whether the file a prompt is read from is one of the repository."""

import ast
from collections.abc import Iterable, Sequence
from itertools import islice, product

from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.sources import Sources
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.facts.tree import Entry, Role

ANY = "*"
MAX_DEPTH = 12
MAX_WAYS = 8
"""Paths that are tried for one place."""
JOINERS = frozenset({"Path", "PurePath", "join", "joinpath", "open", "get_template", "from_file",
                     "load_prompt_file", "load_template"})  # fmt: skip
ONE_PATH = frozenset({"open", "get_template", "from_file", "load_prompt_file", "load_template"})
"""What follows the path among their arguments is a mode, an encoding or a variable."""
ENDS = frozenset({"read_text", "read", "readlines", "resolve", "absolute", "expanduser"})
PARSERS = frozenset({"safe_load", "load", "loads"})
"""What is given an open file or its text."""
OUTSIDE = frozenset(
    {"etc", "tmp", "mnt", "proc", "dev", "run", "home", "data", "root", "media", "var"}
)
"""Folders of a machine where no image puts the application's own code."""
LAMBDA = ["var", "task"]


class PromptFiles:
    """Reads a path as far as it is written, and looks for it among the files kept in git."""

    def __init__(self, entries: Iterable[Entry], sources: Sources) -> None:
        self._kept = [
            one.path.split("/")
            for one in entries
            if one.size > 1 and one.role not in {Role.TEST, Role.EXAMPLE}
        ]
        self._sources = sources

    def is_absent(self, call: ast.Call, scope: Function) -> bool:
        """A path that is read leads to nothing here; False where too little of it is written."""
        return any(self._leads_nowhere(path) for path in self._paths(call, scope, 0))

    def is_written(self, call: ast.Call, scope: Function) -> bool:
        """Some of the path stands in the code; the rest of it a setting or a caller may give."""
        return any(
            part.strip(f"{ANY}.")
            for path in self._paths(call, scope, 0)
            for part in path.split("/")
        )

    def _leads_nowhere(self, path: str) -> bool:
        parts = [part for part in path.split("/") if part not in {"", ".", ".."}]
        if path.startswith("/") and parts[:1] and parts[:2] != LAMBDA and parts[0] in OUTSIDE:
            return True
        while parts and parts[0] == ANY:
            parts = parts[1:]
        if not parts or (len(parts) == 1 and "." not in parts[0]):
            return False
        tails = [parts[at:] for at in range(max(len(parts) - 1, 1))]
        wanted = tails if path.startswith("/") else tails[:1]
        return not any(_holds(kept, tail) for tail in wanted for kept in self._kept)

    def kept(self, call: ast.Call, scope: Function) -> str | None:
        """A tracked file that the call reads; a folder of prompts must be written out."""
        for path in self._paths(call, scope, 0):
            parts = [part for part in path.split("/") if part not in {"", ".", "..", ANY}]
            if len(parts) > 1 and any("prompt" in part.lower() for part in parts):
                found = next((one for one in self._kept if _ends(one, parts)), None)
                if found is not None:
                    return "/".join(found)
        return None

    def _paths(self, node: ast.expr, scope: Function, depth: int) -> tuple[str, ...]:
        """The paths it may be, with `*` for what is not written."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return (node.value,)
        if depth > MAX_DEPTH:
            return (ANY,)
        match node:
            case ast.JoinedStr(values=parts):
                return self._joined(parts, scope, depth, between="")
            case ast.FormattedValue(value=inner):
                return self._paths(inner, scope, depth + 1)
            case ast.BinOp(left=left, op=ast.Div() | ast.Add() as operator, right=right):
                between = "/" if isinstance(operator, ast.Div) else ""
                return self._joined([left, right], scope, depth, between=between)
            case ast.Call():
                return self._of_call(node, scope, depth + 1)
            case ast.Name() | ast.Attribute():
                found = [one for one in self._sources.of(node, scope) if one[0] is not node]
                ways = [path for one in found[:MAX_WAYS] for path in self._paths(*one, depth + 1)]
                return tuple(dict.fromkeys(ways))[:MAX_WAYS] or (ANY,)
            case _:
                return (ANY,)

    def _joined(
        self, parts: Sequence[ast.expr], scope: Function, depth: int, *, between: str
    ) -> tuple[str, ...]:
        """Every way to put the parts together."""
        ways = product(*(self._paths(part, scope, depth + 1) for part in parts))
        return tuple(between.join(way) for way in islice(ways, MAX_WAYS))

    def _of_call(self, node: ast.Call, scope: Function, depth: int) -> tuple[str, ...]:
        name = last_name(node.func)
        base = node.func.value if isinstance(node.func, ast.Attribute) else None
        if name in ENDS:
            return self._paths(base, scope, depth) if base is not None else (ANY,)
        if name in PARSERS and node.args:
            return self._paths(node.args[0], scope, depth)
        if name not in JOINERS:
            return (ANY,)
        given = node.args[:1] if name in ONE_PATH else node.args
        parts = [base] if base is not None and (name == "joinpath" or not given) else []
        return self._joined([*parts, *given], scope, depth, between="/") or (ANY,)


def _ends(kept: list[str], wanted: list[str]) -> bool:
    """The wanted parts are the last of a path."""
    tail = kept[-len(wanted) :]
    return len(tail) == len(wanted) and all(map(_is_like, tail, wanted))


def _holds(kept: list[str], wanted: list[str]) -> bool:
    """The wanted parts stand one after the other in a path; the last may be a folder."""
    size = len(wanted)
    return any(
        all(map(_is_like, kept[at : at + size], wanted)) for at in range(len(kept) - size + 1)
    )


def _is_like(part: str, wanted: str) -> bool:
    start, _, rest = wanted.partition(ANY)
    if ANY not in wanted:
        return part == wanted
    return part.startswith(start) and part.endswith(rest.rpartition(ANY)[2])
