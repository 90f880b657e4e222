"""What the cache of a worker holds in its memory."""

from typing import cast

import pytest
from msgspec.structs import replace

from tenken.gateway.flow import Flow
from tenken.gateway.plan import CacheFor, Route
from tenken.gateway.repeating.cache import Cache
from tenken.gateway.repeating.copied import Copied
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.api import Api
from tests.gateway.ground import plan_of

pytestmark = pytest.mark.anyio


async def nothing(_flow: Flow) -> None:
    """Settle nothing: nobody is answered from memory here."""


def asked(body: bytes, *, version: str, route: str) -> Flow:
    request = Request(
        method="POST", path="/v1/chat/completions", query="", headers=(), named={}, body=body,
        peer="", received_at=0.0,
    )  # fmt: skip
    flow = Flow(
        request=request, reply=Copied(cast("Reply", None), most=1 << 20),
        plan=replace(plan_of(()), version=version), api=Api.CHAT, at=0, began=0.0,
    )  # fmt: skip
    flow.route = Route(
        name=route, use_case="answer", targets=(), cache=CacheFor(ttl_s=60.0, size=1 << 20)
    )
    return flow


async def test_what_was_kept_under_other_settings_takes_no_room() -> None:
    """It is found no more: a route may even be gone."""
    cache, held = Cache(clock=lambda: 0.0, settle=nothing), list[int]()
    for number, (version, route) in enumerate((("v1", "desk"), ("v1", "desk"), ("v2", "front"))):
        flow = asked(b"%d" % number, version=version, route=route)
        await cache(flow)
        await flow.closing[0].answered(flow, b"x" * 1000)
        held.append(cache.held)

    assert held[1] == 2 * held[0]
    assert held[2] == held[0]
