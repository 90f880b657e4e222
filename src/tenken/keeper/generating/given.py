"""What files are made from, and what is made: files, and what the target cannot express."""

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from tenken.config.operating.alarms import LeftOut, alarms_of
from tenken.config.operating.alerting import AlertSettings, Receiver
from tenken.config.operating.objectives import BurnPair, Severity, Slo, span
from tenken.config.operating.telemetry import MetricsDoor
from tenken.sentence import Sentence, say

MINUTE_S = 60
KIND = "burn"
"""What signals of objectives are called."""
URGENCIES: tuple[Severity, ...] = ("page", "ticket")
Target = Literal[
    "prometheus", "alertmanager", "datadog", "cloud-monitoring", "cloudwatch", "grafana",
    "openslo",
]  # fmt: skip


class Objective(Struct, frozen=True, kw_only=True):
    """An objective and the pairs that it alarms by."""

    slo: Slo
    pairs: tuple[BurnPair, ...]
    left_out: tuple[LeftOut, ...] = ()

    def of(self, severity: Severity) -> tuple[BurnPair, ...]:
        """Give the pairs of an urgency."""
        return tuple(pair for pair in self.pairs if pair.severity == severity)

    @property
    def minutes(self) -> tuple[int, ...]:
        """The windows of its pairs, the shortest first."""
        return tuple(
            sorted({one for pair in self.pairs for one in (pair.long_minutes, pair.short_minutes)})
        )


class Given(Struct, frozen=True, kw_only=True):
    """What files are made from."""

    application: str
    owner: str
    objectives: tuple[Objective, ...]
    alerts: AlertSettings = AlertSettings()
    receivers: tuple[Receiver, ...] = ()
    """The application's and the platform's."""
    metrics: MetricsDoor = MetricsDoor()
    """Where the keeper's metrics are read."""
    faster: int = 1
    """So many times shorter than said are all windows: for tests, and refused elsewhere."""

    def window(self, minutes: float) -> str:
        """Give a window as Prometheus and its like write it."""
        if self.faster == 1 and minutes == int(minutes):
            return span(int(minutes))
        return f"{max(1, round(minutes * MINUTE_S / self.faster))}s"

    def seconds(self, seconds: float) -> str:
        """Give a stretch of seconds, not below one."""
        return f"{max(1, round(seconds / self.faster))}s"

    def runbook(self, slo: Slo | None = None) -> str:
        """Give the address of what to do when it burns; the path where there is no more.

        Without one of its own an objective has that of all burns (`alerts.runbooks.burn`).
        """
        path = (slo.runbook if slo else "") or self.alerts.runbooks.get(KIND, "")
        base = self.alerts.runbook_url
        if not path or "://" in path or base is None:
            return path
        return f"{base.rstrip('/')}/{path.lstrip('/')}"

    @property
    def of_ours(self) -> bool:
        """Some objective rests on what the keeper shows, and is blind without it."""
        return any(one.slo.query is None and one.pairs for one in self.objectives)

    @property
    def mildest(self) -> Severity:
        """Who hears that the keeper is not seen: no more urgent than need be."""
        return "ticket" if any(one.of("ticket") for one in self.objectives) else "page"


class File(Struct, frozen=True, kw_only=True):
    """A file that was made; its path is below the folder asked for."""

    path: str
    text: str


class Loss(Struct, frozen=True, kw_only=True):
    """Something that the target cannot express."""

    slo: str
    """Empty where it concerns all."""
    sentence: Sentence


class Generated(Struct, frozen=True, kw_only=True):
    """What was made for a target."""

    files: tuple[File, ...]
    losses: tuple[Loss, ...] = ()


def unread(given: Given) -> Iterator[Loss]:
    """Say that there is nothing to read, where the page of metrics is not served."""
    if given.metrics.port is None:
        yield Loss(slo="", sentence=say("slo.loss_no_page"))


def objectives_of(
    slos: Iterable[Slo], *, requests_per_day: float | None = None
) -> tuple[Objective, ...]:
    """Give objectives with the pairs in effect."""
    made = []
    for slo in slos:
        alarms = alarms_of(slo, requests_per_day=requests_per_day)
        made.append(Objective(slo=slo, pairs=alarms.pairs, left_out=alarms.left_out))
    return tuple(made)
