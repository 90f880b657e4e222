"""The official Python clients as applications use them: blocking, with tools and schemas.

They run in threads of their own, unchanged but for address and key.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import anthropic
import openai
import pytest
from anthropic.types import ToolParam, ToolResultBlockParam, ToolUseBlockParam
from msgspec import Struct
from msgspec.structs import replace
from openai.types.chat import ChatCompletionFunctionToolParam
from pydantic import BaseModel

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.server import FakeProvider
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway import ground
from tests.gateway.apis import named
from tests.gateway.ground import Behaviour, Ground, plan_of, provider, standing, streams, target

pytestmark = pytest.mark.anyio
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
THEIRS: ChatCompletionFunctionToolParam = {
    "type": "function",
    "function": {"name": "weather", "description": "The weather", "parameters": SCHEMA},
}
OURS: ToolParam = {"name": "weather", "description": "The weather", "input_schema": SCHEMA}
BASES = {"openai": "/v1", "anthropic": "/v1", "gemini": "/v1beta", "bedrock": ""}
each_side = pytest.mark.parametrize("side", sorted(BASES))


class City(BaseModel):
    """What a structured answer holds."""

    city: str


class Here(Struct, frozen=True):
    """A gateway over one provider, and clients of both vendors."""

    ground: Ground
    theirs: openai.OpenAI
    ours: anthropic.Anthropic


Clients = tuple[openai.OpenAI, anthropic.Anthropic]


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    """One of each: what is dear is their reading of the system's certificates."""
    with (
        openai.OpenAI(api_key=ground.KEY) as theirs,
        anthropic.Anthropic(api_key=ground.KEY) as ours,
    ):
        yield theirs, ours


@asynccontextmanager
async def gateway_over(clients: Clients, side: str, behaviour: Behaviour) -> AsyncIterator[Here]:
    """Put it up."""
    async with AsyncExitStack() as stack:
        origin = await stack.enter_async_context(provider(behaviour))
        one = replace(target("t0", origin), dialect=side, base_path=BASES[side])
        here = await stack.enter_async_context(standing(plan_of((one,))))
        host, port = here.server.address
        address = f"http://{host}:{port}"
        theirs, ours = clients
        yield Here(
            here,
            theirs.with_options(base_url=f"{address}/v1"),
            ours.with_options(base_url=address),
        )


def fake(*script: Fault, then: Fault | None = None) -> FakeProvider:
    """A provider that follows a script."""
    plan = FaultPlan(script=script, then=then or Fault(kind=Wrong.NONE))
    return FakeProvider(plan, clock=asyncio.get_running_loop().time)


def saying(text: str) -> FakeProvider:
    """A provider that says this."""
    return fake(then=Fault(kind=Wrong.TEXT, text=text))


@each_side
async def test_blocking_clients_are_answered(clients: Clients, side: str) -> None:
    """Whole, by either client, over any provider."""

    def ask(here: Here) -> tuple[str | None, str]:
        chat = here.theirs.chat.completions.create(
            model="desk", messages=[{"role": "user", "content": "hello"}]
        )
        message = here.ours.messages.create(
            model="desk", max_tokens=99, messages=[{"role": "user", "content": "hello"}]
        )
        [block] = message.content
        assert block.type == "text"
        return chat.choices[0].message.content, block.text

    async with gateway_over(clients, side, saying("hello there")) as here:
        assert await asyncio.to_thread(ask, here) == ("hello there", "hello there")


@each_side
async def test_blocking_clients_read_streams(clients: Clients, side: str) -> None:
    """With the helpers that gather a stream."""

    def ask(here: Here) -> tuple[str | None, str]:
        with here.theirs.chat.completions.stream(
            model="desk", messages=[{"role": "user", "content": "hello"}]
        ) as chat:
            chat.until_done()
            found = chat.get_final_completion().choices[0].message.content
        with here.ours.messages.stream(
            model="desk", max_tokens=99, messages=[{"role": "user", "content": "hello"}]
        ) as message:
            return found, message.get_final_text()

    async with gateway_over(clients, side, saying("hello there")) as here:
        assert await asyncio.to_thread(ask, here) == ("hello there", "hello there")


@each_side
async def test_a_schema_is_kept(clients: Clients, side: str) -> None:
    """Said in the provider's words, and read into the client's type."""

    def ask(here: Here) -> City | None:
        got = here.theirs.chat.completions.parse(
            model="desk",
            messages=[{"role": "user", "content": "where?"}],
            response_format=City,
        )
        return got.choices[0].message.parsed

    bodies: list[bytes] = []
    told = saying('{"city": "Kyoto"}')

    async def noted(request: Request, reply: Reply) -> None:
        bodies.append(request.body)
        await told(request, reply)

    async with gateway_over(clients, side, noted) as here:
        assert await asyncio.to_thread(ask, here) == City(city="Kyoto")
    assert b"city" in bodies[0]
    assert b"additionalProperties" in bodies[0]


def chunk(**choice: object) -> bytes:
    """A piece of a chat, as the clients' helpers want it."""
    return ground.event(object="chat.completion.chunk", choices=[{"index": 0, **choice}])


CALLING = {
    "openai": (
        chunk(delta={"role": "assistant", "tool_calls": [
            {"index": 0, "id": "c1", "type": "function",
             "function": {"name": "weather", "arguments": ""}}]}),
        chunk(delta={"tool_calls": [{"index": 0, "function": {"arguments": '{"city": '}}]}),
        chunk(delta={"tool_calls": [{"index": 0, "function": {"arguments": '"Kyoto"}'}}]}),
        chunk(delta={}, finish_reason="tool_calls"),
        ground.TOLD, ground.DONE,
    ),
    "anthropic": (
        named("message_start", message={
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [],
            "stop_reason": None, "stop_sequence": None,
            "usage": {"input_tokens": 20, "output_tokens": 1}}),
        named("content_block_start", index=0, content_block={
            "type": "tool_use", "id": "c1", "name": "weather", "input": {}}),
        named("content_block_delta", index=0, delta={
            "type": "input_json_delta", "partial_json": '{"city": '}),
        named("content_block_delta", index=0, delta={
            "type": "input_json_delta", "partial_json": '"Kyoto"}'}),
        named("content_block_stop", index=0),
        named("message_delta", delta={"stop_reason": "tool_use", "stop_sequence": None},
              usage={"output_tokens": 5}),
        named("message_stop"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("side", sorted(CALLING))
async def test_a_tool_is_called_in_a_stream(clients: Clients, side: str) -> None:
    """Its arguments come in pieces, and are whole at either client."""

    def ask(here: Here) -> tuple[str, object]:
        with here.theirs.chat.completions.stream(
            model="desk", messages=[{"role": "user", "content": "weather?"}], tools=[THEIRS]
        ) as chat:
            chat.until_done()
            [choice] = chat.get_final_completion().choices
        with here.ours.messages.stream(
            model="desk",
            max_tokens=99,
            messages=[{"role": "user", "content": "weather?"}],
            tools=[OURS],
        ) as message:
            [block] = message.get_final_message().content
        assert block.type == "tool_use"
        [call] = choice.message.tool_calls or []
        return call.function.arguments, block.input

    async with gateway_over(clients, side, streams(*CALLING[side])) as here:
        got = await asyncio.to_thread(ask, here)

    assert got == ('{"city": "Kyoto"}', {"city": "Kyoto"})


@each_side
async def test_a_tools_result_is_said_back(clients: Clients, side: str) -> None:
    """The whole turn: a call, its result, and the answer."""

    def ask(here: Here) -> tuple[str | None, str]:
        chat = here.theirs.chat.completions.create(
            model="desk",
            tools=[THEIRS],
            messages=[
                {"role": "user", "content": "weather?"},
                {
                    "role": "assistant",
                    "tool_calls": [
                        {
                            "id": "c1",
                            "type": "function",
                            "function": {"name": "weather", "arguments": '{"city": "Kyoto"}'},
                        }
                    ],
                },
                {"role": "tool", "tool_call_id": "c1", "content": "sun"},
            ],
        )
        use = ToolUseBlockParam(type="tool_use", id="c1", name="weather", input={"city": "Kyoto"})
        result = ToolResultBlockParam(type="tool_result", tool_use_id="c1", content="sun")
        message = here.ours.messages.create(
            model="desk",
            max_tokens=99,
            tools=[OURS],
            messages=[
                {"role": "user", "content": "weather?"},
                {"role": "assistant", "content": [use]},
                {"role": "user", "content": [result]},
            ],
        )
        [block] = message.content
        assert block.type == "text"
        return chat.choices[0].message.content, block.text

    async with gateway_over(clients, side, saying("it is sunny")) as here:
        assert await asyncio.to_thread(ask, here) == ("it is sunny", "it is sunny")


@pytest.mark.parametrize(
    ("status", "theirs", "ours"),
    [
        (500, openai.InternalServerError, anthropic.InternalServerError),
        (401, openai.InternalServerError, anthropic.InternalServerError),
        (429, openai.RateLimitError, anthropic.RateLimitError),
    ],
)
async def test_clients_do_not_try_again_what_was_tried_enough(
    clients: Clients, status: int, theirs: type[Exception], ours: type[Exception]
) -> None:
    """The gateway has asked again and elsewhere already, and says so in `x-should-retry`."""

    def ask(here: Here) -> None:
        with pytest.raises(theirs):
            here.theirs.chat.completions.create(
                model="desk", messages=[{"role": "user", "content": "hello"}]
            )
        with pytest.raises(ours):
            here.ours.messages.create(
                model="desk", max_tokens=9, messages=[{"role": "user", "content": "hello"}]
            )

    broken = fake(then=Fault(kind=Wrong.STATUS, status=status))
    async with gateway_over(clients, "openai", broken) as here:
        await asyncio.to_thread(ask, here)
        records = here.ground.kept.exchanges

    assert len(records) == 2


async def test_a_stream_that_breaks_raises_in_the_client(clients: Clients) -> None:
    """Never a text that looks whole."""

    def ask(here: Here) -> list[str]:
        stream = here.theirs.chat.completions.create(
            model="desk", messages=[{"role": "user", "content": "hello"}], stream=True
        )
        heard: list[str] = []
        with pytest.raises(openai.APIError):
            heard.extend(one.delta.content or "" for piece in stream for one in piece.choices)
        with (
            pytest.raises(anthropic.APIError),
            here.ours.messages.stream(
                model="desk", max_tokens=9, messages=[{"role": "user", "content": "hello"}]
            ) as message,
        ):
            message.until_done()
        return heard

    cut = streams(ground.ROLE, ground.TEXT, cut=True)
    async with gateway_over(clients, "openai", cut) as here:
        assert await asyncio.to_thread(ask, here) == ["", "hello"]
