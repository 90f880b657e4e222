"""The path of a request: answered, failed over, refused, cut; and always on record."""

import asyncio
from contextlib import AsyncExitStack
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tenken.gateway.record import FINISHES, WORD_MAX
from tenken.journal.exchange import Outcome
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.failure import Failure
from tests.gateway import ground
from tests.gateway.ground import (
    DONE,
    ROLE,
    STOP,
    TEXT,
    TOLD,
    Behaviour,
    Got,
    Ground,
    answers,
    fails,
    plan_of,
    provider,
    standing,
    streams,
    target,
)

pytestmark = pytest.mark.anyio
ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
STREAMED = {**ASKED, "stream": True}


async def asked(
    *behaviours: Behaviour, body: object = ASKED, **more: object
) -> tuple[Got, Ground]:
    """Ask a gateway over providers that behave so."""
    async with AsyncExitStack() as stack:
        targets = [
            target(f"t{number}", await stack.enter_async_context(provider(behaviour)))
            for number, behaviour in enumerate(behaviours)
        ]
        here = await stack.enter_async_context(standing(plan_of(tuple(targets))))
        return await here.post(body, **more), here  # type: ignore[arg-type]


async def test_an_answer_passes_and_is_on_record() -> None:
    """The bytes are the provider's own; tokens and money are counted."""
    got, here = await asked(answers)

    assert (got.status, got.json) == (200, ground.ANSWER)
    assert got.headers["x-tenken-settings"] == "v1"
    [one] = here.kept.exchanges
    assert (one.outcome, one.status, one.finish) == (Outcome.ANSWERED, 200, "stop")
    assert (one.usage.read, one.usage.written) == (20, 5)
    assert one.cost == Decimal("0.0001")
    assert [it.id for it in here.kept.intents] == [one.id]
    assert here.faults == []


@pytest.mark.parametrize("status", [401, 404, 429, 500, 502, 503, 529])
async def test_a_failure_of_one_target_is_answered_by_the_next(status: int) -> None:
    """Both attempts are on record, with what was decided between them."""
    got, here = await asked(fails(status), answers)

    assert got.status == 200
    [one] = here.kept.exchanges
    assert [it.target for it in one.attempts] == ["t0", "t1"]
    assert one.attempts[0].failure is not None
    assert one.attempts[0].reason


async def test_a_caller_s_mistake_is_asked_nowhere_else() -> None:
    """It comes back as the provider says it."""
    got, here = await asked(fails(400), answers)

    assert (got.status, got.code) == (400, "x")
    assert len(here.kept.exchanges[0].attempts) == 1


async def test_the_only_target_is_asked_once_more() -> None:
    """Then the caller is told, and told not to try again."""
    got, here = await asked(fails(503))

    assert (got.status, got.code) == (503, "no_healthy_upstream")
    assert (got.headers["retry-after"], got.headers["x-should-retry"]) == ("1", "false")
    [one] = here.kept.exchanges
    assert (one.outcome, len(one.attempts)) == (Outcome.FAILED, 2)


async def test_a_stream_passes_as_it_came() -> None:
    """The usage that nobody asked for is read and held back."""
    got, here = await asked(streams(ROLE, TEXT, STOP, TOLD, DONE), body=STREAMED)

    assert got.body == ROLE + TEXT + STOP + DONE
    [one] = here.kept.exchanges
    assert (one.usage.total, one.usage.source, one.finish) == (25, "provider", "stop")


async def test_a_stream_that_fails_before_its_first_word_is_asked_elsewhere() -> None:
    """Its preamble never reaches the caller."""
    got, here = await asked(
        streams(ROLE, cut=True), streams(ROLE, TEXT, STOP, DONE), body=STREAMED
    )

    assert got.body == ROLE + TEXT + STOP + DONE
    assert here.kept.exchanges[0].attempts[0].failure is Failure.INTERRUPTED


@pytest.mark.parametrize("cut", [True, False])
async def test_a_cut_stream_never_looks_whole(cut: bool) -> None:
    """Cut or ended without its end: an error in its place, and no second target."""
    got, here = await asked(streams(ROLE, TEXT, cut=cut), answers, body=STREAMED)

    assert got.body.startswith(ROLE + TEXT)
    assert b'"code":"upstream_stream_interrupted"' in got.body
    assert not got.body.endswith(DONE)
    [one] = here.kept.exchanges
    assert (one.outcome, len(one.attempts)) == (Outcome.INTERRUPTED, 1)
    assert one.usage.source == "estimated"


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"key": None}, 401, "missing_api_key"),
        ({"key": "tk-wrong"}, 401, "invalid_api_key"),
        ({"headers": (("x-api-key", ground.KEY),)}, 400, "ambiguous_credentials"),
        ({"body": {**ASKED, "model": "other"}}, 404, "model_not_found"),
        ({"body": {**ASKED, "model": "t0"}}, 403, "model_not_allowed"),
        ({"body": b"{"}, 400, "invalid_json"),
        ({"path": "/v1/nothing"}, 404, "not_found"),
        ({"headers": (("x-request-timeout-ms", "200"),)}, 504, "deadline_exceeded"),
    ],
)
async def test_what_may_not_be_asked_reaches_no_provider(
    more: dict[str, object], status: int, code: str
) -> None:
    """Default deny; each refusal in the shape of the API."""
    seen = []

    async def watching(request: Request, reply: Reply) -> None:
        seen.append(request)
        await answers(request, reply)

    got, _ = await asked(watching, **more)

    assert (got.status, got.code) == (status, code)
    assert seen == []


async def test_the_provider_gets_its_own_credential_and_the_trace() -> None:
    """Never the caller's key."""
    seen: list[Request] = []

    async def watching(request: Request, reply: Reply) -> None:
        seen.append(request)
        await answers(request, reply)

    trace = "0af7651916cd43dd8448eb211c80319c"
    _, here = await asked(watching, headers=(("traceparent", f"00-{trace}-b7ad6b7169203331-01"),))

    headers = dict(seen[0].headers)
    assert headers[b"authorization"] == b"Bearer secret-of-t0"
    assert headers[b"traceparent"].decode().startswith(f"00-{trace}-")
    assert here.kept.exchanges[0].parent == "b7ad6b7169203331"


async def test_a_request_that_cannot_be_recorded_is_not_served() -> None:
    """503 before a provider is called."""
    async with provider(answers) as origin, standing(plan_of((target("t0", origin),))) as here:
        here.kept.full = True
        got = await here.post(ASKED)

    assert (got.status, got.code) == (503, "accounting_unavailable")


async def test_a_caller_who_leaves_stops_the_provider() -> None:
    """The provider's connection ends, and what was used is on record."""
    begun, left = asyncio.Event(), asyncio.Event()

    async def endless(_request: Request, reply: Reply) -> None:
        reply.start(200, ((b"content-type", b"text/event-stream"),))
        await reply.write(TEXT)
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    async with provider(endless) as origin, standing(plan_of((target("t0", origin),))) as here:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(here.post(STREAMED))
            await begun.wait()
            asking.cancel()
        await left.wait()
        await here.kept.settled.wait()

    [one] = here.kept.exchanges
    assert (one.outcome, one.attempts[0].failure) == (Outcome.CANCELLED, Failure.CANCELLED)


@pytest.mark.parametrize("body", [ASKED, STREAMED], ids=["whole", "stream"])
async def test_a_caller_who_leaves_early_has_had_the_request_read(body: dict[str, object]) -> None:
    """The provider bills what it was sent; leaving first is no way round a limit."""
    begun = asyncio.Event()

    async def thinking(_request: Request, _reply: Reply) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with provider(thinking) as origin, standing(plan_of((target("t0", origin),))) as here:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(here.post(body))
            await begun.wait()
            asking.cancel()
        await here.kept.settled.wait()

    [one] = here.kept.exchanges
    assert one.outcome is Outcome.CANCELLED
    assert (one.usage.source, one.usage.output) == ("estimated", 0)
    assert one.usage.input > 0
    assert one.cost > 0


async def test_a_target_that_keeps_failing_is_left_alone() -> None:
    """Its breaker opens; with nobody else there the answer is immediate."""
    calls = 0

    async def down(_request: Request, reply: Reply) -> None:
        nonlocal calls
        calls += 1
        reply.send(500, (), b"")

    async with provider(down) as origin, standing(plan_of((target("t0", origin),))) as here:
        answers = [await here.post(ASKED) for _ in range(10)]

    assert {(got.status, got.code) for got in answers} == {(503, "no_healthy_upstream")}
    assert calls == 5


@pytest.mark.parametrize(("said", "counted"), [("2", 2), ("", 0), ("many", 0), ("99999", 0)])
async def test_the_client_s_own_retries_are_on_record(said: str, counted: int) -> None:
    """Two of the client's times three of ours is what a provider may see."""
    _, here = await asked(answers, headers=(("x-stainless-retry-count", said),))

    assert here.kept.exchanges[0].client_retry == counted


@pytest.mark.parametrize(("drills", "named"), [(False, ""), (True, "failover-7")])
async def test_who_may_not_drill_belongs_to_no_drill(*, drills: bool, named: str) -> None:
    """What counts in no figure is said by those who are named, and by nobody else."""
    async with provider(answers) as origin:
        plan = plan_of((target("t0", origin),))
        app = replace(plan.callers["app"], drills=drills)
        async with standing(replace(plan, callers={"app": app})) as here:
            got = await here.post(ASKED, headers=(("x-tenken-drill", "failover-7"),))
            [one] = here.kept.exchanges

    assert got.status == 200
    assert one.identity.drill == named


@pytest.mark.parametrize("word", sorted(FINISHES))
def test_an_end_that_is_recorded_unseen_is_a_word(word: str) -> None:
    """A provider's own word is cut and cleaned; these need not be."""
    assert len(word) <= WORD_MAX
    assert word.replace("_", "").isalpha() or not word
