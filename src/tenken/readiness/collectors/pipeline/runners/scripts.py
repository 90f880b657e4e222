"""Scripts of the repository that a command starts: shell files, and what Python files launch."""

import ast
from collections.abc import Iterator

from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.folders import entered
from tenken.readiness.collectors.pipeline.commands.launch import PYTHONS, Start
from tenken.readiness.collectors.pipeline.commands.piece import (
    NOWHERE,
    Files,
    Followed,
    Piece,
    folder_of,
)
from tenken.readiness.collectors.pipeline.commands.python_source import (
    constant_strings,
    dotted,
    parsed,
    quoted,
)
from tenken.readiness.collectors.pipeline.commands.status import Mask, Options
from tenken.readiness.facts.pipeline import Blind, BlindSpot, NeutraliserKind

SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ash", "source", "."})
SHELL_SUFFIXES = (".sh", ".bash", ".zsh")
LAUNCHERS = frozenset({"subprocess.run", "subprocess.call", "subprocess.check_call",
                       "subprocess.check_output", "os.system", "subprocess.Popen"})  # fmt: skip
RAISES = frozenset({"subprocess.check_call", "subprocess.check_output"})

VALUED = frozenset({"-X", "-W"})
"""Options of Python that take the next word."""


def script_path(start: Start, folder: str) -> str | None:
    """The path of the script file that a command starts, where its words tell; None else."""
    if not start.words:
        return None
    first, *rest = start.words
    if "-c" in rest[:2] or "://" in first or "/bin/" in first or first.endswith("/activate"):
        return None  # code on the line, an address, a program of the environment
    if first in SHELLS or start.program in SHELLS | PYTHONS:
        pairs = zip(("", *rest), rest, strict=False)
        own = (word for before, word in pairs if before not in VALUED)
        named = next((word for word in own if not word.startswith(("-", "+"))), "")
    elif "/" in first or first.endswith((*SHELL_SUFFIXES, ".py")):
        named = first
    else:
        return None
    path = entered(folder, named) if named and not named.endswith("/activate") else "?"
    return None if path == "?" else path


def module_path(start: Start, folder: str, files: Files) -> str | None:
    """The file behind `python -m evals.run`, where the repository has it."""
    if not start.words or not start.words[0].replace(".", "").replace("_", "").isalnum():
        return None
    base = start.words[0].replace(".", "/")
    roots = (folder, f"{folder}/src".lstrip("/"))
    choices = (f"{base}.py", f"{base}/__main__.py")
    paths = (entered(root, choice) for root in roots for choice in choices)
    return next((path for path in paths if files.tree.entry(path) is not None), None)


def follow(start: Start, folder: str, files: Files) -> Followed:
    """Give the text of a shell script, or the commands a Python script launches."""
    path = script_path(start, folder)
    if path is None:
        return NOWHERE
    text = files.text(path)
    if text is None:
        detail = " ".join(start.words)[:80]
        spot = BlindSpot(because=Blind.UNKNOWN_SCRIPT, place=Place(path), detail=detail)
        return Followed(blind=(spot,))
    if path.endswith(".py") or (text.startswith("#!") and "python" in text.split("\n", 1)[0]):
        return Followed(pieces=tuple(_launched(text, path, folder)))
    return Followed(pieces=(_shell(start, text, path, folder),))


def _shell(start: Start, text: str, path: str, folder: str) -> Piece:
    first = text.split("\n", 1)[0] if text.startswith("#!") else ""
    flags = "".join(word for word in (*start.words[1:], *first.split()[1:]) if _is_flags(word))
    options = Options(errexit="e" in flags, folder=folder, home=folder_of(path))
    return Piece(text=text, place=Place(path, 1), key=path, options=options)


def _is_flags(word: str) -> bool:
    return word.startswith("-") and not word.startswith("--") and len(word) <= 6


def _launched(text: str, path: str, folder: str) -> Iterator[Piece]:
    module = parsed(text)
    if module is None:
        return
    for node in ast.walk(module):
        if not isinstance(node, ast.Call) or dotted(node.func) not in LAUNCHERS or not node.args:
            continue
        words = constant_strings(node.args[0])
        if not words:
            continue
        whole = isinstance(node.args[0], ast.Constant)
        yield Piece(
            text=words[0] if whole else quoted(words),
            place=Place(path, node.lineno),
            key=f"{path}:{node.lineno}",
            options=Options(folder=folder),
            masks=_masks(node, text),
        )


def _masks(node: ast.Call, text: str) -> tuple[Mask, ...]:
    """`subprocess.run(...)` whose status nobody reads fails for nothing."""
    name = dotted(node.func)
    checked = any(
        it.arg == "check" and isinstance(it.value, ast.Constant) and it.value.value is True
        for it in node.keywords
    )
    if name in RAISES or checked or "returncode" in text or "sys.exit(" in text:
        return ()
    return (Mask(NeutraliserKind.STATUS_LOST, node.lineno, f"{name}(...)"),)
