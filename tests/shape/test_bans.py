"""What could run, load or render somebody else's text is in the places named here alone.

The linters hold most of it; here it is written out, so that an exception is a line of a test.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache

import pytest

from tests.shape.source import ROOT, Module, modules

RUNNING = {
    "code", "codeop", "commands", "ctypes", "dill", "importlib", "marshal", "multiprocessing",
    "pickle", "pty", "runpy", "shelve", "subprocess",
}  # fmt: skip
STARTING = {"os.system", "os.popen", "os.posix_spawn"}
EVALUATING = {"eval", "exec", "compile", "__import__", "yaml.unsafe_load", "yaml.full_load"}
SERVED = (
    "src/tenken/gateway/", "src/tenken/console/", "src/tenken/keeper/", "src/tenken/store/",
    "src/tenken/journal/", "src/tenken/transport/", "src/tenken/wire/", "src/tenken/policy/",
    "src/tenken/guardrails/", "src/tenken/prompts/", "src/tenken/models/",
    "src/tenken/embedded/",
)  # fmt: skip
"""What stands on the path of a request, or behind a page."""
DATA = {"importlib.resources"}
"""Reads files of the package; runs none."""
ALLOWED = {
    "src/tenken/cli/check.py": "loads the writer of one format, of a table of ours",
    "src/tenken/cli/demonstrating/demo.py": "asks whether a package is there",
    "src/tenken/cli/inspecting/run.py": "loads modules of ours that one run needs",
    "src/tenken/cli/main.py": "loads the command that was asked for, of a table of ours",
    "src/tenken/cli/plugging/child.py": "runs a team's detector, in a process of its own",
    "src/tenken/cli/plugging/process.py": "starts that process",
    "src/tenken/cli/serving/supervising/crew.py": "starts workers of ours",
    "src/tenken/readiness/collectors/plumbing.py": "asks git, with a list of arguments",
}
TEMPLATES = {"src/tenken/console/web/rendering.py": "pages of the package, escaped throughout"}
BACKTRACKING = {
    "src/tenken/console/openapi.py": "paths of our own routes",
    "src/tenken/transport/strictness.py": "the host's name of a request, at most a head long",
}
"""On the path, where `re` and not RE2 reads something: nothing repeated is repeated there."""
NESTED = re.compile(r"\([^()]*[+*][^()]*\)[+*{]")


@cache
def reached() -> dict[str, frozenset[str]]:
    """Give by module what it imports, and the plain names of what it calls."""
    return {module.name: frozenset(_reached(module)) for module in modules("src")}


def _reached(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name):
                    yield f"{name}()"
                case ast.Attribute(value=ast.Name(id=owner), attr=name):
                    yield f"{owner}.{name}()"
                case _:  # a call of what another one gave: named nowhere
                    pass


def runs(name: str) -> bool:
    """Whether it can run what is no code of ours."""
    called = name.removesuffix("()")
    if name.endswith("()"):
        return called in EVALUATING | STARTING or called.startswith(("os.exec", "os.spawn"))
    return name not in DATA and name.partition(".")[0] in RUNNING


def test_what_runs_something_is_named_with_its_reason() -> None:
    """And nothing of it is behind an API or a page."""
    found = {module for module, names in reached().items() if any(runs(name) for name in names)}

    assert found == set(ALLOWED)
    assert [name for name in found if name.startswith(SERVED)] == []


def test_templates_are_the_console_s_and_escape() -> None:
    """A name or a text is filled in as text; nobody else has templates with logic."""
    found = {
        module
        for module, names in reached().items()
        if {name.partition(".")[0] for name in names} & {"jinja2", "mako"}
    }
    [rendering] = TEMPLATES
    text = (ROOT / rendering).read_text("utf-8")

    assert found == set(TEMPLATES)
    assert "autoescape=True" in text
    assert "from_string" not in "".join(
        path.read_text("utf-8") for path in (ROOT / "src/tenken/console").rglob("*.py")
    )


def test_a_stranger_s_text_meets_no_pattern_that_backtracks() -> None:
    """RE2 takes linear time on anything; what is left of `re` repeats no repetition."""
    found = {
        module
        for module, names in reached().items()
        if module.startswith(SERVED) and "re" in names
    }
    repeated = [
        f"{name}: {text}"
        for name in BACKTRACKING
        for text in _patterns(name)
        if NESTED.search(text)
    ]

    assert found == set(BACKTRACKING)
    assert repeated == []
    assert NESTED.search(r"(a+)+$")


def _patterns(name: str) -> Iterator[str]:
    [module] = [one for one in modules("src") if one.name == name]
    for call in module.calls():
        if ast.unparse(call.func).startswith("re."):
            yield ast.unparse(call.args[0])


def test_nothing_of_a_build_is_code_of_ours() -> None:
    """No hook, no script of a setup: who installs the source runs the build backend alone."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert project["build-system"] == {
        "requires": ["hatchling>=1.27"], "build-backend": "hatchling.build",
    }  # fmt: skip
    assert "hooks" not in str(project["tool"]["hatch"])
    assert [
        one for one in ("setup.py", "setup.cfg", "hatch_build.py") if (ROOT / one).exists()
    ] == []


@pytest.mark.parametrize("lock", sorted(path.name for path in (ROOT / "requirements").glob("*")))
def test_every_package_of_a_lock_has_its_version_and_its_hashes(lock: str) -> None:
    """One without would be taken from whoever answers first."""
    text = (ROOT / "requirements" / lock).read_text("utf-8").replace("\\\n", " ")
    lines = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    loose = [
        line.split()[0]
        for line in lines
        if not re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==\S+", line.split(" ")[0])
        or not re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", line)
    ]

    assert len(lines) > 10
    assert loose == []


def test_the_pipeline_has_no_secret_and_only_pinned_actions() -> None:
    """What runs in it could take nothing and push nothing, were it somebody else's by now."""
    for path in (ROOT / ".github" / "workflows").iterdir():
        text = path.read_text("utf-8")
        used = re.findall(r"uses:\s*(\S+)", text)
        assert "secrets." not in text
        assert "pull_request_target" not in text
        assert "write" not in "".join(re.findall(r"permissions:[^\n]*\n(?:\s+\w+: \w+\n)*", text))
        assert [one for one in used if not re.search(r"@[0-9a-f]{40}$", one)] == []
