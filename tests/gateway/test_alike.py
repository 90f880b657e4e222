"""What is looked up for a request that is like one before is what would have been worked out."""

from contextlib import AsyncExitStack
from itertools import product

import pytest
from msgspec.structs import replace

from tenken.gateway import read
from tenken.gateway.flow import Flow
from tenken.gateway.plan import Caller, Plan, Route
from tenken.gateway.stage import Stage, under
from tenken.journal.exchange import Exchange
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.ground import (
    Behaviour,
    answers,
    fails,
    plan_of,
    provider,
    standing,
    target,
)

pytestmark = pytest.mark.anyio
USERS = ("", "ann")
SESSIONS = ("", "one")
SYSTEMS = ((), ("Be brief",), ("Be", "brief"), ("Be\x1fbrief",))
USE_CASES = ("", "search", "unknown")
DRILLS = ("", "d-1")
ALIKE = tuple(product(USERS, SESSIONS, SYSTEMS, USE_CASES, DRILLS))


Said = tuple[str, str, tuple[str, ...], str, str]


def asking(each: Said) -> tuple[dict[str, object], tuple[tuple[str, str], ...]]:
    user, session, system, use_case, drill = each
    turns = [{"role": "system", "content": text} for text in system]
    body: dict[str, object] = {
        "model": "desk",
        "messages": [*turns, {"role": "user", "content": "hello"}],
    }
    said = {
        "x-tenken-session": session, "x-tenken-use-case": use_case, "x-tenken-drill": drill,
        "x-request-id": "always-this",
    }  # fmt: skip
    return body | ({"user": user} if user else {}), tuple((k, v) for k, v in said.items() if v)


async def recorded(rounds: int) -> list[Exchange]:
    """Ask all, so often."""
    async with AsyncExitStack() as stack:
        one = target("t0", await stack.enter_async_context(provider(answers)))
        plan = plan_of((one,))
        caller = Caller(
            id="app", routes=frozenset({"desk"}), use_cases=("search", "mail"), drills=True
        )
        route = Route(name="desk", use_case="", targets=("t0",))
        plan = replace(plan, callers={"app": caller}, routes={"desk": route})
        here = await stack.enter_async_context(standing(plan))
        for each in ALIKE * rounds:
            body, headers = asking(each)
            assert (await here.post(body, headers=headers)).status == 200
        return here.kept.exchanges


async def test_what_is_said_again_is_known_and_what_differs_is_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each for itself, each again, and with a memory that is always too small."""
    again = [one.identity for one in await recorded(2)]
    monkeypatch.setattr(read, "KEPT_MAX", 0)
    alone = [one.identity for one in await recorded(1)]
    monkeypatch.setattr(read, "KEPT_MAX", 1 << 10)
    monkeypatch.setattr(read, "SESSIONS", 3)
    forgetful = [one.identity for one in await recorded(1)]

    assert again == alone * 2
    assert forgetful == alone
    of_session = {(one.session, one.prompt, one.use_case, one.drill) for one in alone}
    keyed = {(session or user, "\x1f".join(system), use_case == "search", drill)
             for user, session, system, use_case, drill in ALIKE}  # fmt: skip
    assert len(of_session) == len(keyed)


async def test_the_release_is_that_of_whoever_answered() -> None:
    """Also where the session's last answer was another target's."""
    async with AsyncExitStack() as stack:
        first = target("t0", await stack.enter_async_context(provider(first_fails())))
        other = target("t1", await stack.enter_async_context(provider(answers)))
        releases = {("desk", "t0"): "r0", ("desk", "t1"): "r1"}
        plan = replace(plan_of((first, other)), releases=releases)
        here = await stack.enter_async_context(standing(plan))
        body, _ = asking(("ann", "", (), "", ""))
        for _ in range(3):
            await here.post(body)

    assert [one.identity.release for one in here.kept.exchanges] == ["r1", "r0", "r0"]


def first_fails() -> Behaviour:
    behaviours = iter([fails(500)])

    async def one(request: Request, reply: Reply) -> None:
        await next(behaviours, answers)(request, reply)

    return one


class Steps:
    """A step that a plan of this version has no use for."""

    def __init__(self, useless: str, then: Stage | None = None) -> None:
        self._useless = useless
        self._then = then

    def under(self, plan: Plan) -> Stage | None:
        return self._then if plan.version == self._useless else self

    def __call__(self, flow: Flow) -> None:
        raise AssertionError(flow)


def test_a_step_is_left_out_under_the_plan_that_has_no_use_for_it_alone() -> None:
    """And what stands behind it takes its place."""
    always: list[Flow] = []

    def last(flow: Flow) -> None:
        always.append(flow)

    stages: tuple[Stage, ...] = (Steps("v1"), Steps("v1", last), last)
    plan = plan_of(())

    assert len(under(plan, stages)) == 2
    assert len(under(replace(plan, version="v2"), stages)) == 3
