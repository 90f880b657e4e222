"""A request that names a prompt: which one, what it is filled with, and what its caller may add.

    {"model": "prompt:reply@production",
     "prompt_variables": {"question": "..."},
     "messages": [{"role": "user", "content": "..."}]}

The file says what the system says; a caller gives values and, if it wants, the turns that follow.
On responses, OpenAI's own field takes the values too: `"prompt": {"id": ..., "variables": {}}`.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from tenken.gateway.prompting.bodies import FORMS, Form
from tenken.pattern import Pattern
from tenken.prompts.library import Library, Unknown
from tenken.prompts.prompt import Prompt
from tenken.prompts.render import Spoken, TooLong
from tenken.sentence import Sentence, say
from tenken.wire.api import Api
from tenken.wire.asked import BodyLimits
from tenken.wire.body import said_once, sound, strict
from tenken.wire.refusal import Refusal, Refused

SCHEME = "prompt:"
MARK = b'"prompt:'
"""Without it in a body there is nothing to do here."""
VARIABLES = "prompt_variables"
NAMED = Pattern(r"prompt:([a-z0-9][a-z0-9_-]{0,62})@([a-z0-9][a-z0-9_-]{0,63})")
FIELDS = msgspec.json.Decoder(dict[str, Raw])
Fields = dict[str, Any]


class Prompted(Struct, frozen=True, kw_only=True):
    """A prompt that was filled in."""

    prompt: Prompt
    said: tuple[Spoken, ...]
    """What stands first in the body."""
    body: bytes
    """In the words of the API."""
    own: bytes
    """The turns that a caller adds, as a request without a prompt; empty where it adds none."""


class _Given(Struct, frozen=True):
    """Values, and the field in which they came."""

    values: Mapping[str, Any]
    path: str


def prompted(body: bytes, *, api: Api, library: Library, limits: BodyLimits) -> Prompted | None:
    """Fill in the prompt that a body names; None where it names none. Raises Refusal."""
    form = FORMS.get(api)
    if form is None:
        return None
    sound(body, limits=limits)
    try:
        fields: Fields = dict(FIELDS.decode(body))
        model = msgspec.json.decode(fields.get("model", b"null"), type=str)
    except (msgspec.DecodeError, RecursionError):
        return None  # what is wrong with it is told by who reads all of it
    if not model.startswith(SCHEME):
        return None
    if not said_once(body, FIELDS):
        strict(body)
    prompt = _named(model, library)
    given = _given(fields, form, prompt)
    form.check(fields, prompt)
    said = _filled(prompt, given)
    own = form.alone(fields, prompt)
    if not (said or own):
        raise refused("invalid_value", given.path, say("gateway.prompt_says_nothing"))
    return Prompted(
        prompt=prompt,
        said=said,
        body=msgspec.json.encode(form.body(fields, prompt, said)),
        own=msgspec.json.encode(own) if own else b"",
    )


def refused(code: str, param: str, sentence: Sentence) -> Refusal:
    """Give a 400."""
    return Refusal(Refused(status=400, code=code, param=param, sentence=sentence))


def _named(model: str, library: Library) -> Prompt:
    found = NAMED.fullmatch(model)
    if found is None:
        raise refused("invalid_value", "model", say("gateway.prompt_form"))
    try:
        return library.find(found[1], found[2])
    except Unknown as unknown:
        raise Refusal(
            Refused(
                status=404,
                code="prompt_not_found",
                kind="not_found_error",
                param="model",
                sentence=unknown.sentence,
            )
        ) from unknown


def _given(fields: Fields, form: Form, prompt: Prompt) -> _Given:
    """Take the values out of the fields."""
    own, theirs = fields.pop(VARIABLES, None), _own_field(fields, form, prompt)
    if own is not None and theirs is not None:
        raise refused("invalid_value", VARIABLES, say("gateway.prompt_twice", name=VARIABLES))
    path = VARIABLES if theirs is None else "prompt.variables"
    raw = bytes(own if own is not None else theirs if theirs is not None else b"{}")
    if raw[:1] != b"{":
        sentence = say("prompts.wrong_kind", name=path, wanted="object")
        raise refused("invalid_type", path, sentence)
    strict(raw)
    return _Given(msgspec.json.decode(raw), path)


def _own_field(fields: Fields, form: Form, prompt: Prompt) -> Raw | None:
    """Give the values in the API's own field, where it has one and they are there."""
    if not form.own_field or "prompt" not in fields:
        return None
    try:
        stated: Fields = dict(FIELDS.decode(fields.pop("prompt")))
    except msgspec.ValidationError as error:
        sentence = say("prompts.wrong_kind", name="prompt", wanted="object")
        raise refused("invalid_type", "prompt", sentence) from error
    name: object = msgspec.json.decode(stated.pop("id", b"null"))
    if not isinstance(name, str | None):
        sentence = say("prompts.wrong_kind", name="prompt.id", wanted="string")
        raise refused("invalid_type", "prompt.id", sentence)
    if name not in {None, prompt.name}:
        raise refused("invalid_value", "prompt.id", say("gateway.prompt_other", name="prompt.id"))
    variables: Raw | None = stated.pop("variables", None)
    for unknown in stated:
        path = f"prompt.{unknown[:64]}"
        sentence = say("gateway.unknown_parameter", name=path)
        raise refused("unknown_parameter", path, sentence)
    return None if variables is not None and bytes(variables) == b"null" else variables


def _filled(prompt: Prompt, given: _Given) -> tuple[Spoken, ...]:
    for wrong in prompt.wrong(given.values, given.path):
        raise refused(wrong.code, wrong.path, wrong.sentence)
    try:
        return prompt.rendered(given.values)
    except TooLong as error:
        sentence = say("gateway.prompt_too_long", name=given.path)
        raise refused("string_above_max_length", given.path, sentence) from error
