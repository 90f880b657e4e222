"""Whether an answer keeps the agreed schema: as a whole, and as far as a stream has come."""

from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema_rs
import msgspec

from tenken.guardrails.match import Match
from tenken.guardrails.output.structure import RISK, Fault, Structure

MOST = 20
"""More problems of one answer tell nothing more."""
KINDS = frozenset(("object", "array", "string", "number", "boolean", "null"))

Schema = dict[str, Any]
"""As JSON gives it: the door to a validator of others."""


def structure(schema: Schema) -> Structure:
    """Give what follows a stream: the types of the top-level keys, and which must come."""
    if schema.get("type") != "object":
        return Structure()
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    required = schema.get("required")
    return Structure(
        types={str(key): _types(value) for key, value in known.items()},
        required=frozenset(map(str, required)) if isinstance(required, Sequence) else frozenset(),
        closed=schema.get("additionalProperties") is False and "patternProperties" not in schema,
    )


def _types(schema: object) -> frozenset[str]:
    """Everything, where the schema says it in another way than by `type`."""
    given = schema.get("type") if isinstance(schema, Mapping) else None
    names = {given} if isinstance(given, str) else set(given) if isinstance(given, list) else KINDS
    return frozenset("number" if name == "integer" else str(name) for name in names)


def problems(answer: str, schema: Schema) -> list[Match]:
    """Give a match for every problem of a whole answer.

    >>> [match.rule for match in problems('{"total": "3"}', {"required": ["sum"]})]
    ['schema.required']
    """
    try:
        value = msgspec.json.decode(answer)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return [_match("schema.not_json", answer)]
    validator = jsonschema_rs.validator_for(
        schema, retriever=_fetched, pattern_options=jsonschema_rs.RegexOptions()
    )
    found = [
        _match(f"schema.{error.kind.name}", answer)
        for error, _ in zip(validator.iter_errors(value), range(MOST), strict=False)
    ]
    return list(dict.fromkeys(found))


def _fetched(uri: str) -> Schema:
    """Fetch nothing: a schema comes with a request, and so would an address."""
    raise ValueError(uri)


def match_of(fault: Fault, length: int) -> Match:
    """Give the match of a fault in a stream of which so many characters have come."""
    start = min(fault.at, max(0, length - 1))
    return Match(risk=RISK, rule=f"schema.{fault.reason}", score=1.0, start=start, end=start + 1)


def _match(rule: str, answer: str) -> Match:
    return Match(risk=RISK, rule=rule.lower(), score=1.0, start=0, end=max(1, len(answer)))
