"""Those who wait for one thing: a bounded line, by priority, for a limited time.

Who leaves the line for one that is more urgent, and who is next, is decided in `policy.admission`.
Nobody has a task or a timer of his own: one look every twentieth of a second tells whose time is
over, and there is none while nobody waits.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from tenken.policy.admission import AdmissionPlan, Priority, Shed, Wait, Waiting, arrive, following

LOOK_S = 0.05


class Turn(StrEnum):
    """How waiting ended."""

    CALLED = "called"
    LATE = "late"
    SHED = "shed"


class _One(Struct, eq=False):
    waiting: Waiting
    turn: asyncio.Future[Turn]


class Line:
    """Waiting requests."""

    def __init__(
        self,
        plan: AdmissionPlan,
        *,
        clock: Callable[[], float],
        lost: Callable[[], object],
        beckons: bool = False,
    ) -> None:
        """`lost` is told of one who was called and had left just then.

        `beckons`: call the next one at every look, since others may have made room untold.
        """
        self._plan = plan
        self._clock = clock
        self._lost = lost
        self._beckons = beckons
        self.waiting: dict[int, _One] = {}
        """By number."""
        self._arrived = 0
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """How many wait."""
        return len(self.waiting)

    def join(self, priority: Priority, *, until: float) -> Waiting | None:
        """Take a place in the line, perhaps somebody else's; None where there is none."""
        now = self._clock()
        decision = arrive(
            self._plan,
            in_flight=self._plan.in_flight_max,
            queue=tuple([one.waiting for one in self.waiting.values()]),
            priority=priority,
            now=now,
        )
        match decision:
            case Wait(until=latest, displaces=displaced):
                if displaced is not None:
                    self._end(displaced, Turn.SHED)
                self._arrived += 1
                return Waiting(self._arrived, priority, min(until, latest))
            case Shed():
                return None
            case _:
                raise AssertionError(decision)

    async def turn(self, waiting: Waiting) -> Turn:
        """Wait with a place that was joined."""
        loop = asyncio.get_running_loop()
        one = _One(waiting, loop.create_future())
        self.waiting[waiting.number] = one
        if self._timer is None:
            self._timer = loop.call_later(LOOK_S, self._tick)
        try:
            return await one.turn
        except asyncio.CancelledError:
            called = one.turn.done() and not one.turn.cancelled()
            if called and one.turn.result() is Turn.CALLED:
                self._lost()
            raise
        finally:
            self.waiting.pop(waiting.number, None)

    def call(self) -> bool:
        """Let the next one go on; tell whether somebody waited."""
        chosen = following(tuple([one.waiting for one in self.waiting.values()]))
        if chosen is None:
            return False
        self._end(chosen.number, Turn.CALLED)
        return True

    def look(self) -> None:
        """Send away those whose time is over."""
        now = self._clock()
        for one in tuple(self.waiting.values()):
            if now >= one.waiting.until:
                self._end(one.waiting.number, Turn.LATE)
        if self._beckons:
            self.call()

    def _tick(self) -> None:
        self.look()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(LOOK_S, self._tick) if self.waiting else None

    def _end(self, number: int, turn: Turn) -> None:
        one = self.waiting.pop(number)
        if not one.turn.done():
            one.turn.set_result(turn)
