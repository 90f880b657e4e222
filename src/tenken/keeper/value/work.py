"""Works KPIs out again and again, one keeper for all, and keeps what they were."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from msgspec.structs import replace

from tenken.config.application import Application
from tenken.config.operating.impact import Kpi
from tenken.keeper.value.asking import Unanswered, asked
from tenken.keeper.value.counted import counted
from tenken.keeper.value.worth import Measured, Worth, measured, worth
from tenken.sentence import say
from tenken.store.rollups.reading import Rollups, Window
from tenken.store.rollups.totals import ALL, Asked
from tenken.store.value.points import KpiPoint, KpiPoints

MICRO = 1_000_000
DAY_US = 86_400 * MICRO
EVERY_S = 900.0


class Lease(Protocol):
    """Who may do what needs one mind."""

    def hold(self, name: str, holder: str, now: int, seconds: float) -> bool:
        """Take it, or keep it; tells whether it is held."""
        ...


def kpis(
    application: Application,
    rollups: Rollups,
    *,
    now: int,
    environment: Mapping[str, str],
    queries: bool = True,
) -> tuple[Measured, ...]:
    """Work out each KPI over its own period up to now; raises Away."""
    return tuple(
        _kpi(one, rollups, now=now, environment=environment, queries=queries)
        for one in application.kpis
    )


def value_of(application: Application, rollups: Rollups, window: Window) -> Worth:
    """Give what a window brought and cost; raises Away."""
    totals = rollups.totals(window)
    days = (window.until - window.since) / DAY_US
    values = counted(totals, rollups.feedback(window))
    return worth(application.value, values, tokens_usd=totals.cost, days=days)


class KpiWork:
    """Writes a point of each KPI four times an hour."""

    def __init__(
        self,
        application: Callable[[], Application],
        *,
        rollups: Rollups,
        points: KpiPoints,
        lease: Lease,
        holder: str,
        environment: Mapping[str, str],
    ) -> None:
        self._application = application
        self._rollups = rollups
        self._points = points
        self._lease = lease
        self._holder = holder
        self._environment = environment

    def step(self, now: int) -> float:
        """Work them out where nobody else does; gives the seconds until next time."""
        application = self._application()
        if application.kpis and self._lease.hold("kpis", self._holder, now, 2 * EVERY_S):
            found = kpis(application, self._rollups, now=now, environment=self._environment)
            self._points.write(
                tuple(KpiPoint(kpi=one.id, at=now, value=one.value) for one in found)
            )
        return EVERY_S


def _kpi(
    kpi: Kpi, rollups: Rollups, *, now: int, environment: Mapping[str, str], queries: bool
) -> Measured:
    since = now - round(kpi.period_days * DAY_US)
    if kpi.query is None:
        window = Window(since, now)
        which = Asked(use_case=kpi.use_case) if kpi.use_case else ALL
        values = counted(rollups.totals(window, which), rollups.feedback(window, which))
        return measured(kpi, values)
    plain = measured(kpi, {})
    if not queries:
        return plain
    url = environment.get(kpi.query.url_env, "")
    if not url:
        return replace(plain, why=say("kpi.query_no_url", name=kpi.query.url_env))
    try:
        value = asked(url, kpi.query.sql, since=_iso(since), until=_iso(now))
    except Unanswered as error:
        return replace(plain, why=error.sentence)
    return replace(plain, value=value, why=None)


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / MICRO, tz=UTC).isoformat(timespec="seconds")
