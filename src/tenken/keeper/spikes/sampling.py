"""Samples what this machine's processes take, every minute."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from tenken.keeper.spikes.baseline import HOUR_US, WEEK
from tenken.store.resources.resources import Resources

EVERY_S = 60.0
KEPT_US = 9 * WEEK * HOUR_US
"""A week more than is looked back at."""
MICRO = 1_000_000
MEGA = 1_000_000


class Used(Struct, frozen=True, kw_only=True):
    """What the processes of this machine have used, and hold."""

    cpu_s: Mapping[int, float]
    """By process, since it began."""
    resident_bytes: int
    connections: int


class Sampling:
    """Adds a sample each minute; the keeper of each machine does it for its own."""

    def __init__(
        self, resources: Resources, *, instance: str, used: Callable[[], Used | None]
    ) -> None:
        """`used` gives None where the system does not tell."""
        self._resources = resources
        self._instance = instance
        self._used = used
        self._before: tuple[int, Mapping[int, float]] | None = None
        self._swept = 0

    def step(self, now: int) -> float:
        """Take a sample; gives seconds to rest. Raises Away."""
        self._resources.add(self._instance, now, self._values(self._used(), now))
        if now - self._swept >= HOUR_US:
            self._resources.forget(now - KEPT_US)
            self._swept = now
        return EVERY_S

    def _values(self, used: Used | None, now: int) -> dict[str, float]:
        values = {"instances": 1.0}  # each machine says of itself that it is there
        if used is None:
            return values
        values["memory"] = used.resident_bytes / MEGA
        values["connections"] = float(used.connections)
        before, self._before = self._before, (now, used.cpu_s)
        if before is not None and now > before[0]:
            at, known = before
            # Of a process that began since then it is not known what it used within this time.
            spent = sum(
                max(0.0, cpu - known[pid]) for pid, cpu in used.cpu_s.items() if pid in known
            )
            values["cpu"] = spent / ((now - at) / MICRO)
        return values
