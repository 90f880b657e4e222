"""JSON with places and hard bounds, whoever wrote the file.

A small reader of our own: the usual ones give no line numbers, and recurse as deep as the text
nests. Comments are not JSON; a trailing comma is forgiven, because monitoring exports have them.
"""

import json
from bisect import bisect_right

from msgspec import Struct

from tenken.config.node import Node, Scalar
from tenken.pattern import Pattern

MAX_BYTES = 2_000_000
MAX_DEPTH = 100
MAX_NODES = 200_000
LONGEST_NUMBER = 40

TOKEN = Pattern(
    r"[ \t\r\n]*(?:([{}\[\]:,])"
    r'|("(?:[^"\\\x00-\x1f]|\\.)*")'
    r"|(-?[0-9][0-9.eE+-]*)|(true|false|null))"
)
WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}


class JsonError(Struct, frozen=True):
    """Why a text is not JSON we can use; `reason` is a message id below `config.`."""

    line: int
    reason: str
    """`json_syntax`, `json_too_large`, `json_too_deep`, `json_too_many_values`."""


class _Refused(Exception):
    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at = at
        self.reason = reason


def read_json(text: str, *, first_line: int = 1) -> Node | JsonError:
    """Give the value of the text, or the first reason why not."""
    if len(text) > MAX_BYTES:
        return JsonError(0, "json_too_large")
    reader = _Reader(text, first_line)
    try:
        return reader.document()
    except _Refused as refused:
        return JsonError(reader.line(refused.at), refused.reason)


class _Reader:
    """Takes one token after another; nesting is on the stack of calls and bounded."""

    def __init__(self, text: str, first_line: int) -> None:
        self._text = text
        self._newlines = [at for at, character in enumerate(text) if character == "\n"]
        self._first_line = first_line
        self._tokens = TOKEN.finditer(text)
        self._at = 0
        self._made = 0

    def line(self, at: int) -> int:
        return bisect_right(self._newlines, at - 1) + self._first_line

    def document(self) -> Node:
        node = self._value(*self._next(), 0)
        if self._text[self._at :].strip():
            raise _Refused(self._at, "json_syntax")
        return node

    def _next(self) -> tuple[str, str, int]:
        """Give the kind, text and position of the next token; nothing may stand between."""
        match = next(self._tokens, None)
        if match is None or match.start() != self._at:
            raise _Refused(self._at, "json_syntax")
        self._at = match.end()
        group = match.lastindex or 0
        return " psnw"[group], match.group(group), match.start(group)

    def _value(self, kind: str, token: str, at: int, depth: int) -> Node:
        self._made += 1
        if depth > MAX_DEPTH:
            raise _Refused(at, "json_too_deep")
        if self._made > MAX_NODES:
            raise _Refused(at, "json_too_many_values")
        line = self.line(at)
        match kind, token:
            case "p", "{":
                return self._object(line, depth)
            case "p", "[":
                return self._array(line, depth)
            case "s", _:
                return Node(self._string(token, at), line)
            case "n", _:
                return Node(self._number(token, at), line)
            case "w", _:
                return Node(WORDS[token], line)
            case _:
                raise _Refused(at, "json_syntax")

    def _object(self, line: int, depth: int) -> Node:
        values: dict[str, Node] = {}
        lines: dict[str, int] = {}
        while True:
            kind, token, at = self._next()
            if (kind, token) == ("p", "}"):
                return Node(values, line, lines)
            if kind != "s":
                raise _Refused(at, "json_syntax")
            key = self._string(token, at)
            self._expect(":")
            values[key] = self._value(*self._next(), depth + 1)
            lines[key] = self.line(at)
            if self._ended("}"):
                return Node(values, line, lines)

    def _array(self, line: int, depth: int) -> Node:
        items: list[Node] = []
        while True:
            kind, token, at = self._next()
            if (kind, token) == ("p", "]"):
                return Node(tuple(items), line)
            items.append(self._value(kind, token, at, depth + 1))
            if self._ended("]"):
                return Node(tuple(items), line)

    def _expect(self, wanted: str) -> None:
        kind, token, at = self._next()
        if (kind, token) != ("p", wanted):
            raise _Refused(at, "json_syntax")

    def _ended(self, closing: str) -> bool:
        kind, token, at = self._next()
        if kind == "p" and token in {closing, ","}:
            return token == closing
        raise _Refused(at, "json_syntax")

    def _string(self, token: str, at: int) -> str:
        if "\\" not in token:
            return token[1:-1]
        try:
            # Half of a surrogate pair is no character: nothing later could write it out.
            return str(json.loads(token)).encode("utf-8", "replace").decode()
        except ValueError:
            raise _Refused(at, "json_syntax") from None

    def _number(self, token: str, at: int) -> int | float:
        try:
            if len(token) <= LONGEST_NUMBER:
                return int(token) if token.lstrip("-").isdigit() else float(token)
        except ValueError:
            pass
        raise _Refused(at, "json_syntax")
