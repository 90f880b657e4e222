"""The caller speaks Anthropic's messages, and the provider does not."""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Raw, Struct

from tenken.wire.asked import Asked
from tenken.wire.body import decode
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
    "cache_control", "inference_geo", "messages.cache_control", "messages.citations",
    "output_config.effort", "service_tier", "thinking", "tools.allowed_callers",
    "tools.cache_control", "tools.defer_loading", "tools.eager_input_streaming",
    "tools.input_examples",
)  # fmt: skip
"""They ask for nothing that would stand in the answer; thinking is up to the other model."""
UNSAYABLE = ("context_management", "output_format")
WITHIN = (
    "max_tokens (0)",
    "messages.content (documents)",
    "messages.content (images in results)",
    "messages.role (system)",
    "tools (server tools)",
)
"""What is refused of fields that are said on."""
NOTHING = frozenset({b"null", b"[]", b"{}"})
THOUGHTS = frozenset({"thinking", "redacted_thinking"})
"""Signed for the model that thought them; to another one they say nothing."""
NAMES = Names(
    stop="stop_sequences",
    json="output_config",
    parallel="tool_choice.disable_parallel_tool_use",
)


class _Source(Struct):
    type: str
    media_type: str = ""
    data: str = ""
    url: str = ""


class _Block(Struct):
    type: str
    text: str = ""
    id: str = ""
    name: str = ""
    input: Raw = Raw(b"{}")
    tool_use_id: str = ""
    content: "str | list[_Block] | None" = None
    is_error: bool = False
    source: _Source | None = None


class _Message(Struct):
    role: str
    content: str | list[_Block]


class _Tool(Struct):
    name: str
    type: str | None = None
    description: str | None = None
    input_schema: Raw = Raw(b"{}")
    strict: bool | None = None


class _Choice(Struct):
    type: str
    name: str = ""
    disable_parallel_tool_use: bool = False


class _Format(Struct):
    type: str
    schema: Raw = Raw(b"{}")


class _Config(Struct, forbid_unknown_fields=True):
    format: _Format | None = None
    effort: str | None = None


class _Metadata(Struct):
    user_id: str | None = None


class _Messages(Struct):
    messages: list[_Message]
    max_tokens: int
    system: str | list[_Block] | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop_sequences: list[str] | None = None
    tools: list[_Tool] | None = None
    tool_choice: _Choice | None = None
    metadata: _Metadata | None = None
    output_config: _Config | None = None


MODES: Final[Mapping[str, Choice]] = {
    "auto": Choice("auto"),
    "any": Choice("any"),
    "none": Choice("none"),
}
DECODER = msgspec.json.Decoder(_Messages)
FIELDS = msgspec.json.Decoder(dict[str, Raw])


def read(asked: Asked) -> Conversation:
    """Read messages that were found good; raises Refusal for what no other API has words for."""
    for name in asked.extra:
        raise cannot_say(name)
    fields = FIELDS.decode(asked.body)
    for name in UNSAYABLE:
        if name in fields and bytes(fields[name]) not in NOTHING:
            raise cannot_say(name)
    wanted = decode(DECODER, asked.body)
    if wanted.max_tokens == 0:
        raise cannot_say("max_tokens")  # fills the provider's cache and answers nothing
    form = wanted.output_config.format if wanted.output_config else None
    choice = wanted.tool_choice
    tools = tuple([_tool(tool, at) for at, tool in enumerate(wanted.tools or ())])
    return Conversation(
        system=tuple([one.text for one in _texts(wanted.system or "", "system")]),
        said=in_turns(_said(wanted.messages)),
        tools=tools,
        choice=chosen(_choice(choice), tools) if choice else None,
        parallel=False if choice and choice.disable_parallel_tool_use else None,
        output_max=wanted.max_tokens,
        temperature=wanted.temperature,
        top_p=wanted.top_p,
        top_k=wanted.top_k,
        stop=tuple(wanted.stop_sequences or ()),
        user=(wanted.metadata.user_id if wanted.metadata else None) or "",
        schema=form.schema if form else None,
        stream=asked.stream,
        names=NAMES,
    )


def _said(messages: list[_Message]) -> list[Said]:
    names: dict[str, str] = {}
    said: list[Said] = []
    for number, message in enumerate(messages):
        path = f"messages[{number}]"
        if isinstance(message.content, str):
            blocks: tuple[Block, ...] = (Text(message.content),) if message.content else ()
        else:
            blocks = _blocks(message.content, f"{path}.content", names)
        match message.role:
            case "user":
                said.append(Said("user", blocks))
            case "assistant":
                said.append(Said("assistant", blocks))
            case _:
                raise cannot_say(f"{path}.role")
    return said


def _blocks(blocks: list[_Block], path: str, names: dict[str, str]) -> tuple[Block, ...]:
    found: list[Block] = []
    for place, block in enumerate(blocks):
        at = f"{path}[{place}]"
        match block.type:
            case "text":
                found += [Text(block.text)] if block.text else []
            case "image" if block.source is not None:
                found.append(_image(block.source, at))
            case "tool_use":
                names[block.id] = block.name
                found.append(Call(block.id, block.name, block.input))
            case "tool_result":
                texts = _texts(block.content or "", f"{at}.content")
                text = "\n".join([one.text for one in texts])
                name = names.get(block.tool_use_id, "")
                found.append(Result(block.tool_use_id, name, text, block.is_error))
            case kind if kind in THOUGHTS:
                continue
            case _:
                raise cannot_say(f"{at}.type")
    return tuple(found)


def _image(source: _Source, path: str) -> Image:
    match source.type:
        case "base64":
            return Image(f"{path}.source", kind=source.media_type, data=source.data)
        case "url":
            return Image(f"{path}.source.url", url=source.url)
        case _:
            raise cannot_say(f"{path}.source.type")


def _texts(content: str | list[_Block], path: str) -> list[Text]:
    if isinstance(content, str):
        return [Text(content)] if content else []
    for place, block in enumerate(content):
        if block.type != "text":
            raise cannot_say(f"{path}[{place}].type")
    return [Text(block.text) for block in content if block.text]


def _tool(tool: _Tool, at: int) -> Tool:
    if tool.type not in {None, "custom"}:
        raise cannot_say(f"tools[{at}].type")
    return Tool(tool.name, tool.description, tool.input_schema, tool.strict)


def _choice(choice: _Choice) -> Choice:
    if choice.type == "tool":
        return Choice("one", choice.name)
    if choice.type not in MODES:
        raise cannot_say("tool_choice.type")
    return MODES[choice.type]
