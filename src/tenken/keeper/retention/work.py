"""Takes away what is too old, a little at a time, one keeper for all."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from tenken.config.operating.retention import RetentionSettings
from tenken.store.retention.aging import Aging
from tenken.store.rollups.grain import Grain

LEASE = "retention"
LEASE_S = 300.0
DAY_US = Grain.DAY.us
SOON_S = 0.2
"""Between two bites, so that others come to write."""
LATER_S = 3600.0


class Lease(Protocol):
    """Who may do what needs one mind."""

    def hold(self, name: str, holder: str, now: int, seconds: float) -> bool:
        """Take it, or keep it; tells whether it is held."""
        ...


class Limits(Struct, frozen=True, kw_only=True):
    """From which moment on records stay; None where all do."""

    exchanges: int | None
    minutes: int | None
    hours: int | None


def limits_of(settings: RetentionSettings, now: int) -> Limits:
    """Give where the settings end; sums go by whole days, so that no coarser one is cut."""
    exchanges, minutes, hours = (
        None if days is None else now - days * DAY_US
        for days in (settings.exchanges_days, settings.minutes_days, settings.hours_days)
    )
    return Limits(
        exchanges=exchanges,
        minutes=None if minutes is None else Grain.DAY.start(minutes),
        hours=None if hours is None else Grain.DAY.start(hours),
    )


class Retaining:
    """Looks every hour, and goes on at once while there is more."""

    def __init__(
        self,
        aging: Aging,
        *,
        settings: Callable[[], RetentionSettings],
        lease: Lease,
        holder: str,
    ) -> None:
        self._aging = aging
        self._settings = settings
        self._lease = lease
        self._holder = holder

    def step(self, now: int) -> float:
        """Take away a little; gives the seconds until next time. Raises Away."""
        if not self._lease.hold(LEASE, self._holder, now, LEASE_S):
            return LATER_S
        limits = limits_of(self._settings(), now)
        if limits.exchanges is not None and self._aging.exchanges(limits.exchanges):
            return SOON_S
        for grain, before in ((Grain.MINUTE, limits.minutes), (Grain.HOUR, limits.hours)):
            if before is not None and self._aging.sums(grain, before):
                return SOON_S
        return LATER_S
