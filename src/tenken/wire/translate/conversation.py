"""What a request says, in no API's words: between the reader of one and the writer of another."""

from typing import Literal

from msgspec import Raw, Struct

from tenken.wire.body import invalid
from tenken.wire.refusal import Refusal


class Text(Struct, frozen=True):
    """Words."""

    text: str


class Image(Struct, frozen=True):
    """An image: base64 of a kind, or an address."""

    path: str
    """The field of the request that holds it."""
    kind: str = ""
    data: str = ""
    url: str = ""


class Call(Struct, frozen=True):
    """The model has asked for a tool; the arguments are a JSON object."""

    id: str
    name: str
    arguments: Raw


class Result(Struct, frozen=True):
    """What a tool gave."""

    id: str
    name: str
    text: str
    failed: bool = False


Block = Text | Image | Call | Result


class Said(Struct, frozen=True):
    """What one side said at a time; the sides take turns."""

    role: Literal["user", "assistant"]
    blocks: tuple[Block, ...]


class Tool(Struct, frozen=True):
    """A tool that may be called."""

    name: str
    description: str | None = None
    schema: Raw = Raw(b'{"type":"object","properties":{}}')
    strict: bool | None = None


class Choice(Struct, frozen=True):
    """Whether a tool is to be called; a name is that of the only one."""

    mode: Literal["auto", "none", "any", "one"]
    name: str = ""


class Conversation(Struct, frozen=True, kw_only=True):
    """A request."""

    system: tuple[str, ...] = ()
    said: tuple[Said, ...]
    tools: tuple[Tool, ...] = ()
    choice: Choice | None = None
    parallel: bool | None = None
    """Whether several tools may be called at once."""
    output_max: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    presence: float | None = None
    frequency: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    user: str = ""
    schema: Raw | None = None
    """The answer is JSON of this schema."""
    json: bool = False
    """The answer is JSON."""
    stream: bool = False
    names: "Names"


class Names(Struct, frozen=True, kw_only=True):
    """How the caller's API names what not every provider has words for."""

    presence: str = "presence_penalty"
    frequency: str = "frequency_penalty"
    temperature: str = "temperature"
    stop: str = "stop"
    json: str = "response_format"
    choice: str = "tool_choice"
    top_k: str = "top_k"
    parallel: str = "parallel_tool_calls"


def chosen(choice: Choice | None, tools: tuple[Tool, ...]) -> Choice | None:
    """Leave out a choice that says nothing: without tools none is called anyway."""
    return None if choice and not tools and choice.mode in {"auto", "none"} else choice


def cannot_say(field: str) -> Refusal:
    """Give the refusal of a field that the provider's API has no words for."""
    return invalid("unsupported_parameter", field, "cannot_say", name=field)


def without_blanks(said: tuple[Said, ...]) -> tuple[Said, ...]:
    """Leave out turns of nothing but blanks, for providers that refuse them."""
    spoken = [one for one in said if not all(is_blank(block) for block in one.blocks)]
    return said if len(spoken) == len(said) else in_turns(spoken)


def is_blank(block: Block) -> bool:
    """Whether it is a text without a letter in it."""
    return isinstance(block, Text) and not block.text.strip()


def in_turns(said: list[Said]) -> tuple[Said, ...]:
    """Join what one side says several times in a row; whoever says nothing is left out."""
    joined: list[Said] = []
    for one in said:
        if not one.blocks:
            continue
        if joined and joined[-1].role == one.role:
            joined[-1] = Said(one.role, joined[-1].blocks + one.blocks)
        else:
            joined.append(one)
    return tuple(joined)
