"""What is to be said to a person, before a language is chosen.

Everything below the command line speaks in `Sentence`s: an id and its fields.
They become Japanese or English where they are shown, so evidence can be kept and re-read in either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Field = str | int | float
NO_FIELDS: Mapping[str, Field] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message id with its fields, such as `pipeline.neutralised` and `{"step": "bandit"}`."""

    id: str
    """`<topic>.<name>`; the texts are in `messages/<language>/<topic>.yaml`."""
    fields: Mapping[str, Field] = field(default=NO_FIELDS)


def say(id: str, /, **fields: Field) -> Sentence:  # noqa: A002 - positional only, reads as prose
    """Build a sentence: `say("pipeline.neutralised", step="bandit", how="|| true")`."""
    return Sentence(id, MappingProxyType(dict(fields)))
