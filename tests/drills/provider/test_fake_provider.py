"""The fake provider does what its plan says, and its log tells what happened."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from tenken.drills.provider.control import Control
from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import Course, FaultPlan, Rates, Share, fault_for, plan_from
from tenken.drills.provider.server import FakeProvider
from tenken.drills.provider.telling import ANSWER
from tenken.errors import UsageError
from tenken.transport.addresses import Origin
from tenken.transport.errors import Interrupted, TimedOut
from tenken.transport.limits import PoolLimits
from tenken.transport.server import Server
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience
from tenken.wire.sse import Events

pytestmark = pytest.mark.anyio
ASKED = {"model": "m", "messages": [{"role": "user", "content": "tell canary-7f3a now"}]}


class Got(Struct, frozen=True):
    status: int
    headers: dict[bytes, bytes]
    body: bytes


class Running(Struct, eq=False):
    """A fake provider and its control, with a client for each."""

    provider: FakeProvider
    pool: Pool
    control: Pool

    async def ask(self, body: object = ASKED, *, within_s: float = 20.0) -> Got:
        return await call(self.pool, "POST", "/v1/chat/completions", body, within_s=within_s)

    async def post(self, path: str, body: bytes) -> Got:
        return await call(self.pool, "POST", path, body)


async def call(pool: Pool, method: str, path: str, body: object, *, within_s: float = 20.0) -> Got:
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body else b""
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: here\r\nauthorization: Bearer k\r\n"
        f"content-length: {len(content)}\r\n\r\n"
    ).encode()
    deadline = asyncio.get_running_loop().time() + 20
    patience = Patience(5, within_s, within_s, deadline)
    reply = await pool.call(head, content, patience=patience)
    try:
        return Got(reply.status, dict(reply.headers), await reply.read(1 << 26))
    finally:
        reply.abort()


@asynccontextmanager
async def running(plan: FaultPlan) -> AsyncIterator[Running]:
    provider = FakeProvider(plan, clock=asyncio.get_running_loop().time)
    servers = [Server(provider, on_fault=lambda *_: None), Server(Control(provider))]
    pools = []
    for server in servers:
        await server.start()
        host, port = server.address
        origin = Origin(host=host, port=port, tls=False)
        pools.append(Pool(origin, limits=PoolLimits(allow_private=True)))
    yield Running(provider, *pools)
    for pool, server in zip(pools, servers, strict=True):
        pool.close()
        await server.drain(0)


def fault(kind: Wrong, **more: object) -> FaultPlan:
    return FaultPlan(then=Fault(kind=kind, **more))  # type: ignore[arg-type]


async def test_a_script_is_followed_and_told() -> None:
    """503, then an answer; both are in the log, with what was in them."""
    plan = FaultPlan(script=(Fault(kind=Wrong.STATUS, status=503, retry_after_s=1.2),))
    async with running(plan) as here:
        refused, answered = await here.ask(), await here.ask()
        log = (await call(here.control, "GET", "/seen", None)).body.splitlines()

    assert (refused.status, refused.headers[b"retry-after"]) == (503, b"2")
    assert json.loads(answered.body)["choices"][0]["message"]["content"] == ANSWER
    first, second = [json.loads(line) for line in log]
    assert (first["fault"], first["status"], first["end"]) == ("status", 503, "error")
    assert (second["end"], second["turns"][0]["canaries"]) == ("whole", ["canary-7f3a"])
    assert "Bearer" not in str(log)


async def test_a_stream_is_whole_and_counts() -> None:
    """Text in pieces, the figures where they are asked for."""
    async with running(FaultPlan()) as here:
        body = {**ASKED, "stream": True, "stream_options": {"include_usage": True}}
        events = Events().feed((await here.ask(body)).body)

    chunks = [json.loads(event.data) for event in events[:-1]]
    said = "".join(one["choices"][0]["delta"].get("content", "") for one in chunks[:-1])
    assert (said, events[-1].data) == (ANSWER, b"[DONE]")
    assert chunks[-1]["usage"]["completion_tokens"] == len(ANSWER) // 4


@pytest.mark.parametrize(
    ("kind", "stream"),
    [(Wrong.RESET, False), (Wrong.CUT, False), (Wrong.CUT, True), (Wrong.RESET, True)],
)
async def test_a_cut_is_a_cut(kind: Wrong, stream: bool) -> None:
    """The connection ends, and the log says who ended it."""
    async with running(fault(kind)) as here:
        with pytest.raises(Interrupted):
            await here.ask({**ASKED, "stream": stream})

    assert {seen.end for seen in here.provider.seen} == {"cut_by_us"}


@pytest.mark.parametrize(("kind", "stream"), [(Wrong.HANG, False), (Wrong.STALL, True)])
async def test_silence_lasts_until_somebody_leaves(kind: Wrong, stream: bool) -> None:
    """The log says that it was the client."""
    async with running(fault(kind)) as here:
        with pytest.raises(TimedOut):
            await here.ask({**ASKED, "stream": stream}, within_s=0.2)

    assert here.provider.seen[0].end == "left"


@pytest.mark.parametrize(
    ("kind", "finish", "text"),
    [
        (Wrong.EMPTY, "stop", ""),
        (Wrong.LENGTH, "length", ANSWER),
        (Wrong.FILTERED, "content_filter", ANSWER),
        (Wrong.NO_USAGE, "stop", ANSWER),
        (Wrong.TEXT, "stop", "planted 090-1234-5678"),
    ],
)
async def test_odd_answers(kind: Wrong, finish: str, text: str) -> None:
    """What a healthy connection can carry and an application has to bear."""
    async with running(fault(kind, text="planted 090-1234-5678")) as here:
        told = json.loads((await here.ask()).body)

    choice = told["choices"][0]
    assert (choice["finish_reason"], choice["message"]["content"]) == (finish, text)
    assert ("usage" in told) is (kind is not Wrong.NO_USAGE)


async def test_limits_are_enforced_per_credential_and_model() -> None:
    """The third request of a minute is refused with a wait; another model has room."""
    async with running(FaultPlan(rates=Rates(rpm=2))) as here:
        statuses = [(await here.ask()).status for _ in range(3)]
        other = await here.ask({**ASKED, "model": "n"})
        refused = await here.ask()

    assert (statuses, other.status) == ([200, 200, 429], 200)
    assert int(refused.headers[b"retry-after"]) > 30


async def test_a_plan_can_be_changed_from_the_other_door() -> None:
    """And a plan that is none is refused with its place."""
    async with running(FaultPlan()) as here:
        bad = await call(here.control, "PUT", "/plan", {"then": {"kind": "sulk"}})
        good = await call(here.control, "PUT", "/plan", {"then": {"kind": "status"}})
        status = (await here.ask()).status

    assert (bad.status, good.status, status) == (400, 204, 500)
    assert b"then.kind" in bad.body


@given(st.integers(), st.integers(0, 10_000))
def test_a_mix_depends_on_seed_and_number_alone(seed: int, number: int) -> None:
    """A run can be repeated."""
    course = Course(mix=(Share(share=0.5, fault=Fault(kind=Wrong.CUT)),), seed=seed)

    assert fault_for(course, number) == fault_for(course, number)


def test_a_mix_gives_each_fault_its_share() -> None:
    """A third of three thousand, give or take four standard errors."""
    course = Course(mix=(Share(share=1 / 3, fault=Fault(kind=Wrong.CUT)),), seed=1)
    met = sum(fault_for(course, number).kind is Wrong.CUT for number in range(3000))

    assert abs(met - 1000) < 4 * (3000 * 2 / 9) ** 0.5


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (b"{", "truncated"),
        (b'{"then": {"kind": "sulk"}}', "then.kind"),
        (b'{"scirpt": []}', "scirpt"),
        (msgspec.json.encode({"mix": [{"share": 0.7, "fault": {"kind": "cut"}}] * 2}), "mix"),
        (b'{"then": {"kind": "status", "status": 200}}', "then.status"),
    ],
)
def test_a_bad_plan_is_told(plan: bytes, why: str) -> None:
    """With the path of what is wrong."""
    with pytest.raises(UsageError) as told:
        plan_from(plan, name="plan.json")

    assert why in str(told.value.sentence.fields["why"])


def test_a_plan_reads_back() -> None:
    """What is written in the docs is what is read."""
    plan = FaultPlan(script=(Fault(kind=Wrong.STATUS, status=429),), rates=Rates(rpm=5))

    assert plan_from(msgspec.json.encode(plan), name="x") == plan


async def test_whoever_looks_for_models_finds_a_provider() -> None:
    """Some applications do so at their start; it is no call, and no fault is used up."""
    async with running(FaultPlan(script=(Fault(kind=Wrong.STATUS, status=503),))) as fake:
        listed = await call(fake.pool, "GET", "/v1/models", None)
        elsewhere = await call(fake.pool, "POST", "/v1/audio", {})

        assert (listed.status, json.loads(listed.body)["data"]) == (200, [])
        assert (elsewhere.status, b"no API at this path" in elsewhere.body) == (404, True)
        assert (len(fake.provider.seen), (await fake.ask()).status) == (0, 503)
