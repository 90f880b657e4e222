"""Requests of Anthropic's messages.

Source of the fields: Anthropic's API reference and the types of its Python client 2.8, read
2026-11. Left out are the fields that name something outside of the request (`container`,
`mcp_servers`) and those that change the price: an operator may let them through.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Annotated, Any, Literal

import msgspec
import re2
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from tenken.wire import picture
from tenken.wire.api import Api
from tenken.wire.asked import COUNT_MAX, Asked, BodyLimits, Header, Turn
from tenken.wire.body import decode, huge_numbers, invalid, said_once, sound, strict
from tenken.wire.picture import Picture
from tenken.wire.requests.passing import taken_out
from tenken.wire.requests.tooling import check_inputs, check_uses

Some = Raw | UnsetType
Objects = list[dict[str, Raw]]
VERSION = b"2023-06-01"
DATE = re2.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}")
BETAS = frozenset({
    "computer-use-2025-01-24", "computer-use-2025-11-24", "context-management-2025-06-27",
    "effort-2025-11-24", "extended-cache-ttl-2025-04-11", "fine-grained-tool-streaming-2025-05-14",
    "interleaved-thinking-2025-05-14", "model-context-window-exceeded-2025-08-26",
    "output-128k-2025-02-19", "output-300k-2026-03-24", "pdfs-2024-09-25",
    "prompt-caching-2024-07-31", "structured-outputs-2025-11-13", "task-budgets-2026-03-13",
    "thinking-token-count-2026-05-13", "token-efficient-tools-2025-02-19",
})  # fmt: skip
"""They change how an answer is written: not what it costs a token, nor what is kept or fetched."""


class Source(Struct):
    """Where an image comes from."""

    type: str
    data: str | UnsetType = UNSET
    url: str | UnsetType = UNSET


class Block(Struct):
    """A part of a message, as far as it is looked at."""

    type: str
    text: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    tool_use_id: str | UnsetType = UNSET
    source: Source | UnsetType | None = UNSET


class Message(Struct):
    """A message."""

    role: Literal["user", "assistant", "system"]
    content: str | list[Block]


class Metadata(Struct):
    """Whose request it is."""

    user_id: str | None = None


class Messages(Struct, forbid_unknown_fields=True):
    """All fields that a request may have; those of type `Raw` pass through unread."""

    model: str
    messages: Annotated[list[Message], Meta(min_length=1)]
    max_tokens: Annotated[int, Meta(ge=0, le=COUNT_MAX)]
    stream: bool | None = None
    system: str | list[Block] | None = None
    metadata: Metadata | None = None
    temperature: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_k: Annotated[int, Meta(ge=0, le=COUNT_MAX)] | None = None
    tools: list[Raw] | None = None
    cache_control: Some = UNSET
    context_management: Some = UNSET
    inference_geo: Some = UNSET
    output_config: Some = UNSET
    output_format: Some = UNSET
    service_tier: Some = UNSET
    stop_sequences: Some = UNSET
    thinking: Some = UNSET
    tool_choice: Some = UNSET


KNOWN = frozenset(Messages.__struct_fields__)
UNREAD = tuple(field.name for field in msgspec.structs.fields(Messages) if field.type == Some)
unread = attrgetter(*UNREAD)
NONE_PASSED = (UNSET,) * len(UNREAD)
DECODER = msgspec.json.Decoder(Messages)
SHAPE: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(
    msgspec.defstruct(
        "Shape",
        [(name, Some, UNSET) for name in sorted(KNOWN - {"messages", "metadata"})]
        + [("messages", Objects, []), ("metadata", dict[str, Raw] | UnsetType | None, UNSET)],
    )
)
"""Keeps every value as it stands; for `said_once`."""
BLOCKS: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(Objects)
SOURCE: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(dict[str, Raw] | None)
RESULT = msgspec.json.Decoder(str | list[Block] | None)


def read(
    body: bytes,
    *,
    limits: BodyLimits,
    headers: Iterable[Header] = (),
    pass_through: frozenset[str] = frozenset(),
) -> Asked:
    """Read a body and the API's own headers; raises Refusal.

    `pass_through` names fields and betas beyond those known here that may stand.
    """
    sound(body, limits=limits)
    taken = taken_out(body, pass_through - KNOWN)
    own = taken.body
    wanted = decode(DECODER, own)
    if not said_once(own, SHAPE):
        strict(body)
    _check_counts(wanted, limits)
    if wanted.tools or any(isinstance(one.content, list) for one in wanted.messages):
        _check_blocks(wanted, own, limits)
    passed = unread(wanted)
    if passed != NONE_PASSED and huge_numbers([raw for raw in passed if raw is not UNSET]):
        strict(body)
    turns = [Turn(one.role, _texts(one.content)) for one in wanted.messages]
    if wanted.system:
        turns.insert(0, Turn("system", _texts(wanted.system)))
    return Asked(
        api=Api.MESSAGES,
        model=wanted.model,
        body=body,
        stream=wanted.stream is True,
        output_max=wanted.max_tokens,
        user=(wanted.metadata.user_id if wanted.metadata else None) or "",
        turns=tuple(turns),
        tools=bool(wanted.tools),
        extra=taken.extra,
        headers=spoken(headers, allowed=pass_through),
    )


def spoken(headers: Iterable[Header], *, allowed: frozenset[str]) -> tuple[Header, ...]:
    """Give the API's own headers that go on to a provider; raises Refusal for a beta unknown."""
    version, betas = VERSION, list[str]()
    for name, value in headers:
        if name == b"anthropic-version":
            version = value.strip()
        elif name == b"anthropic-beta":
            betas += [one.strip() for one in value.decode("latin-1").split(",") if one.strip()]
    if DATE.fullmatch(version) is None:
        at = "anthropic-version"
        raise invalid("invalid_value", at, "invalid_value", name=at, why="Expected a date")
    for beta in betas:
        if beta not in BETAS and beta not in allowed:
            raise invalid("unknown_beta", "anthropic-beta", "unknown_beta", name=beta[:64])
    found = ((b"anthropic-version", version),)
    return (*found, (b"anthropic-beta", ",".join(betas).encode())) if betas else found


def _texts(content: str | list[Block]) -> tuple[str, ...]:
    if isinstance(content, str):
        return (content,)
    return tuple([block.text for block in content if isinstance(block.text, str)])


def _check_counts(wanted: Messages, limits: BodyLimits) -> None:
    if len(wanted.messages) > limits.messages_max:
        raise invalid("invalid_value", "messages", "too_many", most=limits.messages_max)
    if len(wanted.tools or ()) > limits.tools_max:
        raise invalid("invalid_value", "tools", "too_many", most=limits.tools_max)


def _check_blocks(wanted: Messages, body: bytes, limits: BodyLimits) -> None:
    contents = [raw["content"] for raw in SHAPE.decode(body).messages]
    if not all(_said_once_within(raw) for raw in contents):
        strict(body)
    lists = [raw for raw in contents if bytes(raw)[:1] == b"["]
    if huge_numbers((*lists, *(wanted.tools or ()))):
        strict(body)
    check_inputs(wanted.tools or ())
    check_uses(one.content for one in wanted.messages)
    pictures = list[Picture]()
    for number, raw in enumerate(contents):
        pictures += _pictures(raw, f"messages[{number}].content")
    picture.check(pictures, limits=limits)


def _said_once_within(raw: Raw) -> bool:
    """Whether no name stands twice in blocks, nor in what is looked at within them."""
    if bytes(raw)[:1] != b"[":
        return True
    if not said_once(bytes(raw), BLOCKS):
        return False
    for block in BLOCKS.decode(raw):
        source = block.get("source")
        if source is not None and not said_once(bytes(source), SOURCE):
            return False
        if "content" in block and not _said_once_within(block["content"]):
            return False
    return True


def _pictures(raw: Raw, path: str) -> Iterator[Picture]:
    """Find images, also within the results of tools."""
    content = RESULT.decode(raw)
    if not isinstance(content, list):
        return
    raws = BLOCKS.decode(raw)
    for place, block in enumerate(content):
        at = f"{path}[{place}]"
        if block.type == "tool_result" and "content" in raws[place]:
            yield from _pictures(raws[place]["content"], f"{at}.content")
        if block.type not in {"image", "document"} or not isinstance(block.source, Source):
            continue
        source = block.source
        if source.type == "url" and isinstance(source.url, str):
            yield Picture(f"{at}.source.url", source.url)
        elif source.type == "base64" and isinstance(source.data, str):
            picture.check_base64(source.data, f"{at}.source.data")
