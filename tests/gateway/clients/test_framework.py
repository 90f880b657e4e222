"""A framework for agents (Pydantic AI), unchanged but for address and key, against the gateway.

Its agent asks the model, calls the tools that the model wants, and reads a typed result.
"""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from msgspec import Struct
from msgspec.structs import replace
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent, ModelHTTPError
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider

from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway import ground
from tests.gateway.clients.test_clients import STREAMS
from tests.gateway.clients.test_clients_at_work import saying
from tests.gateway.ground import Behaviour, Ground, fails, plan_of, provider, standing, target
from tests.wire.translate import golden

pytestmark = pytest.mark.anyio


class City(BaseModel):
    """What is wanted."""

    city: str


class Here(Struct, frozen=True):
    """A gateway, and models of the framework that ask it."""

    ground: Ground
    chat: Model
    responses: Model


@asynccontextmanager
async def gateway_over(behaviour: Behaviour, side: str = "openai") -> AsyncIterator[Here]:
    """A gateway over one provider."""
    async with AsyncExitStack() as stack:
        origin = await stack.enter_async_context(provider(behaviour))
        one = replace(target("t0", origin), dialect=side, base_path="/v1")
        here = await stack.enter_async_context(standing(plan_of((one,))))
        host, port = here.server.address
        client = AsyncOpenAI(base_url=f"http://{host}:{port}/v1", api_key=ground.KEY)
        known = OpenAIProvider(openai_client=await stack.enter_async_context(client))
        yield Here(
            here,
            OpenAIChatModel("desk", provider=known),
            OpenAIResponsesModel("desk", provider=known),
        )


def calls(name: str, arguments: dict[str, str]) -> Behaviour:
    """A provider that wants this tool called first, and then says what it was told."""

    async def behaviour(request: Request, reply: Reply) -> None:
        last = json.loads(request.body)["messages"][-1]
        called = last["role"] == "tool"
        message: dict[str, object] = {"role": "assistant", "content": f"it is {last['content']}"}
        if not called:
            function = {"name": name, "arguments": json.dumps(arguments)}
            call = {"id": "c1", "type": "function", "function": function}
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
        choice = {
            "index": 0,
            "message": message,
            "finish_reason": "stop" if called else "tool_calls",
        }
        told = {"object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        body = golden.body({**ground.ANSWER, **told})
        reply.send(200, ((b"content-type", b"application/json"),), body)

    return behaviour


async def test_an_agent_is_answered() -> None:
    """By chats and by responses; the tokens are counted."""
    async with gateway_over(saying("hello there")) as here:
        chat = await Agent(here.chat).run("hello")
        response = await Agent(here.responses).run("hello")

    assert (chat.output, response.output) == ("hello there", "hello there")
    assert chat.usage.output_tokens > 0


async def test_an_agent_s_tool_is_called() -> None:
    """Asked, called, told, answered: two requests of one run."""

    def weather(city: str) -> str:
        return f"sunny in {city}"

    async with gateway_over(calls("weather", {"city": "Kyoto"})) as here:
        got = await Agent(here.chat, tools=[weather]).run("weather?")

    assert got.output == "it is sunny in Kyoto"
    assert len(here.ground.kept.exchanges) == 2


async def test_an_agent_s_result_is_typed() -> None:
    """The framework asks for a result by a tool of its own."""
    async with gateway_over(calls("final_result", {"city": "Kyoto"})) as here:
        got = await Agent(here.chat, output_type=City).run("where?")

    assert got.output == City(city="Kyoto")


@pytest.mark.parametrize("side", ["openai", "anthropic"])
async def test_an_agent_reads_a_stream(side: str) -> None:
    """Piece by piece, whoever answers."""
    async with (
        gateway_over(ground.streams(*STREAMS[side]), side) as here,
        Agent(here.chat).run_stream("hello") as stream,
    ):
        assert "".join([text async for text in stream.stream_text(delta=True)]) == "hello"


async def test_an_agent_is_told_of_errors_and_does_not_ask_again() -> None:
    """With the gateway's status and code; the request is on record once."""
    async with gateway_over(fails(500)) as here:
        with pytest.raises(ModelHTTPError) as told:
            await Agent(here.chat).run("hello")

    assert told.value.status_code == 503
    assert "no_healthy_upstream" in str(told.value.body)
    assert len(here.ground.kept.exchanges) == 1
