"""Whether a document has the form that its schema describes: every breach in a person's words."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from jsonschema_rs import Draft202012Validator, ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

from tenken.config.values import NAME_PATTERN, URL_PATTERN
from tenken.sentence import Sentence, say

MAX_PROBLEMS = 100
LONGEST_VALUE = 200
FORMS: Mapping[str, str] = {
    NAME_PATTERN: "not_a_name",
    URL_PATTERN: "not_an_address",
}
"""A pattern of ours -> what it means to somebody who does not read patterns."""


Near = Callable[[str, Iterable[str]], str]
"""Gives the known name most like another one, or an empty text."""


class Breach(NamedTuple):
    """What is wrong, and where in the document."""

    path: tuple[str | int, ...]
    sentence: Sentence


def breaches(document: object, schema: dict[str, Any], near: Near) -> list[Breach]:
    """Give everything that is wrong, or the first of very much."""
    validator = Draft202012Validator(schema, validate_formats=True)
    found: list[Breach] = []
    for error in validator.iter_errors(document):
        found.extend(_told(error, schema, near))
        if len(found) >= MAX_PROBLEMS:
            break
    return found


def _told(error: ValidationError, schema: dict[str, Any], near: Near) -> Iterator[Breach]:
    path: tuple[str | int, ...] = tuple(error.instance_path)
    match error.kind:
        case Kind.AdditionalProperties(unexpected=names):
            known = _known_keys(schema, tuple(error.schema_path))
            for name in names:
                yield Breach((*path, name), _unknown_key(name, known, near(name, known)))
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
    yield Breach(path, sentence)


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


def _unknown_key(name: str, known: tuple[str, ...], close: str) -> Sentence:
    if close:
        return say("config.unknown_key_near", key=name, near=close)
    return say("config.unknown_key", key=name, known=", ".join(known))


def _known_keys(schema: dict[str, Any], path: tuple[str | int, ...]) -> tuple[str, ...]:
    here: Any = schema
    for part in path[:-1]:
        here = here[part]
    return tuple(here.get("properties", {}))
