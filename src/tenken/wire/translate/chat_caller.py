"""The caller speaks OpenAI's chat completions, and the provider does not."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from tenken.wire.asked import Asked
from tenken.wire.body import decode
from tenken.wire.dialect import BROKEN
from tenken.wire.translate.conversation import (
    Block,
    Call,
    Choice,
    Conversation,
    Image,
    Names,
    Result,
    Said,
    Text,
    Tool,
    cannot_say,
    chosen,
    in_turns,
)

LOST = (
    "image_url.detail", "messages.cache_control", "messages.name",
    "messages.reasoning_content", "metadata", "prompt_cache_key", "prompt_cache_options",
    "prompt_cache_retention", "reasoning_effort", "response_format.json_schema.name",
    "response_format.json_schema.description", "response_format.json_schema.strict",
    "safety_identifier", "service_tier", "verbosity",
)  # fmt: skip
"""They ask for nothing that would stand in the answer."""
UNSAYABLE = (
    "audio", "function_call", "functions", "logit_bias", "logprobs", "modalities", "moderation",
    "prediction", "store", "top_logprobs", "web_search_options",
)  # fmt: skip
WITHIN = (
    "messages.audio", "messages.content (audio, files)", "messages.content (images in results)",
    "messages.function_call", "messages.role (system, not at the beginning)",
    "messages.tool_calls.function.arguments (no object)", "response_format (no JSON)",
    "tool_choice (allowed_tools)", "tools (custom)",
)  # fmt: skip
"""What is refused of fields that are said on."""
NOTHING = frozenset({b"null", b"false", b"[]", b'["text"]', b"0"})
"""Values that ask for nothing; an empty object may ask for everything by default."""
NULL = b"null"
SCHEMA = "json_schema"
JPEG = "image/jpeg"
KINDS = {"image/jpg": JPEG, "image/pjpeg": JPEG}
"""Other names of a kind, which not every provider knows."""
NAMES = Names()


class _Function(Struct):
    name: str
    arguments: str = ""


class _Call(Struct):
    id: str
    function: _Function | None = None


class _Url(Struct):
    url: str


class _Part(Struct):
    type: str
    text: str = ""
    refusal: str = ""
    image_url: _Url | None = None


class _Message(Struct):
    role: str
    content: str | list[_Part] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str = ""
    refusal: str | None = None
    audio: Raw = Raw(NULL)
    function_call: Raw = Raw(NULL)


class _Schema(Struct):
    name: str
    description: str | None = None
    parameters: dict[str, Raw] | None = None
    strict: bool | None = None


class _Tool(Struct):
    type: str = "function"
    function: _Schema | None = None


class _Named(Struct):
    name: str


class _Choice(Struct):
    type: str
    function: _Named | None = None


class _JsonSchema(Struct):
    schema: Raw = Raw(b"{}")


class _Format(Struct):
    type: str
    json_schema: _JsonSchema | None = None


class _Chat(Struct):
    messages: list[_Message]
    stream: bool | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    n: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    user: str | None = None
    stop: str | list[str] | None = None
    tools: list[_Tool] | None = None
    tool_choice: str | _Choice | None = None
    parallel_tool_calls: bool | None = None
    response_format: _Format | None = None


DECODER = msgspec.json.Decoder(_Chat)
FIELDS = msgspec.json.Decoder(dict[str, Raw])
ARGUMENTS = msgspec.json.Decoder(dict[str, Raw])


def read(asked: Asked) -> Conversation:
    """Read a chat that was found good; raises Refusal for what no other API has words for."""
    chat = decode(DECODER, asked.body)
    _refuse(asked, chat)
    system, rest = _system(chat.messages)
    form = _form(chat.response_format)
    tools = tuple([_tool(tool, at) for at, tool in enumerate(chat.tools or ())])
    return Conversation(
        system=system,
        said=in_turns(_said(rest, begin=len(chat.messages) - len(rest))),
        tools=tools,
        choice=chosen(_choice(chat.tool_choice), tools),
        parallel=chat.parallel_tool_calls,
        output_max=chat.max_completion_tokens or chat.max_tokens,
        temperature=chat.temperature,
        top_p=chat.top_p,
        presence=chat.presence_penalty or None,
        frequency=chat.frequency_penalty or None,
        seed=chat.seed,
        stop=(chat.stop,) if isinstance(chat.stop, str) else tuple(chat.stop or ()),
        user=chat.user or "",
        schema=form.json_schema.schema if form.json_schema and form.type == SCHEMA else None,
        json=form.type == "json_object",
        stream=asked.stream,
        names=NAMES,
    )


def _refuse(asked: Asked, chat: _Chat) -> None:
    for name in asked.extra:
        raise cannot_say(name)
    if (chat.n or 1) > 1:
        raise cannot_say("n")
    fields = FIELDS.decode(asked.body)
    if bytes(fields.get("logit_bias", b"")) == b"{}":
        del fields["logit_bias"]
    for name in UNSAYABLE:
        if name in fields and bytes(fields[name]) not in NOTHING:
            raise cannot_say(name)


def _form(form: _Format | None) -> _Format:
    """Give the form of the answer; raises Refusal for one that is none of JSON."""
    match form:
        case None:
            return _Format("text")
        case (
            _Format(type="text" | "json_object")
            | _Format(type="json_schema", json_schema=_JsonSchema())
        ):
            return form
        case _:
            raise cannot_say("response_format.type")


def _system(messages: list[_Message]) -> "tuple[tuple[str, ...], list[_Message]]":
    """Part what the system says from the rest; it may only speak first."""
    begin = 0
    texts: list[str] = []
    while begin < len(messages) and messages[begin].role in {"system", "developer"}:
        blocks = _blocks(messages[begin], f"messages[{begin}]")
        texts += [block.text for block in blocks if isinstance(block, Text)]
        begin += 1
    return tuple(texts), messages[begin:]


def _said(messages: list[_Message], *, begin: int) -> list[Said]:
    names: dict[str, str] = {}
    said: list[Said] = []
    for number, message in enumerate(messages, begin):
        path = f"messages[{number}]"
        match message.role:
            case "user":
                said.append(Said("user", _blocks(message, path)))
            case "assistant":
                calls = _calls(message, path)
                names |= {call.id: call.name for call in calls}
                said.append(Said("assistant", (*_blocks(message, path), *calls)))
            case "tool":
                said.append(Said("user", (_result(message, path, names),)))
            case _:
                raise cannot_say(f"{path}.role")
    return said


def _blocks(message: _Message, path: str) -> tuple[Block, ...]:
    if message.content is None:
        return (Text(message.refusal),) if message.refusal else ()
    if isinstance(message.content, str):
        return (Text(message.content),) if message.content else ()
    found: list[Block] = []
    for place, part in enumerate(message.content):
        at = f"{path}.content[{place}]"
        if part.type in {"text", "refusal"}:
            found += [Text(part.text or part.refusal)] if part.text or part.refusal else []
        elif part.image_url is not None and message.role == "user":
            found.append(_image(part.image_url.url, f"{at}.image_url.url"))
        else:
            raise cannot_say(f"{at}.type")
    return tuple(found)


def _image(url: str, path: str) -> Image:
    if url[:5].lower() != "data:":
        return Image(path, url=url)
    head, _, data = url[5:].partition(",")
    kind = head.partition(";")[0].lower()
    return Image(path, kind=KINDS.get(kind, kind), data=data)


def _calls(message: _Message, path: str) -> tuple[Call, ...]:
    for name, value in (("audio", message.audio), ("function_call", message.function_call)):
        if bytes(value) != NULL:
            raise cannot_say(f"{path}.{name}")
    found: list[Call] = []
    for place, call in enumerate(message.tool_calls or ()):
        at = f"{path}.tool_calls[{place}]"
        if call.function is None:
            raise cannot_say(f"{at}.type")
        arguments = call.function.arguments.strip() or "{}"
        try:
            ARGUMENTS.decode(arguments)
        except BROKEN as error:
            raise cannot_say(f"{at}.function.arguments") from error
        found.append(Call(call.id, call.function.name, Raw(arguments.encode())))
    return tuple(found)


def _result(message: _Message, path: str, names: dict[str, str]) -> Result:
    texts = [block.text for block in _blocks(message, path) if isinstance(block, Text)]
    id_ = message.tool_call_id
    return Result(id_, names.get(id_, ""), "\n".join(texts))


def _tool(tool: _Tool, at: int) -> Tool:
    function = tool.function
    if function is None:
        raise cannot_say(f"tools[{at}].type")
    schema: dict[str, Any] = {"type": "object", "properties": {}, **(function.parameters or {})}
    written = Raw(msgspec.json.encode(schema))
    return Tool(function.name, function.description, written, function.strict)


def _choice(choice: str | _Choice | None) -> Choice | None:
    match choice:
        case None:
            return None
        case "auto" | "none":
            return Choice(choice)
        case "required":
            return Choice("any")
        case _Choice(type="function", function=_Named(name=name)):
            return Choice("one", name)
        case _:
            raise cannot_say("tool_choice")
