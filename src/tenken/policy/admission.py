"""Who is served when more is asked than can be: a bounded queue, by priority, shed from below."""

from enum import IntEnum

from msgspec import Struct


class Priority(IntEnum):
    """Classes of callers; a higher one is served first and shed last."""

    BATCH = 0
    NORMAL = 1
    CRITICAL = 2


class AdmissionPlan(Struct, frozen=True, kw_only=True):
    """How much at one time, and how much may wait."""

    in_flight_max: int = 5000
    queue_max: int = 100
    wait_max_s: float = 2.0


class Enter(Struct, frozen=True, tag=True):
    """Serve it now."""


class Wait(Struct, frozen=True, tag=True):
    """Let it wait; `displaces` is who has to leave the queue for it, if somebody has."""

    until: float
    displaces: int | None = None


class Shed(Struct, frozen=True, tag=True):
    """Send it away, with how long it should stay away."""

    retry_after_s: float
    reason: str


class Waiting(Struct, frozen=True):
    """One who waits."""

    number: int
    """Rises with each arrival."""
    priority: Priority
    until: float


def arrive(
    plan: AdmissionPlan,
    *,
    in_flight: int,
    queue: tuple[Waiting, ...],
    priority: Priority,
    now: float,
) -> Enter | Wait | Shed:
    """Decide on somebody who arrives now."""
    if in_flight < plan.in_flight_max and not queue:
        return Enter()
    if len(queue) < plan.queue_max:
        return Wait(now + plan.wait_max_s)
    lowest = min(queue, key=lambda one: (one.priority, -one.number), default=None)
    if lowest is not None and lowest.priority < priority:
        return Wait(now + plan.wait_max_s, displaces=lowest.number)
    return Shed(1.0, f"{plan.queue_max} requests wait already")


def following(queue: tuple[Waiting, ...]) -> Waiting | None:
    """Give who is served next: the highest class, and in it who came first."""
    return max(queue, key=lambda one: (one.priority, -one.number), default=None)
