"""What a drill sees of a prompt that is filled in here: the user's text apart, and as it was."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from tenken.drills.prove.bench import Bench, healthy_plan
from tenken.drills.prove.doors import Application, OwnProvider, listening
from tenken.drills.prove.items import layers, roles
from tenken.drills.prove.requests import brief_from
from tenken.evidence import Holding
from tenken.transport.addresses import Origin
from tests.gateway.ground import KEY, plan_of, standing, target
from tests.gateway.prompting.test_prompting import prompting

pytestmark = pytest.mark.anyio
HEAD = f'headers: {{authorization: "Bearer {KEY}"}}, contains: fake provider'
CHAT = (
    f"requests: [{{name: chat, path: /v1/chat/completions, {HEAD}, body: "
    '{model: "prompt:reply@production", prompt_variables: {question: "hello ${mark}"}}}]'
)
MESSAGES = CHAT.replace("/v1/chat/completions", "/v1/messages").replace(
    "prompt_variables", "max_tokens: 9, prompt_variables"
)
BY_HAND = (
    f"requests: [{{name: chat, path: /v1/chat/completions, {HEAD}, body: {{model: desk, "
    'messages: [{role: system, content: "Help: ${mark}"}, {role: user, content: hi}]}}]'
)


@asynccontextmanager
async def bench(requests: str) -> AsyncIterator[Bench]:
    """A gateway with prompts, and a fake provider behind it."""
    brief = brief_from(requests, file="requests.yaml", environment={})
    async with listening(healthy_plan(brief.provider), host="127.0.0.1", port=0) as here:
        host, port = here.address
        plan = plan_of((target("a", Origin(host=host, port=port, tls=False)),))
        async with standing(prompting(replace(plan))) as ground:
            url = "http://{}:{}".format(*ground.server.address)
            application = Application(url, clock=asyncio.get_running_loop().time)
            yield Bench(application=application, provider=OwnProvider(here.provider), brief=brief)
            application.close()


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        pytest.param(CHAT, Holding.HOLDS, id="chat"),
        pytest.param(MESSAGES, Holding.HOLDS, id="messages"),
        pytest.param(BY_HAND, Holding.FAILS, id="by hand"),
    ],
)
async def test_values_stay_the_user_s(requests: str, expected: Holding) -> None:
    """Forged turns too; a request that is put together by hand is told from it."""
    async with bench(requests) as here:
        outcome = await roles.DRILL.run(here)
    assert outcome.proofs[0].answer.holding is expected


async def test_words_of_templates_arrive_as_they_are() -> None:
    """The layer of prompts holds alone."""
    async with bench(CHAT) as here:
        answer = layers.templates(await layers.forging(here))
    assert answer.holding is Holding.HOLDS
