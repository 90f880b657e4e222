"""YAML with places, YAML 1.2 scalars and hard bounds, whoever wrote the file.

PyYAML's C parser gives events; they are composed here so that every value keeps its line, `no`
and `on` stay words, and an alias bomb or a bottomless nest ends as an error, not as a full memory.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from tenken.config.node import Node, Scalar
from tenken.pattern import Pattern
from tenken.remembered import remembered

MAX_BYTES = 2_000_000
MAX_DEPTH = 100
MAX_NODES = 200_000

INTEGER = Pattern(r"[-+]?[0-9]+")
OCTAL_OR_HEX = Pattern(r"0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = Pattern(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
HALVES = Pattern(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
WORDS: Mapping[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
LONGEST_NUMBER = 40
SAID: Mapping[str, str] = {
    "did not find expected ',' or ']'": "yaml_open_list",
    "did not find expected ',' or '}'": "yaml_open_mapping",
    "did not find expected node content": "yaml_open_list",
    "found unexpected end of stream": "yaml_open_quote",
    "found unexpected document indicator": "yaml_open_quote",
    "did not find expected key": "yaml_indentation",
    "did not find expected '-' indicator": "yaml_indentation",
    "block sequence entries are not allowed in this context": "yaml_indentation",
    "did not find expected <document start>": "yaml_indentation",
    "could not find expected ':'": "yaml_no_colon",
    "mapping values are not allowed in this context": "yaml_stray_colon",
    "found character that cannot start any token": "yaml_character",
    "found a tab character that violates indentation": "yaml_character",
    "found a tab character where an indentation space is expected": "yaml_character",
}
"""What the parser says, of its own workings -> our sentence, which says how to mend it."""
NOT_UTF_8 = "\N{REPLACEMENT CHARACTER}"
"""What stands in a text where its file was not UTF-8."""


class YamlError(Struct, frozen=True):
    """Why a text is not YAML we can use; `reason` is a message id below `config.`."""

    line: int
    reason: str
    """`yaml_` and: `too_large`, `too_deep`, `too_many_values`, `duplicate_key`, `not_text`, one of
    those of `SAID`, or `syntax`."""
    detail: str = ""


class _Refused(Exception):
    def __init__(self, error: YamlError) -> None:
        super().__init__(error.reason)
        self.error = error


@remembered
def read_yaml(text: str) -> tuple[Node, ...] | YamlError:
    """Give every document of the text, or the first reason why not."""
    if len(text) > MAX_BYTES:
        return YamlError(0, "yaml_too_large", str(MAX_BYTES))
    try:
        return tuple(_Composer(text).documents())
    except _Refused as refused:
        return refused.error
    except yaml.MarkedYAMLError as error:
        mended = _whole_characters(text)
        if mended != text:
            return read_yaml(mended)
        mark = error.problem_mark or error.context_mark
        return _not_yaml(text, mark.line + 1 if mark else 0, error.problem or "")
    except (yaml.YAMLError, UnicodeEncodeError):
        return YamlError(0, "yaml_not_text")
    except RecursionError as error:
        return YamlError(0, "yaml_syntax", type(error).__name__)


def _whole_characters(text: str) -> str:
    """JSON writes what lies beyond 16 bits as two escapes; YAML knows no halves of a character."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    return HALVES.sub(lambda found: str(msgspec.json.decode(f'"{found[0]}"')), text)


def _not_yaml(text: str, line: int, said: str) -> YamlError:
    """Bytes that are no UTF-8 swallow the quote or bracket after them: then that is the reason."""
    before, unread, _ = text.partition(NOT_UTF_8)
    if unread:
        return YamlError(before.count("\n") + 1, "yaml_not_text")
    return YamlError(line, SAID.get(said, "yaml_syntax"), said)


class _Composer:
    """Composes events into nodes, counting what it makes.

    Events are `Any`: the stubs of PyYAML leave out anchors, tags and marks.
    """

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[int, int] = {}
        self._made = 0

    def documents(self) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors = {}
                yield self._node(next(self._events), 0)

    def _node(self, event: Any, depth: int) -> Node:
        line = event.start_mark.line + 1
        self._count(1, line)
        if depth > MAX_DEPTH:
            raise _Refused(YamlError(line, "yaml_too_deep", str(MAX_DEPTH)))
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, line)
        before = self._made
        node = self._composed(event, line, depth)
        if event.anchor:
            self._anchors[event.anchor] = node
            self._sizes[id(node)] = self._made - before
        return node

    def _composed(self, event: Any, line: int, depth: int) -> Node:
        tag = event.tag if event.tag and not event.tag.startswith("tag:yaml.org") else ""
        if isinstance(event, yaml.ScalarEvent):
            return Node(scalar(event.value, plain=event.implicit[0]), line, {}, tag)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(tuple(self._sequence(depth)), line, {}, tag)
        return self._mapping(line, depth, tag)

    def _alias(self, event: Any, line: int) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            raise _Refused(YamlError(line, "yaml_syntax", f"*{event.anchor}"))
        # The shared node is cheap, but what walks it pays for each copy: count it in full.
        self._count(self._sizes[id(node)], line)
        return node

    def _count(self, nodes: int, line: int) -> None:
        self._made += nodes
        if self._made > MAX_NODES:
            raise _Refused(YamlError(line, "yaml_too_many_values", str(MAX_NODES)))

    def _sequence(self, depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event, depth + 1)

    def _mapping(self, line: int, depth: int, tag: str) -> Node:
        values: dict[str, Node] = {}
        lines: dict[str, int] = {}
        merged: dict[str, Node] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key_node = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            key = key_node.text
            if key == "<<":
                merged.update(_merged(value))
                continue
            if key in values:
                raise _Refused(YamlError(key_node.line, "yaml_duplicate_key", key))
            values[key] = value
            lines[key] = key_node.line
        return Node({**merged, **values}, line, lines, tag)


def _merged(value: Node) -> dict[str, Node]:
    """The entries a `<<` brings; of several, the first wins, as the merge key says."""
    merged: dict[str, Node] = {}
    for source in reversed(value.items or (value,)):
        merged.update(source.mapping)
    return merged


def scalar(text: str, *, plain: bool) -> Scalar:
    """Resolve a scalar by the YAML 1.2 core schema: `no` and `on` are words, `012` is 12."""
    if not plain:
        return text
    if text in WORDS:
        return WORDS[text]
    if len(text) > LONGEST_NUMBER or text[0] not in "+-.0123456789":
        return text
    if INTEGER.fullmatch(text):
        return int(text)
    if OCTAL_OR_HEX.fullmatch(text):
        return int(text, 0)
    if FLOAT.fullmatch(text):
        return float(text)
    return text
