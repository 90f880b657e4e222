"""What a person named of whatever watches the system: Prometheus, Alertmanager, Datadog."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from tenken.cli.looking.web import Site
from tenken.cli.writing import read_text
from tenken.errors import UsageError
from tenken.readiness.collectors.observed import datadog
from tenken.readiness.collectors.observed.github import read_forge
from tenken.readiness.collectors.observed.prometheus import (
    Get,
    ask,
    read_firing,
    read_metrics,
    read_on_call,
    read_silences,
)
from tenken.readiness.facts.monitoring import Tool
from tenken.readiness.facts.observed.calls import TrafficFacts
from tenken.readiness.facts.observed.forge import ForgeFacts
from tenken.readiness.facts.observed.metrics import MetricFacts, Series
from tenken.readiness.facts.observed.records import Kept
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.observed.asking import volume_of
from tenken.readiness.probes.observed.forge import also_asked
from tenken.readiness.probes.observed.series import IN_PROMQL, guard_metric, wanted

VARIABLE = "env:"
LARGEST_CREDENTIAL = 100_000


class Named(Struct, frozen=True, kw_only=True):
    """An address and the headers that open it."""

    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Watching(Struct, frozen=True, kw_only=True):
    """Who watches."""

    prometheus: Named = Named()
    alertmanager: Named = Named()
    datadog: Named = Named()
    github: Named = Named()
    repository: str = ""
    """`OWNER/NAME` at the forge."""

    @property
    def anything(self) -> bool:
        """Whether anybody is asked."""
        return bool(self.prometheus.url or self.datadog.url or self.repository)


NOBODY = Watching()
NOT_HEARD = frozenset({0, 401, 403})
"""0: without any answer. Another status is one of a server that does not know our path."""


def secret(name: str, environment: Mapping[str, str]) -> str:
    """The value of a variable that a person named; empty where none is named."""
    if name and not environment.get(name):
        raise UsageError("observe.no_variable", name=name)
    return environment.get(name, "") if name else ""


def value_of(reference: str, environment: Mapping[str, str]) -> str:
    """What stands in a file or a variable, named as `FILE` or `env:NAME`."""
    if reference.startswith(VARIABLE):
        return secret(reference.removeprefix(VARIABLE), environment)
    return read_text(Path(reference), limit=LARGEST_CREDENTIAL) if reference else ""


def bearer(url: str, variable: str, environment: Mapping[str, str]) -> Named:
    """An address that takes a bearer token, where one is named."""
    token = secret(variable, environment)
    return Named(url=url, headers={"authorization": f"Bearer {token}"} if token else {})


def of_datadog(url: str, key: str, app_key: str, environment: Mapping[str, str]) -> Named:
    """Datadog's API takes two keys; without an address, nothing is read of the environment."""
    if not url:
        return Named()
    headers = {
        "dd-api-key": secret(key, environment),
        "dd-application-key": secret(app_key, environment),
    }
    return Named(url=url, headers=headers)


def metrics_of(
    watching: Watching, survey: Survey, now: datetime, clock: Callable[[], float]
) -> MetricFacts | None:
    """Ask all of them for what the repository draws and alerts on; None where nobody is named."""
    if not (watching.prometheus.url or watching.datadog.url):
        return None
    for named, path in (
        (watching.prometheus, "/api/v1/query?query=1"),
        (watching.alertmanager, "/api/v2/status"),
        (watching.datadog, "/api/v1/validate"),
    ):
        _heard(named, path, clock)
    asked = list(wanted(survey))
    found = MetricFacts(kept=Kept())
    if watching.prometheus.url:
        in_promql = [one for one in asked if one.tool in IN_PROMQL]
        found = read_metrics(_get(watching.prometheus, clock), in_promql, now)
    if watching.alertmanager.url:
        get = _get(watching.alertmanager, clock)
        found = replace(found, silences=read_silences(get), firing=read_firing(get),
                        on_call=read_on_call(get))  # fmt: skip
    if watching.datadog.url:
        get = _get(watching.datadog, clock)
        answers = {one: datadog.ask(get, one, now) for one in asked if one.tool is Tool.DATADOG}
        reached = any(not one.refused for one in answers.values())
        kept = Kept(latest=now, earliest=now) if reached else found.kept
        found = replace(found, answers={**found.answers, **answers}, kept=kept)
    return found


def counted(
    metrics: MetricFacts | None, counter: str | None, traffic: TrafficFacts | None
) -> TrafficFacts | None:
    """Add what a counter of all requests tells to how long users of a sample waited."""
    if metrics is None or counter is None:
        return traffic
    day, peak, hours = (metrics.answers.get(one, Series()) for one in volume_of(counter))
    if day.value is None or peak.value is None or hours.value is None:
        return traffic
    return TrafficFacts(
        kept=traffic.kept if traffic else metrics.kept,
        is_whole=True,
        waits=traffic.waits if traffic else (),
        per_day=day.value,
        peak_rps=peak.value,
        counted_by=counter,
        hours=hours.value,
    )


def guard_counter(
    watching: Watching, survey: Survey, clock: Callable[[], float]
) -> tuple[str, Callable[[datetime], float]] | None:
    """The metric of the guard panel, and what asks how far it is; None where there is none."""
    metric = guard_metric(survey)
    if metric is None or not watching.prometheus.url:
        return None
    get = _get(watching.prometheus, clock)
    return metric.query, lambda now: ask(get, metric, now).value or 0.0


def forge_of(
    watching: Watching, survey: Survey, now: datetime, clock: Callable[[], float]
) -> ForgeFacts | None:
    """Ask the forge; None where nobody named a repository, or it is not there."""
    if not watching.repository:
        return None
    found = read_forge(_get(watching.github, clock), watching.repository, now, also_asked(survey))
    if found is None:
        raise UsageError("observe.no_repository", repository=watching.repository)
    return found


def _heard(named: Named, path: str, clock: Callable[[], float]) -> None:
    """Raise UsageError where nobody answers, or nobody is let in: silence is no finding."""
    if not named.url:
        return
    status, _ = _get(named, clock)(path)
    if status in NOT_HEARD:
        said = str(status) if status else "wording.no_answer_there"
        raise UsageError("observe.not_heard", url=named.url, said=said)


def _get(named: Named, clock: Callable[[], float]) -> Get:
    site = Site(named.url, clock=clock, headers=named.headers)

    def get(path: str) -> tuple[int, bytes]:
        reply = site.ask(path)
        return reply.status, reply.body

    return get
