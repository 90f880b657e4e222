"""Takes away what is too old, a little at a time, one keeper for all."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct
from sqlalchemy import Engine

from tenken.config.operating.retention import RetentionSettings
from tenken.store.people.audit import Audit
from tenken.store.retention.aging import Aging
from tenken.store.retention.watched import Watched
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
    texts: int
    minutes: int | None
    hours: int | None
    alerts: int | None
    incidents: int | None
    audit: int | None


def limits_of(settings: RetentionSettings, now: int) -> Limits:
    """Give where the settings end; sums go by whole days, so that no coarser one is cut."""
    exchanges, minutes, hours, alerts, incidents, audit = (
        None if days is None else now - days * DAY_US
        for days in (
            settings.exchanges_days, settings.minutes_days, settings.hours_days,
            settings.alerts_days, settings.incidents_days, settings.audit_days,
        )
    )  # fmt: skip
    return Limits(
        exchanges=exchanges,
        texts=now - settings.texts_days * DAY_US,
        alerts=alerts,
        incidents=incidents,
        audit=audit,
        minutes=None if minutes is None else Grain.DAY.start(minutes),
        hours=None if hours is None else Grain.DAY.start(hours),
    )


class Retaining:
    """Looks every hour, and goes on at once while there is more."""

    def __init__(
        self,
        engine: Engine,
        *,
        settings: Callable[[], RetentionSettings],
        lease: Lease,
        holder: str,
    ) -> None:
        self._aging, self._watched, self._audit = Aging(engine), Watched(engine), Audit(engine)
        self._settings = settings
        self._lease = lease
        self._holder = holder

    def step(self, now: int) -> float:
        """Take away a little; gives the seconds until next time. Raises Away."""
        if not self._lease.hold(LEASE, self._holder, now, LEASE_S):
            return LATER_S
        limits = limits_of(self._settings(), now)
        return SOON_S if self._took(limits, now) else LATER_S

    def _took(self, limits: Limits, now: int) -> bool:
        """Take away some of one kind; tells whether there was any."""
        aging, watched = self._aging, self._watched
        kinds: tuple[tuple[int | None, Callable[[int], int]], ...] = (
            (limits.texts, aging.texts),
            (limits.texts, aging.parked_texts),
            (limits.exchanges, aging.exchanges),
            (limits.minutes, lambda before: aging.sums(Grain.MINUTE, before)),
            (limits.hours, lambda before: aging.sums(Grain.HOUR, before)),
            (limits.incidents, watched.incidents),
            (limits.alerts, watched.alerts),
            (limits.audit, lambda before: self._audit.forget(before, now=now)),
        )
        return any(before is not None and take(before) for before, take in kinds)
