"""Hostile and broken Python ends as a reason, quickly, never as a crash."""

import ast
import time

import pytest

from tenken.readiness.collectors.python.parse import NoTree, called_names, parse

HOSTILE = [
    pytest.param("(" * 100_000, "too_deep", id="brackets"),
    pytest.param("[" * 100_000 + "]" * 100_000, "too_deep", id="lists"),
    pytest.param("-" * 100_000 + "1", "too_deep", id="unary"),
    pytest.param("a" + ".b" * 90_000, "too_deep", id="attributes"),
    pytest.param("1" + "+1" * 90_000, "too_deep", id="sum"),
    pytest.param("lambda: " * 10_000 + "1", "too_deep", id="lambdas"),
    pytest.param("if a:\n pass\n" + "elif b:\n pass\n" * 20_000, "too_deep", id="elif"),
    pytest.param("x = '" + "a" * 10_000_000 + "'", "too_large", id="one-line"),
    pytest.param("def f(:\n", "syntax_error", id="broken"),
    pytest.param("f(\0)", "syntax_error", id="null"),
]


@pytest.mark.parametrize(("text", "reason"), HOSTILE)
def test_hostile_text_is_refused(text: str, reason: str) -> None:
    """Depth and length are bounded before the compiler sees them."""
    started = time.perf_counter()

    found = parse(text)

    assert isinstance(found, NoTree)
    assert found.reason == reason
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(("text", "_"), HOSTILE)
def test_names_of_hostile_text_are_bounded(text: str, _: str) -> None:
    """The tolerant parser does not fall where the compiler stood."""
    assert len(called_names(text)) <= 5_000


def test_calls_are_seen_in_code_that_does_not_compile() -> None:
    """A file that is too new still tells what it calls."""
    assert [
        (one.name, one.line) for one in called_names("type X = int\nclient.chat.create()\n")
    ] == [("client.chat.create", 2)]


def test_strings_with_bad_escapes_are_read_without_warning() -> None:
    """Warnings of a stranger's code are not ours."""
    assert not isinstance(parse("x = '\\d'\nassert (1, 'always')\n"), NoTree)


NEWER = '''type Names[T] = list[T]
def told[T: str](rows: T) -> str:
    head = f"{"#" * 3} {rows!r:>10} {{kept}}"
    body = (f"{f'{head}\\n\\n' if head else ''}{clean(rows)}"
            "tail" f'{head}')
    wide = f"""{rows["x"]}
    {
        head  # why
    } end"""
    return send(f"{wide.replace('\\n', ' ')}", told=1)
class Box[T](Base): size = 3
'''


def test_newer_python_is_read_by_an_older_compiler() -> None:
    """Strings inside strings, aliases and type parameters; every call keeps its line."""
    tree = parse(NEWER)

    assert isinstance(tree, ast.Module)
    calls = {
        (one.func.id, one.lineno)
        for one in ast.walk(tree)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
    }
    assert calls == {("clean", 4), ("send", 10)}
    texts = {one.value for one in ast.walk(tree) if isinstance(one, ast.Constant)}
    assert {"tail", "\\n"} & texts
    assert [one.name for one in tree.body if isinstance(one, ast.ClassDef)] == ["Box"]


def test_what_no_grammar_reads_stays_unread() -> None:
    """Telling a text in older words never makes broken code whole."""
    broken = parse(NEWER + "def (:\n")
    deep = parse("x = " + 'f"{"#" + ' * 400 + "1" + '}"' * 400)

    assert isinstance(broken, NoTree)
    assert isinstance(deep, NoTree)
