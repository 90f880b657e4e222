"""Tools in a chat: their schemas are objects, and every result answers a call that was made."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from tenken.wire.body import invalid

OBJECT = b'"object"'
CODE = "invalid_tool_call"


class Function(Struct):
    """A function that a model may call."""

    name: str
    parameters: dict[str, Raw] | UnsetType | None = UNSET


class Tool(Struct):
    """A tool; those of other kinds than functions pass through unread."""

    type: str = "function"
    function: Function | UnsetType = UNSET


TOOL = msgspec.json.Decoder(Tool)


class Call(Protocol):
    """A call of a tool."""

    @property
    def id(self) -> str: ...


class Turning(Protocol):
    """A message that may hold calls, or answer one."""

    @property
    def role(self) -> str: ...
    @property
    def tool_calls(self) -> Sequence[Call] | UnsetType | None: ...
    @property
    def tool_call_id(self) -> str | None: ...


def check_schemas(tools: Iterable[Raw]) -> None:
    """Raise Refusal for the first tool whose parameters are no schema of an object."""
    for number, raw in enumerate(tools):
        try:
            tool = TOOL.decode(raw)
        except msgspec.ValidationError as error:
            why, _, where = str(error).partition(" - at `$")
            path = f"tools[{number}]{where.rstrip('`')}"
            raise invalid(CODE, path, "invalid_value", name=path, why=why[:200]) from error
        if not isinstance(tool.function, Function):
            continue
        kind = (tool.function.parameters or {}).get("type")
        if kind is not None and bytes(kind) != OBJECT:
            path = f"tools[{number}].function.parameters.type"
            raise invalid(CODE, path, "no_object_schema", name=path)


def check_calls(messages: Iterable[Turning]) -> None:
    """Raise Refusal for a call whose id is there twice, or a result without its call."""
    called: set[str] = set()
    for number, message in enumerate(messages):
        if message.tool_calls:
            called |= _ids(message.tool_calls, f"messages[{number}].tool_calls")
        if message.role == "tool":
            path = f"messages[{number}].tool_call_id"
            if message.tool_call_id is None:
                raise invalid(CODE, path, "missing_parameter", name=path)
            if message.tool_call_id not in called:
                raise invalid(CODE, path, "no_such_call", id=message.tool_call_id[:64])


def _ids(calls: Sequence[Call], path: str) -> set[str]:
    # Some models count their calls anew in every turn, so only one message's ids must differ.
    ids: set[str] = set()
    for place, call in enumerate(calls):
        if call.id in ids:
            raise invalid(CODE, f"{path}[{place}].id", "call_twice", id=call.id[:64])
        ids.add(call.id)
    return ids


class OwnTool(Struct):
    """A tool of Anthropic's messages; tools of the provider's own have a type and no schema."""

    name: str
    type: str | None = None
    input_schema: dict[str, Raw] | UnsetType = UNSET


OWN_TOOL = msgspec.json.Decoder(OwnTool)


class Part(Protocol):
    """A part of a message that may be a call, or the result of one."""

    @property
    def type(self) -> str: ...
    @property
    def id(self) -> str | UnsetType: ...
    @property
    def tool_use_id(self) -> str | UnsetType: ...


def check_inputs(tools: Iterable[Raw]) -> None:
    """Raise Refusal for the first tool whose input is no schema of an object."""
    for number, raw in enumerate(tools):
        try:
            tool = OWN_TOOL.decode(raw)
        except msgspec.ValidationError as error:
            why, _, where = str(error).partition(" - at `$")
            path = f"tools[{number}]{where.rstrip('`')}"
            raise invalid(CODE, path, "invalid_value", name=path, why=why[:200]) from error
        path = f"tools[{number}].input_schema"
        if tool.input_schema is UNSET:
            if tool.type in {None, "custom"}:
                raise invalid(CODE, path, "missing_parameter", name=path)
            continue
        kind = tool.input_schema.get("type")
        if kind is None or bytes(kind) != OBJECT:
            raise invalid(CODE, f"{path}.type", "no_object_schema", name=f"{path}.type")


def check_uses(contents: Iterable[str | Sequence[Part]]) -> None:
    """Raise Refusal for a use whose id is there twice, or a result without its use."""
    used: set[str] = set()
    for number, content in enumerate(contents):
        if isinstance(content, str):
            continue
        here: set[str] = set()
        for place, part in enumerate(content):
            path = f"messages[{number}].content[{place}]"
            if part.type == "tool_use" and isinstance(part.id, str):
                if part.id in here:
                    raise invalid(CODE, f"{path}.id", "call_twice", id=part.id[:64])
                here.add(part.id)
            elif part.type == "tool_result" and part.tool_use_id not in used:
                name = part.tool_use_id if isinstance(part.tool_use_id, str) else "-"
                raise invalid(CODE, f"{path}.tool_use_id", "no_such_call", id=name[:64])
        used |= here
