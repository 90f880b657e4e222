"""What our keeper counts and whom it tells, as `slos`, `spikes` and `alerts` of `tenken.yaml` say.

Nothing is told of alerts where the file names no receiver at all: what only ships was set up by
nobody. A severity that has no route is shown and told to nobody, which is told here.
"""

from collections.abc import Iterator

from tenken.config.manifest import Manifest
from tenken.config.node import Path
from tenken.config.operating.alarms import alarms_of
from tenken.config.operating.alerting import receivers
from tenken.config.operating.objectives import INDICATORS, Slo
from tenken.config.overlays import every_slo
from tenken.place import Place
from tenken.readiness.collectors.monitoring import metrics
from tenken.readiness.collectors.monitoring.runbooks import runbook_in
from tenken.readiness.facts.infrastructure import Figure
from tenken.readiness.facts.monitoring import (
    Alert,
    AlertKind,
    Metric,
    Objective,
    Query,
    Reach,
    Receiver,
    RunbookLink,
    Tool,
    Topic,
)
from tenken.readiness.facts.tree import Tree

FELT = frozenset({"availability", "latency", "ttft", "guardrail_available"})
"""Indicators whose burning users feel."""
COUNTED = {
    "availability": Topic.ERRORS, "latency": Topic.LATENCY, "ttft": Topic.FIRST_TOKEN,
    "guardrail_available": Topic.ERRORS, "cost_per_request": Topic.COST,
    "safety_violation_rate": Topic.GUARD,
}  # fmt: skip
SPIKING = {
    "tokens": Topic.TOKENS, "cost": Topic.COST, "error_rate": Topic.ERRORS,
    "latency": Topic.LATENCY, "guard_matches": Topic.GUARD,
}  # fmt: skip

JUMPS_FELT = frozenset({"error_rate", "latency"})


def objectives_of(manifest: Manifest) -> tuple[Objective, ...]:
    """Give every objective that can be counted; one that only describes lacks its query."""
    return tuple(
        _objective(manifest, one.entry, one.path) for one in every_slo(manifest.application)
    )


def _objective(manifest: Manifest, slo: Slo, path: Path) -> Objective:
    place = manifest.place(*path)
    return Objective(
        name=slo.name,
        tool=Tool.TENKEN,
        place=place,
        target=Figure(
            value=round(slo.target_percent / 100, 9),
            place=manifest.place(*path, "target_percent"),
            written=f"{slo.target_percent:g}%",
        ),
        window=f"{slo.window_days:g}d",
        queries=tuple(_queries(slo, manifest.place(*path, "query"))),
        asks=slo.query is None and slo.sli in INDICATORS,
        service=manifest.application.application.name,
    )


def _queries(slo: Slo, place: Place) -> Iterator[Query]:
    if slo.query is not None:
        read = metrics.datadog if slo.query.language == "datadog" else metrics.prometheus
        yield read(slo.query.good, place)
        yield read(slo.query.total, place)


def alerts_of(manifest: Manifest, tree: Tree, *, guarded: bool) -> tuple[Alert, ...]:
    """Give what somebody is told of, where our own keeper tells it."""
    settings = manifest.application.alerts
    if settings.by != "tenken" or not settings.routes:
        return ()
    return tuple(_Watching(manifest, tree).every(guarded=guarded))


class _Watching:
    """Gives each alert its receivers and its runbook."""

    def __init__(self, manifest: Manifest, tree: Tree) -> None:
        self._manifest = manifest
        self._tree = tree
        self._settings = manifest.application.alerts
        platform = manifest.platform.platform if manifest.platform else None
        self._known = receivers(self._settings, platform.alert_receivers if platform else ())

    def every(self, *, guarded: bool) -> Iterator[Alert]:
        for one in every_slo(self._manifest.application):
            yield from self._burns(one.entry, one.path)
        yield from self._spikes(guarded=guarded)
        if guarded:
            yield from self._guards()

    def _burns(self, slo: Slo, path: Path) -> Iterator[Alert]:
        if not slo.counts:
            return
        place = self._manifest.place(*path)
        severities = dict.fromkeys(pair.severity for pair in alarms_of(slo).pairs)
        for severity in severities:
            yield self._alert(
                slo.name,
                place,
                severity,
                topic=COUNTED.get(slo.sli, Topic.OTHER),
                kind=AlertKind.BURN_RATE if slo.sli in FELT else AlertKind.THRESHOLD,
                runbook=slo.runbook or self._settings.runbooks.get("burn", ""),
            )

    def _spikes(self, *, guarded: bool) -> Iterator[Alert]:
        spikes = self._manifest.application.spikes
        for measure in spikes.measures:
            if measure != "guard_matches" or guarded:
                yield self._alert(
                    f"spike of {measure}",
                    self._manifest.place("spikes"),
                    spikes.severity,
                    topic=SPIKING[measure],
                    kind=AlertKind.ANOMALY if measure in JUMPS_FELT else AlertKind.THRESHOLD,
                    runbook=self._settings.runbooks.get("spike", ""),
                )

    def _guards(self) -> Iterator[Alert]:
        for rule in self._settings.rules.guards:
            if rule.alert != "info":
                yield self._alert(
                    f"guard: {rule.severity}",
                    self._manifest.place("alerts", "rules", "guards"),
                    rule.alert,
                    topic=Topic.GUARD,
                    kind=AlertKind.THRESHOLD,
                    runbook=self._settings.runbooks.get("guard", ""),
                )

    def _alert(
        self,
        name: str,
        place: Place,
        severity: str,
        *,
        topic: Topic,
        kind: AlertKind,
        runbook: str,
    ) -> Alert:
        named = self._receivers(severity)
        metric = Metric(name=f"tenken {topic.value}", topics=(topic,), from_platform=True)
        return Alert(
            name=name,
            tool=Tool.TENKEN,
            place=place,
            kind=kind,
            query=Query(text=name, place=place, metrics=(metric,)),
            severity=severity,
            reach=Reach.SOMEBODY if named else Reach.NOBODY,
            reach_place=self._manifest.place("alerts", "routes"),
            receivers=named,
            runbook=self._runbook(runbook, place),
        )

    def _receivers(self, severity: str) -> tuple[Receiver, ...]:
        routes = {str(name): route for name, route in self._settings.routes.items()}
        route = routes.get(severity)
        names = route.receivers if route is not None else ()
        found = (self._known[name] for name in names if name in self._known)
        return tuple(
            Receiver(name=one.name, kind=one.kind, pages=one.kind == "pagerduty") for one in found
        )

    def _runbook(self, text: str, place: Place) -> RunbookLink | None:
        return runbook_in(text, place, self._tree, is_link=True) if text else None
