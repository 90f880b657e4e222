"""Sends the same requests both ways, and keeps what each side has seen."""

import hashlib
import json
from contextlib import AsyncExitStack

from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.plan import Key, Plan
from tenken.journal.exchange import Attempt, Exchange, Intent, Timings
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.direct.cases import Case
from tests.gateway.ground import KEY, Got, Steady, answers, plan_of, provider, standing, target

ANOTHER = "tk-" + "b" * 40
"""The key of another caller."""


class Drawn(Steady):
    """Chance of which no two pieces are the same: it shows which of them was used for what."""

    def token(self, size: int) -> str:
        return hashlib.sha512(super().token(size).encode()).hexdigest()[: 2 * size]


class Seen(Struct):
    """What one side of a comparison has seen."""

    got: list[Got]
    intents: list[Intent]
    exchanges: list[Exchange]
    calls: list[tuple[str, tuple[tuple[bytes, bytes], ...], bytes]]
    straight: int


async def sides(case: Case, *, direct: bool, others: int) -> Seen:
    """Ask one after another, on one connection; by the stages, which read each head anew."""
    calls: list[tuple[str, tuple[tuple[bytes, bytes], ...], bytes]] = []

    async def watching(request: Request, reply: Reply) -> None:
        kept = tuple(pair for pair in request.headers if pair[0] != b"host")
        calls.append((request.path, kept, request.body))
        await case.behaviour(len(calls) - 1)(request, reply)

    async with AsyncExitStack() as stack:
        first = target("t0", await stack.enter_async_context(provider(watching)))
        spare = [
            target(f"t{1 + number}", await stack.enter_async_context(provider(answers)))
            for number in range(others)
        ]
        plan = with_another(plan_of((first, *spare)))
        here = await stack.enter_async_context(standing(plan, direct=direct, outside=Drawn()))
        written = [json.dumps(one, ensure_ascii=False).encode() for one in case.bodies]
        own = case.own or ((),) * len(written)
        keys = case.keys or (KEY,) * len(written)
        got = [
            await here.post(body, key=key, headers=case.headers + more)
            for body, key, more in zip(written, keys, own, strict=True)
        ]
        assert here.faults == []
        assert here.door.in_flight == 0
        assert here.server.in_flight == 0
        return Seen(got, here.kept.intents, here.kept.exchanges, calls, here.straight.count)


def with_another(plan: Plan) -> Plan:
    """Give the plan with a second caller."""
    sha256 = hashlib.sha256(ANOTHER.encode()).digest()
    callers = {**plan.callers, "other": replace(plan.callers["app"], id="other")}
    return replace(
        plan, callers=callers, keys={**plan.keys, sha256: Key(caller="other", sha256=sha256)}
    )


def untimed(exchange: Exchange) -> Exchange:
    """Give a record without what a clock says, but for whether it happened."""

    def happened(attempt: Attempt) -> Attempt:
        told = {name: min(1, getattr(attempt, name)) for name in MOMENTS}
        return replace(attempt, **told)

    timings = exchange.timings
    return replace(
        exchange,
        attempts=tuple(happened(one) for one in exchange.attempts),
        timings=Timings(
            queued=timings.queued,
            connected=min(1, timings.connected),
            first_byte=min(1, timings.first_byte),
            first_token=min(1, timings.first_token),
            last=min(1, timings.last),
        ),
    )


MOMENTS = ("began", "connected", "first_byte", "first_token", "ended")
