"""Waiting for one of a limited number of places, where a route says so.

A place that this worker gives back calls the next one in its line at once. What other workers and
replicas give back is found by asking again at every look, while somebody waits.
"""

from collections.abc import Callable

from tenken.gateway.entering.line import Line, Turn
from tenken.gateway.flow import Flow
from tenken.policy.admission import AdmissionPlan, Waiting
from tenken.policy.deadline import LEAST_LEFT_S
from tenken.store.counters.counters import PARALLEL, Counters, Held, Over, Want
from tenken.store.counters.grip import Taken


class Places:
    """A line for each limit on places at which somebody waits."""

    def __init__(self, plan: AdmissionPlan, *, clock: Callable[[], float]) -> None:
        self._plan = plan
        self._clock = clock
        self.lines: dict[str, Line] = {}
        """By the limit's name; there is none before somebody has waited there."""

    async def reserved(
        self, flow: Flow, wants: tuple[Want, ...], counters: Counters
    ) -> Held | Over:
        """Reserve, after waiting where only a place is missing; raises Unavailable."""
        full = next((one for one in wants if self._waits(one)), None)
        if full is None:
            answer = await counters.reserve(wants, now=self._clock())
            if isinstance(answer, Held) or answer.want.kind is not PARALLEL:
                return answer
            full = answer.want
        return await self._waited(flow, wants, counters, full=full)

    def freed(self, held: Held | Taken) -> None:
        """Call those who wait for what is given back."""
        for want in held.wants:
            if want.kind is PARALLEL and (line := self.lines.get(want.name)) is not None:
                line.call()

    async def _waited(
        self, flow: Flow, wants: tuple[Want, ...], counters: Counters, *, full: Want
    ) -> Held | Over:
        began = self._clock()
        answer: Held | Over = Over(full, full.limit, 0.0)
        place: Waiting | None = None
        joined: Line | None = None
        while isinstance(answer, Over) and answer.want.kind is PARALLEL:
            line = self._line(answer.want.name)
            if line is not joined:  # a place is one of its own line
                joined = line
                until = flow.deadline.at - LEAST_LEFT_S
                place = line.join(flow.caller.priority, until=until)
            if place is None or await line.turn(place) is not Turn.CALLED:
                break
            answer = await counters.reserve(wants, now=self._clock())
        flow.queued_s += self._clock() - began
        return answer

    def _waits(self, want: Want) -> bool:
        line = self.lines.get(want.name) if want.kind is PARALLEL else None
        return line is not None and len(line) > 0

    def _line(self, name: str) -> Line:
        found = self.lines.get(name)
        if found is None:
            # Whoever is called and has left is noticed at the next look.
            found = self.lines[name] = Line(
                self._plan, clock=self._clock, lost=lambda: None, beckons=True
            )
        return found
