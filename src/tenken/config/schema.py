"""Holds a document against a JSON Schema: every problem with its line and how to mend it."""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

from tenken.config.node import Node
from tenken.config.values import NAME_PATTERN, URL_PATTERN
from tenken.config.yaml import YamlError, read_yaml
from tenken.errors import Malformed, Problem
from tenken.place import Place
from tenken.sentence import Sentence, say

MAX_PROBLEMS = 100
LONGEST_VALUE = 200
FORMS: Mapping[str, str] = {
    NAME_PATTERN: "not_a_name",
    URL_PATTERN: "not_an_address",
}
"""A pattern of ours -> what it means to somebody who does not read patterns."""
Schema = dict[str, Any]
Path = tuple[str | int, ...]


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
    validator = Draft202012Validator(schema, validate_formats=True)
    problems: list[Problem] = []
    for error in validator.iter_errors(document.plain):
        problems.extend(_told(error, document, schema, file))
        if len(problems) >= MAX_PROBLEMS:
            break
    return tuple(sorted(set(problems), key=lambda problem: (problem.place, problem.key)))


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


def _told(error: ValidationError, document: Node, schema: Schema, file: str) -> Iterator[Problem]:
    path: Path = tuple(error.instance_path)
    match error.kind:
        case Kind.AdditionalProperties(unexpected=names):
            known = _known_keys(schema, tuple(error.schema_path))
            for name in names:
                place = line_at(document, (*path, name))
                yield _problem(file, place, dotted((*path, name)), _unknown_key(name, known))
            return
        case Kind.Required(property=name):
            path, sentence = (*path, name), say("config.missing_key", key=name)
        case Kind.Enum(options=options):
            allowed = ", ".join(str(option) for option in options)
            sentence = say("config.not_allowed", value=_brief(error.instance), allowed=allowed)
        case Kind.Constant(expected_value=only):
            sentence = say("config.not_allowed", value=_brief(error.instance), allowed=str(only))
        case Kind.Type(types=types):
            wanted = ", ".join(f"wording.type_{type_}" for type_ in types)
            sentence = say("config.wrong_type", value=_brief(error.instance), wanted=wanted)
        case Kind.Format():
            # The only format of our schemas is `date`.
            sentence = say("config.no_date", value=_brief(error.instance))
        case _:
            sentence = _out_of_bounds(error)
    yield _problem(file, line_at(document, path), dotted(path), sentence)


def _out_of_bounds(error: ValidationError) -> Sentence:
    value = _brief(error.instance)
    match error.kind:
        case Kind.Pattern(pattern=pattern) if pattern in FORMS:
            return say(f"config.{FORMS[pattern]}", value=value)
        case Kind.Pattern(pattern=pattern):
            return say("config.other_form", value=value, pattern=pattern)
        case Kind.Minimum(limit=limit):
            return say("config.at_least", value=value, limit=f"{limit:g}")
        case Kind.Maximum(limit=limit):
            return say("config.at_most", value=value, limit=f"{limit:g}")
        case Kind.ExclusiveMinimum(limit=limit):
            return say("config.more_than", value=value, limit=f"{limit:g}")
        case Kind.ExclusiveMaximum(limit=limit):
            return say("config.less_than", value=value, limit=f"{limit:g}")
        case Kind.MinLength() | Kind.MinItems():
            return say("config.says_nothing")
        case Kind.MaxLength(limit=limit) | Kind.MaxItems(limit=limit):
            return say("config.too_long", limit=limit)
        case _:
            return say("config.invalid", detail=error.message[:LONGEST_VALUE])


def _brief(value: object) -> str:
    """The value as the file writes it: `null` and `["a"]`, not `None` and `['a']`."""
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown[:LONGEST_VALUE]


def _unknown_key(name: str, known: tuple[str, ...]) -> Sentence:
    close = nearest(name, known)
    if close:
        return say("config.unknown_key_near", key=name, near=close)
    return say("config.unknown_key", key=name, known=", ".join(known))


def _known_keys(schema: Schema, path: Path) -> tuple[str, ...]:
    here: Any = schema
    for part in path[:-1]:
        here = here[part]
    return tuple(here.get("properties", {}))


def _yaml_problem(error: YamlError, file: str) -> Problem:
    return _problem(file, error.line, "", say(f"config.{error.reason}", detail=error.detail))


def _problem(file: str, line: int, key: str, sentence: Sentence) -> Problem:
    return Problem(place=Place(file, line), key=key, sentence=sentence)
