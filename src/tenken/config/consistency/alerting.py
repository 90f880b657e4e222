"""Alerts that would reach nobody: routes to receivers that are not there, or cannot be sent to."""

from collections.abc import Iterator

from tenken.config.manifest import Manifest
from tenken.config.node import Path
from tenken.config.operating.alerting import Receiver, receivers
from tenken.errors import Problem
from tenken.sentence import Sentence, say

NEEDS = {
    "slack": ("url_env", "key_env"),
    "webhook": ("url", "url_env"),
    "pagerduty": ("key_env",),
    "datadog": ("key_env",),
    "email": ("mail",),
}
"""One of these by kind: addresses and keys that are secrets stand in variables."""


def unheard(manifest: Manifest) -> Iterator[Problem]:
    """Give what would keep an alert from its receiver."""
    yield from _receivers(manifest)
    yield from _routes(manifest)
    yield from _elsewhere(manifest)


def _receivers(manifest: Manifest) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, one in enumerate(manifest.application.alerts.receivers):
        path: Path = ("alerts", "receivers", at)
        if one.name in seen:
            said = say("config.name_twice", name=one.name, part="receivers")
            yield manifest.problem((*path, "name"), said)
        seen.add(one.name)
        if not any(getattr(one, name) for name in NEEDS[one.kind]):
            yield manifest.problem(path, _without(one))
        if bool(one.channel) != (one.kind == "slack" and bool(one.key_env)):
            yield manifest.problem(path, say("alerts.channel_and_token", name=one.name))


def _without(one: Receiver) -> Sentence:
    needs = " / ".join(NEEDS[one.kind])
    return say("alerts.receiver_without", name=one.name, kind=one.kind, needs=needs)


def _routes(manifest: Manifest) -> Iterator[Problem]:
    settings = manifest.application.alerts
    shared = manifest.platform.platform.alert_receivers if manifest.platform else ()
    known = receivers(settings, shared)
    for severity, route in settings.routes.items():
        path: Path = ("alerts", "routes", severity)
        for part in ("receivers", "escalate_to"):
            for at, name in enumerate(getattr(route, part)):
                if name not in known:
                    listed = ", ".join(sorted(known)) or "wording.none_there"
                    said = say("alerts.unknown_receiver", name=name, known=listed)
                    yield manifest.problem((*path, part, at), said)
        if route.escalate_after_minutes is not None and not route.escalate_to:
            said = say("alerts.escalates_to_nobody")
            yield manifest.problem((*path, "escalate_after_minutes"), said)


def _elsewhere(manifest: Manifest) -> Iterator[Problem]:
    """Whoever pages in tenken's place sees what stands on the page of metrics, and no more."""
    by = manifest.application.alerts.by
    if by != "tenken" and manifest.application.telemetry.metrics.port is None:
        yield manifest.problem(("alerts", "by"), say("alerts.told_by_nobody", by=by))
