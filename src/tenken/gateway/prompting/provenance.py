"""Whose words stand where in what a prompt says: a guard looks at what the caller gave.

The template's words stay beside it as context (a number behind `My Number:` is one), but a match
that lies in them alone is not the user's.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from tenken.guardrails.screening import Part
from tenken.guardrails.text import Origin
from tenken.guardrails.view import Span
from tenken.prompts.render import Spoken


def marked(parts: tuple[Part, ...], said: tuple[Spoken, ...]) -> tuple[Part, ...]:
    """Give a request's texts with what the caller gave of the first ones, which a prompt says."""
    first = parts[: len(said)]
    if [part.text for part in first] != [one.text for one in said]:
        return parts  # then everything is looked at as its role's
    return (*map(_marked, first, said), *parts[len(said) :])


def _marked(part: Part, said: Spoken) -> Part:
    if part.origin is Origin.SYSTEM:
        return part
    return replace(part, given=tuple(_given(said)))


def _given(said: Spoken) -> Iterator[Span]:
    at = 0
    for piece in said.pieces:
        if piece.given:
            yield Span(at, at + len(piece.text))
        at += len(piece.text)
