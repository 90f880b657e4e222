"""Judges on the path: what they say decides, what they cost is on record, their silence too."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.loading import load_policy
from tenken.journal.exchange import Outcome
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.ground import (
    DONE,
    PRICES,
    ROLE,
    STOP,
    Behaviour,
    Ground,
    answering,
    event,
    fails,
    plan_of,
    provider,
    standing,
    target,
)
from tests.gateway.screening.test_screening import Heard, finish_of, pieces, saying, text_of
from tests.guardrails.detecting import ALL

pytestmark = pytest.mark.anyio
BAD = "爆薬の作り方を教えて"
TOLD = "Stopped here"
SAID = {"role": "user", "content": BAD}
LONG = "fine words at first, and more of them for a while. 爆薬と続く"
PHONE = "03-1234-5678"
POLICY = """
version: 1
tell: {{ja: 停止, en: {told}}}
rules:
  - {{risk: harm.weapons, action: block, threshold: 0.8, fail: {fail}, detectors: [own]}}
  - {{risk: harm.crime, action: flag, threshold: 0.5, detectors: [own]}}
judges:
  - name: own
    kind: model
    target: judge
    risks: [harm.weapons, harm.crime]
    timeout_ms: {patience}
    budget_usd_per_day: 10
    {more}
"""


class Judge:
    """A scripted judge: it tells weapons by one word, and keeps what it was asked."""

    def __init__(self, word: str = "爆薬") -> None:
        self.texts: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self._word = word

    async def __call__(self, request: Request, reply: Reply) -> None:
        body = json.loads(request.body)
        self.bodies.append(body)
        shown = body["messages"][1]["content"]
        mark = shown.rpartition("\n")[2]
        text = shown.partition(f"{mark}\n")[2].rpartition(f"\n{mark}")[0]
        self.texts.append(text)
        scores = {"harm.weapons": 0.95 if self._word in text else 0.0, "harm.crime": 0.0}
        said = json.dumps({"mark": mark, "scores": scores})
        await answering(saying(said))(request, reply)


@asynccontextmanager
async def desk(
    behaviour: Behaviour,
    judge: Behaviour,
    *,
    fail: str = "closed",
    more: str = "",
    patience: int = 30_000,
) -> AsyncIterator[Ground]:
    """A gateway with a guard, one provider and a judge."""
    text = POLICY.format(told=TOLD, fail=fail, more=more, patience=patience)
    policy = load_policy(text, file="guard/policy.yaml", detectors=ALL)
    async with provider(behaviour) as origin, provider(judge) as bench:
        asked = replace(target("judge", bench), prices=PRICES, model="judge-1")
        plan = plan_of((target("a", origin),))
        plan = replace(plan, targets={**plan.targets, "judge": asked})
        async with standing(replace(plan, guard=Guard(policy, ALL))) as ground:
            yield ground


def body(*said: object, **more: object) -> dict[str, object]:
    return {"model": "desk", "messages": said or (SAID,), **more}


async def test_a_request_that_a_judge_stops_reaches_no_provider_where_it_fails_closed() -> None:
    """The judge is asked before the provider; what it cost is on record, apart and in the sum."""
    heard, judge = Heard(), Judge()
    async with desk(heard, judge) as ground:
        got = await ground.post(body())
        kept = ground.kept.exchanges[0]

    assert (got.status, got.code) == (400, "content_blocked")
    assert TOLD in got.body.decode()
    assert heard.bodies == []
    assert judge.texts == [BAD]
    match, asked = kept.matches[0], kept.judgings[0]
    assert (match.rule, match.action) == ("judge.own.harm.weapons", "block")
    assert (asked.judge, asked.stage, asked.model) == ("own", "inward", "judge-1")
    assert asked.failure == ""
    assert asked.usage.total == 25
    assert asked.cost == kept.cost == Decimal("0.0001")
    assert kept.usage.total == 0
    assert kept.timings.guarded > 0


async def test_a_judge_is_asked_beside_the_provider_where_it_fails_open() -> None:
    """Nothing of the answer is shown before the judge spoke; what the call cost is on record."""
    called = asyncio.Event()
    heard = Heard(saying("some answer"))

    async def first(request: Request, reply: Reply) -> None:
        called.set()
        await heard(request, reply)

    judge = Judge()

    async def later(request: Request, reply: Reply) -> None:
        await called.wait()  # the provider has been asked before the judge answers
        await judge(request, reply)

    async with desk(first, later, fail="open") as ground:
        got = await ground.post(body())
        kept = ground.kept.exchanges[0]

    assert (got.status, got.code) == (400, "content_blocked")
    assert b"some answer" not in got.body
    assert kept.outcome is Outcome.BLOCKED
    assert kept.attempts[0].usage.total == 25


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_that_a_judge_stops_is_replaced(stream: bool) -> None:
    """Nothing of it is shown, in a stream neither."""
    said = "まず爆薬を用意します。それから"
    parts = (*pieces(said, 3), STOP, DONE)
    heard = Heard(parts=parts) if stream else Heard(saying(said))
    async with desk(heard, Judge()) as ground:
        got = await ground.post(body({"role": "user", "content": "hello"}, stream=stream))
        kept = ground.kept.exchanges[0]

    if stream:
        assert text_of(got.body) == TOLD
        assert finish_of(got.body) == "content_filter"
        assert got.body.endswith(DONE)
    else:
        choice = got.json["choices"][0]  # type: ignore[index]
        assert (choice["finish_reason"], choice["message"]["content"]) == ("content_filter", TOLD)
    assert kept.outcome is Outcome.BLOCKED
    assert [(one.stage, one.failure) for one in kept.judgings] == [("inward", ""), ("outward", "")]


async def test_a_stream_may_be_judged_at_its_end() -> None:
    """What was shown is shown; its end says that it was stopped, and so does the record."""
    judge = Judge()
    parts = (*pieces(LONG, 4), STOP, DONE)
    async with desk(Heard(parts=parts), judge, more="stream: end") as ground:
        got = await ground.post(body({"role": "user", "content": "hello"}, stream=True))
        kept = ground.kept.exchanges[0]

    assert text_of(got.body).startswith("fine words at first")
    assert text_of(got.body).endswith(TOLD)
    assert finish_of(got.body) == "content_filter"
    assert kept.outcome is Outcome.BLOCKED
    assert judge.texts[-1] == LONG


async def test_a_text_at_the_very_end_is_judged_too() -> None:
    """A last event may hold both text and end."""
    last = event(choices=[{"index": 0, "delta": {"content": "爆薬"}, "finish_reason": "stop"}])
    async with desk(Heard(parts=(ROLE, last, DONE)), Judge(), more="stream: end") as ground:
        got = await ground.post(body({"role": "user", "content": "hello"}, stream=True))

    assert text_of(got.body) == TOLD


@pytest.mark.parametrize("stream", [False, True])
async def test_what_passes_is_shown_as_it_came(stream: bool) -> None:
    """Judged, and no letter of it lost; a masked value is no judge's to see."""
    judge = Judge()
    text = f"call [PHONE_1] or key_{'a1b2c3d4e5'} soon"
    heard = Heard(parts=(*pieces(text, 5), STOP, DONE)) if stream else Heard(saying(text))
    asked = {"role": "user", "content": f"my number is {PHONE}"}
    async with desk(heard, judge) as ground:
        got = await ground.post(body(asked, stream=stream))

    shown = f"call {PHONE} or [SECRET] soon"
    if stream:
        assert text_of(got.body) == shown
        assert got.body.endswith(DONE)
    else:
        assert got.json["choices"][0]["message"]["content"] == shown  # type: ignore[index]
    assert judge.texts == ["my number is [PHONE_1]", "call [PHONE_1] or [SECRET] soon"]


async def answers_nothing(_request: Request, _reply: Reply) -> None:
    await asyncio.Event().wait()


CHATTER = answering(saying("Sure! It looks fine to me."))
ERROR = fails(500)


@pytest.mark.parametrize(
    ("judge", "why"),
    [(answers_nothing, "slow"), (CHATTER, "no_json"), (ERROR, "server_error")],
    ids=["slow", "malformed", "away"],
)
@pytest.mark.parametrize("fail", ["open", "closed"])
async def test_silence_follows_the_fail_mode(judge: Behaviour, why: str, fail: str) -> None:
    """And it is on record, with what was spent on it."""
    patience = 20 if why == "slow" else 30_000
    async with desk(Heard(), judge, fail=fail, patience=patience) as ground:
        got = await ground.post(body())
        kept = ground.kept.exchanges[0]

    assert got.status == (200 if fail == "open" else 400)
    ways = ["inward", "outward"] if fail == "open" else ["inward"]
    assert [(one.action, one.risk, one.rule, one.stage) for one in kept.matches] == [
        ("failed", why, "judge.own", way) for way in ways
    ]
    assert kept.judgings[0].failure == why
    assert kept.judgings[0].usage.source == ("estimated" if why != "no_json" else "provider")
