"""The official clients, unchanged, ask for a prompt by its name."""

import anthropic
import openai
import pytest

from tests.gateway import apis
from tests.gateway.prompting.test_prompting import SYSTEM, desk
from tests.gateway.screening.test_clients import ours, theirs
from tests.gateway.screening.test_screening import Heard, saying

pytestmark = pytest.mark.anyio
NAME = "prompt:reply@production"
VALUES = {"prompt_variables": {"question": "Why?"}}
TURNS = [("system", SYSTEM), ("user", "Question: Why?")]


async def test_openai_s_client_gives_values_beside_the_body() -> None:
    """Of chat completions, which have no field of their own for them."""
    heard = Heard(saying("Because."))
    async with (
        desk(heard) as ground,
        theirs("http://{}:{}".format(*ground.server.address)) as client,
    ):
        answer = await client.chat.completions.create(model=NAME, messages=[], extra_body=VALUES)

    assert answer.choices[0].message.content == "Because."
    assert [(one["role"], one["content"]) for one in heard.bodies[0]["messages"]] == TURNS


async def test_openai_s_client_gives_values_in_the_field_of_responses() -> None:
    """As its own types have it; nothing else is said."""
    heard = Heard(apis.RESPONSE)
    async with (
        desk(heard) as ground,
        theirs("http://{}:{}".format(*ground.server.address)) as client,
    ):
        answer = await client.responses.create(
            model=NAME, prompt={"id": "reply", "variables": {"question": "Why?"}}
        )

    assert isinstance(answer, openai.types.responses.Response)
    assert heard.bodies[0]["instructions"] == SYSTEM


async def test_anthropic_s_client_gives_values_beside_the_body() -> None:
    """And is told what is wrong with them in its own shape."""
    heard = Heard(apis.MESSAGE)
    async with (
        desk(heard, side="anthropic") as ground,
        ours("http://{}:{}".format(*ground.server.address)) as client,
    ):
        await client.messages.create(model=NAME, max_tokens=9, messages=[], extra_body=VALUES)
        with pytest.raises(anthropic.BadRequestError, match=r"prompt_variables\.question"):
            await client.messages.create(model=NAME, max_tokens=9, messages=[])

    assert heard.bodies[0]["system"] == SYSTEM
