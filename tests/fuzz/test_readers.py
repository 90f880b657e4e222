"""Whatever a repository holds, a reader gives an answer: no exception, no hang, no flood.

In `make test` each property is tried a bounded number of times; `make fuzz` tries for longer.
"""

import ast
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.config.yaml import YamlError, read_yaml
from tenken.messages.speech import clean
from tenken.readiness.collectors.infrastructure.hcl import read_hcl
from tenken.readiness.collectors.pipeline.commands.status import Options, commands_of
from tenken.readiness.collectors.pipeline.runners.ini import read_ini
from tenken.readiness.collectors.python import parse as python

Reader = Callable[[str], object]
LONGEST_CPU_S = 6.0  # what is not linear takes minutes
DEEP = 100_000


def read_shell(text: str) -> object:
    """Read as a script that a pipeline runs."""
    return commands_of(text, Options(errexit=True))


def read_python(text: str) -> object:
    """Read a module, as text that can be compared."""
    tree = python.parse(text)
    return ast.dump(tree) if isinstance(tree, ast.Module) else tree


READERS: dict[str, tuple[Reader, tuple[str, ...]]] = {
    "yaml": (
        read_yaml,
        ("- ", "  ", "a: ", "&a ", "*a", "<<: ", "[", "]", "{", "}", "'", '"', "|\n", ">", "? ",
         "!!python/object:os.system ", "!x ", "---\n", "...\n", "# ", "%YAML 1.1\n", "~", "0x1f",
         "1e999", "on", "\t", "\x00", "\ud800", "\u2028"),
    ),
    "hcl": (
        read_hcl,
        ('resource "a" "b" ', "{", "}", "x = ", "[", "]", "(", ")", "${", '"', "<<EOT\n", "EOT\n",
         "for ", " in ", "? ", ": ", "# ", "/*", "*/", "\\", "%{if ", "1e9", "\x00", "\ud800"),
    ),
    "python": (
        read_python,
        ("def f():", "  ", "(", ")", "[", "]", "{", "}", 'f"{', '"', "'''", "\\", ":", "match x:",
         "case ", "lambda ", "await ", "import ", "from . import ", "@", ":=", "*", "->",
         "type X =", "\x00", "\x0c", "\ud800", "1e999"),
    ),
    "python that does not compile": (
        python.called_names,
        ("f(", ")", "a.", "b", "[", "]", "def ", ":", "  ", '"', "'''", "\\", "\x00", "\ud800"),
    ),
    "shell": (
        read_shell,
        ("if ", "then ", "else ", "fi", "for x in ", "do ", "done", "case ", "esac", ";;", "{ ",
         "}", "(", ")", "$(", "`", "||", "&&", "|", ";", "&", "!", "true", "false", "set -e ",
         "set +e ", "cd ", "trap ", "true; ", "<<EOF\n", "EOF\n", "'", '"', "\\", "${x:-", "#",
         "\x00"),
    ),
    "ini": (read_ini, ("[", "]", "a", "=", ":", "#", ";", "\\", "  ", "\x00", "\x85")),
}  # fmt: skip

EACH_READER = pytest.mark.parametrize(
    ("reader", "tokens"), [pytest.param(*entry, id=name) for name, entry in READERS.items()]
)


def scripts(tokens: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Draw texts that look like the language often enough to get past its first line."""
    pieces = st.sampled_from((*tokens, "\n", " ")) | st.text(max_size=5)
    return st.lists(pieces, max_size=40).map("".join)


@EACH_READER
@given(data=st.data())
def test_any_text_gives_an_answer(
    reader: Reader, tokens: tuple[str, ...], data: st.DataObject
) -> None:
    """A reader never raises, and gives the same answer again."""
    text = data.draw(scripts(tokens))

    assert repr(reader(text)) == repr(reader(text))


@EACH_READER
def test_depth_ends(reader: Reader, tokens: tuple[str, ...]) -> None:
    """A hundred thousand openings, of each kind, end as an answer."""
    # A shell line is longer than its depth: it is read whole where other readers stop.
    deep = DEEP // 10 if reader is read_shell else DEEP
    for token in tokens:
        _within_time(reader, token * deep)


@EACH_READER
@pytest.mark.parametrize("piece", ["a", " ", "\\", "'", "\x00", "点"])
def test_one_line_of_ten_megabytes_ends(
    reader: Reader, tokens: tuple[str, ...], piece: str
) -> None:
    """A line as long as a file ends as an answer."""
    del tokens
    _within_time(reader, piece * 10_000_000)


def test_an_alias_bomb_is_refused() -> None:
    """Twenty lines that would expand to gigabytes cost nothing."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]

    answer = _within_time(read_yaml, "\n".join(lines))

    assert isinstance(answer, YamlError)


@given(st.text(max_size=200))
def test_nothing_invisible_reaches_a_terminal(text: str) -> None:
    """Escape sequences, bidirectional marks and line ends become visible text."""
    assert all(char.isprintable() or char == "\u3000" for char in clean(text))


def _within_time(reader: Reader, text: str) -> object:
    start = time.process_time()
    answer = reader(text)
    took = time.process_time() - start

    assert took < LONGEST_CPU_S, f"{text[:20]!r} times {len(text)}: {took:.1f} s"
    return answer
