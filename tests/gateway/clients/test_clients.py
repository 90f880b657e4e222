"""The official Python clients, unchanged, against the gateway over any provider."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import anthropic
import openai
import pytest
from anthropic.types import ToolUseBlock
from msgspec.structs import replace
from openai.types.chat import ChatCompletionMessageFunctionToolCall

from tenken.wire.frames import framed
from tests.gateway import apis, ground
from tests.gateway.apis import named
from tests.gateway.ground import Behaviour, answering, plan_of, provider, standing, streams, target
from tests.wire.translate import golden

pytestmark = pytest.mark.anyio

ARGUMENTS = {"city": "Kyoto"}
USE = {"type": "tool_use", "id": "c1", "name": "weather", "input": ARGUMENTS}
CALL = golden.CALLS[0]
ANSWERS: dict[str, object] = {
    "openai": {
        **ground.ANSWER,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "hello", "tool_calls": [CALL]},
                "finish_reason": "tool_calls",
            }
        ],
    },
    "anthropic": {
        **apis.MESSAGE,
        "content": [{"type": "text", "text": "hello"}, USE],
        "stop_reason": "tool_use",
    },
    "gemini": {
        "candidates": [
            {
                "content": {
                    "parts": [
                        {"text": "hello"},
                        {"functionCall": {"id": "c1", "name": "weather", "args": ARGUMENTS}},
                    ]
                },
                "finishReason": "STOP",
            }
        ],
        "usageMetadata": {"promptTokenCount": 20, "candidatesTokenCount": 5},
        "responseId": "r1",
    },
    "bedrock": {
        "output": {
            "message": {
                "content": [
                    {"text": "hello"},
                    {"toolUse": {"toolUseId": "c1", "name": "weather", "input": ARGUMENTS}},
                ]
            }
        },
        "stopReason": "tool_use",
        "usage": {"inputTokens": 20, "outputTokens": 5},
    },
}


def frame(name: str, **data: object) -> bytes:
    return framed(golden.body(data), {":event-type": name, ":message-type": "event"})


def chunk(**data: object) -> bytes:
    return b"data: " + golden.body(data) + b"\n\n"


STREAMS: dict[str, tuple[bytes, ...]] = {
    "openai": (ground.ROLE, ground.TEXT, ground.STOP, ground.TOLD, ground.DONE),
    "anthropic": (apis.MESSAGES.preamble, apis.MESSAGES.text, apis.MESSAGES.rest),
    "gemini": (
        chunk(candidates=[{"content": {"parts": [{"text": "hello"}]}}]),
        chunk(
            candidates=[{"finishReason": "STOP"}],
            usageMetadata={"promptTokenCount": 20, "candidatesTokenCount": 5},
        ),
    ),
    "bedrock": (
        frame("messageStart", role="assistant"),
        frame("contentBlockDelta", contentBlockIndex=0, delta={"text": "hello"}),
        frame("messageStop", stopReason="end_turn"),
        frame("metadata", usage={"inputTokens": 20, "outputTokens": 5}),
    ),
}
each_side = pytest.mark.parametrize("side", sorted(ANSWERS))


@asynccontextmanager
async def gateway_over(side: str, behaviour: Behaviour) -> AsyncIterator[str]:
    """A gateway over one target that is spoken to so; gives its address."""
    async with AsyncExitStack() as stack:
        origin = await stack.enter_async_context(provider(behaviour))
        one = replace(target("t0", origin), dialect=side)
        here = await stack.enter_async_context(standing(plan_of((one,))))
        host, port = here.server.address
        yield f"http://{host}:{port}"


@each_side
async def test_the_openai_client_is_answered(side: str) -> None:
    """Text, tool calls, finish and tokens."""
    async with (
        gateway_over(side, answering(ANSWERS[side])) as address,
        openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=ground.KEY) as client,
    ):
        got = await client.chat.completions.create(
            model="desk", messages=[{"role": "user", "content": "hello"}]
        )

    [choice] = got.choices
    assert (choice.message.content, choice.finish_reason) == ("hello", "tool_calls")
    [call] = choice.message.tool_calls or []
    assert isinstance(call, ChatCompletionMessageFunctionToolCall)
    assert (call.id, call.function.name) == ("c1", "weather")
    assert got.usage
    assert (got.usage.prompt_tokens, got.usage.completion_tokens) == (20, 5)


@each_side
async def test_the_anthropic_client_is_answered(side: str) -> None:
    """Text, tool calls, stop and tokens."""
    async with (
        gateway_over(side, answering(ANSWERS[side])) as address,
        anthropic.AsyncAnthropic(base_url=address, api_key=ground.KEY) as client,
    ):
        got = await client.messages.create(
            model="desk", max_tokens=9, messages=[{"role": "user", "content": "hello"}]
        )

    text, use = got.content
    assert isinstance(use, ToolUseBlock)
    assert (text.type, use.name, use.input) == ("text", "weather", ARGUMENTS)
    assert got.stop_reason == "tool_use"
    assert (got.usage.input_tokens, got.usage.output_tokens) == (20, 5)


@each_side
async def test_the_openai_client_reads_the_stream(side: str) -> None:
    """To its end, with the tokens."""
    async with (
        gateway_over(side, streams(*STREAMS[side])) as address,
        openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=ground.KEY) as client,
    ):
        stream = await client.chat.completions.create(
            model="desk",
            messages=[{"role": "user", "content": "hello"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [one async for one in stream]

    deltas = [one.choices[0].delta.content or "" for one in chunks if one.choices]
    assert "".join(deltas) == "hello"
    assert [one.usage.prompt_tokens for one in chunks if one.usage] == [20]
    assert "stop" in [one.choices[0].finish_reason for one in chunks if one.choices]


@each_side
async def test_the_anthropic_client_reads_the_stream(side: str) -> None:
    """Into a whole message."""
    async with (
        gateway_over(side, streams(*STREAMS[side])) as address,
        anthropic.AsyncAnthropic(base_url=address, api_key=ground.KEY) as client,
        client.messages.stream(
            model="desk", max_tokens=9, messages=[{"role": "user", "content": "hello"}]
        ) as stream,
    ):
        got = await stream.get_final_message()

    assert [block.text for block in got.content if block.type == "text"] == ["hello"]
    assert (got.stop_reason, got.usage.output_tokens) == ("end_turn", 5)


async def test_the_responses_of_the_openai_client() -> None:
    """Whole and as a stream."""
    whole = {
        **apis.RESPONSE,
        "created_at": 0,
        "model": "m",
        "tools": [],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "output": [
            {
                "type": "message",
                "id": "m1",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": "hello", "annotations": []}],
            }
        ],
    }
    events = [
        named("response.created", response={**whole, "status": "in_progress"}, sequence_number=0),
        named("response.output_text.delta", delta="hello", sequence_number=1),
        named("response.completed", response=whole, sequence_number=2),
    ]
    async with (
        gateway_over("openai", answering(whole)) as address,
        openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=ground.KEY) as client,
    ):
        got = await client.responses.create(model="desk", input="hello")
    async with (
        gateway_over("openai", streams(*events)) as address,
        openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=ground.KEY) as client,
    ):
        stream = await client.responses.create(model="desk", input="hello", stream=True)
        kinds = [one.type async for one in stream]

    assert got.output_text == "hello"
    assert kinds == ["response.created", "response.output_text.delta", "response.completed"]


async def test_embeddings_of_the_openai_client() -> None:
    """The client asks for base64 unless told otherwise."""
    answer = {
        **apis.EMBEDDINGS.answer,
        "data": [{"object": "embedding", "index": 0, "embedding": "AACAPw=="}],
    }
    async with (
        gateway_over("openai", answering(answer)) as address,
        openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=ground.KEY) as client,
    ):
        got = await client.embeddings.create(model="desk", input=["hello"])

    assert got.data[0].embedding == [1.0]


async def test_errors_are_those_of_the_clients() -> None:
    """Each raises its own class for a bad request."""
    async with gateway_over("openai", answering({})) as address:
        async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=ground.KEY) as ours:
            with pytest.raises(openai.BadRequestError) as bad:
                await ours.chat.completions.create(model="desk", messages=[])
        async with anthropic.AsyncAnthropic(base_url=address, api_key=ground.KEY) as theirs:
            with pytest.raises(anthropic.BadRequestError) as worse:
                await theirs.messages.create(model="desk", max_tokens=9, messages=[])
        async with anthropic.AsyncAnthropic(base_url=address, api_key="tk-wrong") as wrong:
            with pytest.raises(anthropic.AuthenticationError):
                await wrong.messages.create(
                    model="desk", max_tokens=9, messages=[{"role": "user", "content": "a"}]
                )

    assert (bad.value.param, worse.value.type) == ("messages", "invalid_request_error")
