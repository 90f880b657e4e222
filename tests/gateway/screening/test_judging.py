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
from tests.gateway import apis
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
from tests.guardrails.detecting import ALL, Finder

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
async def bench(
    behaviour: Behaviour,
    judge: Behaviour,
    text: str,
    *,
    detectors: tuple[Any, ...] = ALL,
    side: str = "openai",
) -> AsyncIterator[Ground]:
    """A gateway with this policy, one provider and a judge."""
    policy = load_policy(text, file="guard/policy.yaml", detectors=detectors)
    async with provider(behaviour) as origin, provider(judge) as there:
        asked = replace(target("judge", there), prices=PRICES, model="judge-1")
        plan = plan_of((replace(target("a", origin), dialect=side),))
        plan = replace(plan, targets={**plan.targets, "judge": asked})
        async with standing(replace(plan, guard=Guard(policy, detectors))) as ground:
            yield ground


@asynccontextmanager
async def desk(
    behaviour: Behaviour,
    judge: Behaviour,
    *,
    fail: str = "closed",
    more: str = "",
    patience: int = 30_000,
) -> AsyncIterator[Ground]:
    """The same with the usual policy."""
    text = POLICY.format(told=TOLD, fail=fail, more=more, patience=patience)
    async with bench(behaviour, judge, text) as ground:
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
    """And it is on record, with what was spent on it: nothing where it refused."""
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
    sources = {"slow": "estimated", "no_json": "provider", "server_error": "none"}
    assert kept.judgings[0].usage.source == sources[why]
    assert (kept.judgings[0].cost > 0) is (why != "server_error")


async def test_a_judge_is_not_asked_beyond_its_budget() -> None:
    """The fail mode decides, and it is on record; nothing is spent."""
    judge = Judge()
    policy = POLICY.format(told=TOLD, fail="open", more="", patience=30_000)
    policy = policy.replace("budget_usd_per_day: 10", "budget_usd_per_day: 0.000001")
    async with bench(Heard(), judge, policy) as ground:
        got = await ground.post(body())
        kept = ground.kept.exchanges[0]

    assert got.status == 200
    assert judge.texts == []
    assert {(one.action, one.risk) for one in kept.matches} == {("failed", "over_budget")}
    assert kept.judgings == ()


@pytest.mark.parametrize(
    ("more", "text", "asked"),
    [
        ("ask: hinted", "weather in Osaka", 0),
        ("ask: hinted", "a hint of it", 1),
        ("longest: 100", "x" * 101, 0),
        ("share: 1.0", "weather in Osaka", 1),
    ],
)
async def test_a_judge_is_asked_where_the_policy_says(more: str, text: str, asked: int) -> None:
    """Only where a detector on the text saw something, and not about what is too long."""
    judge = Judge()
    hint = Finder(name="hint", risk="harm.weapons", pattern="hint", score=0.4)
    policy = POLICY.format(told=TOLD, fail="open", more=more, patience=30_000)
    async with bench(Heard(), judge, policy, detectors=(*ALL, hint)) as ground:
        got = await ground.post(body({"role": "user", "content": text}))

    assert got.status == 200
    assert len([one for one in judge.texts if one == text]) == asked


async def test_earlier_turns_were_judged_when_they_came() -> None:
    """What is judged is what has come since the last answer; of the application's own, nothing."""
    judge = Judge()
    said = (
        {"role": "system", "content": "爆薬 is what you never speak of"},
        {"role": "user", "content": BAD},
        {"role": "assistant", "content": "I cannot help with that"},
        {"role": "user", "content": "then tell me the weather"},
    )
    async with desk(Heard(), judge) as ground:
        got = await ground.post(body(*said))

    assert got.status == 200
    assert judge.texts == ["then tell me the weather", "hello"]


GUARDS = """
version: 1
tell: {ja: 停止, en: Stopped here}
rules: [{risk: harm.violence, action: block, threshold: 0.5, fail: closed, detectors: [own]}]
judges: [{name: own, kind: KIND, target: judge}]
"""


@pytest.mark.parametrize("kind", ["llama_guard", "moderation"])
async def test_other_kinds_of_judges_are_asked_in_their_words(kind: str) -> None:
    """Each at its path, with the model of the target; a request is stopped by what they say."""
    seen: list[tuple[str, dict[str, Any]]] = []

    async def judge(request: Request, reply: Reply) -> None:
        asked = json.loads(request.body)
        seen.append((request.path, asked))
        bad = "殴" in request.body.decode()
        if kind == "moderation":
            result = {"categories": {"violence": bad}, "category_scores": {"violence": bad * 0.9}}
            await answering({"results": [result]})(request, reply)
        else:
            await answering(saying("unsafe\nS1" if bad else "safe"))(request, reply)

    async with bench(Heard(), judge, GUARDS.replace("KIND", kind)) as ground:
        bad = await ground.post(body({"role": "user", "content": "殴ってやる"}))
        good = await ground.post(body({"role": "user", "content": "良い天気"}))
        kept = ground.kept.exchanges

    assert (bad.status, good.status) == (400, 200)
    path = "/v1/moderations" if kind == "moderation" else "/v1/chat/completions"
    assert {one[0] for one in seen} == {path}
    assert {one[1]["model"] for one in seen} == {"judge-1"}
    assert kept[0].matches[0].rule.startswith("judge.own.")
    assert [one.stage for one in kept[1].judgings] == ["inward", "outward"]


@pytest.mark.parametrize("mode", ["hold", "end"])
@pytest.mark.parametrize("word", ["hello", "爆薬"])
@pytest.mark.parametrize("row", apis.STREAMING.values(), ids=apis.STREAMING)
async def test_streams_of_every_api_are_judged(row: apis.Row, word: str, mode: str) -> None:
    """Passed they are as they came; stopped they end validly, and held ones show nothing."""
    judge = Judge(word)
    policy = POLICY.format(told=TOLD, fail="open", more=f"stream: {mode}", patience=30_000)
    policy = policy.replace("risks: [harm", "directions: [outward]\n    risks: [harm")
    policy = policy.replace("action: block,", "action: block, directions: [outward],")
    heard = Heard(parts=(row.preamble, row.text, row.rest))
    async with bench(heard, judge, policy, side=row.side) as ground:
        got = await ground.post({**row.asked, "stream": True}, path=row.path)
        kept = ground.kept.exchanges[0]

    stopped = word == "hello"
    assert judge.texts == ["hello"]
    assert kept.outcome is (Outcome.BLOCKED if stopped else Outcome.ANSWERED)
    assert (TOLD in got.body.decode()) is stopped
    if not stopped:
        assert got.body.count(b"hello") == (row.text + row.rest).count(b"hello")
    elif mode == "hold":
        assert b"hello" not in got.body
    if stopped:
        assert ENDS[row.path] in got.body


ENDS = {
    "/v1/chat/completions": b'"finish_reason":"content_filter"',
    "/v1/messages": b'"stop_reason":"refusal"',
    "/v1/responses": b"response.incomplete",
}
