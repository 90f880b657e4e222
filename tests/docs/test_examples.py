"""Every example in the documentation runs.

`python` blocks run as they stand. In `console` blocks each line that begins with `$ ` runs in a
fresh copy of the example application, and the lines below it are what it prints (`...` stands for
anything). A `shell` block is for a person and does not run.
"""

import doctest
import importlib
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from tests.shape.source import ROOT, SRC

APPLICATION = ROOT / "examples" / "shift-desk-before"
TENKEN = Path(sys.executable).with_name("tenken")
LENIENT = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


class Step(Struct, frozen=True, kw_only=True):
    """A command of a console block and what the page says that it prints."""

    command: str
    expected: str


def steps(block: str) -> list[Step]:
    """Split a console block at its prompts; what stands before the first is an error."""
    before, *parts = f"\n{block}".split("\n$ ")
    if before.strip() or not parts:
        message = f"a console block begins with `$ `: {block!r}"
        raise ValueError(message)
    split = (part.partition("\n") for part in parts)
    return [Step(command=command, expected=expected.strip()) for command, _, expected in split]


def differs(step: Step, cwd: Path) -> str | None:
    """Run a step and tell how its output differs from the page, or None."""
    program, *arguments = shlex.split(step.command)
    if program != "tenken":
        return f"only tenken runs in a console block, not {program!r}: use a shell block"
    done = subprocess.run(
        [TENKEN, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    printed = (done.stdout + done.stderr).strip()
    if doctest.OutputChecker().check_output(step.expected + "\n", printed + "\n", LENIENT):
        return None
    return f"$ {step.command}\nthe page says:\n{step.expected}\nit prints:\n{printed}"


def _evaluate_console(example: Example) -> str | None:
    cwd = example.namespace["application"]
    found = (differs(step, cwd) for step in steps(str(example.parsed)))
    return next((difference for difference in found if difference), None)


def _examples() -> Iterator[object]:
    parsers: list[Callable[[Document], Iterable[Region]]] = [
        PythonCodeBlockParser(),
        CodeBlockParser(language="console", evaluator=_evaluate_console),
    ]
    sybil = Sybil(parsers=parsers)
    for page in sorted(PAGES):
        for example in sybil.parse(page).examples():
            yield pytest.param(example, id=f"{page.relative_to(ROOT)}:{example.line}")


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """Give a copy of the example application as a repository with one commit."""
    copy = shutil.copytree(APPLICATION, tmp_path / "shift-desk")
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "As found"]):
        subprocess.run(["git", "-C", str(copy), *command], check=True, capture_output=True)
    return copy


@pytest.mark.slow
@pytest.mark.parametrize("example", [*_examples()])
def test_examples_in_pages(example: Example, application: Path) -> None:
    """What a page shows is what happens."""
    example.namespace["application"] = application
    example.evaluate()


@pytest.mark.parametrize(
    "module",
    sorted(path for path in SRC.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8")),
    ids=lambda path: path.relative_to(SRC).as_posix(),
)
def test_examples_in_docstrings(module: Path) -> None:
    """What a docstring shows is what happens."""
    name = ".".join(module.relative_to(SRC.parent).with_suffix("").parts)
    result = doctest.testmod(importlib.import_module(name), optionflags=LENIENT)

    assert result.attempted > 0
    assert result.failed == 0


def test_a_console_block_is_split_at_its_prompts() -> None:
    """Several commands may stand in one block."""
    block = "$ tenken items\n0-1-1\n...\n$ tenken --version\ntenken 0\n"

    assert steps(block) == [
        Step(command="tenken items", expected="0-1-1\n..."),
        Step(command="tenken --version", expected="tenken 0"),
    ]


@pytest.mark.parametrize("block", ["", "tenken items\n", "0-1-1\n$ tenken items\n"])
def test_a_console_block_without_a_prompt_is_refused(block: str) -> None:
    """A block that would run nothing does not pass for one that ran."""
    with pytest.raises(ValueError, match=r"begins with"):
        steps(block)


def test_other_programs_are_refused(tmp_path: Path) -> None:
    """An example never runs anything but tenken."""
    step = Step(command="rm -rf nothing", expected="")

    assert "not 'rm'" in (differs(step, tmp_path) or "")
