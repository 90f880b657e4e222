"""The official clients, unchanged, read what a guard has looked at, with their helpers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anthropic
import openai
import pytest
from openai.types.chat import ChatCompletion

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.server import FakeProvider
from tests.gateway.ground import KEY
from tests.gateway.screening.test_screening import PHONE, SECRET, TOLD, desk

pytestmark = pytest.mark.anyio
ASKED = f"Call me at {PHONE}"
SAID = f"Calling [PHONE_1] with {SECRET}, then more"
HEARD = f"Calling {PHONE} with [SECRET], then more"
FORBIDDEN = "fine so far, then forbidden things"


@asynccontextmanager
async def saying(text: str, side: str) -> AsyncIterator[str]:
    """A gateway with a guard before a provider that says this; gives its address."""
    fake = FakeProvider(FaultPlan(then=Fault(kind=Wrong.TEXT, text=text)), clock=lambda: 0.0)
    async with desk(fake, side=side) as ground:
        yield "http://{}:{}".format(*ground.server.address)


def theirs(address: str) -> openai.AsyncOpenAI:
    """OpenAI's, which reads no certificates: that takes a second."""
    http = openai.DefaultAsyncHttpxClient(verify=False)
    return openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=KEY, http_client=http)


def ours(address: str) -> anthropic.AsyncAnthropic:
    """Anthropic's, likewise."""
    http = anthropic.DefaultAsyncHttpxClient(verify=False)
    return anthropic.AsyncAnthropic(base_url=address, api_key=KEY, http_client=http)


async def chatted(address: str) -> tuple[str, str]:
    async with (
        theirs(address) as client,
        client.chat.completions.stream(
            model="desk", messages=[{"role": "user", "content": ASKED}]
        ) as stream,
    ):
        try:
            whole: ChatCompletion | None = await stream.get_final_completion()
        except openai.ContentFilterFinishReasonError as error:  # how this helper says so
            whole = error.completion
    assert whole is not None
    return whole.choices[0].message.content or "", whole.choices[0].finish_reason


async def written(address: str) -> tuple[str, str]:
    async with (
        ours(address) as client,
        client.messages.stream(
            model="desk", max_tokens=50, messages=[{"role": "user", "content": ASKED}]
        ) as stream,
    ):
        final = await stream.get_final_message()
    text = "".join([one.text for one in final.content if one.type == "text"])
    return text, final.stop_reason or ""


ASKING = {
    "chat": (chatted, "openai", "stop", "content_filter"),
    "messages": (written, "anthropic", "end_turn", "refusal"),
}


@pytest.mark.parametrize("name", ASKING)
async def test_values_come_back_and_keys_do_not(name: str) -> None:
    """As the client puts the pieces together."""
    ask, side, ended, _ = ASKING[name]
    async with saying(SAID, side) as address:
        assert await ask(address) == (HEARD, ended)


@pytest.mark.parametrize("name", ASKING)
async def test_a_stopped_stream_is_a_whole_one_for_its_client(name: str) -> None:
    """It ends as a provider's own filter ends it, and nothing is raised."""
    ask, side, _, stopped = ASKING[name]
    async with saying(FORBIDDEN, side) as address:
        text, ended = await ask(address)

    assert ended == stopped
    assert text.endswith(TOLD)
    assert "forbidden" not in text


async def test_responses_are_told_the_same_in_pieces_and_whole() -> None:
    """What is repeated whole is what was told in pieces."""
    async with (
        saying(SAID, "openai") as address,
        theirs(address) as client,
        client.responses.stream(model="desk", input=ASKED) as stream,
    ):
        events = [one async for one in stream]
        final = await stream.get_final_response()

    pieces = [one.delta for one in events if one.type == "response.output_text.delta"]
    assert "".join(pieces) == HEARD
    assert final.output_text == HEARD
    assert [one.sequence_number for one in events] == sorted(
        {one.sequence_number for one in events}
    )


async def test_a_stopped_response_is_incomplete() -> None:
    """With the reason that the API has for it, and the policy's words."""
    async with (
        saying(FORBIDDEN, "openai") as address,
        theirs(address) as client,
    ):
        stream = await client.responses.create(model="desk", input=ASKED, stream=True)
        events = [one async for one in stream]

    last = events[-1]
    assert last.type == "response.incomplete"
    assert last.response.incomplete_details is not None
    assert last.response.incomplete_details.reason == "content_filter"
    assert last.response.output_text == TOLD
