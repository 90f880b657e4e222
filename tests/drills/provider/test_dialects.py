"""Every API is spoken as the gateway's own readers and the vendors' clients understand it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import anthropic
import openai
import pytest
from msgspec import Struct
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.routes import way_of
from tenken.drills.provider.seen import Seen
from tenken.drills.provider.server import FakeProvider
from tenken.drills.provider.telling import ANSWER, Telling
from tenken.transport.server import Server
from tenken.wire.api import Api
from tenken.wire.asked import Asked
from tenken.wire.dialect import Unreadable
from tenken.wire.failure import Failure
from tenken.wire.pairs import DIALECTS
from tests.drills.provider.asking import EVERY, MARKS, ROWS
from tests.drills.provider.test_fake_provider import running

pytestmark = pytest.mark.anyio
SIDES = {
    "chat": ("openai", Api.CHAT),
    "responses": ("openai", Api.RESPONSES),
    "embeddings": ("openai", Api.EMBEDDINGS),
    "messages": ("anthropic", Api.MESSAGES),
    "gemini": ("gemini", Api.CHAT),
    "bedrock": ("bedrock", Api.CHAT),
}
STREAMS = [name for name in SIDES if ROWS[name].streaming]
NO_WORD = {
    ("bedrock", 529): Failure.SERVER_ERROR,
    ("messages", 503): Failure.SERVER_ERROR,
}
"""These have no such error."""
SAID: list[ChatCompletionMessageParam] = [{"role": "user", "content": "hello"}]
NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def asked(name: str, *, stream: bool) -> tuple[int, bytes, Seen]:
    """Ask a healthy provider over a socket; gives status, body and what it saw."""
    path, body = ROWS[name].asked(stream=stream)
    async with running(FaultPlan()) as here:
        got = await here.post(path, body)
    return got.status, got.body, here.provider.seen[0]


@pytest.mark.parametrize(("name", "stream"), EVERY)
async def test_each_role_is_seen_with_its_mark(name: str, stream: bool) -> None:
    """Wherever an API puts it; and the model, also when it stands in the path."""
    row = ROWS[name]
    status, body, seen = await asked(name, stream=stream)

    found = {turn.role: set(turn.canaries) for turn in seen.turns}
    assert (status, seen.end, seen.model, seen.stream) == (200, "whole", row.model, stream)
    assert found == {role: {MARKS[role]} for role in row.roles}
    assert body


def spoken(name: str, stream: bool) -> Asked:
    _, body = ROWS[name].asked(stream=stream)
    inputs = 2 if name == "embeddings" else 1
    return Asked(api=SIDES[name][1], body=body, model="m", stream=stream, choices=inputs)


def telling(fault: Wrong = Wrong.NONE) -> Telling:
    finish = {Wrong.LENGTH: "length", Wrong.FILTERED: "content_filter"}.get(fault, "stop")
    return Telling(number=1, model="m", text=ANSWER, finish=finish, input_tokens=40, inputs=2)


@pytest.mark.parametrize("name", SIDES)
def test_a_whole_answer_is_read_with_its_figures(name: str) -> None:
    """By what the gateway reads the real providers with."""
    side, api = SIDES[name]
    way = way_of(ROWS[name].path)
    assert way is not None
    answer = DIALECTS[side][api].answer(way.dialect.whole(telling()), spoken(name, stream=False))

    assert answer.failure is None
    assert answer.usage is not None
    written = 0 if api is Api.EMBEDDINGS else len(ANSWER) // 4
    assert (answer.usage.read, answer.usage.written) == (40, written)
    assert answer.usage.source == "provider"


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_a_stream_is_read_to_its_end(name: str, size: int) -> None:
    """With text and figures, in any chunks."""
    side, api = SIDES[name]
    way = way_of(ROWS[name].streaming.partition("?")[0])
    assert way is not None
    content = b"".join(way.dialect.pieces(telling()))
    reading = DIALECTS[side][api].reading(spoken(name, stream=True))
    pieces = [
        piece
        for at in range(0, len(content), size)
        for piece in reading.feed(content[at : at + size])
    ]

    assert any(piece.content for piece in pieces)
    assert [piece.done for piece in pieces].count(True) == 1
    told = [piece.usage for piece in pieces if piece.usage][-1]
    assert (told.read, told.written) == (40, len(ANSWER) // 4)


@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, Failure.CALLER_ERROR),
        (401, Failure.CREDENTIAL),
        (404, Failure.MODEL_GONE),
        (429, Failure.RATE_LIMITED),
        (500, Failure.SERVER_ERROR),
        (503, Failure.OVERLOADED),
        (529, Failure.OVERLOADED),
    ],
)
def test_errors_are_sorted_as_the_real_ones(name: str, status: int, failure: Failure) -> None:
    """In the words of each API."""
    side, api = SIDES[name]
    way = way_of(ROWS[name].path)
    assert way is not None
    refusing = way.dialect.refusing(status)
    failed = DIALECTS[side][api].failed(status, dict(refusing.headers), refusing.body, now=NOW)

    assert failed.failure is NO_WORD.get((name, status), failure)


@pytest.mark.parametrize("name", STREAMS)
def test_what_is_no_event_is_none_anywhere(name: str) -> None:
    """And an overload within a stream is one."""
    side, api = SIDES[name]
    way = way_of(ROWS[name].path)
    assert way is not None
    dialect = DIALECTS[side][api]
    with pytest.raises(Unreadable):
        dialect.reading(spoken(name, stream=True)).feed(way.dialect.malformed)
    [piece] = dialect.reading(spoken(name, stream=True)).feed(way.dialect.overloaded)
    with pytest.raises(Unreadable):
        dialect.answer(way.dialect.wrong, spoken(name, stream=False))

    assert piece.failure is Failure.OVERLOADED


class Base(Struct, frozen=True):
    """Where a provider listens."""

    url: str
    provider: FakeProvider


@asynccontextmanager
async def listening(fault: Wrong = Wrong.NONE) -> AsyncIterator[Base]:
    plan = FaultPlan(then=Fault(kind=fault))
    provider = FakeProvider(plan, clock=asyncio.get_running_loop().time)
    server = Server(provider, on_fault=lambda *_: None)
    await server.start()
    yield Base("http://{}:{}".format(*server.address), provider)
    await server.drain(0)


async def test_openai_s_client_accepts_it() -> None:
    """Chat, responses and embeddings; whole and streamed."""
    async with (
        listening() as here,
        openai.AsyncOpenAI(base_url=f"{here.url}/v1", api_key="k", max_retries=0) as client,
    ):
        chat = await client.chat.completions.create(model="m", messages=SAID)
        assert isinstance(chat, ChatCompletion)
        async with client.chat.completions.stream(model="m", messages=SAID) as streamed:
            ended = await streamed.get_final_completion()
        response = await client.responses.create(model="m", input="hello")
        async with client.responses.stream(model="m", input="hello") as streaming:
            whole = await streaming.get_final_response()
        vectors = await client.embeddings.create(model="m", input=["one", "two"])

    assert chat.choices[0].message.content == ended.choices[0].message.content == ANSWER
    assert response.output_text == whole.output_text == ANSWER
    assert [len(one.embedding) for one in vectors.data] == [4, 4]
    assert [seen.end for seen in here.provider.seen] == ["whole"] * 5


async def test_azure_s_client_accepts_it() -> None:
    """By its deployments."""
    async with (
        listening() as here,
        openai.AsyncAzureOpenAI(
            azure_endpoint=here.url, api_key="k", api_version="2026-01-01", max_retries=0
        ) as client,
    ):
        chat = await client.chat.completions.create(model="mine", messages=SAID)

    assert chat.choices[0].message.content == ANSWER
    assert here.provider.seen[0].path == "/openai/deployments/mine/chat/completions"
    assert here.provider.seen[0].credential


async def test_anthropic_s_client_accepts_it() -> None:
    """Whole and streamed."""
    async with (
        listening() as here,
        anthropic.AsyncAnthropic(base_url=here.url, api_key="k", max_retries=0) as client,
    ):
        more = {"model": "m", "max_tokens": 50, "messages": [{"role": "user", "content": "hi"}]}
        whole = await client.messages.create(**more)  # type: ignore[call-overload]
        async with client.messages.stream(**more) as stream:  # type: ignore[arg-type]
            streamed = await stream.get_final_message()

    assert [one.model_dump()["text"] for one in whole.content] == [ANSWER]
    assert [one.model_dump()["text"] for one in streamed.content] == [ANSWER]
    assert streamed.usage.output_tokens == len(ANSWER) // 4


@pytest.mark.parametrize(
    ("fault", "reason"), [(Wrong.LENGTH, "max_tokens"), (Wrong.FILTERED, "refusal")]
)
async def test_an_end_has_each_api_s_own_name(fault: Wrong, reason: str) -> None:
    """As the client knows it."""
    async with (
        listening(fault) as here,
        anthropic.AsyncAnthropic(base_url=here.url, api_key="k", max_retries=0) as client,
    ):
        told = await client.messages.create(
            model="m", max_tokens=50, messages=[{"role": "user", "content": "hi"}]
        )

    assert told.stop_reason == reason
