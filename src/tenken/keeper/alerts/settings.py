"""From `alerts:` in `tenken.yaml` to what decides."""

from collections.abc import Mapping

from tenken.config.application import Application
from tenken.config.operating.alerting import AlertRoute, AlertSettings, Receiver
from tenken.keeper.alerts.message import Links, Writer
from tenken.keeper.alerts.policy import MINUTE, Policy, Way
from tenken.keeper.alerts.receivers.reach import ONE_BY_ONE

SECOND = 1_000_000


def policy_of(settings: AlertSettings, receivers: Mapping[str, Receiver]) -> Policy:
    """Give who is told of what; nobody is where somebody else pages."""
    routes = settings.routes if settings.by == "tenken" else {}
    return Policy(
        ways={severity: _way(route) for severity, route in routes.items()},
        group_wait=round(settings.group_wait_seconds * SECOND),
        one_by_one=frozenset(one.name for one in receivers.values() if one.kind in ONE_BY_ONE),
        calm=round(settings.calm_minutes * MINUTE),
    )


def writer_of(app: Application, environment: str = "") -> Writer:
    """Give what puts alerts of an application into words."""
    settings = app.alerts
    links = Links(
        console=settings.console_url or "",
        repository=settings.runbook_url or "",
        runbooks=settings.runbooks,
    )
    return Writer(application=app.application.name, environment=environment, links=links)


def _way(route: AlertRoute) -> Way:
    return Way(
        receivers=route.receivers,
        escalate_to=route.escalate_to,
        escalate_after=_minutes(route.escalate_after_minutes),
        repeat=_minutes(route.repeat_minutes),
    )


def _minutes(minutes: float | None) -> int | None:
    return None if minutes is None else round(minutes * MINUTE)
