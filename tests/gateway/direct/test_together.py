"""Dozens of connections at once: each is served as if it were the only one, and by the stages."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.direct import gathering
from tenken.gateway.plan import Plan, Route
from tenken.journal.exchange import Exchange, Intent
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.direct.cases import ASKED, CASES, Case, Headers, in_parts, of, then, times
from tests.gateway.direct.own import OWN
from tests.gateway.direct.turns import (
    Client,
    Roomy,
    at_rest,
    connected,
    heard,
    patiently,
)
from tests.gateway.direct.ways import Drawn, untimed
from tests.gateway.ground import (
    DONE,
    ROLE,
    STOP,
    TEXT,
    TOLD,
    Got,
    Ground,
    answers,
    plan_of,
    provider,
    standing,
    streams,
    target,
)

pytestmark = pytest.mark.anyio

BROKEN = b'{"model": "%b", "user": "%b", "messages": ['
ODD = [
    Case("broken", [b"", BROKEN, b"[]", b"{}"], (), times(answers), 0),
    Case("now and then broken", [ASKED, BROKEN, ASKED, BROKEN], (), times(answers), 2),
    Case("large", of(messages=[{"role": "user", "content": "日本" * 9_000}]), (),
         times(answers), 3),
    Case("too large to be begun at once", of(messages=[
        {"role": "user", "content": "word " * 60_000}]), (), times(answers), 0),
    Case("streamed", of(stream=True), (), times(streams(ROLE, TEXT, STOP, TOLD, DONE)), 0),
    Case("now and then streamed", [ASKED, {**ASKED, "stream": True}] * 2, (),
         then(answers, streams(ROLE, TEXT, STOP, TOLD, DONE), answers,
              streams(ROLE, TEXT, STOP, TOLD, DONE)), 1),
    Case("a model nobody has", of(model="none"), (), times(answers), 0),
    *(Case(f"plain {number}", of(), (), times(answers), 3) for number in range(24)),
    *(Case(f"in parts {number}", of(), (), times(in_parts), 3) for number in range(4)),
]  # fmt: skip
ALL = [case for case in (*CASES, *OWN, *ODD) if case.name != "told to wait"]
"""All but what depends on how long it takes."""
NAMES = {"r-1", "r-2", "r-3", "r-4", "r:3.x_y", "x" * 128}
"""Ids that several cases have; each makes them its own."""

Call = tuple[str, tuple[tuple[bytes, bytes], ...], bytes]
Record = TypeVar("Record", Intent, Exchange)
SHARING = ("plain", "large", "all at once", "ids", "traces", "Datadog", "Google")
"""Cases that are always answered, from one target; others have a target and a breaker alone."""


class Told(Struct):
    """All that is to be seen of one request."""

    got: Got | None
    calls: list[Call]
    intents: list[Intent]
    exchanges: list[Exchange]


class Ways(Struct):
    """What came of all requests, one way."""

    told: list[list[Told]]
    straight: int
    kept: Roomy


def plan_for(cases: list[Case], first: Plan) -> Plan:
    """Give each case a route and a target of its own, but for those that are always answered."""
    (shared,) = first.targets.values()
    routes = dict(first.routes)
    targets = {shared.id: shared}
    for at in range(len(cases)):
        name = shared.id if shares(cases[at]) else f"t-{at}"
        targets[name] = replace(shared, id=name, provider=name, credential=name)
        routes[f"m-{at}"] = Route(name=f"m-{at}", use_case="answer", targets=(name,))
    callers = {"app": replace(first.callers["app"], routes=frozenset(routes))}
    return replace(first, routes=routes, targets=targets, callers=callers)


def shares(case: Case) -> bool:
    return case.name.startswith(SHARING)


def body_of(case: Case, at: int, turn: int) -> bytes:
    """Write what a case asks for in a turn, by its own user and model."""
    body = case.bodies[turn]
    if isinstance(body, bytes):
        return body % (b"m-%d" % at, b"u-%d" % at) if b"%b" in body else body
    assert isinstance(body, dict)
    model = f"m-{at}" if body["model"] == "desk" else body["model"]
    return json.dumps({**body, "model": model, "user": f"u-{at}-{turn}"}).encode()


def said_of(case: Case, at: int, turn: int) -> Headers:
    """Give its headers; an id of its own is nobody else's."""
    said = case.headers + (case.own[turn] if case.own else ())
    return tuple(
        (name, own_name(value, f"{at}.{turn}.") if name == "x-request-id" else value)
        for name, value in said
    )


def own_name(name: str, own: str) -> str:
    bare = name.strip()
    return name.replace(bare, (own + bare)[:128]) if bare in NAMES else name


class Playing:
    """A provider of all cases, each behaving as it says, and what it saw."""

    def __init__(self, cases: list[Case]) -> None:
        self._cases = cases
        self._counts: Counter[int] = Counter()
        self.calls: list[Call] = []

    async def __call__(self, request: Request, reply: Reply) -> None:
        user = msgspec.json.decode(request.body).get("user")
        if user is None:
            await answers(request, reply)
            return
        kept = tuple(pair for pair in request.headers if pair[0] != b"host")
        self.calls.append((request.path, kept, request.body))
        at = int(user.split("-")[1])
        self._counts[at] += 1
        await self._cases[at].behaviour(self._counts[at] - 1)(request, reply)


async def rounds(
    here: Ground, cases: list[Case], clients: list[Client]
) -> AsyncIterator[list[Got | None]]:
    """Ask on all connections in one turn, four times."""
    for turn in range(4):
        for at, (case, client) in enumerate(zip(cases, clients, strict=True)):
            body = body_of(case, at, turn)
            client.send(body, headers=said_of(case, at, turn))
        yield await heard(client.got() for client in clients)
        assert at_rest(here)


async def known(clients: list[Client]) -> None:
    """Have each of them be known, by all that is not its own."""
    for client in clients:
        client.send(ASKED)
    got = await heard(client.got() for client in clients)
    assert {one.status for one in got if one} == {200}


async def both(cases: list[Case], *, direct: bool) -> Ways:
    """Ask, and sort what was seen by request."""
    playing, kept = Playing(cases), Roomy()
    async with AsyncExitStack() as stack:
        origin = await stack.enter_async_context(provider(playing))
        plan = plan_for(cases, plan_of((target("t0", origin),)))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(gathering, "LOOK_EVERY", 4)
        ground = standing(plan, direct=direct, outside=Drawn(), kept=kept)
        here = await stack.enter_async_context(ground)
        patiently(here)
        clients = await stack.enter_async_context(connected(here, len(cases)))
        if direct:
            await known(clients)
            for seen in (kept.intents, kept.exchanges, kept.begun, kept.ended):
                seen.clear()
        told: list[list[Told]] = []
        async for got in rounds(here, cases, clients):
            told.append([sorted_out(one, playing, kept) for one in got])
            assert (kept.intents, kept.exchanges, playing.calls) == ([], [], []), "nobody's"
        return Ways(told, here.straight.count, kept)


def sorted_out(got: Got | None, playing: Playing, kept: Roomy) -> Told:
    """Take what has the id of this answer, and call its drawn names alike on both ways."""
    assert got is not None
    name = got.headers["x-request-id"]
    header = (b"x-request-id", name.encode())
    calls = [one for one in playing.calls if header in one[1]]
    intents = [one for one in kept.intents if one.id == name]
    exchanges = [one for one in kept.exchanges if one.id == name]
    playing.calls = [one for one in playing.calls if header not in one[1]]
    kept.intents = [one for one in kept.intents if one.id != name]
    kept.exchanges = [one for one in kept.exchanges if one.id != name]
    assert len(exchanges) == 1, "each is settled once"
    (exchange,) = exchanges
    assert {one.span for one in intents} <= {exchange.span}
    told = Told(got, calls, intents, [untimed(exchange)])
    drawn = {exchange.span: "SPAN"} | ({name: "ID"} if name.startswith("req-") else {})
    if not exchange.parent:
        drawn[exchange.trace] = "TRACE"
    return renamed(told, drawn)


def renamed(told: Told, drawn: dict[str, str]) -> Told:
    """Put in other names."""

    def put(text: str) -> str:
        for name, other in drawn.items():
            text = text.replace(name, other)
        return text

    def in_call(call: Call) -> Call:
        path, headers, body = call
        return path, tuple((name, put(it.decode()).encode()) for name, it in headers), body

    def put_in(it: Record) -> Record:
        return replace(it, id=put(it.id), trace=put(it.trace), span=put(it.span))

    assert told.got is not None
    got = told.got
    return Told(
        Got(
            got.status,
            {name: put(value) for name, value in got.headers.items()},
            put(got.body.decode()).encode(),
        ),
        [in_call(call) for call in told.calls],
        [put_in(it) for it in told.intents],
        [put_in(it) for it in told.exchanges],
    )


QUICK = [
    case for case in ALL
    if shares(case) or case.name in {
        "a prompt", "a user", "a session", "an id of its own", "a most of tokens", "tools",
        "without tokens", "an odd finish", "no answer of this API", "no JSON", "in parts",
        "in many pieces", "a mistake", "broken", "now and then broken", "streamed",
        "now and then streamed", "a model nobody has",
    }
]  # fmt: skip
"""Cases in which nobody waits for anything."""


@given(st.lists(st.sampled_from(QUICK), min_size=20, max_size=45))
@settings(max_examples=8)
async def test_however_they_are_mixed(cases: list[Case]) -> None:
    """In whichever order, and however often each of them is there."""
    straight = await both(cases, direct=True)
    staged = await both(cases, direct=False)

    for turn in range(4):
        for at, case in enumerate(cases):
            assert straight.told[turn][at] == staged.told[turn][at], (turn, case.name)
    assert len(cases) < sum(straight.kept.begun) <= straight.straight
    assert max(straight.kept.begun) > 1


async def test_each_of_dozens_is_served_as_the_stages_serve_it() -> None:
    """What each caller got, what the provider saw of each, and what is on record, once."""
    straight = await both(ALL, direct=True)
    staged = await both(ALL, direct=False)

    for turn in range(4):
        for at, case in enumerate(ALL):
            assert straight.told[turn][at] == staged.told[turn][at], (turn, case.name)
    assert staged.straight == 0
    assert straight.straight > len(ALL)
    assert max(straight.kept.begun) > 20
    assert max(straight.kept.ended) > 10
