"""Texts that are stored where judges are asked: a held stream, and requests that they stop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from tenken.gateway.plan import RouteTexts, TextPlan
from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.loading import load_policy
from tenken.guardrails.policy.storing import storing
from tests.gateway.ground import (
    DONE,
    PRICES,
    STOP,
    Behaviour,
    Ground,
    plan_of,
    provider,
    standing,
    target,
)
from tests.gateway.keeping.test_texts import BOTH, KEY, answer_of, opened
from tests.gateway.screening.test_judging import BAD, PHONE, POLICY, TOLD, Judge, body
from tests.gateway.screening.test_screening import Heard, pieces
from tests.guardrails.detecting import ALL

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def desk(
    behaviour: Behaviour, judge: Behaviour, *, fail: str = "closed", stream: str = "hold"
) -> AsyncIterator[Ground]:
    """A gateway that asks a judge and stores texts."""
    text = POLICY.format(told=TOLD, fail=fail, more=f"stream: {stream}", patience=30_000)
    guard = Guard(load_policy(text, file="guard/policy.yaml", detectors=ALL), ALL)
    async with provider(behaviour) as origin, provider(judge) as there:
        plan = plan_of((target("a", origin),))
        asked = replace(target("judge", there), prices=PRICES, model="judge-1")
        texts = TextPlan(
            routes={"desk": BOTH},
            others=RouteTexts(),
            guard=guard.under(storing(guard.policy)),
            characters_max=32_000,
        )
        plan = replace(plan, targets={**plan.targets, "judge": asked}, guard=guard, texts=texts)
        async with standing(plan, text_key=KEY) as ground:
            yield ground


@pytest.mark.parametrize("stream", ["hold", "end"])
async def test_an_answer_that_judges_let_pass_is_kept(stream: str) -> None:
    """Held until they spoke, or shown as it came."""
    heard = Heard(parts=(*pieces(f"call {PHONE} today", 3), STOP, DONE))
    said = {"role": "user", "content": "hello"}
    async with desk(heard, Judge(), stream=stream) as ground:
        await ground.post(body(said, stream=True))
        kept = ground.kept.exchanges[0]

    assert answer_of(kept) == ["call [PHONE] today"]


async def test_of_a_request_that_a_judge_stops_nothing_is_kept() -> None:
    """It reached no provider."""
    heard = Heard()
    async with desk(heard, Judge()) as ground:
        await ground.post(body())
        kept = ground.kept.exchanges[0]

    assert heard.bodies == []
    assert (kept.content, kept.texts) == ("withheld:stopped", None)


async def test_of_an_answer_that_a_judge_stops_the_request_is_kept() -> None:
    """It had gone on."""
    heard = Heard(parts=(*pieces(BAD, 3), STOP, DONE))
    said = {"role": "user", "content": "hello"}
    async with desk(heard, Judge()) as ground:
        await ground.post(body(said, stream=True))
        kept = ground.kept.exchanges[0]

    assert [one.text for one in opened(kept).request] == ["hello"]
    assert opened(kept).answer == ()
