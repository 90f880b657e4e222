"""Asks targets until one has answered: again, elsewhere, or no further."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from math import inf
from typing import Any, assert_never

from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.calling.alive import KeepAlive
from tenken.gateway.calling.attempt import Attempting, Begun
from tenken.gateway.calling.failing import Miss, nobody_healthy, refusal_after
from tenken.gateway.calling.hedging import Ask, Hedging
from tenken.gateway.calling.last import LastResort
from tenken.gateway.flow import Flow, Rations, Trying
from tenken.gateway.house import House, Room
from tenken.gateway.plan import Target
from tenken.policy.breaker import Let, State
from tenken.policy.deadline import LEAST_LEFT_S
from tenken.policy.hedge import HedgePlan
from tenken.policy.retry import FailOver, GiveUp, RetryPlan, RetrySame, Tried, decide, told
from tenken.sentence import say
from tenken.wire.asked import Asked
from tenken.wire.dialect import Failed
from tenken.wire.failure import Failure
from tenken.wire.refusal import Refusal, Refused


class _Going(Struct, frozen=True):
    """A target that may be called now."""

    room: Room
    probe: bool


class Call:
    """The stage that gets an answer."""

    def __init__(
        self,
        house: House,
        *,
        attempt: Attempting,
        alive: KeepAlive,
        last: LastResort,
        intent: Callable[[Flow, Room], Awaitable[None] | None],
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self._house = house
        self._attempt = attempt.__call__  # a method is called more quickly than an object
        self._alive = alive
        self._last = last
        self._intent = intent
        self._clock = clock
        self._chance = chance
        self._hedging = Hedging(clock=clock)

    def __call__(self, flow: Flow) -> Awaitable[None] | None:
        """Answer the caller; raises Refusal when no target could."""
        asked = flow.asked
        if asked is None:
            return None
        return self._stream(flow, asked) if asked.stream else self._answer(flow, asked)

    async def resume(self, flow: Flow, room: Room, begun: Begun) -> None:
        """Go on with a first call that was sent already, as if it had been sent from here."""
        if flow.asked is not None:
            await self._answer(flow, flow.asked, _Going(room, probe=False), begun=begun)

    async def _stream(self, flow: Flow, asked: Asked) -> None:
        self._alive.watch(flow)
        try:
            await self._answer(flow, asked)
        finally:
            self._alive.forget(flow)

    async def _answer(
        self, flow: Flow, asked: Asked, going: _Going | None = None, begun: Begun | None = None
    ) -> None:
        """Ask; with `begun` the target that is `going` was asked already."""
        try:
            if going is None:
                now = self._clock()
                if flow.deadline.at - now < LEAST_LEFT_S:
                    raise too_late(flow)
                try:
                    going = self._first(flow, now)
                except Refusal as refusal:
                    going = await self._decided(flow, refusal)
                try:
                    intended = self._intent(flow, going.room)
                    if intended is not None:
                        await intended
                except BaseException:
                    self._give_back(going)
                    raise
            hedge = flow.route.hedge if asked.stream and flow.route is not None else None
            if hedge is not None:
                missed = await self._hedged(flow, asked, hedge, going)
            else:
                miss = await self._one(flow, asked, going, begun=begun)
                if miss is None:
                    return  # nearly all end here
                missed = ((going, miss),)
            await self._go_on(flow, asked, missed)
        except Refusal as refusal:
            if not self._last.may(flow, refusal.refused):
                raise
            await self._last(flow, asked, refusal.refused)

    async def _go_on(
        self, flow: Flow, asked: Asked, missed: tuple[tuple[_Going, Miss], ...]
    ) -> None:
        """Ask again, or elsewhere, until there is an answer."""
        history: list[Tried] = []
        told: Miss | None = None
        while missed:
            for target, miss in missed:
                # That a target has no words for it is told only when nothing else went wrong.
                told = told if told and miss.failed.refused else miss
                history.append(_tried(flow, target, miss.failed))
            going = await self._next(flow, history, told or missed[0][1])
            again = await self._one(flow, asked, going)
            missed = () if again is None else ((going, again),)

    async def _hedged(
        self, flow: Flow, asked: Asked, plan: HedgePlan, going: _Going
    ) -> tuple[tuple[_Going, Miss], ...]:
        asked_of = [going]

        def spare() -> Ask | None:
            found = self._spare(flow, going)
            if found is None:
                return None
            asked_of.append(found)
            return lambda: self._one(flow, asked, found, hedge=True)

        missed = await self._hedging(flow, plan, lambda: self._one(flow, asked, going), spare)
        return tuple([(asked_of[at], miss) for at, miss in missed])

    def _spare(self, flow: Flow, going: _Going) -> _Going | None:
        """Give another target that may be called; a probe is no spare one."""
        for target in flow.targets:
            room = self._house.room(target.id)
            if room is not going.room and room.breaker.state is State.CLOSED:
                admission = room.breaker.ask(self._clock())
                if isinstance(admission, Let):
                    return _Going(room, admission.probe)
        return None

    def _give_back(self, going: _Going) -> None:
        """A probe that does not go is given back: another request may be it."""
        if going.probe:
            going.room.gate.give_back(self._clock())

    def _first(self, flow: Flow, now: float) -> _Going:
        soonest, house = inf, self._house
        for target in flow.targets:
            room = house.room(target.id)
            admission = room.gate.ask(now)
            if isinstance(admission, Let):
                return _Going(room, admission.probe)
            flow.limits.append(f"{target.id}: {admission.reason}")
            soonest = min(soonest, admission.until)
        names = tuple([target.id for target in flow.targets])
        raise nobody_healthy(after_s=soonest - now, targets=names)

    async def _decided(self, flow: Flow, refusal: Refusal) -> _Going:
        """Wait for a moment where it is being decided whether this request may be a probe.

        One request for each decision: all others are told at once.
        """
        rooms = [self._house.room(target.id) for target in flow.targets]
        questions = [it for room in rooms if (it := room.gate.question()) is not None]
        if not questions:
            raise refusal
        with suppress(TimeoutError):
            async with asyncio.timeout(DECIDED_S):
                await questions[0].wait()
        del flow.limits[-len(rooms) :]  # told once
        return self._first(flow, self._clock())

    async def _next(self, flow: Flow, history: list[Tried], miss: Miss) -> _Going:
        """Decide after a miss, wait where that is decided, and give who is called now."""
        tried = {one.target: self._house.room(one.target) for one in history}
        plan = flow.route.retry if flow.route else RetryPlan()
        if (unasked := len(history) - len(flow.attempts)) > 0:
            # What had no room was not called: only calls are counted.
            plan = replace(plan, attempts_max=plan.attempts_max + unasked)
        others = [one.id for one in left_over(flow, history) if one.id not in tried]
        while True:
            decision = decide(
                plan,
                tuple(history),
                budgets={name: room.budget for name, room in tried.items()},
                others=tuple(others),
                left_s=flow.deadline.left_s(self._clock()),
                chance=self._chance(),
            )
            if flow.attempts:
                flow.attempts[-1].reason = told(decision)
            match decision:
                case FailOver(target=name):
                    room = self._house.room(name)
                    admission = room.gate.ask(self._clock())
                    if isinstance(admission, Let):
                        return _Going(room, admission.probe)
                    others.remove(name)
                case RetrySame(after_s=after_s, target=name):
                    room = tried[name]
                    room.budget = room.budget.spent()
                    await asyncio.sleep(after_s)
                    admission = room.gate.ask(self._clock())
                    if isinstance(admission, Let):
                        return _Going(room, admission.probe)
                    raise self._given_up(flow, history, miss.failed)
                case GiveUp():
                    raise self._given_up(flow, history, miss.failed)
                case _:
                    assert_never(decision)

    def _given_up(self, flow: Flow, history: list[Tried], failed: Failed) -> Refusal:
        targets = tuple(dict.fromkeys(one.target for one in history))
        return refusal_after(failed, attempts=len(flow.attempts), targets=targets)

    def _one(
        self,
        flow: Flow,
        asked: Asked,
        going: _Going,
        *,
        hedge: bool = False,
        begun: Begun | None = None,
    ) -> Coroutine[Any, Any, Miss | None]:
        """Make one attempt, where there is room for it."""
        if flow.rations is None:
            return self._called(flow, asked, going, hedge=hedge, begun=begun)
        return self._rationed(flow, flow.rations, asked, going, hedge=hedge)

    async def _rationed(
        self, flow: Flow, rations: Rations, asked: Asked, going: _Going, *, hedge: bool
    ) -> Miss | None:
        """Take room of the model and its credential for as long as the call goes."""
        target = going.room.target
        try:
            taken = await rations.taken(flow, asked, target)
        except Miss as miss:
            self._give_back(going)
            return miss
        except BaseException:
            self._give_back(going)
            raise
        try:
            return await self._called(flow, asked, going, hedge=hedge)
        finally:
            tried = reversed(flow.attempts)
            mine = next(one for one in tried if one.target is target and one.hedge is hedge)
            given_back = rations.settle(flow, mine, taken) if taken is not None else None
            if given_back is not None:
                await given_back

    async def _called(
        self,
        flow: Flow,
        asked: Asked,
        going: _Going,
        *,
        hedge: bool = False,
        begun: Begun | None = None,
    ) -> Miss | None:
        """Make one attempt, and tell the breaker how it ended; what has begun is an attempt."""
        room, clock = going.room, self._clock
        if begun is None:
            if room.budget.tokens < room.budget.cap:
                room.budget = room.budget.earned()
            trying = Trying(target=room.target, began=clock(), hedge=hedge)
            flow.attempts.append(trying)
        else:
            trying = flow.attempts[-1]
        if going.probe:
            trying.heard = partial(self._heard, room, trying)
        failed: Failed | None = CANCELLED
        try:
            await self._attempt(flow, asked, room, trying, begun=begun)
            failed = None
        except Miss as miss:
            failed = miss.failed
            return miss
        finally:
            trying.ended = now = clock()
            if failed is None and not going.probe:
                trying.failure = None
                room.breaker.answered(now)
            else:
                self._ended(going, trying, failed)
        return None

    def _heard(self, room: Room, trying: Trying) -> None:
        """A provider that has begun to answer is back, however long its stream takes."""
        trying.heard = None
        room.gate.note(None, now=self._clock(), chance=0.0, probe=True)

    def _ended(self, going: _Going, trying: Trying, failed: Failed | None) -> None:
        """Tell the breaker of a probe, or of a failure."""
        if failed is not None:
            self._failed(going, trying, failed)
            return
        trying.failure = None
        going.room.gate.note(None, now=trying.ended, chance=0.0, probe=_probes(going, trying))

    def _failed(self, going: _Going, trying: Trying, failed: Failed) -> None:
        trying.failure, trying.status = failed.failure, failed.status
        going.room.gate.note(
            Failure.CALLER_ERROR if failed.spoilt else failed.failure,
            now=trying.ended,
            chance=self._chance(),
            probe=_probes(going, trying),
            retry_after_s=failed.retry_after_s,
        )


def _probes(going: _Going, trying: Trying) -> bool:
    """Whether nothing is known yet of a probe."""
    return going.probe and trying.heard is not None


def _tried(flow: Flow, going: _Going, failed: Failed) -> Tried:
    return Tried(
        target=going.room.target.id,
        failure=failed.failure,
        committed=flow.committed,
        retry_after_s=failed.retry_after_s,
    )


def left_over(flow: Flow, history: list[Tried]) -> tuple[Target, ...]:
    """Give the targets that may be asked: for what is too long only those that hold more."""
    short = [one.target for one in history if one.failure is Failure.CONTEXT_TOO_LONG]
    if not short:
        return flow.targets
    most = max([flow.plan.targets[name].context_tokens or 0 for name in short])
    every = (*flow.targets, *flow.larger)
    return tuple([one for one in every if (one.context_tokens or most + 1) > most])


def too_late(flow: Flow) -> Refusal:
    """Say that no provider is called for what is left of the deadline."""
    return Refusal(
        Refused(
            status=504,
            code="deadline_exceeded",
            kind="timeout_error",
            sentence=say("gateway.too_late", by=flow.deadline.by),
            should_retry=False,
        )
    )


DECIDED_S = 0.05
CANCELLED = Failed(failure=Failure.CANCELLED, status=0)
