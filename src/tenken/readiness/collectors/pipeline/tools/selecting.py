"""Checks that look at nothing: paths without code, selections without tests, settings that empty.

What a tool reads from its own settings counts as if it stood on the line.
"""

import ast
import shlex
from collections.abc import Iterator, Sequence

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.folders import entered
from tenken.readiness.collectors.pipeline.commands.piece import Files, folder_of, strings, table
from tenken.readiness.collectors.pipeline.runners.ini import read_ini
from tenken.readiness.collectors.pipeline.tools.line import Line, value_of
from tenken.readiness.collectors.pipeline.tools.table import HOLLOW_FLAGS, Tool
from tenken.readiness.facts.pipeline import Neutraliser, NeutraliserKind
from tenken.readiness.facts.tree import Entry
from tenken.readiness.globs import matches

MAX_TEST_FILES = 300
TEST_NAME = Pattern(r"(?m)^\s*(?:async\s+)?(?:def|class)\s+([A-Za-z_][A-Za-z0-9_]*)")
MARK = Pattern(r"mark\.([A-Za-z_][A-Za-z0-9_]*)")
TEST_FUNCTION = Pattern(r"(?m)^\s*(?:async\s+)?(?:def\s+test|class\s+\w*Test)")
PLAIN_FLAGS = frozenset({
    "-q", "-qq", "-v", "-vv", "-x", "-s", "-l", "--verbose", "--quiet", "-r", "--recursive",
})  # fmt: skip
SELECTING = Pattern(r"[A-Za-z_][A-Za-z0-9_.-]*")
NOTHING = NeutraliserKind.SELECTS_NOTHING
EVERYTHING = frozenset({"*", "**", ".", "./", "**/*", "*.py", "**/*.py", "/"})
"""Patterns that leave everything out."""
TEST_FILES = ("test_*.py", "*_test.py")
CODE = (".py", ".pyi", ".ipynb")
OF_PYTHON = frozenset({"ruff", "flake8", "bandit"})
"""Tools whose plain words are paths, and nothing else."""


def looks_at_nothing(tool: Tool, line: Line) -> Iterator[Neutraliser]:
    """Why a check finds nothing wherever it is run."""
    if tool.program in {"pytest", "py.test"}:
        yield from _of_pytest(line)
    elif tool.program in OF_PYTHON:
        if detail := _without_code(tool, line):
            yield Neutraliser(kind=NOTHING, place=line.place, detail=detail)
        if tool.program == "ruff":
            yield from _of_ruff(line)
        if tool.program == "flake8":
            yield from _of_flake8(line)


# ------------------------------------------------------------------------------ pytest


class _Settings(Struct, frozen=True):
    """What pytest reads from a file."""

    path: str = ""
    options: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        return Place(self.path, 1)


def _of_pytest(line: Line) -> Iterator[Neutraliser]:
    settings = _settings(line)
    words = (*settings.options, *line.words)
    for option in settings.options:
        if option in HOLLOW_FLAGS:
            yield Neutraliser(kind=HOLLOW_FLAGS[option], place=settings.place, detail=option)
    if empty := _without_tests(line, words):
        yield Neutraliser(kind=NOTHING, place=line.place, detail=empty)
    yield from _by_words(line, words)
    tests = _test_files(line, words, settings)
    if tests is not None and not tests and _are_kept_here(line.files):
        place = settings.place if settings.path else line.place
        yield Neutraliser(kind=NOTHING, place=place, detail=settings.path or "pytest")
    yield from _of_conftest(tests or (), line.files)


def _by_words(line: Line, words: tuple[str, ...]) -> Iterator[Neutraliser]:
    """`-k` and `-m` of pytest against the names and marks that the tests have."""
    for option in ("-k", "-m"):
        value = value_of(words, option)
        wanted = _positive(value)
        if wanted and not _any_selected(option, wanted, line.files):
            kind = NeutraliserKind.SELECTS_NOTHING
            yield Neutraliser(kind=kind, place=line.place, detail=f"{option} {value}")


def _settings(line: Line) -> _Settings:
    """The first file that configures pytest, from the folder upwards."""
    for name in ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"):
        path = line.files.upwards(line.folder, name)
        found = _read(path, line.files) if path is not None else None
        if found is not None:
            return found
    return _Settings()


def _read(path: str, files: Files) -> _Settings | None:
    if path.endswith(".toml"):
        held = table(files.toml(path), "tool", "pytest", "ini_options")
        said = {key: " ".join(_texts(value)) for key, value in held.items()}
    else:
        sections = read_ini(files.text(path) or "")
        section = sections.get("tool:pytest" if path.endswith(".cfg") else "pytest", {})
        said = {key: value.text for key, value in section.items()}
    if not said:
        return None
    try:
        options = tuple(shlex.split(said.get("addopts", "")))
    except ValueError:
        options = ()
    return _Settings(
        path, options, tuple(said.get("testpaths", "").split()),
        tuple(said.get("python_files", "").split()),
    )  # fmt: skip


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else strings(value)


def _test_files(line: Line, words: tuple[str, ...], settings: _Settings) -> tuple[str, ...] | None:
    """The files with tests that a run without paths finds; None where paths are named."""
    named = [it for it in line.words if not it.startswith("-") and _is_path(it, line)]
    here = line.folder != "?" and any(line.files.tree.below(line.folder))
    if named or not here or "--doctest-modules" in words:
        return None
    left_out = {entered(line.folder, it) for it in _given(words, "--ignore")}
    folders = [entered(line.folder, it) for it in settings.folders]
    folders = [it for it in folders if any(line.files.tree.below(it))] or [line.folder]
    names = settings.names or TEST_FILES
    return tuple(
        entry.path
        for folder in folders
        for entry in line.files.tree.below(folder)
        if matches(names, entry.path.rpartition("/")[2])
        and not any(f"{entry.path}/".startswith(f"{it}/") for it in left_out if it)
        and TEST_FUNCTION.search(line.files.text(entry.path) or "")
    )


def _are_kept_here(files: Files) -> bool:
    """A repository without any file of tests may get them from elsewhere."""
    return any(matches(TEST_FILES, it.path.rpartition("/")[2]) for it in files.tree.entries)


def _is_path(word: str, line: Line) -> bool:
    path = entered(line.folder, word.partition("::")[0])
    return path == "?" or "/" in word or line.files.tree.entry(path) is not None or any(
        line.files.tree.below(path)
    )  # fmt: skip


def _given(words: Sequence[str], option: str) -> Iterator[str]:
    for index, word in enumerate(words):
        if word.startswith(f"{option}="):
            yield word.partition("=")[2]
        elif word == option:
            yield from words[index + 1 : index + 2]


def _of_conftest(tests: Sequence[str], files: Files) -> Iterator[Neutraliser]:
    """Hooks above all tests that leave every test out, or take failures for success."""
    above = _above_all(tests)
    for folder in above:
        path = f"{folder}/conftest.py" if folder else "conftest.py"
        module = files.python(path) if files.tree.entry(path) is not None else None
        for node in module.body if module is not None else ():
            if _empties(node):
                detail = ast.unparse(node).partition("\n")[0][:60]
                yield Neutraliser(kind=NOTHING, place=Place(path, node.lineno), detail=detail)


def _above_all(tests: Sequence[str]) -> list[str]:
    """The folders that hold every test."""
    if not tests:
        return []
    folders = [""]
    first = folder_of(tests[0]).split("/")
    for size in range(1, len(first) + 1):
        folder = "/".join(first[:size])
        if folder and all(it.startswith(f"{folder}/") for it in tests):
            folders.append(folder)
    return folders


def _empties(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id="collect_ignore_glob")], value=ast.List(elts=globs)):
            return any(isinstance(it, ast.Constant) and it.value in EVERYTHING for it in globs)
        case ast.FunctionDef(name="pytest_sessionfinish"):
            return any(_sets_success(it) for it in ast.walk(node))
        case ast.FunctionDef(name="pytest_collection_modifyitems"):
            chosen = any(isinstance(it, ast.If | ast.IfExp) for it in ast.walk(node))
            return not chosen and any(_leaves_out(it) for it in ast.walk(node))
        case _:
            return False


def _sets_success(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=[ast.Attribute(attr="exitstatus")], value=ast.Constant(value=0)):
            return True
        case ast.Call(func=ast.Attribute(attr="_exit" | "exit"), args=[ast.Constant(value=0)]):
            return True
        case _:
            return False


def _leaves_out(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="add_marker"), args=[mark, *_]):
            return any(word in ast.unparse(mark) for word in ("skip", "xfail"))
        case ast.Call(func=ast.Attribute(value=ast.Name(id="items"), attr="clear")):
            return True
        case _:
            return False


def _without_tests(line: Line, words: Sequence[str]) -> str:
    """The paths on the line, where all of them are here and none holds a test."""
    if "--doctest-modules" in words:
        return ""
    named: list[str] = []
    for before, word in zip(("", *words), words, strict=False):
        path = entered(line.folder, word.partition("::")[0])
        sources = [] if word.startswith("-") or path in {"?", ""} else _below(path, line.files)
        if any(TEST_FUNCTION.search(line.files.text(it) or "") for it in sources):
            return ""
        is_value = before.startswith("-") and before not in PLAIN_FLAGS and "=" not in before
        if sources and not is_value:
            named.append(word)
    return " ".join(named)


def _below(path: str, files: Files) -> list[str]:
    here = files.tree.entry(path)
    entries = [here] if here is not None else files.tree.below(path)
    return [it.path for it in entries if it.suffix == ".py"][:MAX_TEST_FILES]


def _positive(expression: str) -> set[str]:
    """The words that select; none where something is only left out."""
    if "$" in expression:
        return set()
    wanted: set[str] = set()
    negated = False
    for word in SELECTING.findall(expression):
        if word == "not":
            negated = True
        elif word not in {"and", "or"}:
            if negated:
                return set()  # `not slow`, `unit and not slow`: something may be left
            wanted.add(word.lower())
    return wanted


def _any_selected(option: str, wanted: set[str], files: Files) -> bool:
    pattern = TEST_NAME if option == "-k" else MARK
    count = 0
    for entry in files.tree.entries:
        if entry.suffix != ".py" or "test" not in entry.path.lower():
            continue
        count += 1
        names = pattern.findall(files.text(entry.path) or "")
        names = [*names, *entry.path.split("/")] if option == "-k" else names
        if count > MAX_TEST_FILES or any(it in name.lower() for name in names for it in wanted):
            return True
    return not count  # tests kept elsewhere: nothing can be said


# ------------------------------------------------------------------- linters and scanners


def _without_code(tool: Tool, line: Line) -> str:
    """The paths on the line, where all of them are known and none that is left holds code."""
    if not any(entry.suffix in CODE for entry in line.files.tree.entries):
        return ""
    words = [it for it in line.words if it not in tool.words]
    left_out = {it for name in ("-x", "--exclude") for one in _given(words, name)
                for it in one.split(",")}  # fmt: skip
    named: list[str] = []
    for before, word in zip(("", *words), words, strict=False):
        if word.startswith("-") or (before.startswith("-") and before not in PLAIN_FLAGS):
            continue
        path = entered(line.folder, word)
        unseen = line.files.tree.prefix and not _at(path, line.files)
        if path == "?" or unseen or any(it in word for it in "*$={"):
            return ""
        if word not in left_out and _holds_code(path, line.files):
            return ""
        named.append(word)
    return " ".join(named)


def _holds_code(path: str, files: Files) -> bool:
    return any(entry.suffix in CODE for entry in _at(path, files))


def _at(path: str, files: Files) -> Sequence[Entry]:
    here = files.tree.entry(path)
    return [here] if here is not None else list(files.tree.below(path))


def _of_ruff(line: Line) -> Iterator[Neutraliser]:
    """Settings of ruff that select no rule, ignore all of them, or leave every file out."""
    if value_of(line.words, "--select") or value_of(line.words, "--config"):
        return
    path = line.files.upwards(line.folder, "ruff.toml", ".ruff.toml", "pyproject.toml")
    settings = line.files.toml(path) if path else {}
    if path and path.endswith("pyproject.toml"):
        settings = table(settings, "tool", "ruff")
    for held in (settings, table(settings, "lint")):
        for key in ("select", "ignore", "exclude"):
            listed = strings(held.get(key))
            nothing = key == "select" and key in held and not listed
            ignored = key == "ignore" and "ALL" in listed
            if nothing or ignored or (key == "exclude" and EVERYTHING & set(listed)):
                place = Place(path or "", 1)
                yield Neutraliser(kind=NOTHING, place=place, detail=f"{path}: {key}")


def _of_flake8(line: Line) -> Iterator[Neutraliser]:
    """The same of flake8, as far as files go."""
    for name in (".flake8", "setup.cfg", "tox.ini"):
        path = line.files.upwards(line.folder, name) or ""
        value = read_ini(line.files.text(path) or "").get("flake8", {}).get("exclude")
        if value is not None and EVERYTHING & set(value.text.replace(",", " ").split()):
            yield Neutraliser(
                kind=NOTHING, place=Place(path, value.line), detail=f"{path}: exclude"
            )
