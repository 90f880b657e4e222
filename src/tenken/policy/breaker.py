"""A circuit breaker for one target: provider, credential and model.

Closed → open when most calls of the last half minute failed, or so many in a row that chance does
not explain it: at a target that answers two calls in three, five failures in a row are no news,
and to shut two such targets would turn a few errors into nothing but errors. Open → half-open when
its pause is over; half-open lets one probe through at a time and closes after two that succeed.
A probe that fails at once costs nobody anything: the next may go in five seconds. One that kept
its caller waiting is followed by a pause as long as that.
What counts is said by `failure.counts_against_target`: a caller's bad request never cools a model
for everybody, and a minimum volume keeps one failure of one from being 100 %.

The state is a value per second of the window, advanced by the `now` it is given; nothing here
reads a clock. A 429 is no failure of the target: it rests until the provider's own `Retry-After`.
Whose turn it is to probe, where several workers have breakers for one target, is told by `turn`.
"""

from enum import StrEnum

from msgspec import Struct

from tenken.policy.failure import ASKERS, counts_against_target
from tenken.wire.failure import Failure


class State(StrEnum):
    """What a breaker does with calls."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class BreakerPlan(Struct, frozen=True, kw_only=True):
    """When it opens, for how long, and what closes it."""

    window_s: int = 30
    calls_min: int = 20
    failed_share: float = 0.5
    in_a_row: int = 5
    by_chance: float = 1e-6
    """A row that is likelier than this, by what the target has done so far, opens nothing."""
    open_s: float = 5.0
    open_max_s: float = 60.0
    """A pause is as long as its probe took to fail, between these two."""
    successes_to_close: int = 2
    probe_max_s: float = 60.0
    """A probe of which nothing is heard for so long is given up, and another may go."""


class Let(Struct, frozen=True, tag=True):
    """The call may go."""

    probe: bool = False


class Held(Struct, frozen=True, tag=True):
    """It may not; the earliest moment at which asking again makes sense."""

    until: float
    reason: str


Admission = Let | Held
LET, PROBE = Let(), Let(probe=True)
CLOSED = State.CLOSED  # looked up once: each call asks for it twice


class Breaker:
    """Counts what happens at one target and says whether it may be called."""

    __slots__ = (
        "_calls", "_failed", "_in_a_row", "_plan", "_probe_at", "_rests_until", "_second",
        "_state", "_successes", "_until",
    )  # fmt: skip

    def __init__(self, plan: BreakerPlan) -> None:
        self._plan = plan
        self._calls = [0] * plan.window_s
        self._failed = [0] * plan.window_s
        self._second = 0
        self._in_a_row = 0
        self._state = State.CLOSED
        self._until = 0.0
        self._successes = 0
        self._probe_at: float | None = None
        self._rests_until = 0.0

    @property
    def state(self) -> State:
        """What it does now; an open one turns half-open when it is next asked."""
        return self._state

    @property
    def probing(self) -> bool:
        """Whether a probe is under way of which nothing is known yet."""
        return self._probe_at is not None

    @property
    def until(self) -> float:
        """The moment before which nobody may go, as far as this breaker knows."""
        return max(self._rests_until, self._until if self._state is State.OPEN else 0.0)

    def lets(self, now: float) -> bool:
        """Say whether a call may go that is no probe; nothing changes by that."""
        return self._state is CLOSED and now >= self._rests_until

    def ask(self, now: float) -> Admission:
        """Say whether a call may go now; a probe that is let through must be `note`d."""
        if now < self._rests_until:
            return Held(self._rests_until, "the provider asked for a pause")
        if self._state is CLOSED:
            return LET
        if self._state is State.OPEN:
            if now < self._until:
                return Held(self._until, "the circuit breaker is open")
            self._state = State.HALF_OPEN
            self._successes = 0
            self._probe_at = None
        if self._probe_at is not None and now - self._probe_at < self._plan.probe_max_s:
            return Held(self._probe_at + self._plan.probe_max_s, "a probe is under way")
        self._probe_at = now
        return PROBE

    def note(
        self,
        failure: Failure | None,
        *,
        now: float,
        chance: float,
        probe: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        """Take in how a call that was let through ended; None is success.

        `chance`, from 0 to 1, spreads the moments at which replicas probe.
        """
        if failure is None and not probe:
            self.answered(now)
            return
        if failure is Failure.RATE_LIMITED and retry_after_s is not None:
            self._rests_until = max(self._rests_until, now + retry_after_s)
        if probe:
            self._probed(failure, now=now, chance=chance)
        elif self._state is CLOSED and failure is not None and counts_against_target(failure):
            self._failed_once(now, chance)

    def hold(self, until: float) -> None:
        """Let no probe go before this moment: it is somebody else's turn."""
        if self._state is not CLOSED:
            self._state, self._until, self._probe_at = State.OPEN, until, None

    def give_back(self) -> None:
        """Take back a probe that was let through and did not go: another call may be it."""
        self._probe_at = None

    def close(self) -> None:
        """Let calls go again: the target was found well.

        Until one of them is answered the first failure opens it again: a stream may break later.
        """
        self._state = CLOSED
        self._probe_at = None
        self._in_a_row = self._plan.in_a_row - 1
        self._calls = [0] * self._plan.window_s
        self._failed = [0] * self._plan.window_s

    def answered(self, now: float) -> None:
        """Take in that a call which was no probe was answered."""
        if self._state is not CLOSED:
            return
        second = int(now)
        if second > self._second:
            self._advance(second)
        self._calls[self._second % len(self._calls)] += 1
        self._in_a_row = 0

    def _probed(self, failure: Failure | None, *, now: float, chance: float) -> None:
        began, self._probe_at = self._probe_at, None
        if self._state is not State.HALF_OPEN:
            return
        if failure is None:
            self._successes += 1
            if self._successes >= self._plan.successes_to_close:
                self.close()
        elif counts_against_target(failure):
            self._open(now, chance, waited_s=0.0 if began is None else now - began)
        elif failure not in ASKERS and began is not None and now < began + self._plan.open_s:
            self.hold(began + self._plan.open_s)  # it went, and taught nothing

    def _failed_once(self, now: float, chance: float) -> None:
        self._advance(int(now))
        at = self._second % self._plan.window_s
        self._calls[at] += 1
        self._failed[at] += 1
        self._in_a_row += 1
        if self._mostly_failed() or self._row_is_no_chance():
            self._open(now, chance)

    def _row_is_no_chance(self) -> bool:
        row = self._in_a_row
        if row < self._plan.in_a_row:
            return False
        failed, calls = sum(self._failed) - row, sum(self._calls) - row
        share = failed / calls if failed > 0 else 0.0
        return share**row <= self._plan.by_chance

    def _mostly_failed(self) -> bool:
        calls = sum(self._calls)
        return (
            calls >= self._plan.calls_min and sum(self._failed) >= calls * self._plan.failed_share
        )

    def _open(self, now: float, chance: float, *, waited_s: float = 0.0) -> None:
        pause = min(self._plan.open_max_s, max(self._plan.open_s, waited_s))
        self._state = State.OPEN
        self._until = now + pause * (1.0 + 0.2 * chance)
        self._in_a_row = 0

    def _advance(self, second: int) -> None:
        window = self._plan.window_s
        passed = second - self._second
        if passed <= 0:
            return
        for step in range(1, min(passed, window) + 1):
            at = (self._second + step) % window
            self._calls[at] = 0
            self._failed[at] = 0
        self._second = second
