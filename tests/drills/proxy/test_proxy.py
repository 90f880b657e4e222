"""The proxy loses connections as planned, and a gateway behind it tells its callers the truth."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec import Struct

from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.server import FakeProvider
from tenken.drills.provider.telling import ANSWER
from tenken.drills.proxy.control import ProxyControl
from tenken.drills.proxy.line import Line, Lines, Lost, lines_from
from tenken.drills.proxy.proxy import FaultProxy
from tenken.errors import UsageError
from tenken.policy.deadline import Timeouts
from tenken.transport.addresses import Origin
from tenken.transport.limits import PoolLimits
from tenken.transport.server import Server
from tenken.transport.upstream import Pool
from tests.drills.provider.test_fake_provider import call
from tests.gateway.ground import Got, Ground, plan_of, standing, target

pytestmark = pytest.mark.anyio
ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
SOON = Timeouts(connect_s=5.0, ttft_s=1.0, idle_s=1.0, total_s=20.0)


class Here(Struct, eq=False):
    """A gateway, the proxy on its way out, and the provider behind that."""

    gateway: Ground
    proxy: FaultProxy
    provider: FakeProvider

    async def ask(self, *, stream: bool = False) -> Got:
        return await self.gateway.post({**ASKED, "stream": True} if stream else ASKED)


@asynccontextmanager
async def behind(lines: Lines) -> AsyncIterator[Here]:
    provider = FakeProvider(FaultPlan(), clock=asyncio.get_running_loop().time)
    server = Server(provider, on_fault=lambda *_: None)
    await server.start()
    proxy = FaultProxy(server.address, lines)
    await proxy.start("127.0.0.1", 0)
    host, port = proxy.address
    plan = plan_of((target("t", Origin(host=host, port=port, tls=False)),), timeouts=SOON)
    async with standing(plan) as gateway:
        yield Here(gateway, proxy, provider)
    await proxy.close()
    await server.drain(0)


@pytest.mark.parametrize("kind", [Lost.NONE, Lost.DELAY, Lost.SLOW])
@pytest.mark.parametrize("stream", [False, True])
async def test_what_arrives_late_arrives_whole(kind: Lost, stream: bool) -> None:
    """Also where a line is thin, or its reader slow."""
    line = Line(kind=kind, delay_s=0.01, rate=20_000)
    async with behind(Lines(then=line)) as here:
        got = await here.ask(stream=stream)

    assert got.status == 200
    assert got.body.endswith(b"data: [DONE]\n\n") if stream else ANSWER in got.body.decode()
    assert here.proxy.carried[0].kind is kind
    assert here.proxy.carried[0].down > len(ANSWER)


@pytest.mark.parametrize("kind", [Lost.RESET, Lost.CUT])
async def test_a_lost_connection_is_made_anew(kind: Lost) -> None:
    """The second one carries."""
    async with behind(Lines(script=(Line(kind=kind, after=40),))) as here:
        got = await here.ask()

    assert (got.status, len(here.proxy.carried)) == (200, 2)
    assert here.proxy.carried[0].down == 40
    assert [one.end for one in here.provider.seen] == ["whole", "whole"]


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        (Line(kind=Lost.REFUSE), 503, "no_healthy_upstream"),
        (Line(kind=Lost.RESET), 502, "upstream_stream_interrupted"),
        (Line(kind=Lost.CUT, after=60), 502, "upstream_stream_interrupted"),
        (Line(kind=Lost.STALL, after=60), 504, "upstream_timeout"),
        (Line(kind=Lost.STALL), 504, "upstream_timeout"),
        (Line(kind=Lost.GARBAGE), 502, "upstream_invalid_response"),
    ],
)
async def test_what_never_arrives_is_told(line: Line, status: int, code: str) -> None:
    """With what happened."""
    async with behind(Lines(then=line)) as here:
        got = await here.ask()

    assert (got.status, got.code) == (status, code)


@pytest.mark.parametrize("kind", [Lost.RESET, Lost.CUT])
async def test_a_stream_that_is_lost_does_not_look_whole(kind: Lost) -> None:
    """After its first words; nobody is asked again."""
    async with behind(Lines(then=Line(kind=kind, after=900))) as here:
        got = await here.ask(stream=True)

    assert got.status == 200
    assert b"upstream_stream_interrupted" in got.body
    assert b"[DONE]" not in got.body
    assert len(here.provider.seen) == 1


async def test_the_plan_is_changed_from_the_other_door() -> None:
    """A refusal ends when the plan does; what is no plan is refused."""
    async with behind(Lines(then=Line(kind=Lost.REFUSE))) as here:
        control = Server(ProxyControl(here.proxy))
        await control.start()
        host, port = control.address
        pool = Pool(Origin(host=host, port=port, tls=False), limits=PoolLimits(allow_private=True))
        refused = await here.ask()
        bad = await call(pool, "PUT", "/lines", {"then": {"kind": "sulk"}})
        good = await call(pool, "PUT", "/lines", {"then": {"kind": "none"}})
        answered = await here.ask()
        carried = (await call(pool, "GET", "/carried", None)).body.splitlines()
        pool.close()
        await control.drain(0)

    assert (refused.status, answered.status) == (503, 200)
    assert (bad.status, good.status) == (400, 204)
    assert b"then.kind" in bad.body
    assert [json.loads(one)["kind"] for one in carried] == ["none"]


def test_a_bad_plan_of_lines_is_told() -> None:
    """With its place."""
    with pytest.raises(UsageError) as told:
        lines_from(b'{"script": [{"kind": "cut", "after": -1}]}', name="lines.json")

    assert "script" in str(told.value.sentence.fields["why"])
