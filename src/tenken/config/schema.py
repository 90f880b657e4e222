"""Holds a document against a JSON Schema: every problem with its line and how to mend it."""

import difflib
from collections.abc import Iterable
from typing import Any

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.errors import Malformed, Problem
from tenken.place import Place
from tenken.sentence import Sentence, say

Schema = dict[str, Any]


def parse_all(text: str, *, file: str) -> tuple[Node, ...]:
    """Read all documents of a YAML file; raises Malformed where it is none."""
    read = read_yaml(text)
    if isinstance(read, YamlError):
        raise Malformed((_yaml_problem(read, file),))
    return read


def parse(text: str, *, file: str) -> Node:
    """Read one YAML document; raises Malformed where it is none."""
    read = parse_all(text, file=file)
    if not read:
        raise Malformed((_problem(file, 0, "", say("config.empty")),))
    if len(read) > 1:
        raise Malformed((_problem(file, 0, "", say("config.one_document", count=len(read))),))
    return read[0]


def validate(document: Node, schema: Schema, *, file: str) -> tuple[Problem, ...]:
    """Give every problem of the document, in the order of its lines."""
    # Most inspections have no document of ours to read: what validates is loaded for one.
    from tenken.config.form import breaches  # noqa: PLC0415

    problems = {
        _problem(file, line_at(document, path), dotted(path), sentence)
        for path, sentence in breaches(document.plain, schema, nearest)
    }
    return tuple(sorted(problems, key=lambda problem: (problem.place, problem.key)))


def line_at(document: Node, path: Iterable[str | int]) -> int:
    """The line of the value at a path, or of the nearest thing above it."""
    node, line = document, document.line
    for part in path:
        if isinstance(part, int):
            node = node.items[part] if part < len(node.items) else Node(None)
            line = node.line or line
        else:
            line = node.line_of(part) or line
            node = node.at(part)
    return line


def dotted(path: Iterable[str | int]) -> str:
    """`("slos", 0, "target")` as `slos[0].target`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).lstrip(".")


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one, or an empty text."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)), "")


def _yaml_problem(error: YamlError, file: str) -> Problem:
    return _problem(file, error.line, "", say(f"config.{error.reason}", detail=error.detail))


def _problem(file: str, line: int, key: str, sentence: Sentence) -> Problem:
    return Problem(place=Place(file, line), key=key, sentence=sentence)
