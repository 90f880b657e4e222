"""Answers that are given again: under a key of the caller's, or from the cache of a route."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import openai
import pytest
from msgspec.structs import replace

from tenken.gateway.assembly import Manner
from tenken.gateway.plan import CacheFor, CallerLimits, Plan
from tenken.gateway.repeating.once import OncePlan
from tenken.gateway.repeating.sealed import Sealed
from tenken.journal.exchange import Outcome
from tenken.policy.retry import RetryPlan
from tenken.store.repeats.memory import MemoryRepeats
from tenken.store.repeats.repeats import Claim, Claimed, Done, Unavailable
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway import apis
from tests.gateway.apis import Row
from tests.gateway.ground import (
    KEY,
    ROLE,
    STOP,
    TEXT,
    Behaviour,
    Got,
    Ground,
    answering,
    answers,
    event,
    fails,
    plan_of,
    provider,
    standing,
    streams,
    target,
)
from tests.gateway.test_entering import digest

pytestmark = pytest.mark.anyio
ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
STREAMED = {**ASKED, "stream": True}
ONCE = (("idempotency-key", "order-4711"),)
each = pytest.mark.parametrize("row", apis.ALL.values(), ids=apis.ALL)
each_stream = pytest.mark.parametrize("row", apis.STREAMING.values(), ids=apis.STREAMING)
Change = Callable[[Plan], Plan]


class Counted:
    """A provider whose calls are counted."""

    def __init__(self, behaviour: Behaviour = answers) -> None:
        self.calls = 0
        self.behaviour = behaviour

    async def __call__(self, request: Request, reply: Reply) -> None:
        self.calls += 1
        await self.behaviour(request, reply)


@asynccontextmanager
async def serving(
    counted: Counted, *, row: Row = apis.CHAT, change: Change = lambda plan: plan,
    manner: Manner | None = None, **route: object,
) -> AsyncIterator[Ground]:  # fmt: skip
    async with provider(counted) as origin:
        plan = change(plan_of((replace(target("t0", origin), dialect=row.side),), **route))
        made = manner or Manner(fingerprint_key=b"k" * 32)
        repeats = MemoryRepeats(size=1 << 20)
        async with standing(plan, repeats=repeats, manner=made) as here:
            yield here


def with_another_caller(plan: Plan) -> Plan:
    app = plan.callers["app"]
    [key] = plan.keys.values()
    return replace(
        plan,
        callers={"app": app, "other": replace(app, id="other")},
        keys={**plan.keys, digest("tk-other"): replace(key, caller="other")},
    )


@each
async def test_a_repetition_gets_the_first_answer(row: Row) -> None:
    """One call to the provider, on every API; what it cost is counted once."""
    counted = Counted(answering(row.answer))
    async with serving(counted, row=row) as here:
        first = await here.post(row.asked, path=row.path, headers=ONCE)
        second = await here.post(row.asked, path=row.path, headers=ONCE)

    assert (first.status, second.status, second.body) == (200, 200, first.body)
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert counted.calls == 1
    one, two = here.kept.exchanges
    assert (one.cached, two.cached) == (False, True)
    assert (two.outcome, two.usage.total, two.attempts) == (Outcome.ANSWERED, 0, ())


@each_stream
async def test_a_stream_is_repeated_as_a_stream(row: Row) -> None:
    """Event for event."""
    counted = Counted(streams(row.preamble, row.text, row.rest))
    body = {**row.asked, "stream": True}
    async with serving(counted, row=row) as here:
        first = await here.post(body, path=row.path, headers=ONCE)
        second = await here.post(body, path=row.path, headers=ONCE)

    assert first.body == second.body == row.preamble + row.text + row.rest
    assert second.headers["content-type"].startswith("text/event-stream")
    assert counted.calls == 1


async def test_a_key_stands_for_one_request_of_one_caller() -> None:
    """Another body is refused; another caller has keys of its own."""
    counted = Counted()
    async with serving(counted, change=with_another_caller) as here:
        await here.post(ASKED, headers=ONCE)
        other_body = await here.post({**ASKED, "seed": 1}, headers=ONCE)
        other_path = await here.post(apis.RESPONSES.asked, path="/v1/responses", headers=ONCE)
        other_caller = await here.post(ASKED, headers=ONCE, key="tk-other")

    assert (other_body.status, other_body.code) == (422, "idempotency_mismatch")
    assert other_body.headers["x-should-retry"] == "false"
    assert other_path.status == 422
    assert other_caller.status == 200
    assert "idempotent-replayed" not in other_caller.headers
    assert counted.calls == 2


async def test_what_goes_on_is_not_begun_again() -> None:
    """The official client comes again after a second and has the first answer."""
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow(request: Request, reply: Reply) -> None:
        begun.set()
        await go.wait()
        await answers(request, reply)

    counted = Counted(slow)
    async with serving(counted) as here, asyncio.TaskGroup() as group:
        first = group.create_task(here.post(ASKED, headers=ONCE))
        await begun.wait()
        again = [await here.post(ASKED, headers=ONCE) for _ in range(4)]
        go.set()
        await first
        host, port = here.server.address
        async with openai.AsyncOpenAI(base_url=f"http://{host}:{port}/v1", api_key=KEY) as client:
            answer = await client.chat.completions.with_raw_response.create(
                **ASKED, extra_headers={"Idempotency-Key": "another"}
            )  # type: ignore[call-overload]

    assert {(one.status, one.code) for one in again} == {(409, "idempotency_in_progress")}
    assert {one.headers["retry-after"] for one in again} == {"1"}
    assert answer.status_code == 200
    assert counted.calls == 2


@pytest.mark.parametrize(
    ("behaviour", "body"),
    [
        (fails(500), ASKED),
        (fails(400), ASKED),
        (streams(ROLE, TEXT, cut=True), STREAMED),
    ],
    ids=["failed", "refused", "cut"],
)
async def test_what_gave_no_answer_frees_its_key(behaviour: Behaviour, body: object) -> None:
    """The next one is served."""
    counted = Counted(behaviour)
    async with serving(counted) as here:
        await here.post(body, headers=ONCE)
        counted.behaviour = answers
        good = await here.post(ASKED, headers=ONCE)

    assert good.status == 200
    assert "idempotent-replayed" not in good.headers


async def test_who_left_may_come_again() -> None:
    """The claim ended with the request."""
    begun = asyncio.Event()

    async def endless(_request: Request, _reply: Reply) -> None:
        begun.set()
        await asyncio.Event().wait()

    counted = Counted(endless)
    async with serving(counted) as here:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(here.post(ASKED, headers=ONCE))
            await begun.wait()
            asking.cancel()
        await here.kept.settled.wait()
        counted.behaviour = answers
        got = await here.post(ASKED, headers=ONCE)

    assert got.status == 200


async def test_a_refusal_claims_nothing() -> None:
    """A limit that is reached is no answer."""

    def limited(plan: Plan) -> Plan:
        app = replace(plan.callers["app"], limits=CallerLimits(rpm=1))
        return replace(plan, callers={"app": app})

    async with serving(Counted(), change=limited) as here:
        await here.post(ASKED)
        got = [await here.post(ASKED, headers=ONCE) for _ in range(2)]

    assert [one.status for one in got] == [429, 429]


async def test_an_answer_that_is_too_large_is_not_asked_again() -> None:
    """It is said why."""
    manner = Manner(fingerprint_key=b"k" * 32, once=OncePlan(answer_max=10))
    counted = Counted()
    async with serving(counted, manner=manner) as here:
        first = await here.post(ASKED, headers=ONCE)
        second = await here.post(ASKED, headers=ONCE)

    assert (first.status, second.status, second.code) == (200, 409, "idempotency_not_kept")
    assert second.headers["x-should-retry"] == "false"
    assert counted.calls == 1


@pytest.mark.parametrize(
    "headers", [(("idempotency-key", "x" * 256),), (("idempotency-key", "schlüssel"),), ONCE * 2]
)
async def test_a_key_that_is_none_is_refused(headers: tuple[tuple[str, str], ...]) -> None:
    """Before anything is called."""
    counted = Counted()
    async with serving(counted) as here:
        got = await here.post(ASKED, headers=headers)

    assert (got.status, got.code, counted.calls) == (400, "invalid_value", 0)


async def test_what_nobody_can_say_is_not_served() -> None:
    """Whoever sends a key wants it held."""

    class Gone:
        async def claim(self, _claim: Claim) -> Claimed:
            raise Unavailable

        async def keep(self, _claim: Claim, _answer: bytes, *, until: int) -> None:
            raise Unavailable(until)

        async def release(self, _claim: Claim) -> None:
            raise Unavailable

    async with provider(answers) as origin:
        plan = plan_of((target("t0", origin),))
        async with standing(plan, repeats=Gone()) as here:
            got = await here.post(ASKED, headers=ONCE)
            plain = await here.post(ASKED)

    assert (got.status, got.code, plain.status) == (503, "idempotency_unavailable", 200)


async def test_a_claim_of_which_nobody_heard_is_given_back() -> None:
    """The store has taken it, and the answer was lost on the way, or who asked had left."""

    class Losing(MemoryRepeats):
        hangs = asyncio.Event()
        loses = True

        async def claim(self, claim: Claim) -> Claimed:
            found = await super().claim(claim)
            if not self.loses:
                return found
            if not self.hangs.is_set():
                self.hangs.set()
                await asyncio.Event().wait()
            raise Unavailable

    repeats = Losing(size=1 << 20)
    async with provider(answers) as origin:
        plan = plan_of((target("t0", origin),))
        async with standing(plan, repeats=repeats) as here:
            async with asyncio.TaskGroup() as group:
                asking = group.create_task(here.post(ASKED, headers=ONCE))
                await repeats.hangs.wait()
                asking.cancel()
            await here.kept.settled.wait()
            lost = await here.post(ASKED, headers=ONCE)
            repeats.loses = False
            got = await here.post(ASKED, headers=ONCE)

    assert (lost.status, got.status) == (503, 200)


async def test_what_is_kept_opens_for_its_own_request_only() -> None:
    """Whoever reads the store reads nothing of it."""
    kept: list[bytes] = []

    class Watching(MemoryRepeats):
        async def keep(self, claim: Claim, answer: bytes, *, until: int) -> None:
            kept.append(answer)
            await super().keep(claim, answer, until=until)

    async with provider(answers) as origin:
        repeats = Watching(size=1 << 20)
        async with standing(plan_of((target("t0", origin),)), repeats=repeats) as here:
            got = await here.post(ASKED, headers=ONCE)

    assert got.status == 200
    assert b"hello" not in kept[0]
    assert Sealed("app", b"order-4711", b"other body").open(kept[0]) is None
    assert Sealed("other", b"order-4711", b"").open(kept[0]) is None
    assert isinstance(Done(kept[0]), Done)


RETRY = RetryPlan(attempts_max=1)
CACHED = {"cache": CacheFor(ttl_s=60.0, size=1 << 20)}


async def cached(
    *bodies: object, behaviour: Behaviour = answers, keys: tuple[str, ...] = (), **route: object
) -> tuple[list[Got], Counted]:
    counted = Counted(behaviour)
    more = {**CACHED, **route}
    async with serving(counted, change=with_another_caller, **more) as here:  # type: ignore[arg-type]
        given = keys or (KEY,) * len(bodies)
        got = [await here.post(body, key=key) for body, key in zip(bodies, given, strict=True)]
    return got, counted


async def test_the_same_request_is_answered_from_memory() -> None:
    """Where the route says so; whole and streamed."""
    got, counted = await cached(ASKED, ASKED)
    streamed, there = await cached(
        STREAMED, STREAMED, behaviour=streams(ROLE, TEXT, STOP, b"data: [DONE]\n\n")
    )

    assert [one.headers.get("x-tenken-cache") for one in got] == [None, "hit"]
    assert got[0].body == got[1].body
    assert streamed[0].body == streamed[1].body
    assert (counted.calls, there.calls) == (1, 1)


async def test_nothing_is_answered_from_memory_unasked() -> None:
    """The cache is opt-in."""
    _, counted = await cached(ASKED, ASKED, cache=None)

    assert counted.calls == 2


async def test_another_caller_or_body_is_another_request() -> None:
    """Nothing is shared between callers."""
    _, counted = await cached(ASKED, ASKED, keys=(KEY, "tk-other"))
    _, other = await cached(ASKED, {**ASKED, "seed": 1})

    assert (counted.calls, other.calls) == (2, 2)


CUT = streams(ROLE, TEXT, cut=True)
SHORT = streams(
    ROLE, TEXT, event(choices=[{"delta": {}, "finish_reason": "length"}]), b"data: [DONE]\n\n"
)


@pytest.mark.parametrize("behaviour", [CUT, SHORT, fails(500)], ids=["cut", "short", "failed"])
async def test_only_whole_answers_are_kept(behaviour: Behaviour) -> None:
    """A cut one would be cut for everybody after."""
    got, counted = await cached(STREAMED, STREAMED, behaviour=behaviour, retry=RETRY)

    assert "x-tenken-cache" not in got[1].headers
    assert counted.calls == 2


async def test_what_is_old_or_too_much_makes_room() -> None:
    """By time and by size."""
    _, old = await cached(ASKED, ASKED, cache=CacheFor(ttl_s=0.0, size=1 << 20))
    _, much = await cached(ASKED, ASKED, cache=CacheFor(ttl_s=60.0, size=100))

    assert (old.calls, much.calls) == (2, 2)
