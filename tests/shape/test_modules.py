"""Modules stay small, flat, honest about their imports, and named for one thing."""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.shape.source import ROOT, SRC, Function, Module, all_modules, modules

MODULE_LINES = 400
FUNCTION_LINES = 50
FOLDER_MODULES = 15

# An entry says why the thing is one concept that reads worse in two pieces.
LONG_MODULES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
FULL_FOLDERS: dict[str, str] = {
    "src/tenken/store/migrations/versions": "One for each step of the tables, by its number",
}
# The table of commands that are loaded when they are asked for.
LAZY_MODULES = {
    "src/tenken/cli/main.py": "`tenken --help` must not load every command",
    "src/tenken/cli/looking/live.py": "inspecting files must not load HTTP, TLS and drills",
    "src/tenken/cli/check.py": "one format is written, the others need not be loaded",
    "src/tenken/cli/checklist.py": "without a team's own list nothing has to validate one",
    "src/tenken/cli/inspecting/run.py": "what judges is loaded while another process reads",
    "src/tenken/cli/inspecting/judging.py": "inspecting files must not load what looks at systems",
    "src/tenken/cli/inspecting/grounding.py": "as above",
    "src/tenken/cli/inspecting/manifests.py": "without a file of ours nothing has to validate it",
    "src/tenken/config/schema.py": "as above",
    "src/tenken/journal/sealing.py": "who stores no texts needs no cipher, of seven megabytes",
    "src/tenken/messages/reading.py": "our own texts are hardly ever written in other YAML",
    "src/tenken/readiness/evidence/keys.py": "most inspections have no signed evidence",
    "src/tenken/readiness/collectors/survey.py": "two processes share what is to be loaded, too",
    "src/tenken/readiness/collectors/gateways/collect.py": "without a file of ours no guards",
    "src/tenken/gateway/repeating/once.py": "a worker without such keys spares a cipher's library",
    "src/tenken/guardrails/policy/draft.py": "who states no policy of their own reads no YAML",
    "src/tenken/guardrails/policy/loading.py": "who states no policy of their own reads no YAML",
    "src/tenken/cli/serving/entrance.py": "keys alone must not load a library of tokens",
    "src/tenken/cli/serving/recording.py": "a journal of files must not load a database's driver",
    "src/tenken/gateway/settings/credentials.py": "a vendor's library is loaded for its provider",
    "src/tenken/gateway/settings/federation.py": "what speaks to a token service, as above",
}
# Installed with an extra, so a module that needs one says at the moment of need what to install.
OPTIONAL = {
    "numpy", "pyarrow", "mlflow", "locust", "ray", "sudachipy", "sacrebleu", "xllamacpp", "valkey",
}  # fmt: skip
SAY_NOTHING = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}


def test_the_tree_is_where_we_look() -> None:
    """These tests would pass over an empty tree; this one would not."""
    assert SRC.joinpath("__init__.py").exists()
    assert len(modules("src")) > 10
    assert any(module.name.startswith("tests/shape/") for module in modules("tests"))


def test_modules_are_small() -> None:
    """A module is one concept; the longer ones give a reason."""
    long = {m.name: m.lines for m in all_modules() if m.lines > MODULE_LINES}

    assert {name: n for name, n in long.items() if name not in LONG_MODULES} == {}
    assert set(LONG_MODULES) - set(long) == set(), "no longer needed"


def test_functions_are_small() -> None:
    """A function fits on a screen; the longer ones give a reason."""
    long = {
        f"{module.name}::{function.name}": _length(function)
        for module in all_modules()
        for function in module.functions()
        if _length(function) > FUNCTION_LINES
    }

    assert {name: n for name, n in long.items() if name not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) - set(long) == set(), "no longer needed"


def test_folders_are_small() -> None:
    """A folder can be taken in at a glance."""
    counts = Counter(
        PurePosixPath(module.name).parent.as_posix()
        for module in all_modules()
        if module.path.name != "__init__.py"
    )
    full = {folder: n for folder, n in counts.items() if n > FOLDER_MODULES}

    assert {folder: n for folder, n in full.items() if folder not in FULL_FOLDERS} == {}
    assert set(FULL_FOLDERS) - set(full) == set(), "no longer needed"


def test_no_module_has_a_name_that_says_nothing() -> None:
    """A module is named for the one thing in it."""
    parts = {
        module.name: set(PurePosixPath(module.name).with_suffix("").parts)
        for module in all_modules()
    }

    assert [name for name, words in parts.items() if words & SAY_NOTHING] == []


def test_nothing_is_global() -> None:
    """State has an owner; a module holds constants only."""
    found = [
        f"{module.name}:{node.lineno}"
        for module in all_modules()
        for node in module.nodes
        if isinstance(node, ast.Global)
    ]

    assert found == []


def test_imports_stand_at_the_top() -> None:
    """Hidden imports are how cycles begin; an optional package is the exception."""
    found = [
        f"{module.name}:{node.lineno} {names}"
        for module in modules("src")
        if module.name not in LAZY_MODULES
        for node, names in _hidden_imports(module)
        if not names <= OPTIONAL
    ]

    assert found == []


def test_the_lazy_table_is_where_we_look() -> None:
    """An exemption for a file that is gone would exempt the next one of that name."""
    assert [name for name in LAZY_MODULES if not (ROOT / name).exists()] == []


def test_packages_hold_nothing_but_a_docstring() -> None:
    """The root alone says something (its version); everything else is imported by its name."""
    found = [
        module.name
        for module in (*modules("src"), *modules("tests"))
        if module.path.name == "__init__.py" and module.path.parent != SRC
        if not _only_a_docstring(module.tree)
    ]

    assert found == []


@pytest.mark.parametrize("package", sorted(p.name for p in SRC.iterdir() if p.is_dir()))
def test_folders_of_code_are_packages(package: str) -> None:
    """A folder without `__init__.py` would be missing from the import contract."""
    folder = SRC / package
    if any(folder.rglob("*.py")):
        assert (folder / "__init__.py").exists()


def _length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _hidden_imports(module: Module) -> Iterator[tuple[ast.stmt | ast.Call, set[str]]]:
    for function in module.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Import):
                yield node, {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                yield node, {(node.module or "").partition(".")[0]}
            elif isinstance(node, ast.Call) and _imports_by_name(node):
                yield node, {"a name known at run time only"}


def _imports_by_name(call: ast.Call) -> bool:
    return ast.unparse(call.func) in {"__import__", "import_module", "importlib.import_module"}


def _only_a_docstring(tree: ast.Module) -> bool:
    return all(isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant) for n in tree.body)


def test_optional_packages_are_not_those_of_the_base() -> None:
    """An import inside a function is excused only where the package may truly be absent."""
    assert not OPTIONAL & sys.stdlib_module_names
    text = ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8")
    base = text.partition("dependencies = [")[2].partition("]\n")[0]
    assert [name for name in OPTIONAL if f'"{name}' in base] == []
