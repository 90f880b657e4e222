"""The door: so many requests at one time in a worker, the next ones in a line, the rest sent away.

Who is sent away hears it at once, with when to come again: under load a quick no costs less than
a slow answer that nobody waits for any more.
"""

from collections.abc import Awaitable, Callable

from tenken.gateway.entering.line import Line, Turn
from tenken.gateway.flow import Flow
from tenken.policy.admission import AdmissionPlan, Waiting
from tenken.policy.deadline import LEAST_LEFT_S
from tenken.sentence import say
from tenken.wire.refusal import Refusal, Refused

AGAIN_S = 1.0


class Door:
    """The stage that lets requests in."""

    def __init__(self, plan: AdmissionPlan, *, clock: Callable[[], float]) -> None:
        self.in_flight = 0
        self.line = Line(plan, clock=clock, lost=self.leave)
        self._plan = plan
        self._most = plan.in_flight_max
        self._clock = clock

    def __call__(self, flow: Flow) -> Awaitable[None] | None:
        """Let it in now or in its turn; raises Refusal."""
        if self.in_flight >= self._most:
            return self._wait(flow)
        self.in_flight += 1
        flow.inside = True
        return None

    def enter(self) -> bool:
        """Let one in that would not wait; tell whether it is in."""
        if self.in_flight >= self._most:
            return False
        self.in_flight += 1
        return True

    def leave(self) -> None:
        """Give a place back: to the next one in the line, where there is one."""
        if not self.line.waiting or not self.line.call():
            self.in_flight -= 1

    async def _wait(self, flow: Flow) -> None:
        began = self._clock()
        until = flow.deadline.at - LEAST_LEFT_S
        place = self.line.join(flow.caller.priority, until=until)
        turn = Turn.SHED if place is None else await self._turned(flow, place, began)
        if turn is Turn.CALLED:
            flow.inside = True
            return
        flow.limits.append(f"queue: {turn} after {flow.queued_s:.3f} s")
        raise overloaded(waiting=len(self.line))

    async def _turned(self, flow: Flow, place: Waiting, began: float) -> Turn:
        try:
            return await self.line.turn(place)
        finally:
            flow.queued_s += self._clock() - began


def overloaded(*, waiting: int) -> Refusal:
    """Say that too much is asked for."""
    return Refusal(
        Refused(
            status=503,
            code="overloaded",
            kind="server_error",
            sentence=say("gateway.overloaded", waiting=waiting, after=int(AGAIN_S)),
            retry_after_s=AGAIN_S,
        )
    )
