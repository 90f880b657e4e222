"""Python text to a syntax tree, with bounds: nothing is ever executed or imported.

The compiler of the running interpreter reads the text. Code that is newer than it is told in older
words first; what still cannot be read (or is broken) goes to tree-sitter, which only tells which
names are called, so that such a file is *not visible* instead of silently absent.
"""

import ast
import warnings
from functools import cache

import tree_sitter
import tree_sitter_python
from msgspec import Struct

from tenken.readiness.collectors.nesting import longest_line, too_deep_at
from tenken.readiness.collectors.python.newer import older

MAX_BYTES = 1_000_000
MAX_BRACKETS = 150
"""The compiler itself gives up at 200; a chain of unary operators is caught by its own stack."""
LONGEST_LINE = 200_000

GRAMMAR = tree_sitter.Language(tree_sitter_python.language())
CALLED = "(call function: (_) @name)"
MAX_CALLS = 5_000
MAX_DEPTH = 300


class NoTree(Struct, frozen=True):
    """Why there is no syntax tree: `newer_syntax`, `syntax_error`, `too_deep` or `too_large`."""

    reason: str
    line: int = 0


class CalledName(Struct, frozen=True):
    """A call that tree-sitter found in a text the compiler refused."""

    name: str
    """As written, such as `client.chat.completions.create`."""
    line: int


def parse(text: str) -> ast.Module | NoTree:
    """Give the syntax tree, or the reason why there is none."""
    if len(text) > MAX_BYTES or (len(text) > LONGEST_LINE < longest_line(text)):
        return NoTree("too_large")
    if (line := too_deep_at(text, MAX_BRACKETS)) is not None:
        return NoTree("too_deep", line)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return _newer(text) or NoTree(_kind_of_error(text), error.lineno or 0)
    except ValueError:  # null bytes
        return NoTree("syntax_error")
    except (RecursionError, MemoryError):
        return NoTree("too_deep")


def _newer(text: str) -> ast.Module | None:
    """The tree of a text that is newer than the compiler, told in older words."""
    source = text.encode("utf-8", "surrogatepass")
    root = tree_sitter.Parser(GRAMMAR).parse(source).root_node
    told = None if root.has_error else older(root, source)
    if told is None or told.count("\n") != text.count("\n"):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(told)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def called_names(text: str) -> tuple[CalledName, ...]:
    """Give the calls of a text that does not compile, as far as a tolerant parser sees them."""
    if (
        len(text) > MAX_BYTES
        or longest_line(text) > LONGEST_LINE
        or too_deep_at(text, MAX_BRACKETS)
    ):
        return ()
    source = text.encode("utf-8", "surrogatepass")
    tree = tree_sitter.Parser(GRAMMAR).parse(source)
    cursor = tree_sitter.QueryCursor(_calls())
    cursor.set_max_start_depth(MAX_DEPTH)
    captured = cursor.captures(tree.root_node).get("name", [])
    found = sorted(captured, key=lambda node: node.start_byte)  # they come in any order
    return tuple(
        CalledName((node.text or b"").decode("utf-8", "replace"), node.start_point.row + 1)
        for node in found[:MAX_CALLS]
    )


@cache  # made for the first text that does not compile: it takes as long as reading a module
def _calls() -> tree_sitter.Query:
    return tree_sitter.Query(GRAMMAR, CALLED)


def _kind_of_error(text: str) -> str:
    """Text that a newer grammar accepts is newer; text that none accepts is broken."""
    tree = tree_sitter.Parser(GRAMMAR).parse(text.encode("utf-8", "surrogatepass"))
    return "syntax_error" if tree.root_node.has_error else "newer_syntax"
