"""Bodies of requests that a prompt speaks first in, in each API's own words.

Whatever a caller gives stays as it is, in its place behind; what only the file may say is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from tenken.prompts.prompt import Prompt
from tenken.prompts.render import Spoken
from tenken.prompts.shape import Kind, Shape, schema_of
from tenken.prompts.template import Role
from tenken.sentence import say
from tenken.wire.api import Api
from tenken.wire.refusal import Refusal, Refused

Fields = dict[str, Any]
"""A body's fields; those of the caller are `Raw`."""
SYSTEM = frozenset({"system", "developer"})
RAWS = msgspec.json.Decoder(list[Raw])
NOTHING = frozenset({b"null", b"[]", b'""'})


class _Turn(Struct):
    role: str = ""


ROLES = msgspec.json.Decoder(list[_Turn])


class Form(Struct, frozen=True, kw_only=True):
    """How an API is told what a prompt says."""

    turns: str
    """The field in which turns stand."""
    system: str = ""
    """The field of the system's words, where it has one of its own."""
    output_max: tuple[str, ...]
    """Names of the bound on an answer; the first is written."""
    answer: Callable[[Prompt, Shape], Fields]
    """Gives the field that asks for an answer in JSON."""
    answers: tuple[str, ...]
    """Fields, or fields within them, by which a caller would ask for it."""
    needed: Mapping[str, int] = {}
    """What a body must have beside its turns."""
    own_field: bool = False
    """It has a field `prompt`, whose variables are taken too."""

    def alone(self, fields: Fields, prompt: Prompt) -> Fields:
        """Give a request of nothing but the turns that a caller adds."""
        if bytes(fields.get(self.turns, b"null")).strip() in NOTHING:
            return {}
        return {"model": prompt.model, self.turns: fields[self.turns], **self.needed}

    def check(self, fields: Fields, prompt: Prompt) -> None:
        """Refuse what only the file says."""
        for number, role in enumerate(_roles(fields.get(self.turns))):
            if role in SYSTEM:
                raise decided(f"{self.turns}[{number}].role")
        if self.system and bytes(fields.get(self.system, b"null")) != b"null":
            raise decided(self.system)
        stated = prompt.parameters
        for name, value in (("temperature", stated.temperature), ("top_p", stated.top_p)):
            given = fields.get(name)
            if value is not None and given is not None and _other(given, value):
                raise decided(name)
        if prompt.answer is not None:
            for path in self.answers:
                if _there(fields, path):
                    raise decided(path)

    def body(self, fields: Fields, prompt: Prompt, said: tuple[Spoken, ...]) -> Fields:
        """Give the whole body."""
        made = {**fields, "model": prompt.model}
        turns = said
        if self.system and said and said[0].role is Role.SYSTEM:
            made[self.system], turns = said[0].text, said[1:]
        made[self.turns] = [*_turns(turns), *_added(fields.get(self.turns))]
        stated = prompt.parameters
        if stated.temperature is not None:
            made["temperature"] = stated.temperature
        if stated.top_p is not None:
            made["top_p"] = stated.top_p
        if stated.output_max is not None:
            self._bound(made, stated.output_max)
        if prompt.answer is not None:
            for name, value in self.answer(prompt, prompt.answer).items():
                held = fields.get(name, b"null")
                rest = msgspec.json.decode(held) or {}
                made[name] = {**rest, **value} if isinstance(rest, dict) else held
        return made

    def _bound(self, made: Fields, most: int) -> None:
        """A caller may ask for less, not for more."""
        given = [name for name in self.output_max if bytes(made.get(name, b"null")) != b"null"]
        if not given:
            made[self.output_max[0]] = most
        for name in given:
            asked = msgspec.json.decode(made[name])
            if isinstance(asked, int) and asked > most:
                made[name] = most


def decided(param: str) -> Refusal:
    """Give the refusal of what the file decides."""
    return Refusal(
        Refused(
            status=400,
            code="prompt_decides",
            param=param,
            sentence=say("gateway.prompt_decides", name=param),
        )
    )


def _turns(said: Iterable[Spoken]) -> list[Fields]:
    return [{"role": one.role.value, "content": one.text} for one in said]


def _added(turns: Raw | None) -> list[Any]:
    """Give the caller's own turns; a text alone is the user's."""
    if turns is None or bytes(turns).strip() in NOTHING:
        return []
    if bytes(turns)[:1] == b'"':
        return [{"role": "user", "content": turns}]
    try:
        return list(RAWS.decode(turns))
    except msgspec.ValidationError:
        return []  # it was refused before, by who reads what the caller wrote


def _roles(turns: Raw | None) -> list[str]:
    """Give who speaks in turns that a caller adds; none where they cannot be read."""
    try:
        return [one.role for one in ROLES.decode(turns if turns is not None else b"[]")]
    except (msgspec.DecodeError, RecursionError):
        return []


def _other(given: Raw, value: float) -> bool:
    number = msgspec.json.decode(given)
    return number is not None and number != value


def _there(fields: Fields, path: str) -> bool:
    name, _, within = path.partition(".")
    value = msgspec.json.decode(fields.get(name, b"null"))
    if within:
        value = value.get(within) if isinstance(value, dict) else None
    return value is not None


def _strict(shape: Shape) -> bool:
    """Whether OpenAI takes a schema as one that is held exactly: nothing may be left out."""
    inner = (*shape.fields.values(), *((shape.items,) if shape.items else ()))
    if shape.kind is Kind.ANY or (shape.kind is Kind.ARRAY and shape.items is None):
        return False
    if shape.kind is Kind.OBJECT and not (shape.closed and shape.required == shape.fields.keys()):
        return False
    return all(_strict(one) for one in inner)


def _named(prompt: Prompt, shape: Shape) -> Fields:
    return {"name": prompt.name, "schema": schema_of(shape), "strict": _strict(shape)}


def _of_chat(prompt: Prompt, shape: Shape) -> Fields:
    named = {"type": "json_schema", "json_schema": _named(prompt, shape)}
    return {"response_format": named}


def _of_responses(prompt: Prompt, shape: Shape) -> Fields:
    return {"text": {"format": {"type": "json_schema", **_named(prompt, shape)}}}


def _of_messages(_prompt: Prompt, shape: Shape) -> Fields:
    return {"output_config": {"format": {"type": "json_schema", "schema": schema_of(shape)}}}


FORMS: Mapping[Api, Form] = {
    Api.CHAT: Form(
        turns="messages",
        output_max=("max_completion_tokens", "max_tokens"),
        answer=_of_chat,
        answers=("response_format",),
    ),
    Api.RESPONSES: Form(
        turns="input",
        system="instructions",
        output_max=("max_output_tokens",),
        answer=_of_responses,
        answers=("text.format",),
        own_field=True,
    ),
    Api.MESSAGES: Form(
        turns="messages",
        system="system",
        output_max=("max_tokens",),
        needed={"max_tokens": 1},
        answer=_of_messages,
        answers=("output_config.format", "output_format"),
    ),
}
"""Embeddings have nobody who speaks."""
