"""Values of variables as they are written on a command line."""

from collections.abc import Iterable

import msgspec

from tenken.errors import UsageError
from tenken.prompts.prompt import Prompt
from tenken.prompts.shape import Json, Kind


def values_of(prompt: Prompt, given: Iterable[str]) -> dict[str, Json]:
    """Read `name=value`s: a text as it stands, anything else as JSON; raises UsageError."""
    found: dict[str, Json] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise UsageError("prompts.bad_var", given=one[:64])
        shape = prompt.variables.fields.get(name)
        found[name] = value
        if shape is not None and shape.kind is not Kind.STRING:
            try:
                found[name] = msgspec.json.decode(value)
            except (msgspec.DecodeError, RecursionError) as error:
                raise UsageError("prompts.bad_json", name=name) from error
    return found
