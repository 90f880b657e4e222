"""The page of what is tried names tests and commands that are there, and leaves none out."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from tools.pages.proofs import Row, sections

from tests.gateway.test_bad_inputs import READ
from tests.shape.source import ROOT

TESTS = ROOT / "tests"
NAMED = re.compile(r"([\w/]+\.py)::(test_\w+)(?:\[(.+)\])?")
BAD = "gateway/test_bad_inputs.py::test_a_bad_input_is_refused_before_any_provider"
WHOLE = ("gateway/hostile", "faults")
"""Folders of which each test is named."""
OF_ITSELF = {
    "faults/test_matrix.py": {"test_the_table_has_every_cell", "test_both_languages_say_the_same"},
}
"""Tests there of a page, which try nothing."""
TARGETS = re.compile(r"(?m)^([a-z-]+):")
KANA = re.compile(r"[ぁ-んァ-ヶ一-龥]")
ROWS = [row for section in sections() for row in section.rows]


@cache
def read(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Give the tests of a file, and the texts that stand in it: cases are named by such."""
    nodes = [*ast.walk(ast.parse(path.read_text("utf-8")))]
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    texts = {
        one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    return frozenset(one.name for one in nodes if isinstance(one, functions)), frozenset(texts)


def gone(name: str) -> bool:
    """Whether a test, or the case that is meant, is not there."""
    found = NAMED.fullmatch(name)
    if found is None or not (TESTS / found[1]).is_file():
        return True
    tests, texts = read(TESTS / found[1])
    return found[2] not in tests or not any(one.startswith(found[3] or "") for one in texts)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.en[0][:60])
def test_every_test_that_is_named_is_there(row: Row) -> None:
    """And each thing that is tried has one."""
    assert row.tests
    assert [name for name in row.tests if gone(name)] == []
    assert len(set(row.tests)) == len(row.tests)


def test_a_test_that_is_gone_is_found() -> None:
    """The one above can fail."""
    assert gone("gateway/test_path.py::test_nothing_of_the_kind")
    assert gone("gateway/test_nowhere.py::test_an_answer_passes_and_is_on_record")
    assert gone(f"{BAD}[99 ]")
    assert gone("gateway/test_path.py")


def test_no_bad_input_and_no_hostile_test_is_left_out() -> None:
    """What is added there is added here."""
    named = [NAMED.fullmatch(name) for row in ROWS for name in row.tests]
    known = {(found[1], found[2]) for found in named if found}
    cases = {found[3] for found in named if found and f"{found[1]}::{found[2]}" == BAD}
    unnamed = [
        (file, test)
        for folder in WHOLE
        for path in (TESTS / folder).glob("test_*.py")
        for file in [path.relative_to(TESTS).as_posix()]
        for test in read(path)[0] - OF_ITSELF.get(file, set())
        if test.startswith("test_") and (file, test) not in known
    ]

    assert [one for one in READ if not any(one.startswith(case) for case in cases)] == []
    assert unnamed == []


@pytest.mark.parametrize("command", sorted({one for row in ROWS for one in row.long}))
def test_every_command_can_be_given(command: str) -> None:
    """Its file is there and knows the word, its target stands in the Makefile."""
    first, *rest = command.split()
    if first == "make":
        assert {*rest} <= {*TARGETS.findall((ROOT / "Makefile").read_text("utf-8"))}
        return
    assert first == "python"
    module = rest[0] == "-m"
    path = ROOT / (f"{rest[1].replace('.', '/')}.py" if module else rest[0])
    text = path.read_text("utf-8")
    words = [one for one in rest[2 if module else 1 :] if not one.isdigit()]
    assert [one for one in words if one.lstrip("-") not in text] == []


def test_every_promise_that_can_be_run_is_named() -> None:
    """`make promises` runs none that no row leads to."""
    long = " ".join(one for row in ROWS for one in row.long)
    text = (ROOT / "bench" / "promises" / "all.py").read_text("utf-8")
    promises = re.findall(r'\("(\w+\.py)", "([\w-]+)"', text)

    assert len(promises) > 10
    assert [one for one in promises if f"{one[0]} {one[1]}" not in long] == []


def test_both_languages_say_something() -> None:
    """Each in its own words: a sentence that was copied is found before a reader finds it."""
    pairs = [(*section.title, *section.lead) for section in sections()]
    told = [one for en, ja, *lead in pairs for one in (ja, lead[1])]
    told += [one for row in ROWS for one in row.ja] + [row.open[1] for row in ROWS if row.open]

    assert [one for one in told if not KANA.search(one)] == []
    assert [one for row in ROWS for one in row.en if KANA.search(one)] == []
